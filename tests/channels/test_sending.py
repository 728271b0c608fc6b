"""Claim, send, mark: nothing twice by itself, nothing dropped, nobody told who may not see."""

from __future__ import annotations

import base64
import json
import random
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import quote, quote_plus

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.channels import servers
from tests.channels.rows import ALL, a_reader, channels_at, later, outside, send, states, tell
from tests.core.audit.rows import NOW, a_case, an_office, put, see_all, see_none
from tests.helpers.databases import ROOT
from tracker.config import Settings
from tracker.core.accounts.models import User
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.outside import about, path_of
from tracker.core.db import db, transaction
from tracker.core.errors import say
from tracker.core.notices import operator, sending, service
from tracker.core.notices.channels.result import Outcome, Result
from tracker.core.notices.models import Attempt, NoticeChoice, Outbox
from tracker.core.notices.queueing import queue_test

OK = servers.answers(b'{"errcode":0,"code":0}')


def test_a_date_of_a_year_without_notice_leaves_as_provisional(session: Session):
    with transaction():
        li, case_id = a_reader(session)
        tell(session, li, case_id, due_on=date(2027, 1, 4))
        tell(session, li, case_id, "k2", due_on=date(2026, 11, 27))
    with servers.mail_server() as (box, port):
        assert send(channels_at(port)) == {"sent": 2}
    subjects = [str(mail["Subject"]) for mail in box.mails]
    assert [s.endswith("到期（暂定）") for s in subjects] == [True, False]


@pytest.fixture
def told(session: Session) -> tuple[int, int]:
    with transaction():
        li, case_id = a_reader(session)
        tell(session, li, case_id)
    return li, case_id


def tries(session: Session) -> list[tuple[int, str | None, str]]:
    session.rollback()
    rows = session.scalars(select(Attempt).order_by(Attempt.outbox_id, Attempt.n))
    return [(row.n, row.outcome, row.detail) for row in rows]


# ---------------------------------------------------------------- what leaves

CANARIES = {
    "title": "示例煤业虚报原煤产量甲乙",
    "unit": "鄂尔多斯示例煤业有限公司丙丁",
    "reporter": "鸢尾丑寅卯",
    "indicator": "原煤产量戊己",
    "person": "示例承办人庚辛",
}


def test_only_number_kind_date_and_link_leave(session: Session):
    with transaction():
        li, _ = a_reader(session, channels=ALL)
        session.execute(update(User).where(User.id == li).values(name=CANARIES["person"]))
        office = an_office(session, CANARIES["unit"])
        numbered = a_case(session, office, li, CANARIES["title"])
        session.execute(update(Case).where(Case.id == numbered).values(number="东统线〔2026〕3号"))
        plain = a_case(session, office, li, CANARIES["title"])
        for case_id, key in ((numbered, "a"), (plain, "b"), (None, "c")):
            service.post(
                session, [li], case_id=case_id, now=NOW, source_key=key, may_see=see_all,
                sentence=say("《%(title)s》：%(who)s的%(unit)s%(what)s。", title=CANARIES["title"],
                             who=CANARIES["reporter"], unit=CANARIES["unit"],
                             what=say(CANARIES["indicator"])),
                due_on=None if case_id is None else later(days=4).date(),
            )  # fmt: skip
    with servers.mail_server() as (box, port), servers.scripted(OK) as talk:
        assert send(channels_at(port, talk.address)) == {"sent": 15}
    mails = [f"{m['Subject']}\n{m.get_content()}" for m in box.mails]
    said = [json.dumps(body, ensure_ascii=False) for body in talk.bodies]
    everything = b"\n".join([*box.raw, *talk.heard, "\n".join([*mails, *said]).encode()])
    for name, canary in CANARIES.items():
        for part in (canary, canary[:4]):
            raw = part.encode()
            forms = [
                raw,
                quote(part).encode(),
                quote_plus(part).encode(),
                json.dumps(part).encode()[1:-1],
            ]
            forms += [base64.b64encode(raw[n:]).rstrip(b"=")[:-1] for n in range(3)]
            assert not [f for f in forms if f in everything], name
    for words in (mails, said):
        text = "\n".join(words)
        assert "东统线〔2026〕3号（线索），2026年11月27日到期" in text
        assert "未编号（线索），2026年11月27日到期" in text
        assert "系统通知" in text
        assert f"https://tracker.example/leads/{numbered}" in text
        assert "https://tracker.example/notices/" in text
    assert mails[0].splitlines()[0] == "办理提醒：东统线〔2026〕3号（线索），2026年11月27日到期"
    assert {body["content"]["text"] for body in talk.bodies if "msg_type" in body}


