"""From the rows of a TOML pack to tables; every complaint names the pack, the table and the row."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.core.benchmarks.bands import Boundary, Interval, break_in, decide, parse
from tracker.core.benchmarks.model import (
    ORGANISATIONS,
    Act,
    Fine,
    Indicator,
    Law,
    Repeat,
    Row,
    Statute,
    Subject,
    Table,
    TableKind,
)
from tracker.core.errors import N_, Sentence, SetupError, say
from tracker.core.rulebook.model import Source, Verified
from tracker.core.rulebook.pack import Fault, Pack, choice, choices, code_of, known_keys, no

_PACK_KEYS = {"jurisdiction", "name", "law", "shared_statute", "table"}
_TABLE_KEYS = {
    *("id", "title", "kind", "law", "source", "verified", "row", "boundary", "boundary_verified"),
    *("boundary_note", "valid_from", "valid_to", "issued", "superseded", "note"),
}
_TABLE_REQUIRED = ("id", "title", "source", "verified", "boundary")
_ROW_KEYS = {
    *("acts", "kinds", "ratio", "amount", "case", "text", "grade", "repeat", "requires"),
    *("incomplete", "org", *Subject),
}
_LAW_KEYS = {
    *("id", "title", "verified", "valid_from", "valid_to", "ends_older_tables", "note", "statute"),
}
_STATUTE_KEYS = {
    *("acts", "subjects", "verified", "source", "fine_max", "aggravated", "consequence"),
}
_LONGEST_ID = 40


def read_pack(pack: Pack) -> tuple[list[Law], list[Table]]:
    """The laws and the tables of one pack; SetupError names the faulty row."""
    try:
        data = tomllib.loads(pack.text)
    except tomllib.TOMLDecodeError as error:
        raise pack_fault(pack.name, say("不是正确的 TOML（%(why)s）。", why=error)) from error
    try:
        known_keys(data, _PACK_KEYS)
        code = code_of(pack, data)
        if pack.local and (set(data) & {"law", "shared_statute"}):
            raise no(N_("法律的幅度由本系统规定，请去掉 law。"))
        shared = [_statute(row) for row in data.get("shared_statute", [])]
        laws = [_law(row, shared) for row in data.get("law", [])]
        rows = data.get("table", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise no(N_("每张表以 [[table]] 开头。"))
    except Fault as fault:
        raise pack_fault(pack.name, fault.why) from fault
    except (ValueError, TypeError, KeyError) as error:
        raise pack_fault(pack.name, say("%(why)s", why=repr(error))) from error
    place = str(data.get("name", "")) or code
    return laws, [_checked_table(pack, row, code, place) for row in rows]


def pack_fault(name: str, why: Sentence) -> SetupError:
    """The complaint about a pack."""
    return SetupError(say("裁量基准文件 %(pack)s：%(why)s", pack=name, why=why))


def table_fault(name: str, table_id: str, why: Sentence) -> SetupError:
    """The complaint about one table of one pack."""
    return pack_fault(name, say("表 %(table)s：%(why)s", table=table_id, why=why))


# ---------------------------------------------------------------- the law


def _law(row: dict[str, Any], shared: list[Statute]) -> Law:
    known_keys(row, _LAW_KEYS)
    own = [_statute(one) for one in row.get("statute", [])]
    return Law(
        id=row["id"],
        title=row["title"],
        statutes=tuple(own + shared if own else own),
        verified=choice(Verified, row["verified"], "verified"),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        ends_older_tables=row.get("ends_older_tables", False),
        note=row.get("note", ""),
    )


def _statute(row: dict[str, Any]) -> Statute:
    known_keys(row, _STATUTE_KEYS)
    low, high = row.get("aggravated", (None, None))
    return Statute(
        source=Source(**row["source"]),
        acts=choices(Act, row["acts"], "acts"),
        subjects=choices(Subject, row["subjects"], "subjects"),
        verified=choice(Verified, row["verified"], "verified"),
        fine_max=None if "fine_max" not in row else _yuan(row["fine_max"]),
        aggravated_min=None if low is None else _yuan(low),
        aggravated_max=None if high is None else _yuan(high),
        consequence=row.get("consequence", ""),
    )


# ---------------------------------------------------------------- tables


def _checked_table(pack: Pack, row: dict[str, Any], code: str, place: str) -> Table:
    name = str(row.get("id", "?"))
    try:
        table = _table(row)
    except Fault as fault:
        raise table_fault(pack.name, name, fault.why) from fault
    except (ValueError, TypeError, KeyError) as error:
        raise table_fault(pack.name, name, say("%(why)s", why=repr(error))) from error
    return replace(table, jurisdiction=code, place=place, pack=pack.name, local=pack.local)


def _table(row: dict[str, Any]) -> Table:
    known_keys(row, _TABLE_KEYS)
    if missing := [key for key in _TABLE_REQUIRED if key not in row]:
        raise no(N_("缺少 %(keys)s。"), keys="、".join(missing))
    if not isinstance(row["id"], str) or not 0 < len(row["id"]) <= _LONGEST_ID:
        raise no(N_("id 要写 1 至 %(most)s 个字符。"), most=_LONGEST_ID)
    for key in ("valid_from", "valid_to", "issued"):
        if key in row and type(row[key]) is not date:
            raise no(N_("%(key)s 要写日期，例如 2025-01-01。"), key=key)
    first, last = row.get("valid_from"), row.get("valid_to")
    if first is not None and last is not None and first > last:
        raise no(N_("valid_from 不能晚于 valid_to。"))
    source = Source(**row["source"])
    if not source.instrument.strip():
        raise no(N_("请在 source 里写明文件名称、文号和条款。"))
    kind = choice(TableKind, row.get("kind", "fine"), "kind")
    boundary = choice(Boundary, row["boundary"], "boundary")
    verified = choice(Verified, row["verified"], "verified")
    rows = _rows(row.get("row", []), kind, boundary)
    return Table(
        id=row["id"],
        title=row["title"],
        kind=kind,
        law=row.get("law", ""),
        source=source,
        verified=verified,
        rows=rows,
        boundary=boundary,
        boundary_verified=choice(
            Verified, row.get("boundary_verified", verified), "boundary_verified"
        ),
        boundary_note=row.get("boundary_note", ""),
        valid_from=first,
        valid_to=last,
        issued=row.get("issued"),
        superseded=row.get("superseded", False),
        note=row.get("note", ""),
    )


def _rows(rows: list[dict[str, Any]], kind: TableKind, boundary: Boundary) -> tuple[Row, ...]:
    if (kind is TableKind.STATUTE) is not (not rows):
        raise no(N_("每张表写 [[table.row]]；只按法律幅度的表不写。"))
    found = []
    for n, row in enumerate(rows, start=1):
        try:
            found.append(_row(row, kind, boundary))
        except (ValueError, TypeError, KeyError) as error:
            why = error.why if isinstance(error, Fault) else say("%(why)s", why=repr(error))
            raise no(N_("第 %(n)s 行：%(why)s"), n=n, why=why) from error
    decided = _decide_ends(found, boundary)
    if kind is TableKind.FINE:
        _refuse_gaps(decided)
    _refuse_same_case(decided)
    return tuple(decided)


def _row(row: dict[str, Any], kind: TableKind, boundary: Boundary) -> Row:
    known_keys(row, _ROW_KEYS)
    fines = _fines(row)
    incomplete = row.get("incomplete", False)
    if kind is TableKind.FINE and not fines and not incomplete:
        raise no(N_("请写罚款幅度，例如 org = [1000, 10000]；原文没有的写 incomplete = true。"))
    if fines and (incomplete or kind is TableKind.WAIVER):
        raise no(N_("这一行不能写罚款幅度。"))
    repeat = row.get("repeat")
    return Row(
        acts=choices(Act, row["acts"], "acts"),
        kinds=choices(Indicator, row.get("kinds", []), "kinds"),
        fines=fines,
        ratio=_band(row.get("ratio"), boundary),
        amount=_band(row.get("amount"), boundary),
        case=row.get("case", ""),
        text=row.get("text", ""),
        grade=row.get("grade", ""),
        repeat=None if repeat is None else Repeat(**repeat),
        requires=row.get("requires", ""),
        incomplete=incomplete,
    )


def _band(printed: str | None, boundary: Boundary) -> Interval | None:
    if printed is None:
        return None
    try:
        return parse(printed, boundary)
    except ValueError:
        raise no(
            N_("“%(band)s”读不懂，请写成 ≤5%%、5%%–15%%、20%%以上 这样。"), band=printed
        ) from None


def _fines(row: dict[str, Any]) -> dict[Subject, Fine]:
    found: dict[Subject, Fine] = {}
    if "org" in row:
        found = dict.fromkeys(ORGANISATIONS, _fine(row["org"]))
    for subject in Subject:
        if subject.value in row:
            found[subject] = _fine(row[subject.value])
    return found


def _fine(written: list[Any]) -> Fine:
    low, *rest = [_yuan(number) for number in written]
    high = rest[0] if rest else None
    if len(rest) > 1 or (high is not None and low > high):
        raise no(N_("罚款幅度写成 [最低, 最高]；没有最高的写 [最低]。"))
    return Fine(low, high)


# ---------------------------------------------------------------- what a table must be


def _groups(rows: Iterable[Row]) -> dict[tuple[Act, Indicator, str], list[int]]:
    """Rows that answer the same question, by place in the table."""
    found: dict[tuple[Act, Indicator, str], list[int]] = {}
    for n, row in enumerate(rows):
        for act in row.acts:
            for kind in row.kinds or tuple(Indicator):
                found.setdefault((act, kind, row.case), []).append(n)
    return found


def _decide_ends(rows: list[Row], boundary: Boundary) -> list[Row]:
    found = list(rows)
    for places in _groups(rows).values():
        ratios = {n: band for n in places if (band := rows[n].ratio) is not None}
        for n, band in zip(ratios, decide(list(ratios.values()), boundary), strict=True):
            found[n] = replace(found[n], ratio=band)
        amounts = {n: band for n in places if (band := rows[n].amount) is not None}
        for n, band in zip(amounts, decide(list(amounts.values()), boundary), strict=True):
            found[n] = replace(found[n], amount=band)
    return found


def _refuse_gaps(rows: list[Row]) -> None:
    """Rows graded by one number alone must hold every number, each in exactly one of them."""
    for (_, _, case), places in _groups(rows).items():
        if case:
            continue
        for key, other in (("ratio", "amount"), ("amount", "ratio")):
            here = [n for n in places if getattr(rows[n], key) is not None]
            if not here or any(getattr(rows[n], other) is not None for n in places):
                continue
            broken = break_in(getattr(rows[n], key) for n in here)
            if broken is not None:
                n = next(n for n in here if getattr(rows[n], key) == broken)
                raise no(
                    N_("第 %(n)s 行“%(band)s”与相邻的档有空缺或者重叠。"),
                    n=n + 1,
                    band=broken.printed,
                )


def _refuse_same_case(rows: list[Row]) -> None:
    acts_of: dict[str, set[tuple[Act, ...]]] = {}
    for row in rows:
        if row.case:
            acts_of.setdefault(row.case, set()).add(row.acts)
    if twice := [case for case, acts in acts_of.items() if len(acts) > 1]:
        raise no(N_("case“%(case)s”用在了不同的行为上。"), case=twice[0])


# ---------------------------------------------------------------- values


def _yuan(number: object) -> Decimal:
    if type(number) is not int or number < 0:
        raise no(N_("金额“%(written)s”要写不小于 0 的整数，单位元。"), written=number)
    return Decimal(number)
