"""Sanction proposals, walked to a state."""

from __future__ import annotations

from typing import Any

from tests.workflows.onward import LOOK, WAIT, Move, OnwardOffice
from tracker.workflows.sanctions import service
from tracker.workflows.sanctions.flow import FLOW

A_PERSON = {
    "name": "示例某甲",
    "post": "示例县统计局局长",
    "rank": "township",
    "responsibility": "main_leader",
    "facts": "授意企业虚报工业总产值。",
    "evidence": "询问笔录、微信记录",
    "article": "统计法第四十条",
    "proposal": "给予政务处分",
}
ANOTHER = {**A_PERSON, "name": "示例某乙", "rank": "staff", "responsibility": "direct"}
TO = {"addressee_kind": "appointing", "addressee": "示例县人民政府"}
RESULT = {"line": 1, "kind": "governmental", "level": "记过", "document": "示政处〔2026〕1号"}
REPORT: Move = ("head@bureau", "report_overdue", {"superior": "示例市统计局"})


class SanctionOffice(OnwardOffice):
    flow = FLOW
    service = service

    def opening(self) -> dict[str, Any]:
        return {
            "unit_name": "示例工业有限公司",
            "matter": "授意虚报工业总产值",
            "facts": "上报数高于应报数一亿元。",
            "handler": self.people["handler"],
        }

    def take(  # type: ignore[override]
        self, case: Any, who: str, step: str, *, bare: bool = False, **inputs: Any
    ) -> Any:
        if step == "chase" and not bare:
            self.paper(case, "chaser")
        if step == "record_result":
            inputs = {"decided_on": self.today, **inputs}
        return super().take(case, who, step, bare=bare, **inputs)

    def way(self, to: str) -> list[Move]:
        ways: dict[str, list[Move]] = {}
        ways["drafted"] = [("handler", "add_person", A_PERSON), ("handler", "add_person", ANOTHER)]
        ways["legal"] = [*ways["drafted"], ("handler", "submit", TO)]
        ways["discussing"] = [*ways["legal"], ("legal_reviewer@bureau", "pass_review", {})]
        ways["dropped"] = [*ways["discussing"], ("head@bureau", "drop", {})]
        ways["approved"] = [*ways["discussing"], ("head@bureau", "pass_discussion", {})]
        ways["sent"] = [*ways["approved"], ("head@bureau", "send", {})]
        ways["waiting"] = [*ways["sent"], ("handler", "record_receipt", {})]
        results: list[Move] = [
            ("handler", "record_result", RESULT), ("handler", "explain", {"line": 2}),
        ]  # fmt: skip
        ways["overdue"] = [*ways["waiting"], *results, ("", WAIT, {"days": 200}), REPORT]
        ways["checking"] = [*ways["waiting"], *results, ("handler", "finish", {})]
        ways["correcting"] = [*ways["checking"], ("supervisor@bureau", "return_results", {})]
        ways["closing"] = [*ways["checking"], ("supervisor@bureau", "confirm_results", {})]
        ways["closed"] = [*ways["closing"], ("head@bureau", "close", {})]
        return ways[to]

    def tour(self) -> list[Move]:
        """Through every state that is no end."""
        overdue = self.way("overdue")
        late = next(i for i, move in enumerate(overdue) if move[1] == WAIT)
        mend: list[Move] = [
            ("handler", "finish", {}),
            ("supervisor@bureau", "return_results", {}),
            ("handler", "resubmit", {}),
            ("supervisor@bureau", "confirm_results", {}),
            ("head@bureau", "close", {}),
        ]
        return [*overdue[:late], ("", LOOK, {}), *overdue[late:], *mend]
