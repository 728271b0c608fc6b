"""The register of statisticians: finding somebody, and the same list as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import N_
from tracker.core.registers.places import place_name
from tracker.core.staff.export import people_workbook
from tracker.core.staff.listing import COUNT_CAP, NO, YES, Filters, search
from tracker.core.staff.models import DUTY_LABELS, RANK_LABELS, Rank
from tracker.core.staff.scope import READING_ROLES, WRITING_ROLES, ranges
from tracker.web.access import current_actor, needs, request_id
from tracker.web.errors import tell
from tracker.web.shell import today
from tracker.web.staff_places import asked_region, below, reach_of, shortener
from tracker.web.staff_sheets import sheet_answer

bp = Blueprint("staff", __name__, url_prefix="/staff")
_LONGEST_SEARCH = 60
STATE_LABELS = {
    "in_post": N_("在岗"),
    "unconfirmed": N_("待确认上岗"),
    "on_leave": N_("长期离岗"),
    "none": N_("没有岗位"),
}
# Filters with a few answers: what the select is called, and what it offers.
CHOICES: dict[str, tuple[str, dict[str, str]]] = {
    "duty": (N_("岗位"), {k.value: v for k, v in DUTY_LABELS.items()}),
    "state": (N_("在岗情况"), STATE_LABELS),
    "full_time": (N_("专职或兼职"), {YES: N_("专职"), NO: N_("兼职")}),
    "on_payroll": (N_("编制"), {YES: N_("在编"), NO: N_("不在编")}),
    "inducted": (N_("岗前培训"), {YES: N_("有岗前培训"), NO: N_("没有岗前培训")}),
    "hours": (N_("今年学时"), {"short": N_("学时不足"), "met": N_("学时已满")}),
    "rank": (N_("统计职称"), {k.value: v for k, v in RANK_LABELS.items() if k is not Rank.NONE}),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One select of the filters."""

    name: str
    label: str
    options: Iterable[tuple[str, str]]
    chosen: str


@bp.get("/")
@needs(*READING_ROLES)
def list_people() -> ResponseReturnValue:
    """People of the reader's places; what narrows the list stands in the address."""
    session, actor = db.session(), current_actor()
    filters, reach = _filters(), reach_of(actor)
    found = search(session, actor, filters, today(), request.args.get("after", ""))
    return render_template(
        "staff/list.html",
        found=found,
        most=COUNT_CAP if found.total > COUNT_CAP else None,
        filters=filters,
        address=_address(filters),
        regions=below(session, reach),
        choices=[
            Choice(
                name, tell(label), [(v, tell(t)) for v, t in options.items()], asdict(filters)[name]
            )
            for name, (label, options) in CHOICES.items()
        ],
        duties=DUTY_LABELS,
        local=shortener(place_name(session, reach.home) if reach.home else ""),
        may_write=bool(ranges(actor, WRITING_ROLES)),
    )


@bp.get("/export")
@needs(*READING_ROLES)
def export_people() -> Response:
    """Exactly the people the list shows with these filters, on all its pages."""
    with transaction() as session:
        actor = current_actor(session)
        data = people_workbook(
            session, actor, _filters(), today(), now=utc_now(), request_id=request_id()
        )
    return sheet_answer(data, gettext("统计人员 %(day)s", day=today().isoformat()))


def _filters() -> Filters:
    """What the address asks for; what it may not ask for narrows nothing."""
    chosen = {
        name: value
        for name, (_, options) in CHOICES.items()
        if (value := request.args.get(name, "")) in options
    }
    text = request.args.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    return Filters(text=text, region=asked_region(reach_of(current_actor())), **chosen)


def _address(filters: Filters) -> dict[str, str]:
    """The same filters as an address."""
    given = asdict(filters)
    given["q"] = given.pop("text")
    return {name: value for name, value in given.items() if value}


# The other pages of the register add themselves to this blueprint.
from tracker.web import staff_counts, staff_edit, staff_import, staff_person  # noqa: E402, F401
