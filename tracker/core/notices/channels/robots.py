"""Group robots of WeCom, DingTalk and Feishu."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tracker.core.notices.channels.http import post, read_object
from tracker.core.notices.channels.letter import Letter
from tracker.core.notices.channels.result import Outcome, Result, tidy
from tracker.core.notices.channels.settings import Dingtalk, Feishu, Wecom


def by_wecom(settings: Wecom, letter: Letter, timeout: float) -> Result:
    """The robot mentions the person by telephone number, if there is one."""
    text: dict[str, Any] = {"content": letter.text}
    if letter.address:
        text["mentioned_mobile_list"] = [letter.address]
    where = _at(settings.address, "/cgi-bin/webhook/send", {"key": settings.key})
    answer = _post(where, {"msgtype": "text", "text": text}, timeout, settings.ca_file)
    return _judge(answer, ("errcode",), "errmsg", (settings.key,))


def by_dingtalk(settings: Dingtalk, letter: Letter, timeout: float, now: datetime) -> Result:
    """The signature goes into the address."""
    stamp = str(int(now.timestamp() * 1000))
    query = {
        "access_token": settings.token,
        "timestamp": stamp,
        "sign": _signature(settings.secret.encode(), f"{stamp}\n{settings.secret}".encode()),
    }
    body: dict[str, Any] = {"msgtype": "text", "text": {"content": letter.text}}
    if letter.address:
        body["at"] = {"atMobiles": [letter.address], "isAtAll": False}
    answer = _post(_at(settings.address, "/robot/send", query), body, timeout, settings.ca_file)
    return _judge(answer, ("errcode",), "errmsg", (settings.token, settings.secret))


def by_feishu(settings: Feishu, letter: Letter, timeout: float, now: datetime) -> Result:
    """The signature goes into the body; Feishu's robot cannot mention by telephone number."""
    stamp = str(int(now.timestamp()))
    body = {
        "timestamp": stamp,
        "sign": _signature(f"{stamp}\n{settings.secret}".encode(), b""),
        "msg_type": "text",
        "content": {"text": letter.text},
    }
    where = _at(settings.address, f"/open-apis/bot/v2/hook/{settings.token}", {})
    answer = _post(where, body, timeout, settings.ca_file)
    return _judge(answer, ("code", "StatusCode"), "msg", (settings.token, settings.secret))


def _signature(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


def _at(base: str, path: str, query: dict[str, str]) -> str:
    return base.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")


def _post(address: str, body: dict[str, Any], timeout: float, ca_file: str) -> Result | bytes:
    raw = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return post(address, raw, headers, timeout=timeout, ca_file=ca_file)


def _judge(
    answer: Result | bytes, codes: tuple[str, ...], words: str, secrets: tuple[str, ...]
) -> Result:
    """These services answer 200 to everything; whether they took it is in the body."""
    if isinstance(answer, Result):
        return answer
    found = read_object(answer)
    name = next((n for n in codes if found is not None and n in found), None)
    if found is None or name is None:
        return Result(Outcome.UNKNOWN, "answer not understood")
    if str(found[name]) == "0":
        return Result(Outcome.SENT)
    said = tidy(f"{name} {found[name]} {found.get(words, '')}", secrets)
    return Result(Outcome.FAILED, said)
