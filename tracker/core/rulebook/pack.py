"""A TOML pack of law: where it holds, what ships, and how a fault in it is said."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from tracker.core.errors import Sentence, say

# Whole country apart, a pack holds for a place: province to village.
CODE_LENGTHS = (2, 4, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class Pack:
    """One file: its name and text, and whether this installation added it."""

    name: str
    text: str
    local: bool = False


class Fault(ValueError):
    """What is wrong with a row, in a sentence."""

    def __init__(self, why: Sentence) -> None:
        self.why = why
        super().__init__(str(why))


def no(text: str, **params: object) -> Fault:
    """A fault to raise, from the sentence that says it."""
    return Fault(say(text, **params))


def shipped(package: str) -> dict[str, str]:
    """The packs that come with the product, by name and in its order."""
    folder = files(package).joinpath("packs")
    found = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
    return {p.name: p.read_text(encoding="utf-8") for p in found}
