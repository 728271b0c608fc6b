"""Reads the packs of tables, one a jurisdiction, and finds a table or the law of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from tracker.core.benchmarks.model import Law, Table
from tracker.core.benchmarks.reading import pack_fault, read_pack, table_fault
from tracker.core.errors import BadInput, SetupError, say
from tracker.core.rulebook.pack import Pack, Shelf


class Laws:
    """The texts of the Statistics Law, the oldest first."""

    def __init__(self, laws: Iterable[Law]) -> None:
        self._laws = tuple(laws)

    def all(self) -> tuple[Law, ...]:
        """Every text, the oldest first."""
        return self._laws

    def get(self, law_id: str) -> Law | None:
        """A text by its name."""
        return next((law for law in self._laws if law.id == law_id), None)

    def on(self, day: date) -> Law:
        """The text in force on a day; of several that may be, the newest whose amounts we hold."""
        return next(law for law in reversed(self._laws) if law.statutes and law.valid_on(day))

    def newest(self) -> Law:
        """The text in force now."""
        return self._laws[-1]

    def is_older(self, law_id: str, than: Law) -> bool:
        """Whether a text came before another; a table of no law in particular is not older."""
        names = [law.id for law in self._laws]
        return law_id in names and names.index(law_id) < names.index(than.id)


class Benchmarks:
    """All tables of all packs, and the law they stand under."""

    def __init__(self, laws: Iterable[Law], tables: Iterable[Table]) -> None:
        self.laws = Laws(laws)
        self._tables: dict[str, Table] = {}
        for table in tables:
            if table.id in self._tables:
                other = self._tables[table.id].pack
                raise table_fault(
                    table.pack, table.id, say("这个 id 在 %(pack)s 里已经有了。", pack=other)
                )
            if table.law and self.laws.get(table.law) is None:
                known = "、".join(law.id for law in self.laws.all())
                raise table_fault(
                    table.pack,
                    table.id,
                    say("law“%(law)s”不认识，可以写：%(known)s。", law=table.law, known=known),
                )
            self._tables[table.id] = table

    def all(self) -> tuple[Table, ...]:
        """Every table, in pack order."""
        return tuple(self._tables.values())

    def table(self, table_id: str) -> Table:
        """A table by its id; BadInput names those there are."""
        found = self._tables.get(table_id)
        if found is None:
            raise BadInput(
                "table",
                say(
                    "没有裁量基准表“%(id)s”，有：%(known)s。",
                    id=table_id,
                    known="、".join(self._tables),
                ),
            )
        return found

    def for_region(self, region_code: str) -> tuple[Table, ...]:
        """The tables that reach a region: in force first, the most specific place first."""
        reaching = [t for t in self.all() if t.applies_to(region_code)]
        return tuple(sorted(reaching, key=lambda t: (t.superseded, -len(t.jurisdiction))))


def read_benchmarks(packs: Mapping[str, str], local: Mapping[str, str] | None = None) -> Benchmarks:
    """Build the tables from pack texts by name; a faulty pack refuses to start."""
    laws: list[Law] = []
    tables: list[Table] = []
    chosen = [Pack(name, text) for name, text in packs.items()]
    chosen += [Pack(name, text, local=True) for name, text in (local or {}).items()]
    for pack in chosen:
        found_laws, found_tables = read_pack(pack)
        laws += found_laws
        tables += found_tables
    return Benchmarks(laws, tables)


# ---------------------------------------------------------------- the tables of this process


def _unreadable(file: Path, error: Exception) -> SetupError:
    return pack_fault(str(file), say("读不出来（%(why)s）。", why=error))


# The tables of this process: those that ship, and those of the installation's folder.
_shelf = Shelf(__package__, read_benchmarks, _unreadable)
default_benchmarks = _shelf.book
use_folder = _shelf.use_folder
