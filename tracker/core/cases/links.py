"""Typed links between cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case, CaseLink
from tracker.core.cases.scope import visible
from tracker.core.errors import N_

LINK_LABELS = {
    "duplicate": N_("疑似重复"),
    "same_unit": N_("同一单位"),
    "merged_into": N_("并入"),
    "opened": N_("由本件引出"),
}
# What a link is called at its other end, where that differs.
_BACKWARDS = {"merged_into": N_("并入本件"), "opened": N_("本件来源")}


@dataclass(frozen=True, slots=True)
class Linked:
    """The other end of a link, as far as the actor may see it."""

    kind: str
    label: str
    note: str
    case: Case
    outgoing: bool

    @property
    def state_label(self) -> str:
        """Where the other case stands."""
        return flows.get(self.case.kind).state(self.case.state).label


def add_link(
    session: Session,
    from_id: int,
    to_id: int,
    kind: str,
    *,
    actor_id: int,
    now: datetime,
    note: str,
) -> CaseLink:
    """Link two cases; the same link made again is returned, not doubled."""
    known = session.scalars(
        select(CaseLink).where(
            CaseLink.from_id == from_id, CaseLink.to_id == to_id, CaseLink.kind == kind
        )
    ).one_or_none()
    if known is not None:
        return known
    link = CaseLink(
        from_id=from_id, to_id=to_id, kind=kind, note=note, made_by_id=actor_id, made_at=now
    )
    session.add(link)
    session.flush()
    return link


def links_of(session: Session, case_id: int, actor: Actor) -> list[Linked]:
    """Links of a case to others that exist for the actor, newest first; one query."""
    rows = session.execute(
        select(CaseLink, Case)
        .join(
            Case,
            or_(
                (CaseLink.to_id == Case.id) & (CaseLink.from_id == case_id),
                (CaseLink.from_id == Case.id) & (CaseLink.to_id == case_id),
            ),
        )
        .where(or_(CaseLink.from_id == case_id, CaseLink.to_id == case_id), visible(actor))
        .order_by(CaseLink.id.desc())
    ).all()
    return [
        Linked(
            link.kind,
            LINK_LABELS[link.kind]
            if link.from_id == case_id
            else _BACKWARDS.get(link.kind, LINK_LABELS[link.kind]),
            link.note,
            case,
            link.from_id == case_id,
        )
        for link, case in rows
    ]
