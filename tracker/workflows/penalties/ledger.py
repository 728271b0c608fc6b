"""What is owed of a fine on a day: parts due, payments, surcharge. Pure; yuan, two places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from tracker.core.rulebook.measures import Rate

_DAY = timedelta(days=1)
_CENT = Decimal("0.01")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Due:
    """A part of the fine and the last day for it."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Pause:
    """Review or suit: from its first day up to, not including, the second; None is still open."""

    begin: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether a day does not count."""
        return self.begin <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row with the same overdue sum, and what they add."""

    first: date
    last: date
    base: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        """How many days counted."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of one fine on a day."""

    fine: Decimal
    paid: Decimal
    surcharge: Decimal
    stretches: tuple[Stretch, ...]
    capped: bool
    overdue: Decimal

    @property
    def total(self) -> Decimal:
        """Fine and surcharge."""
        return self.fine + self.surcharge

    @property
    def balance(self) -> Decimal:
        """What is still to be paid; never below nought."""
        return max(self.total - self.paid, _NOTHING)

    @property
    def overpaid(self) -> Decimal:
        """What was paid too much."""
        return max(self.paid - self.total, _NOTHING)

    @property
    def settled(self) -> bool:
        """Whether nothing is owed."""
        return self.balance == 0


def reckon(
    fine: Decimal,
    dues: Sequence[Due],
    payments: Sequence[Paid],
    pauses: Sequence[Pause],
    rate: Rate,
    until: date,
) -> Ledger:
    """The account on a day: surcharge by the day on what is overdue, capped at the fine.

    Each day after a part's due day counts, the day of payment included, except in a pause.
    Payments go to the fine first, the earliest part first. Source: 行政处罚法 72, 73 (rules T10
    and T11); that a part payment lowers the daily base is our reading, not verified.
    """
    cap = None if rate.cap is None else fine * rate.cap / 100
    added, capped = _NOTHING, False
    days: list[tuple[date, Decimal, Decimal]] = []
    day = min((d.on for d in dues), default=until) + _DAY
    while day <= until and not capped:
        base = _overdue(dues, payments, day)
        if base > 0 and not any(p.covers(day) for p in pauses):
            more = base * rate.percent / 100
            if cap is not None and added + more >= cap:
                more, capped = cap - added, True
            added += more
            days.append((day, base, more))
        day += _DAY
    paid = sum((p.amount for p in payments if p.on <= until), _NOTHING)
    return Ledger(
        fine=fine,
        paid=paid,
        surcharge=added.quantize(_CENT, ROUND_HALF_UP),
        stretches=tuple(_stretches(days)),
        capped=capped,
        overdue=max(sum((d.amount for d in dues if d.on < until), _NOTHING) - paid, _NOTHING),
    )


def _overdue(dues: Sequence[Due], payments: Sequence[Paid], day: date) -> Decimal:
    """What should have been paid before a day and was not, before that day's own payments."""
    owed = sum((d.amount for d in dues if d.on < day), _NOTHING)
    paid = sum((p.amount for p in payments if p.on < day), _NOTHING)
    return max(owed - paid, _NOTHING)


def _stretches(days: Sequence[tuple[date, Decimal, Decimal]]) -> list[Stretch]:
    found = []
    # Days in a row with one base share the same distance to their place in the list.
    for (_, base), group in groupby(
        enumerate(days), lambda pair: (pair[1][0].toordinal() - pair[0], pair[1][1])
    ):
        rows = [row for _, row in group]
        amount = sum((row[2] for row in rows), _NOTHING).quantize(_CENT, ROUND_HALF_UP)
        found.append(Stretch(rows[0][0], rows[-1][0], base, amount))
    return found
