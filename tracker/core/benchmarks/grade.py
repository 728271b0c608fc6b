"""The penalty grade: amount, ratio, band and range, with every step of the working."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tracker.core.benchmarks.law import LawChoice, choose_law, refuse_older_table
from tracker.core.benchmarks.loader import Laws
from tracker.core.benchmarks.model import (
    ACT_LABELS,
    Act,
    Fine,
    Row,
    Subject,
    Table,
    TableKind,
)
from tracker.core.benchmarks.result import Figure, Graded, GradedAll, Mark, Outcome, Question
from tracker.core.benchmarks.words import range_words
from tracker.core.benchmarks.working import Grading
from tracker.core.errors import BadInput, Sentence, say
from tracker.core.rulebook.model import Verified

_BY_DIFFERENCE = (Act.UNTRUE, Act.INCOMPLETE)
_NEVER_FINED = (Subject.ORGAN, Subject.PERSON)
# A ratio shown to two decimals of a percent may look as if it stood on a boundary.
_SHOWN_TO = 10000


def grade(table: Table, laws: Laws, question: Question, figure: Figure | None = None) -> Graded:
    """Grade one act by one table; BadInput names the field that is wrong or missing."""
    act = _act(table, question)
    refuse_older_table(table, laws, question.act_date)
    choice = choose_law(table, laws, question, act)
    law = choice.law
    if law is None and question.subject in _NEVER_FINED:
        law = laws.newest()
    statute = None if law is None else law.statute(act, question.subject)
    marks = _marks(table, laws, question, choice)
    grading = Grading(table, question, act, figure, choice, statute, marks)
    if law is not None and (statute is None or statute.fine_max is None):
        return grading.answer(Outcome.NOT_FINED, [_why_not_fined(grading)])
    if figure is not None and figure.difference == 0 and act in _BY_DIFFERENCE:
        line = say("上报数与应报数一致，没有差额，不能按比例裁量")
        return grading.answer(Outcome.NO_DIFFERENCE, [line])
    return _waiver(grading) if table.kind is TableKind.WAIVER else _fine(grading)


def grade_all(table: Table, laws: Laws, question: Question, figures: Sequence[Figure]) -> GradedAll:
    """Grade several indicators of one act; the gravest decides (our reading, unverified)."""
    items = tuple(grade(table, laws, question, figure) for figure in figures or (None,))
    gravest = max(items, key=_gravity)
    if len(items) > 1:
        figure = gravest.figure
        name = gravest.ratio_text if figure is None or not figure.name else figure.name
        line = say("%(n)s 项指标，取最重的一项：%(name)s", n=len(items), name=name)
        marks = [*gravest.marks, Mark.GRAVEST_UNVERIFIED]
        if any(item.outcome is Outcome.UNKNOWN for item in items):
            marks.append(Mark.INCOMPLETE)
        gravest = replace(
            gravest, working=(*gravest.working, line), marks=tuple(dict.fromkeys(marks))
        )
    return GradedAll(items, gravest)


def _gravity(graded: Graded) -> tuple[Decimal, Decimal, Decimal]:
    """Heavier sorts higher; a waiver list is only met when every indicator meets it."""
    nothing = Decimal(-1)
    if graded.outcome is Outcome.NOT_WAIVED:
        return Decimal(0), nothing, nothing
    top = Decimal("Infinity") if graded.fine_max is None else graded.fine_max
    ratio = nothing if graded.ratio is None else graded.ratio
    if graded.fine_min is None:
        return nothing, nothing, ratio
    return top, graded.fine_min, ratio


# ---------------------------------------------------------------- before the rows


def _act(table: Table, question: Question) -> Act:
    """The act asked about, else the one that the case or the table means."""
    known = table.acts
    if question.act is not None:
        if known and question.act not in known:
            raise BadInput(
                "act",
                say(
                    "“%(table)s”没有“%(act)s”这种行为，有：%(known)s。",
                    table=say(table.title),
                    act=say(ACT_LABELS[question.act]),
                    known="、".join(known),
                ),
            )
        return question.act
    of_case = [row.acts[0] for row in table.rows if row.case and row.case == question.case]
    by_ratio = [row.acts[0] for row in table.rows if row.ratio is not None]
    if of_case:
        return of_case[0]
    if not known or Act.UNTRUE in known:
        return Act.UNTRUE
    return (by_ratio or list(known))[0]


def _marks(table: Table, laws: Laws, question: Question, choice: LawChoice) -> tuple[Mark, ...]:
    on, law, basis = question.act_date, choice.law, laws.get(table.law)
    before = on is not None and table.valid_from is not None and on < table.valid_from
    after = on is not None and table.valid_to is not None and on > table.valid_to
    holds = {
        Mark.SUPERSEDED: table.superseded,
        Mark.UNVERIFIED: table.verified is Verified.UNVERIFIED,
        Mark.QUOTED: table.verified is Verified.QUOTED,
        Mark.NO_ACT_DATE: on is None,
        Mark.OUTSIDE_VALIDITY: before or after,
        Mark.NEWER_TABLE: law is not None and basis is not None and laws.is_older(law.id, basis),
        Mark.LAW_UNVERIFIED: law is not None and law.verified is Verified.UNVERIFIED,
    }
    return tuple(mark for mark, held in holds.items() if held)


def _why_not_fined(grading: Grading) -> Sentence:
    if grading.statute is None:
        return say("这一版法律没有对%(who)s的这种行为规定处罚", who=grading.who)
    return say(
        "%(who)s：%(what)s（%(source)s）",
        who=grading.who,
        what=say(grading.statute.consequence),
        source=grading.statute.source.words,
    )


# ---------------------------------------------------------------- fines


def _fine(grading: Grading) -> Graded:
    lines = []
    if grading.question.aggravated:
        lifted = _aggravated(grading)
        if isinstance(lifted, Graded):
            return lifted
        lines.append(lifted)
    row, why = _row(grading)
    lines += why
    if not grading.question.aggravated:
        lines.append(say("没有认定情节严重"))
    if row is None:
        return _statutory(grading, lines)
    fine = None if row.incomplete else row.fines.get(grading.question.subject)
    if fine is None:
        lines.append(
            say("“%(band)s”对%(who)s的原文没有收录，不推算", band=row.band, who=grading.who)
        )
        return grading.answer(Outcome.UNKNOWN, lines, row=row, marks=[Mark.INCOMPLETE])
    return _cut(grading, row, fine, lines)


def _aggravated(grading: Grading) -> Graded | Sentence:
    """The aggravated range of the statute; or why there is none."""
    statute = grading.statute
    if statute is None:
        raise BadInput("act_date", say("情节严重的按法律的幅度，请填行为日期。"))
    if statute.aggravated_min is None or statute.aggravated_max is None:
        return say(
            "%(source)s对%(who)s的这种行为没有情节严重的加重幅度",
            source=statute.source.words,
            who=grading.who,
        )
    fine = (statute.aggravated_min, statute.aggravated_max)
    line = say(
        "认定情节严重（统计法实施条例第五十条），按%(source)s：%(range)s",
        source=statute.source.words,
        range=range_words(*fine),
    )
    row = _row_beside(grading)
    return grading.answer(Outcome.STATUTORY, [line], row=row, fine=fine, aggravated=True)


def _row_beside(grading: Grading) -> Row | None:
    """The row that would hold without the aggravation; nobody need choose a case for it."""
    if grading.question.case:
        return _row(grading)[0]
    with suppress(BadInput):
        return _row(grading)[0]
    return None


def _statutory(grading: Grading, lines: list[Sentence]) -> Graded:
    statute = grading.statute
    found = None if statute is None else statute.fine_range(aggravated=False)
    if statute is None or found is None:
        lines.append(say("适用的法律没有收录，没有幅度可用"))
        return grading.answer(Outcome.UNKNOWN, lines)
    lines.append(
        say(
            "按法定幅度：%(range)s（%(source)s）",
            range=range_words(*found),
            source=statute.source.words,
        )
    )
    return grading.answer(Outcome.STATUTORY, lines, fine=found)


def _cut(grading: Grading, row: Row, fine: Fine, lines: list[Sentence]) -> Graded:
    """The row's range, no higher than the statute goes."""
    statute = grading.statute
    lines.append(
        say(
            "%(who)s，%(band)s：%(range)s",
            who=grading.who_and_what,
            band=row.band,
            range=range_words(fine.low, fine.high),
        )
    )
    low, high = fine.low, fine.high
    ceiling = None if statute is None else statute.fine_max
    if statute is not None and ceiling is not None and (high is None or high > ceiling):
        low, high = min(low, ceiling), ceiling
        lines.append(
            say(
                "法定上限 %(range)s（%(source)s），幅度收到上限以内",
                range=range_words(ceiling, ceiling),
                source=statute.source.words,
            )
        )
    return grading.answer(Outcome.RANGE, lines, row=row, fine=(low, high))


