"""The workbook of exactly the people a list shows, numbers masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.audit.service import record
from tracker.core.sheets.writing import Cell, Sheet, workbook
from tracker.core.staff.columns import COLUMNS, FULL_TIME, PART_TIME, TEXT_COLUMNS, WIDTHS
from tracker.core.staff.learning import parts
from tracker.core.staff.listing import Filters, Line, every
from tracker.core.staff.models import (
    DUTY_LABELS,
    RANK_LABELS,
    Duty,
    Holding,
    Person,
    Qualification,
    Rank,
)

SHEET = "统计人员"


def people_workbook(
    session: Session,
    actor: Actor,
    filters: Filters,
    on: date,
    *,
    now: datetime,
    request_id: str | None = None,
) -> bytes:
    """An xlsx with one row for each post on the day of each person in the list; audited.

    Who holds no post has one row too. NotVisible for who reads nobody.
    """
    found = list(every(session, actor, filters, on))
    names = _successors(session, found)
    certificates = _certificates(session, found)
    rows = [row for line in found for row in _rows(line, names, certificates.get(line.person.id))]
    record(
        session,
        tag="staff.export",
        at=now,
        actor_id=actor.user_id,
        object="staff",
        request_id=request_id,
        details={"people": len(found), "rows": len(rows)},
    )
    return workbook([Sheet(SHEET, list(COLUMNS), rows, widths=WIDTHS, text_columns=TEXT_COLUMNS)])


def _successors(session: Session, lines: list[Line]) -> dict[int, str]:
    wanted = {h.successor_id for line in lines for h in line.holdings if h.successor_id}
    found: dict[int, str] = {}
    for some in parts(wanted):
        rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(some)))
        found.update((person_id, name) for person_id, name in rows)
    return found


def _certificates(session: Session, lines: list[Line]) -> dict[int, Qualification]:
    """The latest certificate of each person who has one."""
    found: dict[int, Qualification] = {}
    for some in parts([line.person.id for line in lines]):
        rows = session.scalars(
            select(Qualification)
            .where(Qualification.person_id.in_(some))
            .order_by(Qualification.obtained_on, Qualification.id)
        )
        found.update((row.person_id, row) for row in rows)
    return found


def _rows(
    line: Line, names: Mapping[int, str], certificate: Qualification | None
) -> Iterator[list[Cell]]:
    person = line.person
    posts: list[tuple[Holding | None, str]] = [*zip(line.holdings, line.orgs, strict=True)]
    for holding, org in posts or [(None, "")]:
        code = person.region_code if holding is None else holding.region_code
        successor = None if holding is None else holding.successor_id
        yield [
            person.name,
            person.number_mask,
            code,
            line.place if code == person.region_code else "",
            org,
            *_post(holding),
            person.education,
            RANK_LABELS[Rank(person.rank)],
            person.phone,
            line.inducted_on,
            line.hours,
            certificate.name if certificate is not None else "",
            certificate.number if certificate is not None else "",
            certificate.obtained_on if certificate is not None else None,
            names.get(successor, "") if successor is not None else "",
        ]


def _post(holding: Holding | None) -> list[Cell]:
    if holding is None:
        return ["", "", "", "", None, None]
    return [
        DUTY_LABELS[Duty(holding.duty)],
        holding.title,
        FULL_TIME if holding.full_time else PART_TIME,
        holding.on_payroll,
        holding.since,
        holding.until,
    ]
