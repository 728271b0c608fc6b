"""Seal and open reporter identities. The log row comes before the view, in one transaction.

Show what `open_` answers only after its transaction has committed: then no view lacks its row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from tracker.core.audit.models import AuditRow
from tracker.core.audit.service import record
from tracker.core.errors import (
    BadInput,
    ChangedMeanwhile,
    NotVisible,
    Refusal,
    StepRefused,
    say,
)
from tracker.core.vault.ciphers import PROFILES
from tracker.core.vault.envelope import Identity, close, unclose
from tracker.core.vault.keys import Kek
from tracker.core.vault.models import VaultGrant, VaultRecord

VIEW_TIME = timedelta(minutes=15)
MOST_VIEWS = 3


def seal(
    session: Session,
    case_id: int,
    fields: Mapping[str, str],
    *,
    taken_by: int,
    now: datetime,
    kek: Kek,
    alg: str = PROFILES["intl"],
    request_id: str | None = None,
) -> VaultRecord | None:
    """Put an identity away when the report is taken; without a filled field there is no record."""
    kept = {name: value.strip() for name, value in fields.items() if value and value.strip()}
    if not kept:
        return None
    if session.get(VaultRecord, case_id) is not None:
        raise StepRefused([Refusal(say("这件线索的举报人信息已经封存，不能覆盖。"))], "seal")
    record(
        session,
        tag="vault.seal",
        at=now,
        actor_id=taken_by,
        case_id=case_id,
        object=f"vault:{case_id}",
        request_id=request_id,
        details={"fields": sorted(kept), "alg": alg, "key_id": kek.key_id, "version": 1},
    )
    sealed, wrapped = close(case_id, 1, kept, alg, kek)
    row = VaultRecord(
        case_id=case_id,
        version=1,
        alg=alg,
        fields=sealed,
        wrapped_keys=wrapped,
        created_at=now,
        taken_by_id=taken_by,
    )
    session.add(row)
    session.flush()
    return row


def has_record(session: Session, case_id: int) -> bool:
    """Whether an identity is sealed for the case."""
    query = select(VaultRecord.case_id).where(VaultRecord.case_id == case_id)
    return session.scalar(query) is not None


def open_(
    session: Session,
    case_id: int,
    actor_id: int,
    reason: str,
    now: datetime,
    kek: Kek,
    *,
    allowed_readers: Collection[int],
    request_id: str | None = None,
    origin: str | None = None,
) -> Identity:
    """One view of an identity.

    `allowed_readers` are the registrar who took the report and the handlers assigned now. Anybody
    else uses up a view of an approved request, or is refused.
    """
    if not reason.strip():
        raise BadInput("reason", say("请写明查看举报人信息的理由。"))
    row = session.get(VaultRecord, case_id, populate_existing=True)
    if row is None:
        raise NotVisible(f"vault record {case_id}")
    grant_id = None
    if actor_id not in allowed_readers:
        grant_id = _use_view(session, case_id, actor_id, now)
        if grant_id is None:
            raise StepRefused(
                [
                    Refusal(
                        why=say("举报人信息只对登记人和承办人开放。"),
                        instead=say("可以申请查看，由另一人批准后在时限内打开。"),
                    )
                ],
                "open",
            )
    record(
        session,
        tag="vault.open",
        at=now,
        actor_id=actor_id,
        case_id=case_id,
        object=f"vault:{case_id}",
        result="read",
        reason=reason.strip(),
        request_id=request_id,
        origin=origin,
        details={"grant": grant_id, "version": row.version},
    )
    return unclose(case_id, row.version, row.alg, row.fields, row.wrapped_keys, kek)


def request(
    session: Session, case_id: int, requester_id: int, reason: str, now: datetime
) -> VaultGrant:
    """Ask to see an identity; an open question of the same person is answered with itself."""
    if not reason.strip():
        raise BadInput("reason", say("请写明查看举报人信息的理由。"))
    if not has_record(session, case_id):
        raise NotVisible(f"vault record {case_id}")
    waiting = session.scalars(
        select(VaultGrant).where(
            VaultGrant.case_id == case_id,
            VaultGrant.requester_id == requester_id,
            VaultGrant.approved.is_(None),
        )
    ).first()
    if waiting is not None:
        return waiting
    grant = VaultGrant(
        case_id=case_id, requester_id=requester_id, reason=reason.strip(), requested_at=now
    )
    session.add(grant)
    session.flush()
    record(
        session,
        tag="vault.request",
        at=now,
        actor_id=requester_id,
        case_id=case_id,
        object=f"vault_grant:{grant.id}",
        reason=grant.reason,
    )
    return grant


def decide(
    session: Session,
    grant_id: int,
    approver_id: int,
    now: datetime,
    *,
    approve: bool,
    note: str = "",
    on_behalf_of_id: int | None = None,
) -> VaultGrant:
    """Answer a request: never one's own, nor in the name of the person who asks."""
    grant = session.get(VaultGrant, grant_id, populate_existing=True, with_for_update=True)
    if grant is None:
        raise NotVisible(f"vault grant {grant_id}")
    if grant.requester_id in (approver_id, on_behalf_of_id):
        raise StepRefused([Refusal(say("申请人不能批准自己的申请。"))], "decide")
    taken = session.execute(
        update(VaultGrant)
        .where(VaultGrant.id == grant_id, VaultGrant.approved.is_(None))
        .values(
            approver_id=approver_id,
            decided_at=now,
            approved=approve,
            expires_at=now + VIEW_TIME if approve else None,
            views_left=MOST_VIEWS if approve else 0,
        )
        .returning(VaultGrant.id)
    ).all()
    if len(taken) != 1:
        raise ChangedMeanwhile(say("这个申请已经有人处理了。"))
    session.refresh(grant)
    record(
        session,
        tag="vault.approve" if approve else "vault.deny",
        at=now,
        actor_id=approver_id,
        on_behalf_of_id=on_behalf_of_id,
        case_id=grant.case_id,
        object=f"vault_grant:{grant.id}",
        reason=note.strip() or None,
        details={"requester": grant.requester_id},
    )
    return grant


