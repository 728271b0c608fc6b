"""Pages of figures that workflows offer about their own cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracker.core.errors import SetupError
from tracker.core.numbers.counting import Scope
from tracker.core.numbers.figures import Board


@dataclass(frozen=True, slots=True)
class Offer:
    """A page of one workflow: its name in the address, its title, and what fills it."""

    name: str
    title: str
    fill: Callable[[Scope], Board]


class Offers:
    """The pages of all workflows by name; `app.py` adds them."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}

    def add(self, offer: Offer) -> None:
        """Take a page in; the same twice is harmless, two of one name are an error."""
        known = self._offers.setdefault(offer.name, offer)
        if known is not offer:
            raise SetupError(f"two pages of figures call themselves {offer.name!r}")

    def get(self, name: str) -> Offer | None:
        """The page of that name; None when no workflow offers it."""
        return self._offers.get(name)

    def all(self) -> tuple[Offer, ...]:
        """All pages, in the order of the workflows."""
        return tuple(self._offers.values())


offers = Offers()
