"""What must hold before a step of a recognition: each answers with a sentence, or None."""

from __future__ import annotations

from datetime import date
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.calendar import store
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.flow import Context
from tracker.core.cases.models import Case, Move
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.due import Start, count
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import Refusal, say
from tracker.core.rulebook.loader import RuleMissing
from tracker.core.rulebook.model import Rule
from tracker.workflows.recognitions.data import DESTINATIONS
from tracker.workflows.recognitions.models import Recognition

HEARING = "OWN-RECOGNISEHEAR"
# The rule of 2019, and what stands in its place since 2022-05-19; the day chooses.
PUBLISH = ("C01", "OWN-PUBLISH")
DISPLAY = ("C02", "C04A")
LONGER = ("C03", "OWN-DISPLAYMORE")
LEAST_SHOWN = ("C02A", "C04B")


def _recognition(context: Context) -> Recognition:
    return cast(Recognition, context.case)


def in_force(case: Case, rule_ids: tuple[str, ...], on: date) -> Rule | None:
    """Which of some rules that follow one another holds on a day; the earlier one where both do."""
    for rule_id in rule_ids:
        try:
            return rule_for(case, rule_id, on)
        except RuleMissing:
            continue
    return None


def lapsed(case: Case, rule_ids: tuple[str, ...], on: date) -> frozenset[str]:
    """The rules of a succession that do not start a clock on a day."""
    holds = in_force(case, rule_ids, on)
    return frozenset(r for r in rule_ids if holds is None or r != holds.id)


def earliest_repair(session: Session, case: Recognition) -> date | None:
    """The last day of the least display; the day after it a repair can be asked for."""
    if case.published_on is None:
        return None
    rule = in_force(case, LEAST_SHOWN, case.published_on)
    if rule is None or rule.term is None:
        return None
    return count(
        Start(case.published_on),
        (rule.term,),
        (),
        False,  # it ends where it ends: nothing has to be done on that day
        store.load(session),
    ).due


def display_clock(session: Session, case_id: int) -> Deadline | None:
    """The clock of the display, while it runs."""
    running = deadlines.running(session, case_id)
    return next((d for d in running if d.rule_id in (*DISPLAY, *LONGER)), None)


def heard(context: Context) -> Refusal | None:
    """The enterprise has spoken, or its time to speak has passed."""
    session, case_id = context.session, context.case.id
    spoke = select(Move.id).where(Move.case_id == case_id, Move.step == "record_defence")
    if session.scalar(spoke.limit(1)) is not None:
        return None
    running = deadlines.running(session, case_id)
    clock = next((d for d in running if d.rule_id == HEARING), None)
    if clock is None or clock.due_on is None or clock.due_on < context.today:
        return None
    return Refusal(
        say("陈述申辩的期限到 %(due)s，还没有收到意见。", due=clock.due_on),
        instead=say("收到意见（或者书面放弃）就登记，或者等期满"),
    )


def all_pushed(context: Context) -> Refusal | None:
    """Every destination has answered; what was decided and not pushed is not shown (2018)."""
    return _lacking(context, "publish")


def all_removed(context: Context) -> Refusal | None:
    """Every destination has said that it took the entry down."""
    return _lacking(context, "remove")


def _lacking(context: Context, purpose: str) -> Refusal | None:
    there = _recognition(context).receipts_for(purpose)
    missing = [d.name for d in DESTINATIONS if d.id not in there]
    if not missing:
        return None
    what = say(missing[0])
    for name in missing[1:]:
        what = say("%(some)s、%(other)s", some=what, other=say(name))
    return Refusal(
        say("还没有回执：%(where)s。", where=what), instead=say("逐个去向登记回执编号和日期")
    )


def shown_long_enough(context: Context) -> Refusal | None:
    """A repair can be asked for only after the least display."""
    last = earliest_repair(context.session, _recognition(context))
    if last is None or context.today > last:
        return None
    return Refusal(say("公示满最短时间后才能申请修复，最早在 %(last)s 以后。", last=last))


def display_is_over(context: Context) -> Refusal | None:
    """Without a repair the entry is taken down when its display has ended."""
    clock = display_clock(context.session, context.case.id)
    if clock is None or clock.due_on is None or clock.due_on < context.today:
        return None
    return Refusal(
        say("公示期到 %(due)s，还没有期满。", due=clock.due_on), instead=say("可以申请信用修复")
    )


def not_extended_yet(context: Context) -> Refusal | None:
    """The display is extended once."""
    if not _recognition(context).extended:
        return None
    return Refusal(say("公示已经延长过一次。"))
