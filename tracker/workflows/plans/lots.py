"""From a frozen frame to tasks: drawing, drawing again after a recusal, voiding, opening."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.cases.attachments import hang, stage
from tracker.core.cases.opening import Seed, openings
from tracker.core.clock import OFFICE_ZONE
from tracker.core.documents.models import Number
from tracker.core.documents.numbering import draw as draw_number
from tracker.core.errors import N_, BadInput, say
from tracker.core.registers.models import Organisation
from tracker.workflows.plans import frames
from tracker.workflows.plans.draw import Frame, Recusal, canonical, clean_seed, draw, rows
from tracker.workflows.plans.guards import open_draw
from tracker.workflows.plans.items import ITEMS
from tracker.workflows.plans.models import Plan, PlanDraw, PlanDrawn, PlanRecusal
from tracker.workflows.plans.record import (
    DrawRecord,
    Exclusion,
    PlanHead,
    Witness,
    parse,
    parse_frame,
)

# Letters in official numbers; each bureau's own may differ (domain 8.4, type letters U).
DRAW_LETTER = "抽"


def freeze(
    session: Session, plan: Plan, row: PlanDraw, frozen: frames.Frozen, now: datetime
) -> None:
    """Keep both frames and the exclusions as they are now; from here on nobody adds or takes."""
    row.seq = (session.scalar(select(func.count()).where(PlanDraw.plan_id == plan.id)) or 0) + 1
    row.plan_id, row.status, row.frozen_at = plan.id, "frozen", now
    row.frame_version = frozen.version
    row.frame = canonical(
        {
            "units": rows(frozen.frame.units),
            "officers": rows(frozen.frame.officers),
            "excluded": rows(frozen.excluded),
        }
    )
    session.add(row)
    session.flush()


def make_record(
    session: Session,
    plan: Plan,
    row: PlanDraw,
    *,
    number: str,
    seed: str,
    seed_source: str,
    drawn_at: datetime,
) -> DrawRecord:
    """Draw from the frozen frame; BadInput when the officers do not suffice."""
    frame, excluded = frozen_of(row)
    terms = frames.terms_of(plan, row.first_day, row.last_day)
    recusals = recusals_of(session, plan)
    seed = clean_seed(seed)
    monitor = f"u{row.monitor_id}"
    people = {
        user_id: Witness(f"u{user_id}", name)
        for user_id, name in session.execute(
            select(User.id, User.name).where(
                User.id.in_((row.drawer_id, row.second_id, row.monitor_id))
            )
        )
    }
    return DrawRecord(
        number=number,
        plan=PlanHead(session.get_one(Organisation, plan.bureau_id).name, plan.title, plan.year),
        drawn_at=drawn_at,
        seed=seed,
        seed_source=seed_source,
        drawers=(people[row.drawer_id], people[row.second_id]),
        monitor=people[row.monitor_id],
        frame=frame,
        excluded=excluded,
        terms=terms,
        recusals=recusals,
        result=draw(frame, terms, recusals, monitor, seed),
    )


def recusals_of(session: Session, plan: Plan) -> tuple[Recusal, ...]:
    """All declarations of the plan, oldest first."""
    return tuple(
        Recusal(
            f"u{r.user_id}",
            str(r.unit_id),
            r.reason,
            r.declared_at.astimezone(OFFICE_ZONE).isoformat(timespec="seconds"),
        )
        for r in session.scalars(
            select(PlanRecusal).where(PlanRecusal.plan_id == plan.id).order_by(PlanRecusal.id)
        )
    )


def new_number(session: Session, plan: Plan, now: datetime) -> str:
    """The next number of draws of the bureau."""
    body = session.get_one(Organisation, plan.bureau_id)
    return draw_number(
        session,
        org_id=body.id,
        prefix=body.doc_prefix,
        kind=DRAW_LETTER,
        case_id=plan.id,
        now=now,
    )


def keep(session: Session, row: PlanDraw, record: DrawRecord) -> None:
    """Store a record with the draw it belongs to."""
    row.status = "drawn"
    row.number, row.drawn_at = record.number, record.drawn_at
    row.record, row.seal = record.text, record.seal
    session.flush()


def again(session: Session, plan: Plan, row: PlanDraw) -> DrawRecord:
    """The same draw with the recusals as they are now: number, seed and time stay."""
    before = record_of(row)
    return make_record(
        session,
        plan,
        row,
        number=before.number,
        seed=before.seed,
        seed_source=before.seed_source,
        drawn_at=before.drawn_at,
    )


def frozen_of(row: PlanDraw) -> tuple[Frame, tuple[Exclusion, ...]]:
    """The frames that were frozen for a draw, and who was left out of them."""
    kept = json.loads(row.frame)
    return parse_frame(kept), tuple(Exclusion(**entry) for entry in kept["excluded"])


def record_of(row: PlanDraw) -> DrawRecord:
    """The stored record of a draw that was made."""
    if row.record is None:
        raise BadInput("record", say("还没有抽取。"))
    return parse(json.loads(row.record))


def void(session: Session, plan: Plan, reason: str, now: datetime) -> None:
    """The draw under way is void; its number stays taken."""
    row = open_draw(session, plan)
    if row is None:
        return
    row.status, row.void_reason = "void", reason
    if row.number is not None:
        session.execute(update(Number).where(Number.text == row.number).values(voided_at=now))
    session.flush()


def open_tasks(
    session: Session,
    actor: Actor,
    plan: Plan,
    row: PlanDraw,
    now: datetime,
    request_id: str | None = None,
) -> list[int]:
    """One inspection task for each drawn unit, with its officers; gives the ids of the tasks."""
    record = record_of(row)
    units = {unit.key: unit for unit in record.frame.units}
    items = "、".join(ITEMS[code] for code in plan.items.split())
    opened = []
    for task in record.result.tasks:
        unit = units[task.unit]
        seed = Seed(
            origin=plan,
            unit_name=unit.name,
            uscc=unit.uscc or None,
            unit_id=int(unit.key),
            region_code=unit.region,
            matter=items,
            source="random",
            facts=plan.basis,
            confidentiality=plan.confidentiality,
            more={
                "plan": plan.number,
                "plan_item": plan.items.split(),
                "officers": [officer_id(key) for key in task.officers],
                "source": "random",
                "draw": record.number,
                "first_day": row.first_day,
                "last_day": row.last_day,
            },
        )
        case = openings.open(
            session, "inspection", actor, seed, now=now, note=record.number, request_id=request_id
        )
        session.add(
            PlanDrawn(
                draw_id=row.id,
                unit_id=int(unit.key),
                organ_id=plan.bureau_id,
                year=plan.year,
                task_id=case.id,
            )
        )
        opened.append(case.id)
    row.status, row.confirmed_at = "confirmed", now
    session.flush()
    return opened


def file_record(
    session: Session, plan: Plan, row: PlanDraw, *, actor_id: int, now: datetime
) -> None:
    """Put the record into the case file, so that whoever is given the file can replay it."""
    staged = stage(f"{row.number}.txt", BytesIO((row.record or "").encode()))
    hang(session, plan.id, staged, actor_id=actor_id, now=now, label=N_("抽取记录"), internal=True)


def officer_id(key: str) -> int:
    """The user behind a key of the officers' frame."""
    return int(key.removeprefix("u"))
