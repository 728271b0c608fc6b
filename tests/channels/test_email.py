"""Mail against a real server, and against servers that break at each step."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.channels import servers
from tracker.core.notices.channels.letter import Letter
from tracker.core.notices.channels.result import Outcome, Result
from tracker.core.notices.channels.send import send_letter
from tracker.core.notices.channels.settings import Channels, read_channels

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SUBJECT = "办理提醒：东统线〔2026〕3号（线索），2026年11月27日到期"
LETTER = Letter("a-b-c", "gaowa@example.cn", SUBJECT, f"{SUBJECT}\n.点在行首\n..两点\n", "")


def setup(port: int, timeout: float = 0.3) -> Channels:
    return read_channels(
        {
            "public_address": "https://tracker.example",
            "timeout_seconds": timeout,
            "email": {
                "host": servers.HOST, "port": port, "sender": "tracker@tracker.example",
                "security": "none",
            },
        }
    )  # fmt: skip


def send(port: int, letter: Letter = LETTER) -> Result:
    return send_letter(setup(port), "email", letter, NOW)


def test_a_mail_arrives_whole():
    with servers.mail_server() as (box, port):
        assert send_letter(setup(port, 5), "email", LETTER, NOW) == Result(Outcome.SENT)
    [mail] = box.mails
    assert mail["Subject"] == SUBJECT
    assert mail["Message-ID"] == "<a-b-c@tracker.example>"
    assert mail["From"] == "tracker@tracker.example"
    assert mail["To"] == "gaowa@example.cn"
    assert mail["Date"] == "Mon, 23 Nov 2026 01:00:00 +0000"
    assert mail.get_content().replace("\r\n", "\n") == LETTER.text
    assert box.recipients == ["gaowa@example.cn"]
    assert max(map(len, box.raw[0].splitlines())) <= 78
    assert box.raw[0].isascii()


@pytest.mark.parametrize(
    ("box", "outcome", "said"),
    [
        (servers.Mailbox(rcpt="550 no gaowa@example.cn"), Outcome.REFUSED, "SMTP 550 no ***"),
        (servers.Mailbox(rcpt="451 later"), Outcome.FAILED, "SMTP 451 later"),
        (servers.Mailbox(answer=lambda _: "554 spam"), Outcome.REFUSED, "SMTP 554 spam"),
        (servers.Mailbox(answer=lambda _: "452 full"), Outcome.FAILED, "SMTP 452 full"),
    ],
)  # fmt: skip
def test_a_clear_no_is_known(box: servers.Mailbox, outcome: Outcome, said: str):
    with servers.mail_server(box) as (_, port):
        assert send_letter(setup(port, 5), "email", LETTER, NOW) == Result(outcome, said)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        *((at, "") for at in ("EHLO", "MAIL", "RCPT", "DATA")),
        *((at, "garbage without a number") for at in ("MAIL", "RCPT", "DATA")),
    ],
)
def test_what_breaks_before_the_dot_has_failed(at: str, end: str):
    with servers.scripted(servers.smtp(end, at=at)) as talk:
        assert send(talk.port).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "script", [servers.smtp(""), servers.smtp("what?"), servers.smtp(wait=0.6)]
)
def test_silence_after_the_dot_is_unknown(script: servers.Script):
    with servers.scripted(script) as talk:
        assert send(talk.port).outcome is Outcome.UNKNOWN
    assert b"Message-ID: <a-b-c@tracker.example>" in talk.heard[0]


def test_a_server_that_hangs_up_after_its_yes_has_the_mail():
    with servers.scripted(servers.smtp("", at="QUIT")) as talk:
        assert send(talk.port) == Result(Outcome.SENT)


def test_a_sender_that_is_refused_is_not_the_recipients_fault():
    with servers.scripted(servers.smtp("553 not you", at="MAIL")) as talk:
        assert send(talk.port) == Result(Outcome.FAILED, "SMTP 553 not you")


@pytest.mark.parametrize("end", ["", "554 go away"])
def test_a_server_that_does_not_greet_rests_the_channel(end: str):
    with servers.scripted(servers.smtp(end, at="hello")) as talk:
        result = send(talk.port)
    assert (result.outcome, result.unreachable) == (Outcome.FAILED, True)


def test_encryption_is_not_given_up_when_the_server_has_none():
    with servers.mail_server() as (box, port):
        chosen = {"host": servers.HOST, "port": port, "sender": "t@t.example", "password": "p-17"}
        channels = read_channels({"public_address": "https://t.example", "email": chosen})
        result = send_letter(channels, "email", LETTER, NOW)
    assert (result.outcome, result.detail) == (Outcome.FAILED, "SMTPNotSupportedError")
    assert box.raw == []
