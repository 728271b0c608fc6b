"""What the page of a filing shows of its own: the change, the norms, the handover, the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import flows
from tracker.core.cases.leaving import InHand
from tracker.core.clock import office_date
from tracker.core.errors import N_, Refusal, say
from tracker.core.norms.model import FilingRule
from tracker.core.registers.models import Organisation
from tracker.core.staff.models import DUTY_LABELS, Duty, Person
from tracker.core.staff.scope import readable
from tracker.web.desk.shape import Cell, Shown
from tracker.workflows.filings import change, gate, handover, lines
from tracker.workflows.filings.content import engagement_of
from tracker.workflows.filings.effects import BEFORE_THE_CHANGE, effect_of
from tracker.workflows.filings.models import (
    CHANGES,
    ENGAGEMENTS,
    ITEMS,
    MODES,
    SIGNERS,
    Filing,
    HandoverItem,
    HandoverSignature,
)

_LATER = ("handover", "gate", "closing", "at_above", "closed")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two people of a change, and the post."""

    label: str
    person: Person
    linked: bool
    duty: str
    engaged: str
    title: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Signer:
    """One of the three parts: who has signed, or why this reader cannot."""

    part: str
    label: str
    name: str
    signature: HandoverSignature | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Work:
    """An open case of the leaver's that the reader sees."""

    row: InHand
    state_label: str


@dataclass(frozen=True, slots=True)
class Handover:
    """Where the handover stands."""

    items: Sequence[HandoverItem]
    labels: Mapping[str, str]
    signers: Sequence[Signer]
    work: Sequence[Work]
    hidden: int
    handed_on: Sequence[Any]
    may_fill: bool
    may_reassign: bool

    @property
    def settled(self) -> int:
        """How many lines are settled."""
        return sum(bool(i.state) for i in self.items)

    @property
    def signed(self) -> int:
        """How many have signed."""
        return sum(s.signature is not None for s in self.signers)

    @property
    def complete(self) -> bool:
        """Whether the list may be signed."""
        return self.settled == len(self.items)


def context(session: Session, actor: Actor, case: Filing, now: datetime) -> Mapping[str, Any]:
    """Everything of the page that the kit does not have."""
    rule = change.rule_of(case)
    return {
        "change_label": CHANGES[case.change],
        "place": change.place_name(session, case.place_code, case.place_org_id),
        "sides": _sides(session, actor, case),
        "mode_label": MODES[case.mode],
        "mode_rule": rule,
        "other_modes": _others(session, case, rule, office_date(now)),
        "mode_labels": MODES,
        "effect": effect_of(session, case),
        "receipts": _receipts(session, case),
        "handover": _handover(session, actor, case) if case.state == lines.OPEN else None,
        "handed": _handed(session, case),
        "gate": _gate(session, actor, case, now) if case.state in ("handover", "gate") else None,
    }


def _sides(session: Session, actor: Actor, case: Filing) -> list[Side]:
    """Who leaves and who comes, with their posts; a link where the reader may open the person."""
    people = {"out": change.outgoing(session, case), "in": change.incoming(session, case)}
    ids = [p.id for p in people.values() if p is not None]
    linked = set(session.scalars(select(Person.id).where(Person.id.in_(ids), readable(actor))))
    found = []
    left, taken = change.post_left(session, case), change.post_taken(case)
    if (leaver := people["out"]) is not None and left is not None:
        found.append(
            Side(
                N_("变动人员"), leaver, leaver.id in linked, DUTY_LABELS[Duty(left.duty)],
                _engaged(left), left.title, left.since,
            )
        )  # fmt: skip
    if (newcomer := people["in"]) is not None and taken is not None:
        found.append(
            Side(
                N_("接任人员"), newcomer, newcomer.id in linked, DUTY_LABELS[Duty(taken.duty)],
                _engaged(taken), taken.title, None,
            )
        )  # fmt: skip
    return found


def _engaged(post: Any) -> str:
    return ENGAGEMENTS[engagement_of(full_time=post.full_time, on_payroll=post.on_payroll)]


def _others(
    session: Session, case: Filing, rule: FilingRule | None, today: date
) -> list[FilingRule]:
    """The other ways that have a ground here, while the unit can still choose."""
    if case.irregular or case.state not in BEFORE_THE_CHANGE:
        return []
    offered = change.modes(session, case.place_code, case.place_org_id, case.change, today)
    return [r for r in offered if rule is None or r.id != rule.id]


def _receipts(session: Session, case: Filing) -> list[tuple[str, str]]:
    """House and number of every level that has taken it."""
    rows = (
        (case.via_org_id, case.receipt_via),
        (case.bureau_id, case.receipt_no),
        (case.above_org_id, case.receipt_above),
    )
    return [
        (session.get_one(Organisation, org_id).name, number)
        for org_id, number in rows
        if org_id is not None and number
    ]


def _handover(session: Session, actor: Actor, case: Filing) -> Handover:
    items = handover.items(session, case.id)
    there = handover.signatures(session, case.id)
    work = handover.work_of_leaver(session, case)
    seen = handover.seen_by(session, actor, work)
    signers = [
        Signer(
            part,
            label,
            lines.expected_name(session, case, part) or _overseer(case, part),
            there.get(part),
            None if part in there else lines.may_sign(session, actor, case, part),
        )
        for part, label in SIGNERS.items()
    ]
    return Handover(
        items=items,
        labels=ITEMS,
        signers=signers,
        work=[Work(r, flows.get(r.case.kind).state(r.case.state).label) for r in seen],
        hidden=len(work) - len(seen),
        handed_on=handover.handed_on(session, case.id),
        may_fill=lines.may_fill(actor, case),
        may_reassign=lines.may_reassign(actor, case),
    )


def _overseer(case: Filing, part: str) -> str:
    return case.overseer if part == "overseer" else ""


def _handed(session: Session, case: Filing) -> Mapping[str, Any] | None:
    """The handover as it was closed."""
    if case.state not in _LATER[1:] or case.outgoing_id is None:
        return None
    signed = handover.signatures(session, case.id)
    return {
        "items": handover.items(session, case.id),
        "labels": ITEMS,
        "signed": [(SIGNERS[p], signed[p]) for p in SIGNERS if p in signed],
    }


def _gate(session: Session, actor: Actor, case: Filing, now: datetime) -> Mapping[str, Any] | None:
    """Whether the newcomer may start, and the sessions that open the gate."""
    person = change.incoming(session, case)
    if person is None:
        return None
    trained = gate.induction_of(session, case, office_date(now))
    return {
        "person": person,
        "trained": trained,
        "sittings": () if trained else gate.coming(session, case, actor, now),
    }


def facts(_session: Session, case: Filing) -> Sequence[tuple[str, Shown]]:
    """What stands in the head."""
    found: list[tuple[str, Shown]] = [
        (N_("变动类型"), CHANGES[case.change]),
        (N_("报备方式"), MODES[case.mode]),
    ]
    if case.irregular:
        found.append((N_("来源"), N_("统计机构查出，未经报备")))
    return found


def cell(session: Session, case: Filing) -> Cell:
    """When it takes effect, and who comes."""
    person = change.incoming(session, case)
    who: Shown = person.name if person is not None else N_("接任人员还没有定")
    return Cell(N_("生效日期"), say("%(day)s", day=case.effective_on), who)
