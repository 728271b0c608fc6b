"""The key that wraps every record's key: a file of its own, outside the database."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tracker.core.errors import SetupError

_KEY_BYTES = 32
_TOO_OPEN = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Kek:
    """The key-encryption key; its bytes never show in a repr."""

    key_id: str
    secret: bytes = field(repr=False)

    def for_cipher(self, alg: str, key_bytes: int) -> bytes:
        """The wrapping key for one algorithm: no key serves two ciphers."""
        info = f"tracker vault wrap|{alg}".encode()
        return HKDF(hashes.SHA256(), key_bytes, salt=None, info=info).derive(self.secret)


def create_key(path: Path) -> Kek:
    """Write a new key file that only its owner may read; refuses to replace one."""
    kek = Kek(key_id=secrets.token_hex(8), secret=secrets.token_bytes(_KEY_BYTES))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SetupError(
            f"{path} exists: replacing the vault key would lock every record for ever"
        ) from error
    with os.fdopen(handle, "w") as file:
        file.write(f"{kek.key_id} {kek.secret.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    return kek


def load_key(path: Path) -> Kek:
    """Read the key file; SetupError if it is missing, misshapen or open to others."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise SetupError(f"vault key {path} cannot be read: create or restore it") from error
    with os.fdopen(handle) as file:
        about = os.fstat(file.fileno())
        if os.name == "posix" and stat.S_IMODE(about.st_mode) & _TOO_OPEN:
            raise SetupError(f"vault key {path} is open to others: chmod 600 {path}")
        if os.name == "posix" and about.st_uid != os.geteuid():
            raise SetupError(f"vault key {path} belongs to another user: chown it")
        words = file.read(1024).split()
    key_id, secret = _read(words)
    if len(secret) != _KEY_BYTES:
        raise SetupError(f"vault key {path} is not a key file")
    return Kek(key_id=key_id, secret=secret)


def _read(words: list[str]) -> tuple[str, bytes]:
    """The two words of a key file; an error would carry its content, so there is none."""
    try:
        key_id, digits = words
        return key_id, bytes.fromhex(digits)
    except ValueError:
        return "", b""
