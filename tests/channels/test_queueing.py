"""Which messages a notice makes: alone, in a bundle, in a digest, after the quiet hours."""

# ruff: noqa: PT012, SIM117 - what fails fails when the transaction ends
from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.channels import servers
from tests.channels.rows import ALL, a_choice, a_reader, channels_at, later, outside, send, tell
from tests.core.audit.rows import NOW, a_case, a_person, an_office, count, see_none
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.errors import BadInput
from tracker.core.notices.channels.settings import read_channels
from tracker.core.notices.choices import after_quiet, choice_of, save_choice
from tracker.core.notices.models import Notice, NoticeChoice, OutboxItem


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


def test_one_row_for_each_channel_in_the_transaction_of_the_notice(session: Session):
    with transaction():
        li, case_id = a_reader(session, channels=ALL)
        tell(session, li, case_id)
        tell(session, li, case_id)
    rows = outside(session)
    assert [row.channel for row in rows] == ALL.split()
    assert [row.address for row in rows] == [f"u{li}@example.cn", *["13800000000"] * 4]
    assert count(session, OutboxItem) == 5
    with pytest.raises(ZeroDivisionError):
        with transaction():
            tell(session, li, case_id, "k2")
            raise ZeroDivisionError
    assert (len(outside(session)), count(session, Notice)) == (5, 1)


def test_who_chose_nothing_or_may_not_see_is_not_told_outside(session: Session):
    with transaction():
        li, case_id = a_reader(session)
        wu = a_person(session, "wu")
        tell(session, wu, case_id)
        tell(session, li, case_id, may_see=see_none)
    assert outside(session) == []
    assert count(session, Notice) == 1


def test_a_notice_keeps_its_date_its_lateness_and_its_group(session: Session):
    with transaction():
        li, case_id = a_reader(session, channels="")
        tell(session, li, case_id, late=True, group_key="outage:3")
    [notice] = session.scalars(select(Notice))
    assert (notice.due_on, notice.late, notice.group_key) == (date(2026, 11, 27), True, "outage:3")


def test_a_group_is_one_message_until_it_is_claimed(session: Session):
    with transaction():
        li, case_id = a_reader(session)
        for minute in range(20):
            now = NOW + timedelta(seconds=50 * minute)
            tell(session, li, case_id, f"k{minute}", group_key="outage:1", now=now)
    [row] = outside(session)
    assert row.try_after == later(minutes=10), "ten minutes after it was begun at the latest"
    assert count(session, OutboxItem) == 20
    with servers.mail_server() as (box, port):
        assert send(channels_at(port), later(minutes=9)) == {}
        assert send(channels_at(port), later(minutes=10)) == {"sent": 1}
        assert len(box.raw) == 1
    with transaction():
        tell(session, li, case_id, "late", group_key="outage:1", now=later(minutes=11))
        tell(session, li, case_id, "other", group_key="outage:2", now=later(minutes=11))
    rows = outside(session)
    assert [r.state for r in rows] == ["sent", "queued", "queued"]
    assert rows[1].try_after == later(minutes=12)
    assert len({r.message_id for r in rows}) == 3


def test_a_digest_is_one_message_a_day(session: Session):
    with transaction():
        li, case_id = a_reader(session, digest_at="17:30", channels="email sms")
        for hour, key in ((0, "a"), (3, "b"), (9, "c"), (30, "d")):
            tell(session, li, case_id, key, now=later(hours=hour), group_key="g")
    rows = outside(session)
    # 09:00, 12:00 and 18:00 on Monday, 15:00 on Tuesday.
    assert {(r.channel, r.source_key, r.try_after) for r in rows} == {
        (channel, f"digest:{day}", at(f"{day} 17:30"))
        for channel in ("email", "sms")
        for day in ("2026-11-23", "2026-11-24")
    }
    assert count(session, OutboxItem) == 8


