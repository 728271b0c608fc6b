"""Which text of the law is applied: that of the act's day, or a later one that is lighter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.core.benchmarks.loader import Laws
from tracker.core.benchmarks.model import Act, Law, Table, TableKind
from tracker.core.benchmarks.result import Question
from tracker.core.benchmarks.words import range_words
from tracker.core.errors import BadInput, Sentence, say

_NOTHING = (Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class LawChoice:
    """The text applied (None: not held here) and why."""

    law: Law | None
    lines: tuple[Sentence, ...]


def refuse_older_table(table: Table, laws: Laws, act_date: date | None) -> None:
    """An act under a changed law is not graded by a table made before the change."""
    if act_date is None:
        return
    law = laws.on(act_date)
    if law.ends_older_tables and law.valid_from and laws.is_older(table.law, law):
        raise BadInput(
            "act_date",
            say(
                "行为日期 %(on)s 在 %(changed)s 法律修改施行以后，“%(table)s”是修改以前的裁量基准，"
                "不能使用。请选修改以后的表，或者只按法定幅度（statute）。",
                on=act_date,
                changed=law.valid_from,
                table=say(table.title),
            ),
        )


def choose_law(table: Table, laws: Laws, question: Question, act: Act) -> LawChoice:
    """The law of the act's day, or the later one when it is lighter (行政处罚法 第三十七条)."""
    if question.act_date is None:
        return _without_date(table, laws, question)
    law = laws.on(question.act_date)
    if question.decision_date is None:
        line = say("行为日期 %(on)s，适用%(law)s", on=question.act_date, law=say(law.title))
        return LawChoice(law, (line,))
    if question.decision_date < question.act_date:
        raise BadInput("decision_date", say("决定日期不能早于行为日期。"))
    later = laws.on(question.decision_date)
    if later.id == law.id:
        line = say(
            "行为日期 %(on)s、决定日期 %(decided)s，都适用%(law)s",
            on=question.act_date,
            decided=question.decision_date,
            law=say(law.title),
        )
        return LawChoice(law, (line,))
    return _lighter(law, later, question, act)


def _without_date(table: Table, laws: Laws, question: Question) -> LawChoice:
    if table.kind is TableKind.STATUTE or question.decision_date is not None:
        raise BadInput(
            "act_date", say("请填行为日期：适用哪一版统计法，看行为发生（终了）的日期。")
        )
    basis = laws.get(table.law)
    if basis is None or not basis.statutes:
        return LawChoice(None, (say("没有填行为日期，只看表列的幅度，没有按法定上限核对"),))
    line = say("没有填行为日期，按这张表所依据的%(law)s核对上限", law=say(basis.title))
    return LawChoice(basis, (line,))


def _lighter(old: Law, new: Law, question: Question, act: Act) -> LawChoice:
    old_range, new_range = (_range(law, question, act) for law in (old, new))
    compared = say(
        "行为日期 %(on)s 在法律修改以前，决定日期 %(decided)s 在修改以后：%(old)s %(old_range)s，"
        "%(new)s %(new_range)s",
        on=question.act_date,
        decided=question.decision_date,
        old=say(old.title),
        old_range=range_words(*old_range),
        new=say(new.title),
        new_range=range_words(*new_range),
    )
    lighter = (new_range[1], new_range[0]) < (old_range[1], old_range[0])
    chosen = new if lighter else old
    why = (
        say("新法较轻或者不再处罚，适用%(law)s（行政处罚法第三十七条）", law=say(new.title))
        if lighter
        else say("新法并不较轻，适用行为时的%(law)s（行政处罚法第三十七条）", law=say(old.title))
    )
    return LawChoice(chosen, (compared, why))


def _range(law: Law, question: Question, act: Act) -> tuple[Decimal, Decimal]:
    """The statutory range; an act that the text does not punish counts nothing."""
    statute = law.statute(act, question.subject)
    found = None if statute is None else statute.fine_range(aggravated=question.aggravated)
    return found or _NOTHING
