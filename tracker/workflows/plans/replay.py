"""Drawing again from a record, and saying what does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.core.errors import N_, BadInput, Sentence, say
from tracker.workflows.plans.draw import ALGORITHM, Result, clean_seed, digest, draw
from tracker.workflows.plans.record import PARTS, DrawRecord, parse, seals_of

# Results in the order in which they follow from each other.
_RESULTS: dict[str, str] = {
    "places": N_("抽中的地区"),
    "units": N_("抽中的检查对象"),
    "short": N_("数量不足的层"),
    "passed": N_("未参加抽取的人员"),
    "teams": N_("检查组"),
    "reserve": N_("候补人员的次序"),
    "tasks": N_("检查对象和检查人员的搭配"),
}


class Fault(StrEnum):
    """What kind of difference a replay found."""

    CHANGED = "changed"
    SEAL = "seal"
    ALGORITHM = "algorithm"
    PEOPLE = "people"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not hold: kind, part of the record, and the sentence."""

    fault: Fault
    part: str
    message: Sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether drawing again gives what the record says, and all that does not hold."""

    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Nothing differs."""
        return not self.differences


def replay(data: object, *, seal: str | None = None) -> Verdict:
    """Draw again from a record's own data and compare; `seal` is the one known from elsewhere.

    Raises BadInput("record") when the data are no record at all.
    """
    record = parse(data)
    plain: dict[str, Any] = data  # type: ignore[assignment]  # parse() has seen that it is a dict
    found = [*_changed(plain, record), *_seal_faults(plain, seal), *_people_faults(record)]
    if record.algorithm != ALGORITHM:
        text = say("算法“%(name)s”不认识，不能重演。", name=record.algorithm)
        return Verdict((*found, Difference(Fault.ALGORITHM, "head", text)))
    try:
        clean_seed(record.seed)
        again = draw(record.frame, record.terms, record.recusals, record.monitor.key, record.seed)
    except BadInput as error:
        text = say("按记录重抽不成：%(why)s", why=error.message)
        return Verdict((*found, Difference(Fault.RESULT, "result", text)))
    return Verdict((*found, *_result_faults(record.result, again)))


def _changed(plain: Mapping[str, Any], record: DrawRecord) -> list[Difference]:
    """Parts whose digest is not the one they were sealed with."""
    stored = plain.get("seals")
    stored = stored if isinstance(stored, dict) else {}
    wrong = {part for part, now in seals_of(plain).items() if stored.get(part) != now}
    if plain["frame"].get("version") != record.frame.version:
        wrong.add("frame")
    return [
        Difference(Fault.CHANGED, part, say("“%(part)s”在抽取以后被改动。", part=say(PARTS[part])))
        for part in PARTS
        if part in wrong
    ]


def _seal_faults(plain: Mapping[str, Any], known: str | None) -> list[Difference]:
    found = []
    if plain.get("seal") != digest(plain.get("seals")):
        found.append(say("封印与各部分的校验值对不上。"))
    if known is not None and plain.get("seal") != known:
        found.append(say("封印与系统里保存的不同，这不是当时的记录。"))
    return [Difference(Fault.SEAL, "seal", text) for text in found]


def _people_faults(record: DrawRecord) -> list[Difference]:
    first, second = record.drawers
    if len({first.key, second.key, record.monitor.key}) == 3:
        return []
    text = say("两名抽取人和监督人须是三个人。")
    return [Difference(Fault.PEOPLE, "people", text)]


def _result_faults(stored: Result, again: Result) -> list[Difference]:
    found = []
    for name, label in _RESULTS.items():
        if getattr(stored, name) == getattr(again, name):
            continue
        text = say("%(what)s与重演结果不同。", what=say(label))
        if name == "units":
            text = say("%(what)s%(more)s", what=text, more=_more(stored, again))
        found.append(Difference(Fault.RESULT, name, text))
    return found


def _more(stored: Result, again: Result) -> Sentence:
    """Which objects are too many, and which too few."""
    there, right = ({u.unit for u in result.units} for result in (stored, again))
    return say(
        "记录有 %(stored)s 个，重演有 %(again)s 个；多出 %(extra)s，缺少 %(lacking)s。",
        stored=len(there),
        again=len(right),
        extra="、".join(sorted(there - right)[:5]) or "—",
        lacking="、".join(sorted(right - there)[:5]) or "—",
    )
