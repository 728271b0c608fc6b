"""Work lent to a colleague: who may arrange it, what it would bring along, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.delegations import give_delegation, revoke_delegation
from tracker.core.accounts.models import Delegation, User
from tracker.core.accounts.roles import ADMIN_ROLES, ROLE_LABELS, Role
from tracker.core.audit.service import record
from tracker.core.cases.arranging import business_roles, may_lend_for, people_led
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.cases.worklist import my_turn
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, NotVisible, Sentence, say
from tracker.core.notices import service as notices

_NOBODY = 0
_MOST = 200


@dataclass(frozen=True, slots=True)
class Loan:
    """What is lent: by whom to whom, from the first day to the last, for which kinds and roles.

    No kinds means all kinds, no roles all of the lender's.
    """

    lender_id: int
    taker_id: int
    first: date
    last: date
    reason: str
    kinds: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class LentRow:
    """One delegation with the names that a page shows."""

    row: Delegation
    lender: str
    taker: str
    maker: str

    @property
    def scope(self) -> Sentence:
        """What it reaches, in words."""
        return scope_words(_split(self.row.kinds), [Role(r) for r in _split(self.row.roles)])

    def standing(self, today: date) -> str:
        """now, coming, over or revoked."""
        if self.row.revoked_at is not None:
            return "revoked"
        if self.row.valid_to < today:
            return "over"
        return "coming" if self.row.valid_from > today else "now"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a loan would bring today: how many wait by kind, how many stay closed to the taker."""

    waiting: dict[str, int]
    closed: int

    @property
    def total(self) -> int:
        """How many would wait for the stand-in."""
        return sum(self.waiting.values())


# ---------------------------------------------------------------- lending and taking back


def lend(
    session: Session, actor: Actor, loan: Loan, *, now: datetime, request_id: str | None = None
) -> Delegation:
    """Lend one's own work, or that of somebody of the house, and tell everybody concerned.

    BadInput when the days, the colleague, the kinds or the roles do not fit; NotVisible for a
    lender for whom the actor does not arrange.
    """
    today = office_date(now)
    own = loan.lender_id == actor.user_id
    if not own and not may_lend_for(session, actor, loan.lender_id, today):
        raise NotVisible("no such lender")
    if not own and loan.taker_id == actor.user_id:
        raise BadInput("to_user_id", say("替别人安排代办时，不能安排给自己。"))
    _refuse_unknown(session, loan, today)
    row = give_delegation(
        session,
        loan.lender_id,
        loan.taker_id,
        valid_from=loan.first,
        valid_to=loan.last,
        reason=loan.reason,
        made_by_id=actor.user_id,
        today=today,
        kinds=loan.kinds,
        roles=[role.value for role in loan.roles],
    )
    details = {
        "from": loan.lender_id, "to": loan.taker_id, "first": loan.first.isoformat(),
        "last": loan.last.isoformat(), "kinds": list(loan.kinds), "roles": row.roles.split(","),
    }  # fmt: skip
    _note(session, "delegation.give", row, actor, now, request_id, loan.reason, details)
    _tell_lent(session, row, actor, now)
    return row


def revoke(
    session: Session,
    actor: Actor,
    delegation_id: int,
    *,
    now: datetime,
    request_id: str | None = None,
) -> Delegation:
    """End a delegation at once: the lender, whoever arranges for the lender, or the stand-in.

    NotVisible for anybody else.
    """
    row = session.get(Delegation, delegation_id)
    if row is None:
        raise NotVisible("no such delegation")
    concerned = actor.user_id in (row.from_user_id, row.to_user_id)
    if not concerned and not may_lend_for(session, actor, row.from_user_id, office_date(now)):
        raise NotVisible("no such delegation")
    if row.revoked_at is None:
        revoke_delegation(session, row.id, row.from_user_id, now)
        _note(session, "delegation.revoke", row, actor, now, request_id)
        _tell_revoked(session, row, actor, now)
    return row


def _refuse_unknown(session: Session, loan: Loan, today: date) -> None:
    known = {flow.kind for flow in flows.all()}
    if not set(loan.kinds) <= known:
        raise BadInput("kinds", say("请从列出的事项里选。"))
    if not set(loan.roles) <= set(business_roles(session, loan.lender_id, today)):
        raise BadInput("roles", say("只能委托本人现有的岗位。"))


def _note(
    session: Session,
    tag: str,
    row: Delegation,
    actor: Actor,
    now: datetime,
    request_id: str | None,
    reason: str | None = None,
    details: dict[str, object] | None = None,
) -> None:
    for_other = row.from_user_id if actor.user_id != row.from_user_id else None
    record(
        session,
        tag=tag,
        at=now,
        actor_id=actor.user_id,
        object=f"delegation:{row.id}",
        reason=reason,
        request_id=request_id,
        details={**(details or {}), **({"for": for_other} if for_other else {})},
    )


# ---------------------------------------------------------------- who is told


