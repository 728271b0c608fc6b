"""What became of one try to send."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 200


class Outcome(StrEnum):
    """What is known after a try."""

    SENT = "sent"
    FAILED = "failed"  # not taken; may be tried again
    REFUSED = "refused"  # not taken, and never will be
    UNKNOWN = "unknown"  # handed over, and no answer: perhaps taken


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome, and a few words for the operator: never an address, a key or a password."""

    outcome: Outcome
    detail: str = ""
    # Nobody answered at all: the next message of this channel may as well wait.
    unreachable: bool = False


def tidy(words: str, secrets: tuple[str, ...] = ()) -> str:
    """A foreign server's words as one printable line, without what we keep secret."""
    for secret in secrets:
        if secret:
            words = words.replace(secret, "***")
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:_LONGEST]
