"""Suspected crimes and recognitions of serious dishonesty in the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from tracker.demo.penalty_walks import NOTE
from tracker.demo.units import party
from tracker.demo.walking import Custom, Moment, Trade, hang_file
from tracker.demo.walks import Walk
from tracker.workflows.crimes.models import MAY_BE_MISSING, Crime
from tracker.workflows.recognitions.data import DESTINATIONS
from tracker.workflows.recognitions.models import Recognition

_HANDLER = "inspector1"
_POLICE = "示例区公安局"


def _nothing(_moment: Moment) -> Mapping[str, Any]:
    return {}


def _on(account: str, **more: Any) -> Custom:
    return Custom(account, lambda m: {"on": m.today, **more})


def _at(account: str, **more: Any) -> Custom:
    return Custom(account, lambda m: {"at": m.now - timedelta(minutes=1), **more})


# ---------------------------------------------------------------- suspected crimes

CRIME_CUSTOMS: dict[str, Custom] = {
    "open": Custom(
        _HANDLER,
        lambda _m: {"matter": "暴力阻碍统计执法检查", "imposed": "",
                    "facts": f"检查时围堵、推搡执法人员，抢走台账。\n{NOTE}"},
    ),
    "name_team": Custom(
        "supervisor", lambda m: {"handler": m.who(_HANDLER), "co_officer": m.who("inspector2")}
    ),
    "report": Custom(
        _HANDLER,
        lambda _m: {"offence": "刑法第二百七十七条，妨害公务",
                    "summary": "现场录像和三名证人的陈述相互印证。（示例）"},
    ),
    "cosign": _on("inspector2"),
    "approve": _at("head"),
    "declare_none": Custom(
        _HANDLER,
        lambda _m: {"papers": tuple(MAY_BE_MISSING), "note": "本案没有涉案物品和鉴定。"},
    ),
    "hand_over": _at(_HANDLER, organ=_POLICE),
    "sign": _at(_HANDLER),
    "police_opens": _on(_HANDLER, document="示例公立字1号"),
    "police_declines": _on(_HANDLER, reason="情节显著轻微，没有犯罪事实。"),
    "ask_review": _on("head"),
    "hand_items": _on(_HANDLER),
    "close": Custom("supervisor", _nothing),
}  # fmt: skip


def _enclose(session: Session, moment: Moment) -> None:
    for label in MAY_BE_MISSING.values():
        hang_file(session, moment, label)


CRIMES = Trade("crime", Crime, CRIME_CUSTOMS, {"~enclose": _enclose})
_TOLD = "name_team@{a} report@{b} cosign@{b} approve@{c}"


def _approved(first: int) -> str:
    return f"open@-{first} " + _TOLD.format(a=f"-{first}", b=f"-{first - 2}", c=f"-{first - 3}")


def _signed(first: int) -> str:
    return f"{_approved(first)} declare_none hand_over sign"


_CRIMES = (
    ("x-team", "chongqing", 8, "open@0"),
    ("x-reporting", "ordos", 39, "open@-3 name_team@-3"),
    ("x-deciding", "jilin", 8, "open@-5 name_team@-5 report@-2 cosign@-1"),
    ("x-police", "ordos", 59, _signed(3)),
    ("x-items", "chongqing", 9, f"{_signed(8)} police_opens@-1"),
    ("x-reviewing", "jilin", 9, f"{_signed(12)} police_declines@-4 ask_review@-2"),
)


def crime_walks() -> Iterator[Walk]:
    """All invented transfers; one grew out of a penalty case and waits for the police."""
    for key, place, unit, course in _CRIMES:
        told = party(place, unit)
        words = {"open": {"unit_name": told["unit_name"], "uscc": told["uscc"]}}
        yield Walk(key, "crime", f".{place}", course, words)
    yield Walk(
        "x-from-case", "crime", ".ordos",
        "name_team@-11 report@-4 cosign@-3 approve@-1 ~enclose hand_over sign",
        parent="p-crime",
    )  # fmt: skip


# ---------------------------------------------------------------- recognitions


def _proposed(moment: Moment) -> dict[str, Any]:
    told = moment.walk.words.get("open") or moment.walk.words.get("propose") or {}
    return {
        "grounds": ("untrue",),
        "reasons": "虚报达到严重以上档次。（示例）",
        **{name: told[name] for name in ("uscc", "address", "person") if name in told},
    }


def _receipt(moment: Moment) -> dict[str, Any]:
    """The receipts come in the order of the destinations."""
    number = int(moment.deed.named.partition("#")[2] or 1)
    destination = DESTINATIONS[number - 1].id
    return {"destination": destination, "on": moment.today, "receipt": f"示例回执-{number}"}


RECOGNITION_CUSTOMS: dict[str, Custom] = {
    "open": Custom(
        _HANDLER,
        lambda m: {"subject": "enterprise", "matter": "提供不真实的统计资料",
                   "facts": f"虚报营业收入，已经作出行政处罚。\n{NOTE}",
                   "handler": m.who(_HANDLER)},
    ),
    "propose": Custom(_HANDLER, _proposed),
    "approve_notice": Custom("supervisor", _nothing),
    "serve_notice": _on(_HANDLER),
    "record_defence": _on(_HANDLER, statement="放弃陈述申辩。"),
    "conclude": Custom(_HANDLER, lambda _m: {"view": "企业没有异议，建议认定。"}),
    "recognise": _on("head"),
    "serve_decision": _on(_HANDLER),
    "record_push": Custom(_HANDLER, _receipt),
    "display": Custom(_HANDLER, _nothing),
    "propose_longer": Custom(
        _HANDLER, lambda _m: {"reason": "not_corrected", "note": "复查仍未改正。"}
    ),
    "apply_repair": _on(_HANDLER),
    "verify_repair": Custom(_HANDLER, lambda _m: {"finding": "已经改正，三个月报表无误。"}),
    "grant_repair": Custom("head", _nothing),
    "record_removal": Custom(_HANDLER, _receipt),
    "close": Custom("supervisor", _nothing),
}  # fmt: skip
RECOGNITIONS = Trade("recognition", Recognition, RECOGNITION_CUSTOMS)
_PUSHED = " ".join(["record_push"] * len(DESTINATIONS))


def _told(first: int) -> str:
    return f"open@-{first} propose@-{first - 2} approve_notice@-{first - 4} " + (
        f"serve_notice@-{first - 6}"
    )


def _decided(first: int) -> str:
    return f"{_told(first)} record_defence@-{first - 9} conclude@-{first - 12} " + (
        f"recognise@-{first - 16} serve_decision@-{first - 18}"
    )


def _shown(first: int) -> str:
    return f"{_decided(first)} {_PUSHED} display"


_RECOGNITIONS = (
    ("d-candidate", "ordos", 21, "open@-3"),
    ("d-approving", "ordos", 29, "open@-6 propose@-2"),
    ("d-notifying", "jilin", 11, "open@-7 propose@-5 approve_notice@-1"),
    ("d-defence", "ordos", 30, _told(10)),
    ("d-deciding", "chongqing", 11, f"{_told(18)} record_defence@-8 conclude@-3"),
    ("d-serving", "jilin", 12, f"{_told(22)} record_defence@-12 conclude@-8 recognise@-2"),
    ("d-publishing", "ordos", 31, f"{_decided(32)} record_push@-9 record_push@-8 record_push@-6"),
    ("d-displayed", "chongqing", 12, _shown(60)),
    ("d-repairing", "ordos", 32, f"{_shown(170)} apply_repair@-4"),
)  # fmt: skip


def recognition_walks() -> Iterator[Walk]:
    """All invented recognitions; one grew out of a penalty case."""
    for key, place, unit, course in _RECOGNITIONS:
        told = party(place, unit)
        told["person"] = told.pop("legal_person")
        yield Walk(key, "recognition", f".{place}", course, {"open": told})
    told = party("ordos", 38)
    told["person"] = told.pop("legal_person")
    yield Walk(
        "d-from-case", "recognition", ".ordos",
        "propose@-28 approve_notice@-25 serve_notice@-22 record_defence@-19 conclude@-17 "
        "recognise@-14 serve_decision@-12 record_push@-9 record_push@-9",
        {"propose": told}, parent="p-sanction", drawn=True,
    )  # fmt: skip
