"""From the rows of a TOML pack to rules; every complaint names the pack and the rule."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from tracker.core.errors import N_, BadInput, Sentence, SetupError, say
from tracker.core.rulebook.measures import (
    Amount,
    Measure,
    Part,
    Quota,
    Rate,
    Sample,
    Span,
    Thing,
    Threshold,
    Window,
    YearDay,
)
from tracker.core.rulebook.model import (
    OUTSIDE_LABELS,
    ROLES,
    Display,
    Extension,
    Family,
    LawBy,
    Rule,
    Sense,
    Source,
    Verified,
)
from tracker.core.rulebook.pack import CODE_LENGTHS, Fault, Pack, no
from tracker.core.rulebook.reminders import Rung, RungKind, make_rung
from tracker.core.rulebook.terms import Term, Unit

_REQUIRED = ("id", "title", "unit", "start", "responsible", "source", "verified", "stop")
_MEASURES = ("quota", "threshold", "rate", "window", "span", "sample", "amount")
_KNOWN = {
    *_REQUIRED,
    *_MEASURES,
    *("version", "length", "roll", "start_day_counts", "extension", "rungs", "ours"),
    *("valid_from", "valid_to", "note", "family", "sense", "law_by", "superseded_by"),
}
_FAMILIES = {
    "A": Family.CASES,
    "T": Family.CASES,
    "L": Family.LEADS,
    "C": Family.CREDIT,
    "P": Family.STAFF,
    "R": Family.RANDOM,
}
# What only the shipped packs may say: that a number is our own and no law.
_OWN_SOURCE = "本系统默认"
_LONGEST_ID = 30
Choice = TypeVar("Choice", bound=StrEnum)


def read_pack(pack: Pack) -> tuple[list[Rule], Display | None]:
    """The rules of one pack, and the display if it has one."""
    try:
        data = tomllib.loads(pack.text)
    except tomllib.TOMLDecodeError as error:
        raise _pack_fault(pack, say(N_("不是正确的 TOML（%(why)s）。"), why=error)) from error
    code = str(data.get("jurisdiction", ""))
    if not (code == "" or (code.isdigit() and len(code) in CODE_LENGTHS)):
        raise _pack_fault(
            pack,
            say(N_("jurisdiction“%(code)s”不是 2、4、6、9 或 12 位的地区代码。"), code=code),
        )
    if pack.local and not code:
        raise _pack_fault(pack, say(N_("请写 jurisdiction：本单位的地区代码。")))
    if unknown := sorted(set(data) - {"jurisdiction", "name", "display", "rule"}):
        raise _pack_fault(pack, say(N_("不认识 %(keys)s。"), keys="、".join(unknown)))
    if pack.local and "display" in data:
        raise _pack_fault(pack, say(N_("display 由本系统规定，请去掉。")))
    place = str(data.get("name", "")) or code
    rows = data.get("rule", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _pack_fault(pack, say(N_("每条规则以 [[rule]] 开头。")))
    rules = [_checked(pack, row, code, place) for row in rows]
    return rules, _display(pack, data["display"]) if "display" in data else None


def rule_fault(name: str, rule_id: str, why: Sentence) -> SetupError:
    """The complaint about one rule of one pack."""
    return SetupError(
        say(N_("规则文件 %(pack)s，规则 %(rule)s：%(why)s"), pack=name, rule=rule_id, why=why)
    )


def _pack_fault(pack: Pack, why: Sentence) -> SetupError:
    return SetupError(say(N_("规则文件 %(pack)s：%(why)s"), pack=pack.name, why=why))


def _display(pack: Pack, row: dict[str, Any]) -> Display:
    try:
        return Display(**row)
    except TypeError as error:
        raise _pack_fault(pack, say("display: %(why)s", why=error)) from error


def _checked(pack: Pack, row: dict[str, Any], code: str, place: str) -> Rule:
    name = str(row.get("id", "?"))
    try:
        rule = _rule(pack, row, code, place)
        _ = rule.length_words  # every length is at least 1
        return rule
    except Fault as fault:
        raise rule_fault(pack.name, name, fault.why) from fault
    except BadInput as error:
        raise rule_fault(pack.name, name, error.message) from error
    except (ValueError, TypeError, KeyError) as error:
        raise rule_fault(pack.name, name, say("%(why)s", why=error)) from error


def _rule(pack: Pack, row: dict[str, Any], code: str, place: str) -> Rule:
    _check_keys(row, local=pack.local)
    unit = _choice(Unit, row["unit"], "unit")
    length = row.get("length")
    if (length is None) != (unit is Unit.NONE):
        raise no(N_('有 length 就要有单位，有单位就要有 length；没有规定天数的写 unit = "none"。'))
    return Rule(
        id=row["id"],
        version=row.get("version", 1),
        title=row["title"],
        unit=unit,
        length=length,
        start=row["start"],
        # Working days and hours end where they end; longer limits roll off rest days.
        roll=row.get("roll", unit in (Unit.CD, Unit.M, Unit.Y)),
        start_day_counts=row.get("start_day_counts", False),
        extension=_extension(row.get("extension"), unit),
        responsible=_responsible(row["responsible"]),
        source=_source(row["source"], local=pack.local),
        verified=_choice(Verified, row["verified"], "verified"),
        ours=row.get("ours", False),
        family=_family(row),
        sense=_choice(Sense, row.get("sense", "within"), "sense"),
        law_by=_choice(LawBy, row.get("law_by", "start"), "law_by"),
        **_measures(row),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        superseded_by=row.get("superseded_by", ""),
        jurisdiction=code,
        place=place,
        pack=pack.name,
        local=pack.local,
        rungs=_rungs(row.get("rungs", [])),
        stop=row["stop"],
        note=row.get("note", ""),
    )


# ---------------------------------------------------------------- checks


def _check_keys(row: dict[str, Any], *, local: bool) -> None:
    if missing := [key for key in _REQUIRED if key not in row]:
        raise no(N_("缺少 %(keys)s。"), keys="、".join(missing))
    if unknown := sorted(set(row) - _KNOWN):
        raise no(N_("不认识 %(keys)s。"), keys="、".join(unknown))
    if not isinstance(row["id"], str) or not 0 < len(row["id"]) <= _LONGEST_ID:
        raise no(N_("id 要写 1 至 %(most)s 个字符。"), most=_LONGEST_ID)
    version = row.get("version", 1)
    if not isinstance(version, int) or version < 1:
        raise no(N_("version 要写 1 以上的整数。"))
    first, last = row.get("valid_from"), row.get("valid_to")
    if first is not None and last is not None and first > last:
        raise no(N_("valid_from 不能晚于 valid_to。"))
    if row.get("start_day_counts", False):
        raise no(N_("起算当日一律不计，请去掉 start_day_counts。"))
    if local and row.get("ours", False):
        raise no(N_("地方规则要写明出处，不能写成本系统默认（ours）。"))


def _choice(kind: type[Choice], written: str, key: str) -> Choice:
    try:
        return kind(written)
    except ValueError:
        known = "、".join(member.value for member in kind)
        raise no(
            N_("%(key)s“%(written)s”不认识，可以写：%(known)s。"),
            key=key,
            written=written,
            known=known,
        ) from None


def _responsible(written: str) -> str:
    if written not in (*ROLES, *OUTSIDE_LABELS):
        raise no(
            N_("%(key)s“%(written)s”不认识，可以写：%(known)s。"),
            key="responsible",
            written=written,
            known="、".join((*ROLES, *OUTSIDE_LABELS)),
        )
    return written


def _source(row: Mapping[str, str], *, local: bool) -> Source:
    source = Source(**row)
    if not source.instrument.strip() or (local and source.instrument == _OWN_SOURCE):
        raise no(N_("请在 source 里写明文件名称、文号和条款。"))
    return source


def _family(row: dict[str, Any]) -> Family:
    if "family" in row:
        return _choice(Family, row["family"], "family")
    if row["id"].startswith("OWN-"):
        return Family.LEADS
    found = _FAMILIES.get(row["id"][0])
    if found is None:
        known = "、".join(Family)
        raise no(N_("请写 family，可以写：%(known)s。"), known=known)
    return found


# ---------------------------------------------------------------- parts of a row


def _extension(row: dict[str, Any] | None, unit: Unit) -> Extension | None:
    if row is None:
        return None
    if unknown := sorted(set(row) - {"max_times", "max_length", "total_max"}):
        raise no(N_("extension 里不认识 %(keys)s。"), keys="、".join(unknown))
    lengths = {key: Term.parse(row[key]) for key in ("max_length", "total_max") if key in row}
    if any(length.unit is not unit for length in lengths.values()):
        raise no(N_("extension 里的长度要用规则自己的单位。"))
    return Extension(max_times=row.get("max_times"), **lengths)


def _measures(row: dict[str, Any]) -> dict[str, Any]:
    """What the row asks beside a length."""
    found: dict[str, Measure] = {}
    for key in _MEASURES:
        if key in row:
            found[key] = _READ[key](row[key])
            _ = str(found[key].words)
    return found


def _rate(row: dict[str, Any]) -> Rate:
    return Rate(row["percent"], _choice(Unit, row["per"], "per"), row.get("cap"))


def _window(row: dict[str, Any]) -> Window:
    return Window(Term.parse(row["opens"]), Term.parse(row["closes"]))


def _span(row: dict[str, Any]) -> Span:
    return Span(**{key: Term.parse(text) for key, text in row.items()})


def _sample(parts: list[dict[str, Any]]) -> Sample:
    return Sample(tuple(_part(part) for part in parts))


def _amount(row: dict[str, Any]) -> Amount:
    found = Amount(**row)
    if len(row) != 1 or not all(type(n) is int and n > 0 for n in row.values()):
        raise no(N_("amount 写 least 或 most 之一，单位元，用正整数。"))
    return found


def _quota(row: dict[str, Any]) -> Quota:
    known = {"per", "least", "most", "of", "by"}
    if set(row) - known or ("least" in row and "most" in row):
        raise no(N_("quota 写 per，再写 least 或 most 之一，另可写 of 和 by。"))
    return Quota(
        per=Term.parse(row["per"]),
        least=row.get("least"),
        most=row.get("most"),
        of=_choice(Thing, row.get("of", "times"), "of"),
        by=YearDay.parse(row["by"]) if "by" in row else None,
    )


def _threshold(row: dict[str, Any]) -> Threshold:
    return Threshold(
        row["n"], Term.parse(row["within"]), _choice(Thing, row.get("of", "times"), "of")
    )


def _part(row: dict[str, Any]) -> Part:
    return Part(_choice(Thing, row["of"], "of"), row["n"], row.get("least", False))


_READ: dict[str, Callable[[Any], Measure]] = {
    "quota": _quota,
    "threshold": _threshold,
    "rate": _rate,
    "window": _window,
    "span": _span,
    "sample": _sample,
    "amount": _amount,
}


def _rungs(rows: list[dict[str, Any]]) -> tuple[Rung, ...]:
    rungs = tuple(_rung(row) for row in rows)
    if len({rung.key for rung in rungs}) != len(rungs):
        raise no(N_("同一条提醒写了两次。"))
    return rungs


def _rung(row: dict[str, Any]) -> Rung:
    """A table such as {before = 2, unit = "wd"}, {on_due = true}, {after = 5, to = ["head"]}."""
    kinds = [kind for kind in RungKind if kind.value in row]
    if len(kinds) != 1 or set(row) - {kinds[0].value, "unit", "to"}:
        raise no(N_("每条提醒写 %(known)s 之一。"), known="、".join(RungKind))
    kind = kinds[0]
    n = 0 if kind is RungKind.ON_DUE else int(row[kind.value])
    return make_rung(kind, n, _choice(Unit, row.get("unit", "wd"), "unit"), row.get("to"))
