"""All that happens in the demo in order of time: leads and cases are told together.

Official numbers, the audit trail and the duplicate check then look as they would in an office.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.demo import cases_told, leads, walking
from tracker.demo.stories import Act
from tracker.demo.walking import Office
from tracker.demo.walks import Deed


def diary(world: leads.World, office: Office, now: datetime) -> Sequence[Act | Deed]:
    """Everything, in the order it happened."""
    acts = leads.diary(world.stories, office.calendar, now)
    deeds = cases_told.diary(office.walks, office.calendar, office.base)
    return sorted((*acts, *deeds), key=lambda one: one.at)


def chunks(all_: Sequence[Act | Deed], size: int) -> Iterator[Sequence[Act | Deed]]:
    """The diary in parts, each for one transaction."""
    for first in range(0, len(all_), size):
        yield all_[first : first + size]


def perform(
    session: Session, world: leads.World, office: Office, part: Sequence[Act | Deed]
) -> None:
    """Do one part."""
    for one in part:
        if isinstance(one, Deed):
            walking.do(session, office, one)
        else:
            leads.do(session, world, one)
