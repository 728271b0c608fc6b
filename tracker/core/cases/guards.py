"""Who may take a step, and why not: one answer for the button and for the door."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import ROLE_LABELS, Role
from tracker.core.cases.flow import Context, Flow, Side, Step
from tracker.core.cases.models import Case, CasePerson, Move
from tracker.core.cases.reads import outside, shown_label
from tracker.core.clock import office_date
from tracker.core.documents.kinds import kind_of
from tracker.core.documents.service import issued_kinds
from tracker.core.errors import Refusal, Sentence, say
from tracker.core.registers.models import Organisation


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken, and by whom: the person at the keyboard and the one stood in for."""

    step: str
    persons: frozenset[int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a step may be taken: by which power, or every reason why not."""

    step: Step
    power: Power | None
    refusals: tuple[Refusal, ...]

    @property
    def allowed(self) -> bool:
        """No refusal is left."""
        return not self.refusals


def history(session: Session, case_id: int) -> list[Move]:
    """The steps taken on a case, oldest first."""
    return list(session.scalars(select(Move).where(Move.case_id == case_id).order_by(Move.seq)))


def taken(moves: Iterable[Move]) -> list[Taken]:
    """What four eyes need to know of a history."""
    return [Taken(m.step, persons_of(m.actor_id, m.on_behalf_of_id)) for m in moves]


def persons_of(actor_id: int, on_behalf_of: int | None) -> frozenset[int]:
    """Everyone who acts when this person acts: also the one stood in for."""
    return frozenset({actor_id} if on_behalf_of is None else {actor_id, on_behalf_of})


def own_work(flow: Flow, step: Step, past: Sequence[Taken], persons: Collection[int]) -> bool:
    """Whether these persons made what the step checks. The verifier asks this same function."""
    makers = _maker_steps(flow, step)
    return any(t.step in makers and not t.persons.isdisjoint(persons) for t in past)


def side_org(case: Case, side: Side) -> int | None:
    """The organisation that stands on a side of the case; None where there is none."""
    orgs = {
        Side.ORIGIN: case.origin_org_id,
        Side.VIA: case.via_org_id,
        Side.BUREAU: case.bureau_id,
        Side.ABOVE: case.above_org_id,
    }
    return orgs[side]


def part_holders(session: Session, case_id: int, part: str) -> list[int]:
    """Users who hold a part in the case now."""
    return list(
        session.scalars(
            select(CasePerson.user_id)
            .where(
                CasePerson.case_id == case_id,
                CasePerson.part == part,
                CasePerson.ended_at.is_(None),
            )
            .order_by(CasePerson.id)
        )
    )


def judge(
    flow: Flow,
    step: Step,
    case: Case,
    actor: Actor,
    *,
    session: Session,
    now: datetime,
    past: Sequence[Taken] | None = None,
) -> Verdict:
    """Ask everything about one step: state, role, organisation, part, four eyes, guards.

    Every "no" is collected. The power chosen is the first that passes; the actor's own come
    before those held for somebody else. What was lent for other kinds of cases counts for nothing.
    """
    today = office_date(now)
    actor = actor.within(case.kind)
    refusals: list[Refusal] = []
    if case.state not in step.source:
        refusals.append(_wrong_state(flow, step, case, actor))
    power, why = _power(flow, step, case, actor, session, past, today)
    if why is not None:
        refusals.append(why)
    if not refusals:
        context = Context(session=session, case=case, actor=actor, now=now, today=today)
        refusals += [no for guard in step.guards if (no := guard(context)) is not None]
        refusals += _papers_missing(step, case, session)
    return Verdict(step, power, tuple(refusals))


def steps_for(
    flow: Flow, case: Case, actor: Actor, *, session: Session, now: datetime
) -> list[Verdict]:
    """Verdicts on every step that leaves the present state: the page's buttons and refusals."""
    past = taken(history(session, case.id))
    return [
        judge(flow, step, case, actor, session=session, now=now, past=past)
        for step in flow.from_state(case.state)
    ]


def _papers_missing(step: Step, case: Case, session: Session) -> list[Refusal]:
    """The documents a step requires and the case does not have yet."""
    if not step.papers:
        return []
    there = issued_kinds(session, case.id)
    return [
        Refusal(
            say("缺《%(paper)s》。", paper=say(kind_of(name).title)),
            instead=say("在“文书”里制作并签发"),
        )
        for name in step.papers
        if name not in there
    ]


def _power(
    flow: Flow,
    step: Step,
    case: Case,
    actor: Actor,
    session: Session,
    past: Sequence[Taken] | None,
    today: date,
) -> tuple[Power | None, Refusal | None]:
    org_id = side_org(case, step.side)
    fit = [p for p in actor.powers if p.role in step.by and p.org_id == org_id]
    if not fit:
        return None, Refusal(
            say("这一步由%(roles)s办理。", roles=_roles(step.by)),
            _holders(session, step, org_id, today),
        )
    if step.part is not None:
        holders = part_holders(session, case.id, step.part)
        fit = [p for p in fit if (p.on_behalf_of or actor.user_id) in holders]
        if not fit:
            return None, Refusal(
                say("这一步由本件的承办人办理。"), names(session, holders) if holders else None
            )
    if past is None:
        past = taken(history(session, case.id))
    for power in sorted(fit, key=lambda p: p.on_behalf_of is not None):
        if not own_work(flow, step, past, persons_of(actor.user_id, power.on_behalf_of)):
            return power, None
    return None, Refusal(
        say("经办人不能复核自己办的事，代行职务也不行。"),
        _holders(
            session,
            step,
            org_id,
            today,
            without=_makers(flow, step, past) | {actor.user_id},
        ),
    )


def _makers(flow: Flow, step: Step, past: Sequence[Taken]) -> frozenset[int]:
    steps = _maker_steps(flow, step)
    return frozenset().union(*(t.persons for t in past if t.step in steps))


def _maker_steps(flow: Flow, step: Step) -> frozenset[str]:
    return frozenset().union(*(flow.makers_of(subject) for subject in step.checks))


def _wrong_state(flow: Flow, step: Step, case: Case, actor: Actor) -> Refusal:
    beyond = outside(actor, case)
    here, *there = (
        shown_label(flow.state(name), from_outside=beyond) for name in (case.state, *step.source)
    )
    where = _either([say(label) for label in dict.fromkeys(there)])
    return Refusal(
        say("现在是“%(here)s”，这一步只能在“%(there)s”时办理。", here=say(here), there=where)
    )


def _roles(roles: Iterable[Role]) -> Sentence:
    return _either([say(ROLE_LABELS[r]) for r in roles])


def _either(labels: Sequence[Sentence]) -> Sentence:
    found = labels[0] if labels else say("—")
    for label in labels[1:]:
        found = say("%(one)s或%(other)s", one=found, other=label)
    return found


def _holders(
    session: Session,
    step: Step,
    org_id: int | None,
    today: date,
    without: Collection[int] = (),
) -> Sentence | None:
    """Names of the people whose role would do, a few of them; None when there is nobody."""
    if org_id is None:
        return None
    people = session.execute(
        select(User.id, User.name, Organisation.short_name)
        .join(Grant, Grant.user_id == User.id)
        .join(Organisation, Organisation.id == Grant.org_id)
        .where(
            Grant.org_id == org_id,
            Grant.role.in_([r.value for r in step.by]),
            User.active,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
        )
        .distinct()
        .order_by(User.id)
        .limit(6)
    ).all()
    found = [f"{p.name}（{p.short_name}）" for p in people if p.id not in without][:3]
    return say("、".join(found)) if found else None


def names(session: Session, user_ids: Collection[int]) -> Sentence:
    """The names of some users in one phrase."""
    found = session.scalars(select(User.name).where(User.id.in_(user_ids)).order_by(User.id))
    return say("、".join(found))
