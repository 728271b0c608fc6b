"""What a recognition says in its documents, before somebody looks them over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.cases.clocks import rule_for
from tracker.core.cases.onward import contact
from tracker.core.clock import office_date
from tracker.core.rulebook.model import Rule
from tracker.workflows.recognitions.data import DESTINATIONS
from tracker.workflows.recognitions.guards import DISPLAY, HEARING, LEAST_SHOWN, in_force
from tracker.workflows.recognitions.models import GROUNDS, Recognition

_BASIS = "《统计严重失信企业信用管理办法》（国家统计局令第35号）"
_CONSEQUENCES = (
    "在本机关网站公示，并推送信用中国网站、国家企业信用信息公示系统和全国信用信息共享平台。"
)
# 行政复议法 20 and 行政诉讼法 46: how long there is to contest a decision.
_REVIEW, _SUIT = "T17", "T18"


def values(session: Session, case: Recognition, kind: str, now: datetime) -> dict[str, Any]:
    """The fields of a document as far as the case knows them."""
    party = {
        "party_name": case.unit_name,
        "party_uscc": case.uscc,
        "party_address": case.address,
        "party_person": case.person,
        "facts": case.facts,
        "reasons": _reasons(case),
        "basis": _BASIS,
    }
    return {**party, **_FILL[kind](session, case, now)}


def _reasons(case: Recognition) -> str:
    grounds = [GROUNDS[g] for g in case.grounds.split(",") if g]
    return "\n".join([*(f"{g}。" for g in grounds), case.reasons])


def _notice(session: Session, case: Recognition, now: datetime) -> dict[str, Any]:
    hearing = rule_for(case, HEARING, office_date(now))
    return {
        "consequences": f"在{'、'.join(d.name for d in DESTINATIONS)}公示。",
        "defence_days": str(hearing.length),
        "contact": contact(session, case),
    }


def _decision(_session: Session, case: Recognition, now: datetime) -> dict[str, Any]:
    on = case.decided_on or office_date(now)
    least = _length(in_force(case, LEAST_SHOWN, on))
    return {
        "display_period": _length(in_force(case, DISPLAY, on)),
        "repair": f"公示满{least}后，已经改正违法行为的，可以向本机关申请信用修复。",
        "review_limit": _length(rule_for(case, _REVIEW, on)),
        "suit_limit": _length(rule_for(case, _SUIT, on)),
    }


def _length(rule: Rule | None) -> str:
    return "" if rule is None or rule.term is None else str(rule.term.phrase)


_FILL = {"dishonesty_notice": _notice, "dishonesty_decision": _decision}
