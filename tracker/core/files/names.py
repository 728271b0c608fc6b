"""What a file was called: kept as data and given back, never used as a path."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

_LONGEST = 120
_NOT_ASCII_SAFE = re.compile(r"[^A-Za-z0-9._ -]")


def clean_filename(raw: str) -> str:
    """The last part of the name, NFC, without control, direction and path characters."""
    name = unicodedata.normalize("NFC", raw).replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    name = " ".join(name.split()).strip(". ")
    if not name:
        return "附件"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:_LONGEST]
    return stem[: _LONGEST - len(extension) - 1] + "." + extension


def extension_of(name: str) -> str:
    """The part after the last dot, lower case; empty when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def content_disposition(name: str) -> str:
    """The header that saves the file under its name, Chinese included (RFC 6266, RFC 5987)."""
    name = clean_filename(name)
    ascii_name = _NOT_ASCII_SAFE.sub("_", name)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def download_headers(name: str, mime: str) -> dict[str, str]:
    """Everything a served file must carry; the type comes from our list, not from the sender."""
    return {
        "Content-Type": mime,
        "Content-Disposition": content_disposition(name),
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
