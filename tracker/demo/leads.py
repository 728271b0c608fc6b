"""Bring the demo's leads in by walking the real verbs, each act at its own moment.

All stories are told together in order of time: official numbers, the audit trail and the
duplicate check then look as they would in an office.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.calendar.days import Calendar
from tracker.core.cases.models import Case
from tracker.core.clock import office_date
from tracker.core.notices.models import Outbox
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.sweep import OVERTAKEN
from tracker.demo.cases import case_stories
from tracker.demo.examples import example_stories
from tracker.demo.stories import Act, Story, acts
from tracker.workflows.leads import service
from tracker.workflows.leads.data import LeadData
from tracker.workflows.leads.models import LeadIndicator

# Notices older than this were read long ago; the worker would send them all as new.
_READ_LONG_AGO = timedelta(days=10)
_EVIDENCE = "证据清单.csv"


@dataclass(slots=True)
class World:
    """What an act needs to find its people and its lead."""

    orgs: dict[str, int]
    users: dict[str, int]
    stories: dict[str, Story]
    leads: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, session: Session, username: str, today: date) -> Actor:
        """The person with their powers; these do not change in the demo."""
        if username not in self.actors:
            self.actors[username] = load_actor(session, self.users[username], today)
        return self.actors[username]


def last_workday(calendar: Calendar, now: datetime) -> date:
    """The day from which the demo counts back: the last working day before now."""
    return calendar.add_workdays(office_date(now), -1)


def stories(calendar: Calendar, now: datetime) -> dict[str, Story]:
    """Every lead of the demo by its key, counted back from the last working day before now."""
    base = last_workday(calendar, now)
    told = [*case_stories(calendar, base), *example_stories(calendar, base)]
    return {story.key: story for story in told}


def diary(told: dict[str, Story], calendar: Calendar, now: datetime) -> Sequence[Act]:
    """All acts of all stories in the order they happened."""
    base = last_workday(calendar, now)
    every = [act for story in told.values() for act in acts(story, calendar, base)]
    return sorted(every, key=lambda act: act.at)


def settle_old_notices(session: Session, now: datetime) -> None:
    """Take the outbox rows of long ago as sent."""
    session.execute(
        update(Outbox)
        .where(Outbox.state == "queued", Outbox.created_at < now - _READ_LONG_AGO)
        .values(state="sent", sent_at=Outbox.created_at, attempts=1)
        .execution_options(synchronize_session=False)
    )


def overtake_old_reminders(session: Session, now: datetime) -> None:
    """Of all that came due in the told past, leave one reminder a clock and audience to send."""
    rows = session.execute(
        select(Reminder.id, Reminder.deadline_id, Reminder.audience)
        .where(Reminder.state == "planned", Reminder.due_at <= now)
        .order_by(Reminder.due_at.desc(), Reminder.id.desc())
    ).all()
    kept: set[tuple[int, str]] = set()
    old = []
    for row in rows:
        key = (row.deadline_id, row.audience)
        old += [row.id] if key in kept else []
        kept.add(key)
    session.execute(
        update(Reminder)
        .where(Reminder.id.in_(old))
        .values(state="skipped", reason=OVERTAKEN)
        .execution_options(synchronize_session=False)
    )


def do(session: Session, world: World, act: Act) -> None:
    """Do one act."""
    story = world.stories[act.story]
    actor = world.actor(session, act.who, office_date(act.at))
    if act.step in ("draft", "intake"):
        make = service.draft if act.step == "draft" else service.intake
        lead = make(session, actor, story.data, now=act.at, org_id=world.orgs[story.org])
        world.leads[story.key] = lead.id
        return
    lead_id = world.leads[story.key]
    if act.step == "attach":
        name = str(act.inputs.get("name", _EVIDENCE))
        service.attach(session, actor, lead_id, name, _evidence(story.data), now=act.at)
        return
    if act.step == "see":
        service.see_duplicates(session, actor, lead_id, now=act.at)
        return
    version = session.scalars(select(Case.version).where(Case.id == lead_id)).one()
    inputs = _inputs(session, world, story, act, lead_id)
    service.take(session, actor, lead_id, act.step, inputs, seen=version, now=act.at)


def _inputs(session: Session, world: World, story: Story, act: Act, lead_id: int) -> dict[str, Any]:
    """The fields of the form, with people and leads by their ids."""
    inputs = dict(act.inputs)
    for name in ("handler", "co_officer"):
        if name in inputs:
            inputs[name] = world.users[f"{inputs[name]}{story.crew}"]
    if "target" in inputs:
        inputs["target"] = world.leads[inputs["target"]]
    if act.step == "submit_findings":
        lines = session.scalars(select(LeadIndicator).where(LeadIndicator.lead_id == lead_id))
        inputs["verified"] = {line.id: line.known for line in lines if line.known is not None}
    return inputs


def _evidence(data: LeadData) -> bytes:
    """A list of the figures as a department would add it; with a mark, so that Excel reads it."""
    lines = ["指标,计量单位,上报数,掌握数,来源"]
    for item in data.indicators:
        cells = (item.name, item.unit, item.reported, item.known, item.source)
        lines.append(",".join("" if cell is None else str(cell) for cell in cells))
    return "\r\n".join(["\ufeff" + lines[0], *lines[1:], ""]).encode()
