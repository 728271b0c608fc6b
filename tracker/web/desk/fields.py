"""Inputs of the kit's forms: each is typed as people type it, and says in Chinese what is wrong."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from wtforms import DateField, DateTimeLocalField, Form, StringField
from wtforms.validators import ValidationError

from tracker.core.clock import OFFICE_ZONE, office_time
from tracker.core.errors import BadInput
from tracker.web.errors import tell
from tracker.web.security import clean_text

LONG_TEXT = 4000
# Full-width digits and marks, as a Chinese keyboard types them.
_HALF_WIDTH = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFFE5: "¥"}
_MOST_DIGITS = 15
_TIMES = {"": 1, "万": 10_000, "亿": 100_000_000}
_MONEY = re.compile(r"¥?([0-9]{1,13}(?:\.[0-9]{1,8})?)(万|亿)?元?")
_CENT = Decimal("0.01")
_MOST_MONEY = Decimal(10) ** 12
_MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


def half_width(raw: str) -> str:
    """A text with full-width digits and marks made half-width, without blanks and commas."""
    return re.sub(r"[,\s]", "", raw.translate(_HALF_WIDTH))


def parse_number(raw: str) -> Decimal | None:
    """A figure as people type it: thousands commas, full-width digits, blanks; None when empty.

    Raises ValueError for anything else, for more than 4 decimals, and for more than 15 digits in
    all: SQLite keeps no more of a figure. Superscripts are no digits: 10² is not 102.
    """
    text = half_width(raw)
    if not text:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,4})?", text):
        raise ValueError(raw)
    if len(re.sub(r"[^0-9]", "", text).lstrip("0")) > _MOST_DIGITS:
        raise ValueError(raw)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(raw) from error


def parse_money(raw: str) -> Decimal | None:
    """A sum of yuan as people type it: 60,000, 6万, ￥1.2万元; None when empty.

    Raises ValueError for anything else: less than nothing, fractions of a fen, a trillion and up.
    """
    text = half_width(raw)
    if not text:
        return None
    match = _MONEY.fullmatch(text)
    if match is None:
        raise ValueError(raw)
    amount = Decimal(match[1]) * _TIMES[match[2] or ""]
    if amount != amount.quantize(_CENT) or amount >= _MOST_MONEY:
        raise ValueError(raw)
    return amount.quantize(_CENT)


class Clean:
    """Validator: the text policy (length, NFC, no control or direction characters)."""

    def __init__(self, longest: int, *, multiline: bool = False) -> None:
        self.longest = longest
        self.multiline = multiline

    def __call__(self, form: Form, field: Any) -> None:  # noqa: ARG002 - WTForms' signature
        """Clean the field's text in place, or say what is wrong with it."""
        if not field.data:
            field.data = field.data or ""
            return
        try:
            field.data = clean_text(
                field.data.strip(), self.longest, multiline=self.multiline, field=field.name
            )
        except BadInput as error:
            raise ValidationError(tell(error.message)) from error


class _ReadField(StringField):
    """A text that is read as something else; what was typed comes back as it was typed."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; a ValueError becomes the field's error."""
        self.data = None
        try:
            self.data = self.read(valuelist[0]) if valuelist else None
        except ValueError:
            raise ValueError(self.wrong()) from None

    def read(self, raw: str) -> Decimal | int | None:
        """The value of a text, None when it is empty; ValueError when it has none."""
        raise NotImplementedError

    def wrong(self) -> str:
        """What is wrong with a text that has no value."""
        raise NotImplementedError


class MoneyField(_ReadField):
    """A sum of yuan; its value is a Decimal with two places, or None."""

    def read(self, raw: str) -> Decimal | None:
        """The sum."""
        return parse_money(raw)

    def wrong(self) -> str:
        """What is wrong with it."""
        return str(
            gettext("“%(what)s”要填金额，例如 60,000 或 6万，最多两位小数", what=self.label.text)
        )


class NumberField(_ReadField):
    """A figure with up to four decimals; its value is a Decimal, or None."""

    def read(self, raw: str) -> Decimal | None:
        """The figure."""
        return parse_number(raw)

    def wrong(self) -> str:
        """What is wrong with it."""
        return str(gettext("“%(what)s”要填数字，例如 208，最多四位小数", what=self.label.text))


class CountField(_ReadField):
    """A whole number from nought up; its value is an int, or None."""

    def read(self, raw: str) -> int | None:
        """The number."""
        text = half_width(raw)
        if text and not re.fullmatch(r"[0-9]{1,9}", text):
            raise ValueError(raw)
        return int(text) if text else None

    def wrong(self) -> str:
        """What is wrong with it."""
        return str(gettext("“%(what)s”要填整数，例如 3", what=self.label.text))


class DayField(DateField):
    """A date by the browser's own input."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date; a ValueError becomes the field's error."""
        try:
            super().process_formdata([v for v in valuelist if v.strip()])
        except ValueError:
            words = gettext("“%(what)s”要填日期，例如 2026-03-02", what=self.label.text)
            raise ValueError(words) from None


class MomentField(DateTimeLocalField):
    """A date and time on the office's wall clock; its value is an aware datetime."""

    data: datetime | None

    def __init__(self, label: str, validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators, format=_MOMENTS, **more)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{office_time(self.data):%Y-%m-%dT%H:%M}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the moment; a ValueError becomes the field's error."""
        try:
            super().process_formdata([v for v in valuelist if v.strip()])
        except ValueError:
            words = gettext("“%(what)s”要填日期和时间，例如 2026-03-02 09:30", what=self.label.text)
            raise ValueError(words) from None
        read: datetime | None = self.data
        self.data = None if read is None else read.replace(tzinfo=OFFICE_ZONE)
