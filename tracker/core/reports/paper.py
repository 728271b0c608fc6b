"""A report as files: a workbook with a sheet a section, and a Word file laid out to GB/T 9704."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from tracker.core.documents.kinds import Layout
from tracker.core.documents.preview import Block, Paragraph, Preview, Signature, Style, Table
from tracker.core.documents.preview import Cell as PaperCell
from tracker.core.documents.values import told_date
from tracker.core.documents.word import render_docx
from tracker.core.errors import N_, Sentence, say
from tracker.core.numbers.figures import Figure
from tracker.core.reports.model import CaseRef, Cell, Label, Report, Section
from tracker.core.sheets.writing import Cell as SheetCell
from tracker.core.sheets.writing import Sheet, workbook

Tell = Callable[[Label], str]
# A table on paper ends here; a workbook holds all of it.
PAPER_ROWS = 150
_NUMERALS = "一二三四五六七八九十"
_NAMELESS = N_("未编号")
_CHARACTER = 2.0
NOT_COUNTED = N_("不计算")


def in_chinese(label: object) -> str:
    """A label as a Chinese paper writes it, and what fills a sentence likewise."""
    match label:
        case Sentence():
            # A year is no sum: whole numbers in a sentence stand as they are.
            filled = {
                name: str(value) if isinstance(value, int) else in_chinese(value)
                for name, value in label.params.items()
            }
            return label.text % filled if filled else label.text
        case date():
            return told_date(label)
        case Decimal():
            # Yuan and hours: what is whole is written so.
            return f"{label:,.2f}".removesuffix(".00")
        case int():
            return f"{label:,}"
        case _:
            return str(label)


def words_of(cell: Cell, tell: Tell = in_chinese) -> str:
    """What a cell says as text: dates in full, thousands apart, nothing as nothing."""
    match cell:
        case None:
            return ""
        case Figure():
            return (
                tell(cell.why or NOT_COUNTED) if cell.value is None else words_of(cell.value, tell)
            )
        case CaseRef():
            return cell.number or tell(_NAMELESS)
        case date() | Decimal() | int():
            return in_chinese(cell)
        case _:
            return tell(cell)


def summary(report: Report, tell: Tell = in_chinese) -> list[str]:
    """The lines above the tables: of what, for when, made by whom and when, asked by whom."""
    made = say(
        N_("%(house)s　%(period)s　%(day)s 制"),
        house=report.house, period=report.period.name, day=report.made_on,
    )  # fmt: skip
    found = [tell(made)]
    if report.runs and report.period.first != report.period.last:
        found.append(tell(N_("这一时期还没有结束，数字截至制表当天。")))
    found += [tell(say(N_("依据：%(duty)s"), duty=duty.words)) for duty in report.asks]
    return found


# ---------------------------------------------------------------- workbook


def to_workbook(report: Report, tell: Tell = in_chinese) -> bytes:
    """The report as an xlsx file: first what it is, then a sheet a section, with all rows."""
    about = Sheet(
        name=tell(N_("说明")),
        heads=[tell(report.title)],
        rows=[
            *([line] for line in summary(report, tell)),
            *(
                [line]
                for section in report.sections
                for line in [
                    "",
                    tell(section.title),
                    *(tell(sentence) for sentence in section.words),
                    *([tell(section.source)] if section.source else []),
                ]
            ),
        ],
        widths=[100],
        text_columns={0},
    )
    return workbook([about, *(_sheet(section, tell) for section in report.sections)])


def _sheet(section: Section, tell: Tell) -> Sheet:
    rows = [*section.rows, *([section.total] if section.total else [])]
    return Sheet(
        name=tell(section.title),
        heads=[tell(column.label) for column in section.columns],
        rows=[[_value(cell, tell) for cell in row] for row in rows],
        widths=[max(8, column.width * _CHARACTER * 3) for column in section.columns],
    )


def _value(cell: Cell, tell: Tell) -> SheetCell:
    if isinstance(cell, Figure):
        return words_of(cell, tell) if cell.value is None else cell.value
    if isinstance(cell, CaseRef | Sentence | str):
        return words_of(cell, tell)
    return cell


# ---------------------------------------------------------------- Word


def to_word(report: Report, *, now: datetime | None = None) -> bytes:
    """The report as a .docx, in Chinese as the paper is, to be completed by whoever signs it."""
    return render_docx(
        Preview(
            kind="",
            layout=Layout.FORM,
            title=in_chinese(report.title),
            head=report.house,
            number="",
            blocks=tuple(_blocks(report)),
            author=report.house,
        ),
        now=now,
    )


def _blocks(report: Report) -> Iterator[Block]:
    if report.addressee:
        yield Paragraph(in_chinese(report.addressee), Style.ADDRESS)
    if report.asks:
        basis = "；".join(in_chinese(duty.source.words) for duty in report.asks)
        yield Paragraph(
            in_chinese(
                say(
                    N_("根据%(basis)s，现将%(period)s有关情况报告如下。"),
                    basis=basis,
                    period=report.period.name,
                )
            )
        )
    if report.runs and report.period.first != report.period.last:
        yield Paragraph(in_chinese(say(N_("数字截至%(day)s。"), day=report.made_on)))
    for number, section in enumerate(report.sections, 1):
        yield Paragraph(f"{_numeral(number)}、{in_chinese(section.title)}", Style.HEADING)
        yield from _section(section)
    for number, left in enumerate(report.left_open, len(report.sections) + 1):
        yield Paragraph(f"{_numeral(number)}、{in_chinese(left)}", Style.HEADING)
        yield Paragraph("　")
    yield Signature((report.house, told_date(report.made_on)), seal=True)


def _numeral(number: int) -> str:
    """A heading's number below twenty in Chinese."""
    ten, rest = divmod(number - 1, len(_NUMERALS))
    return ("十" if ten else "") + _NUMERALS[rest]


def _section(section: Section) -> Iterator[Block]:
    yield from (Paragraph(in_chinese(sentence)) for sentence in section.words)
    if not section.rows:
        if section.empty:
            yield Paragraph(in_chinese(section.empty))
        return
    kept = [n for n, column in enumerate(section.columns) if column.paper]
    columns = [section.columns[n] for n in kept]
    head = tuple(PaperCell(in_chinese(column.label), label=True) for column in columns)
    shown = [*section.rows[:PAPER_ROWS], *([section.total] if section.total else [])]
    yield Table(
        (head, *(_line(row, kept) for row in shown)),
        tuple(column.width for column in columns),
        header=True,
    )
    if len(section.rows) > PAPER_ROWS:
        more = len(section.rows) - PAPER_ROWS
        yield Paragraph(in_chinese(say(N_("其余 %(n)s 行见表格文件。"), n=more)))


def _line(row: Sequence[Cell], kept: Sequence[int]) -> tuple[PaperCell, ...]:
    return tuple(PaperCell(words_of(row[n])) for n in kept)


# ---------------------------------------------------------------- text


def to_text(report: Report) -> str:
    """The report for a terminal: tables with tabs between the cells."""
    lines = [in_chinese(report.title), *summary(report)]
    for section in report.sections:
        lines += [
            "",
            f"【{in_chinese(section.title)}】",
            *(in_chinese(sentence) for sentence in section.words),
        ]
        if not section.rows:
            lines.append(in_chinese(section.empty))
            continue
        lines.append("\t".join(in_chinese(column.label) for column in section.columns))
        rows = [*section.rows, *([section.total] if section.total else [])]
        lines += ["\t".join(words_of(cell) for cell in row) for row in rows]
    return "\n".join(lines)
