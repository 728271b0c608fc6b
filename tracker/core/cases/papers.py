"""The official documents of a case: who may draw one up, issue it, declare it void, read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import Flow, PaperUse
from tracker.core.cases.guards import side_org
from tracker.core.cases.models import Case
from tracker.core.cases.reads import outside
from tracker.core.documents import service as documents
from tracker.core.documents.models import Document, DocumentState
from tracker.core.errors import NotVisible, Refusal, StepRefused, say


def uses_of(flow: Flow, kind: str) -> list[PaperUse]:
    """The uses of a kind of document in a workflow; NotVisible when it has none."""
    found = [use for use in flow.papers if use.kind == kind]
    if not found:
        raise NotVisible(f"{flow.kind} has no document {kind}")
    return found


def may_write(flow: Flow, case: Case, actor: Actor, kind: str) -> bool:
    """Whether the actor may draw up, issue or void this kind for the case as it stands."""
    return any(
        case.state in use.states and _has_role(use, case, actor) for use in uses_of(flow, kind)
    )


def may_void(flow: Flow, case: Case, actor: Actor, kind: str) -> bool:
    """Whether the actor may declare a paper of this kind void: whoever may write it, later too."""
    return case.closed_at is None and any(
        _has_role(use, case, actor) for use in uses_of(flow, kind)
    )


def may_read(flow: Flow, case: Case, actor: Actor, document: Document) -> bool:
    """Whether a paper exists for somebody who sees the case.

    From outside only what has been issued and is not the house's own; one's own papers always.
    """
    uses = [use for use in flow.papers if use.kind == document.kind]
    houses = actor.within(case.kind).orgs()
    if not outside(actor, case) or any(side_org(case, u.side) in houses for u in uses):
        return True
    return document.state != DocumentState.DRAFT.value and not any(u.inner for u in uses)


def drawable(flow: Flow, case: Case, actor: Actor) -> list[str]:
    """The kinds the actor may draw up now, in the order of the table."""
    kinds = dict.fromkeys(use.kind for use in flow.papers)
    return [kind for kind in kinds if may_write(flow, case, actor, kind)]


def draft(
    session: Session,
    flow: Flow,
    case: Case,
    actor: Actor,
    kind: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> Document:
    """Write a paper down as the open draft of its kind; BadInput names a field that is wrong."""
    _refuse(may_write(flow, case, actor, kind))
    return documents.draft(
        session,
        case_id=case.id,
        org_id=side_org(case, uses_of(flow, kind)[0].side) or 0,
        kind=kind,
        values=values,
        by=actor.user_id,
        now=now,
    )


def issue(
    session: Session, flow: Flow, case: Case, actor: Actor, document_id: int, *, now: datetime
) -> Document:
    """Number and store a draft; StepRefused names everything it lacks."""
    document = documents.document_of(session, case.id, document_id)
    _refuse(may_write(flow, case, actor, document.kind))
    return documents.issue(session, document, by=actor.user_id, now=now)


def void(
    session: Session,
    flow: Flow,
    case: Case,
    actor: Actor,
    document_id: int,
    *,
    reason: str,
    now: datetime,
) -> Document:
    """Declare a draft or an issued paper void, with the reason; BadInput without one."""
    document = documents.document_of(session, case.id, document_id)
    _refuse(may_void(flow, case, actor, document.kind))
    return documents.void(session, document, by=actor.user_id, now=now, reason=reason)


def _has_role(use: PaperUse, case: Case, actor: Actor) -> bool:
    org_id = side_org(case, use.side)
    here = actor.within(case.kind)
    return org_id is not None and any(here.has(role, org_id) for role in use.by)


def _refuse(allowed: bool) -> None:  # noqa: FBT001 - reads as asked
    if not allowed:
        raise StepRefused([Refusal(say("您现在不能办理这种文书。"))], "paper")
