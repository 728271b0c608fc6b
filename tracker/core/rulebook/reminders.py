"""One reminder of a rule: when it speaks, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tracker.core.errors import N_, BadInput, Sentence, say
from tracker.core.rulebook.terms import Term, Unit


class RungKind(StrEnum):
    """Where a reminder stands relative to its clock."""

    AFTER_START = "after_start"
    BEFORE = "before"
    ON_DUE = "on_due"
    AFTER_EVERY = "after_every"
    AFTER = "after"


RUNG_KIND_LABELS: dict[RungKind, str] = {
    RungKind.AFTER_START: N_("起算后"),
    RungKind.BEFORE: N_("到期前"),
    RungKind.ON_DUE: N_("到期当天"),
    RungKind.AFTER_EVERY: N_("逾期后每隔"),
    RungKind.AFTER: N_("逾期满"),
}
# Who a reminder may go to, in the order in which they are named.
AUDIENCE_LABELS: dict[str, str] = {
    "holder": N_("承办人"),
    "supervisor": N_("业务负责人"),
    "head": N_("单位负责人"),
}
_WORDS: dict[RungKind, str] = {
    RungKind.AFTER_START: N_("起算后满 %(term)s，提醒%(who)s"),
    RungKind.BEFORE: N_("到期前 %(term)s，提醒%(who)s"),
    RungKind.ON_DUE: N_("到期当天，提醒%(who)s"),
    RungKind.AFTER_EVERY: N_("逾期后每 %(term)s，提醒%(who)s"),
    RungKind.AFTER: N_("逾期满 %(term)s，提醒%(who)s一次"),
}
# A clock is the handler's; from the due day on the supervisor knows; at last the head.
_DEFAULT_TO: dict[RungKind, tuple[str, ...]] = {
    RungKind.AFTER_START: ("holder",),
    RungKind.BEFORE: ("holder",),
    RungKind.ON_DUE: ("holder", "supervisor"),
    RungKind.AFTER_EVERY: ("holder", "supervisor"),
    RungKind.AFTER: ("head",),
}
_WRITTEN = re.compile(
    r"(?P<kind>[a-z_]+)(?: (?P<n>\d{1,3})(?P<unit>wd|cd|m|h|y))? to (?P<to>[a-z,]+)"
)
MOST = 999


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder, n units after the start, before the due day or past it; or on the day."""

    kind: RungKind
    n: int = 0
    unit: Unit = Unit.WD
    to: tuple[str, ...] = ("holder",)

    @property
    def key(self) -> str:
        """A short stable name, unique within a rule."""
        return (
            self.kind.value if self.kind is RungKind.ON_DUE else f"{self.kind}:{self.n}{self.unit}"
        )

    @property
    def written(self) -> str:
        """The stored form, such as "before 2wd to holder"."""
        when = (
            self.kind.value if self.kind is RungKind.ON_DUE else f"{self.kind} {self.n}{self.unit}"
        )
        return f"{when} to {','.join(self.to)}"

    @classmethod
    def read(cls, text: str) -> Rung:
        """Read the stored form."""
        match = _WRITTEN.fullmatch(text.strip())
        known = {kind.value for kind in RungKind}
        if match is None or match["kind"] not in known:
            raise BadInput("rungs", say(N_("提醒“%(written)s”无法识别。"), written=text))
        n, unit = match["n"], match["unit"]
        if (n is None) != (match["kind"] == RungKind.ON_DUE):
            raise BadInput("rungs", say(N_("提醒“%(written)s”无法识别。"), written=text))
        return make_rung(
            RungKind(match["kind"]), int(n or 0), Unit(unit or "wd"), match["to"].split(",")
        )

    @property
    def words(self) -> Sentence:
        """The reminder as people say it."""
        if self.kind is RungKind.AFTER_START and self.n == 0:
            return say(N_("起算时立即提醒%(who)s"), who=self.who)
        term = "" if self.kind is RungKind.ON_DUE else Term(self.n, self.unit).phrase
        return say(_WORDS[self.kind], term=term, who=self.who)

    @property
    def who(self) -> Sentence:
        """Everybody it goes to."""
        first, *rest = (say(AUDIENCE_LABELS[name]) for name in self.to)
        for other in rest:
            first = say(N_("%(some)s、%(other)s"), some=first, other=other)
        return first


def make_rung(
    kind: RungKind, n: int = 0, unit: Unit = Unit.WD, to: Iterable[str] | None = None
) -> Rung:
    """A reminder that makes sense; names what does not."""
    wanted = set(_DEFAULT_TO[kind] if to is None else to)
    if unknown := sorted(wanted - set(AUDIENCE_LABELS)):
        names = "、".join(AUDIENCE_LABELS)
        raise BadInput(
            "to", say(N_("提醒对象“%(to)s”不认识，可以写：%(known)s。"), to=unknown[0], known=names)
        )
    if not wanted:
        raise BadInput("to", say(N_("请选择提醒谁。")))
    if unit is Unit.NONE:
        raise BadInput("unit", say(N_("请选择单位：工作日、天、月、小时或年。")))
    if kind is RungKind.ON_DUE:
        n, unit = 0, Unit.WD
    elif not (0 if kind is RungKind.AFTER_START else 1) <= n <= MOST:
        raise BadInput("n", say(N_("数量要填 1 至 %(most)s 的整数。"), most=MOST))
    return Rung(kind, n, unit, tuple(name for name in AUDIENCE_LABELS if name in wanted))