def test_the_link_of_every_kind_leads_to_its_page(app: Flask):
    assert "lead" in [flow.kind for flow in flows.all()]
    with app.test_request_context():
        for flow in flows.all():
            page = app.url_for(f"{flow.pages}.show_case", case_id=7)
            assert page == path_of(flow.kind, 7)


def test_a_long_bundle_is_cut_and_says_so(session: Session):
    with transaction():
        li, _ = a_reader(session, channels="wecom sms")
        office = an_office(session)
        for n in range(18):
            tell(session, li, a_case(session, office, li), f"k{n}", group_key="g")
        tell(session, li, a_case(session, office, li), "same", group_key="g")
        tell(session, li, a_case(session, office, li), "same", group_key="g")
    with servers.scripted(OK) as talk:
        assert send(channels_at(http=talk.address), later(minutes=2)) == {"sent": 2}
    robot, gateway = talk.bodies
    assert robot["text"]["content"].startswith("办理提醒 19 条\n")
    assert robot["text"]["content"].count("未编号") == 15
    assert "还有 4 条，请登录系统查看：https://tracker.example/notices/" in robot["text"]["content"]
    assert len(robot["text"]["content"].encode()) < 2048, "WeCom takes no more"
    assert gateway["words"].count("未编号") == 3


# ---------------------------------------------------------------- outcomes


