"""Text into two-character tokens: Chinese names of two characters stay findable."""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[0-9a-z]+")
_LONGEST = 4000


def _runs(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).lower()
    return _RUN.findall(folded)


def _is_word(run: str) -> bool:
    return run[0].isascii()


def tokens(text: str) -> list[str]:
    """Tokens to index, in order: bigrams of Chinese runs with their last character, whole words."""
    found: list[str] = []
    for run in _runs(text):
        if _is_word(run):
            found.append(run)
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
            found.append(run[-1])
    return found


def query_parts(text: str) -> list[tuple[str, bool]]:
    """What a search asks for, all of it: (token, whether it is only a beginning)."""
    parts: list[tuple[str, bool]] = []
    for run in _runs(text[:100]):
        if _is_word(run) or len(run) == 1:
            parts.append((run, True))
        else:
            parts += [(run[i : i + 2], False) for i in range(len(run) - 1)]
    return parts
