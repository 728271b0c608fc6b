"""What must hold before a step of the training year: each answers with a sentence, or None."""

from __future__ import annotations

from typing import cast

from tracker.core.cases.flow import Context
from tracker.core.errors import Refusal, say
from tracker.core.staff.models import TRAINING_LABELS, TrainingKind
from tracker.workflows.programmes import standing, yearly
from tracker.workflows.programmes.models import Programme


def _programme(context: Context) -> Programme:
    return cast(Programme, context.case)


def has_lines(context: Context) -> Refusal | None:
    """A plan has at least one line."""
    if standing.sums_of(context.session, context.case.id)[0]:
        return None
    return Refusal(say("计划里还没有培训项目。"), instead=say("点“增加培训项目”"))


def needs_written(context: Context) -> Refusal | None:
    """The head learns what the plan is for (domain 3.8 Y0)."""
    if _programme(context).needs.strip():
        return None
    return Refusal(say("还没有写明培训需求。"), instead=say("点“写明培训需求”"))


def general_planned(context: Context) -> Refusal | None:
    """As many general trainings are planned as the year asks (P07, OWN-TRAINING)."""
    programme = _programme(context)
    rule = yearly.duty_rule(programme)
    least = (rule.quota.least if rule.quota is not None else None) or 0
    lines = standing.lines_of(context.session, programme.id)
    planned = sum(line.times for line in lines if line.kind == TrainingKind.GENERAL.value)
    if planned >= least:
        return None
    return Refusal(
        say(
            "“%(kind)s”要列 %(least)s 期，计划里有 %(planned)s 期（%(ground)s）。",
            kind=say(TRAINING_LABELS[TrainingKind.GENERAL]),
            least=least,
            planned=planned,
            ground=rule.ground,
        ),
        instead=say("点“增加培训项目”"),
    )


def general_wanting(context: Context) -> Refusal | None:
    """What has been met already is not met again."""
    if yearly.duty_clock(context.session, context.case.id) is not None:
        return None
    return Refusal(say("今年的全员培训已经登记过了。"))


def sessions_over(context: Context) -> Refusal | None:
    """The year ends when every session opened from its plan has ended."""
    still = standing.open_sessions(context.session, context.case.id)
    if not still:
        return None
    return Refusal(say("还有 %(n)s 期培训班没有办结。", n=still))


def duty_met(context: Context) -> Refusal | None:
    """Before the last day of the year nobody gives up its general training."""
    programme, session = _programme(context), context.session
    clock = yearly.duty_clock(session, programme.id)
    if clock is None or (clock.due_on is not None and clock.due_on < context.today):
        return None
    if standing.general_held_on(session, programme.house_id, programme.year) is not None:
        return None
    return Refusal(
        say("“%(what)s”还没有完成，最迟 %(due)s。", what=say(clock.label), due=clock.due_on),
        instead=say("先开班，或者点“登记已办的全员培训”"),
    )
