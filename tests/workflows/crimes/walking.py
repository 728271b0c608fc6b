"""Transfers of a suspected crime, walked to a state."""

from __future__ import annotations

from typing import Any

from tests.workflows.onward import Move, OnwardOffice
from tracker.core.cases.flow import Step
from tracker.core.cases.models import Case
from tracker.workflows.crimes import service
from tracker.workflows.crimes.flow import FLOW
from tracker.workflows.crimes.models import ENCLOSURES

POLICE = {"organ": "示例区公安局"}
REPORT = {"offence": "刑法第二百七十八条", "summary": "煽动抗拒统计检查，情节严重。"}


class CrimeOffice(OnwardOffice):
    flow = FLOW
    service = service

    def opening(self) -> dict[str, Any]:
        return {
            "unit_name": "示例工业有限公司",
            "matter": "暴力阻碍统计检查",
            "facts": "检查时殴打执法人员。",
            "imposed": "已警告",
        }

    def provide(self, case: Case, step: Step) -> None:
        super().provide(case, step)
        if step.name == "hand_over":
            for label in ENCLOSURES.values():
                self.proof(case, label)

    def team(self) -> dict[str, int]:
        return {part: self.people[part] for part in ("handler", "co_officer")}

    def way(self, to: str) -> list[Move]:
        ways: dict[str, list[Move]] = {"team": []}
        ways["reporting"] = [("supervisor@bureau", "name_team", self.team())]
        ways["cosigning"] = [*ways["reporting"], ("handler", "report", REPORT)]
        ways["deciding"] = [*ways["cosigning"], ("co_officer", "cosign", {})]
        ways["not_approved"] = [*ways["deciding"], ("head@bureau", "refuse", {})]
        ways["handing"] = [*ways["deciding"], ("head@bureau", "approve", {})]
        ways["receipt"] = [*ways["handing"], ("handler", "hand_over", POLICE)]
        ways["police"] = [*ways["receipt"], ("handler", "sign", {})]
        ways["forwarding"] = [*ways["police"], ("handler", "not_theirs", {})]
        ways["items"] = [*ways["police"], ("handler", "police_opens", {})]
        ways["closing"] = [*ways["items"], ("handler", "hand_items", {})]
        ways["closed"] = [*ways["closing"], ("supervisor@bureau", "close", {})]
        refused: Move = ("handler", "police_declines", {"reason": "情节显著轻微"})
        ways["declined"] = [*ways["police"], refused]
        ways["reviewing"] = [*ways["declined"], ("head@bureau", "ask_review", {})]
        ways["upheld"] = [*ways["reviewing"], ("handler", "review_upholds", {})]
        ways["prosecutor"] = [*ways["upheld"], ("head@bureau", "ask_prosecutor", {})]
        ways["not_opened"] = [*ways["prosecutor"], ("handler", "supervision_fails", {})]
        return ways[to]

    def tour(self) -> list[Move]:
        """Through every state that is no end."""
        police = len(self.way("police"))
        return [
            *self.way("forwarding"),
            ("handler", "forwarded", POLICE),
            *self.way("prosecutor")[police:],
            *self.way("closed")[police:],
        ]