def _tell_lent(session: Session, row: Delegation, actor: Actor, now: datetime) -> None:
    names = _names(session, row)
    words = {
        "who": actor.name, "lender": names[row.from_user_id], "taker": names[row.to_user_id],
        "what": _scope_of(row), "first": row.valid_from, "last": row.valid_to,
    }  # fmt: skip
    if actor.user_id == row.from_user_id:
        to_taker = say("%(lender)s请您代办%(what)s，%(first)s至%(last)s。", **words)
    else:
        to_taker = say("%(who)s安排您代%(lender)s办理%(what)s，%(first)s至%(last)s。", **words)
        to_lender = say("%(who)s安排%(taker)s代您办理%(what)s，%(first)s至%(last)s。", **words)
        _queue(session, row.from_user_id, to_lender, now, f"delegation:{row.id}:lender")
    _queue(session, row.to_user_id, to_taker, now, f"delegation:{row.id}:taker")


def _tell_revoked(session: Session, row: Delegation, actor: Actor, now: datetime) -> None:
    names = _names(session, row)
    sentence = say(
        "%(who)s结束了%(taker)s代%(lender)s办理%(what)s的委托。",
        who=actor.name,
        taker=names[row.to_user_id],
        lender=names[row.from_user_id],
        what=_scope_of(row),
    )
    for user_id in {row.from_user_id, row.to_user_id} - {actor.user_id}:
        _queue(session, user_id, sentence, now, f"delegation:{row.id}:over")


def _queue(session: Session, user_id: int, what: Sentence, now: datetime, key: str) -> None:
    notices.queue(
        session, case_id=None, sentence=what, now=now, source_key=key, to_user_ids=[user_id]
    )


def _names(session: Session, row: Delegation) -> dict[int, str]:
    ids = (row.from_user_id, row.to_user_id)
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


# ---------------------------------------------------------------- in words


def scope_words(kinds: Sequence[str], roles: Sequence[Role] = ()) -> Sentence:
    """What a loan reaches: the kinds of cases by name, and the roles where it names some."""
    known = [flow for flow in flows.all() if flow.kind in kinds]
    what = _listed([say(flow.label) for flow in known]) if known else say("全部事项")
    if not roles:
        return what
    listed = _listed([say(ROLE_LABELS[role]) for role in roles])
    return say("%(what)s（限%(roles)s岗位）", what=what, roles=listed)


def _listed(words: Sequence[Sentence]) -> Sentence:
    found = words[0]
    for word in words[1:]:
        found = say("%(one)s、%(other)s", one=found, other=word)
    return found


def _scope_of(row: Delegation) -> Sentence:
    return scope_words(_split(row.kinds), [Role(r) for r in _split(row.roles)])


def _split(names: str) -> list[str]:
    return names.split(",") if names else []


# ---------------------------------------------------------------- lists


def lent_by(session: Session, user_id: int) -> list[LentRow]:
    """What a person has lent, the latest first."""
    return _lent(session, Delegation.from_user_id == user_id)


def lent_to(session: Session, user_id: int) -> list[LentRow]:
    """What was lent to a person, the latest first."""
    return _lent(session, Delegation.to_user_id == user_id)


def lent_in_house(session: Session, actor: Actor, today: date) -> list[LentRow]:
    """What the people of the actor's houses have lent, where the actor arranges for them."""
    return _lent(session, Delegation.from_user_id.in_(people_led(actor, today)))


def _lent(session: Session, which: ColumnElement[bool]) -> list[LentRow]:
    lender, taker, maker = aliased(User), aliased(User), aliased(User)
    rows = session.execute(
        select(Delegation, lender.name, taker.name, maker.name)
        .join(lender, lender.id == Delegation.from_user_id)
        .join(taker, taker.id == Delegation.to_user_id)
        .join(maker, maker.id == Delegation.made_by_id)
        .where(which)
        .order_by(Delegation.valid_to.desc(), Delegation.id.desc())
        .limit(_MOST)
    )
    return [LentRow(*row) for row in rows]


# ---------------------------------------------------------------- what it would mean


def preview(session: Session, loan: Loan, now: datetime) -> Preview:
    """How many open cases would wait for the stand-in today that do not do so yet.

    BadInput for kinds or roles that the lender does not have.
    """
    today = office_date(now)
    _refuse_unknown(session, loan, today)
    lender, taker = (load_actor(session, u, today) for u in (loan.lender_id, loan.taker_id))
    houses = {power.org_id for power in taker.every}
    lent = tuple(
        replace(
            power,
            on_behalf_of=lender.user_id,
            on_behalf_name=lender.name,
            kinds=frozenset(loan.kinds),
        )
        for power in lender.every
        if power.on_behalf_of is None
        and power.org_id in houses
        and power.role not in ADMIN_ROLES
        and (not loan.roles or power.role in loan.roles)
    )
    both = replace(taker, elsewhere=(*taker.elsewhere, *lent))
    alone = replace(taker, user_id=_NOBODY, powers=(), elsewhere=lent)
    is_open = Case.closed_at.is_(None)
    already = and_(my_turn(taker), visible(taker))
    rows = session.execute(
        select(Case.kind, func.count())
        .where(is_open, my_turn(alone), visible(both), ~already)
        .group_by(Case.kind)
    )
    closed = session.scalar(
        select(func.count(Case.id)).where(is_open, my_turn(alone), visible(lender), ~visible(both))
    )
    return Preview(dict(rows.all()), closed or 0)
