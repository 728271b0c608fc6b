"""The two frames of a plan as the registers have them now, and who is left out of them and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.cases.caps import cap_of
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.respondents import inspections_by_unit
from tracker.core.errors import N_, Sentence, say
from tracker.core.registers.models import Officer, Organisation, Unit
from tracker.workflows.plans.draw import (
    Frame,
    Level,
    OfficerEntry,
    PlaceStage,
    Stratum,
    Terms,
    UnitEntry,
)
from tracker.workflows.plans.items import STRATA
from tracker.workflows.plans.models import Plan, PlanDraw, PlanDrawn, PlanObject, PlanOfficer
from tracker.workflows.plans.record import Exclusion

# Why a unit or an officer is left out before the draw (T27, T28).
EXCLUSIONS = {
    "cap": N_("已达年度检查上限"),
    "inspected": N_("今年已检查过，没有新的嫌疑"),
    "drawn": N_("今年已在其他抽取中抽中"),
    "place": N_("区划代码不到抽取的级别"),
    "gone": N_("名录库里已经注销"),
    "left": N_("已不是本单位的执法检查人员"),
    "uncertified": N_("没有今天有效的执法证"),
}


@dataclass(frozen=True, slots=True)
class Frozen:
    """Both frames, what was left out, and the terms: all that is fixed before the seed."""

    frame: Frame
    excluded: tuple[Exclusion, ...]
    terms: Terms

    @property
    def version(self) -> str:
        """The frame's own version: what is read out before the draw."""
        return self.frame.version


def stratum_label(code: str) -> Sentence:
    """What a stratum is called."""
    return say(STRATA[code].label)


def terms_of(plan: Plan, first: date, last: date) -> Terms:
    """What the plan wants drawn."""
    stages = [
        PlaceStage(level, count)
        for level, count in ((Level.COUNTY, plan.counties), (Level.TOWNSHIP, plan.townships))
        if count
    ]
    strata = [Stratum(s.code, STRATA[s.code].label, s.count) for s in plan.strata]
    return Terms(tuple(stages), tuple(strata), plan.teams, plan.team_size, first, last)


def freeze(session: Session, plan: Plan, first: date, last: date, today: date) -> Frozen:
    """The frames as they are now; the same registers always give the same version."""
    units, out = unit_entries(session, plan)
    officers, left = officer_entries(session, plan, first, last, today)
    return Frozen(Frame(tuple(units), tuple(officers)), (*out, *left), terms_of(plan, first, last))


# ---------------------------------------------------------------- objects


def unit_entries(session: Session, plan: Plan) -> tuple[list[UnitEntry], list[Exclusion]]:
    """Objects that may be drawn, in the order of strata, places and ids; and the others."""
    listed = session.execute(
        select(PlanObject, Unit.active)
        .join(Unit, Unit.id == PlanObject.unit_id)
        .where(PlanObject.plan_id == plan.id)
    ).all()
    order = list(STRATA)
    objects = sorted(
        listed, key=lambda row: (order.index(row[0].stratum), row[0].region_code, row[0].unit_id)
    )
    why = _Why(session, plan, [row[0].unit_id for row in objects])
    found: list[UnitEntry] = []
    out: list[Exclusion] = []
    for listed_object, active in objects:
        entry = UnitEntry(
            str(listed_object.unit_id),
            listed_object.name,
            listed_object.uscc or "",
            listed_object.region_code,
            listed_object.stratum,
        )
        reason, detail = why.of(entry, active=active)
        if reason:
            out.append(Exclusion(entry.key, entry.name, entry.uscc, reason, detail))
        else:
            found.append(entry)
    return found, out


class _Why:
    """Why a listed unit is not drawn from; counts are read once for all of them."""

    def __init__(self, session: Session, plan: Plan, unit_ids: Sequence[int]) -> None:
        organ = plan.bureau_id or 0
        self._cap = cap_of(session, organ, plan.year)
        quota = rule_for(plan, "T27", plan.check_from).quota
        self._once = quota.most if quota is not None else None
        self._inspected = inspections_by_unit(session, unit_ids, organ, plan.year)
        self._drawn = set(
            session.scalars(
                select(PlanDrawn.unit_id)
                .join(PlanDraw, PlanDraw.id == PlanDrawn.draw_id)
                .where(
                    PlanDrawn.unit_id.in_(unit_ids),
                    PlanDrawn.organ_id == organ,
                    PlanDrawn.year == plan.year,
                )
            )
        )
        self._levels = [s.level for s in terms_of(plan, plan.check_from, plan.check_to).stages]

    def of(self, entry: UnitEntry, *, active: bool) -> tuple[str, str]:
        """A reason and its figures; two empty texts when it may be drawn."""
        unit_id = int(entry.key)
        times = self._inspected.get(unit_id, 0)
        if not active:
            return "gone", ""
        if self._cap is not None and times >= self._cap:
            return "cap", f"{times}/{self._cap}"
        if self._once is not None and times >= self._once:
            return "inspected", f"{times}/{self._once}"
        if unit_id in self._drawn:
            return "drawn", ""
        if any(not entry.place(level) for level in self._levels):
            return "place", entry.region
        return "", ""


# ---------------------------------------------------------------- officers


def officer_entries(
    session: Session, plan: Plan, first: date, last: date, today: date
) -> tuple[list[OfficerEntry], list[Exclusion]]:
    """Listed officers with the certificate that covers the days, or else their latest one.

    Tasks are opened as soon as the draw is confirmed, so a certificate has to be valid now too.
    """
    listed = session.execute(
        select(User.id, User.name)
        .join(PlanOfficer, PlanOfficer.user_id == User.id)
        .where(PlanOfficer.plan_id == plan.id)
        .order_by(User.id)
    ).all()
    serving = set(_serving(session, plan, today))
    certificates: dict[int, list[Officer]] = {}
    for row in session.scalars(
        select(Officer)
        .where(Officer.user_id.in_([user_id for user_id, _name in listed]))
        .order_by(Officer.valid_to, Officer.id)
    ):
        certificates.setdefault(row.user_id, []).append(row)
    office = session.get_one(Organisation, plan.bureau_id).short_name
    found: list[OfficerEntry] = []
    out: list[Exclusion] = []
    for user_id, name in listed:
        held = certificates.get(user_id, [])
        if user_id not in serving or not any(c.valid_from <= today <= c.valid_to for c in held):
            reason = "left" if user_id not in serving else "uncertified"
            out.append(Exclusion(f"u{user_id}", name, "", reason, ""))
            continue
        best = next((c for c in held if c.valid_from <= first and last <= c.valid_to), held[-1])
        found.append(
            OfficerEntry(
                f"u{user_id}", name, best.certificate_no, best.valid_from, best.valid_to, office
            )
        )
    return found, out


def _serving(session: Session, plan: Plan, today: date) -> Sequence[int]:
    return session.scalars(
        select(User.id)
        .join(Grant, Grant.user_id == User.id)
        .where(
            Grant.org_id == plan.bureau_id,
            Grant.role == Role.INSPECTOR.value,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            User.active,
        )
    ).all()
