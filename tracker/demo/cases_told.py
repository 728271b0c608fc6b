"""All cases of the demo that are no leads: who tells them, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tracker.core.calendar.days import Calendar
from tracker.demo import (
    filings,
    inspections,
    onward,
    penalties,
    plans,
    sanctions,
    trainings,
    vacancies,
)
from tracker.demo.filings import filing_walks
from tracker.demo.inspections import inspection_walks
from tracker.demo.onward import crime_walks, recognition_walks
from tracker.demo.penalty_walks import penalty_walks
from tracker.demo.plans import plan_walks
from tracker.demo.published import published_walks
from tracker.demo.sanctions import sanction_walks
from tracker.demo.trainings import programme_walks, training_walks
from tracker.demo.vacancies import vacancy_walks
from tracker.demo.walking import Trade
from tracker.demo.walks import Deed, Walk, deeds

_TRADES = (
    plans.TRADE,
    inspections.TRADE,
    penalties.TRADE,
    sanctions.TRADE,
    onward.CRIMES,
    onward.RECOGNITIONS,
    filings.TRADE,
    trainings.PROGRAMMES,
    trainings.TRAININGS,
    vacancies.TRADE,
)


def trades() -> Mapping[str, Trade]:
    """The workflows beside the leads, by kind."""
    return {trade.kind: trade for trade in _TRADES}


def walks(calendar: Calendar, base: date) -> dict[str, Walk]:
    """Every walk by its key."""
    told = [
        *published_walks(),
        *plan_walks(calendar, base),
        *inspection_walks(),
        *penalty_walks(),
        *sanction_walks(),
        *crime_walks(),
        *recognition_walks(),
        *filing_walks(),
        *programme_walks(calendar, base),
        *training_walks(),
        *vacancy_walks(),
    ]
    found = {walk.key: walk for walk in told}
    if len(found) != len(told):
        raise ValueError("two walks have one key")
    return found


def diary(told: Mapping[str, Walk], calendar: Calendar, base: date) -> Iterator[Deed]:
    """All deeds of all walks, case by case."""
    for walk in told.values():
        yield from deeds(walk, calendar, base)
