"""Trainings to come, as workflows that need them ask for them: through this registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.models import Case


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session that begins later; `enrolled` says that the person is on its list."""

    case: Case
    starts_at: datetime
    venue: str
    enrolled: bool


# Sessions of a TrainingKind that the actor may open, for a person, from a moment on.
Source = Callable[[Session, Actor, str, int | None, datetime], Sequence[Sitting]]


class Sittings:
    """Who holds trainings; `app.py` fills it."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def add(self, name: str, source: Source) -> None:
        """Register a source under a name; each must keep to `visible(actor)`."""
        self._sources[name] = source

    def coming(
        self,
        session: Session,
        actor: Actor,
        topic: str,
        person_id: int | None,
        now: datetime,
        *,
        most: int,
    ) -> list[Sitting]:
        """The next of them, those with the person on the list first."""
        found = [
            sitting
            for source in self._sources.values()
            for sitting in source(session, actor, topic, person_id, now)
        ]
        found.sort(key=lambda s: (not s.enrolled, s.starts_at.timestamp(), s.case.id))
        return found[:most]


sittings = Sittings()
