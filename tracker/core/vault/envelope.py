"""A record's fields under a key of its own, and that key wrapped for each who may open it."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from tracker.core.errors import Unavailable
from tracker.core.vault.ciphers import cipher
from tracker.core.vault.keys import Kek

SERVICE = "service"


class Identity(dict[str, str]):
    """Opened fields. Its repr says how many, never what, so that no log or trace repeats them."""

    def __repr__(self) -> str:
        return f"<Identity, {len(self)} fields>"

    __str__ = __repr__


def close(
    case_id: int, version: int, fields: Mapping[str, str], alg: str, kek: Kek
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The sealed fields, and the wrapped keys."""
    box = cipher(alg)
    key = secrets.token_bytes(box.key_bytes)
    sealed = {
        name: _pair(*box.seal(key, value.encode(), _context(case_id, name, version, alg)))
        for name, value in fields.items()
    }
    nonce, wrapped = box.seal(
        kek.for_cipher(alg, box.key_bytes), key, _wrap_context(case_id, version, alg, kek.key_id)
    )
    entry = {"recipient": SERVICE, "alg": alg, "key_id": kek.key_id, **_pair(nonce, wrapped)}
    return sealed, [entry]


def unclose(
    case_id: int,
    version: int,
    alg: str,
    sealed: Mapping[str, Any],
    wrapped_keys: list[dict[str, Any]],
    kek: Kek,
) -> Identity:
    """The fields; Unavailable when this key is not among the recipients or a bit is wrong."""
    box = cipher(alg)
    entry = next(
        (w for w in wrapped_keys if w["recipient"] == SERVICE and w["key_id"] == kek.key_id), None
    )
    if entry is None:
        raise Unavailable("the vault key in use is not the one this record was sealed with")
    wrap_box = cipher(entry["alg"])
    key = wrap_box.open(
        kek.for_cipher(wrap_box.alg, wrap_box.key_bytes),
        *_unpair(entry),
        _wrap_context(case_id, version, alg, kek.key_id),
    )
    return Identity(
        {
            name: box.open(key, *_unpair(pair), _context(case_id, name, version, alg)).decode()
            for name, pair in sealed.items()
        }
    )


def _context(case_id: int, name: str, version: int, alg: str) -> bytes:
    # A ciphertext moved to another case, field or version does not open.
    return f"{case_id}|{name}|{version}|{alg}".encode()


def _wrap_context(case_id: int, version: int, alg: str, key_id: str) -> bytes:
    return f"{case_id}|key for {SERVICE} by {key_id}|{version}|{alg}".encode()


def _pair(nonce: bytes, sealed: bytes) -> dict[str, str]:
    return {"nonce": b64encode(nonce).decode(), "ct": b64encode(sealed).decode()}


def _unpair(pair: Mapping[str, str]) -> tuple[bytes, bytes]:
    return b64decode(pair["nonce"]), b64decode(pair["ct"])
