"""Reads the packs of norms, one a jurisdiction, and answers which hold where and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from tracker.core.errors import BadInput, SetupError, say
from tracker.core.norms.model import FilingRule, Mode, Norm, PlaceKind
from tracker.core.norms.reading import pack_fault, read_pack, row_fault
from tracker.core.registers.models import RegionLevel
from tracker.core.rulebook.pack import Pack, Shelf


class Norms:
    """All norms and filing rules of all packs."""

    def __init__(self, norms: Iterable[Norm], filings: Iterable[FilingRule]) -> None:
        self._norms: dict[str, Norm] = {}
        self._filings: dict[str, FilingRule] = {}
        for norm in norms:
            _refuse_twin(norm, self._norms.get(norm.id))
            self._norms[norm.id] = norm
        for rule in filings:
            _refuse_twin(rule, self._filings.get(rule.id))
            self._filings[rule.id] = rule

    def all(self) -> tuple[Norm, ...]:
        """Every norm, in pack order."""
        return tuple(self._norms.values())

    def filings(self) -> tuple[FilingRule, ...]:
        """Every filing rule, in pack order."""
        return tuple(self._filings.values())

    def norm(self, norm_id: str) -> Norm:
        """A norm by its id; BadInput when there is none."""
        found = self._norms.get(norm_id)
        if found is None:
            raise BadInput("norm", say("没有配备标准“%(id)s”。", id=norm_id))
        return found

    def filing(self, rule_id: str) -> FilingRule:
        """A filing rule by its id; BadInput when there is none."""
        found = self._filings.get(rule_id)
        if found is None:
            raise BadInput("mode_rule", say("没有报备规定“%(id)s”。", id=rule_id))
        return found

    def asked_of(
        self, region_code: str, kind: PlaceKind, level: RegionLevel | None = None
    ) -> tuple[Norm, ...]:
        """The norms a place has ever had to meet, in pack order; all of them hold together."""
        return tuple(
            norm
            for norm in self.all()
            if kind in norm.places
            and norm.applies_to(region_code)
            and (not norm.levels or level in norm.levels)
        )

    def filing_modes(
        self, region_code: str, kind: PlaceKind, change: str, on: date | None = None
    ) -> list[FilingRule]:
        """The ways to file a change at a place, one a mode, the one to begin with first.

        Of several rules of one mode that of the most specific place wins; without a day the
        validity of a rule is not asked.
        """
        best: dict[Mode, FilingRule] = {}
        for rule in self.filings():
            fits = (
                kind in rule.places and change in rule.changes and rule.applies_to(region_code)
            ) and (on is None or rule.valid_on(on))
            other = best.get(rule.mode)
            if fits and (other is None or _rank(rule) < _rank(other)):
                best[rule.mode] = rule
        return sorted(best.values(), key=_rank)


def _rank(rule: FilingRule) -> tuple[bool, bool, int]:
    """Local first, then what is prescribed, then the most specific."""
    return (not rule.default, rule.ours, -len(rule.jurisdiction))


def _refuse_twin(row: Norm | FilingRule, other: Norm | FilingRule | None) -> None:
    if other is not None:
        raise row_fault(row.pack, row.id, say("这个 id 在 %(pack)s 里已经有了。", pack=other.pack))


def read_norms(packs: Mapping[str, str], local: Mapping[str, str] | None = None) -> Norms:
    """Build the norms from pack texts by name; a faulty pack refuses to start."""
    norms: list[Norm] = []
    filings: list[FilingRule] = []
    chosen = [Pack(name, text) for name, text in packs.items()]
    chosen += [Pack(name, text, local=True) for name, text in (local or {}).items()]
    for pack in chosen:
        found_norms, found_filings = read_pack(pack)
        norms += found_norms
        filings += found_filings
    return Norms(norms, filings)


# ---------------------------------------------------------------- the norms of this process


def _unreadable(file: Path, error: Exception) -> SetupError:
    return pack_fault(str(file), say("读不出来（%(why)s）。", why=error))


# The norms of this process: those that ship, and those of the installation's folder.
_shelf = Shelf(__package__, read_norms, _unreadable)
default_norms = _shelf.book
use_folder = _shelf.use_folder
