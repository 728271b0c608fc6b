"""How one workflow opens a case of another without knowing it: through this registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.links import add_link
from tracker.core.cases.models import Case
from tracker.core.errors import Refusal, SetupError, StepRefused, say


@dataclass(frozen=True, slots=True)
class SeedFigure:
    """One indicator that is handed over: what was reported and what should have been."""

    name: str
    measure: str
    period: str
    reported: Decimal | None
    due: Decimal | None
    source: str = ""
    nature: str = "value"


@dataclass(frozen=True, slots=True)
class Seed:
    """What the opening case knows, in the words that all workflows share.

    `source` is how it came about (report, department, random, directed, inspection, ...);
    `people` are parts with the user ids that take them; `more` is for what only the two
    workflows of one opening understand.
    """

    origin: Case | None
    unit_name: str
    region_code: str
    matter: str
    source: str
    uscc: str | None = None
    unit_id: int | None = None
    facts: str = ""
    confidentiality: int = 1
    act_from: date | None = None
    act_to: date | None = None
    found_on: date | None = None
    figures: Sequence[SeedFigure] = ()
    people: Mapping[str, int] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


Opener = Callable[[Session, Actor, Seed, datetime, str | None], Case]


class Openings:
    """Who opens a case of a kind; `app.py` fills it."""

    def __init__(self) -> None:
        self._openers: dict[str, Opener] = {}

    def add(self, kind: str, opener: Opener) -> None:
        """Say how a case of a kind is opened from another; the same again is harmless."""
        if self._openers.setdefault(kind, opener) is not opener:
            raise SetupError(f"two workflows open cases of kind {kind!r}")

    def has(self, kind: str) -> bool:
        """Whether cases of a kind can be opened from others."""
        return kind in self._openers

    def open(
        self,
        session: Session,
        kind: str,
        actor: Actor,
        seed: Seed,
        *,
        now: datetime,
        note: str = "",
        request_id: str | None = None,
    ) -> Case:
        """Open a case in the same transaction, and link it to the one it came from."""
        if kind not in self._openers:
            raise StepRefused([Refusal(say("这类案件的流程还没有启用。"))], kind)
        case = self._openers[kind](session, actor.within(kind), seed, now, request_id)
        if seed.origin is not None:
            add_link(
                session,
                seed.origin.id,
                case.id,
                "opened",
                actor_id=actor.user_id,
                now=now,
                note=note,
            )
        return case


openings = Openings()
