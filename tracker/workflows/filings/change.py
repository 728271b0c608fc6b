"""What a filing is about, read from the registers: who goes, who comes, where, in which way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.norms.board import effect as norm_effect
from tracker.core.norms.board import filing_modes, filing_rule, org_subject, place_subject
from tracker.core.norms.model import FilingRule, PlaceKind
from tracker.core.norms.places import place_kind_at
from tracker.core.norms.standing import Standing
from tracker.core.registers.models import Organisation, OrgKind, Region
from tracker.core.registers.places import region_range
from tracker.core.staff.models import Holding, Person
from tracker.workflows.filings.models import Filing


@dataclass(frozen=True, slots=True)
class Post:
    """A post as norms look at it, and its title."""

    duty: str
    full_time: bool
    on_payroll: bool
    title: str = ""


def outgoing(session: Session, filing: Filing) -> Person | None:
    """Who leaves, changes post or goes on leave."""
    return _person(session, filing.outgoing_id)


def incoming(session: Session, filing: Filing) -> Person | None:
    """Who is to take the post."""
    return _person(session, filing.incoming_id)


def _person(session: Session, person_id: int | None) -> Person | None:
    return None if person_id is None else session.get(Person, person_id)


def post_left(session: Session, filing: Filing) -> Holding | None:
    """The post that is left or stands empty for a time."""
    return None if filing.holding_id is None else session.get(Holding, filing.holding_id)


def post_taken(filing: Filing) -> Post | None:
    """The post the newcomer is to have; None while nobody is named."""
    if filing.incoming_id is None:
        return None
    return Post(filing.duty, filing.full_time, filing.on_payroll, filing.post_title)


def accounts(session: Session, filing: Filing) -> dict[str, int]:
    """The accounts of the two concerned, by part; those without an account are left out."""
    people = {"outgoing": outgoing(session, filing), "incoming": incoming(session, filing)}
    return {part: p.user_id for part, p in people.items() if p is not None and p.user_id}


# ---------------------------------------------------------------- where


def is_department(org: Organisation) -> bool:
    """Whether the posts of an organisation are its own and not those of its place."""
    return org.kind == OrgKind.DEPARTMENT.value


def place_name(session: Session, place_code: str, org_id: int | None) -> str:
    """The place or department of a post, short."""
    if org_id is not None:
        return session.get_one(Organisation, org_id).name
    region = session.get(Region, place_code)
    return region.name if region is not None else place_code


def posts_at(session: Session, org: Organisation, on: date) -> Sequence[tuple[Holding, Person]]:
    """Posts that a unit may file changes of: its own, and for a place those of all below it."""
    low, high = region_range(org.region_code)
    here = (
        Holding.org_id == org.id
        if is_department(org)
        else Holding.region_code.between(low, high)
        & or_(Holding.org_id.is_(None), Holding.org_id == org.id)
    )
    rows = session.execute(
        select(Holding, Person)
        .join(Person, Person.id == Holding.person_id)
        .where(here, or_(Holding.until.is_(None), Holding.until >= on))
        .order_by(Holding.region_code, Person.name_key, Holding.id)
    )
    return [(holding, person) for holding, person in rows]


def places_of(session: Session, org: Organisation) -> dict[str, str]:
    """The places whose posts a unit may file: code to name, its own first; none for departments."""
    if is_department(org):
        return {}
    low, high = region_range(org.region_code)
    rows = session.execute(
        select(Region.code, Region.name).where(Region.code.between(low, high)).order_by(Region.code)
    )
    return {row.code: row.name for row in rows}


# ---------------------------------------------------------------- in which way


def kind_at(session: Session, place_code: str, org_id: int | None) -> PlaceKind:
    """What kind of place a post is at."""
    return PlaceKind.DEPARTMENT if org_id is not None else place_kind_at(session, place_code)


def modes(
    session: Session, place_code: str, org_id: int | None, change: str, on: date
) -> list[FilingRule]:
    """The ways a change may be brought before the bureau, the local one first."""
    return filing_modes(place_code, kind_at(session, place_code, org_id), change, on)


def rule_of(filing: Filing) -> FilingRule | None:
    """The rule by which the mode was chosen; None where no rule is known."""
    return filing_rule(filing.mode_rule) if filing.mode_rule else None


def effect(session: Session, filing: Filing) -> tuple[Standing, Standing] | None:
    """The staffing norms of the place before and after the change; None without a norm."""
    subject = (
        place_subject(filing.place_code)
        if filing.place_org_id is None
        else org_subject(filing.place_org_id)
    )
    gone = () if filing.holding_id is None else (filing.holding_id,)
    return norm_effect(session, subject, filing.effective_on, gone=gone, come=post_taken(filing))
