"""The pages of reminders, of an outage's bunch and of the running machine, in a browser."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import DESK

pytestmark = pytest.mark.browser

_TROUBLE = (
    "UPDATE reminders SET state = 'failed', attempts = 5, last_error = 'KeyError'"
    " WHERE id IN (SELECT id FROM reminders WHERE state = 'planned' LIMIT 2)",
    "INSERT INTO clock_holds (node, at, jump) VALUES ('here:1', '2026-05-01 01:00:00', -7200)",
    "INSERT INTO worker_outages (began_at, ended_at)"
    " VALUES ('2026-05-01 01:00:00', '2026-05-03 01:00:00')",
    "INSERT OR REPLACE INTO heartbeats (job, at, ok, note) VALUES"
    " ('clean', '2026-05-01 01:00:00', 0, 'KeyError')",
    "INSERT INTO notices (user_id, case_id, text, params, created_at, source_key, late, group_key)"
    " SELECT u.id, c.id, '（补发）请办理。', '{}', '2026-05-03 01:00:00', 'late' || c.id, 1,"
    " 'outage:1' FROM users u, cases c WHERE u.username = 'supervisor'",
)
_CALM = (
    "UPDATE reminders SET state = 'planned', attempts = 0, last_error = NULL"
    " WHERE state = 'failed'",
    "DELETE FROM clock_holds",
    "DELETE FROM worker_outages",
    "DELETE FROM heartbeats WHERE job = 'clean'",
    "DELETE FROM notices WHERE group_key = 'outage:1'",
)


@pytest.fixture
def trouble(site: Site) -> Iterator[None]:
    """A clock that jumped, an outage, failed reminders, and a bunch in an inbox."""
    _write(site, _TROUBLE)
    yield
    _write(site, _CALM)


def _write(site: Site, statements: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(site.database, timeout=10)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_bunch_unfolds_without_a_script(visit: Visit, trouble: None) -> None:
    visitor = visit("supervisor")
    assert visitor.faults_at("/notices/") == []
    visitor.open("/notices/", size=DESK)
    visitor.page.click(".bunch summary")
    assert visitor.page.locator(".bunch li").first.is_visible()
    assert visitor.accessibility_faults() == []


def test_the_machine_in_trouble_and_put_right(visit: Visit, trouble: None) -> None:
    visitor = visit("system_admin")
    assert visitor.faults_at("/operations/") == []
    visitor.open("/operations/", size=DESK)
    visitor.page.click("text=已核对时钟，恢复发送")
    visitor.page.wait_for_selector("text=已恢复发送")
    visitor.page.click("text=全部重试")
    visitor.page.wait_for_selector("text=已重新排队 2 条提醒")
    assert "没有发送失败的提醒。" in visitor.text