def test_a_failure_waits_longer_each_time_and_then_for_the_operator(session: Session, told):
    nobody = servers.free_port()
    now, pauses = NOW, []
    for _ in range(5):
        send(channels_at(nobody), now)
        [row] = outside(session)
        pauses.append((row.try_after - now) // timedelta(minutes=1))
        now = row.try_after
    row = outside(session)[0]
    assert pauses[:4] == [1, 2, 4, 8]
    assert (row.state, row.attempts) == ("failed", 5)
    assert tries(session) == [(n, "failed", "ConnectionRefusedError") for n in range(1, 6)]
    assert send(channels_at(nobody), later(days=9)) == {}


def test_after_a_failure_the_same_message_arrives(session: Session, told):
    with servers.scripted(servers.smtp("451 later"), servers.smtp()) as talk:
        assert send(channels_at(talk.port)) == {"queued": 1}
        assert send(channels_at(talk.port), later(minutes=1)) == {"sent": 1}
    ids = [re.search(rb"Message-ID: (\S+)", raw).group(1) for raw in talk.heard]  # type: ignore[union-attr]
    assert ids[0] == ids[1] == f"<{outside(session)[0].message_id}@tracker.example>".encode()


def test_a_refusal_is_for_good(session: Session, told):
    with servers.mail_server(servers.Mailbox(rcpt="550 unknown")) as (_, port):
        assert send(channels_at(port, timeout=5, claim_seconds=100)) == {"failed": 1}
        assert send(channels_at(port, timeout=5, claim_seconds=100), later(days=1)) == {}
    assert tries(session) == [(1, "refused", "SMTP 550 unknown")]


@pytest.mark.parametrize("script", [servers.smtp(""), servers.smtp(wait=0.8)])
def test_what_nobody_can_know_is_not_repeated(session: Session, told, script: servers.Script):
    with servers.scripted(script) as talk:
        assert send(channels_at(talk.port)) == {"unknown": 1}
        assert send(channels_at(talk.port), later(days=1)) == {}
        assert len([raw for raw in talk.heard if raw]) <= 1
    assert states(session) == ["unknown"]


def test_a_server_that_is_away_rests_its_channel_and_no_other(session: Session):
    with transaction():
        li, case_id = a_reader(session, channels="email wecom")
        for n in range(4):
            tell(session, li, case_id, f"k{n}")
    with servers.scripted(OK) as talk:
        done = send(channels_at(servers.free_port(), talk.address))
    assert done == {"queued": 1, "sent": 4}
    assert len(tries(session)) == 5, "three mails were not even tried"


def test_a_letter_that_cannot_be_written_waits_and_is_set_aside(session: Session, told):
    def broken(_session: Session, _user: int, _case: int) -> bool:
        raise KeyError("名字")

    now = NOW
    for _ in range(5):
        send(channels_at(servers.free_port()), now, broken)
        now += timedelta(hours=1)
    [row] = outside(session)
    assert (row.state, row.attempts, row.last_error) == ("failed", 5, "KeyError")
    assert tries(session) == [], "nothing was ever about to leave"


# ---------------------------------------------------------------- who may be told, at that moment


def test_a_right_that_has_ended_is_seen_when_it_is_sent(session: Session, told):
    with servers.mail_server() as (box, port):
        assert send(channels_at(port), may_see=see_none) == {"skipped": 1}
    assert box.raw == []
    [row] = outside(session)
    assert row.last_error == "nobody"
    assert row.attempts == 0


def test_of_a_bundle_only_what_may_be_seen_leaves(session: Session):
    with transaction():
        li, first = a_reader(session)
        second = a_case(session, an_office(session), li)
        for case_id in (first, second):
            tell(session, li, case_id, f"k{case_id}", group_key="g")
    with servers.mail_server() as (box, port):
        send(channels_at(port), later(minutes=1), lambda _s, _u, case_id: case_id == second)
    [mail] = box.mails
    assert f"/leads/{second}" in mail.get_content()
    assert f"/leads/{first}\n" not in mail.get_content().replace("\r", "")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (update(User).values(active=False), "nobody"),
        (update(NoticeChoice).values(channels="sms"), "not_wanted"),
    ],
)
def test_who_left_or_changed_their_mind_is_not_told(session: Session, told, change, reason: str):
    with transaction():
        session.execute(change)
    with servers.mail_server() as (box, port):
        assert send(channels_at(port)) == {"skipped": 1}
    assert box.raw == []
    assert outside(session)[0].last_error == reason


def test_a_channel_that_was_closed_is_said_to_be(session: Session, told):
    assert send(channels_at(http="http://127.0.0.1:9")) == {"skipped": 1}
    assert outside(session)[0].last_error == "channel_off"


def test_a_new_address_holds_for_what_is_queued(session: Session, told):
    with transaction():
        session.execute(update(NoticeChoice).values(email="new@example.cn"))
    with servers.mail_server() as (box, port):
        assert send(channels_at(port)) == {"sent": 1}
    assert box.recipients == ["new@example.cn"]
    assert outside(session)[0].address == "new@example.cn"


def test_a_test_message_goes_through_the_same_outbox_at_once(session: Session):
    with transaction():
        li, _ = a_reader(session, quiet_from="00:00", quiet_to="23:59", digest_at="17:00")
        choice = session.get_one(NoticeChoice, li)
        queue_test(session, choice, "email", NOW)
    with servers.mail_server() as (box, port):
        assert send(channels_at(port)) == {"sent": 1}
    assert box.mails[0]["Subject"] == "测试消息：您能收到统计执法监督系统的提醒"


# ---------------------------------------------------------------- the operator


def unknown_row(session: Session) -> int:
    with servers.scripted(servers.smtp("")) as talk:
        assert send(channels_at(talk.port)) == {"unknown": 1}
    [row] = outside(session)
    return row.id


