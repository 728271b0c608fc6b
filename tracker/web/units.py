"""The register of respondent units: finding one, its history, writing one down, tables of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectChoice, SelectField, StringField

from tracker.core.accounts.actor import Actor
from tracker.core.calendar.notice import UnreadableNotice, decode
from tracker.core.cases import unitbook, unitcsv
from tracker.core.cases.flow import flows
from tracker.core.cases.respondents import EVENT_LABELS
from tracker.core.cases.unitbook import READING_ROLES, WRITING_ROLES, UnitData
from tracker.core.cases.unithistory import history, open_cases
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import BadInput, NotVisible, say
from tracker.core.registers.models import STRATA, SUBJECT_LABELS, Region, Unit
from tracker.core.registers.places import place_name, place_names
from tracker.core.rulebook.loader import default_rulebook
from tracker.web.access import current_actor, needs, request_id
from tracker.web.acting import guarded
from tracker.web.errors import tell
from tracker.web.once import new_key
from tracker.web.reminders import from_inside
from tracker.web.security import clean_text
from tracker.web.shell import today

bp = Blueprint("units", __name__, url_prefix="/units")
REPEATED_ORDERS = "T31"
_LONGEST_SEARCH = 60
_NO_PLACES = ("市辖区", "县")


class UnitForm(FlaskForm):
    """What the register says of a unit."""

    name = StringField(lazy_gettext("单位名称"))
    uscc = StringField(lazy_gettext("统一社会信用代码"))
    region_code = SelectField(lazy_gettext("所在地区"), validate_choice=False)
    subject_type = SelectField(
        lazy_gettext("主体类型"),
        choices=[SelectChoice(k.value, lazy_gettext(v)) for k, v in SUBJECT_LABELS.items()],
    )
    stratum = SelectField(
        lazy_gettext("行业"),
        choices=[SelectChoice(k, lazy_gettext(v)) for k, v in STRATA.items()],
    )
    above_threshold = BooleanField(lazy_gettext("“四上”单位，联网直报"))
    legal_representative = StringField(lazy_gettext("法定代表人（负责人）"))
    address = StringField(lazy_gettext("详细地址"))
    active = BooleanField(lazy_gettext("在业"), default=True)

    def to_data(self) -> UnitData:
        """The values; text that must not be kept raises BadInput with its field."""
        text = {
            f: clean_text(self[f].data or "", _LONGEST_TEXT, field=f)
            for f in ("name", "uscc", "legal_representative", "address")
        }
        return UnitData(
            name=text["name"],
            uscc=text["uscc"] or None,
            region_code=str(self.region_code.data or ""),
            subject_type=str(self.subject_type.data or ""),
            stratum=str(self.stratum.data or ""),
            above_threshold=bool(self.above_threshold.data),
            legal_representative=text["legal_representative"],
            address=text["address"],
            active=bool(self.active.data),
        )


_LONGEST_TEXT = 300


class TableForm(FlaskForm):
    """A table of units."""

    file = FileField(lazy_gettext("CSV 文件"))


# ---------------------------------------------------------------- finding and reading


@bp.get("/")
@needs(*READING_ROLES)
def list_units() -> ResponseReturnValue:
    """Units of the reader's places; what narrows the list stands in the address."""
    session, actor = db.session(), current_actor()
    text, region = asked()
    found = unitbook.search_units(session, actor, text, region, request.args.get("after", ""))
    return render_template(
        "units/list.html",
        found=found,
        text=text,
        region=region,
        regions=_below(session, actor),
        places=place_names(session, {u.region_code for u in found.rows}),
        open_cases=open_cases(session, from_inside(actor), [u.id for u in found.rows]),
        subjects=SUBJECT_LABELS,
        strata=STRATA,
        may_write=bool(unitbook.ranges(actor, WRITING_ROLES)),
    )


def asked() -> tuple[str, str]:
    """The words and the place that the address narrows the register to."""
    text = request.args.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    region = request.args.get("region", "")
    whole = region.isascii() and region.isdigit() and len(region) == 12
    return text, region if whole else ""


@bp.get("/<int:unit_id>")
@needs(*READING_ROLES)
def show_unit(unit_id: int) -> ResponseReturnValue:
    """One unit: what is registered, and its inspections, orders and cases."""
    session, actor = db.session(), current_actor()
    unit = unitbook.get_unit(session, actor, unit_id)
    rule = default_rulebook().rule(REPEATED_ORDERS, today(), unit.region_code)
    return render_template(
        "units/unit.html",
        unit=unit,
        place=place_name(session, unit.region_code),
        past=history(session, actor, unit, today(), rule, from_inside(actor)),
        rule=rule,
        flow_of=lambda case: flows.get(case.kind),
        event_labels=EVENT_LABELS,
        subjects=SUBJECT_LABELS,
        strata=STRATA,
        may_write=unitbook.may_write(actor, unit),
    )


