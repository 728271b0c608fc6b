"""The list of a session: places, the queue behind them, who attended, who passed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.clock import office_date, office_time
from tracker.core.errors import N_, Sentence, say
from tracker.core.notices import service as notices
from tracker.core.staff.models import Person
from tracker.workflows.trainings.models import Enrolment, Training

LISTED, WAITING, WITHDRAWN, EXCUSED = "listed", "waiting", "withdrawn", "excused"
STANDING_LABELS = {
    LISTED: N_("已列入"),
    WAITING: N_("排队候补"),
    WITHDRAWN: N_("已退出"),
    EXCUSED: N_("已请假"),
}
NO_HOURS = Decimal(0)
FULL_MARKS = 100
# Who is moved up first: those who must come, then by the time of enrolment.
_MUST_FIRST = {"new": 0, "failed": 1, "hours": 2, "": 3}


class Roster:
    """All people of one session, read once; the caller holds the case locked."""

    def __init__(self, session: Session, training: Training) -> None:
        self._session, self._training = session, training
        query = select(Enrolment).where(Enrolment.case_id == training.id).order_by(Enrolment.id)
        rows = session.scalars(query.execution_options(populate_existing=True))
        self.by_person = {row.person_id: row for row in rows}

    @property
    def free(self) -> int:
        """How many places are left."""
        taken = sum(row.standing == LISTED for row in self.by_person.values())
        return max(0, self._training.quota - taken)

    def put(
        self, person_id: int, *, org_id: int | None, must: str, by: int, now: datetime
    ) -> Enrolment | None:
        """Give a person a place, or one in the queue; None for whoever has either already."""
        row = self.by_person.get(person_id)
        if row is not None and row.standing in (LISTED, WAITING):
            return None
        if row is None:
            row = Enrolment(case_id=self._training.id, person_id=person_id)
            self.by_person[person_id] = row
            self._session.add(row)
        row.standing = WITHDRAWN  # so that it takes no place while places are counted
        row.standing = LISTED if self.free else WAITING
        row.org_id, row.must, row.excuse = org_id, must or row.must or "", ""
        row.enrolled_by_id, row.enrolled_at = by, now
        return row

    def move_up(self) -> list[Enrolment]:
        """Give the free places to those who wait, in their order."""
        queue = [row for row in self.by_person.values() if row.standing == WAITING]
        queue.sort(key=lambda row: (_MUST_FIRST[row.must], row.enrolled_at, row.id))
        moved = queue[: self.free]
        for row in moved:
            row.standing = LISTED
        return moved


# ---------------------------------------------------------------- what came of it


def attended(row: Enrolment) -> bool:
    """Signed in and out (domain 3.8, Y4)."""
    return row.standing == LISTED and row.signed_in_at is not None and row.signed_out_at is not None


def best(row: Enrolment) -> int | None:
    """The mark that counts: that of the resit where there was one."""
    return row.score if row.resit is None else row.resit


def passed(training: Training, row: Enrolment) -> bool:
    """Attended, and reached the pass mark where the session is examined (domain 3.8, Y5)."""
    if not attended(row):
        return False
    mark = best(row)
    return training.pass_mark is None or (mark is not None and mark >= training.pass_mark)


def day_of(training: Training) -> date:
    """The day a session begins; of one without a time the day it was opened."""
    return office_date(training.starts_at) if training.starts_at else training.opened_on


def leaves_from(training: Training) -> datetime | None:
    """From when on people sign out by themselves: the second half."""
    if training.starts_at is None or training.ends_at is None:
        return None
    return training.starts_at + (training.ends_at - training.starts_at) / 2


# ---------------------------------------------------------------- telling people


def tell_people(
    session: Session,
    training: Training,
    rows: Iterable[Enrolment],
    sentence: Sentence,
    *,
    key: str,
    now: datetime,
) -> None:
    """Tell the people themselves, as far as they have accounts; of the case they see nothing."""
    ids = [row.person_id for row in rows]
    users = session.scalars(
        select(Person.user_id).where(Person.id.in_(ids), Person.user_id.is_not(None))
    )
    notices.queue(
        session,
        case_id=None,
        sentence=sentence,
        now=now,
        source_key=f"training:{training.id}:{key}",
        to_user_ids=[user_id for user_id in users if user_id is not None],
    )


def place_given(training: Training) -> Sentence:
    """What a person hears who has a place."""
    return say(
        "您已列入培训名单：%(title)s，%(when)s，%(where)s。",
        title=training.title,
        when=when_words(training),
        where=training.venue,
    )


def when_words(training: Training) -> str:
    """The time of a session as notices print it, e.g. 2026-03-05 09:00."""
    return f"{office_time(training.starts_at):%Y-%m-%d %H:%M}" if training.starts_at else "—"
