"""Lists of cases as workbooks: exactly what is filtered, on all pages, in the chosen columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.audit.service import record
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.channels import channels
from tracker.core.cases.flow import flows
from tracker.core.cases.inside import due_known
from tracker.core.cases.models import Case
from tracker.core.cases.reads import Names, held_since, names_for, outside, shown_label
from tracker.core.clock import office_date
from tracker.core.errors import N_, BadInput, Sentence, say
from tracker.core.sheets.writing import Cell, Sheet, workbook

MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A case as a reader may know it: from outside neither inner states, clocks nor people."""

    case: Case
    names: Names
    outside: bool
    in_hand: bool
    held: int | None

    @property
    def holder(self) -> str:
        """Who has it: a person, or the organisation where that is all one may know."""
        case = self.case
        if case.closed_at is not None:
            return ""
        house = self.names.orgs.get(case.turn_org_id or 0, "")
        return self.names.users.get(case.assignee_id or 0, house) if self.knows_people else house

    @property
    def knows_people(self) -> bool:
        """Whether the reader may know in whose hands it is."""
        return self.in_hand or not self.outside

    @property
    def due(self) -> date | None:
        """The next due date, where the clock is one the reader may know."""
        return self.case.next_due_on if self.knows_people else None

    @property
    def state(self) -> Sentence:
        """The state, in the words for this reader's side."""
        state = flows.get(self.case.kind).state(self.case.state)
        return say(shown_label(state, from_outside=self.outside))

    @property
    def maker(self) -> str:
        """Who registered it; of another house only its name."""
        name = self.names.users.get(self.case.created_by_id, "")
        return name if not self.outside else self.names.orgs.get(self.case.origin_org_id, "")


Value = Callable[[Row], Cell | Sentence]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of the workbook: its head, what stands in it, its width in characters."""

    head: str
    value: Value
    width: float = 14.0
    text: bool = False


def _closed_on(row: Row) -> date | None:
    return office_date(row.case.closed_at) if row.case.closed_at is not None else None


def _provisional(row: Row) -> Sentence | None:
    return say(N_("暂定")) if row.due is not None and row.case.next_due_provisional else None


NUMBER = SheetColumn(N_("编号"), lambda row: row.case.number, 24.0, text=True)
TITLE = SheetColumn(N_("事项"), lambda row: row.case.title, 44.0, text=True)
# What a column of the work list is in a workbook; a due date says beside it whether it may move.
COLUMNS: dict[str, tuple[SheetColumn, ...]] = {
    "kind": (SheetColumn(N_("类别"), lambda row: say(flows.get(row.case.kind).label)),),
    "state": (SheetColumn(N_("状态"), lambda row: row.state),),
    "holder": (SheetColumn(N_("在谁手里"), lambda row: row.holder, text=True),),
    "held": (SheetColumn(N_("在手工作日"), lambda row: row.held, 12.0),),
    "due": (
        SheetColumn(N_("截止日期"), lambda row: row.due, 12.0),
        SheetColumn(N_("日期性质"), _provisional, 10.0),
    ),
    "region": (
        SheetColumn(N_("地区"), lambda row: row.names.places.get(row.case.region_code, "")),
    ),
    "origin": (
        SheetColumn(N_("来自"), lambda row: row.names.orgs.get(row.case.origin_org_id, ""), 20.0),
    ),
    "channel": (SheetColumn(N_("来源"), lambda row: say(channels.of(row.case))),),
    "opened": (SheetColumn(N_("登记日期"), lambda row: row.case.opened_on, 12.0),),
    "closed": (SheetColumn(N_("办结日期"), _closed_on, 12.0),),
    "maker": (SheetColumn(N_("登记人"), lambda row: row.maker, text=True),),
}


def sheet_columns(names: Sequence[str]) -> list[SheetColumn]:
    """Number and title, then the columns of those names."""
    return [NUMBER, TITLE, *(column for name in names for column in COLUMNS[name])]


def rows_of(
    session: Session,
    actor: Actor,
    cases: Sequence[Case],
    names: Names,
    calendar: Calendar,
    today: date,
) -> list[Row]:
    """The cases as the actor may know them; one query at most."""
    own, since = actor.orgs(), held_since(session, actor, cases)
    return [
        Row(
            case,
            names,
            outside(actor, case),
            case.turn_org_id in own,
            None if case.closed_at else calendar.workdays_between(since[case.id], today),
        )
        for case in cases
    ]


def case_workbook(
    session: Session,
    actor: Actor,
    where: ColumnElement[bool],
    columns: Sequence[SheetColumn],
    *,
    name: str,
    speak: Callable[[Sentence | str], str],
    today: date,
    order: Sequence[ColumnElement[Any]] = (),
    model: type[Case] = Case,
) -> tuple[bytes, int]:
    """An xlsx with every case of a condition that holds `visible(actor)`, in the list's order.

    Also the number of its rows. BadInput when there are more than MOST_ROWS.
    """
    by = (*order, due_known(actor), Case.id)
    query = select(model).where(where).order_by(*by).limit(MOST_ROWS + 1)
    cases: list[Case] = list(session.scalars(query))
    if len(cases) > MOST_ROWS:
        raise BadInput(
            "file", say("符合条件的超过 %(most)s 条，请先缩小范围，再导出。", most=MOST_ROWS)
        )
    calendar = calendar_store.load(session)
    rows = rows_of(session, actor, cases, names_for(session, cases), calendar, today)
    sheet = Sheet(
        name,
        [speak(column.head) for column in columns],
        _cells(rows, columns, speak),
        widths=[column.width for column in columns],
        text_columns=[n for n, column in enumerate(columns) if column.text],
    )
    return workbook([sheet]), len(rows)


def note_export(
    session: Session,
    actor: Actor,
    asked: Mapping[str, str],
    rows: int,
    *,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Write into the audit what left the house: the address it answers, and how many rows.

    Searched words stay out of it: they may be a person's name.
    """
    record(
        session,
        tag="case.export",
        at=now,
        actor_id=actor.user_id,
        object="cases",
        request_id=request_id,
        details={"asked": {k: v for k, v in asked.items() if k != "q"}, "rows": rows},
    )


def _cells(
    rows: Sequence[Row], columns: Sequence[SheetColumn], speak: Callable[[Sentence | str], str]
) -> Iterator[list[Cell]]:
    for row in rows:
        values = (column.value(row) for column in columns)
        yield [speak(value) if isinstance(value, Sentence) else value for value in values]
