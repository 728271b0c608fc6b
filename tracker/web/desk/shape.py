"""What a workflow says of its pages; everything else the kit takes from the workflow's table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import Flow
from tracker.core.cases.models import Case
from tracker.core.errors import Sentence

Shown = str | Sentence


class Take(Protocol):
    """Takes a step of a case with the answers of its form."""

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
    ) -> Case:
        """The case after the step; refusals as `taking.take` raises them."""


class OpenNew(Protocol):
    """Opens a case by an opening step of the table."""

    def __call__(
        self,
        session: Session,
        actor: Actor,
        step_name: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime,
        request_id: str | None = None,
    ) -> Case:
        """The new case; refusals as `engine.open_case` raises them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One more column of the list: its head, what a row shows in it, and what a workbook gets.

    `cell` is for values that a workbook can reckon with: dates and amounts.
    """

    label: str
    value: Callable[[Any], object]
    cls: str = ""
    cell: Callable[[Any], object] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """The fourth answer at the head of a case: what it is about, in large, and a remark."""

    label: str
    large: Shown
    small: Shown = ""


@dataclass(frozen=True)
class Desk:
    """The pages of one workflow. `model` rows have a title; `cell` gives the fourth answer.

    `picks` answers what a `picked` question offers: for the actor, a case or None, and its name.
    """

    flow: Flow
    model: type[Any]
    take: Take
    open_new: OpenNew | None = None
    paper_values: Callable[[Session, Any, str, datetime], Mapping[str, Any]] | None = None
    prefill: Callable[[Session, Any, str, Actor, datetime], Mapping[str, Any]] | None = None
    panels: Callable[[Session, Actor, Any, datetime], Mapping[str, Any]] | None = None
    facts: Callable[[Session, Any], Sequence[tuple[str, Shown]]] | None = None
    cell: Callable[[Session, Any], Cell | None] | None = None
    columns: tuple[Column, ...] = ()
    picks: Callable[[Session, Actor, Any, str], Mapping[str, str]] | None = None

    @property
    def area(self) -> str:
        """The name of the blueprint and the first part of its addresses."""
        return self.flow.pages
