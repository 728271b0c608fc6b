"""Whether this machine's wall clock can be believed; while it cannot, nothing goes out from here.

Between two looks the wall clock must move as far as the machine's own count of seconds. At the
start there is no such count yet; then the wall clock must not lie behind the newest sign of life
of any worker.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.clock import utc_now
from tracker.core.reminders.heartbeat import newest
from tracker.core.reminders.models import ClockHold, Heartbeat
from tracker.core.reminders.timetable import CLOCK, Tolerance

logger = logging.getLogger(__name__)


def machine_seconds() -> float:
    """Seconds that no setting of the clock changes; they run on while the machine sleeps."""
    boot: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def this_node() -> str:
    """This process among all workers."""
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


class ClockWatch:
    """Compares the two clocks of one worker, and remembers since when they disagree."""

    def __init__(
        self,
        *,
        wall: Callable[[], datetime] = utc_now,
        seconds: Callable[[], float] = machine_seconds,
        node: str = "",
        tolerance: Tolerance = CLOCK,
    ) -> None:
        self._wall, self._seconds = wall, seconds
        self.node = node or this_node()
        self._tolerance = tolerance
        self._base: tuple[datetime, float] | None = None
        self._hold: int | None = None
        self._lock = threading.RLock()

    @property
    def held(self) -> bool:
        """Whether nothing may go out from here."""
        return self._hold is not None

    def now(self) -> datetime:
        """The moment: by the wall clock, or while that is held by the machine's own count."""
        with self._lock:
            if self._hold is None or self._base is None:
                return self._wall()
            return self._expected(self._seconds())

    def suspicious(self) -> bool:
        """Whether `look` has something to write or to ask; needs no database."""
        with self._lock:
            if self._base is None or self._hold is not None:
                return True
            seconds, wall = self._seconds(), self._wall()
            if not self._in_order(wall - self._expected(seconds)):
                return True
            self._base = (wall, seconds)
            return False

    def look(self, session: Session) -> bool:
        """Compare the clocks, in a writing transaction; whether something may go out."""
        with self._lock:
            seconds, wall = self._seconds(), self._wall()
            if self._base is None:
                self._begin(session, wall, seconds)
            jump = wall - self._expected(seconds)
            if self._hold is not None:
                self._go_on(session, wall, seconds, jump)
            elif self._in_order(jump):
                self._base = (wall, seconds)
            else:
                self._stand(session, wall - jump, jump)
            return self._hold is None

    def _begin(self, session: Session, wall: datetime, seconds: float) -> None:
        """The first look: behind the others' signs of life, or held by who ran here before?"""
        last = newest(session)
        behind = last is not None and wall < last - self._tolerance.back
        self._base = (last if behind and last is not None else wall, seconds)
        inherited = session.scalars(
            select(ClockHold.id)
            .where(
                ClockHold.released_at.is_(None),
                ClockHold.node.startswith(f"{self.node.rpartition(':')[0]}:", autoescape=True),
            )
            .order_by(ClockHold.id)
        ).all()
        if not inherited:
            return
        ahead = any(session.get_one(ClockHold, hold_id).jump > 0 for hold_id in inherited)
        if behind or ahead:
            # Started anew, this process cannot know how far the clock had run ahead.
            self._hold = inherited[-1]
        else:
            _release(session, inherited, wall)

    def _expected(self, seconds: float) -> datetime:
        if self._base is None:
            return self._wall()
        wall, counted = self._base
        return wall + timedelta(seconds=seconds - counted)

    def _in_order(self, jump: timedelta) -> bool:
        return -self._tolerance.back <= jump <= self._tolerance.ahead

    def _stand(self, session: Session, expected: datetime, jump: timedelta) -> None:
        hold = ClockHold(node=self.node, at=expected, jump=round(jump.total_seconds()))
        session.add(hold)
        session.flush()
        self._hold = hold.id
        logger.error("the clock of %s jumped by %s: sending is held", self.node, jump)
        record(
            session,
            tag="clock.hold",
            at=expected,
            object=f"clock_hold:{hold.id}",
            result="failed",
            details={"node": self.node, "jump": hold.jump},
        )

    def _go_on(self, session: Session, wall: datetime, seconds: float, jump: timedelta) -> None:
        """Held: has the clock come back, or has somebody confirmed it?"""
        hold = session.get(ClockHold, self._hold, populate_existing=True)
        if hold is None:  # its row was lost with a transaction that failed
            self._stand(session, wall - jump, jump)
            return
        if hold.released_at is None:
            # A hold taken over from an earlier process has no count to come back to.
            own = hold.node == self.node or hold.jump < 0
            if not (own and self._in_order(jump)):
                return
            _release(session, [hold.id], wall)
        self._hold, self._base = None, (wall, seconds)


def _release(session: Session, hold_ids: Sequence[int], now: datetime) -> None:
    """The clock came back by itself."""
    session.execute(
        update(ClockHold)
        .where(ClockHold.id.in_(hold_ids), ClockHold.released_at.is_(None))
        .values(released_at=now)
    )
    for hold_id in hold_ids:
        record(session, tag="clock.release", at=now, object=f"clock_hold:{hold_id}")


def confirm(
    session: Session, hold_id: int, *, actor_id: int, now: datetime, request_id: str | None = None
) -> bool:
    """An administrator has looked at the clock and says that it is right; False when it was late.

    Signs of life from a clock that ran ahead come down to now, or their silence would not show.
    """
    done = session.execute(
        update(ClockHold)
        .where(ClockHold.id == hold_id, ClockHold.released_at.is_(None))
        .values(released_at=now, released_by_id=actor_id)
        .returning(ClockHold.id)
    ).all()
    if not done:
        return False
    session.execute(update(Heartbeat).where(Heartbeat.at > now).values(at=now))
    session.execute(update(Heartbeat).where(Heartbeat.last_ok_at > now).values(last_ok_at=now))
    record(
        session,
        tag="clock.confirm",
        at=now,
        actor_id=actor_id,
        object=f"clock_hold:{hold_id}",
        request_id=request_id,
    )
    return True


def open_holds(session: Session) -> list[ClockHold]:
    """Machines that send nothing now."""
    query = select(ClockHold).where(ClockHold.released_at.is_(None)).order_by(ClockHold.id)
    return list(session.scalars(query))


def past_holds(session: Session, limit: int = 10) -> list[ClockHold]:
    """The last that are over, newest first."""
    query = select(ClockHold).where(ClockHold.released_at.is_not(None))
    return list(session.scalars(query.order_by(ClockHold.id.desc()).limit(limit)))
