"""What `tracker doctor` asks of the flows, the database, the calendar and the stored deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from tracker.core.calendar import store
from tracker.core.cases.flow import Flow
from tracker.core.cases.models import Case
from tracker.core.cases.verify import verify
from tracker.core.db import sqlite_module, wal_is_safe
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline, DeadlineState
from tracker.core.errors import Sentence, say
from tracker.core.rulebook.loader import RuleMissing, default_rulebook
from tracker.core.rulebook.terms import Term, Unit

# Far enough for the longest clock that starts today, with suspensions.
_CALENDAR_DAYS = 400


def flow_faults(flows: Iterable[Flow]) -> Iterator[Sentence]:
    """What the verifier finds in any workflow."""
    for flow in flows:
        for finding in verify(flow):
            yield say("%(flow)s：%(what)s", flow=say(flow.label), what=finding.message)


def engine_faults(connection: Connection) -> Iterator[Sentence]:
    """SQLite before 3.51.3 can lose committed pages in WAL mode; a file can be damaged."""
    if connection.dialect.name != "sqlite":
        return
    module = sqlite_module()
    numbers = module.sqlite_version_info
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode == "wal" and not wal_is_safe((numbers[0], numbers[1], numbers[2])):
        yield say(
            "SQLite %(version)s 的 WAL 有缺陷：请装 pysqlite3 再启动。",
            version=module.sqlite_version,
        )
    if connection.exec_driver_sql("PRAGMA foreign_keys").scalar() != 1:
        yield say("SQLite 没有检查外键。")
    if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        yield say("数据库文件损坏：请从备份恢复。")


def calendar_faults(session: Session, today: date) -> Iterator[Sentence]:
    """The calendar reaches as far as clocks do."""
    last = store.load(session).last
    if last < today + timedelta(days=_CALENDAR_DAYS):
        yield say("工作日历只到 %(last)s：请补录以后的年份。", last=last)


def deadline_faults(session: Session) -> Iterator[Sentence]:
    """What is stored is what the facts give, for every case that is open."""
    query = (
        select(Deadline)
        .join(Case, Case.id == Deadline.case_id)
        .where(Case.closed_at.is_(None))
        .order_by(Deadline.id)
    )
    for deadline in session.scalars(query):
        yield from deadlines.check(session, deadline)


def rule_faults(session: Session) -> Iterator[Sentence]:
    """Every clock that runs finds the rule it was started by, unchanged: packs come and go."""
    query = select(
        Deadline.rule_id,
        Deadline.rule_version,
        Deadline.region_code,
        Deadline.unit,
        Deadline.length,
    ).where(Deadline.state != DeadlineState.STOPPED.value)
    for rule_id, version, region, unit, length in session.execute(query.distinct()):
        try:
            rule = default_rulebook().version(rule_id, version, region)
        except RuleMissing as error:
            yield error.message
            continue
        if (rule.unit.value, rule.length) != (unit, length):
            yield say(
                "规则 %(rule)s 第 %(v)s 版改过长度，现仍按%(length)s计：请恢复原文，另写新版。",
                rule=rule_id,
                v=version,
                length=Term(length, Unit(unit)).phrase if length else say("给定日期"),
            )
