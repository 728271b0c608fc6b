"""Lists that are no lists of cases as workbooks: what is asked for is what one gets, audited."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import Response, request

from tracker.core.audit.service import record
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.errors import Sentence
from tracker.core.sheets.writing import Cell, Sheet, workbook
from tracker.web.access import current_actor, request_id
from tracker.web.errors import tell
from tracker.web.shell import today
from tracker.web.staff_sheets import sheet_answer

# No list gives away more rows at once; a page says so before.
MOST = 20_000
_LONGEST = 60
_MOST_KEYS = 20


def list_sheet(
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell | Sentence]],
    *,
    widths: Sequence[float] = (),
    text_columns: Collection[int] = (),
) -> Response:
    """The rows under their heads, each told in the reader's language; that it was taken is audited.

    What was looked for in words is left out of the audit: it may be somebody's name.
    """
    data = workbook(
        [
            Sheet(
                name=tell(name),
                heads=[tell(head) for head in heads],
                rows=[[_told(cell) for cell in row] for row in rows],
                widths=widths,
                text_columns=text_columns,
            )
        ]
    )
    note_taken(len(rows))
    return sheet_answer(data, f"{tell(name)} {today().isoformat()}")


def note_taken(rows: int) -> None:
    """Write into the audit that so many rows of this page were taken away, and how it was asked."""
    asked = {k: v[:_LONGEST] for k, v in [*request.args.items()][:_MOST_KEYS] if k != "q"}
    asked |= {k: str(v) for k, v in (request.view_args or {}).items()}
    with transaction() as session:
        record(
            session,
            tag="list.export",
            at=utc_now(),
            actor_id=current_actor(session).user_id,
            object=f"list {request.blueprint}",
            request_id=request_id(),
            details={"asked": asked, "rows": rows},
        )


def _told(cell: Cell | Sentence) -> Cell:
    return tell(cell) if isinstance(cell, Sentence) else cell
