"""How many cases answer some questions, counted as the work list counts them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.asking import Question, asked
from tracker.core.cases.models import Case
from tracker.core.cases.worklist import COUNT_CAP

Key = TypeVar("Key", bound=Hashable)


def tally(
    session: Session,
    actor: Actor,
    questions: Mapping[Key, Question],
    today: date,
    cap: int = COUNT_CAP,
) -> dict[Key, int]:
    """The length of the list behind each question, up to one past the cap; one statement."""
    if not questions:
        return {}
    counts = []
    for question in questions.values():
        some = select(Case.id).where(asked(session, actor, question, today)).limit(cap + 1)
        counted = select(func.count()).select_from(some.correlate(None).subquery())
        counts.append(counted.scalar_subquery())
    return dict(zip(questions, session.execute(select(*counts)).one(), strict=True))
