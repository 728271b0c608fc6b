"""The lists of a run: one line a case, what may be said of it, pages, and the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import bulk
from tracker.core.cases.bulk_steps import Look
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import visible
from tracker.core.cases.workplace import BulkRow, BulkRun
from tracker.core.errors import Refusal
from tracker.core.sheets.writing import Sheet
from tracker.web.errors import tell

PAGE = 100
_MOST_REASONS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a list of a run: `case` is None when it is not there for the reader any more."""

    seq: int
    case: Case | None
    state: str
    result: str
    refusals: tuple[Refusal, ...]


def looked(actor: Actor, look: Look) -> Line:
    """A case before the step is taken."""
    result = "waiting" if look.allowed else "refused"
    return Line(look.seq, look.case, _state_words(actor, look.case), result, look.refusals)


def lines_of(
    session: Session, actor: Actor, run: BulkRun, result: str = "", number: int = 0
) -> list[Line]:
    """The rows of a run with what may be seen of their cases; one page, given its number."""
    query = (
        select(BulkRow, Case)
        .outerjoin(Case, and_(Case.id == BulkRow.case_id, visible(actor)))
        .where(BulkRow.run_id == run.id)
        .order_by(BulkRow.seq)
    )
    if result:
        query = query.where(BulkRow.result == result)
    if number:
        query = query.limit(PAGE).offset((number - 1) * PAGE)
    return [
        Line(row.seq, case, _state_words(actor, case), row.result, bulk.refusals_of(row))
        for row, case in session.execute(query)
    ]


def _state_words(actor: Actor, case: Case | None) -> str:
    """Where a case stands, as far as the reader's side may know it."""
    if case is None:
        return ""
    state = flows.get(case.kind).state(case.state)
    return tell(state.outside if state.outside and outside(actor, case) else state.label)


def reasons_of(all_refusals: Sequence[tuple[Refusal, ...]]) -> list[tuple[str, int]]:
    """The first reason of each case, and how many cases have it; they add up to all cases."""
    counted = Counter(tell(refusals[0].why) for refusals in all_refusals if refusals)
    found = counted.most_common(_MOST_REASONS)
    if rest := counted.total() - sum(n for _text, n in found):
        found.append((gettext("其他原因，见下表"), rest))
    return found


def pages_of(rows: int) -> int:
    """How many pages some rows fill; one when there is none."""
    return max(1, -(-rows // PAGE))


def page_number(rows: int) -> int:
    """The page the address asks for, as far as there is one."""
    asked_for = request.args.get("page", 1, type=int)
    return min(max(1, asked_for), pages_of(rows))


def sheet_of(lines: Sequence[Line], words: Mapping[str, str]) -> Sheet:
    """All lines as a sheet; `words` name the results."""
    return Sheet(
        name=gettext("批量办理"),
        heads=[
            gettext("序号"), gettext("编号"), gettext("事项"), gettext("现在的状态"),
            gettext("结果"), gettext("原因"), gettext("可以办的人"), gettext("怎么办"),
        ],
        rows=[_cells(line, words) for line in lines],
        widths=(8, 24, 44, 14, 12, 60, 24, 30),
    )  # fmt: skip


def _cells(line: Line, words: Mapping[str, str]) -> list[Any]:
    def joined(parts: Sequence[Any]) -> str:
        return "；".join(tell(part) for part in parts if part)

    case, said = line.case, line.refusals
    return [
        line.seq,
        (case.number or "") if case else "",
        case.title if case else gettext("不在您的查看范围内"),
        line.state,
        words[line.result],
        joined([r.why for r in said]),
        joined([r.who for r in said]),
        joined([r.instead for r in said]),
    ]
