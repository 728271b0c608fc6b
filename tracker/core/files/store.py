"""Files on disk, each under a random name; whose it is and what it was called, rows know."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from tracker.core.errors import BadInput, NotVisible, Unavailable, say

_ID = re.compile(r"[0-9a-f]{32}")
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the attachment row keeps of a stored file."""

    id: str
    sha256: str
    size: int


class FileStore:
    """One folder. A file is either whole under its name or not there at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def save(self, source: BinaryIO, *, limit: int, name: str = "") -> StoredFile:
        """Copy a stream in and make it durable; returns the id, the digest and the size."""
        stored_id = secrets.token_hex(16)
        target = self._path(stored_id)
        digest, size = hashlib.sha256(), 0
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _temporary(self._root, stored_id) as temporary:
                with temporary.open("xb") as out:
                    while chunk := source.read(_CHUNK):
                        size += len(chunk)
                        if size > limit:
                            raise _too_large(name, limit)
                        digest.update(chunk)
                        out.write(chunk)
                    out.flush()
                    os.fsync(out.fileno())
                temporary.chmod(0o600)
                temporary.replace(target)
            _sync_folder(target.parent)
            _sync_folder(self._root)
        except OSError as error:
            raise Unavailable(f"the file store cannot be written: {error.strerror}") from error
        return StoredFile(stored_id, digest.hexdigest(), size)

    def open(self, stored_id: str) -> BinaryIO:
        """The content, for reading; an unknown id is not visible."""
        try:
            return self._path(stored_id).open("rb")
        except FileNotFoundError:
            raise NotVisible("no such stored file") from None

    def path_of(self, stored_id: str) -> Path:
        """Where the content lies, for a program of ours to read; not visible when there is none."""
        path = self._path(stored_id)
        if not path.is_file():
            raise NotVisible("no such stored file")
        return path

    def is_intact(self, stored_id: str, sha256: str) -> bool:
        """Whether the content is still what was stored."""
        with self.open(stored_id) as handle:
            digest = hashlib.sha256()
            while chunk := handle.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest() == sha256

    def destroy(self, stored_id: str) -> None:
        """Overwrite and remove; one that is gone already is no error."""
        path = self._path(stored_id)
        try:
            with path.open("r+b") as handle:
                left = path.stat().st_size
                while left > 0:
                    left -= handle.write(b"\0" * min(left, _CHUNK))
                handle.flush()
                os.fsync(handle.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        _sync_folder(path.parent)

    def orphans(self, known: set[str], older_than: datetime) -> list[str]:
        """Stored files no row knows: an upload whose transaction rolled back leaves one."""
        found = self._root.glob("[0-9a-f][0-9a-f]/*")
        limit = older_than.timestamp()
        return sorted(
            path.name
            for path in found
            if _ID.fullmatch(path.name) and path.name not in known and path.stat().st_mtime < limit
        )

    def _path(self, stored_id: str) -> Path:
        # Only what save() itself made up: nothing a person typed becomes part of a path.
        if not _ID.fullmatch(stored_id):
            raise NotVisible("no such stored file")
        return self._root / stored_id[:2] / stored_id


@contextmanager
def _temporary(root: Path, stored_id: str) -> Iterator[Path]:
    folder = root / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / stored_id
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _too_large(name: str, limit: int) -> BadInput:
    return BadInput(
        "file",
        say(
            "“%(name)s”太大，一个文件最多 %(mb)s MB",
            name=name or say("附件"),
            mb=limit // (1024 * 1024) or 1,
        ),
    )