def test_the_operator_may_send_once_more_with_the_same_id(session: Session, told):
    row_id = unknown_row(session)
    with transaction():
        assert operator.decide(session, row_id, "again", later(hours=1)) == "unknown"
        assert operator.decide(session, row_id, "again", later(hours=1)) is None
    with servers.mail_server() as (box, port):
        assert send(channels_at(port), later(hours=1)) == {"sent": 1}
    assert box.ids == [f"<{outside(session)[0].message_id}@tracker.example>"]
    assert [n for n, _, _ in tries(session)] == [1, 2]


@pytest.mark.parametrize(("decision", "state"), [("delivered", "sent"), ("drop", "skipped")])
def test_the_operator_may_end_it(session: Session, told, decision, state: str):
    row_id = unknown_row(session)
    with transaction():
        assert operator.decide(session, row_id, decision, NOW) == "unknown"
    assert states(session) == [state]
    assert send(channels_at(servers.free_port()), later(days=1)) == {}


def test_a_message_sent_once_more_takes_nothing_new_in(session: Session):
    with transaction():
        li, case_id = a_reader(session)
        tell(session, li, case_id, "a", group_key="g", now=later(minutes=-2))
    row_id = unknown_row(session)
    with transaction():
        operator.decide(session, row_id, "again", NOW)
        tell(session, li, case_id, "b", group_key="g")
    assert states(session) == ["queued", "queued"]


def test_an_inbox_row_that_failed_is_shown_but_not_believed_delivered(session: Session, told):
    with transaction():
        row_id = put(
            session, "outbox", channel="inbox", user_id=told[0], source_key="x", template="x",
            params={}, created_at=NOW, state="failed", attempts=5, try_after=NOW, message_id="m",
        )  # fmt: skip
        assert operator.counts(session, NOW)["failed"] == 1
        assert operator.undecided(session) == 1
        assert operator.decide(session, row_id, "delivered", NOW) is None
        assert operator.decide(session, row_id, "again", NOW) == "failed"