def waiting(session: Session, case_id: int) -> list[VaultGrant]:
    """Requests nobody has answered yet."""
    query = select(VaultGrant).where(VaultGrant.case_id == case_id, VaultGrant.approved.is_(None))
    return list(session.scalars(query.order_by(VaultGrant.id)))


def reads(session: Session, case_id: int) -> list[AuditRow]:
    """Everything that was done to the identity of a case, oldest first."""
    query = select(AuditRow).where(AuditRow.case_id == case_id, AuditRow.tag.like("vault.%"))
    return list(session.scalars(query.order_by(AuditRow.n)))


def has_view(session: Session, case_id: int, actor_id: int, now: datetime) -> bool:
    """Whether a view of an approved request is left; looking it up uses none."""
    return (
        session.scalar(select(VaultGrant.id).where(*_usable(case_id, actor_id, now)).limit(1))
        is not None
    )


def _usable(case_id: int, actor_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        VaultGrant.case_id == case_id,
        VaultGrant.requester_id == actor_id,
        VaultGrant.approved.is_(True),
        VaultGrant.expires_at > now,
        VaultGrant.views_left > 0,
    )


def _use_view(session: Session, case_id: int, actor_id: int, now: datetime) -> int | None:
    """Take one view off a grant that holds now; which grant, or None."""
    usable = _usable(case_id, actor_id, now)
    first = session.scalar(select(VaultGrant.id).where(*usable).order_by(VaultGrant.id).limit(1))
    taken = session.execute(
        update(VaultGrant)
        .where(VaultGrant.id == first, *usable)
        .values(views_left=VaultGrant.views_left - 1)
        .returning(VaultGrant.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    return int(taken) if taken is not None else None
