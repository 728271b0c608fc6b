"""The box of a confidential reporter: who may open it and who did, never what is inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.cases.guards import part_holders
from tracker.core.vault import service as vault
from tracker.web.errors import tell
from tracker.workflows.leads.models import Lead


@dataclass(frozen=True, slots=True)
class Sealed:
    """The box of a confidential reporter: who may open it, who did; never what is inside."""

    kind: str
    readers: str
    may_open: bool
    may_ask: bool
    opened: tuple[tuple[datetime, str, str], ...]
    waiting: tuple[tuple[int, str, str, bool], ...]
    reply_wanted: bool


def vault_readers(session: Session, lead: Lead) -> list[int]:
    """The registrar who took the report, and the officers who have it now (实施条例 38)."""
    found = part_holders(session, lead.id, "registrar")
    for part in ("handler", "co_officer"):
        found += part_holders(session, lead.id, part)
    return list(dict.fromkeys(found))


def sealed_box(session: Session, actor: Actor, lead: Lead, now: datetime) -> Sealed | None:
    """The box as one actor sees it; None when nobody reported."""
    if lead.reporter == "none":
        return None
    readers = vault_readers(session, lead)
    rows = [
        r for r in vault.reads(session, lead.id) if r.tag == "vault.open" and r.result == "read"
    ]
    waiting = vault.waiting(session, lead.id)
    wanted = {r.actor_id for r in rows} | {w.requester_id for w in waiting} | set(readers)
    who = dict(
        session.execute(select(User.id, User.name).where(User.id.in_(wanted - {None}))).all()
    )
    decider = actor.has(Role.SUPERVISOR, lead.bureau_id) or actor.has(Role.HEAD, lead.bureau_id)
    return Sealed(
        kind=lead.reporter,
        readers=tell("、").join(who.get(r, "") for r in readers),
        may_open=actor.user_id in readers or vault.has_view(session, lead.id, actor.user_id, now),
        may_ask=actor.user_id not in readers,
        opened=tuple((r.at, who.get(r.actor_id or 0, ""), r.reason or "") for r in rows[-3:]),
        waiting=tuple(
            (
                w.id,
                who.get(w.requester_id, ""),
                w.reason,
                decider and w.requester_id != actor.user_id,
            )
            for w in waiting
        ),
        reply_wanted=lead.reply_wanted,
    )