@pytest.mark.parametrize(
    ("quiet", "moment", "leaves"),
    [
        (("22:00", "07:30"), "2026-11-23 23:10", "2026-11-24 07:30"),
        (("22:00", "07:30"), "2026-11-24 07:29", "2026-11-24 07:30"),
        (("22:00", "07:30"), "2026-11-24 07:30", "2026-11-24 07:30"),
        (("22:00", "07:30"), "2026-11-23 21:59", "2026-11-23 21:59"),
        (("12:00", "14:00"), "2026-11-23 12:00", "2026-11-23 14:00"),
        (("12:00", "14:00"), "2026-11-23 14:00", "2026-11-23 14:00"),
        ((None, None), "2026-11-23 03:00", "2026-11-23 03:00"),
    ],
)
def test_quiet_hours_move_to_their_end(quiet, moment: str, leaves: str):
    choice = NoticeChoice(user_id=1, quiet_from=quiet[0], quiet_to=quiet[1])
    assert after_quiet(choice, at(moment)) == at(leaves)


def test_a_worker_that_comes_late_keeps_the_quiet_hours_too(session: Session):
    with transaction():
        li, case_id = a_reader(session, quiet_from="20:00", quiet_to="08:00")
        tell(session, li, case_id)
    with servers.mail_server() as (box, port):
        assert send(channels_at(port), at("2026-11-23 21:00")) == {"waiting": 1}
        assert send(channels_at(port), at("2026-11-24 07:59")) == {}
        assert box.raw == []
        assert send(channels_at(port), at("2026-11-24 08:00")) == {"sent": 1}


# ---------------------------------------------------------------- what may be chosen

SETUP = read_channels(
    {
        "public_address": "https://t.example",
        "email": {"host": "m", "sender": "t@t.example", "domains": ["Example.cn"]},
        "sms": {"address": "http://s", "fields": {"to": "{phone}"}},
    }
)
GOOD: dict[str, Any] = {
    "channels": ["sms", "email", "wecom"],
    "email": " li@mail.example.cn ", "phone": "138 0000-0000",
    "quiet_from": "22:00", "quiet_to": "07:30", "digest_at": "",
}  # fmt: skip


def test_what_was_chosen_is_kept_and_may_be_changed(session: Session):
    with transaction():
        li = a_person(session, "li")
        save_choice(session, li, SETUP, **GOOD, now=NOW)
        save_choice(session, li, SETUP, **{**GOOD, "digest_at": "17:30"}, now=NOW)
    choice = choice_of(session, li)
    assert choice is not None
    assert choice.channels == "email sms", "a channel that is not set up cannot be chosen"
    assert (choice.email, choice.phone) == ("li@mail.example.cn", "13800000000")
    assert (choice.quiet_from, choice.quiet_to, choice.digest_at) == ("22:00", "07:30", "17:30")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "li"}, "email"),
        ({"email": "li@example.cn\nBcc: x@example.cn"}, "email"),
        ({"email": "li@other.cn"}, "email"),
        ({"email": "li@notexample.cn"}, "email"),
        ({"email": "李@example.cn"}, "email"),
        ({"phone": ""}, "phone"),
        ({"phone": "１３８００００００００"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"quiet_to": ""}, "quiet_to"),
        ({"quiet_from": ""}, "quiet_from"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"quiet_to": "22:00"}, "quiet_to"),
        ({"digest_at": "noon"}, "digest_at"),
    ],
)
def test_what_does_not_hold_together_is_named(session: Session, wrong: dict, field: str):
    with pytest.raises(BadInput) as caught, transaction():
        save_choice(session, a_person(session, "li"), SETUP, **{**GOOD, **wrong}, now=NOW)
    assert caught.value.field_name == field


def test_two_people_with_one_case_get_a_message_each(session: Session):
    with transaction():
        li, case_id = a_reader(session)
        wu = a_person(session, "wu")
        a_choice(session, wu)
        tell(session, li, case_id, group_key="g")
        tell(session, wu, case_id, group_key="g")
        tell(session, wu, a_case(session, an_office(session), wu), "k2", group_key="g")
    assert [(row.user_id, row.state) for row in outside(session)] == [
        (li, "queued"),
        (wu, "queued"),
    ]
