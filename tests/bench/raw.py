"""The same rows by hand-written SQL through the driver: the least a page or a step must cost."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from tests.bench.fill import as_text
from tests.bench.instances import Instance
from tracker.core.clock import office_date, utc_now
from tracker.core.search.bigrams import query_parts

_YES, _NO = True, False
_ROW = """
SELECT c.id, c.number, l.unit_name, l.matter, c.state, u.name, t.short_name, c.holder_since,
       c.due_order, o.short_name, r.name, d.label, d.due_on, d.length
FROM cases c JOIN leads l ON l.id = c.id JOIN organisations o ON o.id = c.origin_org_id
LEFT JOIN organisations t ON t.id = c.turn_org_id LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN regions r ON r.code = c.region_code
LEFT JOIN deadlines d ON d.case_id = c.id AND d.state = 'running'
"""
_ORDER = " ORDER BY c.due_order, c.id LIMIT "
_CASE = (
    "SELECT * FROM cases c JOIN leads l ON l.id = c.id WHERE c.id = ?",
    "SELECT m.*, u.name FROM moves m JOIN users u ON u.id = m.actor_id WHERE case_id = ?",
    "SELECT s.*, o.short_name FROM stays s JOIN organisations o ON o.id = s.org_id"
    " WHERE case_id = ?",
    "SELECT d.*, f.* FROM deadlines d JOIN deadline_facts f ON f.deadline_id = d.id"
    " WHERE d.case_id = ? AND d.state <> 'stopped'",
    "SELECT * FROM lead_indicators WHERE lead_id = ?",
    "SELECT * FROM attachments WHERE case_id = ?",
    "SELECT * FROM case_links WHERE from_id = ?",
    "SELECT * FROM case_people WHERE case_id = ?",
)


class Sql:
    """One cursor that speaks with question marks to either database."""

    def __init__(self, cursor: Any, kind: str) -> None:
        self._cursor, self._sqlite = cursor, kind == "sqlite"

    def __call__(self, statement: str, *values: Any) -> list[Any]:
        """Run a statement; its rows, if it has any."""
        if self._sqlite:
            self._cursor.execute(statement, tuple(map(as_text, values)))
        else:
            self._cursor.execute(statement.replace("?", "%s"), values)
        return self._cursor.fetchall() if self._cursor.description else []

    def begin(self) -> None:
        """A writing transaction; psycopg begins by itself."""
        if self._sqlite:
            self._cursor.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make it last."""
        self._cursor.execute("COMMIT")


def home(instance: Instance, sql: Sql) -> list[Any]:
    """What waits for the first inspector, and what they started."""
    me = instance.office.people["inspector1"]
    found = sql(_ROW + " WHERE c.assignee_id = ? AND c.closed_at IS NULL" + _ORDER + "50", me)
    sql(_ROW + " WHERE c.created_by_id = ? AND c.closed_at IS NULL" + _ORDER + "20", me)
    sql("SELECT * FROM notices WHERE user_id = ? ORDER BY id DESC LIMIT 6", me)
    return found


def listed(instance: Instance, sql: Sql, more: str = "", *values: Any) -> list[Any]:
    """One page of the bureau's open leads."""
    return sql(
        _ROW
        + " WHERE c.bureau_id = ? AND c.kind = 'lead' AND c.closed_at IS NULL"
        + more
        + _ORDER
        + "20",
        instance.office.bureau,
        *values,
    )


def searched(instance: Instance, sql: Sql, words: str) -> list[Any]:
    """One page of those that hold some words."""
    parts = [part.token for part in query_parts(words)]
    if instance.kind == "sqlite":
        more = " AND c.id IN (SELECT rowid FROM cases_fts WHERE cases_fts MATCH ?)"
        match = " AND ".join(f'"{p}"' for p in parts)
        return listed(instance, sql, more, f"{{house}} : ({match})")
    more = " AND c.id IN (SELECT case_id FROM cases_fts WHERE house @@ CAST(? AS tsquery))"
    return listed(instance, sql, more, " & ".join(f"'{p}'" for p in parts))


def case(sql: Sql, case_id: int) -> list[Any]:
    """Everything that hangs on one lead."""
    return [row for statement in _CASE for row in sql(statement, case_id)]


