"""Keeping the register of statisticians by hand: corrections, and what was before the product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.means import means
from tracker.core.cases.models import Case
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import BadInput, NotVisible, say
from tracker.core.registers.places import place_name
from tracker.core.staff import register, scope
from tracker.core.staff.models import Holding, Person
from tracker.core.staff.scope import WRITING_ROLES
from tracker.web.access import current_actor, needs, request_id
from tracker.web.acting import guarded
from tracker.web.once import new_key
from tracker.web.staff import bp
from tracker.web.staff_choices import accounts, writing_places
from tracker.web.staff_forms import PersonForm, day_of, id_of, maybe_day, text_of
from tracker.web.staff_person import may_change, person_page, readable_person, sent_form

# ---------------------------------------------------------------- who somebody is


@bp.get("/new")
@needs(*WRITING_ROLES)
def new_person() -> ResponseReturnValue:
    """An empty form."""
    return _form(PersonForm(formdata=None), None)


@bp.post("/new")
@needs(*WRITING_ROLES)
def add_person() -> ResponseReturnValue:
    """Write somebody down."""
    form = PersonForm()

    def work(session: Session, actor: Actor) -> str:
        data = form.to_data()
        _refuse_elsewhere(actor, data.region_code, data.region_code)
        _refuse_account(session, actor, data.user_id, None)
        person = register.add_person(session, data, kek=means().kek(), **_who(actor))
        flash(gettext("已登记。请接着登记岗位和培训。"), "done")
        return url_for("staff.show_person", person_id=person.id)

    return guarded(work, lambda: make_response(_form(form, None), 422), form)


@bp.get("/<int:person_id>/edit")
@needs(*WRITING_ROLES)
def edit_person(person_id: int) -> ResponseReturnValue:
    """The form of somebody who is known."""
    person = _writable(db.session(), current_actor(), person_id)
    form = PersonForm(formdata=None, obj=person)
    form.number.data = ""
    return _form(form, person)


@bp.post("/<int:person_id>/edit")
@needs(*WRITING_ROLES)
def change_person(person_id: int) -> ResponseReturnValue:
    """Change what is said of a person; an identity number left empty stays as it is."""
    _writable(db.session(), current_actor(), person_id)
    form = PersonForm()

    def work(session: Session, actor: Actor) -> str:
        person = _writable(session, actor, person_id)
        data = form.to_data()
        _refuse_elsewhere(actor, data.region_code, person.region_code)
        _refuse_oneself(actor, person, "name")
        _refuse_account(session, actor, data.user_id, person)
        register.change_person(session, person.id, data, kek=means().kek(), **_who(actor))
        flash(gettext("已保存。"), "done")
        return url_for("staff.show_person", person_id=person_id)

    def again() -> ResponseReturnValue:
        person = _writable(db.session(), current_actor(), person_id)
        return make_response(_form(form, person), 422)

    return guarded(work, again, form)


def _refuse_elsewhere(actor: Actor, code: str, before: str) -> None:
    """A record is kept where its writer keeps the register, or stays where it is."""
    if code != before and not scope.may_write(actor, code):
        raise BadInput("region_code", say("只能登记本地区的统计人员。"))
    if not code:
        raise BadInput("region_code", say("请选所在地区。"))
    if code == before and not scope.may_write(actor, code):
        raise BadInput("region_code", say("只能登记本地区的统计人员。"))


def _refuse_oneself(actor: Actor, person: Person, field: str) -> None:
    """Nobody keeps their own record: neither the training before the start, nor the start."""
    if person.user_id == actor.user_id:
        raise BadInput(field, say("这是您本人的档案，请另一名登记员或者培训管理员登记。"))


def _refuse_account(
    session: Session, actor: Actor, user_id: int | None, person: Person | None
) -> None:
    """An account is one of those the form offers; of others not even the name is told."""
    if user_id is None or (person is not None and user_id == person.user_id):
        return
    if str(user_id) not in dict(accounts(session, actor, person)):
        raise BadInput("user_id", say("没有这个账号。"))


def _form(form: PersonForm, person: Person | None) -> str:
    session, actor = db.session(), current_actor()
    places = writing_places(session, actor)
    if person is not None and person.region_code not in dict(places):
        places.append((person.region_code, place_name(session, person.region_code)))
    form.region_code.choices = places
    if form.region_code.data in (None, "", "None"):
        form.region_code.data = next(iter(dict(places)), "")
    form.user_id.choices = accounts(session, actor, person)
    form.user_id.data = str(form.user_id.data or "")
    return render_template(
        "staff/form.html",
        form=form,
        person=person,
        key=new_key(),
        problems=[(f.id, str(text)) for f in form for text in f.errors],
    )


# ---------------------------------------------------------------- posts, training, certificates


@bp.post("/<int:person_id>/posts")
@needs(*WRITING_ROLES)
def add_post(person_id: int) -> ResponseReturnValue:
    """Write a post down that no filing has brought."""
    form = sent_form("post")

    def work(session: Session, actor: Actor) -> str:
        post = form.to_data()
        if not scope.may_write(actor, post.region_code, post.org_id):
            raise BadInput("region_code", say("只能登记本地区的岗位。"))
        confirmed = maybe_day(form, "confirmed_on")
        register.add_holding(session, person_id, post, confirmed_on=confirmed, **_who(actor))
        return str(gettext("任职已登记。"))

    return _done(person_id, "post", form, work)


@bp.post("/<int:person_id>/posts/<int:holding_id>/confirm")
@needs(*WRITING_ROLES)
def confirm_post(person_id: int, holding_id: int) -> ResponseReturnValue:
    """Let somebody who has been trained start in a post."""

    def write(session: Session, actor: Actor, form: Any, holding: Holding) -> str:
        register.confirm(session, holding, day_of(form, "confirmed_on"), **_who(actor))
        return str(gettext("已确认上岗。"))

    return _on_post(person_id, holding_id, "confirm", write)


@bp.post("/<int:person_id>/posts/<int:holding_id>/end")
@needs(*WRITING_ROLES)
def end_post(person_id: int, holding_id: int) -> ResponseReturnValue:
    """End a post that no filing has ended."""

    def write(session: Session, actor: Actor, form: Any, holding: Holding) -> str:
        successor_id = id_of(form, "successor_id")
        if successor_id is not None and not scope.may_read(session, actor, successor_id):
            raise BadInput("successor_id", say("名册里没有这个人。"))
        register.end_holding(
            session,
            holding,
            day_of(form, "until"),
            str(form.end_reason.data or ""),
            successor_id=successor_id,
            **_who(actor),
        )
        return str(gettext("任职已结束。"))

    return _on_post(person_id, holding_id, "end", write)


@bp.post("/<int:person_id>/posts/<int:holding_id>/leave")
@needs(*WRITING_ROLES)
def set_leave(person_id: int, holding_id: int) -> ResponseReturnValue:
    """Note a long absence."""

    def write(session: Session, actor: Actor, form: Any, holding: Holding) -> str:
        first, last = maybe_day(form, "leave_from"), maybe_day(form, "leave_to")
        register.set_leave(session, holding, first, last, **_who(actor))
        return str(gettext("离岗已登记。") if first else gettext("离岗已取消。"))

    return _on_post(person_id, holding_id, "leave", write)


@bp.post("/<int:person_id>/trainings")
@needs(*WRITING_ROLES)
def add_training(person_id: int) -> ResponseReturnValue:
    """Write a training down that was no session of this product."""
    form = sent_form("training")

    def work(session: Session, actor: Actor) -> str:
        register.record_training(
            session,
            person_id,
            form.to_data(),
            source="hand",
            **_who(actor),
        )
        return str(gettext("培训已登记。"))

    return _done(person_id, "training", form, work)


@bp.post("/<int:person_id>/qualifications")
@needs(*WRITING_ROLES)
def add_qualification(person_id: int) -> ResponseReturnValue:
    """Write a certificate down."""
    form = sent_form("qualification")

    def work(session: Session, actor: Actor) -> str:
        register.add_qualification(
            session,
            person_id,
            text_of(form, "name"),
            day_of(form, "obtained_on"),
            number=text_of(form, "number"),
            expires_on=maybe_day(form, "expires_on"),
            **_who(actor),
        )
        return str(gettext("证书已登记。"))

    return _done(person_id, "qualification", form, work)


def _who(actor: Actor) -> dict[str, Any]:
    """Who writes, when, in which request: what every write of the register is told."""
    return {"actor_id": actor.user_id, "now": utc_now(), "request_id": request_id()}


def _on_post(
    person_id: int,
    holding_id: int,
    kind: str,
    write: Callable[[Session, Actor, Any, Holding], str],
) -> ResponseReturnValue:
    """A change of one post of this person."""
    _post_of(db.session(), person_id, holding_id)
    form = sent_form(kind, holding_id)

    def work(session: Session, actor: Actor) -> str:
        holding = _post_of(session, person_id, holding_id)
        if not scope.may_write(actor, holding.region_code):
            raise BadInput("", say("这个岗位不在您的地区，请当地统计机构登记。"))
        _refuse_under_way(session, holding)
        return write(session, actor, form, holding)

    return _done(person_id, f"{kind}{holding_id}", form, work)


def _refuse_under_way(session: Session, holding: Holding) -> None:
    """What a filing has opened is confirmed or given up in that filing, as long as it is open."""
    case = None if holding.opened_by_id is None else session.get(Case, holding.opened_by_id)
    if case is not None and case.closed_at is None:
        what = case.number or case.title
        raise BadInput("", say("这段任职的变动报备还没有办结，请在该件里办：%(what)s。", what=what))


def _done(
    person_id: int, name: str, form: Any, write: Callable[[Session, Actor], str]
) -> ResponseReturnValue:
    """Write, say so on the person's page, or show the page with the form as it was sent."""
    _writable(db.session(), current_actor(), person_id)

    def work(session: Session, actor: Actor) -> str:
        _refuse_oneself(actor, _writable(session, actor, person_id), "")
        flash(write(session, actor), "done")
        return url_for("staff.show_person", person_id=person_id)

    def again() -> ResponseReturnValue:
        return make_response(person_page(person_id, given={name: form}, opened=name), 422)

    return guarded(work, again, form)


def _writable(session: Session, actor: Actor, person_id: int) -> Person:
    person = readable_person(session, actor, person_id)
    if not may_change(session, actor, person):
        raise NotVisible(f"person {person_id}")
    return person


def _post_of(session: Session, person_id: int, holding_id: int) -> Holding:
    holding = session.get(Holding, holding_id)
    if holding is None or holding.person_id != person_id:
        raise NotVisible(f"holding {holding_id}")
    return holding
