"""Reports of a period: chosen, read with the numbers of the lists, printed, and given as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.cases.flow import flows
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.documents.word import MEDIA_TYPE
from tracker.core.files.names import download_headers
from tracker.core.numbers.figures import Figure
from tracker.core.reports.catalogue import REPORTS, Kind, build, kind_of, offered, order_of, periods
from tracker.core.reports.duties import default_duties
from tracker.core.reports.model import CaseRef, Cell, Report, Section
from tracker.core.reports.paper import in_chinese, summary, to_word, to_workbook, words_of
from tracker.core.rulebook.model import VERIFIED_LABELS
from tracker.web.access import current_actor, needs, request_id
from tracker.web.errors import tell
from tracker.web.shell import CASE_PAGE, full_day, today
from tracker.web.staff_sheets import sheet_answer

bp = Blueprint("reports", __name__, url_prefix="/reports")
MAKERS = tuple({role: None for kind in REPORTS.values() for role in kind.roles})
# Rows of a table on a page and on a printed page; files hold all of them.
PAGE_ROWS, PRINT_ROWS = 40, 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as text, the page that shows what it says, and whether it stays on one line."""

    text: str
    url: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A section laid out: rows of cells, how many are left out, the last row."""

    section: Section
    rows: Sequence[Sequence[Shown]]
    total: Sequence[Shown]
    left_out: int


@bp.get("/")
@needs(*MAKERS)
def list_reports() -> ResponseReturnValue:
    """The reports the reader makes: what each tells, for which periods, and who asks for it."""
    session, actor, day = db.session(), current_actor(), today()
    rows = []
    for kind in offered(actor):
        scopes = kind.scopes(session, actor)
        if scopes:
            asked = default_duties().of(kind.name, scopes[0].region)
            rows.append((kind, scopes[0], periods(kind, day), asked))
    return render_template("reports/list.html", rows=rows)


@bp.get("/<name>")
@needs(*MAKERS)
def show_report(name: str) -> ResponseReturnValue:
    """A report with its numbers, each of which opens its list."""
    session, actor, day = db.session(), current_actor(), today()
    kind, report = _asked(session, name)
    scopes, spans = kind.scopes(session, actor), periods(kind, day)
    order = order_of(session, actor, kind, day, **_words())
    return render_template(
        "reports/show.html",
        kind=kind,
        kinds=offered(actor),
        report=report,
        tables=list(_tables(report, PAGE_ROWS)),
        scopes=scopes,
        spans=spans,
        verifieds=VERIFIED_LABELS,
        order=order,
        address=_address(name=name, period=order.period.key, scope=order.scope.key),
    )


@bp.get("/<name>/print")
@needs(*MAKERS)
def print_report(name: str) -> ResponseReturnValue:
    """The report on paper."""
    kind, report = _asked(db.session(), name)
    return render_template(
        "reports/print.html",
        kind=kind,
        report=report,
        about=summary(report, tell),
        tables=list(_tables(report, PRINT_ROWS)),
        back=url_for(".show_report", **_chosen(name)),
    )


@bp.get("/<name>/export")
@needs(*MAKERS)
def export_report(name: str) -> Response:
    """The report as a workbook with all its rows; that it was taken is audited."""
    _kind, report = _asked(db.session(), name)
    data = to_workbook(report, tell)
    _note(report, "xlsx")
    return sheet_answer(data, tell(report.title))


@bp.get("/<name>/word")
@needs(*MAKERS)
def word_report(name: str) -> Response:
    """The report as a Word file, to be completed by hand; that it was taken is audited."""
    _kind, report = _asked(db.session(), name)
    data = to_word(report, now=utc_now())
    _note(report, "docx")
    headers = download_headers(f"{in_chinese(report.title)}.docx", MEDIA_TYPE)
    return Response(data, mimetype=MEDIA_TYPE, headers=headers)


# ---------------------------------------------------------------- what is asked for


def _words() -> dict[str, str]:
    return {"period": request.args.get("period", ""), "scope": request.args.get("of", "")}


def _asked(session: Session, name: str) -> tuple[Kind, Report]:
    actor = current_actor()
    return kind_of(actor, name), build(session, actor, name, today(), **_words())


def _chosen(name: str) -> dict[str, Any]:
    return _address(name=name, **_words())


def _address(*, name: str, period: str, scope: str) -> dict[str, Any]:
    """The same report again as an address."""
    given = {"period": period, "of": scope}
    return {"name": name, **{key: value for key, value in given.items() if value}}


def _note(report: Report, form: str) -> None:
    # Written in a moment of its own: nobody waits while a long file is made.
    with transaction() as session:
        record(
            session,
            tag="report.export",
            at=utc_now(),
            actor_id=current_actor(session).user_id,
            object=f"report {report.name}",
            request_id=request_id(),
            details={
                "form": form,
                "place": report.place,
                "period": report.period.key or report.period.first.isoformat(),
                "rows": sum(len(section.rows) for section in report.sections),
            },
        )


# ---------------------------------------------------------------- what is shown


def _tables(report: Report, most: int) -> Iterator[Table]:
    for section in report.sections:
        rows = section.rows if len(section.rows) <= most else section.rows[:most]
        yield Table(
            section,
            [[_shown(cell) for cell in row] for row in rows],
            [_shown(cell) for cell in section.total or ()],
            len(section.rows) - len(rows),
        )


def _shown(cell: Cell) -> Shown:
    if isinstance(cell, CaseRef):
        page = CASE_PAGE % flows.get(cell.kind).pages
        return Shown(words_of(cell, tell), url_for(page, case_id=cell.case_id), whole=True)
    if isinstance(cell, Figure):
        # A nought opens nothing: there is no row to look at.
        return Shown(_text(cell), _opened(cell) if cell.value else "")
    return Shown(_text(cell), whole=isinstance(cell, date))


def _text(cell: Cell) -> str:
    value = cell.value if isinstance(cell, Figure) else cell
    if isinstance(value, date):
        return full_day(value)
    return in_chinese(value) if isinstance(value, int | Decimal) else words_of(cell, tell)


def _opened(figure: Figure) -> str:
    if figure.ask is not None:
        return url_for("work.list_work", **figure.ask.args())
    return figure.url
