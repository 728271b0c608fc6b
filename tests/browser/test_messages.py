"""The pages of messages outside and of one's own choices, at a desk, on a phone and in the dark."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import DESK

pytestmark = pytest.mark.browser

_CHANNELS = """
public_address = "http://tracker.example"
[email]
host = "mail.example"
sender = "t@tracker.example"
[sms]
address = "http://sms.example"
[sms.fields]
to = "{phone}"
"""
_STUCK = """
INSERT INTO outbox (channel, address, user_id, case_id, source_key, template, params, created_at,
  state, attempts, last_error, try_after, message_id, claimed_at)
SELECT 'email', username || '@example.cn', id, (SELECT max(id) FROM cases), 'k' || id, '', '{}',
  created_at, 'unknown', 1, 'worker gone', created_at, 'm' || id, created_at FROM users LIMIT 5
"""
_ADMIN = "UPDATE grants SET role = ? WHERE user_id = (SELECT id FROM users WHERE username = ?)"


@pytest.fixture
def configured(site: Site) -> Iterator[None]:
    """Two channels are set up; five messages are in doubt; somebody runs the product."""
    path = site.database.parent / "channels.toml"
    path.write_text(_CHANNELS, "utf-8")
    path.chmod(0o600)
    _write(site, _ADMIN, "system_admin", "liaison3")
    _write(site, _STUCK)
    yield
    _write(site, "DELETE FROM outbox WHERE channel = 'email'")
    _write(site, _ADMIN, "liaison", "liaison3")
    path.unlink()


def _write(site: Site, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(site.database, timeout=10)) as connection, connection:
        connection.execute(statement, values)


def test_choices_are_made_and_an_address_is_given(visit: Visit, configured: None) -> None:
    visitor = visit("inspector")
    assert visitor.faults_at("/me/notices") == []
    page = visitor.page
    page.check("input[value=email]")
    page.click("text=保存提醒方式")
    page.wait_for_selector(".err-sum")
    assert visitor.accessibility_faults() == []
    page.fill("#email", "qimuge@example.cn")
    page.fill("#quiet_from", "22:00")
    page.fill("#quiet_to", "07:30")
    page.click("text=保存提醒方式")
    page.wait_for_selector("text=给我发一条测试消息")
    assert page.input_value("#quiet_to") == "07:30"
    page.click("text=建立订阅地址")
    page.wait_for_selector("text=地址只显示这一次")
    assert "http://tracker.example/feeds/" in visitor.text
    assert visitor.accessibility_faults() == []
    assert visitor.sticks_out() == 0


def test_the_operator_decides(visit: Visit, configured: None) -> None:
    visitor = visit("liaison3", fresh=True)
    assert visitor.faults_at("/operations/messages") == []
    assert visitor.faults_at("/operations/messages?state=sent") == []
    visitor.open("/operations/messages", size=DESK)
    assert visitor.page.locator("input[name=message]").count() == 5
    visitor.page.locator("input[name=message]").first.check()
    visitor.page.click("text=标记为已送达")
    visitor.page.wait_for_selector("text=1 条消息已处理")
    assert visitor.page.locator("input[name=message]").count() == 4
