"""Standing in for one another: what is lent, to whom, for how long; and what stands at the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField, SelectMultipleField, StringField

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.delegations import colleagues
from tracker.core.accounts.models import User
from tracker.core.accounts.people import get_user
from tracker.core.accounts.roles import ADMIN_ROLES, ROLE_LABELS, Role
from tracker.core.cases import lending
from tracker.core.cases.arranging import business_roles, houses_led, may_lend_for, people_led
from tracker.core.cases.flow import Flow, flows
from tracker.core.cases.lending import Loan, Preview
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput, NotVisible, Sentence, say
from tracker.web.access import current_actor, logged_in, request_id
from tracker.web.acting import guarded
from tracker.web.errors import tell
from tracker.web.security import clean_text, row_id
from tracker.web.shell import today

bp = Blueprint("delegations", __name__, url_prefix="/delegations")
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class StandingIn:
    """One line at the top of the page of somebody who stands in."""

    name: str
    scope: Sentence
    until: date | None


@bp.app_context_processor
def _at_the_top() -> dict[str, Any]:
    return {"standing_in": standing_in}


def standing_in() -> list[StandingIn]:
    """For whom the person logged in stands in today, as the page's top says it; no query."""
    if not current_user.is_authenticated or g.get("bare"):
        return []
    actor: Actor = current_user.actor
    lent = dict.fromkeys(
        (p.on_behalf_of, p.on_behalf_name, p.kinds, p.until)
        for p in actor.every
        if p.on_behalf_of is not None
    )
    return [
        StandingIn(name, lending.scope_words(sorted(kinds)), until)
        for _, name, kinds, until in lent
    ]


@bp.get("/")
@logged_in
def show_delegations() -> ResponseReturnValue:
    """What one has lent and what one was lent; for who arranges, that of the whole house."""
    session, actor = db.session(), current_actor()
    led = may_lead(actor)
    return render_template(
        "delegations/show.html",
        mine=lending.lent_by(session, actor.user_id),
        borrowed=lending.lent_to(session, actor.user_id),
        house=lending.lent_in_house(session, actor, today()) if led else [],
        led=led,
        people=_people(session, actor) if led else [],
        may_lend=bool(business_roles(session, actor.user_id, today())),
    )


def may_lead(actor: Actor) -> bool:
    """Whether a person arranges for others of the house."""
    return bool(houses_led(actor))


def _people(session: Session, actor: Actor) -> Sequence[User]:
    ids = people_led(actor, today())
    query = select(User).where(User.id.in_(ids), User.active).order_by(User.name, User.id)
    return session.scalars(query).all()


# ---------------------------------------------------------------- lending


class LendForm(FlaskForm):
    """To whom, which days, which kinds and roles, and why."""

    to_user_id = SelectField(lazy_gettext("谁来代办"), validate_choice=False)
    valid_from = StringField(lazy_gettext("从哪天起"))
    valid_to = StringField(lazy_gettext("到哪天止"))
    reason = StringField(lazy_gettext("原因"))
    kinds = SelectMultipleField(lazy_gettext("办哪些事项"), validate_choice=False)
    roles = SelectMultipleField(lazy_gettext("用哪些岗位"), validate_choice=False)


@bp.route("/lend", methods=["GET", "POST"])
@logged_in
def lend() -> ResponseReturnValue:
    """Lend one's own work, or arrange it for somebody of the house that cannot."""
    session, actor = db.session(), current_actor()
    lender = _lender(session, actor)
    if request.method == "GET":
        return _lend_page(LendForm(formdata=None, data={"valid_from": today().isoformat()}), lender)
    form = LendForm()
    if request.form.get("go") == "preview":
        return _previewed(session, form, lender)

    def work(session: Session, fresh: Actor) -> str:
        row = lending.lend(
            session, fresh, _loan(form, lender), now=utc_now(), request_id=request_id()
        )
        name = get_user(session, row.to_user_id).name
        flash(gettext("已委托%(name)s代办，已通知本人。", name=name), "done")
        return url_for("delegations.show_delegations")

    def again() -> ResponseReturnValue:
        return _lend_page(form, _lender(db.session(), current_actor()), 422)

    return guarded(work, again, form)


def _lender(session: Session, actor: Actor) -> User:
    """Whose work it is: one's own, or that of the person named; NotVisible for a stranger."""
    lender_id = request.values.get("for", actor.user_id, type=row_id)
    if lender_id != actor.user_id and not may_lend_for(session, actor, lender_id, today()):
        raise NotVisible("lender")
    return get_user(session, lender_id)


def _loan(form: LendForm, lender: User) -> Loan:
    return Loan(
        lender_id=lender.id,
        taker_id=_number(form.to_user_id.data),
        first=_day(form, "valid_from"),
        last=_day(form, "valid_to"),
        reason=clean_text(form.reason.data or "", _LONGEST_REASON, field="reason"),
        kinds=tuple(form.kinds.data or ()),
        roles=tuple(role for role in Role if role.value in (form.roles.data or ())),
    )


def _number(raw: object) -> int:
    text = str(raw or "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("to_user_id", say("请选一名同事。"))
    return int(text)


def _day(form: LendForm, name: str) -> date:
    try:
        return date.fromisoformat((form[name].data or "").strip())
    except ValueError:
        raise BadInput(name, say("要填日期，例如 2026-05-11")) from None


def _previewed(session: Session, form: LendForm, lender: User) -> ResponseReturnValue:
    try:
        loan = _loan(form, lender)
        if loan.taker_id not in {p.id for p in colleagues(session, lender.id, today())}:
            raise BadInput("to_user_id", say("只能请同一单位、账号启用的同事代办"))
        found = lending.preview(session, loan, utc_now())
    except BadInput as refused:
        field = getattr(form, refused.field_name, form.reason)
        field.errors = [*field.errors, tell(refused.message)]
        return _lend_page(form, lender, 422)
    return _lend_page(form, lender, preview=found)


def _lend_page(
    form: LendForm, lender: User, status: int = 200, preview: Preview | None = None
) -> Response:
    session = db.session()
    roles = business_roles(session, lender.id, today())
    offered = colleagues(session, lender.id, today())
    form.to_user_id.choices = [("", gettext("请选择")), *((str(p.id), p.name) for p in offered)]
    form.kinds.choices = [(flow.kind, tell(flow.label)) for flow in _kinds_of(roles)]
    form.roles.choices = [(role.value, tell(ROLE_LABELS[role])) for role in roles]
    body = render_template(
        "delegations/lend.html",
        form=form,
        lender=lender,
        own=lender.id == current_user.id,
        offered=offered,
        preview=preview,
        labels={flow.kind: flow.label for flow in flows.all()},
        problems=[(f.id, str(text)) for f in form for text in f.errors],
    )
    return Response(body, status)


def _kinds_of(roles: Sequence[Role]) -> list[Flow]:
    """The workflows in which somebody with these roles takes part."""
    held = set(roles) - ADMIN_ROLES
    return [
        flow
        for flow in flows.all()
        if held & frozenset[Role]().union(flow.sees, *(step.by for step in flow.steps))
    ]


@bp.post("/<int:delegation_id>/end")
@logged_in
def end(delegation_id: int) -> ResponseReturnValue:
    """Take it back at once, or give it back."""
    with transaction() as session:
        actor = current_actor(session)
        lending.revoke(session, actor, delegation_id, now=utc_now(), request_id=request_id())
    flash(gettext("这份委托已经结束。"), "done")
    return redirect(url_for("delegations.show_delegations"), 303)


# The pages of handing over hang on the same blueprint.
from tracker.web import leaving  # noqa: E402, F401
