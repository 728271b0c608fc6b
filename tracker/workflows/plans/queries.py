"""Reads for the pages of plans; everything about a case comes through `visible(actor)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.cases.caps import cap_of
from tracker.core.cases.models import Case
from tracker.core.cases.respondents import inspections_by_unit
from tracker.core.cases.scope import visible
from tracker.core.errors import NotVisible
from tracker.core.registers.models import Unit
from tracker.core.registers.places import place_names
from tracker.workflows.plans import frames, lots
from tracker.workflows.plans.draw import Frame
from tracker.workflows.plans.items import STRATA
from tracker.workflows.plans.models import (
    Plan,
    PlanDirected,
    PlanDraw,
    PlanDrawn,
    PlanObject,
    PlanRecusal,
    PlanStratum,
)
from tracker.workflows.plans.record import DrawRecord, Exclusion

OBJECTS_A_PAGE = 100
Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One object as the list shows it: what it is, how often inspected, why left out, drawn."""

    unit_id: int
    name: str
    uscc: str
    place: str
    stratum: str
    times: int
    left_out: str
    drawn: bool


@dataclass(frozen=True, slots=True)
class StratumRow:
    """One stratum: how many are listed, may be drawn, are wanted and were drawn."""

    label: str
    listed: int
    open: int
    wanted: int
    drawn: int


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One officer of the plan: the certificate, whether it covers the checks, recusals."""

    name: str
    certificate: str
    valid_to: date | None
    fit: bool
    recusals: int


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One drawn object with the people who check it, and the task opened for it."""

    number: int
    unit: str
    uscc: str
    place: str
    stratum: str
    team: int
    officers: tuple[str, ...]
    recused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the tasks of a plan are."""

    opened: int
    done: int
    late: int


# ---------------------------------------------------------------- lists of a plan


@dataclass(frozen=True)
class Lists:
    """Both lists of a plan; `drawn` are units of its draw with their strata."""

    frame: Frame
    excluded: tuple[Exclusion, ...]
    listed: Mapping[str, int]
    drawn: Mapping[str, str]
    recusals: Mapping[int, int]
    cap: int | None

    def strata(self, plan: Plan) -> list[StratumRow]:
        """All strata that the plan lists or wants."""
        open_ = Counter(u.stratum for u in self.frame.units)
        drawn = Counter(self.drawn.values())
        wanted = {s.code: s.count for s in plan.strata}
        return [
            StratumRow(
                kind.label,
                self.listed.get(code, 0),
                open_[code],
                wanted.get(code, 0),
                drawn[code],
            )
            for code, kind in STRATA.items()
            if self.listed.get(code) or wanted.get(code)
        ]

    def officers(self, plan: Plan) -> list[OfficerRow]:
        """Officers in the order of the frame, those left out behind them."""
        found = [
            OfficerRow(
                o.name,
                o.certificate,
                o.valid_to,
                o.overlaps(plan.check_from, plan.check_to),
                self.recusals.get(lots.officer_id(o.key), 0),
            )
            for o in self.frame.officers
        ]
        out = [e for e in self.excluded if e.reason in ("left", "uncertified")]
        return [*found, *(OfficerRow(e.name, "", None, fit=False, recusals=0) for e in out)]


def lists_of(session: Session, plan: Plan, today: date) -> Lists:
    """What the plan lists, with what is left out: as frozen for its draw, else as of now."""
    row = latest_draw(session, plan)
    if row is None or row.status == "void":
        frozen = frames.freeze(session, plan, plan.check_from, plan.check_to, today)
        frame, excluded = frozen.frame, frozen.excluded
    else:
        frame, excluded = lots.frozen_of(row)
    recusals = _counted(
        session,
        select(PlanRecusal.user_id, func.count())
        .where(PlanRecusal.plan_id == plan.id)
        .group_by(PlanRecusal.user_id),
    )
    drawn: dict[str, str] = {}
    if row is not None and row.record is not None and row.status != "void":
        drawn = {u.unit: u.stratum for u in lots.record_of(row).result.units}
    return Lists(
        frame,
        excluded,
        listed_counts(session, plan),
        drawn,
        recusals,
        cap_of(session, plan.bureau_id or 0, plan.year),
    )


def listed_counts(session: Session, plan: Plan) -> dict[str, int]:
    """How many objects of each stratum the plan lists."""
    return _counted(
        session,
        select(PlanObject.stratum, func.count())
        .where(PlanObject.plan_id == plan.id)
        .group_by(PlanObject.stratum),
    )


def objects_of(
    session: Session, plan: Plan, lists: Lists, *, page: int, size: int
) -> list[ObjectRow]:
    """A page of the plan's objects (from 1), in the order of strata, places and ids."""
    order = when({code: n for n, code in enumerate(STRATA)}, value=PlanObject.stratum)
    rows = session.scalars(
        select(PlanObject)
        .where(PlanObject.plan_id == plan.id)
        .order_by(order, PlanObject.region_code, PlanObject.unit_id)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    ids = [row.unit_id for row in rows]
    times = inspections_by_unit(session, ids, plan.bureau_id or 0, plan.year)
    places = place_names(session, {row.region_code for row in rows})
    why = {e.key: frames.EXCLUSIONS[e.reason] for e in lists.excluded}
    return [
        ObjectRow(
            row.unit_id,
            row.name,
            row.uscc or "",
            places[row.region_code],
            STRATA[row.stratum].label,
            times.get(row.unit_id, 0),
            why.get(str(row.unit_id), ""),
            drawn=str(row.unit_id) in lists.drawn,
        )
        for row in rows
    ]


def directed_of(session: Session, plan: Plan) -> list[PlanDirected]:
    """Directed checks that the plan lists, in the order they were entered."""
    return list(
        session.scalars(
            select(PlanDirected).where(PlanDirected.plan_id == plan.id).order_by(PlanDirected.id)
        )
    )


# ---------------------------------------------------------------- draws


def draws_of(session: Session, plan: Plan) -> list[PlanDraw]:
    """All draws of a plan, the latest first; void ones stay."""
    return list(
        session.scalars(
            select(PlanDraw).where(PlanDraw.plan_id == plan.id).order_by(PlanDraw.seq.desc())
        )
    )


def latest_draw(session: Session, plan: Plan) -> PlanDraw | None:
    """The draw that was begun last."""
    return next(iter(draws_of(session, plan)), None)


def draw_of(session: Session, plan: Plan, seq: int) -> PlanDraw:
    """One draw of a plan that was made; NotVisible otherwise."""
    row = session.scalars(
        select(PlanDraw).where(
            PlanDraw.plan_id == plan.id, PlanDraw.seq == seq, PlanDraw.record.is_not(None)
        )
    ).one_or_none()
    if row is None:
        raise NotVisible(f"draw {seq}")
    return row


def by_number(session: Session, number: str) -> PlanDraw | None:
    """The draw with this number, for the command line of whoever runs the installation."""
    return session.scalars(select(PlanDraw).where(PlanDraw.number == number)).one_or_none()


def people_of(session: Session, row: PlanDraw) -> dict[int, str]:
    """Names of both drawers and the monitor by user id."""
    ids = (row.drawer_id, row.second_id, row.monitor_id)
    found = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {user: name for user, name in found}  # noqa: C416 - rows are no pairs to mypy


def tasks_of(session: Session, record: DrawRecord) -> list[TaskRow]:
    """What a record decided, in words."""
    units = {u.key: u for u in record.frame.units}
    names = {o.key: o.name for o in record.frame.officers}
    labels = {s.code: s.label for s in record.terms.strata}
    places = place_names(session, {units[t.unit].region for t in record.result.tasks})
    return [
        TaskRow(
            n,
            units[t.unit].name,
            units[t.unit].uscc,
            places[units[t.unit].region],
            labels[units[t.unit].stratum],
            t.team,
            tuple(names[o] for o in t.officers),
            tuple(names[o] for o in t.recused),
        )
        for n, t in enumerate(record.result.tasks, start=1)
    ]


def places_of(session: Session, record: DrawRecord) -> dict[str, str]:
    """Names of the places that were drawn, by code."""
    return place_names(session, {code for p in record.result.places for code in p.drawn})


# ---------------------------------------------------------------- the board


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One plan of the year on the board."""

    plan: Plan
    listed: int
    wanted: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class CapRow:
    """How often the organ has inspected a unit of the year's plans, beside tasks under way."""

    name: str
    uscc: str
    times: int
    under_way: int


def years_of(session: Session, actor: Actor) -> list[int]:
    """Years of the plans that exist for the actor, latest first."""
    return list(
        session.scalars(
            select(Plan.year).where(visible(actor)).distinct().order_by(Plan.year.desc())
        )
    )


def board(session: Session, actor: Actor, year: int, today: date) -> list[BoardRow]:
    """The plans of a year that exist for the actor; four queries, however many they are."""
    plans = session.scalars(
        select(Plan).where(visible(actor), Plan.year == year).order_by(Plan.id)
    ).all()
    ids = [plan.id for plan in plans]
    listed = _counted(
        session,
        select(PlanObject.plan_id, func.count())
        .where(PlanObject.plan_id.in_(ids))
        .group_by(PlanObject.plan_id),
    )
    wanted = _counted(
        session,
        select(PlanStratum.plan_id, func.sum(PlanStratum.count))
        .where(PlanStratum.plan_id.in_(ids))
        .group_by(PlanStratum.plan_id),
    )
    progress = progress_of(session, ids, today)
    none = Progress(0, 0, 0)
    return [
        BoardRow(p, listed.get(p.id, 0), wanted.get(p.id, 0), progress.get(p.id, none))
        for p in plans
    ]


def progress_of(session: Session, plan_ids: Sequence[int], today: date) -> dict[int, Progress]:
    """Tasks opened, ended and late by plan; late is an open task past its nearest date."""
    late = Case.closed_at.is_(None) & (Case.due_order < today)
    rows = session.execute(
        select(
            PlanDraw.plan_id,
            func.count(),
            func.sum(when((Case.closed_at.is_not(None), 1), else_=0)),
            func.sum(when((late, 1), else_=0)),
        )
        .join(PlanDrawn, PlanDrawn.draw_id == PlanDraw.id)
        .join(Case, Case.id == PlanDrawn.task_id)
        .where(PlanDraw.plan_id.in_(plan_ids))
        .group_by(PlanDraw.plan_id)
    )
    return {plan: Progress(opened, int(done), int(over)) for plan, opened, done, over in rows}


def cap_rows(session: Session, organ_id: int, year: int, plan_ids: Sequence[int]) -> list[CapRow]:
    """Units of these plans that were inspected or drawn this year, the busiest first."""
    under_way = _counted(
        session,
        select(PlanDrawn.unit_id, func.count())
        .join(Case, Case.id == PlanDrawn.task_id)
        .where(PlanDrawn.organ_id == organ_id, PlanDrawn.year == year, Case.closed_at.is_(None))
        .group_by(PlanDrawn.unit_id),
    )
    units = session.execute(
        select(Unit.id, Unit.name, Unit.uscc)
        .where(Unit.id.in_(select(PlanObject.unit_id).where(PlanObject.plan_id.in_(plan_ids))))
        .order_by(Unit.id)
    ).all()
    times = inspections_by_unit(session, [u.id for u in units], organ_id, year)
    found = [
        CapRow(u.name, u.uscc or "", times.get(u.id, 0), under_way.get(u.id, 0)) for u in units
    ]
    busy = [row for row in found if row.times or row.under_way]
    return sorted(busy, key=lambda row: (-row.times, -row.under_way, row.name))


def _counted(session: Session, query: Select[Key, int]) -> dict[Key, int]:
    return {key: int(count) for key, count in session.execute(query)}
