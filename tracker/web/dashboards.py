"""Pages of figures: each number opens the work list with the question it was counted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.asking import Question
from tracker.core.cases.flow import flows
from tracker.core.cases.reads import works_inside
from tracker.core.db import db
from tracker.core.errors import N_, NotVisible
from tracker.core.numbers.counting import Scope
from tracker.core.numbers.explore import DIMENSIONS, MEASURES, explore
from tracker.core.numbers.figures import Block, Board, Row
from tracker.core.numbers.offered import offers
from tracker.core.numbers.overview import overview
from tracker.core.numbers.period import choices, read_period
from tracker.core.numbers.places import home_of, places, places_below
from tracker.core.numbers.timing import hands, timing
from tracker.core.registers.places import contains, place_name, prefix
from tracker.core.sheets.writing import workbook
from tracker.web.access import current_actor, needs
from tracker.web.board_drawing import drawing_of
from tracker.web.board_sheets import sheets_of
from tracker.web.errors import tell
from tracker.web.list_sheets import note_taken
from tracker.web.people_figures import people_board
from tracker.web.shell import today
from tracker.web.staff_sheets import sheet_answer

bp = Blueprint("dashboards", __name__, url_prefix="/dashboards")
LEADERS = (Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER)
READERS = (*LEADERS, Role.DEPT_APPROVER)
_DIGITS = 12
_FIRST_ROWS = 25


@dataclass(frozen=True, slots=True)
class Page:
    """A page of figures: how an address names it, its title, who opens it, what fills it."""

    name: str
    title: str
    roles: tuple[Role, ...]
    fill: Callable[[Scope], Board]
    place: bool = True

    def url(self, **args: Any) -> str:
        """Its address."""
        if self.name == _FIRST:
            return url_for("dashboards.show_overview", **args)
        return url_for("dashboards.show_page", name=self.name, **args)

    def open_to(self, actor: Actor) -> bool:
        """Whether somebody may open it."""
        return any(actor.has(role) for role in self.roles)


_FIRST, _EXPLORE = "overview", "explore"


def _explored(scope: Scope) -> Board:
    return Board(blocks=[_explore_block(scope)])


def pages() -> list[Page]:
    """All pages, in the order of their tabs."""
    return [
        Page(_FIRST, N_("概览"), READERS, overview),
        Page("places", N_("地区"), LEADERS, places),
        Page("time", N_("用时"), LEADERS, timing),
        Page("hands", N_("在谁手里"), LEADERS, hands),
        *(Page(o.name, o.title, LEADERS, o.fill) for o in offers.all()),
        Page("people", N_("人员培训"), (Role.SUPERVISOR, Role.HEAD), people_board),
        Page(_EXPLORE, N_("交互分析"), LEADERS, _explored),
    ]


@bp.get("/")
@needs(*READERS)
def show_overview() -> ResponseReturnValue:
    """What is open, late and coming, by kind and house, with the trend of twelve months."""
    return _show(_page(_FIRST))


@bp.get("/<name>")
@needs(*READERS)
def show_page(name: str) -> ResponseReturnValue:
    """One of the other pages."""
    return _show(_page(name))


@bp.get("/<name>/export")
@needs(*READERS)
def export_page(name: str) -> Response:
    """All tables of a page as a workbook, one sheet each, the figures as on the page."""
    page, scope = _page(name), _scope()
    title = gettext(
        "%(page)s %(place)s %(period)s",
        page=tell(page.title),
        place=_place(scope),
        period=tell(scope.period.name),
    )
    board = page.fill(scope)
    note_taken(sum(len(block.rows) for block in board.blocks))
    return sheet_answer(workbook(sheets_of(board)), title)


@bp.get("/explore/data")
@needs(*LEADERS)
def explore_data() -> Response:
    """The figures of the page to look around on, for its drawing."""
    block = _explore_block(_scope())
    columns = list(block.drawn)
    return jsonify(
        title=tell(block.title),
        labels=[tell(row.label) for row in block.rows],
        series=[
            {
                "name": tell(block.columns[n].label),
                "values": [row.figures[n].value for row in block.rows],
                "urls": [_list_url(row.figures[n].ask) for row in block.rows],
            }
            for n in columns
        ],
    )


# ---------------------------------------------------------------- what an address asks


def _page(name: str) -> Page:
    found = next((page for page in pages() if page.name == name), None)
    if found is None or not found.open_to(current_actor()):
        raise NotVisible(f"figures {name}")
    return found


def _scope() -> Scope:
    actor = current_actor()
    kind = request.args.get("kind", "")
    known = {flow.kind for flow in flows.all()}
    base = Question(
        region=_region(actor),
        kinds=(kind,) if kind in known else (),
    )
    return Scope(db.session(), actor, today(), base, read_period(request.args, today()))


def _region(actor: Actor) -> str:
    """The place asked for, when it lies below the reader's own; else empty, which is everything."""
    asked = request.args.get("region", "")
    whole = asked.isascii() and asked.isdigit() and len(asked) == _DIGITS
    home = home_of(actor)
    inside = whole and works_inside(actor) and contains(home, asked)
    return asked if inside and prefix(asked) != prefix(home) else ""


