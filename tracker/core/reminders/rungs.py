"""Which reminders hold for a clock: those its bureau has chosen, else those of the rulebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.errors import N_, BadInput, say
from tracker.core.reminders.models import RungSetting
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.reminders import Rung

MOST_RUNGS = 20


def rungs_for(session: Session, rule: Rule, org_id: int | None) -> tuple[Rung, ...]:
    """The bureau's setting for this rule, else the rule's own reminders."""
    row = None if org_id is None else setting(session, org_id, rule.id)
    return rule.rungs if row is None else read_all(row.rungs)


def setting(session: Session, org_id: int, rule_id: str) -> RungSetting | None:
    """What a bureau has chosen for a rule; None: it follows the rulebook."""
    return session.scalar(
        select(RungSetting).where(RungSetting.org_id == org_id, RungSetting.rule_id == rule_id)
    )


def changed_rules(session: Session, org_ids: Iterable[int]) -> set[str]:
    """The rules for which one of these bureaus has reminders of its own."""
    return set(
        session.scalars(select(RungSetting.rule_id).where(RungSetting.org_id.in_(list(org_ids))))
    )


def read_all(text: str) -> tuple[Rung, ...]:
    """The stored reminders, one a line."""
    return tuple(Rung.read(line) for line in text.splitlines() if line.strip())


def write_all(rungs: Iterable[Rung]) -> str:
    """The stored form of some reminders."""
    return "\n".join(rung.written for rung in rungs)


def change_rungs(
    session: Session,
    org_id: int,
    rule_id: str,
    rungs: Sequence[Rung],
    actor_id: int,
    now: datetime,
) -> None:
    """Let a bureau have its own reminders for a rule; open clocks are the caller's to re-plan."""
    if len({rung.key for rung in rungs}) != len(rungs):
        raise BadInput("rows", say(N_("有两条提醒的时间相同，请合并成一条。")))
    if len(rungs) > MOST_RUNGS:
        raise BadInput("rows", say(N_("一条规则最多设 %(most)s 条提醒。"), most=MOST_RUNGS))
    row = setting(session, org_id, rule_id)
    before = None if row is None else row.rungs
    if row is None:
        row = RungSetting(org_id=org_id, rule_id=rule_id)
        session.add(row)
    row.rungs, row.changed_by_id, row.changed_at = write_all(rungs), actor_id, now
    session.flush()
    _note(session, org_id, rule_id, before, row.rungs, actor_id, now)


def reset_rungs(session: Session, org_id: int, rule_id: str, actor_id: int, now: datetime) -> bool:
    """Back to the rulebook's reminders; whether anything was set."""
    gone = session.scalars(
        delete(RungSetting)
        .where(RungSetting.org_id == org_id, RungSetting.rule_id == rule_id)
        .returning(RungSetting.rungs)
    ).all()
    if gone:
        _note(session, org_id, rule_id, gone[0], None, actor_id, now)
    return bool(gone)


def _note(
    session: Session,
    org_id: int,
    rule_id: str,
    before: str | None,
    after: str | None,
    actor_id: int,
    now: datetime,
) -> None:
    record(
        session,
        tag="rule.rungs",
        at=now,
        object=f"rule:{rule_id}",
        actor_id=actor_id,
        # None: the rulebook's own.
        details={"org": org_id, "rule": rule_id, "before": before, "after": after},
    )
