"""The penalty grade: amount, ratio, band and range, with every step of the working."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction

from tracker.core.benchmarks.law import LawChoice, choose_law, refuse_older_table
from tracker.core.benchmarks.loader import Laws
from tracker.core.benchmarks.model import (
    ACT_LABELS,
    INDICATOR_LABELS,
    Act,
    Fine,
    Row,
    Statute,
    Subject,
    Table,
    TableKind,
)
from tracker.core.benchmarks.result import Figure, Graded, GradedAll, Mark, Outcome, Question
from tracker.core.benchmarks.words import number_words, percent_words, range_words
from tracker.core.errors import BadInput, Sentence, say
from tracker.core.rulebook.model import Source, Verified

# A quotient is shown and stored to so many digits; bands are chosen by the exact fraction.
_SHOWN = Context(prec=28)
_BY_DIFFERENCE = (Act.UNTRUE, Act.INCOMPLETE)
_ORGANS_AND_PERSONS = (Subject.ORGAN, Subject.PERSON)


def grade(
    table: Table, laws: Laws, question: Question, figure: Figure | None = None
) -> Graded:
    """Grade one act by one table; BadInput names the field that is wrong or missing."""
    act = _act(table, question)
    refuse_older_table(table, laws, question.act_date)
    choice = choose_law(table, laws, question, act)
    statute = _statute(choice, laws, question, act)
    found = _Working(table, question, act, figure, choice, statute, _marks(table, question, choice))
    if choice.law is not None or question.subject in _ORGANS_AND_PERSONS:
        if statute is None:
            return found.answer(
                Outcome.NOT_FINED, [say("这一版法律没有对%(who)s的这种行为规定处罚", who=found.who)]
            )
        if statute.fine_max is None:
            why = say(
                "%(who)s：%(what)s（%(source)s）",
                who=found.who,
                what=say(statute.consequence),
                source=statute.source.words,
            )
            return found.answer(Outcome.NOT_FINED, [why])
    if figure is not None and figure.difference == 0 and act in _BY_DIFFERENCE:
        return found.answer(
            Outcome.NO_DIFFERENCE, [say("上报数与应报数一致，没有差额，不能按比例裁量")]
        )
    if table.kind is TableKind.WAIVER:
        return _waiver(found)
    return _fine(found)


def grade_all(
    table: Table, laws: Laws, question: Question, figures: Sequence[Figure]
) -> GradedAll:
    """Grade several indicators of one act; the gravest decides (our reading, unverified)."""
    items = tuple(grade(table, laws, question, figure) for figure in figures or (None,))
    gravest = max(items, key=_gravity)
    if len(items) > 1:
        name = gravest.figure.name if gravest.figure is not None else ""
        line = say("%(n)s 项指标，取最重的一项：%(name)s", n=len(items), name=name or gravest.ratio_text)
        marks = dict.fromkeys((*gravest.marks, Mark.GRAVEST_UNVERIFIED))
        if any(item.outcome is Outcome.UNKNOWN for item in items):
            marks[Mark.INCOMPLETE] = None
        gravest = replace(gravest, working=(*gravest.working, line), marks=tuple(marks))
    return GradedAll(items, gravest)


def _gravity(graded: Graded) -> tuple[Decimal, Decimal, Decimal]:
    # A range without an upper end is above every other.
    open_ended = graded.has_range and graded.fine_max is None
    top = Decimal("Infinity") if open_ended else graded.fine_max
    return tuple(Decimal(-1) if n is None else n for n in (top, graded.fine_min, graded.ratio))  # type: ignore[return-value]


def _act(table: Table, question: Question) -> Act:
    """The act asked about, else the one that the case or the table means."""
    known = table.acts
    of_case = next((row.acts[0] for row in table.rows if row.case and row.case == question.case), None)
    if question.act is not None:
        if known and question.act not in known:
            raise BadInput(
                "act",
                say(
                    "“%(table)s”没有“%(act)s”，有：%(known)s。",
                    table=say(table.title),
                    act=say(ACT_LABELS[question.act]),
                    known="、".join(known),
                ),
            )
        return question.act
    if of_case is not None:
        return of_case
    if not known or Act.UNTRUE in known:
        return Act.UNTRUE
    by_ratio = [row.acts[0] for row in table.rows if row.ratio is not None]
    return (by_ratio or list(known))[0]


def _statute(choice: LawChoice, laws: Laws, question: Question, act: Act) -> Statute | None:
    if choice.law is not None:
        return choice.law.statute(act, question.subject)
    if question.subject in _ORGANS_AND_PERSONS:
        return laws.newest().statute(act, question.subject)
    return None


def _marks(table: Table, question: Question, choice: LawChoice) -> list[Mark]:
    on, law = question.act_date, choice.law
    outside = on is not None and (
        (table.valid_from is not None and on < table.valid_from)
        or (table.valid_to is not None and on > table.valid_to)
    )
    holds = {
        Mark.SUPERSEDED: table.superseded,
        Mark.UNVERIFIED: table.verified is Verified.UNVERIFIED,
        Mark.QUOTED: table.verified is Verified.QUOTED,
        Mark.NO_ACT_DATE: on is None,
        Mark.OUTSIDE_VALIDITY: outside,
        Mark.LAW_UNVERIFIED: law is not None and law.verified is Verified.UNVERIFIED,
        Mark.NEWER_TABLE: bool(table.law) and law is not None and _later(table, choice),
    }
    return [mark for mark, held in holds.items() if held]


def _later(table: Table, choice: LawChoice) -> bool:
    law = choice.law
    return law is not None and table.law in choice.later
