"""A pasted or uploaded list of units, read row by row: all of it is good, or none is taken."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.errors import N_, BadInput, Sentence, say
from tracker.core.registers.models import STRATA as KINDS
from tracker.core.registers.models import Region, Unit
from tracker.core.registers.names import name_key
from tracker.core.registers.places import contains
from tracker.core.registers.uscc import check_uscc, clean_uscc
from tracker.workflows.plans.items import STRATA, stratum_of

COLUMNS = {
    "name": N_("单位名称"),
    "uscc": N_("统一社会信用代码"),
    "region": N_("区划代码"),
    "stratum": N_("类别"),
}
_HEADING = "名称"  # how the first column is headed, whatever else stands there
_LONGEST_NAME = 120
_MOST_ROWS = 5000
_FAULTS_SHOWN = 20
_CODE_DIGITS = 12


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """One good row."""

    name: str
    uscc: str | None
    region_code: str
    stratum: str


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: Mapping[str, str]


def read_list(session: Session, text: str, within: str) -> list[ListedUnit]:
    """Rows of a list (tabs or commas; a heading is skipped), inside a bureau's region.

    Raises BadInput("list") that names row and column of every fault it shows.
    """
    found: list[ListedUnit] = []
    faults: list[Sentence] = []
    rows = _rows(text)
    codes = {row.number: _region(row.cells["region"]) for row in rows}
    known = set(session.scalars(select(Region.code).where(Region.code.in_(set(codes.values())))))
    names = _registered(session, rows)
    seen: dict[str, int] = {}
    for row in rows:
        code = codes[row.number]
        place = _place_fault(row.cells["region"], code, known, within)
        wrong = [*place, *_faults(row, code, names, seen)]
        faults += [_named(row.number, column, why) for column, why in wrong]
        if not wrong:
            found.append(
                ListedUnit(
                    row.cells["name"],
                    clean_uscc(row.cells["uscc"]) or None,
                    code,
                    _stratum(row.cells["stratum"]) or "other",
                )
            )
    if faults:
        raise BadInput("list", _together(faults))
    if not found:
        raise BadInput("list", say("名单是空的。"))
    return found


def _rows(text: str) -> list[_Row]:
    lines = text.lstrip("\ufeff")
    if "\t" not in lines and "," not in lines:
        lines = lines.replace("，", ",")
    reader = csv.reader(io.StringIO(lines), delimiter="\t" if "\t" in lines else ",")
    try:
        read = list(reader)
    except csv.Error as error:
        raise BadInput("list", say("名单读不出来，请检查引号和换行。")) from error
    found = []
    for number, raw in enumerate(read, start=1):
        cells = [cell.strip() for cell in raw]
        if not any(cells) or (number == 1 and cells[0].endswith(_HEADING)):
            continue
        cells += [""] * (len(COLUMNS) - len(cells))
        found.append(_Row(number, dict(zip(COLUMNS, cells, strict=False))))
    if len(found) > _MOST_ROWS:
        raise BadInput("list", say("一次最多 %(most)s 行。", most=_MOST_ROWS))
    return found


def _region(text: str) -> str:
    """A place code in full; six and nine digits are made twelve."""
    return text.ljust(_CODE_DIGITS, "0") if text.isascii() and text.isdigit() else text


def _stratum(text: str) -> str:
    """The stratum by its name, its code, or the name the unit register uses."""
    for code, kind in STRATA.items():
        if text in (code, kind.label):
            return code
    return next((stratum_of(code) for code, label in KINDS.items() if text in (code, label)), "")


def _registered(session: Session, rows: Sequence[_Row]) -> dict[str, str]:
    """Names in the unit register by credit code, for the codes of a list."""
    codes = {clean_uscc(row.cells["uscc"]) for row in rows} - {""}
    found = session.execute(select(Unit.uscc, Unit.name).where(Unit.uscc.in_(codes)))
    return {uscc: name for uscc, name in found if uscc}


_Fault = tuple[str, Sentence]


def _place_fault(written: str, code: str, known: set[str], within: str) -> list[_Fault]:
    if code not in known:
        return [("region", say("没有“%(code)s”这个区划代码。", code=written))]
    if not contains(within, code):
        return [("region", say("不在本单位管辖的地区。"))]
    return []


def _faults(row: _Row, code: str, names: Mapping[str, str], seen: dict[str, int]) -> list[_Fault]:
    name, uscc, stratum = (row.cells[c] for c in ("name", "uscc", "stratum"))
    found: list[_Fault] = []
    if not name or len(name) > _LONGEST_NAME:
        found.append(("name", say("须填，且不超过 %(most)s 个字。", most=_LONGEST_NAME)))
    known_as = names.get(clean_uscc(uscc))
    if uscc and (problem := check_uscc(uscc)) is not None:
        found.append(("uscc", problem))
    elif known_as and name_key(known_as) != name_key(name):
        found.append(("uscc", say("这个代码在名录库里是“%(name)s”。", name=known_as)))
    if stratum and not _stratum(stratum):
        found.append(("stratum", say("没有“%(name)s”这一类。", name=stratum)))
    key = clean_uscc(uscc) or f"{name_key(name)}/{code}"
    if first := seen.get(key):
        found.append(("name", say("与第 %(n)s 行重复。", n=first)))
    seen.setdefault(key, row.number)
    return found


def _named(number: int, column: str, why: Sentence) -> Sentence:
    return say(
        "第 %(row)s 行“%(column)s”：%(why)s", row=number, column=say(COLUMNS[column]), why=why
    )


def _together(faults: Sequence[Sentence]) -> Sentence:
    """All faults in one message, the first twenty in words."""
    text = faults[0]
    for fault in faults[1:_FAULTS_SHOWN]:
        text = say("%(some)s %(other)s", some=text, other=fault)
    if len(faults) > _FAULTS_SHOWN:
        text = say("%(some)s 另有 %(n)s 处。", some=text, n=len(faults) - _FAULTS_SHOWN)
    return say("名单没有加入，%(n)s 处不对。%(what)s", n=len(faults), what=text)
