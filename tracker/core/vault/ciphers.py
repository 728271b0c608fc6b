"""Authenticated encryption behind one interface; records name which one they used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracker.core.errors import Unavailable

_NONCE_BYTES = 12
_TAG_BYTES = 16


class Aead(Protocol):
    """Seals bytes under a key, bound to a context; opens them only whole and in that context."""

    @property
    def alg(self) -> str: ...
    @property
    def key_bytes(self) -> int: ...

    def seal(self, key: bytes, plain: bytes, context: bytes) -> tuple[bytes, bytes]:
        """A fresh nonce, and ciphertext with its tag."""

    def open(self, key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        """The plain bytes; Unavailable if key, context or a single bit is wrong."""


def _damaged() -> Unavailable:
    # Says nothing of the content, the key or the place.
    return Unavailable("a vault record does not open: wrong key or damaged")


@dataclass(frozen=True, slots=True)
class _AesGcm:
    alg: str = "aes-256-gcm"
    key_bytes: int = 32

    def seal(self, key: bytes, plain: bytes, context: bytes) -> tuple[bytes, bytes]:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce, AESGCM(key).encrypt(nonce, plain, context)

    def open(self, key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        try:
            return AESGCM(key).decrypt(nonce, sealed, context)
        except (InvalidTag, ValueError):
            raise _damaged() from None


@dataclass(frozen=True, slots=True)
class _Sm4Gcm:
    alg: str = "sm4-gcm"
    key_bytes: int = 16

    def seal(self, key: bytes, plain: bytes, context: bytes) -> tuple[bytes, bytes]:
        nonce = os.urandom(_NONCE_BYTES)
        box = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        box.authenticate_additional_data(context)
        return nonce, box.update(plain) + box.finalize() + box.tag

    def open(self, key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        body, tag = sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]
        try:
            box = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
            box.authenticate_additional_data(context)
            return box.update(body) + box.finalize()
        except (InvalidTag, ValueError):
            raise _damaged() from None


_KNOWN: tuple[Aead, ...] = (_AesGcm(), _Sm4Gcm())
_CIPHERS = {box.alg: box for box in _KNOWN}
PROFILES = {"intl": "aes-256-gcm", "gm": "sm4-gcm"}


def cipher(alg: str) -> Aead:
    """The cipher a record names; Unavailable for a name this release does not know."""
    found = _CIPHERS.get(alg)
    if found is None:
        raise Unavailable(f"vault algorithm {alg!r} is not known to this release")
    return found