# ---------------------------------------------------------------- rows


def _row(grading: Grading) -> tuple[Row | None, list[Sentence]]:
    """The row that holds, and why; None where the table leaves it to the statute."""
    table, question, figure = grading.table, grading.question, grading.figure
    if table.kind is TableKind.STATUTE:
        return None, []
    kind = None if figure is None else figure.kind
    rows = [row for row in table.rows if row.speaks_of(grading.act, kind)]
    lines: list[Sentence] = []
    if question.case:
        chosen = [row for row in rows if row.case == question.case]
        if not chosen:
            raise _no_such_case(table, question.case)
        if held := [row for row in chosen if _holds(row, figure)]:
            return held[0], [say("认定的情形：%(what)s", what=held[0].label)]
        lines.append(say("数值不在认定的情形“%(what)s”以内", what=chosen[0].label))
    plain = [row for row in rows if not row.case]
    if not plain and rows:
        cases = "；".join(f"{row.case}（{row.text}）" for row in rows)
        raise BadInput("case", say("这张表按情形裁量，请选情形：%(cases)s。", cases=cases))
    held = [row for row in plain if _holds(row, figure)]
    if held:
        row = max(held, key=lambda r: _heaviness(r, question.subject))
        return row, [*lines, *_if_rounded(row, figure)]
    return None, [*lines, _why_none(grading, plain)]


