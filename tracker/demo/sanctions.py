"""Sanction proposals of the demo: how they are usually handled, and those of the three homes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tracker.demo.penalty_walks import NOTE
from tracker.demo.walking import Custom, Moment, Trade
from tracker.demo.walks import Walk
from tracker.workflows.sanctions.models import Sanction

_HANDLER = "inspector1"


def _nothing(_moment: Moment) -> Mapping[str, Any]:
    return {}


def _opened(moment: Moment) -> dict[str, Any]:
    return {
        "unit_name": "示例县统计局",
        "matter": "授意企业虚报统计数据",
        "facts": f"有关负责人向企业下达上报数。\n{NOTE}",
        "handler": moment.who(_HANDLER),
    }


def _person(_moment: Moment) -> dict[str, Any]:
    return {
        "name": "示例某甲",
        "post": "示例县统计局局长",
        "rank": "township",
        "responsibility": "main_leader",
        "facts": "授意企业虚报营业收入。",
        "evidence": "询问笔录、工作群聊天记录（示例）",
        "article": "统计法第四十条",
        "proposal": "给予政务处分",
    }


def _result(moment: Moment) -> dict[str, Any]:
    return {"kind": "governmental", "level": "警告", "decided_on": moment.today,
            "document": "示例处字1号"}  # fmt: skip


def _on(account: str, **more: Any) -> Custom:
    return Custom(account, lambda m: {"on": m.today, **more})


CUSTOMS: dict[str, Custom] = {
    "open": Custom(_HANDLER, _opened),
    "add_person": Custom(_HANDLER, _person),
    "submit": Custom(
        _HANDLER,
        lambda _m: {"addressee_kind": "appointing", "addressee": "示例县人民政府"},
    ),
    "pass_review": Custom("legal", _nothing),
    "pass_discussion": _on("head"),
    "send": _on("head"),
    "record_receipt": _on(_HANDLER),
    "chase": _on(_HANDLER, answer="正在按程序办理。"),
    "extend": Custom(
        "head", lambda _m: {"months": 3, "document": "示例延函1号", "note": "涉及人员较多。"}
    ),
    "report_overdue": _on(
        "head", superior="上一级统计机构", document="示例督报1号", note="期满没有收到全部结果。"
    ),
    "record_result": Custom(_HANDLER, _result),
    "explain": Custom(_HANDLER, lambda _m: {"note": "对方书面说明不予处分。"}),
    "finish": _on(_HANDLER),
    "confirm_results": Custom("supervisor", _nothing),
    "circulate": _on("head", document="示例通报1号", scope="系统内"),
    "close": Custom("head", _nothing),
}
TRADE = Trade("sanction", Sanction, CUSTOMS)

_SENT = "add_person add_person submit@{a} pass_review@{b} pass_discussion@{c} send@{d}"


def _sent(first: int) -> str:
    a, b, c, d = (f"-{first - n}" for n in (2, 5, 9, 11))
    return f"open@-{first} {_SENT.format(a=a, b=b, c=c, d=d)} record_receipt@-{first - 14}"


_SECOND = {"name": "示例某乙", "post": "示例县统计局副局长", "responsibility": "direct"}
_WORDS: dict[str, dict[str, Any]] = {
    "add_person#2": _SECOND,
    "record_result": {"line": 1},
    "record_result#2": {"line": 2, "document": "示例处字2号"},
    "explain": {"line": 2},
}
_PROPOSALS = (
    ("s-draft", "ordos", "open@-4 add_person@-2"),
    ("s-legal", "ordos", "open@-9 add_person add_person submit@-3"),
    ("s-discussing", "jilin", "open@-12 add_person submit@-8 pass_review@-4"),
    ("s-approved", "ordos", "open@-20 add_person submit@-16 pass_review@-12 pass_discussion@-2"),
    ("s-sent", "chongqing", "open@-24 add_person submit@-21 pass_review@-18 pass_discussion@-12 "
     "send@-6"),
    ("s-checking", "chongqing", f"{_sent(90)} record_result@-10 record_result@-6 finish@-2"),
    ("s-closing", "ordos", f"{_sent(130)} record_result@-20 explain@-14 finish@-8 "
     "confirm_results@-3"),
)  # fmt: skip


def sanction_walks() -> Iterator[Walk]:
    """All invented proposals; one grew out of a penalty case."""
    for key, place, course in _PROPOSALS:
        yield Walk(key, "sanction", f".{place}", course, _WORDS)
    yield Walk(
        "s-from-case", "sanction", ".ordos",
        "add_person@-118 submit@-116 pass_review@-113 pass_discussion@-109 send@-107 "
        "record_receipt@-104 chase@-60 chase@-40 chase@-18",
        parent="p-sanction", drawn=True,
    )  # fmt: skip
