"""One statistician: posts, training, certificates, and the identity number behind its lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.audit.models import AuditRow
from tracker.core.cases.means import means
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import N_, BadInput
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import note_of, place_names
from tracker.core.staff import register, scope
from tracker.core.staff.models import (
    DUTY_LABELS,
    END_LABELS,
    RANK_LABELS,
    TRAINING_LABELS,
    Holding,
    Person,
    TrainingRecord,
)
from tracker.core.staff.scope import READING_ROLES
from tracker.web.access import current_actor, needs, request_id
from tracker.web.errors import tell
from tracker.web.shell import today
from tracker.web.staff import bp
from tracker.web.staff_choices import departments, successors, writing_places
from tracker.web.staff_forms import (
    ConfirmForm,
    EndForm,
    LeaveForm,
    NumberForm,
    PostForm,
    QualificationForm,
    TrainingForm,
    text_of,
)

SOURCE_LABELS = {"session": N_("培训班"), "import": N_("批量导入"), "hand": N_("补登")}
_MOST_READINGS = 20
FORMS: dict[str, tuple[type[FlaskForm], str]] = {
    "post": (PostForm, "post-"),
    "training": (TrainingForm, "training-"),
    "qualification": (QualificationForm, "qualification-"),
    "number": (NumberForm, "number-"),
}
# Forms of one post; the number of the post stands in the prefix.
POST_FORMS: dict[str, type[FlaskForm]] = {
    "confirm": ConfirmForm,
    "end": EndForm,
    "leave": LeaveForm,
}


def sent_form(kind: str, holding_id: int | None = None) -> Any:
    """The form of this request."""
    if holding_id is not None:
        return POST_FORMS[kind](prefix=f"{kind}{holding_id}-")
    form, prefix = FORMS[kind]
    return form(prefix=prefix)


def readable_person(session: Session, actor: Actor, person_id: int) -> Person:
    """A person whom the actor may read of; NotVisible otherwise."""
    return scope.get_person(session, actor, person_id)


def may_change(session: Session, actor: Actor, person: Person) -> bool:
    """Whether the actor keeps the record of this person, where it lies or where they serve."""
    places = {(person.region_code, None)} | {
        (h.region_code, h.org_id)
        for h in register.holdings_of(session, person.id)
        if h.until is None
    }
    return any(scope.may_write(actor, code, org_id) for code, org_id in places)


@bp.get("/<int:person_id>")
@needs(*READING_ROLES)
def show_person(person_id: int) -> ResponseReturnValue:
    """One person, with what the reader may do about them."""
    return person_page(person_id)


@bp.post("/<int:person_id>/number")
@needs(*READING_ROLES)
def show_number(person_id: int) -> ResponseReturnValue:
    """The whole identity number, once; the row that says so is committed before it is shown."""
    form = sent_form("number")
    try:
        reason = text_of(form, "reason")
        with transaction() as session:
            actor = current_actor(session)
            person = readable_person(session, actor, person_id)
            number = register.reveal_number(
                session, actor, person.id, reason,
                now=utc_now(), kek=means().kek(), request_id=request_id(),
            )  # fmt: skip
            who = {"id": person.id, "name": person.name}
    except BadInput as error:
        form.reason.errors = [tell(error.message)]
        return person_page(person_id, given={"number": form}), 422
    return render_template(
        "staff/number.html",
        person=who,
        number=number,
        reason=reason,
        seen_by=actor.name,
        seen_at=utc_now(),
    )


def person_page(
    person_id: int, *, given: dict[str, FlaskForm] | None = None, opened: str = ""
) -> str:
    """The page; a form that was refused comes back filled, under the name it has here."""
    session, actor, given = db.session(), current_actor(), given or {}
    person = readable_person(session, actor, person_id)
    holdings = register.holdings_of(session, person.id)
    current = [h for h in holdings if h.until is None or h.until >= today()]
    may_write = may_change(session, actor, person)
    forms = {
        kind: given.get(kind) or form(prefix=prefix, formdata=None)
        for kind, (form, prefix) in FORMS.items()
    }
    per_post = {
        f"{kind}{h.id}": given.get(f"{kind}{h.id}") or form(prefix=f"{kind}{h.id}-", formdata=None)
        for kind, form in POST_FORMS.items()
        for h in current
    }
    if may_write:
        _fill(session, actor, person, forms["post"], current, per_post)
    places = place_names(session, {person.region_code, *(h.region_code for h in holdings)})
    orgs = _orgs(session, holdings)
    trainings = register.trainings_of(session, person.id)
    cases = _cases(session, actor, holdings, trainings)
    return render_template(
        "staff/person.html",
        person=person,
        account=session.scalar(select(User.name).where(User.id == person.user_id)),
        holdings=holdings,
        current=current,
        places=places,
        place_of=lambda h: orgs.get(h.org_id) or places[h.region_code],
        notes={code: tell(note) if (note := note_of(code)) else "" for code in places},
        names=_names(session, {h.successor_id for h in holdings if h.successor_id}),
        cases=cases,
        cases_of=lambda h: [
            cases[i] for i in dict.fromkeys((h.opened_by_id, h.ended_by_id)) if i in cases
        ],
        trainings=trainings,
        hours=register.hours_in(session, [person.id], today().year).get(person.id),
        inducted_on=register.inducted(session, [person.id], today()).get(person.id),
        qualifications=register.qualifications_of(session, person.id),
        seen=_readings(session, person.id) if may_write else [],
        may_write=may_write,
        forms=forms,
        form_for=lambda kind, holding_id: per_post[f"{kind}{holding_id}"],
        opened=opened,
        problems=[(f.id, str(text)) for form in given.values() for f in form for text in f.errors],
        duties=DUTY_LABELS,
        ranks=RANK_LABELS,
        ends=END_LABELS,
        kinds=TRAINING_LABELS,
        sources=SOURCE_LABELS,
    )


def _fill(
    session: Session,
    actor: Actor,
    person: Person,
    post: Any,
    current: Sequence[Holding],
    per_post: dict[str, Any],
) -> None:
    """Give the selects of the forms what may be chosen."""
    places = writing_places(session, actor)
    post.region_code.choices = list(places)
    if not post.region_code.data or post.region_code.data == "None":
        known = person.region_code in dict(places)
        post.region_code.data = person.region_code if known else next(iter(dict(places)), "")
    post.org_id.choices = departments(session, actor)
    for holding in current:
        form = per_post[f"end{holding.id}"]
        form.successor_id.choices = successors(session, actor, holding)


def _orgs(session: Session, holdings: Sequence[Holding]) -> dict[int | None, str]:
    ids = {h.org_id for h in holdings if h.org_id is not None}
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    )
    return {row.id: row.name for row in rows}


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _cases(
    session: Session,
    actor: Actor,
    holdings: Sequence[Holding],
    trainings: Sequence[TrainingRecord],
) -> dict[int, Case]:
    """The cases behind posts and trainings, as far as the reader sees them."""
    ids = {i for h in holdings for i in (h.opened_by_id, h.ended_by_id) if i is not None}
    ids |= {r.case_id for r in trainings if r.case_id is not None}
    rows = session.scalars(select(Case).where(Case.id.in_(ids), visible(actor)))
    return {case.id: case for case in rows}


def _readings(session: Session, person_id: int) -> list[dict[str, Any]]:
    """Who has read the whole number, newest first."""
    rows = session.execute(
        select(AuditRow.at, AuditRow.reason, User.name)
        .join(User, User.id == AuditRow.actor_id)
        .where(AuditRow.tag == "staff.number.read", AuditRow.object == f"person:{person_id}")
        .order_by(AuditRow.id.desc())
        .limit(_MOST_READINGS)
    )
    return [{"at": r.at, "reason": r.reason or "", "who": r.name} for r in rows]
