"""The words for what the work list is asked, and what may be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import ADMIN_ROLES
from tracker.core.cases.asking import OUTCOMES, Question
from tracker.core.cases.channels import channels
from tracker.core.cases.facts import facts
from tracker.core.cases.flow import State, flows
from tracker.core.cases.inside import inside
from tracker.core.cases.listing import known_states
from tracker.core.cases.models import Case
from tracker.core.cases.reads import shown_label, works_inside
from tracker.core.cases.scope import LEADING_ROLES, visible
from tracker.core.cases.unitbook import get_unit
from tracker.core.errors import N_, NotVisible, say
from tracker.core.registers.models import Organisation, Region
from tracker.core.registers.places import place_name, region_range
from tracker.core.rulebook.loader import default_rulebook
from tracker.web.errors import tell
from tracker.web.shell import local_date, meets
from tracker.web.work_look import Look

_MOST_CHOICES = 80
_BODIES = ("bureau", "survey_team")
_ORGS = {"origin": N_("来自"), "bureau": N_("办理机关"), "turn": N_("现在在")}
_PEOPLE = {"holder": N_("在谁手里"), "maker": N_("登记人")}
_LACKED = {"holder": N_("经办人"), "turn": N_("经办单位"), "bureau": N_("办理机关")}
_DAYS = {"due": N_("到期"), "opened": N_("登记"), "closed": N_("办结"), "when": N_("其间")}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is asked: its name, its value in words, and the address without it."""

    label: str
    value: str
    without: dict[str, str]


# ---------------------------------------------------------------- what is asked


def chips_of(session: Session, actor: Actor, look: Look) -> list[Chip]:
    """What narrows the list, one chip each; names are read only where they are asked for."""
    asked = look.question
    found = [*_of_cases(asked, actor), *_of_rows(session, actor, asked), *_of_days(asked)]
    if asked.text:
        found.append((N_("含"), asked.text, {"text": ""}))
    if asked.unread:
        found.append((N_("未读"), gettext("打开过的不算"), {"unread": False}))
    return [Chip(tell(label), value, look.args(**gone)) for label, value, gone in found]


Said = tuple[str, str, dict[str, object]]


def _of_cases(asked: Question, actor: Actor) -> list[Said]:
    """Kinds, states, steps, clocks and channels: words of the tables and the rules."""
    found: list[Said] = []
    if asked.kinds:
        labels = [flows.get(kind).label for kind in asked.kinds]
        found.append((N_("类别"), _listed(labels), {"kinds": ()}))
    if asked.states:
        found.append((N_("状态"), _states(asked.states, actor), {"states": ()}))
    if asked.channel:
        label = channels.label(asked.channel)
        found.append((N_("来源"), tell(label) or asked.channel, {"channel": ""}))
    if asked.took:
        labels = [_step_label(name) for name in asked.took]
        found.append((N_("办过"), _listed(labels), {"took": ()}))
    if asked.stayed:
        found.append((N_("离开过"), _states(asked.stayed, actor), {"stayed": ()}))
    if asked.clock:
        gone: dict[str, object] = {"clock": (), "outcome": ""}
        found.append((N_("期限"), _listed([_rule_title(r) for r in asked.clock]), gone))
    if asked.outcome:
        found.append((N_("期限结果"), tell(OUTCOMES[asked.outcome]), {"outcome": ""}))
    for name in asked.facts:
        left = tuple(other for other in asked.facts if other != name)
        if (fact := facts.get(name)) is not None:
            found.append((flows.get(fact.kind).label, tell(fact.label), {"facts": left}))
    return found


def _of_rows(session: Session, actor: Actor, asked: Question) -> list[Said]:
    """Places, organisations, people and units: names that stand in registers."""
    found: list[Said] = []
    if asked.region:
        region = session.get(Region, asked.region)
        name = region.name if region else asked.region
        gone: dict[str, object] = {"region": "", "here": False}
        if asked.here:
            name = tell(say("%(place)s本级", place=name))
        found.append((N_("地区"), name, gone))
    if asked.not_in:
        found.append((N_("不在"), place_name(session, asked.not_in), {"not_in": ""}))
    if asked.lacks:
        labels = [_LACKED[name] for name in asked.lacks]
        found.append((N_("还没有"), _listed(labels), {"lacks": ()}))
    ids = {name: org for name in _ORGS if (org := getattr(asked, name)) is not None}
    if ids:
        rows = session.execute(
            select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids.values()))
        )
        names = dict(rows.all())
        for name, org in ids.items():
            found.append((_ORGS[name], names.get(org, gettext("某单位")), {name: None}))
    for name, label in _PEOPLE.items():
        if (user_id := getattr(asked, name)) is not None:
            found.append((label, _person(session, actor, user_id), {name: None}))
    if asked.unit is not None:
        found.append((N_("调查对象"), _unit(session, actor, asked.unit), {"unit": None}))
    return found


