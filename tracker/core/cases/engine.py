"""The one door: `open_case()` and `move()` are the only code that sets a state.

In one transaction each checks who and why, takes the state, writes history and audit, starts
and stops clocks, plans and cancels reminders, and queues notices: all of it or none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from transitions import MachineError

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.models import User
from tracker.core.audit.service import record
from tracker.core.cases import clocks
from tracker.core.cases.answers import as_json
from tracker.core.cases.flow import Flow, State, Step, flows
from tracker.core.cases.guards import Taken, judge, part_holders, side_org
from tracker.core.cases.models import LAST_DAY, Case, CasePerson, Move, Stay
from tracker.core.cases.proofs import proofs_there
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import RECUSED
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, ChangedMeanwhile, Refusal, Sentence, StepRefused, say
from tracker.core.notices.service import Message, queue_all


@dataclass(slots=True)
class Taking:
    """What a step brings along besides the state.

    `values` are spine columns the workflow sets in the same conditional UPDATE; `parts` are
    people to put into a part (the former holder of that part ends); `fields` are the answers kept
    with the move; `when` says when it happened; `apply` writes the detail table after the state
    is taken.
    """

    note: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    when: clocks.When = field(default_factory=clocks.When)
    extending: clocks.Extending | None = None
    request_id: str | None = None
    apply: Callable[[], None] | None = None


class _Edge:
    """A stand-in row: the machine moves it, so that the real row changes by UPDATE alone."""

    def __init__(self, state: str) -> None:
        self.state = state


def open_case(
    session: Session,
    case: Case,
    step_name: str,
    actor: Actor,
    *,
    now: datetime,
    taking: Taking | None = None,
) -> Case:
    """Take the opening step: the case comes into being in that step's state.

    Raises StepRefused when no power of the actor allows it.
    """
    taking = taking or Taking()
    flow = flows.get(case.kind)
    step = flow.step(step_name)
    org_id = side_org(case, step.side)
    powers = actor.within(case.kind).powers
    power = next((p for p in powers if p.role in step.by and p.org_id == org_id), None)
    if step.source or power is None:
        raise StepRefused([Refusal(say("您的岗位不能登记这类事项。"))], step_name)
    state = flow.state(step.dest or "")
    today = office_date(now)
    case.state = state.name
    case.flow_version = flow.version
    case.version = 1
    case.opened_at, case.opened_on, case.holder_since = now, today, today
    case.created_by_id = actor.user_id
    case.audit_n = 1
    case.due_order = LAST_DAY
    for name, value in taking.values.items():
        setattr(case, name, value)
    session.add(case)
    session.flush()
    if taking.apply is not None:
        taking.apply()
    _put_people(session, case, taking.parts, now)
    _hand_over(session, case, state, today)
    _write(session, case, step, power, actor, None, now, taking)
    clocks.on_step(session, flow, case, step, None, state, actor.user_id, now, taking.when)
    _tell(session, case, step, state, actor, now, seq=1)
    session.flush()
    return case


def move(
    session: Session,
    case: Case,
    step_name: str,
    actor: Actor,
    *,
    seen: int,
    now: datetime,
    prepare: Callable[[], Taking] | None = None,
) -> Case:
    """Take one step on a case that was read, locked, through `get_visible`.

    `seen` is the version the page showed. `prepare` checks the form's fields and says what the
    step brings along; it is asked after everything else has said yes. Raises ChangedMeanwhile
    when the case has moved since, StepRefused with every reason when the step may not be taken;
    then nothing has happened.
    """
    flow = flows.get(case.kind)
    step = flow.step(step_name)
    power, taking = ready(session, case, step_name, actor, seen=seen, now=now, prepare=prepare)
    before = flow.state(case.state)
    after = flow.state(_edge(flow, step, case.state))
    _take(session, flow, case, before, after, now, taking.values, actor)
    if taking.apply is not None:
        taking.apply()
    _put_people(session, case, taking.parts, now)
    today = office_date(now)
    with session.no_autoflush:  # one UPDATE of the case, not one before every read
        _hand_over(session, case, after, today, stopped=bool(step.suspends))
        _write(session, case, step, power, actor, before.name, now, taking)
    who, more = actor.user_id, taking.extending
    clocks.on_step(session, flow, case, step, before, after, who, now, taking.when, more)
    _tell(session, case, step, after, actor, now, seq=case.version)
    session.flush()
    return case


def ready(
    session: Session,
    case: Case,
    step_name: str,
    actor: Actor,
    *,
    seen: int,
    now: datetime,
    prepare: Callable[[], Taking] | None = None,
    past: Sequence[Taken] | None = None,
) -> tuple[Power, Taking]:
    """All that `move` asks before it writes: the power that takes the step, and what it brings.

    Raises what `move` raises. `past` is the history of the case, where it was read already.
    """
    flow = flows.get(case.kind)
    step = flow.step(step_name)
    if case.version != seen:
        raise ChangedMeanwhile(what_changed(session, flow, case, actor))
    verdict = judge(flow, step, case, actor, session=session, now=now, past=past)
    if verdict.refusals or verdict.power is None:
        raise StepRefused(list(verdict.refusals), step_name)
    taking = prepare() if prepare is not None else Taking()
    if step.needs_note and not taking.note.strip():
        raise BadInput("note", say("请写明理由。"))
    _refuse_future(taking, now)
    _refuse_without_proof(session, flow, case, step)
    return verdict.power, taking


def _refuse_future(taking: Taking, now: datetime) -> None:
    """Nothing is recorded before it has happened."""
    late_day = taking.when.on is not None and taking.when.on > office_date(now)
    if late_day or (taking.when.at is not None and taking.when.at > now):
        raise BadInput("on", say("日期不能晚于今天。"))


def _refuse_without_proof(session: Session, flow: Flow, case: Case, step: Step) -> None:
    """The paper that proves the step lies in the file before the step is taken."""
    if step.proof and step.proof not in proofs_there(session, flow, case.id):
        raise BadInput("files", say("请同时上传%(what)s。", what=say(step.proof)))


def what_changed(session: Session, flow: Flow, case: Case, actor: Actor) -> Sentence:
    """What happened to the case since: who did what, and where it stands.

    The side it came from is not told what a house does inside.
    """
    row = session.execute(
        select(Move.step, Move.internal, User.name)
        .join(User, User.id == Move.actor_id)
        .where(Move.case_id == case.id)
        .order_by(Move.seq.desc())
        .limit(1)
    ).one()
    if outside(actor, case) and (row.internal or flow.state(case.state).outside):
        return say("您打开以后，这件有了变化，请看清现在的情况再办。您填的内容没有提交，也没有丢。")
    return say(
        "%(who)s 刚刚办了“%(what)s”，现在是“%(state)s”。您填的内容没有提交，也没有丢。",
        who=row.name,
        what=say(flow.step(row.step).label),
        state=say(flow.state(case.state).label),
    )


def _edge(flow: Flow, step: Step, state: str) -> str:
    edge = _Edge(state)
    try:
        flow.machine.events[step.name].trigger(edge)
    except MachineError as error:  # judge() said yes and the machine no: the table disagrees
        raise StepRefused([Refusal(say("流程表不允许这一步。"))], step.name) from error
    return edge.state


def _take(
    session: Session,
    flow: Flow,
    case: Case,
    before: State,
    after: State,
    now: datetime,
    values: dict[str, Any],
    actor: Actor,
) -> None:
    """The last word: one row changed, or somebody was quicker."""
    values = {**values, "state": after.name, "closed_at": now if after.final else None}
    if after.final:
        values |= {"turn_org_id": None, "turn_role": None, "assignee_id": None}
    counted = session.execute(
        update(Case)
        .where(Case.id == case.id, Case.version == case.version, Case.state == before.name)
        .values(version=Case.version + 1, audit_n=Case.audit_n + 1, **values)
        .returning(Case.version, Case.audit_n)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if counted is None:
        session.refresh(case)
        raise ChangedMeanwhile(what_changed(session, flow, case, actor))
    # The row is known without being read again.
    for name, value in {**values, "version": counted.version, "audit_n": counted.audit_n}.items():
        set_committed_value(case, name, value)


def _put_people(session: Session, case: Case, parts: dict[str, int], now: datetime) -> None:
    for part, user_id in parts.items():
        if part_holders(session, case.id, part) == [user_id]:
            continue
        if part != RECUSED:  # whoever has been recused stays so when another one is
            session.execute(
                update(CasePerson)
                .where(
                    CasePerson.case_id == case.id,
                    CasePerson.part == part,
                    CasePerson.ended_at.is_(None),
                )
                .values(ended_at=now)
            )
        session.add(CasePerson(case_id=case.id, user_id=user_id, part=part, since=now))
    session.flush()


def _hand_over(
    session: Session, case: Case, state: State, today: date, *, stopped: bool = False
) -> None:
    """Say whose turn it is now, and close and open the stays that custody counts."""
    holders = part_holders(session, case.id, state.holder) if state.holder else []
    org_id = side_org(case, state.side) if state.side else None
    person = holders[0] if holders else None
    case.turn_org_id = org_id
    case.turn_role = state.role.value if state.role else None
    case.assignee_id = person
    open_stay = session.scalars(
        select(Stay).where(Stay.case_id == case.id, Stay.to_on.is_(None))
    ).one_or_none()
    if open_stay is not None:
        same = (open_stay.org_id, open_stay.user_id, open_stay.state) == (
            org_id,
            person,
            state.name,
        )
        if same:
            return
        open_stay.to_on = today
    case.holder_since = today
    if state.final or org_id is None:
        return
    if open_stay is not None:
        seq = open_stay.seq  # the last one there is
    else:
        seq = session.scalar(select(func.count()).where(Stay.case_id == case.id)) or 0
    session.add(
        Stay(
            case_id=case.id,
            seq=seq + 1,
            org_id=org_id,
            user_id=person,
            state=state.name,
            from_on=today,
            stopped_clock=stopped,
        )
    )


def _write(
    session: Session,
    case: Case,
    step: Step,
    power: Power,
    actor: Actor,
    from_state: str | None,
    now: datetime,
    taking: Taking,
) -> None:
    """History for the page, audit for the auditor; both in this transaction."""
    session.add(
        Move(
            case_id=case.id,
            seq=case.version,
            step=step.name,
            from_state=from_state,
            to_state=case.state,
            actor_id=actor.user_id,
            on_behalf_of_id=power.on_behalf_of,
            org_id=power.org_id,
            at=now,
            note=taking.note.strip(),
            internal=step.internal,
            data=as_json(taking.fields),
        )
    )
    record(
        session,
        tag=f"{case.kind}.move.{step.name}",
        at=now,
        actor_id=actor.user_id,
        on_behalf_of_id=power.on_behalf_of,
        case_id=case.id,
        n=case.audit_n,
        object=f"{case.kind}:{case.id}",
        from_state=from_state,
        to_state=case.state,
        result="done",
        reason=taking.note.strip() or None,
        request_id=taking.request_id,
        details=taking.details,
    )


def _tell(
    session: Session,
    case: Case,
    step: Step,
    state: State,
    actor: Actor,
    now: datetime,
    *,
    seq: int,
) -> None:
    """Queue notices: to whoever's turn it is now, and to those the step names."""
    messages = []
    if not state.final and case.turn_org_id is not None and case.assignee_id != actor.user_id:
        turn = say(
            "轮到您：%(title)s，%(state)s。", title=case.title, state=say(state.does or state.label)
        )
        messages.append(Message(turn, f"case:{case.id}:{seq}:turn", **_turn(case)))
    done = say("%(title)s：%(done)s", title=case.title, done=say(step.done))
    for part in step.tells:
        people = tuple(u for u in part_holders(session, case.id, part) if u != actor.user_id)
        messages.append(Message(done, f"case:{case.id}:{seq}:{part}", people))
    queue_all(session, messages, case_id=case.id, now=now)


def _turn(case: Case) -> dict[str, Any]:
    if case.assignee_id is not None:
        return {"to_user_ids": (case.assignee_id,)}
    return {"to_org_role": (case.turn_org_id, case.turn_role)}
