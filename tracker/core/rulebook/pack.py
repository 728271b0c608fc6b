"""A TOML pack of law: where it holds, what ships, how it is read, how a fault in it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any, Generic, TypeVar

from tracker.core.errors import N_, Sentence, SetupError, say

Choice = TypeVar("Choice", bound=StrEnum)
Book = TypeVar("Book")

# Whole country apart, a pack holds for a place: province to village.
CODE_LENGTHS = (2, 4, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class Pack:
    """One file: its name and text, and whether this installation added it."""

    name: str
    text: str
    local: bool = False


class Fault(ValueError):
    """What is wrong with a row, in a sentence."""

    def __init__(self, why: Sentence) -> None:
        self.why = why
        super().__init__(str(why))


def no(text: str, **params: object) -> Fault:
    """A fault to raise, from the sentence that says it."""
    return Fault(say(text, **params))


def shipped(package: str) -> dict[str, str]:
    """The packs that come with the product, by name and in its order."""
    folder = files(package).joinpath("packs")
    found = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
    return {p.name: p.read_text(encoding="utf-8") for p in found}


class Shelf(Generic[Book]):
    """The book of this process: what ships with a package, and the packs of the installation.

    `read` builds it from the shipped and the local texts by name; `unreadable` is the SetupError
    for a file that cannot be read.
    """

    def __init__(
        self,
        package: str,
        read: Callable[[Mapping[str, str], Mapping[str, str]], Book],
        unreadable: Callable[[Path, Exception], SetupError],
    ) -> None:
        self._package, self._read, self._unreadable = package, read, unreadable
        self._local: dict[str, str] = {}
        self._book: Book | None = None

    def book(self) -> Book:
        """The book, read once; SetupError names the faulty row."""
        if self._book is None:
            self._book = self._read(shipped(self._package), self._local)
        return self._book

    def use_folder(self, path: Path | None) -> None:
        """Read the packs of a folder beside the shipped ones, from now on in this process.

        A faulty pack raises SetupError and leaves the shipped ones in force alone.
        """
        found = {} if path is None else self._texts(path)
        if found == self._local:
            return
        self._local, self._book = found, None
        try:
            self.book()
        except SetupError:
            self._local, self._book = {}, None
            raise

    def _texts(self, path: Path) -> dict[str, str]:
        found: dict[str, str] = {}
        for file in sorted(path.glob("*.toml")):
            try:
                found[file.name] = file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise self._unreadable(file, error) from error
        return found


# ---------------------------------------------------------------- values of a row


def known_keys(row: Mapping[str, Any], keys: Iterable[str]) -> None:
    """Refuse a row with keys that nobody reads."""
    if unknown := sorted(set(row) - set(keys)):
        raise no(N_("不认识 %(keys)s。"), keys="、".join(unknown))


def code_of(pack: Pack, data: Mapping[str, Any]) -> str:
    """Where a pack holds; a local one must say so."""
    code = str(data.get("jurisdiction", ""))
    if not (code == "" or (code.isdigit() and len(code) in CODE_LENGTHS)):
        raise no(N_("jurisdiction“%(code)s”不是 2、4、6、9 或 12 位的地区代码。"), code=code)
    if pack.local and not code:
        raise no(N_("请写 jurisdiction：本单位的地区代码。"))
    return code


def choice(kind: type[Choice], written: str, key: str) -> Choice:
    """The member that is written; a Fault names those there are."""
    try:
        return kind(written)
    except ValueError:
        raise no(
            N_("%(key)s“%(written)s”不认识，可以写：%(known)s。"),
            key=key,
            written=written,
            known="、".join(member.value for member in kind),
        ) from None


def choices(kind: type[Choice], written: list[str], key: str) -> tuple[Choice, ...]:
    """The members of a list."""
    if not isinstance(written, list):
        raise no(N_("%(key)s 要写成列表。"), key=key)
    return tuple(choice(kind, one, key) for one in written)
