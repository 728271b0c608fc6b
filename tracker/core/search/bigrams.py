"""Text into two-character tokens: Chinese names of two characters stay findable."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_CHARACTERS = r"[\u3400-\u9fff\U00020000-\U0003ffff]+"
_RUN = re.compile(rf"{_CHARACTERS}|[0-9a-z]+")
_PIECES = re.compile(r"[0-9]+|[a-z]+")
# Letters and figures beside each other are found apart too; a code of a unit stays one word.
_LONGEST_MIXED = 12
# A number of a document: the year in brackets of any kind, then the serial.
_NUMBER = re.compile(
    r"[\u3014\[(\u3010{]\s*((?:19|20)[0-9]{2})\s*[\u3015\])\u3011}]\s*(?:第\s*)?0*([0-9]{1,6})"
)
_LONGEST_QUERY = 100
_MOST_PARTS = 24
# Said with every number: they tell nothing apart while anything else is asked for.
_NOISE = frozenset("号第")
# lü is typed lv; the dot in a name of several parts is typed or left out.
_TYPING = str.maketrans({"ü": "v", "·": None, "•": None, "・": None})


@dataclass(frozen=True, slots=True)
class Part:
    """One thing a query asks for: a token, or the beginning of one."""

    token: str
    begins: bool = False

    def fits(self, token: str) -> bool:
        """Whether a token of the index is what is asked for."""
        return token.startswith(self.token) if self.begins else token == self.token


def fold(text: str) -> str:
    """One spelling for full and half width, capitals and small letters; dots in names fall out."""
    return unicodedata.normalize("NFKC", text).lower().translate(_TYPING)


def tokens(text: str) -> list[str]:
    """Tokens to index, in order: bigrams of Chinese runs with their last character, whole words."""
    folded = fold(text)
    found: list[str] = []
    for run in _RUN.findall(folded):
        if run[0].isascii():
            found += _word(run[:_LONGEST_QUERY])
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
            found.append(run[-1])
    for year, serial in _NUMBER.findall(folded):
        found += [_number(year, serial), year + serial]
    return found


def _word(run: str) -> list[str]:
    if run.isdigit() or run.isalpha() or len(run) > _LONGEST_MIXED:
        return [run]
    return [run, *_PIECES.findall(run)]


def _number(year: str, serial: str) -> str:
    return f"n{year}x{serial}"


def query_parts(text: str) -> list[Part]:
    """What a search asks for, all of it."""
    folded = fold(text[:_LONGEST_QUERY])
    parts: list[Part] = []
    for found in _NUMBER.finditer(folded):
        ended = folded[found.end() : found.end() + 1] == "号"
        parts.append(Part(_number(*found.groups()), begins=not ended))
    for run in _RUN.findall(_NUMBER.sub(" ", folded)):
        if run[0].isascii() or len(run) == 1:
            parts.append(Part(run, begins=True))
        else:
            parts += [Part(run[i : i + 2]) for i in range(len(run) - 1)]
    telling = [part for part in parts if part.token not in _NOISE]
    return list(dict.fromkeys(telling or parts))[:_MOST_PARTS]


def query_runs(text: str) -> list[str]:
    """The words of a query as they were typed, folded: what is marked in a text that has them."""
    return list(dict.fromkeys(_RUN.findall(fold(text[:_LONGEST_QUERY]))))