def _below(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The next lower places, to narrow a list to."""
    own = {p.region_code for p in actor.powers if p.role in READING_ROLES}
    rows = session.execute(
        select(Region.code, Region.name).where(Region.parent_code.in_(own)).order_by(Region.code)
    )
    return [(r.code, r.name) for r in rows if r.name not in _NO_PLACES]


# ---------------------------------------------------------------- writing one down


@bp.get("/new")
@needs(*WRITING_ROLES)
def new_unit() -> ResponseReturnValue:
    """An empty form."""
    return _form(UnitForm(formdata=None), None)


@bp.get("/<int:unit_id>/edit")
@needs(*WRITING_ROLES)
def edit_unit(unit_id: int) -> ResponseReturnValue:
    """The form of a unit that is known."""
    unit = _writable(unit_id)
    return _form(UnitForm(formdata=None, obj=unit), unit)


@bp.post("/new")
@needs(*WRITING_ROLES)
def add_unit() -> ResponseReturnValue:
    """Add a unit."""
    return _save(None)


@bp.post("/<int:unit_id>/edit")
@needs(*WRITING_ROLES)
def change_unit(unit_id: int) -> ResponseReturnValue:
    """Change a unit."""
    return _save(_writable(unit_id))


def _writable(unit_id: int) -> Unit:
    unit = unitbook.get_unit(db.session(), current_actor(), unit_id)
    if not unitbook.may_write(current_actor(), unit):
        raise NotVisible(f"unit {unit_id}")
    return unit


def _save(unit: Unit | None) -> ResponseReturnValue:
    form = UnitForm()
    form.validate()
    unit_id = unit.id if unit is not None else None

    def work(session: Session, actor: Actor) -> str:
        saved = unitbook.save_unit(
            session,
            actor,
            form.to_data(),
            now=utc_now(),
            unit_id=unit_id,
            request_id=request_id(),
        )
        flash(gettext("已保存。"), "done")
        return url_for("units.show_unit", unit_id=saved.id)

    def again() -> ResponseReturnValue:
        return make_response(_form(form, db.session.get(Unit, unit_id) if unit_id else None), 422)

    return guarded(work, again, form)


def _form(form: UnitForm, unit: Unit | None) -> str:
    session, actor = db.session(), current_actor()
    places = _places(session, actor)
    chosen = str(form.region_code.data or "")
    if unit is not None and unit.region_code not in dict(places):
        places.append((unit.region_code, place_name(session, unit.region_code)))
    form.region_code.choices = places
    if not chosen or chosen == "None":
        form.region_code.data = next(iter(dict(places)), "")
    return render_template(
        "units/form.html",
        form=form,
        unit=unit,
        key=new_key(),
        problems=[(f.id, str(text)) for f in form for text in f.errors],
    )


def _places(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Places a unit may be written down at: a county with its towns, else down to counties."""
    found: dict[str, str] = {}
    for low, high in unitbook.ranges(actor, WRITING_ROLES):
        county = low[4:6] != "00"
        levels = ("county", "township") if county else ("city", "county")
        rows = session.execute(
            select(Region.code, Region.name)
            .where(Region.code.between(low, high), Region.level.in_(levels))
            .order_by(Region.code)
        )
        found |= {r.code: r.name for r in rows if r.name not in _NO_PLACES}
    return list(found.items())


# ---------------------------------------------------------------- tables


@bp.get("/import")
@needs(*WRITING_ROLES)
def show_import() -> ResponseReturnValue:
    """Where a table is handed in, and what it may hold."""
    return _import(TableForm(formdata=None), [])


@bp.get("/import/template")
@needs(*WRITING_ROLES)
def get_template() -> ResponseReturnValue:
    """The empty table."""
    return Response(
        unitcsv.template(),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=units.csv"},
    )


@bp.post("/import")
@needs(*WRITING_ROLES)
def import_units() -> ResponseReturnValue:
    """Take a table over, or show every row that is wrong; then nothing is written."""
    form = TableForm()
    faults: list[Any] = []

    def work(session: Session, actor: Actor) -> str:
        try:
            done = unitcsv.import_units(
                session, actor, _sent_table(), now=utc_now(), request_id=request_id()
            )
        except unitcsv.BadTable as error:
            faults.extend(error.faults)
            raise
        flash(
            gettext(
                "已导入：新增 %(new)s 家，更新 %(changed)s 家，没有变化 %(same)s 家。",
                new=done.new,
                changed=done.changed,
                same=done.same,
            ),
            "done",
        )
        return url_for("units.list_units")

    return guarded(work, lambda: make_response(_import(form, faults), 422), form)


def _sent_table() -> str:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise BadInput("file", say("请选一个 CSV 文件。"))
    data = upload.stream.read(unitcsv.MOST_BYTES + 1)
    if len(data) > unitcsv.MOST_BYTES:
        raise BadInput("file", say("文件太大，请分成几个。"))
    try:
        return decode(data)
    except UnreadableNotice:
        raise BadInput("file", say("文件不是 CSV：请在电子表格里另存为 CSV。")) from None


def _import(form: TableForm, faults: list[Any]) -> str:
    return render_template(
        "units/import.html",
        form=form,
        faults=[tell(fault) for fault in faults],
        columns=list(unitcsv.COLUMNS),
        subjects=SUBJECT_LABELS.values(),
        strata=STRATA.values(),
        most=unitcsv.MOST_ROWS,
        key=new_key(),
    )


# The published caps add their page to this blueprint.
from tracker.web import unitcaps  # noqa: E402, F401
