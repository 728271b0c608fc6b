"""`tracker grade`: a penalty range and its working from two figures, without an installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.commands.speaking import Command, answer, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from tracker.core.benchmarks.model import Table
    from tracker.core.benchmarks.result import Figure, Graded, Question

_UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}


@click.command(
    name="grade",
    cls=Command,
    help="算处罚幅度，附算式和出处。例：tracker grade --table zhejiang-old "
    "--subject enterprise --indicator value --reported 38460 --due 29112.4",
)
@click.option("--tables", is_flag=True, help="列出全部裁量基准表。")
@click.option("--table", "table_id", metavar="ID", help="用哪张表，见 --tables。")
@click.option("--subject", help="enterprise institution organisation self_employed organ person。")
@click.option("--indicator", help="value 价值量、non_value、population、births_deaths。")
@click.option("--reported", metavar="N", help="上报数；没有上报的写 0。")
@click.option("--due", metavar="N", help="应报数。")
@click.option("--unit", default="元", help="数的单位：元、千元、万元、亿元；只有按数额分档时用到。")
@click.option("--act", help="哪种行为；不写的按表和情形推定。")
@click.option("--case", default="", help="表上要人认定的情形，见 --tables --json。")
@click.option("--act-date", metavar="D", help="违法行为发生（终了）的日期。")
@click.option("--decision-date", metavar="D", help="作出决定的日期，用来比较新法旧法。")
@click.option("--aggravated", is_flag=True, help="已认定情节严重。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def grade(*, tables: bool, table_id: str | None, as_json: bool, **asked: str | None) -> None:
    """Exit code 2 with one sentence when the question cannot be answered."""
    from tracker.core.benchmarks import grade as grading
    from tracker.core.benchmarks.loader import default_benchmarks, use_folder
    from tracker.core.errors import BadInput

    use_folder(_folder())
    benchmarks = default_benchmarks()
    if tables:
        answer(_tables(benchmarks.all(), as_json=as_json))
        return
    if not table_id:
        refuse("请写 --table；有哪些表，见 tracker grade --tables。")
    try:
        table = benchmarks.table(table_id)
        graded = grading.grade(table, benchmarks.laws, _question(asked), _figure(asked))
    except BadInput as error:
        refuse(str(error.message))
    answer(_json(graded) if as_json else _text(graded))


def _folder() -> Path:
    """Tables that this installation added; a folder that is not there adds none."""
    from tracker.config import default_instance_path

    return default_instance_path() / "benchmarks"


# ---------------------------------------------------------------- the question


def _question(asked: dict[str, str | None]) -> Question:
    from tracker.core.benchmarks.model import Act, Subject
    from tracker.core.benchmarks.result import Question
    from tracker.core.deadlines.due import read_date

    dates = {
        name: None if written is None else read_date(written, name)
        for name in ("act_date", "decision_date")
        for written in (asked[name],)
    }
    return Question(
        subject=Subject(_choice(Subject, asked["subject"], "--subject")),
        act=None if asked["act"] is None else Act(_choice(Act, asked["act"], "--act")),
        aggravated=bool(asked["aggravated"]),
        case=asked["case"] or "",
        **dates,
    )


def _figure(asked: dict[str, str | None]) -> Figure | None:
    from decimal import Decimal

    from tracker.core.benchmarks.model import Indicator
    from tracker.core.benchmarks.result import Figure
    from tracker.core.benchmarks.words import read_number

    reported, due = asked["reported"], asked["due"]
    if reported is None and due is None:
        return None
    if reported is None or due is None:
        refuse("--reported 和 --due 要一起写；没有上报的写 --reported 0。")
    if asked["unit"] not in _UNITS:
        refuse(f"--unit“{asked['unit']}”不认识，可以写：{'、'.join(_UNITS)}。")
    return Figure(
        kind=Indicator(_choice(Indicator, asked["indicator"], "--indicator")),
        reported=read_number(reported, "reported"),
        due=read_number(due, "due"),
        unit=Decimal(_UNITS[asked["unit"]]),
    )


def _choice(kind: type[StrEnum], written: str | None, option: str) -> str:
    known = "、".join(kind)
    if written is None:
        refuse(f"请写 {option}，可以写：{known}。")
    if written not in set(kind):
        refuse(f"{option}“{written}”不认识，可以写：{known}。")
    return written


# ---------------------------------------------------------------- the answer


def _json(graded: Graded) -> str:
    from tracker.core.benchmarks.plain import plain_grade

    return json.dumps(plain_grade(graded), ensure_ascii=False, indent=2)


def _text(graded: Graded) -> str:
    from tracker.core.benchmarks.result import MARK_LABELS, OUTCOME_LABELS
    from tracker.core.benchmarks.words import range_words

    ratio = "应报数是 0，没有比例" if graded.figure is not None else "没有填数"
    lines = [
        f"比例：{graded.ratio_text or ratio}",
        f"档次：{graded.band or '没有对应的档'}",
        f"幅度：{range_words(graded.fine_min, graded.fine_max)}"
        f"（{OUTCOME_LABELS[graded.outcome]}）",
        f"边界：{graded.boundary}",
        f"出处：{graded.table.source}",
    ]
    if graded.statute is not None:
        lines.append(f"法条：{graded.statute.source}")
    lines += [f"注意：{MARK_LABELS[mark]}" for mark in graded.marks]
    return "\n".join([*lines, "", *(f"{n}. {line}" for n, line in enumerate(graded.working, 1))])


def _tables(tables: Sequence[Table], *, as_json: bool) -> str:
    from tracker.core.benchmarks.plain import plain_table

    if as_json:
        return json.dumps([plain_table(t) for t in tables], ensure_ascii=False, indent=2)
    return "\n".join(_table_line(table) for table in tables)


def _table_line(table: Table) -> str:
    from tracker.core.rulebook.model import VERIFIED_LABELS

    dates = [d.isoformat() if d else "" for d in (table.valid_from, table.valid_to)]
    valid = "—".join(dates) if any(dates) else "有效期没有见到"
    over = "，已失效或者被取代" if table.superseded else ""
    return (
        f"{table.id}  {table.title}（{table.place}）：{valid}{over}，"
        f"{VERIFIED_LABELS[table.verified]}，{table.source}"
    )
