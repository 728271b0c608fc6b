"""The published cap on inspections of one enterprise in a year: who reads it, and who sets it."""

from __future__ import annotations

from flask import flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import StringField

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.cases import caps
from tracker.core.cases.unitbook import READING_ROLES
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import BadInput, NotVisible, say
from tracker.core.rulebook.loader import default_rulebook
from tracker.web.access import current_actor, needs, request_id
from tracker.web.acting import guarded
from tracker.web.once import new_key
from tracker.web.security import clean_text
from tracker.web.shell import today
from tracker.web.units import bp

CAP_RULE = "T28"
_LONGEST_SOURCE = 200


class CapForm(FlaskForm):
    """A year's cap and where it was published."""

    year = StringField(lazy_gettext("年份"))
    most = StringField(lazy_gettext("每家企业每年最多检查几次"))
    published_in = StringField(lazy_gettext("在哪里公布"))


@bp.get("/caps")
@needs(*READING_ROLES)
def show_caps() -> ResponseReturnValue:
    """The caps of the reader's body; its head may enter one."""
    return _page(CapForm(formdata=None, data={"year": str(today().year)}))


@bp.post("/caps")
@needs(Role.HEAD)
def set_cap() -> ResponseReturnValue:
    """Enter the cap of a year."""
    form = CapForm()
    org_id = _bodies(current_actor(), Role.HEAD)[0].org_id

    def work(session: Session, actor: Actor) -> str:
        caps.set_cap(
            session,
            actor,
            org_id,
            _count(form, "year"),
            _count(form, "most"),
            clean_text(form.published_in.data or "", _LONGEST_SOURCE, field="published_in"),
            now=utc_now(),
            request_id=request_id(),
        )
        flash(gettext("年度检查上限已保存。"), "done")
        return url_for("units.show_caps")

    return guarded(work, lambda: make_response(_page(form), 422), form)


def _count(form: CapForm, name: str) -> int:
    text = (form[name].data or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise BadInput(name, say("请填整数，例如 %(n)s。", n=today().year if name == "year" else 2))
    return int(text)


def _bodies(actor: Actor, *roles: Role) -> list[Power]:
    found = [p for p in actor.powers if p.role in roles and p.org_kind in ("bureau", "survey_team")]
    if not found:
        raise NotVisible("caps")
    return found


def _page(form: CapForm) -> str:
    session, actor = db.session(), current_actor()
    body = _bodies(actor, *READING_ROLES)[0]
    rows = caps.caps_of(session, body.org_id)
    names = session.execute(
        select(User.id, User.name).where(User.id.in_({row.set_by_id for row in rows}))
    )
    return render_template(
        "units/caps.html",
        body=body,
        rows=rows,
        names={row.id: row.name for row in names},
        binding=caps.binding_cap(session, body.org_id, today().year),
        rule=default_rulebook().rule(CAP_RULE, today(), body.region_code),
        may_set=actor.has(Role.HEAD, body.org_id),
        form=form,
        key=new_key(),
        problems=[(f.id, str(text)) for f in form for text in f.errors],
    )
