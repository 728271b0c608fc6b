"""Values of a document's fields: taken in as data, stored as JSON, told as printed text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tracker.core.clock import OFFICE_ZONE, office_time
from tracker.core.documents.kinds import Field, FieldKind, Kind
from tracker.core.errors import BadInput, say

# What XML 1.0 cannot hold, and half characters that UTF-8 cannot.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_LONGEST = 100_000
_MOST = 2_000
_CENT = Decimal("0.01")
_MOST_MONEY = Decimal(10) ** 12

Values = dict[str, Any]


def clean(raw: object) -> str:
    """Text that a Word file can hold: breaks as ``\\n``, forbidden characters taken out."""
    return _FORBIDDEN.sub("", _BREAKS.sub("\n", str(raw)))


def take(kind: Kind, raw: Mapping[str, Any]) -> Values:
    """The values as stored; BadInput names the field that is unknown or of another shape."""
    found: Values = {}
    for name, value in raw.items():
        field = kind.field(name)
        if field is None:
            raise BadInput(name, say("“%(kind)s”没有这个栏目。", kind=say(kind.title)))
        left_open = value is None or (isinstance(value, str) and not value.strip())
        taken = None if left_open else _TAKERS[field.kind](field, value)
        if taken not in (None, "", []):
            found[name] = taken
    return found


def missing_fields(kind: Kind, values: Mapping[str, Any]) -> list[Field]:
    """Required fields that say nothing, or name fewer persons than the law wants.

    What the issue fills in by itself is not asked for.
    """
    return [f for f in kind.fields if f.required and not f.filled and not _said(f, values)]


def _said(field: Field, values: Mapping[str, Any]) -> bool:
    value = values.get(field.name)
    if value is None:
        return False
    if field.kind is FieldKind.PEOPLE:
        named = [p for p in value if p["name"].strip()]
        return len(named) >= field.least
    if isinstance(value, list):
        return bool(value)
    return bool(str(value).strip())


# ---------------------------------------------------------------- taking in


def _line(field: Field, value: object) -> str:
    return _short(field, " ".join(clean(value).split("\n")).strip())


def _text(field: Field, value: object) -> str:
    return _short(field, clean(value).strip("\n"))


def _lines(field: Field, value: object) -> list[str]:
    given = clean(value).split("\n") if isinstance(value, str) else _sequence(field, value)
    return [said for said in (_line(field, item) for item in given) if said]


def _table(field: Field, value: object) -> list[dict[str, str]]:
    names = [column.name for column in field.all_columns]
    rows = [_row(field, names, row) for row in _sequence(field, value)]
    return [row for row in rows if any(row.values())]


def _row(field: Field, names: Sequence[str], row: object) -> dict[str, str]:
    if isinstance(row, Mapping):
        unknown = set(row) - set(names)
        cells: dict[str, object] = {str(k): v for k, v in row.items()}
    elif isinstance(row, str):
        unknown, cells = set(), {names[0]: row}
    else:
        given = _sequence(field, row)
        unknown = {"…"} if len(given) > len(names) else set()
        cells = dict(zip(names, given, strict=False))
    if unknown:
        raise BadInput(field.name, say("“%(field)s”里有不认识的列。", field=say(field.label)))
    return {name: _cell(field, cells.get(name)) for name in names}


def _cell(field: Field, value: object) -> str:
    if isinstance(value, datetime):
        return told_moment(value)
    if isinstance(value, date):
        return told_date(value)
    return "" if value is None else _text(field, value)


def _money(field: Field, value: object) -> str:
    try:
        amount = Decimal(clean(value).replace(",", "").strip() or "NaN")
        exact = amount.quantize(_CENT)
    except InvalidOperation:
        exact = amount = Decimal("NaN")
    if not exact.is_finite() or exact != amount or not 0 <= exact < _MOST_MONEY:
        raise BadInput(
            field.name, say("“%(field)s”要填金额，最多两位小数。", field=say(field.label))
        )
    return str(exact)


def _date(field: Field, value: object) -> str:
    if isinstance(value, datetime):
        value = office_time(value).date()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(clean(value).strip()).isoformat() if value else ""
    except ValueError:
        raise BadInput(field.name, say("“%(field)s”要填日期。", field=say(field.label))) from None


def _moment(field: Field, value: object) -> str:
    try:
        moment = (
            value if isinstance(value, datetime) else datetime.fromisoformat(clean(value).strip())
        )
    except ValueError:
        raise BadInput(
            field.name, say("“%(field)s”要填日期和时间。", field=say(field.label))
        ) from None
    # What a form sends has no zone: it is the office's wall clock.
    moment = moment.replace(tzinfo=OFFICE_ZONE) if moment.tzinfo is None else moment
    return office_time(moment).isoformat(timespec="minutes")


def _sequence(field: Field, value: object) -> list[Any]:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise BadInput(field.name, say("“%(field)s”要填一个列表。", field=say(field.label)))
    found = list(value)
    if len(found) > _MOST:
        raise BadInput(field.name, say("“%(field)s”的行数太多。", field=say(field.label)))
    return found


def _short(field: Field, said: str) -> str:
    if len(said) > _LONGEST:
        raise BadInput(field.name, say("“%(field)s”太长。", field=say(field.label)))
    return said


_TAKERS = {
    FieldKind.LINE: _line,
    FieldKind.TEXT: _text,
    FieldKind.LINES: _lines,
    FieldKind.TABLE: _table,
    FieldKind.PEOPLE: _table,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _moment,
}


# ---------------------------------------------------------------- telling


def told_date(on: date) -> str:
    """A date as an official paper writes it: Arabic figures, the full year."""
    return f"{on.year}年{on.month}月{on.day}日"


def told_moment(at: datetime) -> str:
    """A moment on the office's wall clock."""
    wall = office_time(at) if at.tzinfo else at
    return f"{told_date(wall.date())}{wall.hour}时{wall.minute:02}分"


