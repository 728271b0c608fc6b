"""Verbs beside the table: people put on the list and taken off it, signatures, marks.

Each reads the session locked, so that of two who want the last place one has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.service import record
from tracker.core.cases.models import Case
from tracker.core.cases.scope import get_visible
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, NotVisible, Refusal, StepRefused, say
from tracker.core.staff.models import Person
from tracker.workflows.trainings import content, staffing
from tracker.workflows.trainings.content import EXCUSED, LISTED, WAITING, WITHDRAWN, Roster
from tracker.workflows.trainings.guards import LIST_TAG, MARK_TAG
from tracker.workflows.trainings.models import Enrolment, Training
from tracker.workflows.trainings.staffing import Side
from tracker.workflows.trainings.window import holds

QR, BY_LIST = "qr", "list"
# When the organiser may still put somebody on the list: also at the door.
ORGANISER_ENROLS = ("enrolling", "ready", "running")
MAY_LEAVE = ("enrolling", "ready")
MAY_TICK = ("running", "marking")
_MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of an enrolment: how many have a place, how many wait, how many were on it."""

    listed: int
    waiting: int
    known: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """When somebody signed in and out; None where they did not."""

    came: datetime | None
    left: datetime | None


@dataclass(frozen=True, slots=True)
class Marks:
    """The mark of the examination, and of the one resit."""

    score: int | None
    resit: int | None


# ---------------------------------------------------------------- the list


def may_enrol(training: Training, side: Side, today: date) -> bool:
    """Whether this side may put people on the list now."""
    if side.organiser:
        return training.state in ORGANISER_ENROLS
    in_time = training.enrol_by is not None and today <= training.enrol_by
    return bool(side.org_ids) and training.state == "enrolling" and in_time


