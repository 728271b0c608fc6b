"""What happened to a clock, with the names of who did it: for pages, terminals and papers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tracker.core.accounts.models import User
from tracker.core.deadlines.facts import FACT_LABELS, FactKind
from tracker.core.deadlines.models import DeadlineFact
from tracker.core.errors import Sentence, say
from tracker.core.rulebook.terms import Term


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact of a clock, to be shown."""

    seq: int
    kind: FactKind
    on: date
    at: datetime | None
    term: Term | None
    due: date | None
    reason: str
    document: str
    # Empty when the clock itself acted.
    actor: str
    approver: str
    made_at: datetime

    @property
    def label(self) -> Sentence:
        """What happened, in a word."""
        return say(FACT_LABELS[self.kind])


def fact_lines(
    session: Session, deadline_ids: Collection[int], step_labels: Mapping[str, str]
) -> dict[int, list[FactLine]]:
    """The facts of some clocks in one query; a reason that names a step is told by its label."""
    approver = aliased(User)
    rows = session.execute(
        select(DeadlineFact, User.name, approver.name)
        .outerjoin(User, User.id == DeadlineFact.actor_id)
        .outerjoin(approver, approver.id == DeadlineFact.approver_id)
        .where(DeadlineFact.deadline_id.in_(deadline_ids))
        .order_by(DeadlineFact.deadline_id, DeadlineFact.seq)
    )
    found: dict[int, list[FactLine]] = {one: [] for one in deadline_ids}
    for fact, actor, agreed in rows:
        found[fact.deadline_id].append(
            FactLine(
                seq=fact.seq,
                kind=FactKind(fact.kind),
                on=fact.on,
                at=fact.at,
                term=None if fact.term is None else Term.parse(fact.term),
                due=fact.due,
                reason=step_labels.get(fact.reason, fact.reason),
                document=fact.document or "",
                actor=actor or "",
                approver=agreed or "",
                made_at=fact.made_at,
            )
        )
    return found
