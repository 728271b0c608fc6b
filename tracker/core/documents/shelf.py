"""Where issued papers lie: the process's file store, told once with the other means."""

from __future__ import annotations

from tracker.core.errors import SetupError, say
from tracker.core.files.store import FileStore

_current: list[FileStore] = []


def use_files(files: FileStore) -> None:
    """Say which store this process uses; the last word counts."""
    _current[:] = [files]


def files() -> FileStore:
    """The store this process uses."""
    if not _current:
        raise SetupError(say("还没有设置材料库和封存密钥。"))
    return _current[0]
