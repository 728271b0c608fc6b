"""What a page shows of a clock: what is left, in which colour, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.calendar.days import Calendar
from tracker.core.cases.models import Case
from tracker.core.deadlines.models import Deadline, DeadlineFact
from tracker.core.deadlines.service import replay_rows, rule_of
from tracker.core.deadlines.status import Status, Tone, of_party, status
from tracker.core.deadlines.working import CountedDay, DayCode, Working
from tracker.core.rulebook.terms import Unit
from tracker.web import drawing, wording

# Pure results of what is in their key; dropped all at once when there are many.
_replayed: dict[tuple[object, ...], Working] = {}
_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Clockface:
    """One clock of one case as it stands today."""

    deadline: Deadline
    working: Working
    status: Status

    @property
    def tone(self) -> str:
        """late, soon, ok, hold or done."""
        return self.status.tone.value

    @property
    def due(self) -> date | None:
        """The due date; None while the clock is stopped for now."""
        return self.working.due


def faces_of(
    session: Session, deadlines: Sequence[Deadline], calendar: Calendar, today: date
) -> list[Clockface]:
    """The faces of some clocks; their facts are read in one query."""
    facts: dict[int, list[DeadlineFact]] = {d.id: [] for d in deadlines}
    if facts:
        for fact in session.scalars(
            select(DeadlineFact)
            .where(DeadlineFact.deadline_id.in_(facts))
            .order_by(DeadlineFact.deadline_id, DeadlineFact.seq)
        ):
            facts[fact.deadline_id].append(fact)
    found = []
    for deadline in deadlines:
        working = _working(deadline, facts[deadline.id], calendar)
        standing = status(working, today)
        if rule_of(deadline).lapses:
            standing = of_party(standing)
        found.append(Clockface(deadline, working, standing))
    return found


def _working(deadline: Deadline, rows: list[DeadlineFact], calendar: Calendar) -> Working:
    """The replay; clocks that were started on one day by one rule share it."""
    asked = tuple((r.kind, r.on, r.at, r.term, r.due, r.reason) for r in rows)
    key = (calendar.edition, deadline.unit, deadline.length, deadline.roll, asked)
    found = _replayed.get(key)
    if found is None or found.calendar not in (None, calendar):
        if len(_replayed) >= _KEPT:
            _replayed.clear()
        found = _replayed[key] = replay_rows(deadline, rows, calendar)
    return found


def clockfaces(
    session: Session, cases: Iterable[Case], calendar: Calendar, today: date
) -> dict[int, Clockface]:
    """The face to show for each case: its earliest running clock, else one stopped for now.

    What a party may still do comes after all that an office has to do.
    """
    ids = [c.id for c in cases]
    first: dict[int, Deadline] = {}
    rows = session.scalars(
        select(Deadline)
        .where(Deadline.case_id.in_(ids), Deadline.state != "stopped")
        .order_by(Deadline.due_on.is_(None), Deadline.due_on, Deadline.id)
    )
    for deadline in sorted(rows, key=lambda d: rule_of(d).lapses):
        first.setdefault(deadline.case_id, deadline)
    return {f.deadline.case_id: f for f in faces_of(session, list(first.values()), calendar, today)}


# ---------------------------------------------------------------- how it is shown


def left_words(face: Clockface, locale: str) -> str:
    """What is left, in words."""
    state = face.status
    return wording.left_label(
        state.left,
        state.unit.value,
        over=state.over,
        held=state.tone is Tone.HOLD,
        done=state.tone is Tone.DONE,
        lapsed=state.lapsed,
        locale=locale,
    )


def stood_still(working: Working, day: CountedDay) -> bool:
    """Whether a day was held back by a suspension that would otherwise have counted."""
    if day.code is not DayCode.SUSPENDED:
        return False
    if working.unit is not Unit.WD or working.calendar is None:
        return True
    return working.calendar.is_workday(day.on)


def face_ruler(face: Clockface, today: date, locale: str, *, large: bool = False) -> Markup:
    """The ruler of a clock: a cell a working day for short terms, one bar for long ones."""
    words = left_words(face, locale)
    uid = f"h{face.deadline.id}{'l' if large else 's'}"
    working, tone = face.working, face.tone
    short = working.unit is Unit.WD and 0 < working.total <= drawing.CELLS_AT_MOST
    if not short:
        used = (working.total - max(face.status.left, 0)) / working.total if working.total else 1.0
        return drawing.bar(used, tone=tone, words=words, large=large)
    cells = []
    for day in working.days:
        if not day.counted and not stood_still(working, day):
            continue
        label = str(day.on.day) if large else ""
        if day.code is DayCode.SUSPENDED:
            kind = "held"
        elif day.on < today:
            kind = "used"
        elif day.on == today:
            kind = "today"
        else:
            kind = "free"
        cells.append(drawing.Cell(kind, label))
    if face.status.over:
        cells += [drawing.Cell("late")] * min(5, max(1, -face.status.left))
    return drawing.ruler(
        cells,
        tone=tone,
        words=words,
        uid=uid,
        large=large,
        today_mark="" if locale == "en" else "今",
    )