def told_money(amount: Decimal) -> str:
    """Yuan with thousands marked, two places, and in the figures that cannot be altered."""
    return f"{amount:,.2f}元（大写：{capital_money(amount)}）"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capital_money(amount: Decimal) -> str:
    """An amount in financial capitals, e.g. 壹万贰仟元整."""
    yuan, cents = divmod(int(amount * 100), 100)
    jiao, fen = divmod(cents, 10)
    words = (_whole(yuan) + "元") if yuan or not cents else ""
    if not cents:
        return words + "整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif yuan:
        words += "零"
    return words + (_DIGITS[fen] + "分" if fen else "整")


def _whole(yuan: int) -> str:
    digits = str(yuan)
    words, zero, group_said = "", False, False
    for index, digit in enumerate(digits):
        place = len(digits) - 1 - index
        if digit == "0":
            zero = bool(words)
        else:
            words += ("零" if zero else "") + _DIGITS[int(digit)] + _PLACES[place % 4]
            zero, group_said = False, True
        if place % 4 == 0:
            words += _GROUPS[place // 4] if group_said else ""
            group_said = False
    return words or "零"


def told(field: Field, values: Mapping[str, Any]) -> str:
    """What a field says in running text; empty when it says nothing. Tables have no such text."""
    value = values.get(field.name)
    if value in (None, "", []):
        return ""
    match field.kind:
        case FieldKind.MONEY:
            return told_money(Decimal(str(value)))
        case FieldKind.DATE:
            return told_date(date.fromisoformat(str(value)))
        case FieldKind.MOMENT:
            return told_moment(datetime.fromisoformat(str(value)))
        case FieldKind.LINES:
            return "\n".join(f"{n}. {item}" for n, item in enumerate(value or [], 1))
        case FieldKind.PEOPLE:
            return "、".join(_person(person) for person in value or [])
        case FieldKind.TABLE:
            return "\n".join("，".join(filter(None, row.values())) for row in value or [])
        case _:
            return str(value)


def _person(person: Mapping[str, str]) -> str:
    more = "，".join(filter(None, (person["post"], person["number"])))
    return f"{person['name']}（{more}）" if more else person["name"]
