"""Where a redirect may lead: to a page of our own, whatever the address bar was told."""

from __future__ import annotations

import unicodedata

_LONGEST = 2000


def safe_next(value: str | None) -> str | None:
    """The value as a path of this site, or None.

    Browsers drop tabs and line ends inside an address and read a backslash as a slash, so it is
    judged after taking out every blank and control character, and refused if anything was there.
    """
    if not value or len(value) > _LONGEST:
        return None
    bare = "".join(c for c in value if not c.isspace() and unicodedata.category(c)[0] not in "CZ")
    if bare != value or not value.startswith("/"):
        return None
    path = value.partition("?")[0].partition("#")[0]
    # In the query a second address may stand: /search?q=http://... leads nowhere by itself.
    if "\\" in value or "//" in path or ":" in path:
        return None
    # "/%2F/x" and "/.//x" become "//x" in some proxy; no page of ours is written like that.
    low = path.lower()
    if "%2f" in low or "%5c" in low or any(part in (".", "..") for part in _parts(low)):
        return None
    return value


def _parts(path: str) -> list[str]:
    return path.replace("%2e", ".").split("/")


def own_path(full_path: str) -> str:
    """A request's path and query, without the question mark Werkzeug leaves behind."""
    return full_path[:-1] if full_path.endswith("?") else full_path
