"""What a report tells of: everything its maker sees, one bureau, one place, or one department."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.roles import Role
from tracker.core.cases.asking import Question
from tracker.core.numbers import counting
from tracker.core.numbers.counting import Change
from tracker.core.numbers.period import Period
from tracker.core.registers.models import Organisation, OrgKind, Region
from tracker.core.registers.places import place_name, place_names, region_range
from tracker.core.reports.model import Label
from tracker.core.reports.steps import Measure

BODY_ROLES = (Role.SUPERVISOR, Role.HEAD, Role.REGISTRAR)
_LEADERS = frozenset({Role.SUPERVISOR, Role.HEAD})
_BODIES = frozenset({OrgKind.BUREAU.value, OrgKind.SURVEY_TEAM.value})
# Rows of the code set that group places and are none themselves.
_NO_PLACES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


@dataclass(frozen=True, slots=True)
class Scope:
    """One choice. `key` names it in an address, `base` is what its cases are asked with."""

    key: str
    name: str
    house: str
    region: str
    base: Question = field(default_factory=Question)


@dataclass(frozen=True, slots=True)
class Order:
    """A report that is asked for: by whom, of what, for which days, and on which day."""

    session: Session
    actor: Actor
    today: date
    period: Period
    scope: Scope

    @property
    def counted(self) -> counting.Scope:
        """The same, as the counting of figures takes it."""
        return counting.Scope(self.session, self.actor, self.today, self.scope.base, self.period)

    def during(self, measure: Measure) -> Change:
        """Cases that a measure counts in the period."""
        names = (*measure.steps, *measure.facts)
        kinds = tuple(dict.fromkeys(name.partition(".")[0] for name in names))
        what = {"took": measure.steps, "facts": measure.facts}
        return {
            "kinds": kinds, **{k: v for k, v in what.items() if v}, **self.counted.when,
        }  # fmt: skip

    def lines(self, measures: Iterable[Measure]) -> list[tuple[Label, Change]]:
        """Some measures with their names."""
        return [(measure.label, self.during(measure)) for measure in measures]

    def opened(self, kind: str, **also: Any) -> Change:
        """Cases of a kind that were begun in the period."""
        return {"kinds": (kind,), **self.counted.opened, **also}

    def now(self, kind: str, view: str = "open", **also: Any) -> Change:
        """Cases of a kind as they stand today."""
        return {"kinds": (kind,), "view": view, **also}


def whole(actor: Actor) -> Power | None:
    """The power by which somebody reports for a body, leading ones first; None without one."""
    found = [p for p in actor.powers if p.role in BODY_ROLES and p.org_kind in _BODIES]
    return min(found, key=lambda p: (p.role not in _LEADERS, p.region_code), default=None)


def bureau_scopes(session: Session, actor: Actor) -> list[Scope]:
    """Everything the body sees, then each bureau of its region by itself."""
    power = whole(actor)
    if power is None:
        return []
    found = [_home(session, power)]
    if power.role in _LEADERS and power.org_kind == OrgKind.BUREAU.value:
        rows = session.execute(
            select(Organisation.id, Organisation.name, Organisation.region_code)
            .where(
                Organisation.kind == OrgKind.BUREAU.value,
                Organisation.active,
                Organisation.region_code.between(*region_range(power.region_code)),
            )
            .order_by(Organisation.region_code, Organisation.id)
        ).all()
        if len(rows) > 1:
            found += [
                Scope(str(r.id), r.name, r.name, r.region_code, Question(bureau=r.id)) for r in rows
            ]
    return found


def place_scopes(session: Session, actor: Actor) -> list[Scope]:
    """The body's whole place, then each of the next lower ones."""
    power = whole(actor)
    if power is None:
        return []
    home = _home(session, power)
    lower = lower_places(session, power.region_code)
    names = place_names(session, lower)
    return [
        home,
        *(Scope(c, names[c], power.org_name, c, Question(region=c)) for c in lower),
    ]


def origin_scopes(session: Session, actor: Actor) -> list[Scope]:
    """What a bureau gets; for a department's approver, what the own department sent."""
    houses = {
        p.org_id: p
        for p in actor.powers
        if p.role is Role.DEPT_APPROVER and p.org_kind not in _BODIES
    }
    own = [
        Scope(f"from-{p.org_id}", p.org_name, p.org_name, p.region_code, Question(origin=p.org_id))
        for p in houses.values()
    ]
    return [*bureau_scopes(session, actor), *own]


def lower_places(session: Session, region_code: str) -> list[str]:
    """The codes of the next places below one, past rows that only group places."""
    found: list[str] = []
    asked: Collection[str] = (region_code,)
    while asked:
        rows = session.execute(
            select(Region.code, Region.name).where(Region.parent_code.in_(asked))
        ).all()
        found += [r.code for r in rows if r.name not in _NO_PLACES]
        asked = [r.code for r in rows if r.name in _NO_PLACES]
    return sorted(found)


def _home(session: Session, power: Power) -> Scope:
    leads = power.role in _LEADERS and power.org_kind == OrgKind.BUREAU.value
    name = place_name(session, power.region_code) if leads else power.org_name
    return Scope("", name, power.org_name, power.region_code)
