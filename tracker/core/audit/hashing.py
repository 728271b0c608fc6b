"""How an audit row is put into bytes and hashed. Python's library only, so an auditor can read it.

hash = H(0x00 || salt || canonical); canonical = JSON of the row's columns, keys sorted, no blanks,
NFC, UTF-8. The row's own number is among them: two rows cannot change places.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

FIELDS = (
    "id",
    "at",
    "tag",
    "actor_id",
    "on_behalf_of_id",
    "case_id",
    "n",
    "object",
    "from_state",
    "to_state",
    "result",
    "reason",
    "request_id",
    "origin",
    "details",
)
ALGORITHMS = ("sha256", "sm3")
_LEAF = b"\x00"


def canonical_json(value: object) -> str:
    """One text for one value, whatever order its keys came in."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return unicodedata.normalize("NFC", text)


def canonical(row: Mapping[str, object]) -> str:
    """The text that is hashed, from the columns of a row (`at` aware or UTC, `details` as text)."""
    picked = {name: row[name] for name in FIELDS}
    picked["at"] = moment(row["at"])
    picked["details"] = json.loads(str(row["details"]))
    return canonical_json(picked)


def row_hash(alg: str, salt: str, text: str) -> str:
    """The hash of a canonical text under a salt given in hex; ValueError for an unknown `alg`."""
    if alg not in ALGORITHMS:
        raise ValueError(f"unknown audit algorithm {alg!r}")
    data = _LEAF + bytes.fromhex(salt) + text.encode()
    return hashlib.new(alg, data, usedforsecurity=True).hexdigest()


def moment(value: object) -> str:
    """A point in time as the canonical text writes it: UTC, microseconds, Z."""
    stamp = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    stamp = stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
