"""The pages of the manual: contents, chapters, workflows, words, tours, all of it to print."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import flows
from tracker.core.deadlines.models import Deadline
from tracker.core.deadlines.service import rule_of
from tracker.core.errors import NotVisible
from tracker.web.access import current_actor, logged_in, settings
from tracker.web.manual import words
from tracker.web.manual.flowtext import chapter, plain
from tracker.web.manual.links import TOURS_COOKIE, closed_tours, help_url, page_url
from tracker.web.manual.manual import (
    GROUP_LABELS,
    Topic,
    duties,
    glossary,
    intro_of,
    topics,
    topics_all,
)
from tracker.web.manual.tours import own_tour, stops_of, tours
from tracker.web.rules import home_region
from tracker.web.shell import meets

bp = Blueprint("help", __name__, url_prefix="/help")
_LONGEST_QUESTION = 80
_YEAR_SECONDS = 365 * 24 * 3600
_MOST_CLOSED = 60


@bp.record_once
def _give_to_templates(state: BlueprintSetupState) -> None:
    """What macros of other pages ask: why something is there, and where help is."""
    state.app.jinja_env.globals.update(
        why_of=words.why_of,
        why_state=_why_state,
        why_deadline=_why_deadline,
        help_url=help_url,
        tour_offer=tour_offer,
        page_url=page_url,
        plain=plain,
        cited=words.cited,
        source_words=lambda name: words.sources()[name],
    )


def _why_state(kind: str, state: str, region: str = "") -> words.Why:
    flow = flows.get(kind)
    return words.why_state(flow, flow.state(state), region)


def _why_deadline(deadline: Deadline) -> words.Why:
    rule = rule_of(deadline)
    return words.Why(title=deadline.label, says=(), rules=(rule,))


# ---------------------------------------------------------------- reading


@bp.get("/")
@logged_in
def show_contents() -> ResponseReturnValue:
    """The contents of the manual, or the places that answer a question."""
    q = request.args.get("q", "").strip()[:_LONGEST_QUESTION]
    actor = current_actor()
    return render_template(
        "help/contents.html",
        q=q,
        found=topics(q) if q else [],
        groups=_groups(),
        duties=duties(),
        mine=[role for role in duties() if actor.has(role)],
        flows=[(f, intro_of(f.kind), meets(f)) for f in flows.all()],
        tour=own_tour(actor),
    )


@bp.get("/topic/<name>")
@logged_in
def show_topic(name: str) -> ResponseReturnValue:
    """One chapter."""
    every = topics_all()
    at = next((i for i, topic in enumerate(every) if topic.name == name), None)
    if at is None:
        raise NotVisible(f"help topic {name}")
    return render_template(
        "help/topic.html",
        topic=every[at],
        before=every[at - 1] if at else None,
        after=every[at + 1] if at + 1 < len(every) else None,
        groups=_groups(),
    )


@bp.get("/role/<role>")
@logged_in
def show_role(role: str) -> ResponseReturnValue:
    """What the day of a role is."""
    duty = duties().get(_role(role))
    if duty is None:
        raise NotVisible(f"help role {role}")
    return render_template(
        "help/role.html",
        duty=duty,
        flows=[flows.get(kind) for kind in duty.kinds],
        topics=[t for t in topics_all() if t.name in duty.topics],
        has_tour=duty.role in tours(),
        duties=duties(),
    )


@bp.get("/flow/<kind>")
@logged_in
def show_flow(kind: str) -> ResponseReturnValue:
    """The chapter of a workflow, from its table."""
    flow = next((f for f in flows.all() if f.kind == kind), None)
    if flow is None:
        raise NotVisible(f"help flow {kind}")
    return render_template(
        "help/flow.html",
        chapter=chapter(flow, home_region(current_actor())),
        intro=intro_of(kind),
        flows=flows.all(),
    )


@bp.get("/glossary")
@logged_in
def show_glossary() -> ResponseReturnValue:
    """The words of the trade."""
    return render_template("help/glossary.html", groups=glossary())


@bp.get("/print")
@logged_in
def print_manual() -> ResponseReturnValue:
    """The whole manual on one page; of each workflow what it does from state to state."""
    region = home_region(current_actor())
    return render_template(
        "help/print.html",
        groups=_groups(),
        duties=duties(),
        chapters=[(chapter(f, region), intro_of(f.kind)) for f in flows.all()],
        glossary=glossary(),
    )


def _groups() -> list[tuple[str, list[Topic]]]:
    return [
        (label, [topic for topic in topics_all() if topic.group == group])
        for group, label in GROUP_LABELS.items()
    ]


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise NotVisible(f"role {name}") from None


# ---------------------------------------------------------------- tours


@bp.get("/tour/<role>")
@logged_in
def show_tour(role: str) -> ResponseReturnValue:
    """A tour as a list of stops; with the script it walks along from page to page."""
    chosen = _role(role)
    if chosen not in tours():
        raise NotVisible(f"tour {role}")
    return render_template(
        "help/tour.html",
        role=chosen,
        stops=stops_of(chosen),
        own=current_actor().has(chosen),
        tours=list(tours()),
    )


def tour_offer() -> Role | None:
    """The tour to offer on this page: on the demo's home page, until the reader closes it."""
    if request.endpoint != "home.show_home" or not settings().is_demo:
        return None
    if not current_user.is_authenticated or str(current_user.id) in closed_tours():
        return None
    return own_tour(current_user.actor)


@bp.post("/tour/close")
@logged_in
def close_tour() -> ResponseReturnValue:
    """Offer the tour no more to this person in this browser."""
    closed = [*sorted(closed_tours() - {""})][-_MOST_CLOSED:]
    response = redirect(url_for("home.show_home"), 303)
    response.set_cookie(
        TOURS_COOKIE,
        ".".join(dict.fromkeys([*closed, str(current_user.id)])),
        max_age=_YEAR_SECONDS,
        path="/",
        secure=settings().https,
        httponly=True,
        samesite="Lax",
    )
    return response
