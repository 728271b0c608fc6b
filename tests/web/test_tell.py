"""My ways of being told: only what is set up is offered, what is wrong comes back filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.core.audit.rows import count
from tests.security.world import TODAY, Door, World, key
from tracker.config import Settings
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.notices.feeds import find_feed
from tracker.core.notices.models import CalendarFeed, NoticeChoice, Outbox

pytestmark = [pytest.mark.once, pytest.mark.at_time(TODAY)]

CHANNELS = """
public_address = "https://tracker.example"
[email]
host = "mail.example"
sender = "t@tracker.example"
domains = ["example.cn"]
[sms]
address = "http://sms.example/secret-17"
[sms.fields]
to = "{phone}"
"""
GOOD = {"channels": ["email", "sms"], "email": "li@example.cn", "phone": "13800000000"}


@pytest.fixture
def world(app, session):
    with transaction():
        return World(session)


@pytest.fixture
def door(app, world):
    return Door(app, world.people)


@pytest.fixture
def configured(app) -> Iterator[None]:
    settings: Settings = app.config["TRACKER_SETTINGS"]
    path: Path = settings.instance_path / "channels.toml"
    path.write_text(CHANNELS, "utf-8")
    path.chmod(0o600)
    yield
    path.unlink()


def save(door: Door, who: str = "handler", **form: object):
    return door.of(who).post("/me/notices", data={"_once": key(), **GOOD, **form})


def test_without_channels_the_page_says_so_and_offers_the_calendar(door):
    page = door.of("handler").get("/me/notices").text
    assert "还没有可用的站外渠道" in page
    assert 'name="channels"' not in page
    assert "建立订阅地址" in page
    assert 'href="/me/notices"' in door.of("handler").get("/me").text


def test_only_what_is_set_up_is_offered(door, configured):
    page = door.of("handler").get("/me/notices").text
    assert re.findall(r'name="channels" value="(\w+)"', page) == ["email", "sms"]
    assert "只能用这些邮箱：example.cn" in page
    assert "secret-17" not in page
    assert "测试消息" not in page, "nothing is saved yet that could be tested"


def test_what_was_saved_is_shown_again(door, configured, session, world):
    answer = save(door, quiet_from="22:00", quiet_to="07:30", digest_at="17:30")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/notices")
    choice = session.get_one(NoticeChoice, world.people["handler"])
    assert (choice.channels, choice.email, choice.quiet_to) == (
        "email sms",
        "li@example.cn",
        "07:30",
    )
    page = door.of("handler").get("/me/notices").text
    assert page.count(" checked") == 2
    for value in ("li@example.cn", "13800000000", "22:00", "07:30", "17:30"):
        assert f'value="{value}"' in page
    assert "给我发一条测试消息" in page
    tags = session.scalars(select(AuditRow.tag).where(AuditRow.tag == "notices.choose")).all()
    assert len(tags) == 1


def test_what_is_wrong_comes_back_filled_with_its_reason(door, configured, session, world):
    answer = save(door, email="li@other.cn", digest_at="17:30")
    assert answer.status_code == 422
    assert "只能用这些邮箱：example.cn" in answer.text
    for value in ("li@other.cn", "13800000000", "17:30"):
        assert f'value="{value}"' in answer.text
    assert answer.text.count(" checked") == 2
    assert 'href="#email"' in answer.text
    assert session.get(NoticeChoice, world.people["handler"]) is None
    assert save(door, email="x" * 300).status_code == 422


def test_a_test_message_goes_to_what_was_saved_and_not_without_end(door, configured, session):
    send = {"_once": ""}
    client = door.of("handler")
    assert client.post("/me/notices/test", data={"_once": key()}).status_code == 409
    save(door)
    for _ in range(3):
        send["_once"] = key()
        assert client.post("/me/notices/test", data=send).status_code == 303
        assert client.post("/me/notices/test", data=send).status_code == 303, "twice is once"
    answer = client.post("/me/notices/test", data={"_once": key()})
    assert answer.status_code == 409
    assert "请过 10 分钟再试" in answer.text
    rows = session.scalars(select(Outbox).where(Outbox.channel != "inbox")).all()
    assert sorted(row.channel for row in rows) == ["email"] * 3 + ["sms"] * 3
    assert {row.address for row in rows} == {"li@example.cn", "13800000000"}


def test_a_calendars_address_is_shown_once(door, configured, session, world):
    client = door.of("handler")
    form = {"_once": key()}
    page = client.post("/me/notices/feed", data=form).text
    found = re.findall(r"https://tracker\.example/feeds/([\w-]+)\.ics", page)
    assert len(set(found)) == 1
    assert len(found[0]) >= 43, "32 bytes"
    assert client.post("/me/notices/feed", data=form).status_code == 303, "not made twice"
    assert found[0] not in client.get("/me/notices").text
    row = session.scalars(select(CalendarFeed)).one()
    assert row.user_id == world.people["handler"]
    assert found[0] not in row.token_hash
    again = client.post("/me/notices/feed", data={"_once": key()}).text
    assert found[0] not in again
    assert find_feed(session, found[0]) is None, "the old address ends with the new one"
    assert client.post("/me/notices/feed/end").status_code == 303
    assert "建立订阅地址" in client.get("/me/notices").text
    fed = select(AuditRow.tag).where(AuditRow.tag.like("feed.%")).order_by(AuditRow.id)
    tags = session.scalars(fed).all()
    assert tags == ["feed.create", "feed.create", "feed.revoke"]


def test_a_stranger_is_sent_to_the_door(client, session):
    assert "/login" in client.get("/me/notices").headers["Location"]
    for address in ("/me/notices", "/me/notices/test", "/me/notices/feed", "/me/notices/feed/end"):
        assert 'name="password"' in client.post(address).text
    assert count(session, CalendarFeed) == 0
