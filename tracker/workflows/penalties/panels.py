"""What the page of a penalty case shows besides what every case page has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.benchmarks.model import ACT_LABELS, SUBJECT_LABELS
from tracker.core.benchmarks.result import MARK_LABELS, GradedAll
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.evidence import on_the_team
from tracker.core.cases.figures import NATURES, figures_of
from tracker.core.cases.reads import names_for
from tracker.core.clock import office_date
from tracker.core.errors import N_, BadInput, say
from tracker.core.rulebook.model import VERIFIED_LABELS
from tracker.web.desk.shape import Cell, Shown
from tracker.web.evidence import evidence_panel
from tracker.web.fine_bar import FineLine, fine_bar
from tracker.web.grade_bar import grade_bar
from tracker.workflows.penalties.dossier import items_of
from tracker.workflows.penalties.flow.asks import SOURCES, SUBJECTS
from tracker.workflows.penalties.grading import (
    HEARING,
    HEARING_SELF_EMPLOYED,
    graded,
    repetition,
)
from tracker.workflows.penalties.guards.course import why_review
from tracker.workflows.penalties.models import NO_PENALTY_GROUNDS, PROCEDURES, Penalty
from tracker.workflows.penalties.rows import (
    MANNERS,
    PAYMENT_WAYS,
    REMEDY_KINDS,
    REMEDY_RESULTS,
    SERVED,
    hearings_of,
    instalments_of,
    payments_of,
    points_of,
    remedies_of,
    services_of,
)
from tracker.workflows.penalties.standing import clock, ledger_of, window_of
from tracker.workflows.penalties.takings.investigating import grade_of

_OPEN = ("source", "investigating")
_LABELS = {
    "subject": SUBJECT_LABELS,
    "act": ACT_LABELS,
    "mark": MARK_LABELS,
    "verified": VERIFIED_LABELS,
    "nature": NATURES,
    "manner": MANNERS,
    "served": SERVED,
    "way": PAYMENT_WAYS,
    "remedy": REMEDY_KINDS,
    "result": REMEDY_RESULTS,
    "ground": NO_PENALTY_GROUNDS,
}


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of a case with its drawings; `hearing` is the threshold of the place."""

    all: GradedAll
    bands: Markup | None
    line: Markup | None
    hearing: Decimal


def context(session: Session, actor: Actor, case: Penalty, now: datetime) -> Mapping[str, Any]:
    """The panels below the path: figures and grade, service, hearing, money, court, the file."""
    today = office_date(now)
    found: dict[str, Any] = {
        "labels": _LABELS,
        "evidence": evidence_panel(session, actor, case),
        "figures": figures_of(session, case.id),
        "may_set_exits": case.closed_at is None and actor.has(Role.HEAD, case.bureau_id),
        "may_write": case.state in _OPEN and on_the_team(session, actor, case),
        "grade": _grade(session, case, today),
        "orders": repetition(session, case, today),
        "grounds": why_review(case),
        "points": points_of(session, case.id),
        "services": services_of(session, case.id),
        "hearings": hearings_of(session, case.id),
        "items": items_of(session, case),
    }
    presiders = {h.presider_id for h in found["hearings"]}
    found["presiders"] = names_for(session, (), presiders).users
    return found | _money(session, case, today)


def _money(session: Session, case: Penalty, today: date) -> dict[str, Any]:
    """Account, payments, plan, remedies, and both ends of the window for the court."""
    served = case.served_on is not None and case.outcome == "penalty"
    demand = clock(session, case.id, "T21") if served else None
    return {
        "account": ledger_of(session, case, today) if served else None,
        "payments": payments_of(session, case.id),
        "plan": instalments_of(session, case.id),
        "remedies": remedies_of(session, case.id),
        "window": window_of(session, case) if served else None,
        "demand": demand,
        "on": today,
    }


def _grade(session: Session, case: Penalty, today: date) -> Grade | None:
    if not case.act or not case.table_id:
        return None
    on = case.decided_on or today
    try:
        found = graded(session, case, grade_of(case), on)
    except BadInput:  # the table is gone or was changed; the sums of the case stand
        return None
    rule_id = HEARING_SELF_EMPLOYED if case.subject == "self_employed" else HEARING
    amount = rule_for(case, rule_id, case.notice_on or on).amount
    hearing = Decimal(amount.least) if amount and amount.least else Decimal(0)
    best = found.gravest
    most = case.statute_max or Decimal(0)
    fine = case.decision_fine if case.decision_fine is not None else case.proposed_fine
    line = None
    if best.fine_min is not None and case.outcome == "penalty":
        line = fine_bar(
            FineLine(most, best.fine_min, best.fine_max or most, fine or Decimal(0), hearing)
        )
    return Grade(found, grade_bar(best), line, hearing)


def facts(_session: Session, case: Penalty) -> Sequence[tuple[str, Shown]]:
    """What stands in the head: procedure, source, credit code, the day of opening."""
    found: list[tuple[str, Shown]] = [
        (N_("程序"), PROCEDURES[case.procedure]),
        (N_("来源"), SOURCES.get(case.channel, case.channel)),
        (N_("当事人类型"), SUBJECTS[case.subject]),
    ]
    if case.uscc:
        found.append((N_("信用代码"), case.uscc))
    if case.filed_on is not None:
        found.append((N_("立案"), f"{case.filed_on:%Y-%m-%d}"))
    return found


def cell(_session: Session, case: Penalty) -> Cell | None:
    """What is proposed or decided; before that, the matter."""
    if case.outcome is None:
        return Cell(N_("案由"), case.matter)
    decided = case.decided_on is not None
    label = N_("处罚决定") if decided else N_("拟处罚")
    if case.outcome == "no_penalty":
        why = NO_PENALTY_GROUNDS.get(case.no_penalty_ground or "", "")
        return Cell(label, N_("不予处罚"), say(why))
    fine = case.fine if decided else case.proposed_fine
    large: Shown = N_("警告")
    if fine:
        large = say("罚款 %(fine)s 元", fine=f"{fine:,.0f}")
        if case.warning:
            large = say("警告，罚款 %(fine)s 元", fine=f"{fine:,.0f}")
    small: Shown = ""
    if case.range_min is not None and case.range_max is not None:
        small = say(
            "幅度 %(low)s—%(high)s 元", low=f"{case.range_min:,.0f}", high=f"{case.range_max:,.0f}"
        )
    return Cell(label, large, small)
