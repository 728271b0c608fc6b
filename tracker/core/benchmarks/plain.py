"""A grade and a table as plain values: for JSON, for records, for documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tracker.core.benchmarks.bands import Interval
from tracker.core.benchmarks.model import Fine, Law, Row, Statute, Subject, Table
from tracker.core.benchmarks.result import Graded


def plain_number(number: Decimal | None) -> int | float | None:
    """Yuan as JSON writes them: whole where they are whole."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def plain_grade(graded: Graded) -> dict[str, Any]:
    """Every part of an answer; fines are yuan, null where there is no range."""
    statute = graded.statute
    return {
        "table": graded.table.id,
        "title": graded.table.title,
        "subject": graded.question.subject.value,
        "act": graded.act.value,
        "outcome": graded.outcome.value,
        "difference": None if graded.difference is None else str(graded.difference),
        "ratio": None if graded.ratio is None else str(graded.ratio),
        "ratio_text": graded.ratio_text,
        "band": None if graded.row is None else plain_row(graded.row),
        "fine_min": plain_number(graded.fine_min),
        "fine_max": plain_number(graded.fine_max),
        "aggravated": graded.aggravated,
        "law": None if graded.law is None else _law(graded.law),
        "statute": None if statute is None else _statute(statute),
        "boundary": str(graded.boundary),
        "source": str(graded.table.source),
        "marks": [mark.value for mark in graded.marks],
        "working": [str(line) for line in graded.working],
    }


def plain_table(table: Table) -> dict[str, Any]:
    """A table with its rows, validity and source; an unknown date is null."""
    return {
        "id": table.id,
        "title": table.title,
        "kind": table.kind.value,
        "jurisdiction": table.jurisdiction,
        "place": table.place,
        "source": str(table.source),
        "instrument": table.source.instrument,
        "number": table.source.number,
        "article": table.source.article,
        "law": table.law,
        "valid_from": _date(table.valid_from),
        "valid_to": _date(table.valid_to),
        "issued": _date(table.issued),
        "superseded": table.superseded,
        "verified": table.verified.value,
        "boundary": table.boundary.value,
        "boundary_words": str(table.boundary_words),
        "boundary_verified": table.boundary_verified.value,
        "note": table.note,
        "local": table.local,
        "rows": [plain_row(row) for row in table.rows],
    }


def plain_row(row: Row) -> dict[str, Any]:
    """One row: its condition, both ends of its bands, and the fines it prints."""
    return {
        "label": str(row.label),
        "acts": [act.value for act in row.acts],
        "kinds": [kind.value for kind in row.kinds],
        "case": row.case,
        "grade": row.grade,
        "ratio": _band(row.ratio),
        "amount": _band(row.amount),
        "repeat": None
        if row.repeat is None
        else {"times": row.repeat.times, "years": row.repeat.years},
        "requires": row.requires,
        "incomplete": row.incomplete,
        "fines": {subject.value: _fine(row.fines, subject) for subject in row.fines},
    }


def _band(band: Interval | None) -> dict[str, Any] | None:
    if band is None:
        return None
    low, high = band.low, band.high
    return {
        "printed": band.printed,
        "min": None if low is None else str(low.at),
        "min_included": None if low is None else low.included,
        "max": None if high is None else str(high.at),
        "max_included": None if high is None else high.included,
    }


def _fine(fines: Any, subject: Subject) -> list[int | float | None]:
    fine: Fine = fines[subject]
    return [plain_number(fine.low), plain_number(fine.high)]


def _law(law: Law) -> dict[str, Any]:
    return {
        "id": law.id,
        "title": law.title,
        "valid_from": _date(law.valid_from),
        "valid_to": _date(law.valid_to),
        "verified": law.verified.value,
    }


def _statute(statute: Statute) -> dict[str, Any]:
    return {
        "source": str(statute.source),
        "fine_max": plain_number(statute.fine_max),
        "aggravated_min": plain_number(statute.aggravated_min),
        "aggravated_max": plain_number(statute.aggravated_max),
        "consequence": statute.consequence,
    }


def _date(day: Any) -> str | None:
    return None if day is None else day.isoformat()
