"""Units of time limits, and lengths written as "5wd", "90cd", "3m", "24h", "1y"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tracker.core.errors import N_, BadInput, Sentence, say


class Unit(StrEnum):
    """What a limit is counted in; NONE means that the date itself is given."""

    WD = "wd"
    CD = "cd"
    M = "m"
    H = "h"
    Y = "y"
    NONE = "none"


_PHRASES: dict[Unit, str] = {
    Unit.WD: N_("%(n)s 个工作日"),
    Unit.CD: N_("%(n)s 天"),
    Unit.M: N_("%(n)s 个月"),
    Unit.H: N_("%(n)s 小时"),
    Unit.Y: N_("%(n)s 年"),
}
UNIT_LABELS: dict[Unit, str] = {
    Unit.WD: N_("工作日"),
    Unit.CD: N_("日"),
    Unit.M: N_("月"),
    Unit.H: N_("小时"),
    Unit.Y: N_("年"),
}
_WRITTEN = re.compile(r"(\d{1,5})(wd|cd|m|h|y)")


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time in one unit."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 1 or self.unit is Unit.NONE:
            raise BadInput("term", say(N_("期限长度应为正整数。")))

    @classmethod
    def parse(cls, text: str) -> Term:
        """Read the written form."""
        match = _WRITTEN.fullmatch(text.strip().lower())
        if match is None:
            raise BadInput(
                "term",
                say(
                    N_("期限“%(written)s”无法识别，请写成 5wd、90cd、3m、24h 或 1y。"),
                    written=text,
                ),
            )
        return cls(int(match[1]), Unit(match[2]))

    def __str__(self) -> str:
        return f"{self.count}{self.unit.value}"

    @property
    def phrase(self) -> Sentence:
        """The length as people say it."""
        return say(_PHRASES[self.unit], n=self.count)

    @property
    def unit_name(self) -> Sentence:
        """The unit alone, as people say it."""
        return say(UNIT_LABELS[self.unit])
