"""The register of enforcement officers: their certificates, and what an expiry would stop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import StringField

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases import certificates
from tracker.core.cases.certificates import Light
from tracker.core.cases.flow import flows
from tracker.core.cases.unitbook import READING_ROLES
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import N_, BadInput, NotVisible, say
from tracker.core.registers.models import Officer, Organisation
from tracker.core.reminders.rungs import rungs_for
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.reminders import Rung
from tracker.web.access import current_actor, needs, request_id
from tracker.web.acting import guarded
from tracker.web.once import new_key
from tracker.web.security import clean_text
from tracker.web.shell import today

bp = Blueprint("officers", __name__, url_prefix="/officers")
KEEPERS = (Role.SUPERVISOR, Role.HEAD)
_LONGEST = 200
# The page of a person shows the most urgent of their tasks; the work list has them all.
MOST_TASKS = 30
# The words of each light, and the colour of its tag.
LIGHTS: dict[Light, tuple[str, str]] = {
    Light.NONE: (N_("没有执法证"), "late"),
    Light.EXPIRED: (N_("已过期"), "late"),
    Light.SOON: (N_("即将到期"), "soon"),
    Light.NEAR: (N_("快到期"), "dash"),
    Light.NOT_YET: (N_("还没有生效"), "hold"),
    Light.VALID: (N_("有效"), "done"),
}


class CertificateForm(FlaskForm):
    """A certificate that a person has been given."""

    number = StringField(lazy_gettext("证号"))
    valid_from = StringField(lazy_gettext("有效期起"))
    valid_to = StringField(lazy_gettext("有效期止"))


class ValidityForm(FlaskForm):
    """Another end for a certificate, and why."""

    valid_to = StringField(lazy_gettext("改为有效到"))
    reason = StringField(lazy_gettext("理由"))


@bp.get("/")
@needs(*READING_ROLES)
def list_officers() -> ResponseReturnValue:
    """Everybody who inspects for the reader's bodies, what runs out first on top."""
    orgs, chosen = asked()
    return render_template(
        "officers/list.html",
        holders=listed(chosen),
        orgs=orgs,
        org=str(chosen[0].id) if len(chosen) == 1 and len(orgs) > 1 else "",
        lights=LIGHTS,
    )


def asked() -> tuple[Sequence[Organisation], Sequence[Organisation]]:
    """The bodies whose officers the reader sees, and those that the address narrows them to."""
    orgs = certificates.bodies(db.session(), current_actor())
    if not orgs:
        raise NotVisible("officers")
    wanted = request.args.get("org", "")
    return orgs, [o for o in orgs if str(o.id) == wanted] or orgs


def listed(orgs: Sequence[Organisation]) -> Sequence[certificates.Holder]:
    """Everybody who inspects for some bodies, what runs out first on top."""
    session, actor = db.session(), current_actor()
    return certificates.holders(session, actor, orgs, today(), _rungs(session, actor))


@bp.get("/<int:user_id>")
@needs(*READING_ROLES)
def show_officer(user_id: int) -> ResponseReturnValue:
    """One person: certificates, what was changed of them, and the tasks that need one."""
    return _page(user_id, CertificateForm(formdata=None), ValidityForm(formdata=None))


@bp.post("/<int:user_id>/certificates")
@needs(*KEEPERS)
def add_certificate(user_id: int) -> ResponseReturnValue:
    """Enter the first certificate of a person, or the next."""
    _known(user_id)
    form = CertificateForm()

    def work(session: Session, actor: Actor) -> str:
        certificates.add_certificate(
            session,
            actor,
            user_id,
            clean_text(form.number.data or "", _LONGEST, field="number"),
            _day(form, "valid_from"),
            _day(form, "valid_to"),
            now=utc_now(),
            today=today(),
            request_id=request_id(),
        )
        flash(gettext("执法证已登记。"), "done")
        return url_for("officers.show_officer", user_id=user_id)

    again = lambda: make_response(_page(user_id, form, ValidityForm(formdata=None)), 422)  # noqa: E731
    return guarded(work, again, form)