def _no_such_case(table: Table, case: str) -> BadInput:
    known = "、".join(dict.fromkeys(row.case for row in table.rows if row.case)) or "无"
    return BadInput(
        "case",
        say(
            "“%(table)s”没有情形“%(case)s”，有：%(known)s。",
            table=say(table.title),
            case=case,
            known=known,
        ),
    )


def _holds(row: Row, figure: Figure | None) -> bool:
    if row.ratio is None and row.amount is None:
        return True
    if figure is None:
        raise BadInput("due", say("请填上报数和应报数：这一档看违法比例或者数额。"))
    ratio, yuan = figure.exact_ratio, figure.yuan
    if row.ratio is not None and (ratio is None or not row.ratio.holds(ratio)):
        return False
    return row.amount is None or (yuan is not None and row.amount.holds(yuan))


def _heaviness(row: Row, subject: Subject) -> tuple[bool, Decimal]:
    """Of rows that all hold the gravest counts; a row whose text is missing may be graver still."""
    fine = row.fines.get(subject)
    if fine is None:
        return True, Decimal(0)
    return False, Decimal("Infinity") if fine.high is None else fine.high


def _if_rounded(row: Row, figure: Figure | None) -> list[Sentence]:
    """A ratio just beside a boundary is shown rounded onto it."""
    ratio = None if figure is None else figure.exact_ratio
    if ratio is None or row.ratio is None:
        return []
    if row.ratio.holds(Fraction(round(ratio * _SHOWN_TO), _SHOWN_TO)):
        return []
    return [say("定档用没有舍入的比例，显示的是舍入到两位小数的")]


def _why_none(grading: Grading, rows: list[Row]) -> Sentence:
    figure = grading.figure
    if figure is not None and figure.exact_ratio is None:
        return say("表上按比例分档，没有比例就不能按表裁量")
    if not rows:
        return say("表上没有这类指标的档")
    return say("表上没有数值所在的档")


# ---------------------------------------------------------------- waiver lists


def _waiver(grading: Grading) -> Graded:
    """Whether the numbers or the case meet a list of acts not punished; the rest a human sees."""
    if grading.question.aggravated:
        return grading.answer(Outcome.NOT_WAIVED, [say("认定了情节严重，不适用不予处罚")])
    row, lines = _row(grading)
    if row is None:
        lines.append(say("不符合这份清单，按裁量基准另行裁量"))
        return grading.answer(Outcome.NOT_WAIVED, lines)
    if row.incomplete:
        lines.append(say("清单的条目没有收录，不推算"))
        return grading.answer(Outcome.UNKNOWN, lines, row=row, marks=[Mark.INCOMPLETE])
    lines.append(say("符合清单：%(row)s。还须：%(more)s", row=row.band, more=say(row.requires)))
    return grading.answer(Outcome.WAIVED, lines, row=row)
