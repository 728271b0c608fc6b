"""The watch over the norms: it opens a case for every gap, and closes what has been met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.accounts.system import system_actor, system_user
from tracker.core.clock import office_date
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput, ChangedMeanwhile, NotVisible, StepRefused
from tracker.core.norms.board import Standing, board, standing
from tracker.core.registers.models import Organisation
from tracker.workflows.vacancies import queries, service
from tracker.workflows.vacancies.models import Vacancy

# So many in one transaction: others write in between.
_AT_ONCE = 20
WATCH = "watch"
_Doing = Callable[[Session, Organisation, Actor, Any, datetime], bool]


@dataclass(frozen=True, slots=True)
class _Due:
    """What the watch has to do at one bureau: subjects to open, cases to close or to correct."""

    bureau_id: int
    to_open: tuple[str, ...] = ()
    to_fill: tuple[int, ...] = ()
    to_correct: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.to_open or self.to_fill or self.to_correct)


def watch(now: datetime) -> str:
    """Open and close gaps at every bureau; a word on what was done, empty if nothing.

    Run again, or by two workers at once, it adds nothing: a subject has one open gap.
    """
    today = office_date(now)
    found = [_due(db.session(), house, today) for house in queries.bureaus(db.session())]
    if not any(found):
        return ""
    _make_system_user(now)
    opened = filled = 0
    for due in found:
        opened += _each(due.bureau_id, due.to_open, _open, now)
        filled += _each(due.bureau_id, due.to_fill, _fill, now)
        _each(due.bureau_id, due.to_correct, _correct, now)
    done = {"filled": filled, "opened": opened}
    return ", ".join(f"{name} {count}" for name, count in done.items() if count)


def _due(session: Session, house: Organisation, today: date) -> _Due:
    """A county watches its places and departments, every other bureau its departments.

    Kinds of places that the register does not keep yet are not short of anybody.
    """
    rows = board(session, house.region_code, today, below=queries.is_county(house.region_code))
    kept = {row.kind for row in rows if row.kept}
    gaps, excused = queries.open_gaps(session, house.id), queries.excused(session, house.id)
    now_short = {row.subject: row for row in rows if row.short}
    measured = {row.subject for row in rows}
    return _Due(
        house.id,
        to_open=tuple(
            subject
            for subject, row in now_short.items()
            if row.kind in kept
            and subject not in gaps
            and not queries.same_gap(excused.get(subject), row)
        ),
        to_fill=tuple(
            gap.id
            for subject, gap in gaps.items()
            if subject not in now_short and (subject in measured or _met(session, gap, today))
        ),
        to_correct=tuple(
            gap.id
            for subject, gap in gaps.items()
            if subject in now_short and _differs(gap, now_short[subject])
        ),
    )


def _met(session: Session, gap: Vacancy, today: date) -> bool:
    """For what is not on the board any more: a department that was closed, a norm that ended."""
    try:
        found = standing(session, gap.subject, today)
    except BadInput:
        return False
    return found is None or found.met


def _differs(gap: Vacancy, row: Standing) -> bool:
    return (gap.required, gap.present, gap.norm_id) != (row.required, row.present, row.rule.id)


# ---------------------------------------------------------------- one thing at a time


def _each(bureau_id: int, items: Sequence[Any], do: _Doing, now: datetime) -> int:
    """Do one thing to each, a few a transaction; what somebody else has done meanwhile is left."""
    done = 0
    for first in range(0, len(items), _AT_ONCE):
        with transaction() as session:
            house = session.get_one(Organisation, bureau_id)
            actor = _actor(session, house, now)
            for item in items[first : first + _AT_ONCE]:
                try:
                    with session.begin_nested():
                        done += do(session, house, actor, item, now)
                except (BadInput, StepRefused, ChangedMeanwhile, NotVisible):
                    continue
    return done


def _open(session: Session, house: Organisation, actor: Actor, subject: str, now: datetime) -> bool:
    short = standing(session, subject, office_date(now))
    if short is None or short.met:
        return False
    service.open_gap_case(session, actor, house, short, channel=WATCH, now=now)
    return True


def _fill(
    session: Session, _house: Organisation, actor: Actor, case_id: int, now: datetime
) -> bool:
    gap = session.get_one(Vacancy, case_id)
    service.take(session, actor, case_id, "fill", {}, seen=gap.version, now=now)
    return True


def _correct(
    session: Session, _house: Organisation, _actor: Actor, case_id: int, now: datetime
) -> bool:
    gap = session.get_one(Vacancy, case_id)
    row = standing(session, gap.subject, office_date(now))
    if row is None or row.met or gap.ended_on is not None:
        return False
    gap.required, gap.present, gap.norm_id = row.required, row.present, row.rule.id
    return True


def _actor(session: Session, house: Organisation, now: datetime) -> Actor:
    return system_actor(
        session,
        Role.SUPERVISOR,
        org_id=house.id,
        org_name=house.name,
        org_kind=house.kind,
        region_code=house.region_code,
        now=now,
    )


def _make_system_user(now: datetime) -> None:
    """Once for all: two workers that meet here make one account."""
    try:
        with transaction() as session:
            system_user(session, now)
    except IntegrityError:
        with transaction() as session:
            system_user(session, now)
