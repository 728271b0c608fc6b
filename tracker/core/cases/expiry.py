"""The clock of enforcement certificates: who is told that one runs out, each time once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.certificates import RULE, Cover, covers_of, orgs_of
from tracker.core.clock import office_date
from tracker.core.errors import say
from tracker.core.notices import service as notices
from tracker.core.notices.models import Outbox
from tracker.core.registers.models import Officer
from tracker.core.reminders.plan import warning_day
from tracker.core.reminders.rungs import rungs_for
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.model import RungKind
from tracker.core.rulebook.reminders import Rung


def passed(rungs: Iterable[Rung], ends: date, today: date, calendar: Calendar) -> Rung | None:
    """The reminder whose turn it is before an end; an earlier one that was missed stays unsaid."""
    days = {warning_day(r, ends, calendar): r for r in rungs if r.kind is RungKind.BEFORE}
    return next((days[day] for day in sorted(days, reverse=True) if day <= today), None)


def anything_expiring(session: Session, now: datetime) -> bool:
    """Whether some certificate has a reminder that was not posted yet."""
    return bool(_due(session, office_date(now)))


def post_expiries(session: Session, now: datetime) -> int:
    """Tell the holder and the supervisor of each certificate that runs out; how many were told.

    However often this runs, one reminder of one certificate goes out once.
    """
    told = 0
    for cover, name, rung, key in _due(session, office_date(now)):
        sentence = say(
            "%(who)s 的统计执法证 %(number)s 于 %(day)s 到期，到期后不能再检查、核查，请及时换证。",
            who=name,
            number=cover.officer.certificate_no,
            day=cover.ends,
        )
        orgs = sorted(orgs_of(session, cover.officer.user_id, office_date(now)))
        if "holder" in rung.to:
            told += notices.queue(
                session,
                case_id=None,
                sentence=sentence,
                now=now,
                source_key=key,
                to_user_ids=[cover.officer.user_id],
            )
        for role in (Role.SUPERVISOR, Role.HEAD):
            for org_id in orgs if role.value in rung.to else ():
                told += notices.queue(
                    session,
                    case_id=None,
                    sentence=sentence,
                    now=now,
                    source_key=key,
                    to_org_role=(org_id, role.value),
                )
    return told


def _due(session: Session, today: date) -> list[tuple[Cover, str, Rung, str]]:
    """Certificates that run out with no other to follow, with the reminder not yet queued."""
    rule, calendar = default_rulebook().rule(RULE, today), calendar_store.load(session)
    names = dict(
        session.execute(
            select(User.id, User.name)
            .join(Officer, Officer.user_id == User.id)
            .where(Officer.valid_from <= today, Officer.valid_to >= today, User.active)
            .order_by(User.id)
        ).all()
    )
    found = []
    for user_id, cover in covers_of(session, names, today).items():
        orgs = sorted(orgs_of(session, user_id, today))
        rungs = rungs_for(session, rule, orgs[0] if orgs else None)
        rung = passed(rungs, cover.ends, today, calendar)
        if rung is not None:
            key = f"certificate:{cover.officer.id}:{cover.ends}:{rung.key}"
            found.append((cover, names[user_id], rung, key))
    sent = set(
        session.scalars(
            select(Outbox.source_key).where(Outbox.source_key.in_([key for *_, key in found]))
        )
    )
    return [row for row in found if row[-1] not in sent]