def _of_days(asked: Question) -> list[Said]:
    found: list[Said] = []
    for stem, label in _DAYS.items():
        first, last = getattr(asked, f"{stem}_from"), getattr(asked, f"{stem}_to")
        if first is not None or last is not None:
            gone: dict[str, object] = {f"{stem}_from": None, f"{stem}_to": None}
            found.append((label, _span(first, last), gone))
    return found


def _span(first: date | None, last: date | None) -> str:
    if first == last:
        return local_date(first)
    if first is None:
        return tell(say("%(day)s及以前", day=last))
    if last is None:
        return tell(say("%(day)s及以后", day=first))
    return tell(say("%(first)s至%(last)s", first=first, last=last))


def _listed(labels: Sequence[str]) -> str:
    some = tell(N_("、")).join(tell(label) for label in labels[:3])
    return some if len(labels) <= 3 else tell(say("%(some)s等 %(n)s 项", some=some, n=len(labels)))


def _states(names: Sequence[str], actor: Actor) -> str:
    return _listed(list(dict.fromkeys(_state_label(name, actor) for name in names)))


def _state_label(name: str, actor: Actor) -> str:
    kind, _, state = name.partition(".")
    return shown_label(flows.get(kind).state(state), from_outside=not works_inside(actor))


def _step_label(name: str) -> str:
    kind, _, step = name.partition(".")
    return flows.get(kind).step(step).label


def _rule_title(rule_id: str) -> str:
    known = [rule for rule in default_rulebook().all() if rule.id == rule_id]
    return known[0].title if known else rule_id


def _person(session: Session, actor: Actor, user_id: int) -> str:
    """A name: of colleagues, and of those who have or began cases that one reads from inside."""
    theirs = exists(
        select(Case.id).where(
            or_(Case.assignee_id == User.id, Case.created_by_id == User.id),
            inside(actor),
            visible(actor),
        )
    )
    known = or_(User.id == actor.user_id, _of_house(actor), theirs)
    return session.scalar(select(User.name).where(User.id == user_id, known)) or tell(N_("某人"))


def _unit(session: Session, actor: Actor, unit_id: int) -> str:
    try:
        return get_unit(session, actor, unit_id).name
    except NotVisible:
        return tell(N_("某家单位"))


# ---------------------------------------------------------------- what may be asked for


def kind_choices(look: Look) -> list[tuple[str, str]]:
    """The workflows the person meets; several at once, as a dashboard asks, are one more."""
    found = [(flow.kind, tell(flow.label)) for flow in flows.all() if meets(flow)]
    asked = look.question.kinds
    if asked and ",".join(asked) not in dict(found):
        found.append((",".join(asked), _listed([flows.get(kind).label for kind in asked])))
    return found


def state_choices(look: Look, actor: Actor) -> list[tuple[str, str]]:
    """The states of the one kind that is asked for; empty while none or several are."""
    asked = look.question
    if len(asked.kinds) != 1:
        return []
    flow = flows.get(asked.kinds[0])
    found = [(f"{flow.kind}.{s.name}", _label(s, actor)) for s in known_states(flow, actor)]
    if asked.states and ",".join(asked.states) not in dict(found):
        found.append((",".join(asked.states), _states(asked.states, actor)))
    return found


def _label(state: State, actor: Actor) -> str:
    return tell(shown_label(state, from_outside=not works_inside(actor)))


def holder_choices(session: Session, actor: Actor, look: Look) -> list[tuple[int, str]]:
    """The people of the actor's houses in whose hands a case can be, and who is asked for."""
    rows = session.execute(
        select(User.id, User.name).where(User.active, _of_house(actor)).order_by(User.name, User.id)
    ).all()
    found = {row.id: row.name for row in rows[:_MOST_CHOICES]}
    asked = look.question.holder
    if asked is not None and asked not in found:
        found[asked] = _person(session, actor, asked)
    return list(found.items())


def _of_house(actor: Actor) -> ColumnElement[bool]:
    return exists(
        select(Grant.id).where(
            Grant.user_id == User.id,
            Grant.org_id.in_(actor.orgs()),
            Grant.role.not_in([role.value for role in ADMIN_ROLES]),
        )
    )


def house_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The bodies whose cases the actor reads as a leader, and the actor's own houses."""
    leading = {
        region_range(p.region_code)
        for p in actor.powers
        if p.role in LEADING_ROLES and p.org_kind in _BODIES
    }
    if not leading:
        return []
    below = or_(*(Organisation.region_code.between(low, high) for low, high in sorted(leading)))
    rows = session.execute(
        select(Organisation.id, Organisation.short_name)
        .where(
            or_(
                and_(below, Organisation.kind.in_(_BODIES), Organisation.active),
                Organisation.id.in_(actor.orgs()),
            )
        )
        .order_by(Organisation.region_code, Organisation.id)
        .limit(_MOST_CHOICES)
    ).all()
    return [(row.id, row.short_name) for row in rows] if len(rows) > 1 else []
