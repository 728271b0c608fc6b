"""What verbs need that is neither database nor input: the vault key and the file store.

Set once by `create_app`; a process that has not been set up cannot seal, open or store.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracker.core.documents.shelf import use_files
from tracker.core.errors import SetupError, say
from tracker.core.files.store import FileStore
from tracker.core.vault.keys import Kek, load_key


@dataclass(frozen=True, slots=True)
class Means:
    """Where evidence lies, and where the vault key is read from when it is needed."""

    files: FileStore
    vault_key_path: Path

    def kek(self) -> Kek:
        """The vault key; SetupError when the file is missing or open to others."""
        return load_key(self.vault_key_path)


_current: list[Means] = []


def set_means(means: Means) -> None:
    """Say what this process uses; the last word counts."""
    _current[:] = [means]
    use_files(means.files)


def means() -> Means:
    """What this process uses."""
    if not _current:
        raise SetupError(say("还没有设置材料库和封存密钥。"))
    return _current[0]