@bp.post("/<int:user_id>/certificates/<int:officer_id>")
@needs(*KEEPERS)
def change_validity(user_id: int, officer_id: int) -> ResponseReturnValue:
    """Let a certificate hold longer, or end it."""
    _known(user_id)
    if officer_id not in {o.id for o in certificates.certificates_of(db.session(), user_id)}:
        raise NotVisible(f"officer {officer_id}")
    form = ValidityForm(prefix=f"o{officer_id}-")

    def work(session: Session, actor: Actor) -> str:
        certificates.change_validity(
            session,
            actor,
            officer_id,
            _day(form, "valid_to"),
            clean_text(form.reason.data or "", _LONGEST, field="reason"),
            now=utc_now(),
            today=today(),
            request_id=request_id(),
        )
        flash(gettext("有效期已改。"), "done")
        return url_for("officers.show_officer", user_id=user_id)

    def again() -> ResponseReturnValue:
        empty = CertificateForm(formdata=None)
        return make_response(_page(user_id, empty, form, changing=officer_id), 422)

    return guarded(work, again, form)


def _known(user_id: int) -> User:
    """A person who inspects for one of the reader's bodies; NotVisible otherwise."""
    session, actor = db.session(), current_actor()
    orgs = {o.id for o in certificates.bodies(session, actor)}
    user = session.get(User, user_id)
    if user is None or orgs.isdisjoint(certificates.orgs_of(session, user_id, today())):
        raise NotVisible(f"officer {user_id}")
    return user


def _day(form: FlaskForm, name: str) -> date:
    try:
        return date.fromisoformat((form[name].data or "").strip())
    except ValueError:
        raise BadInput(name, say("要填日期，例如 2026-11-20")) from None


def _rungs(session: Session, actor: Actor) -> tuple[Rung, ...]:
    rule = default_rulebook().rule(certificates.RULE, today())
    return rungs_for(session, rule, next(iter(sorted(actor.orgs(*READING_ROLES))), None))


def _page(
    user_id: int, form: CertificateForm, validity: ValidityForm, changing: int | None = None
) -> str:
    session, actor = db.session(), current_actor()
    user = _known(user_id)
    own = certificates.certificates_of(session, user_id)
    calendar, rungs = calendar_store.load(session), _rungs(session, actor)
    orgs = certificates.orgs_of(session, user_id, today())
    cover = certificates.cover_of(own, today())
    light, left = certificates.light_of(cover, today(), rungs, calendar)
    tasks = certificates.tasks_of(session, actor, user_id)
    names = session.scalars(select(Organisation.name).where(Organisation.id.in_(orgs)))
    return render_template(
        "officers/officer.html",
        user=user,
        orgs=list(names),
        light=light,
        left=left,
        lights=LIGHTS,
        own=[(o, _own_light(o, rungs, calendar)) for o in own],
        changes=_changes(session, own),
        tasks=tasks[:MOST_TASKS],
        task_count=len(tasks),
        flow_of=lambda case: flows.get(case.kind),
        may_keep=certificates.may_keep(actor, orgs),
        form=form,
        validity=validity,
        changing=changing,
        key=new_key,
        problems=[(f.id, str(text)) for one in (form, validity) for f in one for text in f.errors],
    )


def _own_light(officer: Officer, rungs: tuple[Rung, ...], calendar: Calendar) -> Light:
    """How one certificate stands by itself, whatever follows it."""
    alone = certificates.Cover(officer, officer.valid_to)
    return certificates.light_of(alone, today(), rungs, calendar)[0]


def _changes(session: Session, own: list[Officer]) -> list[dict[str, Any]]:
    rows = certificates.changes_of(session, [o.id for o in own])
    people = {row.actor_id for row in rows}
    names = {
        row.id: row.name
        for row in session.execute(select(User.id, User.name).where(User.id.in_(people)))
    }
    numbers = {f"officer:{o.id}": o.certificate_no for o in own}
    return [
        {
            "at": row.at,
            "who": names.get(row.actor_id, ""),
            "number": numbers[row.object],
            "added": row.tag == "certificate.add",
            "reason": row.reason or "",
            **json.loads(row.details or "{}"),
        }
        for row in rows
    ]
