"""One row of the office list: what its cells say, and every cell that says it wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from tracker.core.errors import BadInput, Sentence, say
from tracker.core.registers.names import name_key
from tracker.core.sheets.reading import as_day, as_number
from tracker.core.staff import numbers
from tracker.core.staff.columns import COLUMNS, FULL_TIME, HEADS, NO, PART_TIME, YES
from tracker.core.staff.learning import MOST_HOURS
from tracker.core.staff.models import DUTY_LABELS, RANK_LABELS
from tracker.core.staff.writing import within

T = TypeVar("T")
_CODE_WIDTHS = (6, 9, 12)
_CODE_DIGITS = 12
_PHONE = re.compile(r"[0-9+() \-]{5,32}")
_LONGEST = {
    "name": 60,
    "place": 120,
    "org": 120,
    "title": 60,
    "education": 20,
    "certificate": 60,
    "certificate_no": 60,
    "successor": 60,
}
_DUTIES = {label: duty.value for duty, label in DUTY_LABELS.items()} | {"统计员": "statistician"}
_RANKS = {label: rank.value for rank, label in RANK_LABELS.items()} | {
    "助理统计师": "junior",
    "统计师": "middle",
    "高级统计师": "senior",
    "正高级统计师": "senior",
}
_FULL = {FULL_TIME: True, PART_TIME: False, YES: True, NO: False}
_YES = {YES: True, NO: False}


@lru_cache(maxsize=20_000)
def person_key(name: str) -> str:
    """The key of a name; a list asks for the same one many times."""
    return name_key(name)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, by row number and field."""

    row: int
    field: str
    why: Sentence

    @property
    def column(self) -> str:
        """The head of its column."""
        return HEADS.get(self.field, "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it is meant; None or "" for a cell that is empty."""

    row: int
    name: str = ""
    number: str = ""
    region_code: str = ""
    place: str = ""
    org: str = ""
    duty: str = ""
    title: str = ""
    full_time: bool | None = None
    on_payroll: bool | None = None
    since: date | None = None
    until: date | None = None
    education: str = ""
    rank: str | None = None
    phone: str = ""
    inducted_on: date | None = None
    hours: Decimal | None = None
    certificate: str = ""
    certificate_no: str = ""
    certified_on: date | None = None
    successor: str = ""
    # Fields whose cells say something that cannot be read.
    doubtful: frozenset[str] = frozenset()


def read_entry(
    row: int, cells: Mapping[str, str], bad: Collection[str], today: date
) -> tuple[Entry, list[Fault]]:
    """A row and its faults; the fields in `bad` are known to be wrong and not looked at again."""
    faults: list[Fault] = []
    found: dict[str, object] = {}
    for field in COLUMNS.values():
        text = cells.get(field, "")
        if not text or field in bad:
            continue
        try:
            found[field] = _READERS[field](field, text)
        except BadInput as error:
            faults.append(Fault(row, field, error.message))
    wrong = frozenset({*bad, *(f.field for f in faults)})
    entry = Entry(row, **found, doubtful=wrong)  # type: ignore[arg-type]
    faults += [Fault(row, field, why) for field, why in _gaps(entry)]
    faults += [Fault(row, field, why) for field, why in _days(entry, today)]
    return entry, faults


def _gaps(entry: Entry) -> list[tuple[str, Sentence]]:
    """What a row must say and does not."""
    found, wrong = [], entry.doubtful
    if not entry.name and "name" not in wrong:
        found.append(("name", say("没有填姓名。")))
    if not entry.duty and "duty" not in wrong:
        found.append(("duty", say("没有填岗位。")))
    if entry.since is None and "since" not in wrong:
        found.append(("since", say("没有填任职日期。")))
    if not (entry.region_code or entry.place or entry.org) and not wrong & {
        "region_code",
        "place",
        "org",
    }:
        found.append(("region_code", say("区划代码、单位、机构至少填一项。")))
    has_more = entry.certificate_no or entry.certified_on
    if has_more and not entry.certificate and "certificate" not in wrong:
        found.append(("certificate", say("填了证书编号或者日期，没有填证书名称。")))
    if entry.certificate and entry.certified_on is None and "certified_on" not in wrong:
        found.append(("certified_on", say("填了证书名称，没有填证书日期。")))
    if entry.successor and entry.until is None and "until" not in wrong:
        found.append(("until", say("填了接任人，没有填离任日期。")))
    return found


def _days(entry: Entry, today: date) -> list[tuple[str, Sentence]]:
    """Days that cannot be."""
    found = [
        (field, say("%(day)s 晚于今天。", day=day.isoformat()))
        for field in ("since", "inducted_on", "certified_on")
        if (day := getattr(entry, field)) is not None and day > today
    ]
    if entry.until is not None and entry.since is not None and entry.until < entry.since:
        found.append(("until", say("离任日期早于任职日期。")))
    return found


# ---------------------------------------------------------------- cells


def _words(field: str, text: str) -> str:
    return within(field, text, _LONGEST[field])


def _name(field: str, text: str) -> str:
    found = within(field, text, _LONGEST["name"])
    if not person_key(found) or any(c.isdigit() for c in found):
        raise BadInput(field, say("“%(given)s”不是姓名。", given=found))
    return found


def _number(field: str, text: str) -> str:  # noqa: ARG001 - every reader is called the same way
    return numbers.check(text)


def _code(field: str, text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) in _CODE_WIDTHS):
        raise BadInput(
            field, say("“%(code)s”不是 6 位、9 位或 12 位数字；请把这一列设成文本。", code=text)
        )
    return text.ljust(_CODE_DIGITS, "0")


def _chosen(known: Mapping[str, T], offered: Collection[str]) -> Callable[[str, str], T]:
    def read(field: str, text: str) -> T:
        if text not in known:
            raise BadInput(
                field,
                say(
                    "“%(given)s”不认识，可以写：%(known)s。",
                    given=text,
                    known="、".join(offered),
                ),
            )
        return known[text]

    return read


def _day(field: str, text: str) -> date:
    found = as_day(text)
    if found is None:
        raise BadInput(
            field, say("“%(given)s”不是日期，可以写 2026-03-02 或者 2026年3月2日。", given=text)
        )
    return found


def _phone(field: str, text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise BadInput(field, say("“%(given)s”不是电话号码。", given=text))
    return text


def _hours(field: str, text: str) -> Decimal:
    found = as_number(text)
    if found is None or not 0 <= found <= MOST_HOURS:
        raise BadInput(
            field, say("“%(given)s”不是 0 至 %(most)s 的数。", given=text, most=MOST_HOURS)
        )
    return found.quantize(Decimal("0.1"))


_READERS: dict[str, Callable[[str, str], object]] = {
    **dict.fromkeys(_LONGEST, _words),
    "name": _name,
    "number": _number,
    "region_code": _code,
    "duty": _chosen(_DUTIES, DUTY_LABELS.values()),
    "full_time": _chosen(_FULL, (FULL_TIME, PART_TIME)),
    "on_payroll": _chosen(_YES, (YES, NO)),
    "since": _day,
    "until": _day,
    "rank": _chosen(_RANKS, RANK_LABELS.values()),
    "phone": _phone,
    "inducted_on": _day,
    "hours": _hours,
    "certified_on": _day,
}
