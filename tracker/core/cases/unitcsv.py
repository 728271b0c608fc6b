"""Units from a table: read it all, name every row that is wrong, write all of it or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.audit.service import record
from tracker.core.cases.unitbook import (
    WRITING_ROLES,
    UnitData,
    as_data,
    checked,
    ranges,
    write,
)
from tracker.core.errors import BadInput, Refusal, Sentence, StepRefused, say
from tracker.core.registers.models import STRATA, SUBJECT_LABELS, Region, Unit
from tracker.core.registers.names import name_key

MOST_ROWS = 5000
MOST_BYTES = 4_000_000
_MOST_FAULTS = 50
_AT_ONCE = 500
# The heads of the columns in the file, in the order of the template; a file is data, not a page.
COLUMNS: dict[str, str] = {
    "单位名称": "name",
    "统一社会信用代码": "uscc",
    "区划代码": "region_code",
    "主体类型": "subject_type",
    "行业": "stratum",
    "四上": "above_threshold",
    "法定代表人": "legal_representative",
    "详细地址": "address",
}
_NEEDED = ("单位名称", "区划代码")
_YES, _NO = {"是", "1", "Y", "y"}, {"否", "0", "N", "n", ""}
_COUNTY_DIGITS, _DIGITS = 6, 12


class BadTable(BadInput):
    """Every fault of a table, one sentence each."""

    def __init__(self, faults: list[Sentence]) -> None:
        self.faults = faults
        super().__init__("file", say("有 %(n)s 处要改，没有写入任何一行。", n=len(faults)))


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were new, changed, and as they were."""

    new: int
    changed: int
    same: int


def template() -> str:
    """The empty table; its byte order mark makes spreadsheets read it as UTF-8."""
    return "\ufeff" + ",".join(COLUMNS) + "\r\n"


