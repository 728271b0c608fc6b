"""Reads the TOML packs, one a jurisdiction, and answers which rule holds where and when."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from tracker.core.errors import N_, BadInput, Sentence, SetupError, TrackerError, say
from tracker.core.rulebook.model import (
    Display,
    Extension,
    Rule,
    Rung,
    RungKind,
    Source,
    Verified,
)
from tracker.core.rulebook.terms import Term, Unit

_REQUIRED = ("id", "title", "unit", "start", "responsible", "source", "verified", "stop")
_KNOWN = {
    *_REQUIRED,
    *("version", "length", "roll", "start_day_counts", "extension", "rungs", "ours"),
    *("valid_from", "valid_to", "note"),
}


class RuleMissing(TrackerError):
    """No rule of this name holds on that day in that place."""

    def __init__(self, message: Sentence) -> None:
        self.message = message
        super().__init__(str(message))


class Rulebook:
    """All rules of all packs; the most specific jurisdiction wins."""

    def __init__(self, rules: Iterable[Rule], display: Display) -> None:
        self.display = display
        self._rules = tuple(rules)
        self._by_id: dict[str, list[Rule]] = {}
        for rule in self._rules:
            for other in self._by_id.setdefault(rule.id, []):
                _refuse_clash(rule, other)
            self._by_id[rule.id].append(rule)

    def all(self) -> tuple[Rule, ...]:
        """Every rule of every version and jurisdiction, in pack order."""
        return self._rules

    def rule(self, rule_id: str, on: date, region_code: str = "") -> Rule:
        """The version in force on a day in a region."""
        fitting = [
            r for r in self._by_id.get(rule_id, ()) if r.valid_on(on) and r.applies_to(region_code)
        ]
        if not fitting:
            raise RuleMissing(
                say(N_("规则 %(rule)s 在 %(on)s 没有适用的版本。"), rule=rule_id, on=on)
            )
        return max(fitting, key=lambda r: len(r.jurisdiction))

    def version(self, rule_id: str, version: int, region_code: str = "") -> Rule:
        """One exact version, whether or not it is still in force."""
        fitting = [
            r
            for r in self._by_id.get(rule_id, ())
            if r.version == version and r.applies_to(region_code)
        ]
        if not fitting:
            raise RuleMissing(
                say(N_("规则库里没有规则 %(rule)s 第 %(v)s 版。"), rule=rule_id, v=version)
            )
        return max(fitting, key=lambda r: len(r.jurisdiction))


def read_rulebook(packs: Mapping[str, str]) -> Rulebook:
    """Build a rulebook from pack texts by name; a faulty pack refuses to start."""
    rules: list[Rule] = []
    display: Display | None = None
    for name, text in packs.items():
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SetupError(f"rule pack {name}: {error}") from error
        code = str(data.get("jurisdiction", ""))
        if not (code == "" or (code.isdigit() and len(code) in (2, 4, 6, 9, 12))):
            raise SetupError(f"rule pack {name}: jurisdiction {code!r} is no region code")
        if "display" in data:
            display = _display(name, data["display"])
        rules += [_rule(name, row, code) for row in data.get("rule", [])]
    if display is None:
        raise SetupError("no rule pack has a [display] table")
    return Rulebook(rules, display)


@cache
def default_rulebook() -> Rulebook:
    """The packs that ship with the product."""
    folder = files(__package__).joinpath("packs")
    found = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
    return read_rulebook({p.name: p.read_text(encoding="utf-8") for p in found})


def _rule(pack: str, row: dict[str, Any], code: str) -> Rule:
    """One checked row; every complaint names the pack and the rule."""
    label = f"rule pack {pack}, rule {row.get('id', '?')}"
    missing = [key for key in _REQUIRED if key not in row]
    if missing:
        raise SetupError(f"{label}: missing {', '.join(missing)}")
    unknown = sorted(set(row) - _KNOWN)
    if unknown:
        raise SetupError(f"{label}: unknown {', '.join(unknown)}")
    try:
        unit = Unit(row["unit"])
        length = row.get("length")
        if (length is None) != (unit is Unit.NONE):
            raise ValueError("a length needs a unit, and a unit a length")
        if row.get("start_day_counts", False):
            raise ValueError("the replay knows no limit that counts its start day")
        rule = Rule(
            id=row["id"],
            version=row.get("version", 1),
            title=row["title"],
            unit=unit,
            length=length,
            start=row["start"],
            # Working days and hours end where they end; longer limits roll off rest days.
            roll=row.get("roll", unit in (Unit.CD, Unit.M, Unit.Y)),
            start_day_counts=row.get("start_day_counts", False),
            extension=_extension(row.get("extension"), unit),
            responsible=row["responsible"],
            source=Source(**row["source"]),
            verified=Verified(row["verified"]),
            ours=row.get("ours", False),
            valid_from=row.get("valid_from"),
            valid_to=row.get("valid_to"),
            jurisdiction=code,
            rungs=tuple(_rung(r) for r in row.get("rungs", [])),
            stop=row["stop"],
            note=row.get("note", ""),
        )
        _ = rule.term
    except (ValueError, TypeError, BadInput) as error:
        raise SetupError(f"{label}: {error}") from error
    if len({r.key for r in rule.rungs}) != len(rule.rungs):
        raise SetupError(f"{label}: the same reminder twice")
    return rule


def _display(pack: str, row: dict[str, Any]) -> Display:
    try:
        return Display(**row)
    except TypeError as error:
        raise SetupError(f"rule pack {pack}, [display]: {error}") from error


def _extension(row: dict[str, Any] | None, unit: Unit) -> Extension | None:
    if row is None:
        return None
    lengths = {key: Term.parse(row[key]) for key in ("max_length", "total_max") if key in row}
    if unknown := set(row) - {"max_times", "max_length", "total_max"}:
        raise ValueError(f"extension: unknown {', '.join(sorted(unknown))}")
    if any(length.unit is not unit for length in lengths.values()):
        raise ValueError("extension: its lengths are written in the unit of the rule")
    return Extension(max_times=row.get("max_times"), **lengths)


def _rung(row: dict[str, Any]) -> Rung:
    """A table such as {before = 2, unit = "wd"}, {on_due = true}, {after_every = 1}."""
    kinds = [kind for kind in RungKind if kind.value in row]
    if len(kinds) != 1 or set(row) - {kinds[0].value, "unit", "to"}:
        raise ValueError(f"reminder {row} needs exactly one of {', '.join(RungKind)}")
    kind = kinds[0]
    late = kind is RungKind.AFTER_EVERY
    return Rung(
        kind=kind,
        n=0 if kind is RungKind.ON_DUE else int(row[kind.value]),
        unit=Unit(row.get("unit", "wd")),
        # A reminder after the due day goes to the supervisor as well.
        to=tuple(row.get("to", ("holder", "supervisor") if late else ("holder",))),
    )


def _refuse_clash(rule: Rule, other: Rule) -> None:
    """Two versions of one rule in one place may not hold on the same day."""
    if rule.jurisdiction != other.jurisdiction:
        return
    where = f"rule {rule.id}" + (f" in {rule.jurisdiction}" if rule.jurisdiction else "")
    if rule.version == other.version:
        raise SetupError(f"{where}: version {rule.version} twice")
    first = max(rule.valid_from or date.min, other.valid_from or date.min)
    last = min(rule.valid_to or date.max, other.valid_to or date.max)
    if first <= last:
        raise SetupError(f"{where}: versions {other.version} and {rule.version} overlap")
