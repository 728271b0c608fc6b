"""What the forms of a filing offer from the registers, for whoever is writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.clock import office_date, utc_now
from tracker.core.norms.board import filing_modes
from tracker.core.norms.model import PlaceKind
from tracker.core.norms.places import place_kind_at
from tracker.core.registers.models import Organisation, OrgKind
from tracker.core.registers.places import place_names
from tracker.core.staff.models import DUTY_LABELS, Duty, Person
from tracker.core.staff.scope import readable
from tracker.workflows.filings import change, parties
from tracker.workflows.filings.flow import CLERKS, FINDERS
from tracker.workflows.filings.models import CHANGES, MODES, Filing

_MOST_PEOPLE = 1000
# A township files for what lies below it, too.
_BELOW = (PlaceKind.VILLAGE, PlaceKind.COMMUNITY, PlaceKind.PARK)


def picks(session: Session, actor: Actor, case: Filing | None, name: str) -> Mapping[str, str]:
    """Value to label of a question: for a filing that is there, or for a new one."""
    today = office_date(utc_now())
    match name:
        case "holding":
            return _posts(session, actor, case, today)
        case "incoming":
            return _people(session, actor, case)
        case "place":
            return _places(session, actor, case)
        case "mode_rule":
            return _modes(session, actor, case, today)
        case _:
            return {str(o.id): o.name for b in _bureaus(session, actor) for o in _units(session, b)}


def _units(session: Session, bureau: Organisation) -> list[Organisation]:
    return parties.units_of(session, bureau)


def _bureaus(session: Session, actor: Actor) -> list[Organisation]:
    ids = [p.org_id for p in actor.powers if p.role in FINDERS and p.org_kind == OrgKind.BUREAU]
    return [session.get_one(Organisation, i) for i in dict.fromkeys(ids)][:1]


def _own(session: Session, actor: Actor, case: Filing | None) -> list[Organisation]:
    """The unit that writes: that of the case, else the first the actor writes for."""
    if case is not None:
        return [session.get_one(Organisation, case.origin_org_id)]
    ids = [p.org_id for p in sorted(actor.powers, key=_lent) if p.role in CLERKS]
    return [session.get_one(Organisation, i) for i in ids[:1]]


def _lent(power: object) -> bool:
    return getattr(power, "on_behalf_of", None) is not None


def _posts(session: Session, actor: Actor, case: Filing | None, today: date) -> dict[str, str]:
    units = _own(session, actor, case)
    if case is None and not units:
        units = [u for b in _bureaus(session, actor) for u in _units(session, b)]
    since = today if case is None else min(today, case.effective_on)
    rows = {h.id: (h, p) for unit in units for h, p in change.posts_at(session, unit, since)}
    names = place_names(session, {h.region_code for h, _p in rows.values()})
    found = {}
    for holding, person in rows.values():
        found[str(holding.id)] = str(
            gettext(
                "%(who)s，%(duty)s，%(kind)s，%(where)s",
                who=person.name,
                duty=gettext(DUTY_LABELS[Duty(holding.duty)]),
                kind=gettext("专职") if holding.full_time else gettext("兼职"),
                where=names[holding.region_code],
            )
        )
    return found


def _people(session: Session, actor: Actor, case: Filing | None) -> dict[str, str]:
    known = case.incoming_id if case is not None else None
    rows = session.scalars(
        select(Person)
        .where(readable(actor) | (Person.id == (known or 0)))
        .order_by(Person.name_key, Person.id)
        .limit(_MOST_PEOPLE)
    ).all()
    names = place_names(session, {p.region_code for p in rows})
    return {str(p.id): "，".join(filter(None, _told(p, names))) for p in rows}


def _told(person: Person, names: Mapping[str, str]) -> Iterator[str]:
    """The mask tells two people of one name apart."""
    yield person.name
    yield person.number_mask[-4:] if person.number_mask else ""
    yield names[person.region_code]


def _places(session: Session, actor: Actor, case: Filing | None) -> dict[str, str]:
    return {
        code: name
        for unit in _own(session, actor, case)
        for code, name in change.places_of(session, unit).items()
    }


def _modes(session: Session, actor: Actor, case: Filing | None, today: date) -> dict[str, str]:
    found: dict[str, str] = {}
    for unit in _own(session, actor, case):
        for kind in _kinds(session, unit):
            for name in CHANGES:
                for rule in filing_modes(unit.region_code, kind, name, today):
                    found[rule.id] = f"{gettext(MODES[rule.mode.value])}：{rule.source}"
    return found


def _kinds(session: Session, unit: Organisation) -> list[PlaceKind]:
    if change.is_department(unit):
        return [PlaceKind.DEPARTMENT]
    return [place_kind_at(session, unit.region_code), *_BELOW]
