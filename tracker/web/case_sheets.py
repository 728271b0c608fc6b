"""A list of cases as a workbook: the answer to every "export" of such a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.export import SheetColumn, case_workbook, note_export
from tracker.core.cases.models import Case
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput
from tracker.web.access import current_actor, request_id
from tracker.web.errors import tell
from tracker.web.shell import today
from tracker.web.staff_sheets import sheet_answer


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """What to write: which cases, in which columns and order; `asked` goes into the audit."""

    name: str
    where: ColumnElement[bool]
    columns: Sequence[SheetColumn]
    asked: Mapping[str, str]
    order: Sequence[ColumnElement[Any]] = ()
    model: type[Case] = Case


def sheet_of_cases(ask: Callable[[Session, Actor], CaseSheet], back: str) -> ResponseReturnValue:
    """The workbook, given away once that is written into the audit; too many rows lead back."""
    actor = current_actor()
    try:
        sheet = ask(db.session(), actor)
        data, rows = case_workbook(
            db.session(),
            actor,
            sheet.where,
            sheet.columns,
            name=sheet.name,
            speak=tell,
            today=today(),
            order=sheet.order,
            model=sheet.model,
        )
    except BadInput as error:
        flash(tell(error.message), "refusal")
        return redirect(back)
    # Written in a moment of its own: nobody waits while a long table is made.
    with transaction() as session:
        note_export(session, actor, sheet.asked, rows, now=utc_now(), request_id=request_id())
    return sheet_answer(data, f"{sheet.name} {today().isoformat()}")
