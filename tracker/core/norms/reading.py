"""From the rows of a TOML pack to norms; every complaint names the pack and the row."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from tracker.core.errors import N_, Sentence, SetupError, say
from tracker.core.norms.model import (
    ChangeKind,
    FilingRule,
    Mode,
    Norm,
    PlaceKind,
    Row,
    Through,
)
from tracker.core.registers.models import RegionLevel
from tracker.core.rulebook.model import Source, Verified
from tracker.core.rulebook.pack import Fault, Pack, choice, choices, code_of, known_keys, no
from tracker.core.staff.models import Duty

RowT = TypeVar("RowT", bound=Row)
_PACK_KEYS = {"jurisdiction", "name", "norm", "filing"}
_SHARED_REQUIRED = ("id", "title", "places", "source", "verified")
_SHARED_KEYS = {*_SHARED_REQUIRED, "note", "valid_from", "valid_to"}
_NORM_KEYS = {
    *_SHARED_KEYS,
    *("least", "duty", "full_time", "on_payroll", "from_units", "levels"),
}
_FILING_KEYS = {*_SHARED_KEYS, "changes", "mode", "levels", "default", "ours"}
# As long as the columns that keep the name of a row.
_LONGEST_NORM = 40
_LONGEST_FILING = 32


def read_pack(pack: Pack) -> tuple[list[Norm], list[FilingRule]]:
    """The norms and the filing rules of one pack; SetupError names the faulty row."""
    try:
        data = tomllib.loads(pack.text)
    except tomllib.TOMLDecodeError as error:
        raise pack_fault(pack.name, say("不是正确的 TOML（%(why)s）。", why=error)) from error
    try:
        known_keys(data, _PACK_KEYS)
        code = code_of(pack, data)
        for key in ("norm", "filing"):
            rows = data.get(key, [])
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise no(N_("每条标准以 [[norm]] 开头，每条报备规定以 [[filing]] 开头。"))
    except Fault as fault:
        raise pack_fault(pack.name, fault.why) from fault
    place = str(data.get("name", "")) or code

    def read(key: str, make: Callable[[dict[str, Any]], RowT]) -> list[RowT]:
        return [
            replace(
                _checked(pack, row, make),
                jurisdiction=code,
                place=place,
                pack=pack.name,
                local=pack.local,
            )
            for row in data.get(key, [])
        ]

    return read("norm", _norm), read("filing", _filing)


def pack_fault(name: str, why: Sentence) -> SetupError:
    """The complaint about a pack."""
    return SetupError(say("配备标准文件 %(pack)s：%(why)s", pack=name, why=why))


def row_fault(name: str, row_id: str, why: Sentence) -> SetupError:
    """The complaint about one row of one pack."""
    return pack_fault(name, say("标准 %(row)s：%(why)s", row=row_id, why=why))


def _checked(pack: Pack, row: dict[str, Any], make: Callable[[dict[str, Any]], RowT]) -> RowT:
    name = str(row.get("id", "?"))
    try:
        return make(row)
    except Fault as fault:
        raise row_fault(pack.name, name, fault.why) from fault
    except (ValueError, TypeError, KeyError) as error:
        raise row_fault(pack.name, name, say("%(why)s", why=repr(error))) from error


# ---------------------------------------------------------------- the two kinds of rows


def _norm(row: dict[str, Any]) -> Norm:
    known_keys(row, _NORM_KEYS)
    _required(row, (*_SHARED_REQUIRED, "least", "valid_from"))
    shared = _shared(row, _LONGEST_NORM)
    levels = choices(RegionLevel, row.get("levels", []), "levels")
    if levels and shared["places"] != (PlaceKind.DEPARTMENT,):
        raise no(N_('levels 只用于 places = ["department"]。'))
    return Norm(
        **shared,
        least=_number(row, "least"),
        duty=choice(Duty, row["duty"], "duty") if "duty" in row else None,
        full_time=_flag(row, "full_time"),
        on_payroll=_flag(row, "on_payroll"),
        from_units=_number(row, "from_units") if "from_units" in row else None,
        levels=levels,
    )


def _filing(row: dict[str, Any]) -> FilingRule:
    known_keys(row, _FILING_KEYS)
    _required(row, (*_SHARED_REQUIRED, "changes", "mode", "levels"))
    return FilingRule(
        **_shared(row, _LONGEST_FILING),
        changes=choices(ChangeKind, row["changes"], "changes"),
        mode=choice(Mode, row["mode"], "mode"),
        levels=choices(Through, row["levels"], "levels"),
        default=_flag(row, "default"),
        ours=_flag(row, "ours"),
    )


def _shared(row: dict[str, Any], longest: int) -> dict[str, Any]:
    if not isinstance(row["id"], str) or not 0 < len(row["id"]) <= longest:
        raise no(N_("id 要写 1 至 %(most)s 个字符。"), most=longest)
    for key in ("valid_from", "valid_to"):
        if key in row and type(row[key]) is not date:
            raise no(N_("%(key)s 要写日期，例如 2025-01-01。"), key=key)
    first, last = row.get("valid_from"), row.get("valid_to")
    if first is not None and last is not None and first > last:
        raise no(N_("valid_from 不能晚于 valid_to。"))
    source = Source(**row["source"])
    if not source.instrument.strip():
        raise no(N_("请在 source 里写明文件名称、文号和条款。"))
    places = choices(PlaceKind, row["places"], "places")
    if not places:
        raise no(N_("请在 places 里写明用于哪一类单位。"))
    return {
        "id": row["id"],
        "title": row["title"],
        "places": places,
        "source": source,
        "verified": choice(Verified, row["verified"], "verified"),
        "note": row.get("note", ""),
        "valid_from": first,
        "valid_to": last,
    }


# ---------------------------------------------------------------- values


def _required(row: dict[str, Any], keys: tuple[str, ...]) -> None:
    if missing := [key for key in keys if key not in row]:
        raise no(N_("缺少 %(keys)s。"), keys="、".join(missing))


def _number(row: dict[str, Any], key: str) -> int:
    number = row[key]
    if type(number) is not int or number < 1:
        raise no(N_("%(key)s 要写 1 以上的整数。"), key=key)
    return number


def _flag(row: dict[str, Any], key: str) -> bool:
    flag = row.get(key, False)
    if type(flag) is not bool:
        raise no(N_("%(key)s 要写 true 或者 false。"), key=key)
    return flag
