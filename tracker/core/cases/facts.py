"""What workflows tell of their cases beyond the spine: facts that hold of a case or do not.

A fact narrows a question ("the decision names a fine"). It belongs to one kind; `app.py` adds what
the workflows offer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement

from tracker.core.errors import SetupError


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is so of some cases of a kind.

    `holds` is the condition on `cases`; of something that happened, between two days (both
    included, None is open), else the days make no difference.
    """

    kind: str
    name: str
    label: str
    holds: Callable[[date | None, date | None], ColumnElement[bool]]

    @property
    def key(self) -> str:
        """How a question names it: ``penalty.fined``."""
        return f"{self.kind}.{self.name}"


class Facts:
    """The facts of all workflows by their keys."""

    def __init__(self) -> None:
        self._facts: dict[str, Fact] = {}

    def add(self, kind: str, offered: Iterable[Fact]) -> None:
        """Take in what a workflow tells of its cases; the same twice is harmless."""
        for fact in offered:
            if fact.kind != kind:
                raise SetupError(f"{kind} offers the fact {fact.key!r} of another kind")
            self._facts[fact.key] = fact

    def get(self, key: str) -> Fact | None:
        """The fact of that key; None when no workflow tells it."""
        return self._facts.get(key)


facts = Facts()