def receive(instance: Instance, sql: Sql, case_id: int) -> None:
    """The rows that receiving a lead writes, in one transaction."""
    office, now = instance.office, utc_now()
    today, who = office_date(now), office.people["registrar"]
    sql.begin()
    key = uuid.uuid4().hex
    sql(
        "INSERT INTO idempotency_keys (actor_id, key, body_hash, location, created_at)"
        " VALUES (?, ?, ?, '/', ?)", who, key, "0" * 64, now,
    )  # fmt: skip
    read = "SELECT version, created_by_id FROM cases WHERE id = ?"
    locked = read if instance.kind == "sqlite" else f"{read} FOR UPDATE"
    version, liaison = sql(locked, case_id)[0]
    serial = _serial(sql, office.bureau, today.year)
    number = f"东统线〔{today.year}〕R{serial}号"
    sql(
        "INSERT INTO numbers (org_id, type, year, serial, text, case_id, drawn_at)"
        " VALUES (?, '线', ?, ?, ?, ?, ?)", office.bureau, today.year, serial, number, case_id, now,
    )  # fmt: skip
    due = today + timedelta(days=5)
    sql(
        "UPDATE cases SET state = 'registered', version = version + 1, audit_n = audit_n + 1,"
        " number = ?, turn_role = 'registrar', turn_org_id = ?, assignee_id = ?, holder_since = ?,"
        " next_due_on = ?, due_order = ? WHERE id = ? AND version = ? AND state = 'sent'",
        number, office.bureau, who, today, due, due, case_id, version,
    )  # fmt: skip
    sql("UPDATE leads SET received_at = ?, received_by_id = ? WHERE id = ?", now, who, case_id)
    sql(
        "INSERT INTO case_people (case_id, user_id, part, since) VALUES (?, ?, 'registrar', ?)",
        case_id, who, now,
    )  # fmt: skip
    sql("UPDATE stays SET to_on = ? WHERE case_id = ? AND to_on IS NULL", today, case_id)
    sql(
        "INSERT INTO stays (case_id, seq, org_id, user_id, state, from_on, stopped_clock)"
        " VALUES (?, ?, ?, ?, 'registered', ?, ?)",
        case_id, version + 5, office.bureau, who, today, _NO,
    )  # fmt: skip
    sql(
        "INSERT INTO moves (case_id, seq, step, from_state, to_state, actor_id, org_id, at, note,"
        " internal, data) VALUES (?, ?, 'receive', 'sent', 'registered', ?, ?, ?, '', ?, '')",
        case_id, version + 1, who, office.bureau, now, _NO,
    )  # fmt: skip
    _audit(sql, case_id, who, now)
    _clocks(sql, case_id, today, due, who, now)
    sql(
        "INSERT INTO outbox (channel, user_id, case_id, source_key, template, params, created_at,"
        " state, attempts, try_after, message_id) VALUES"
        " ('inbox', ?, ?, ?, '', ?, ?, 'queued', 0, ?, ?)",
        liaison, case_id, key, json.dumps({"title": number}), now, now, key,
    )  # fmt: skip
    if instance.kind == "sqlite":
        sql("DELETE FROM cases_fts WHERE rowid = ?", case_id)
        sql(
            "INSERT INTO cases_fts (rowid, shared, house) VALUES (?, ?, ?)",
            case_id,
            "罕台 台鼎 鼎盛",
            "罕台 台鼎 鼎盛",
        )
    else:
        sql(
            "INSERT INTO cases_fts (case_id, shared, house) VALUES"
            " (?, array_to_tsvector(?), array_to_tsvector(?)) ON CONFLICT (case_id) DO UPDATE"
            " SET shared = excluded.shared, house = excluded.house",
            case_id, ["罕台", "台鼎"], ["罕台", "台鼎"],
        )  # fmt: skip
    sql.commit()


def _serial(sql: Sql, bureau: int, year: int) -> int:
    step = (
        "UPDATE number_series SET last = last + 1 WHERE org_id = ? AND type = '线' AND year = ?"
        " RETURNING last"
    )
    found = sql(step, bureau, year)
    if not found:
        sql(
            "INSERT INTO number_series (org_id, type, year, last) VALUES (?, '线', ?, 1)",
            bureau,
            year,
        )
        return 1
    return int(found[0][0])


def _audit(sql: Sql, case_id: int, who: int, now: datetime) -> None:
    sql(
        "INSERT INTO audit_rows (at, tag, actor_id, case_id, n, object, from_state, to_state,"
        " result, details, alg, salt, canonical, row_hash) VALUES"
        " (?, 'lead.move.receive', ?, ?, (SELECT audit_n FROM cases WHERE id = ?), ?, 'sent',"
        " 'registered', 'done', '{}', 'none', ?, ?, ?)",
        now, who, case_id, case_id, f"lead:{case_id}", "0" * 32, "{}" * 150, "0" * 64,
    )  # fmt: skip


def _clocks(sql: Sql, case_id: int, today: date, due: date, who: int, now: datetime) -> None:
    old = sql("SELECT id FROM deadlines WHERE case_id = ? AND state = 'running'", case_id)[0][0]
    fact = (
        "INSERT INTO deadline_facts (deadline_id, seq, kind, happened_on, reason, actor_id,"
        " made_at) VALUES (?, ?, ?, ?, '', ?, ?)"
    )
    sql(fact, old, 2, "stop", today, who, now)
    sql(
        "UPDATE deadlines SET state = 'stopped', stopped_on = ?, version = version + 1"
        " WHERE id = ?", today, old,
    )  # fmt: skip
    sql("UPDATE reminders SET state = 'cancelled' WHERE deadline_id = ? AND state = 'planned'", old)
    new = sql(
        "INSERT INTO deadlines (case_id, rule_id, rule_version, label, unit, length, roll,"
        " region_code, started_on, due_on, provisional, state, responsible_role, version,"
        " calendar_edition) VALUES (?, 'OWN-ASSIGN', 1, '分办', 'wd', 2, ?, '', ?, ?, ?,"
        " 'running', 'registrar', 1, 1) RETURNING id", case_id, _YES, today, due, _NO,
    )[0][0]  # fmt: skip
    sql(fact, new, 1, "start", today, who, now)
    for rung in range(3):
        sql(
            "INSERT INTO reminders (case_id, deadline_id, deadline_version, rung, audience, due_at,"
            " state, attempts, try_after, created_at) VALUES (?, ?, 1, ?, 'holder', ?, 'planned',"
            " 0, ?, ?)", case_id, new, f"r{rung}", now, now, now,
        )  # fmt: skip


def closed(instance: Instance, sql: Sql) -> list[Any]:
    """One page of what is done."""
    return sql(
        _ROW + " WHERE c.bureau_id = ? AND c.kind = 'lead' AND c.closed_at IS NOT NULL"
        + _ORDER + "20", instance.office.bureau,
    )  # fmt: skip
