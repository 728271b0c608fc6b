"""A sentence in two columns: its text, and its fillings as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tracker.core.errors import Sentence

_SENTENCE = "sentence"
_DAY = "day"
_MOMENT = "moment"


def pack(sentence: Sentence) -> dict[str, Any]:
    """The fillings as JSON; sentences and dates inside come back as what they were."""
    return {name: _packed(value) for name, value in sentence.params.items()}


def unpack(text: str, params: Mapping[str, Any]) -> Sentence:
    """The sentence that `pack` took apart."""
    return Sentence(text, {name: _unpacked(value) for name, value in params.items()})


def _packed(value: object) -> Any:
    if isinstance(value, Sentence):
        return {_SENTENCE: value.text, "params": pack(value)}
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if _SENTENCE in value:
            return unpack(value[_SENTENCE], value["params"])
        if _DAY in value:
            return date.fromisoformat(value[_DAY])
        if _MOMENT in value:
            return datetime.fromisoformat(value[_MOMENT])
    return value
