"""Reads the TOML packs, one a jurisdiction, and answers which rule holds where and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from tracker.core.errors import N_, BadInput, Sentence, SetupError, TrackerError, say
from tracker.core.rulebook.model import Display, LawBy, Rule
from tracker.core.rulebook.pack import Pack, Shelf
from tracker.core.rulebook.reading import read_pack, rule_fault


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

    def variants(self, rule_id: str) -> tuple[Rule, ...]:
        """Every version of one rule, the whole country first, the newest first in each place."""
        found = self._by_id.get(rule_id, ())
        return tuple(sorted(found, key=lambda r: (len(r.jurisdiction), r.jurisdiction, -r.version)))

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

    def rule_for_dates(
        self, rule_id: str, start: date, act: date | None = None, region_code: str = ""
    ) -> Rule:
        """The version that the right date chooses: the start of the clock, or the act punished."""
        by_act = any(
            r.law_by is LawBy.ACT for r in self._by_id.get(rule_id, ()) if r.applies_to(region_code)
        )
        if by_act and act is None:
            raise BadInput(
                "act",
                say(
                    N_("规则 %(rule)s 适用行为发生时的规定，请填写违法行为发生（终了）的日期。"),
                    rule=rule_id,
                ),
            )
        return self.rule(rule_id, act if by_act and act is not None else start, region_code)

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


def read_rulebook(packs: Mapping[str, str], local: Mapping[str, str] | None = None) -> Rulebook:
    """Build a rulebook from pack texts by name; a faulty pack refuses to start.

    Local packs add to the shipped ones; the clash of a version of a place is refused there too.
    """
    rules: list[Rule] = []
    display: Display | None = None
    chosen = [Pack(name, text) for name, text in packs.items()]
    chosen += [Pack(name, text, local=True) for name, text in (local or {}).items()]
    for pack in chosen:
        found, own_display = read_pack(pack)
        rules += found
        display = own_display or display
    if display is None:
        raise SetupError(say(N_("规则文件都没有写 [display]。")))
    return Rulebook(rules, display)


# ---------------------------------------------------------------- the book of this process


def _unreadable(file: Path, error: Exception) -> SetupError:
    return SetupError(say(N_("规则文件 %(pack)s 读不出来（%(why)s）。"), pack=file, why=error))


# The rules of this process: those that ship, and those of the installation's folder.
_shelf = Shelf(__package__, read_rulebook, _unreadable)
default_rulebook = _shelf.book
use_folder = _shelf.use_folder


def local_rules() -> tuple[Rule, ...]:
    """The rules that this installation added."""
    return tuple(rule for rule in default_rulebook().all() if rule.local)


def _refuse_clash(rule: Rule, other: Rule) -> None:
    """Two versions of one rule in one place may not hold on the same day."""
    if rule.jurisdiction != other.jurisdiction:
        return
    if rule.version == other.version:
        raise rule_fault(
            rule.pack,
            rule.id,
            say(
                N_("第 %(v)s 版在 %(other)s 里已经有了，请改用新的版本号。"),
                v=rule.version,
                other=other.pack,
            ),
        )
    first = max(rule.valid_from or date.min, other.valid_from or date.min)
    last = min(rule.valid_to or date.max, other.valid_to or date.max)
    if first <= last:
        raise rule_fault(
            rule.pack,
            rule.id,
            say(
                N_("第 %(v)s 版和 %(pack)s 的第 %(other)s 版有效期重叠，请写起止日期。"),
                v=rule.version,
                pack=other.pack,
                other=other.version,
            ),
        )
