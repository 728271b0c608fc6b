"""Tours over the demo: for each role a walk from page to page, with what to see and what to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.web.manual.links import page_url
from tracker.web.manual.words import read_data


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of a tour: where, what to look at there, what to try; `at` is what is marked."""

    title: str
    page: str
    look: str
    todo: str
    at: str
    url: str = ""


@cache
def tours() -> Mapping[Role, tuple[Stop, ...]]:
    """Every tour by role, without addresses."""
    return {
        Role(role): tuple(
            Stop(row["title"], row["page"], row["look"], row["try"], row["at"]) for row in rows
        )
        for role, rows in read_data("tours").items()
    }


def stops_of(role: Role) -> Sequence[Stop]:
    """The tour of a role with addresses for this reader; a page that does not open has none."""
    return [
        Stop(stop.title, stop.page, stop.look, stop.todo, stop.at, page_url(stop.page))
        for stop in tours().get(role, ())
    ]


def own_tour(actor: Actor) -> Role | None:
    """The role whose tour suits a person: the first role of the person's own that has one."""
    own = (power.role for power in actor.powers if power.on_behalf_of is None)
    return next((role for role in own if role in tours()), None)
