"""Robots and the gateway against real servers that fail in every way a server can."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.channels import servers
from tracker.core.notices.channels.letter import Letter
from tracker.core.notices.channels.result import Outcome, Result
from tracker.core.notices.channels.send import send_letter
from tracker.core.notices.channels.settings import Channels, read_channels

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LETTER = Letter(
    "id-1", "13800000000", "办理提醒", "办理提醒\n东统〔2026〕3号", "东统〔2026〕3号 {phone}"
)
TAKEN = {
    "wecom": b'{"errcode":0,"errmsg":"ok"}',
    "dingtalk": b'{"errcode":0,"errmsg":"ok"}',
    "feishu": b'{"code":0,"msg":"success"}',
    "sms": b'{"code":"0"}',
}


def setup(address: str, timeout: float = 0.3, **sms: Any) -> Channels:
    return read_channels(
        {
            "public_address": "http://tracker.example",
            "timeout_seconds": timeout,
            "wecom": {"address": address, "key": "k-17"},
            "dingtalk": {"address": address, "token": "t-17", "secret": "s-17"},
            "feishu": {"address": address, "token": "t-18", "secret": "s-18"},
            "sms": {
                "address": f"{address}/send",
                "fields": {"to": "{phone}", "words": "{text}", "ref": "{id}", "key": "k-18"},
                "headers": {"X-Key": "k-19"},
                "ok_field": "code",
                **sms,
            },
        }
    )


def send(talk: servers.Talk, channel: str = "wecom", **sms: Any) -> Result:
    return send_letter(setup(talk.address, **sms), channel, LETTER, NOW)


def first_line(talk: servers.Talk) -> str:
    return talk.heard[0].split(b"\r\n")[0].decode()


# ---------------------------------------------------------------- what they are sent


def test_wecom_mentions_by_number():
    with servers.scripted(servers.answers(TAKEN["wecom"])) as talk:
        assert send(talk).outcome is Outcome.SENT
    assert first_line(talk) == "POST /cgi-bin/webhook/send?key=k-17 HTTP/1.1"
    text = {"content": LETTER.text, "mentioned_mobile_list": ["13800000000"]}
    assert talk.bodies == [{"msgtype": "text", "text": text}]


def test_dingtalk_is_signed_in_the_address():
    with servers.scripted(servers.answers(TAKEN["dingtalk"])) as talk:
        assert send(talk, "dingtalk").outcome is Outcome.SENT
    query = parse_qs(urlsplit(first_line(talk).split()[1]).query)
    stamp = str(int(NOW.timestamp() * 1000))
    wanted = hmac.new(b"s-17", f"{stamp}\ns-17".encode(), hashlib.sha256).digest()
    assert query == {
        "access_token": ["t-17"],
        "timestamp": [stamp],
        "sign": [base64.b64encode(wanted).decode()],
    }
    assert talk.bodies[0]["at"] == {"atMobiles": ["13800000000"], "isAtAll": False}
    assert talk.bodies[0]["text"] == {"content": LETTER.text}


def test_feishu_is_signed_in_the_body():
    with servers.scripted(servers.answers(TAKEN["feishu"])) as talk:
        assert send(talk, "feishu").outcome is Outcome.SENT
    assert first_line(talk) == "POST /open-apis/bot/v2/hook/t-18 HTTP/1.1"
    [body] = talk.bodies
    wanted = hmac.new(f"{body['timestamp']}\ns-18".encode(), b"", hashlib.sha256).digest()
    assert body["sign"] == base64.b64encode(wanted).decode()
    assert body["timestamp"] == str(int(NOW.timestamp()))
    assert body["content"] == {"text": LETTER.text}


def test_the_gateway_gets_its_template_filled_once():
    with servers.scripted(servers.answers(TAKEN["sms"])) as talk:
        assert send(talk, "sms").outcome is Outcome.SENT
    words = {"to": "13800000000", "words": LETTER.short, "ref": "id-1", "key": "k-18"}
    assert talk.bodies == [words]
    assert b"X-Key: k-19" in talk.heard[0]


def test_the_gateway_may_want_a_form_and_answer_with_a_status_only():
    with servers.scripted(servers.answers(b"ok")) as talk:
        assert send(talk, "sms", format="form", ok_field="").outcome is Outcome.SENT
    body = parse_qs(talk.heard[0].partition(b"\r\n\r\n")[2].decode())
    assert body["words"] == [LETTER.short]


def test_a_gateways_yes_may_be_true():
    with servers.scripted(servers.answers(b'{"ok":true}')) as talk:
        assert send(talk, "sms", ok_field="ok", ok_value="true").outcome is Outcome.SENT


# ---------------------------------------------------------------- what they answer


@pytest.mark.parametrize(
    ("channel", "answer", "said"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "bad key k-17"}, "errcode 93000 bad key ***"),
        ("dingtalk", {"errcode": 310000, "errmsg": "bad sign s-17"}, "errcode 310000 bad sign ***"),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, "code 19021 sign match fail"),
        ("sms", {"code": "7", "msg": "k-18"}, "code 7"),
    ],
)  # fmt: skip
def test_a_no_inside_a_yes_is_a_failure(channel: str, answer: dict, said: str):
    with servers.scripted(servers.answers(json.dumps(answer).encode())) as talk:
        assert send(talk, channel) == Result(Outcome.FAILED, said)


@pytest.mark.parametrize("channel", sorted(TAKEN))
@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (servers.drops_after_reading, Outcome.UNKNOWN),
        (servers.answers_half, Outcome.UNKNOWN),
        (servers.never_ends, Outcome.UNKNOWN),
        (servers.answers(b"<html>"), Outcome.UNKNOWN),
        (servers.answers(b"[" * 9000), Outcome.UNKNOWN),
        (servers.answers(b"{}", "502 Bad Gateway"), Outcome.UNKNOWN),
        (servers.answers(b"{}", "504 Gateway Timeout"), Outcome.UNKNOWN),
        (servers.answers(b"{}", "500 Oops"), Outcome.FAILED),
        (servers.answers(b"{}", "404 Not Found"), Outcome.FAILED),
    ],
)
def test_every_way_to_fail(channel: str, script: servers.Script, outcome: Outcome):
    with servers.scripted(script) as talk:
        result = send(talk, channel)
    assert result.outcome is outcome, result
    assert not result.unreachable


def test_a_connection_that_is_dropped_at_once_is_never_a_yes():
    # Whether the last byte had left by then is a race, and so is what we can know.
    with servers.scripted(servers.drops_before_reading) as talk:
        assert send(talk).outcome in (Outcome.FAILED, Outcome.UNKNOWN)


def test_an_answer_that_comes_too_late_is_unknown():
    with servers.scripted(servers.answers_late(0.6)) as talk:
        assert send(talk) == Result(Outcome.UNKNOWN, "TimeoutError")
    assert len(talk.heard) == 1


def test_nobody_there_is_a_failure_that_rests_the_channel():
    result = send_letter(setup(f"http://127.0.0.1:{servers.free_port()}"), "wecom", LETTER, NOW)
    assert result == Result(Outcome.FAILED, "ConnectionRefusedError", unreachable=True)


def test_a_redirect_is_not_followed():
    with servers.scripted(servers.answers(TAKEN["wecom"])) as other:
        away = servers.answers(b"", "302 Found", f"Location: {other.address}/take")
        with servers.scripted(away) as talk:
            assert send(talk) == Result(Outcome.FAILED, "HTTP 302")
    assert len(talk.heard) == 1
    assert other.heard == []


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch):
    with servers.scripted(servers.answers(TAKEN["wecom"])) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        with servers.scripted(servers.answers(TAKEN["wecom"])) as talk:
            assert send(talk).outcome is Outcome.SENT
    assert proxy.heard == []
    assert len(talk.heard) == 1