def enrol(
    session: Session,
    actor: Actor,
    case_id: int,
    person_ids: Collection[int],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Placed:
    """Put some of one's own people on the list, or behind it when it is full.

    BadInput("people") when one of them is not the actor's to send; then nobody is put there.
    """
    training = get_visible(session, Training, actor, case_id, lock=True)
    today, side = office_date(now), staffing.side_of(session, training, actor)
    if not may_enrol(training, side, today):
        raise StepRefused([Refusal(say("现在不能报名：没有开放，或者已经截止。"))], "enrol")
    own = {p.id: holding for p, holding in staffing.sendable(session, training, side, today)}
    if not person_ids:
        raise BadInput("people", say("请选人员。"))
    if set(person_ids) - set(own):
        raise BadInput("people", say("只能给本单位的人员报名。"))
    roster = Roster(session, training)
    chosen = staffing.sent_by(session, training, [own[p] for p in dict.fromkeys(person_ids)])
    rows = [
        roster.put(one.person_id, org_id=one.org_id, must="", by=actor.user_id, now=now)
        for one in chosen
    ]
    session.flush()
    new = [row for row in rows if row is not None]
    listed = [row for row in new if row.standing == LISTED]
    _tell_placed(session, training, listed, now)
    _note(session, actor, training, "training.list.enrol", now, request_id,
          {"people": [row.person_id for row in new]},
          lender=_sender_lender(actor, training, side))  # fmt: skip
    return Placed(len(listed), len(new) - len(listed), len(rows) - len(new))


def leave(
    session: Session,
    actor: Actor,
    case_id: int,
    enrolment_id: int,
    *,
    excused: bool,
    reason: str = "",
    now: datetime,
    request_id: str | None = None,
) -> Enrolment:
    """Take somebody off the list, or excuse whoever had to come; the next in the queue moves up."""
    training = get_visible(session, Training, actor, case_id, lock=True)
    row = _row(session, training, enrolment_id)
    side = staffing.side_of(session, training, actor)
    if not side.covers(row.org_id):
        raise NotVisible(f"enrolment {enrolment_id}")
    if training.state not in MAY_LEAVE or row.standing not in (LISTED, WAITING):
        raise StepRefused([Refusal(say("现在不能改名单。"))], "leave")
    reason = reason.strip()
    if excused and not 1 <= len(reason) <= _MOST_REASON:
        raise BadInput("reason", say("请写明请假的理由。"))
    if row.must and not excused:
        raise BadInput("reason", say("应训人员不能退出，只能请假并写明理由。"))
    row.standing, row.excuse = (EXCUSED, reason) if excused else (WITHDRAWN, "")
    session.flush()
    moved = Roster(session, training).move_up()
    session.flush()
    _tell_placed(session, training, moved, now)
    tag = "training.list.excuse" if excused else "training.list.withdraw"
    details = {"person": row.person_id, "moved_up": [m.person_id for m in moved]}
    lender = _sender_lender(actor, training, side)
    _note(session, actor, training, tag, now, request_id, details, lender=lender, reason=reason)
    return row


def _tell_placed(
    session: Session, training: Training, rows: Iterable[Enrolment], now: datetime
) -> None:
    for row in rows:  # each by itself: whoever has lost a place and has it again hears it again
        key = f"placed:{row.id}:{now.timestamp():.0f}"
        sentence = content.place_given(training)
        content.tell_people(session, training, [row], sentence, key=key, now=now)


# ---------------------------------------------------------------- signatures


def own_row(session: Session, user_id: int, case_id: int) -> tuple[Training, Enrolment] | None:
    """The session and the line of whoever is logged in; None for whoever is not on its list."""
    query = (
        select(Training, Enrolment)
        .join(Enrolment, Enrolment.case_id == Training.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Training.id == case_id, Person.user_id == user_id)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def sign(
    session: Session,
    actor: Actor,
    case_id: int,
    code: str,
    *,
    now: datetime,
    request_id: str | None = None,
) -> Enrolment:
    """Sign in, and in the second half out, with the code of the room; for oneself alone.

    StepRefused when the code is too old, or there is nothing to sign.
    """
    lock = select(Case.id).where(Case.id == case_id).with_for_update()
    session.execute(lock)
    found = own_row(session, actor.user_id, case_id)
    if found is None:
        raise NotVisible(f"training {case_id}")
    training, row = found
    if why := why_no_signature(training, row, code, now):
        raise StepRefused([why], "sign")
    if row.signed_in_at is None:
        row.signed_in_at, row.sign_way = now, QR
    else:
        row.signed_out_at = now
    session.flush()
    details = {"person": row.person_id, "way": QR, "out": row.signed_out_at is not None}
    _note(session, actor, training, "training.sign.self", now, request_id, details)
    return row


def why_no_signature(
    training: Training, row: Enrolment, code: str, now: datetime
) -> Refusal | None:
    """Why a person cannot sign now; None when they can."""
    if training.state != "running" or not holds(training.sign_key, training.id, code, now):
        return Refusal(say("签到码已经失效，请重新扫描现场的码。"))
    if row.standing != LISTED:
        return Refusal(say("您不在这期培训的名单上，请找培训管理员。"))
    if row.signed_in_at is None:
        return None
    if row.signed_out_at is not None:
        return Refusal(say("您已经签退。"))
    half = content.leaves_from(training)
    if half is not None and now < half:
        return Refusal(say("您已经签到，现在还不能签退。"))
    return None


def tick(
    session: Session,
    actor: Actor,
    case_id: int,
    ticks: Mapping[int, Attendance],
    *,
    now: datetime,
    request_id: str | None = None,
) -> int:
    """Enter who came and stayed, by the paper list, by enrolment id; how many lines changed.

    BadInput names whoever left without having come.
    """
    training = _organisers(session, actor, case_id, MAY_TICK)
    changed: dict[str, list[str]] = {}
    for row, person in _rows(session, training, ticks):
        new = ticks[row.id]
        if (row.signed_in_at, row.signed_out_at) == (new.came, new.left):
            continue
        _refuse_oneself(actor, person)
        _check_attendance(row, person, new, now)
        changed[str(row.id)] = [str(new.came), str(new.left)]
        row.signed_in_at, row.signed_out_at = new.came, new.left
        row.sign_way = BY_LIST if new.came else ""
    session.flush()
    if changed:
        _note(session, actor, training, LIST_TAG, now, request_id, {"rows": changed},
              lender=_lender(actor, (Role.TRAINER,), {training.bureau_id}))  # fmt: skip
    return len(changed)


def _refuse_oneself(actor: Actor, person: Person) -> None:
    """Nobody enters their own attendance or mark; signing in with the code is another thing."""
    if person.user_id == actor.user_id:
        raise BadInput("rows", say("不能登记自己的签到和成绩：签到请扫码，成绩请另一人登记。"))


def _check_attendance(row: Enrolment, person: Person, new: Attendance, now: datetime) -> None:
    if row.standing != LISTED:
        raise BadInput("rows", say("%(who)s 不在名单上，先给他报名。", who=person.name))
    if new.left is not None and (new.came is None or new.left < new.came):
        raise BadInput("rows", say("%(who)s：签退不能早于签到。", who=person.name))
    if (new.left or new.came or now) > now:
        raise BadInput("rows", say("%(who)s：时间不能晚于现在。", who=person.name))
    if new.left is None and row.score is not None:
        raise BadInput("rows", say("%(who)s 已经有成绩，先去掉成绩。", who=person.name))


# ---------------------------------------------------------------- marks


def mark(
    session: Session,
    actor: Actor,
    case_id: int,
    marks: Mapping[int, Marks],
    *,
    now: datetime,
    request_id: str | None = None,
) -> int:
    """Enter marks, and one resit of those who failed, by enrolment id; how many lines changed."""
    training = _organisers(session, actor, case_id, ("marking",))
    if training.pass_mark is None:
        raise StepRefused([Refusal(say("这期培训不考试。"))], "mark")
    changed: dict[str, list[int | None]] = {}
    for row, person in _rows(session, training, marks):
        new = marks[row.id]
        if (row.score, row.resit) == (new.score, new.resit):
            continue
        _refuse_oneself(actor, person)
        _check_marks(training.pass_mark, row, person, new)
        changed[str(row.id)] = [new.score, new.resit]
        row.score, row.resit = new.score, new.resit
    session.flush()
    if changed:
        _note(session, actor, training, MARK_TAG, now, request_id, {"rows": changed},
              lender=_lender(actor, (Role.TRAINER,), {training.bureau_id}))  # fmt: skip
    return len(changed)


def _check_marks(pass_mark: int, row: Enrolment, person: Person, new: Marks) -> None:
    if not content.attended(row):
        raise BadInput("rows", say("%(who)s 没有签到和签退，不能登记成绩。", who=person.name))
    for value in (new.score, new.resit):
        if value is not None and not 0 <= value <= content.FULL_MARKS:
            raise BadInput("rows", say("%(who)s：成绩在 0 到 100 之间。", who=person.name))
    if new.resit is not None and (new.score is None or new.score >= pass_mark):
        raise BadInput("rows", say("%(who)s：只有不合格的才补考。", who=person.name))


# ---------------------------------------------------------------- parts


def _organisers(session: Session, actor: Actor, case_id: int, states: tuple[str, ...]) -> Training:
    training = get_visible(session, Training, actor, case_id, lock=True)
    if not actor.has(Role.TRAINER, training.bureau_id):
        raise NotVisible(f"training {case_id}")
    if training.state not in states:
        raise StepRefused([Refusal(say("现在不能改签到和成绩。"))], "results")
    return training


def _row(session: Session, training: Training, enrolment_id: int) -> Enrolment:
    row = session.get(Enrolment, enrolment_id)
    if row is None or row.case_id != training.id:
        raise NotVisible(f"enrolment {enrolment_id}")
    return row


def _rows(
    session: Session, training: Training, wanted: Mapping[int, Any]
) -> list[tuple[Enrolment, Person]]:
    """The lines with these ids, with their people; ids of other sessions are none."""
    query = (
        select(Enrolment, Person)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.case_id == training.id)
        .order_by(Enrolment.id)
        .execution_options(populate_existing=True)
    )
    return [(row, person) for row, person in session.execute(query) if row.id in wanted]


def _note(
    session: Session,
    actor: Actor,
    training: Training,
    tag: str,
    now: datetime,
    request_id: str | None,
    details: Mapping[str, Any],
    *,
    lender: int | None = None,
    reason: str = "",
) -> None:
    record(
        session,
        tag=tag,
        at=now,
        actor_id=actor.user_id,
        on_behalf_of_id=lender,
        case_id=training.id,
        object=f"training:{training.id}",
        reason=reason or None,
        request_id=request_id,
        details=details,
    )


def _sender_lender(actor: Actor, training: Training, side: Side) -> int | None:
    """For whom a list is kept, when the power to do so is lent."""
    if side.organiser:
        return _lender(actor, (Role.TRAINER,), {training.bureau_id})
    return _lender(actor, staffing.SENDING_ROLES, side.org_ids)


def _lender(actor: Actor, roles: Collection[Role], org_ids: Collection[int | None]) -> int | None:
    """Who lends the power by which somebody acts; None for one's own."""
    fit = [p.on_behalf_of for p in actor.powers if p.role in roles and p.org_id in org_ids]
    return None if not fit or None in fit else fit[0]
