"""Names of units, compared as people mean them and not as they are typed."""

from __future__ import annotations

import re
import unicodedata

# The legal form is written in many ways and tells two units apart in none.
_FORMS = re.compile(
    r"(股份有限责任公司|股份有限公司|有限责任公司|有限责任|有限公司|股份公司|公司)$"
)
_KEPT_FORM = "公司"
_ALIKE = 0.8


def name_key(name: str) -> str:
    """One spelling for all spellings of a name; the place at its head stays."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    # Letters, figures and characters only: brackets, dots, dashes and spaces are typing.
    bare = "".join(c for c in folded if c.isalnum())
    return _FORMS.sub(_KEPT_FORM, bare)


def similarity(one: str, other: str) -> float:
    """How much two names share, 0 to 1, by pairs of neighbouring characters."""
    left, right = _pairs(one), _pairs(other)
    if not left or not right:
        return float(name_key(one) == name_key(other) != "")
    return 2 * len(left & right) / (len(left) + len(right))


def similar(one: str, other: str) -> bool:
    """Whether two names probably mean the same unit."""
    return similarity(one, other) >= _ALIKE


def _pairs(name: str) -> set[str]:
    core = name_key(name).removesuffix(_KEPT_FORM)
    return {core[i : i + 2] for i in range(len(core) - 1)}
