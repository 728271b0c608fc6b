"""The board of staffing norms: who is short, by how much, since when, and what would end it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.db import db
from tracker.core.norms.board import Cure, Standing, board, cures, org_subject, standing
from tracker.core.norms.model import PLACE_KIND_LABELS, PlaceKind
from tracker.core.registers.places import contains, place_name
from tracker.core.sheets.writing import Sheet, workbook
from tracker.core.staff.scope import READING_ROLES
from tracker.web.access import current_actor, needs
from tracker.web.errors import tell
from tracker.web.print_parts import part_of
from tracker.web.shell import full_day, today
from tracker.web.staff_places import Reach, asked_region, below, reach_of, shortener
from tracker.web.staff_sheets import sheet_answer

bp = Blueprint("norms", __name__, url_prefix="/norms")
PAGE = 50
_COUNTY = "000000"
_ORDER = {kind: n for n, kind in enumerate(PlaceKind)}
# Where a filing that ends a gap is begun: a workflow offers the address, or None to whom it is not.
Remedy = Callable[[Actor, Standing, Cure], str | None]
_remedies: list[Remedy] = []


def offer_remedy(remedy: Remedy) -> Remedy:
    """Let the board lead to where a workflow begins what ends a gap; usable as a decorator."""
    if remedy not in _remedies:
        _remedies.append(remedy)
    return remedy


@dataclass(frozen=True, slots=True)
class Row:
    """One place on the board, with what would end its gap and where that is begun."""

    standing: Standing
    cures: Sequence[tuple[Cure, str | None]]


@dataclass(frozen=True, slots=True)
class County:
    """The sum of one of the next lower places."""

    code: str
    name: str
    places: int
    lacking: int
    short: int


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for, and what was found."""

    region: str
    name: str
    kind: str
    every: bool
    asked: Sequence[Standing]
    shown: Sequence[Standing]

    @property
    def lacking(self) -> int:
        """How many places are short."""
        return sum(not s.met for s in self.asked)

    @property
    def short(self) -> int:
        """How many people are missing in all."""
        return sum(s.short for s in self.asked)

    @property
    def uncounted(self) -> int:
        """Places whose norm asks for a unit count that nobody has entered."""
        return sum(s.uncounted for s in self.asked)

    @property
    def synthetic(self) -> bool:
        """Whether any unit count here was made up."""
        return any(s.synthetic for s in self.asked)

    @property
    def address(self) -> dict[str, str]:
        """The same again as an address."""
        given = {"region": self.region, "kind": self.kind, "view": "all" if self.every else ""}
        return {name: value for name, value in given.items() if value}


@bp.get("/")
@needs(*READING_ROLES)
def show_board() -> ResponseReturnValue:
    """The places of a region, those that are short first; what narrows it stands in the address."""
    session, actor = db.session(), current_actor()
    reach = reach_of(actor)
    view = _view(session, reach)
    kinds = Counter(s.kind for s in view.asked if view.every or not s.met)
    page = request.args.get("page", 1, type=int)
    pages = max(1, -(-len(view.shown) // PAGE))
    page = min(max(page, 1), pages)
    regions = below(session, reach)
    return render_template(
        "norms/board.html",
        view=view,
        rows=_rows(actor, view.shown[(page - 1) * PAGE : page * PAGE]),
        page=page,
        pages=pages,
        kinds=[(k, PLACE_KIND_LABELS[k], kinds[k]) for k in PlaceKind if k in kinds],
        regions=regions,
        counties=_counties(view, regions),
        labels=PLACE_KIND_LABELS,
        local=shortener(view.name),
    )


@bp.get("/print")
@needs(*READING_ROLES)
def print_board() -> ResponseReturnValue:
    """All rows of what was asked for, on paper."""
    view = _view(db.session(), reach_of(current_actor()))
    part = part_of(view.shown)
    return render_template(
        "norms/print.html",
        view=view,
        part=part,
        rows=_rows(current_actor(), part.rows),
        labels=PLACE_KIND_LABELS,
        local=shortener(view.name),
    )


@bp.get("/export")
@needs(*READING_ROLES)
def export_board() -> Response:
    """All rows of what was asked for, as a workbook."""
    view = _view(db.session(), reach_of(current_actor()))
    heads = [
        gettext("区划代码"), gettext("单位"), gettext("类别"), gettext("单位数"), gettext("应配"),
        gettext("在岗"), gettext("缺"), gettext("从何时起"), gettext("标准"), gettext("依据"),
        gettext("怎样补齐"),
    ]  # fmt: skip
    sheet = Sheet(
        name=gettext("配备标准"),
        heads=heads,
        rows=[_cells(row) for row in _rows(current_actor(), view.shown)],
        widths=[15, 28, 12, 10, 8, 8, 8, 14, 40, 40, 50],
        text_columns={0},
    )
    return sheet_answer(workbook([sheet]), gettext("配备标准 %(place)s", place=view.name))


def _cells(row: Row) -> list[Any]:
    one = row.standing
    count: int | str | None = one.unit_count
    if one.synthetic:
        count = gettext("%(n)s（虚构）", n=one.unit_count)
    return [
        one.region_code,
        one.name,
        tell(PLACE_KIND_LABELS[one.kind]),
        count,
        one.required,
        one.present,
        one.short,
        full_day(one.since) if one.since else "",
        tell(one.rule.title),
        tell(one.rule.source.words),
        "；".join(tell(cure.words) for cure, _ in row.cures),
    ]


def _view(session: Session, reach: Reach) -> View:
    region = asked_region(reach)
    found = _standings(session, reach, region)
    kind = request.args.get("kind", "")
    kind = kind if kind in set(PlaceKind) else ""
    every = request.args.get("view") == "all"
    shown = [s for s in found if (every or not s.met) and kind in ("", s.kind)]
    shown.sort(key=lambda s: (s.met, _ORDER[s.kind], s.since or today(), s.region_code))
    where = region or reach.home
    return View(region, place_name(session, where) if where else "", kind, every, found, shown)


def _standings(session: Session, reach: Reach, region: str) -> list[Standing]:
    day = today()
    if region or reach.home:
        return board(session, region or reach.home, day)
    own = (standing(session, org_subject(org_id), day) for org_id in reach.departments)
    return [s for s in own if s is not None]


def _rows(actor: Actor, found: Sequence[Standing]) -> list[Row]:
    return [Row(s, [(cure, _remedy(actor, s, cure)) for cure in cures(s)]) for s in found]


def _remedy(actor: Actor, one: Standing, cure: Cure) -> str | None:
    return next((url for r in _remedies if (url := r(actor, one, cure)) is not None), None)


def _counties(view: View, regions: Sequence[tuple[str, str]]) -> list[County]:
    """The places next below a wide region side by side; not the townships of a county."""
    if view.region or any(code[6:] != _COUNTY for code, _ in regions):
        return []
    found = []
    for code, name in regions:
        here = [s for s in view.asked if contains(code, s.region_code)]
        lacking = sum(not s.met for s in here)
        if here:
            found.append(County(code, name, len(here), lacking, sum(s.short for s in here)))
    return found if len(found) > 1 else []
