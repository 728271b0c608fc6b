"""One verb for every workflow: take a step of the table with the answers of its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking, move, ready
from tracker.core.cases.guards import Taken
from tracker.core.cases.models import Case
from tracker.core.cases.scope import get_visible
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, say

CaseT = TypeVar("CaseT", bound=Case)
TakenT = TypeVar("TakenT", bound=Case, covariant=True)


@dataclass(frozen=True, slots=True)
class Asked(Generic[CaseT]):
    """A step that was asked for: on what, by whom, when, with which answers."""

    session: Session
    case: CaseT
    actor: Actor
    now: datetime
    inputs: Mapping[str, Any]

    @property
    def today(self) -> date:
        """Today as the offices count it."""
        return office_date(self.now)

    def text(self, name: str) -> str:
        """A text, trimmed; empty when it was not given."""
        return str(self.inputs.get(name) or "").strip()

    def required(self, name: str, message: str) -> str:
        """A text that must not be empty."""
        value = self.text(name)
        if not value:
            raise BadInput(name, say(message))
        return value

    def day(self, name: str) -> date | None:
        """A date, or None."""
        value = self.inputs.get(name)
        return value if isinstance(value, date) else None

    def amount(self, name: str) -> Decimal | None:
        """A number or a sum of yuan, or None."""
        value = self.inputs.get(name)
        return value if isinstance(value, Decimal) else None


Takings = Mapping[str, Callable[[Asked[Any]], Taking]]


def take(
    session: Session,
    model: type[CaseT],
    actor: Actor,
    case_id: int,
    step: str,
    inputs: Mapping[str, Any],
    *,
    seen: int,
    now: datetime,
    takings: Takings,
    request_id: str | None = None,
) -> CaseT:
    """Take one step of a case's table; what the step needs besides the move is in `takings`.

    A step without an entry there keeps its answers, and counts its clocks from the answer named
    `on` if it has one. Refusals raise StepRefused, wrong answers BadInput with the field's name.
    """
    case = get_visible(session, model, actor, case_id, lock=True)
    actor = actor.within(case.kind)
    prepare = _preparing(Asked(session, case, actor, now, inputs), step, takings, request_id)
    move(session, case, step, actor, seen=seen, now=now, prepare=prepare)
    return case


class _OnlyAsked(Exception):
    """What a rehearsal has put into the session goes again."""


def rehearse(
    session: Session,
    case: Case,
    actor: Actor,
    step: str,
    inputs: Mapping[str, Any],
    *,
    seen: int,
    now: datetime,
    takings: Takings,
    past: Sequence[Taken] | None = None,
) -> None:
    """Ask everything that `take` asks before it writes, and leave no trace.

    Raises what `take` would raise; `past` is the history of the case, where it was read already.
    """
    actor = actor.within(case.kind)
    asked = Asked(session, case, actor, now, inputs)
    prepare = _preparing(asked, step, takings, None)
    with suppress(_OnlyAsked), session.begin_nested():
        ready(session, case, step, actor, seen=seen, now=now, prepare=prepare, past=past)
        raise _OnlyAsked


def _preparing(
    asked: Asked[Any], step: str, takings: Takings, request_id: str | None
) -> Callable[[], Taking]:
    def prepare() -> Taking:
        taking = takings[step](asked) if step in takings else Taking(when=When(on=asked.day("on")))
        taking.note = taking.note or asked.text("note")
        taking.fields = taking.fields or {k: v for k, v in asked.inputs.items() if k != "note"}
        taking.request_id = request_id
        return taking

    return prepare


class Take(Protocol[TakenT]):
    """`take` of one workflow: its cases and what its steps need are known already."""

    def __call__(
        self,
        session: Session,
        actor: Actor,
        case_id: int,
        step: str,
        inputs: Mapping[str, Any],
        *,
        seen: int,
        now: datetime,
        request_id: str | None = None,
    ) -> TakenT:
        """Take one step; refusals raise StepRefused, wrong answers BadInput."""
        ...


def taker(model: type[CaseT], takings: Takings) -> Take[CaseT]:
    """The verb of a workflow that does no more than its table and its takings say."""

    def take_one(
        session: Session,
        actor: Actor,
        case_id: int,
        step: str,
        inputs: Mapping[str, Any],
        *,
        seen: int,
        now: datetime,
        request_id: str | None = None,
    ) -> CaseT:
        return take(
            session,
            model,
            actor,
            case_id,
            step,
            inputs,
            seen=seen,
            now=now,
            takings=takings,
            request_id=request_id,
        )

    return take_one