def import_units(
    session: Session, actor: Actor, text: str, *, now: datetime, request_id: str | None = None
) -> Written:
    """Take a table over: units known by code, or by name at a place, are brought up to date.

    Raises BadTable with every fault.
    """
    if not ranges(actor, WRITING_ROLES):
        raise StepRefused([Refusal(say("调查对象名录由统计机构的人员维护。"))], "import_units")
    rows = _Reading(session, actor).read(text)
    known = _Known(session, rows)
    new = changed = 0
    for row in rows:
        unit = known.of(row.data)
        if unit is None:
            write(session, None, row.data)
            new += 1
        elif row.onto(unit) != as_data(unit):
            write(session, unit, row.onto(unit))
            changed += 1
    session.flush()
    done = Written(new, changed, len(rows) - new - changed)
    record(
        session,
        tag="unit.import",
        at=now,
        actor_id=actor.user_id,
        object="units",
        request_id=request_id,
        details={"new": done.new, "changed": done.changed, "same": done.same},
    )
    return done


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is right; `given` are its fields that were filled in."""

    data: UnitData
    given: frozenset[str]

    def onto(self, unit: Unit) -> UnitData:
        """What a known unit becomes: an empty cell changes nothing."""
        return replace(as_data(unit), **{f: getattr(self.data, f) for f in self.given})


def _key(data: UnitData) -> str:
    return data.uscc or f"{name_key(data.name)}@{data.region_code}"


class _Known:
    """Units that some rows may mean: found by code, and by name at a place."""

    def __init__(self, session: Session, rows: Sequence[_Row]) -> None:
        self._by_code: dict[str, Unit] = {}
        self._by_name: dict[tuple[str, str], Unit] = {}
        for at in range(0, len(rows), _AT_ONCE):
            some = [row.data for row in rows[at : at + _AT_ONCE]]
            codes = [d.uscc for d in some if d.uscc]
            keys = {name_key(d.name) for d in some}
            query = select(Unit).where(or_(Unit.uscc.in_(codes), Unit.name_key.in_(keys)))
            for unit in session.scalars(query.order_by(Unit.id.desc())):
                if unit.uscc:
                    self._by_code[unit.uscc] = unit
                self._by_name[unit.name_key, unit.region_code] = unit

    def of(self, data: UnitData) -> Unit | None:
        """The unit a row means; another code is another unit, whatever it calls itself."""
        namesake = self._by_name.get((name_key(data.name), data.region_code))
        if not data.uscc:
            return namesake
        nameless = namesake if namesake is not None and namesake.uscc is None else None
        return self._by_code.get(data.uscc, nameless)


class _Reading:
    """Reads one table, and keeps every fault with the number of its row."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._ranges = ranges(actor, WRITING_ROLES)
        self._faults: list[Sentence] = []
        self._places: dict[str, bool] = {}

    def read(self, text: str) -> list[_Row]:
        """The rows in their order; BadTable when any is wrong."""
        found: list[_Row] = []
        twins: dict[str, int] = {}
        for number, cells in self._lines(text):
            try:
                data = self._row(cells)
            except BadInput as error:
                self._fault(number, error.message)
                continue
            first = twins.setdefault(_key(data), number)
            if first != number:
                self._fault(number, say("和第 %(n)s 行是同一家单位。", n=first))
            found.append(_Row(data, frozenset(f for f, v in cells.items() if v)))
        if not found and not self._faults:
            self._faults.append(say("表格里没有单位。"))
        if self._faults:
            raise BadTable(self._faults[:_MOST_FAULTS])
        return found

    def _lines(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        table = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
        try:
            heads = [h.strip() for h in table.fieldnames or ()]
        except csv.Error:
            heads = []
        for head in _NEEDED:
            if head not in heads:
                self._faults.append(say("第 1 行没有“%(head)s”这一列，请用模板。", head=head))
        unknown = [h for h in heads if h and h not in COLUMNS]
        self._faults += [say("第 1 行的“%(head)s”不是模板里的列。", head=head) for head in unknown]
        if self._faults:
            return
        table.fieldnames = heads
        try:
            for count, row in enumerate(table):
                if count >= MOST_ROWS:
                    self._faults.append(
                        say("一次最多 %(most)s 行，请分成几个文件。", most=MOST_ROWS)
                    )
                    return
                if None in row:
                    self._fault(table.line_num, say("单元格比表头多，请检查逗号和引号。"))
                    continue
                cells = {COLUMNS[k]: (v or "").strip() for k, v in row.items() if k}
                if any(cells.values()):
                    yield table.line_num, cells
        except csv.Error:
            self._fault(table.line_num, say("这一行读不懂，请检查引号。"))

    def _row(self, cells: Mapping[str, str]) -> UnitData:
        data = checked(
            UnitData(
                name=cells["name"],
                uscc=cells.get("uscc") or None,
                region_code=_code(cells["region_code"]),
                subject_type=_choice(
                    "subject_type", cells.get("subject_type") or "企业", SUBJECT_LABELS
                ),
                stratum=_choice("stratum", cells.get("stratum") or STRATA[""], STRATA),
                above_threshold=_yes(cells.get("above_threshold", "")),
                legal_representative=cells.get("legal_representative", ""),
                address=cells.get("address", ""),
            )
        )
        self._check_place(data.region_code)
        return data

    def _check_place(self, code: str) -> None:
        if code not in self._places:
            self._places[code] = self._session.get(Region, code) is not None
        if not self._places[code]:
            raise BadInput("region_code", say("没有区划代码“%(code)s”。", code=code))
        if not any(low <= code <= high for low, high in self._ranges):
            raise BadInput(
                "region_code",
                say("区划代码“%(code)s”不在您的地区，只能登记本地区的单位。", code=code),
            )

    def _fault(self, number: int, what: Sentence) -> None:
        self._faults.append(say("第 %(n)s 行：%(what)s", n=number, what=what))


def _code(text: str) -> str:
    """A region code; a county's may be written with its six digits."""
    if not (text.isascii() and text.isdigit() and len(text) in (_COUNTY_DIGITS, _DIGITS)):
        raise BadInput(
            "region_code",
            say("区划代码“%(code)s”不是 6 位或 12 位数字；请把这一列设成文本。", code=text),
        )
    return text.ljust(_DIGITS, "0")


def _choice(field: str, text: str, labels: Mapping[Any, str]) -> str:
    found = next((str(value) for value, label in labels.items() if label == text), None)
    if found is None:
        raise BadInput(
            field,
            say(
                "“%(given)s”不认识，可以写：%(known)s。",
                given=text,
                known="、".join(labels.values()),
            ),
        )
    return found


def _yes(text: str) -> bool:
    if text not in _YES | _NO:
        raise BadInput(
            "above_threshold", say("“四上”要填“是”或“否”，填的是“%(given)s”。", given=text)
        )
    return text in _YES