def test_the_operators_list_goes_page_by_page(session: Session):
    with transaction():
        li, case_id = a_reader(session)
        for n in range(7):
            tell(session, li, case_id, f"k{n}", now=later(seconds=n // 2))
    seen: list[int] = []
    before = None
    while True:
        page = operator.messages(session, "queued", about, NOW, before, 3)
        if not page:
            break
        seen += [shown.row.id for shown in page]
        before = (page[-1].row.try_after, page[-1].row.id)
    assert seen == sorted((row.id for row in outside(session)), reverse=True)
    assert [line.words for line in page_of(session)[0].lines] == [
        "未编号（线索），2026年11月27日到期"
    ]
    assert operator.counts(session, NOW)["queued"] == 7


def page_of(session: Session) -> list[operator.Shown]:
    return operator.messages(session, "queued", about, NOW, None, 1)


# ---------------------------------------------------------------- workers that die, and many


def test_a_worker_that_is_slow_may_still_say_what_it_knows(session: Session, told):
    house = sending.House(channels_at(9), see_all, about, lambda: NOW)
    with transaction():
        claimed = sending.claim_one(session, house)
    assert isinstance(claimed, sending.Claimed)
    with transaction():
        assert sending.give_up(session, later(seconds=19), 20) == 0
        assert sending.give_up(session, later(seconds=20), 20) == 1
    assert states(session) == ["unknown"]
    assert tries(session) == [(1, "unknown", "worker gone")]
    with transaction():
        assert sending.mark(session, claimed, Result(Outcome.SENT), later(seconds=30)) == "sent"
    assert states(session) == ["sent"]
    with transaction():
        late = sending.mark(session, claimed, Result(Outcome.FAILED), later(seconds=40))
    assert late == "decided"
    assert states(session) == ["sent"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_around_sending_leaves_an_unknown(
    fresh_app: Callable[..., Flask], moment: str
):
    app = fresh_app()
    settings: Settings = app.config["TRACKER_SETTINGS"]
    with app.app_context(), servers.mail_server() as (box, port):
        with transaction() as session:
            li, case_id = a_reader(session)
            tell(session, li, case_id)
        db.session.remove()
        done = subprocess.run(
            [sys.executable, "-m", "tests.channels.killed", str(settings.instance_path),
             settings.database_uri, str(port), moment],
            cwd=ROOT, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
        assert len(box.raw) == (1 if moment == "after" else 0)
        assert states(db.session()) == ["sending"]
        assert send(channels_at(port), later(seconds=19)) == {}
        assert send(channels_at(port), later(seconds=21)) == {"unknown": 1}
        assert send(channels_at(port), later(days=1)) == {}
        assert len(box.raw) == (1 if moment == "after" else 0), "not repeated by itself"
        [shown] = operator.messages(db.session(), "unknown", about, later(days=1))
        assert shown.row.last_error == "worker gone"
        db.session.remove()


def test_four_senders_send_nothing_twice(fresh_app: Callable[..., Flask]):
    app = fresh_app()
    channels = channels_at(1)
    with app.app_context(), servers.mail_server() as (box, port):
        channels = channels_at(port, timeout=5, claim_seconds=100)
        with transaction() as session:
            li, case_id = a_reader(session)
            for n in range(40):
                tell(session, li, case_id, f"k{n}")
        db.session.remove()
        gate, done = threading.Barrier(4), Counter[str]()

        def work() -> None:
            with app.app_context():
                gate.wait(10)
                done.update(send(channels))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert done == {"sent": 40}
        assert len(box.ids) == len(set(box.ids)) == 40
        assert {f"<{row.message_id}@tracker.example>" for row in outside(db.session())} == set(
            box.ids
        )
        assert len(tries(db.session())) == 40
        db.session.remove()


def test_a_server_in_any_mood_gets_each_message_once_or_leaves_it_in_doubt(session: Session):
    """Draws what the server does each time; a message is repeated only after a clear no."""
    with transaction():
        li, case_id = a_reader(session)
        for n in range(60):
            tell(session, li, case_id, f"k{n}")
    draw = random.Random(20261123)  # noqa: S311 - the same draw every time
    moods = [
        servers.smtp(), servers.smtp(), servers.smtp("451 later"), servers.smtp(""),
        servers.smtp("", at="MAIL"), servers.smtp("450 busy", at="RCPT"),
        servers.smtp("", at="QUIT"), servers.smtp("550 no", at="RCPT"), servers.smtp("what?"),
    ]  # fmt: skip
    drawn: list[int] = []

    def moody(connection: socket.socket) -> bytes:
        drawn.append(draw.randrange(len(moods)))
        return moods[drawn[-1]](connection)

    with servers.scripted(moody) as talk:
        for minute in range(17):
            send(channels_at(talk.port), later(minutes=minute))
    heard: dict[str, list[int]] = {}
    for mood, raw in zip(drawn, talk.heard, strict=True):
        if raw:
            heard.setdefault(re.findall(rb"Message-ID: <(\S+)@", raw)[0].decode(), []).append(mood)
    clear_no, in_doubt = {2}, {3, 8}
    for row in outside(session):
        moods_met = heard.get(row.message_id, [])
        assert set(moods_met[:-1]) <= clear_no, "sent again after a yes or in doubt"
        last = moods_met[-1] if moods_met else None
        if row.state == "sent":
            assert last in (0, 1, 6)
        elif row.state == "unknown":
            assert last in in_doubt
        else:
            assert row.state == "failed"
            assert last in (None, *clear_no)
    assert set(states(session)) == {"sent", "unknown", "failed"}
    assert len(drawn) == len(tries(session)), "no try without a row"


def test_an_inbox_row_is_never_taken_by_a_sender_nor_the_other_way(session: Session, told):
    with transaction():
        service.queue(
            session, case_id=None, to_user_ids=[told[0]], sentence=say("轮到您。"), now=NOW,
            source_key="turn",
        )  # fmt: skip
        assert service.deliver_one(session, NOW, see_all) == "sent"
        assert service.deliver_one(session, NOW, see_all) is None
    assert not service.anything_queued(session, NOW)
    assert sending.anything_to_send(session, NOW)
    assert states(session) == ["queued", "queued"]
    assert len(list(session.scalars(select(Outbox).where(Outbox.channel == "inbox")))) == 1
