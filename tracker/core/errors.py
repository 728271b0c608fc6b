"""Named refusals. Each carries a sentence that a user may read; `web/errors.py` maps each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, so that extraction finds it
    """Mark a Chinese source sentence for translation; the page translates it when it shows it."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A translatable sentence: the Chinese source text with named places, and what fills them.

    A filling that is itself a Sentence is translated too.
    """

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % {k: str(v) for k, v in self.params.items()} if self.params else self.text


def say(text: str, **params: object) -> Sentence:
    """A sentence with its fillings, e.g. ``say("等%(who)s", who="高娃")``."""
    return Sentence(text, params)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One "no": why, who could satisfy it (or None), and another way on (or None).

    `moot` says that the step is for cases of another sort than this one: pages leave it out.
    """

    why: Sentence
    who: Sentence | None = None
    instead: Sentence | None = None
    moot: bool = False


class TrackerError(Exception):
    """Base of all refusals this product raises on purpose."""


class NotVisible(TrackerError):
    """The row does not exist for this actor; the page answers 404 in either case."""


class StepRefused(TrackerError):
    """A step was asked for and may not be taken; carries every reason."""

    def __init__(self, refusals: list[Refusal], step: str = "") -> None:
        self.refusals = refusals
        self.step = step
        super().__init__("; ".join(str(r.why) for r in refusals))


class ChangedMeanwhile(TrackerError):
    """The case moved after the page was shown; says what changed and by whom."""

    def __init__(self, what: Sentence) -> None:
        self.what = what
        super().__init__(str(what))


class BadInput(TrackerError):
    """Input that the form could not know is wrong; names the field it belongs to."""

    def __init__(self, field_name: str, message: Sentence) -> None:
        self.field_name = field_name
        self.message = message
        super().__init__(f"{field_name}: {message}")


class Unavailable(TrackerError):
    """A dependency (database, key, file store) is not usable now; try again later."""


class SetupError(TrackerError):
    """The installation is not fit to start; the sentence says what to do."""
