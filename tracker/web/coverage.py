"""The training matrix: who should have had a training, who had it, who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.db import db
from tracker.core.errors import N_
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import place_name
from tracker.core.sheets.writing import Sheet, workbook
from tracker.core.staff.coverage import Coverage, Row, coverage
from tracker.core.staff.models import TRAINING_LABELS, TrainingKind
from tracker.core.staff.scope import READING_ROLES
from tracker.web.access import current_actor, needs
from tracker.web.errors import tell
from tracker.web.print_parts import part_of
from tracker.web.shell import today
from tracker.web.staff_places import Reach, asked_region, below, reach_of, shortener
from tracker.web.staff_sheets import sheet_answer

bp = Blueprint("coverage", __name__, url_prefix="/coverage")
PAGE = 50
# The names of those who lack a training that one page shows, and the rows of a printed page.
LISTED = 200
PRINTED = 220
# Nobody has to have had some other training.
KINDS = tuple(kind for kind in TrainingKind if kind is not TrainingKind.OTHER)
HOURS = "hours"
# What stands above a column; the full names stand in the files.
HEADS: dict[str, str] = {
    TrainingKind.INDUCTION: N_("岗前"),
    TrainingKind.SKILLS: N_("业务"),
    TrainingKind.LAW: N_("法规道德"),
    TrainingKind.SECRECY: N_("保密"),
    TrainingKind.WARNING: N_("警示"),
    TrainingKind.GENERAL: N_("年度综合"),
    HOURS: N_("学时"),
}
NAMES: dict[str, str] = {**{k.value: TRAINING_LABELS[k] for k in KINDS}, HOURS: N_("继续教育学时")}


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who lacks the chosen training, or hours of it."""

    person_id: int
    name: str
    where: str
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for, and what was found."""

    region: str
    name: str
    year: int
    kind: str
    subject: str
    lacking: bool
    found: Coverage
    rows: Sequence[Row]

    @property
    def missing(self) -> list[Missing]:
        """Who lacks the chosen kind, at the chosen subject or anywhere here."""
        if not self.kind:
            return []
        rows = [r for r in self.found.rows if self.subject in ("", r.subject)]
        return [one for row in rows for one in _missing(row, self.kind)]

    @property
    def least(self) -> int | None:
        """How many hours a year asks; None where no rule says."""
        quota = self.found.rule.quota
        return quota.least if quota is not None else None

    def address(self, **other: str | None) -> dict[str, Any]:
        """The same again as an address, with something else in it."""
        given: dict[str, str | None] = {
            "region": self.region,
            "year": str(self.year) if self.year != today().year else "",
            "view": "short" if self.lacking else "",
            "kind": self.kind,
            "subject": self.subject,
        }
        return {name: value for name, value in (given | other).items() if value}


@bp.get("/")
@needs(*READING_ROLES)
def show_coverage() -> ResponseReturnValue:
    """The matrix of a region for a year; what narrows it stands in the address."""
    session, actor = db.session(), current_actor()
    reach = reach_of(actor)
    view = _view(session, actor, reach)
    pages = max(1, -(-len(view.rows) // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "coverage/matrix.html",
        view=view,
        rows=view.rows[(page - 1) * PAGE : page * PAGE],
        page=page,
        pages=pages,
        regions=below(session, reach),
        years=(today().year, today().year - 1),
        kinds=KINDS,
        heads=HEADS,
        names=NAMES,
        local=shortener(view.name),
        listed=view.missing[:LISTED],
        chosen=next((r.name for r in view.found.rows if r.subject == view.subject), ""),
    )


@bp.get("/print")
@needs(*READING_ROLES)
def print_coverage() -> ResponseReturnValue:
    """The whole matrix on paper, then who is missing where a kind is chosen."""
    actor = current_actor()
    view = _view(db.session(), actor, reach_of(actor))
    part = part_of([*view.rows, *view.missing], PRINTED)
    return render_template(
        "coverage/print.html",
        view=view,
        part=part,
        rows=[one for one in part.rows if isinstance(one, Row)],
        missing=[one for one in part.rows if isinstance(one, Missing)],
        kinds=KINDS,
        heads=HEADS,
        names=NAMES,
        local=shortener(view.name),
    )


@bp.get("/export")
@needs(*READING_ROLES)
def export_coverage() -> Response:
    """The matrix and everybody who lacks something, as a workbook."""
    actor = current_actor()
    view = _view(db.session(), actor, reach_of(actor))
    matrix = Sheet(
        name=gettext("培训覆盖"),
        heads=[
            gettext("单位"),
            gettext("人数"),
            *(tell(NAMES[kind]) for kind in KINDS),
            gettext("学时不足"),
        ],
        rows=[
            [row.name, row.people, *(row.cells[k].had for k in KINDS), len(row.short)]
            for row in view.rows
        ],
        widths=[32, 8, *(14 for _ in KINDS), 10],
    )
    people = Sheet(
        name=gettext("缺训名单"),
        heads=[gettext("单位"), gettext("姓名"), gettext("缺的培训"), gettext("还差学时")],
        rows=[cells for row in view.rows for cells in _lacking(row)],
        widths=[32, 12, 60, 10],
    )
    name = gettext("培训覆盖 %(place)s %(year)s 年", place=view.name, year=view.year)
    return sheet_answer(workbook([matrix, people]), name)


def _lacking(row: Row) -> list[list[Any]]:
    names: dict[int, str] = {}
    kinds: dict[int, list[str]] = {}
    for kind in KINDS:
        for who in row.cells[kind].missing:
            names[who.person_id] = who.name
            kinds.setdefault(who.person_id, []).append(tell(NAMES[kind]))
    hours = {one.person_id: one.missing for one in row.short}
    names |= {one.person_id: one.name for one in row.short}
    return [
        [row.name, name, "、".join(kinds.get(pid, ())), hours.get(pid)]
        for pid, name in names.items()
    ]


def _view(session: Session, actor: Actor, reach: Reach) -> View:
    region = asked_region(reach)
    where = region or reach.home or _department_place(session, reach)
    year = request.args.get("year", type=int)
    year = today().year - 1 if year == today().year - 1 else today().year
    found = coverage(session, where, today(), year=year, actor=actor)
    kind = request.args.get("kind", "")
    lacking = request.args.get("view") == "short"
    rows = [r for r in found.rows if not lacking or _lacks(r)]
    subject = request.args.get("subject", "")
    known = subject in {r.subject for r in found.rows}
    return View(
        region=region,
        name=place_name(session, where) if where else "",
        year=year,
        kind=kind if kind in NAMES else "",
        subject=subject if known else "",
        lacking=lacking,
        found=found,
        rows=rows,
    )


def _department_place(session: Session, reach: Reach) -> str:
    """Where the departments of a reader are who reads of no place as a whole."""
    query = select(Organisation.region_code).where(Organisation.id.in_(reach.departments))
    return session.scalars(query.order_by(Organisation.region_code)).first() or ""


def _lacks(row: Row) -> bool:
    return bool(row.short) or any(row.cells[kind].missing for kind in KINDS)


def _missing(row: Row, kind: str) -> list[Missing]:
    if kind == HOURS:
        return [Missing(s.person_id, s.name, row.name, s.missing) for s in row.short]
    return [Missing(w.person_id, w.name, row.name) for w in row.cells[kind].missing]
