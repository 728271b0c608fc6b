"""How dates, figures and time left read, in both languages."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_ZH_DAYS = "一二三四五六日"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_label(day: date, today: date, locale: str = "zh", *, weekday: bool = False) -> str:
    """A date: this year's without the year, with the weekday on request."""
    if locale == "en":
        text = f"{day.day} {_EN_MONTHS[day.month - 1]}"
        text += f" {day.year}" if day.year != today.year else ""
        return f"{_EN_DAYS[day.weekday()]} {text}" if weekday else text
    text = f"{day.month}月{day.day}日"
    if day.year != today.year:
        text = f"{day.year}年{text}"
    return f"{text} 周{_ZH_DAYS[day.weekday()]}" if weekday else text


def month_label(first: date, locale: str = "zh") -> str:
    """A month with its year."""
    if locale == "en":
        return f"{_EN_MONTHS[first.month - 1]} {first.year}"
    return f"{first.year}年{first.month}月"


def weekday_label(day: date, locale: str = "zh") -> str:
    """The day of the week alone."""
    return _EN_DAYS[day.weekday()] if locale == "en" else f"周{_ZH_DAYS[day.weekday()]}"


def number(value: Decimal | int | None, *, signed: bool = False) -> str:
    """A figure with thousands commas and no idle zeros; empty when there is none."""
    if value is None:
        return ""
    text = f"{Decimal(value):+,f}" if signed and value > 0 else f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Decimal | None) -> str:
    """A ratio with two decimals, half up as offices round; empty when it cannot be computed."""
    if value is None:
        return ""
    return f"{value.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):,f}%"


def file_size(size: int) -> str:
    """Bytes as people read them."""
    value = float(size)
    for unit in ("B", "KB", "MB"):
        if value < 1024 or unit == "MB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"


def left_label(
    n: int,
    unit: str,
    *,
    over: bool,
    held: bool,
    done: bool,
    lapsed: bool = False,
    locale: str = "zh",
) -> str:
    """What is left of a clock. Working days and days are different words, always written."""
    n = abs(n)
    if lapsed:
        return "lapsed" if locale == "en" else "已届满"
    if locale == "en":
        what = ("working day" if unit == "wd" else "day") + ("" if n == 1 else "s")
        if done:
            return "closed late" if over else "kept"
        if held:
            return f"stopped, {n} {what} left"
        if over:
            return f"{n} {what} late" if n else "late"
        return "due today" if n == 0 else f"{n} {what} left"
    what = "个工作日" if unit == "wd" else "天"
    if done:
        return "逾期办结" if over else "按期办结"
    if held:
        return f"停表，余 {n} {what}"
    if over:
        return f"逾期 {n} {what}" if n else "已逾期"
    return "今天到期" if n == 0 else f"剩 {n} {what}"
