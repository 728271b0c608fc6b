"""What the ways are called on which cases come in; each workflow has its own."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.core.cases.models import Case


class Channels:
    """The names of channels by kind of case; `app.py` fills it."""

    def __init__(self) -> None:
        self._words: dict[str, Mapping[str, str]] = {}

    def add(self, kind: str, words: Mapping[str, str]) -> None:
        """Register the names a workflow has for its channels."""
        self._words[kind] = words

    def label(self, channel: str) -> str:
        """What a channel is called by the first workflow that has it; empty when none does."""
        return next((w[channel] for w in self._words.values() if channel in w), "")

    def of(self, case: Case) -> str:
        """What the channel of a case is called; empty when its workflow names none."""
        return self._words.get(case.kind, {}).get(case.channel, "")


channels = Channels()
