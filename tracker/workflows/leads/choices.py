"""What the forms of a lead offer to choose from, for whoever is writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases.models import CaseExcludedOrg
from tracker.core.errors import NotVisible
from tracker.core.registers.models import Organisation, Region
from tracker.core.registers.places import region_range
from tracker.workflows.leads.forms import LeadForm, periods
from tracker.workflows.leads.models import CONFIDENTIALITY, Lead
from tracker.workflows.leads.parties import body_for


@dataclass(frozen=True, slots=True)
class Writer:
    """In whose name a lead is written down."""

    org_id: int
    org_name: str
    region_code: str
    intake: bool


def writers(actor: Actor) -> list[Writer]:
    """Every organisation the actor may write leads for."""
    found = [
        Writer(p.org_id, p.org_name, p.region_code, p.role is Role.REGISTRAR)
        for p in actor.powers
        if p.role in (Role.LIAISON, Role.TOWNSHIP_CLERK, Role.REGISTRAR)
    ]
    return list(dict.fromkeys(found))


def writer(actor: Actor, wanted: str) -> Writer:
    """The one asked for by organisation id, or the first."""
    offered = writers(actor)
    if not offered:
        raise NotVisible("writer")
    return next((w for w in offered if str(w.org_id) == wanted), offered[0])


def writer_of(session: Session, lead: Lead) -> Writer:
    """Whoever wrote a lead that exists."""
    org = session.get_one(Organisation, lead.origin_org_id)
    return Writer(org.id, org.name, org.region_code, lead.origin_org_id == lead.bureau_id)


def offer(
    session: Session,
    form: LeadForm,
    clearance: int,
    region_code: str,
    today: date,
    lead: Lead | None,
) -> None:
    """Fill the form's selects: places of the region, departments there, periods."""
    low, high = region_range(region_code)
    rows = session.execute(
        select(Region.code, Region.name, Region.level)
        .where(
            Region.code.between(low, high),
            Region.level.in_(_levels(region_code)),
        )
        .order_by(Region.code)
    ).all()
    chosen = {lead.region_code} if lead else set()
    places = [(r.code, r.name) for r in rows if r.name not in ("市辖区", "县")]
    for code in chosen - {c for c, _ in places}:
        region = session.get(Region, code)
        places.append((code, region.name if region else code))
    form.region_code.choices = places
    departments = session.scalars(
        select(Organisation)
        .where(
            Organisation.kind == "department",
            Organisation.active,
            Organisation.region_code.between(low, high),
        )
        .order_by(Organisation.region_code, Organisation.id)
    )
    form.competent_org_id.choices = [
        ("", gettext("不涉及或不清楚")),
        *((str(o.id), o.name) for o in departments),
    ]
    form.confidentiality.choices = [
        (level, lazy_gettext(label))
        for level, label in CONFIDENTIALITY.items()
        if level <= clearance
    ]
    form.period.choices = periods(today, [lead.period] if lead else [])


def _levels(region_code: str) -> Sequence[str]:
    """Which levels of places a writer chooses from: its own and the next below."""
    if region_code[2:] == "0" * 10:
        return ("province", "city", "county")
    if region_code[4:] == "0" * 8:
        return ("city", "county")
    return ("county", "township")


def start(form: LeadForm, chosen: Writer) -> None:
    """Sensible values for a new lead."""
    if not form.found_on.data:
        form.found_on.data = form.today
    if not form.region_code.data or form.region_code.data == "None":
        form.region_code.data = chosen.region_code


def fill(form: LeadForm, lead: Lead) -> None:
    """The form of a lead that exists."""
    for name in (
        "unit_name",
        "uscc",
        "region_code",
        "matter",
        "found_in",
        "found_on",
        "period",
        "survey_owner",
        "confidentiality",
        "facts",
        "reporter",
        "reply_wanted",
    ):
        form[name].data = getattr(lead, name)
    from sqlalchemy.orm import object_session

    session = object_session(lead)
    excluded = (
        session.scalars(
            select(CaseExcludedOrg.org_id).where(CaseExcludedOrg.case_id == lead.id)
        ).first()
        if session
        else None
    )
    form.competent_org_id.data = str(excluded or "")
    while form.indicators.entries:
        form.indicators.pop_entry()
    for row in lead.indicators:
        form.indicators.append_entry(
            {
                "name": row.name,
                "unit": row.unit,
                "reported": plain(row.reported),
                "known": plain(row.known),
                "source": row.source,
            }
        )
    if not lead.indicators:
        form.indicators.append_entry()


def plain(value: Decimal | None) -> str:
    """A figure as one would type it: no trailing zeros, no exponent."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class After:
    """What happens after a lead is handed in, and by whom."""

    approvers: list[str]
    recipient: str
    team: str


def after(session: Session, actor: Actor, chosen: Writer, today: date) -> After:
    """Who approves, and where it goes."""
    people = people_in(session, chosen.org_id, Role.DEPT_APPROVER, today)
    body = body_for(session, chosen.region_code, "bureau")
    team = body_for(session, chosen.region_code, "survey_team")
    return After(
        [p.name for p in people if p.id != actor.user_id][:3],
        body.name if body else "",
        team.name if team else "",
    )
