"""Recognitions of seriously dishonest enterprises, walked to a state."""

from __future__ import annotations

from typing import Any

from tests.workflows.onward import WAIT, Move, OnwardOffice
from tracker.workflows.recognitions import service
from tracker.workflows.recognitions.data import DESTINATIONS
from tracker.workflows.recognitions.flow import FLOW

USCC = "91150602MA0N0000XG"
PARTY = {"uscc": USCC, "address": "示例区示例路1号", "person": "示例某丙"}
PROPOSAL = {"grounds": ("untrue",), "reasons": "虚报达到严重以上档次。", **PARTY}
HALF_A_YEAR = {"days": 190}


def receipts(step: str) -> list[Move]:
    """One receipt from every destination."""
    return [
        ("handler", step, {"destination": d.id, "receipt": f"示例-{d.id}"}) for d in DESTINATIONS
    ]


class RecognitionOffice(OnwardOffice):
    flow = FLOW
    service = service

    def opening(self) -> dict[str, Any]:
        return {
            "unit_name": "示例工业有限公司",
            "subject": "enterprise",
            "matter": "虚报工业总产值",
            "facts": "上报数高于应报数一亿元。",
            "handler": self.people["handler"],
            **PARTY,
        }

    def way(self, to: str) -> list[Move]:
        ways: dict[str, list[Move]] = {"candidate": []}
        ways["approving"] = [("handler", "propose", PROPOSAL)]
        ways["notifying"] = [*ways["approving"], ("supervisor@bureau", "approve_notice", {})]
        ways["defence"] = [*ways["notifying"], ("handler", "serve_notice", {})]
        heard: Move = ("handler", "record_defence", {"statement": "放弃陈述申辩。"})
        ways["deciding"] = [*ways["defence"], heard, ("handler", "conclude", {"view": "无异议"})]
        ways["not_recognised"] = [*ways["deciding"], ("head@bureau", "reject", {})]
        ways["serving"] = [*ways["deciding"], ("head@bureau", "recognise", {})]
        ways["publishing"] = [*ways["serving"], ("handler", "serve_decision", {})]
        shown = [*receipts("record_push"), ("handler", "display", {})]
        ways["displayed"] = [*ways["publishing"], *shown]
        longer: Move = ("handler", "propose_longer", {"reason": "not_corrected"})
        ways["lengthening"] = [*ways["displayed"], longer]
        repair: Move = ("handler", "apply_repair", {})
        ways["repairing"] = [*ways["displayed"], ("", WAIT, HALF_A_YEAR), repair]
        checked: Move = ("handler", "verify_repair", {"finding": "已改正"})
        ways["repair_checked"] = [*ways["repairing"], checked]
        ways["removing"] = [*ways["repair_checked"], ("head@bureau", "grant_repair", {})]
        gone = [*receipts("record_removal"), ("handler", "report_removed", {})]
        ways["closing"] = [*ways["removing"], *gone]
        ways["removed"] = [*ways["closing"], ("supervisor@bureau", "close", {})]
        return ways[to]

    def tour(self) -> list[Move]:
        """Through every state that is no end."""
        shown, longer = self.way("displayed"), self.way("lengthening")
        return [
            *shown,
            ("", WAIT, HALF_A_YEAR),
            *longer[len(shown) :],
            ("head@bureau", "keep_display", {}),
            *self.way("removed")[len(shown) + 1 :],
        ]