def _explore_block(scope: Scope) -> Block:
    asked = request.args
    by, beside = asked.get("by", ""), asked.get("beside", "")
    measure = asked.get("of", "")
    return explore(
        scope,
        measure if measure in MEASURES else "open",
        by if by in DIMENSIONS else "kind",
        beside if beside in DIMENSIONS else "",
    )


def _address(scope: Scope, **more: str) -> dict[str, str]:
    found = {**scope.period.args, "region": scope.base.region, **more}
    if scope.period.key == str(scope.today.year):
        del found["p"]
    return {name: value for name, value in found.items() if value}


def _place(scope: Scope) -> str:
    if not works_inside(scope.actor):
        return next((p.org_name for p in scope.actor.powers), "")
    return place_name(scope.session, scope.base.region or home_of(scope.actor))


def _list_url(ask: Question | None) -> str:
    return url_for("work.list_work", **ask.args()) if ask is not None else ""


# ---------------------------------------------------------------- the page


def _show(page: Page) -> str:
    scope = _scope()
    board = page.fill(scope)
    extra = _explore_args() if page.name == _EXPLORE else {}
    return render_template(
        "dashboards/explore.html" if page.name == _EXPLORE else "dashboards/show.html",
        page=page,
        board=board,
        scope=scope,
        place=_place(scope),
        places=_places(scope),
        periods=choices(scope.today),
        address=lambda **more: _address(scope, **{**extra, **more}),
        list_url=_list_url,
        dimensions=DIMENSIONS,
        measures=MEASURES,
        kinds=flows.all(),
        chosen=extra,
        shown_rows=_shown_rows,
        drawing=lambda block: drawing_of(block, _list_url),
    )


def _shown_rows(block: Block) -> Sequence[Row]:
    """The rows a screen shows: of a long table the first, until it is asked for all."""
    every = not block.long or request.args.get("all") == "1"
    return block.rows if every else block.rows[:_FIRST_ROWS]


def _explore_args() -> dict[str, str]:
    asked = request.args
    return {
        "of": asked.get("of", "") if asked.get("of") in MEASURES else "open",
        "by": asked.get("by", "") if asked.get("by") in DIMENSIONS else "kind",
        "beside": asked.get("beside", "") if asked.get("beside") in DIMENSIONS else "",
        "kind": asked.get("kind", "") if asked.get("kind") in {f.kind for f in flows.all()} else "",
    }


def _places(scope: Scope) -> list[tuple[str, str]]:
    """The places a page can be narrowed to; of a place that is open already, those beside it."""
    if not works_inside(scope.actor):
        return []
    return list(places_below(scope, home_of(scope.actor)))


def page_tabs() -> list[tuple[str, str, bool]]:
    """Address and title of the pages that the reader may open, and whether it is this one."""
    here = request.blueprint == bp.name
    name = (request.view_args or {}).get("name", _FIRST)
    return [
        (page.url(), tell(page.title), here and page.name == name)
        for page in pages()
        if page.open_to(current_actor())
    ]
