"""Trainings and certificates of the register. Every write is audited."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from tracker.core.clock import office_date
from tracker.core.errors import BadInput, say
from tracker.core.staff.models import (
    Qualification,
    TrainingKind,
    TrainingRecord,
)
from tracker.core.staff.writing import note, person_of, within

SOURCES = ("session", "import", "hand")
_AT_ONCE = 900
_LONGEST = {"title": 120, "certificate_no": 60, "organiser": 120}
_LONGEST_NAME = 60
MOST_HOURS = Decimal("9999.9")
_MOST_SCORE = 1000


@dataclass(frozen=True, slots=True)
class TrainingData:
    """One training of one person; hours with one decimal."""

    held_on: date
    kind: str
    title: str
    hours: Decimal
    score: int | None = None
    passed: bool = True
    certificate_no: str = ""
    organiser: str = ""


def record_training(
    session: Session,
    person_id: int,
    data: TrainingData,
    *,
    source: str,
    case_id: int | None = None,
    actor_id: int,
    now: datetime,
    request_id: str | None = None,
) -> TrainingRecord:
    """Put a training on a person's file; a session is recorded once for each person."""
    person_of(session, person_id)
    given = checked_training(data, office_date(now))
    if source not in SOURCES or (source == "session") != (case_id is not None):
        raise ValueError(f"training source {source!r} with case {case_id}")
    if case_id is not None and _recorded(session, person_id, case_id):
        raise BadInput("case_id", say("这期培训已经记入这个人的档案。"))
    row = TrainingRecord(person_id=person_id, source=source, case_id=case_id, **asdict(given))
    session.add(row)
    session.flush()
    note(session, "staff.training.add", f"training:{row.id}", actor_id, now, request_id,
          {"person": person_id, "case": case_id, "source": source, **asdict(given)})  # fmt: skip
    return row


def checked_training(data: TrainingData, today: date) -> TrainingData:
    """The same as it should be written; BadInput names the field that is wrong."""
    given: dict[str, Any] = asdict(data)
    for field, most in _LONGEST.items():
        given[field] = within(field, given[field], most)
    if data.kind not in set(TrainingKind):
        raise BadInput("kind", say("请选培训类型。"))
    if not given["title"]:
        raise BadInput("title", say("请填培训名称。"))
    if data.held_on > today:
        raise BadInput("held_on", say("培训日期不能晚于今天。"))
    hours = Decimal(data.hours)
    if not (hours.is_finite() and 0 <= hours <= MOST_HOURS):
        raise BadInput("hours", say("学时要填 0 至 %(most)s 的数。", most=MOST_HOURS))
    if data.score is not None and not 0 <= data.score <= _MOST_SCORE:
        raise BadInput("score", say("成绩要填 0 至 %(most)s 的整数。", most=_MOST_SCORE))
    given["hours"] = hours.quantize(Decimal("0.1"))
    return TrainingData(**given)


def _recorded(session: Session, person_id: int, case_id: int) -> bool:
    query = select(TrainingRecord.id).where(
        TrainingRecord.person_id == person_id, TrainingRecord.case_id == case_id
    )
    return session.scalar(query) is not None


def trainings_of(session: Session, person_id: int) -> list[TrainingRecord]:
    """The trainings of a person, the latest first."""
    query = select(TrainingRecord).where(TrainingRecord.person_id == person_id)
    order = (TrainingRecord.held_on.desc(), TrainingRecord.id.desc())
    return list(session.scalars(query.order_by(*order)))


def inducted(session: Session, person_ids: Collection[int], by: date) -> dict[int, date]:
    """The day of the earliest passed induction of each person who had one by a day."""
    found: dict[int, date] = {}
    for some in parts(person_ids):
        rows = session.execute(
            select(TrainingRecord.person_id, func.min(TrainingRecord.held_on))
            .where(
                TrainingRecord.person_id.in_(some),
                TrainingRecord.kind == TrainingKind.INDUCTION.value,
                TrainingRecord.passed,
                TrainingRecord.held_on <= by,
            )
            .group_by(TrainingRecord.person_id)
        )
        found.update((person_id, day) for person_id, day in rows)
    return found


def hours_in(session: Session, person_ids: Collection[int], year: int) -> dict[int, Decimal]:
    """Hours of passed trainings in a calendar year, zero for who had none."""
    found = dict.fromkeys(person_ids, Decimal(0))
    for some in parts(person_ids):
        rows = session.execute(
            select(TrainingRecord.person_id, func.sum(TrainingRecord.hours))
            .where(TrainingRecord.person_id.in_(some), counts_in(year))
            .group_by(TrainingRecord.person_id)
        )
        found.update((person_id, Decimal(hours)) for person_id, hours in rows)
    return found


def counts_in(year: int) -> ColumnElement[bool]:
    """The condition on trainings whose hours count for a year: held in it, and passed."""
    return and_(
        TrainingRecord.held_on.between(date(year, 1, 1), date(year, 12, 31)),
        TrainingRecord.passed,
    )


def parts(ids: Collection[int]) -> Iterator[list[int]]:
    """Ids in order, as many at a time as one query takes."""
    ordered = sorted(set(ids))
    for at in range(0, len(ordered), _AT_ONCE):
        yield ordered[at : at + _AT_ONCE]


def add_qualification(
    session: Session,
    person_id: int,
    name: str,
    obtained_on: date,
    *,
    number: str = "",
    expires_on: date | None = None,
    actor_id: int,
    now: datetime,
    request_id: str | None = None,
) -> Qualification:
    """Enter a certificate of a person; the same one twice is refused."""
    person_of(session, person_id)
    row = checked_qualification(name, number, obtained_on, expires_on, office_date(now))
    row.person_id = person_id
    twin = session.scalar(
        select(Qualification.id).where(
            Qualification.person_id == person_id,
            Qualification.name == row.name,
            Qualification.number == row.number,
        )
    )
    if twin is not None:
        raise BadInput("number", say("这个证书已经登记。"))
    session.add(row)
    session.flush()
    note(session, "staff.qualification.add", f"qualification:{row.id}", actor_id, now, request_id,
          {"person": person_id, "name": row.name, "obtained_on": obtained_on})  # fmt: skip
    return row


def checked_qualification(
    name: str, number: str, obtained_on: date, expires_on: date | None, today: date
) -> Qualification:
    """A certificate without its owner yet; BadInput names the field that is wrong."""
    name, number = within("name", name, _LONGEST_NAME), within("number", number, _LONGEST_NAME)
    if not name:
        raise BadInput("name", say("请填证书名称。"))
    if obtained_on > today:
        raise BadInput("obtained_on", say("证书日期不能晚于今天。"))
    if expires_on is not None and expires_on < obtained_on:
        raise BadInput("expires_on", say("有效期不能早于取得日期。"))
    return Qualification(name=name, number=number, obtained_on=obtained_on, expires_on=expires_on)


def qualifications_of(session: Session, person_id: int) -> list[Qualification]:
    """The certificates of a person, the latest first."""
    query = select(Qualification).where(Qualification.person_id == person_id)
    order = (Qualification.obtained_on.desc(), Qualification.id.desc())
    return list(session.scalars(query.order_by(*order)))
