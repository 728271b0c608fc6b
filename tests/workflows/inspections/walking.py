"""Inspections walked to a state by the product's own verbs, in the office of the leads' tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.workflows.leads.walking import Office as Bureau
from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.attachments import Staged, hang
from tracker.core.cases.figures import write_figures
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.opening import Seed, SeedFigure, openings
from tracker.core.clock import office_date
from tracker.core.documents.models import Document
from tracker.core.registers.models import Officer
from tracker.workflows.inspections import service
from tracker.workflows.inspections.asks import CRITERIA
from tracker.workflows.inspections.flow import FLOW
from tracker.workflows.inspections.models import Inspection

UNIT = "示例洗选煤有限公司"
# 统计执法 case of the look's picture 8b: 原煤产量 上报 186,420 吨，应报 151,906 吨。
COAL = SeedFigure("原煤产量", "吨", "2026年1—4月", Decimal(186420), Decimal(151906), "联网直报")
LONG_AGO, FAR_OFF = date(2025, 1, 1), date(2030, 12, 31)
flows.add(FLOW)

ORDERED: dict[str, Any] = {
    "unit_name": UNIT,
    "channel": "special",
    "matter": "能源统计数据质量",
    "reason": "调度数与直报数相差大",
    "source_paper": "鄂统发〔2026〕9号",
}
SUSPECTED: dict[str, Any] = {
    "matter": "提供不真实的统计资料",
    "facts": "多报原煤产量。",
    "criteria": tuple(CRITERIA),
    "act_from": date(2026, 1, 1),
    "act_to": date(2026, 2, 10),
    "found_on": date(2026, 3, 2),
}


class Opened:
    """Stands in for the workflow of penalty cases: opens a task and remembers the seed."""

    def __init__(self) -> None:
        self.seeds: list[Seed] = []

    def __call__(
        self, session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
    ) -> Case:
        self.seeds.append(seed)
        plain = replace(seed, source="directed")
        return service.open_from(session, actor, plain, now, request_id)


class Office(Bureau):
    """The bureau with a third officer, and a stand-in for the penalty workflow."""

    def __init__(self, session: Session, monkeypatch: Any = None) -> None:
        super().__init__(session)
        self._person("third", "bureau", (Role.INSPECTOR,))
        self.certify("third")
        self.penalties = Opened()
        if monkeypatch is not None:
            monkeypatch.setitem(openings._openers, "penalty", self.penalties)

    def certify(self, name: str, until: date = FAR_OFF) -> None:
        self.session.add(
            Officer(
                user_id=self.people[name], certificate_no=f"示例-{name}-{until:%y%m%d}",
                valid_from=LONG_AGO, valid_to=until,
            )
        )  # fmt: skip
        self.session.flush()

    def order(self, **changes: Any) -> Inspection:
        self.now += timedelta(minutes=10)
        task = service.open_new(
            self.session, self.actor("supervisor@bureau"), "order", ORDERED | changes, now=self.now
        )
        write_figures(self.session, task.id, [COAL])
        return task

    def do(self, task: Inspection, who: str, step: str, **inputs: Any) -> Inspection:
        """One step by one person, some minutes after the last."""
        self.now += timedelta(minutes=10)
        return service.take(
            self.session, self.actor(who), task.id, step, {"note": "见附件", **inputs},
            seen=task.version, now=self.now,
        )  # fmt: skip

    def paper(self, task: Case, *kinds: str) -> None:
        """Papers that are issued, as the steps ask for them."""
        for kind in kinds:
            earlier = select(func.count()).where(Document.case_id == task.id, Document.kind == kind)
            seq = (self.session.scalar(earlier) or 0) + 1
            self.session.add(
                Document(
                    case_id=task.id, org_id=self.orgs["bureau"], kind=kind, seq=seq,
                    state="issued", number=f"示例〔2026〕{kind}-{task.id}-{seq}", title=kind,
                    values={}, sha256="0" * 64, size=1, store_id="示例",
                    media_type="application/octet-stream", made_by_id=self.people["handler"],
                    made_at=self.now, issued_by_id=self.people["handler"], issued_at=self.now,
                    issued_on=office_date(self.now),
                )
            )  # fmt: skip
        self.session.flush()

    def proof(self, task: Case, label: str) -> None:
        staged = Staged("回证.pdf", 1, "0" * 64, "application/pdf", "示例")
        hang(self.session, task.id, staged, actor_id=self.people["handler"], now=self.now,
             label=label)  # fmt: skip

    @property
    def today(self) -> date:
        return office_date(self.now)

    def answers(self, step: str) -> dict[str, Any]:
        """What is answered at a step when all is as it should be."""
        people = {"handler": self.people["handler"], "co_officer": self.people["co_officer"]}
        served = {"on": self.today, "manner": "direct", "received_by": "王某"}
        site = {
            "at": self.now, "place": "厂区办公楼", "received_by": "王某（厂长）", "shown": True,
            "told": True,
        }  # fmt: skip
        record = {
            "started_at": self.now, "ended_at": self.now, "place": "厂区办公楼",
            "recorder": "示例", "signed": "yes",
        }  # fmt: skip
        recheck = {"at": self.now, "place": "厂区", "findings": "见记录", "signed": "yes"}
        known: dict[str, dict[str, Any]] = {
            "assign": people,
            "submit_check": {
                "scope": "能源统计报表", "content": "原煤产量", "method": "site",
                "from_on": self.today, "to_on": self.today + timedelta(days=5),
                "exemption": "none",
            },
            "serve_notice": served,
            "enter_site": site,
            "enter_urgent": site
            | {"makeup_by": self.today + timedelta(days=1), "exemption": "none"},
            "record_site": record | {"present": "王某", "findings": "核对台账"},
            "record_interview": record
            | {"person": "王某", "post": "厂长", "talk": "问：有无台账\n答：有"},
            "send_inquiry": served
            | {"questions": "一至四月产量", "reply_by": self.today + timedelta(days=7)},
            "take_reply": {"on": self.today, "reply": "answered"},
            "note_obstruction": {
                "at": self.now, "kind": "refused", "person": "王某", "what": "锁门",
                "witness": "李某",
            },
            "finish_site": {"on": self.today},
            "propose_order": {
                "facts": "少报", "basis": "统计法", "corrections": "改正",
                "correct_by": self.today + timedelta(days=20),
            },
            "propose_case": SUSPECTED,
            "serve_order": served,
            "recheck_passed": recheck,
            "recheck_failed": recheck,
            "give_feedback": {"on": self.today, "manner": "direct", "result": "未发现问题"},
            "publish": {"on": self.today, "site": "局网站"},
            "reassign": {"officer": self.people["third"]},
            "reassign_partner": {"officer": self.people["third"]},
            "ask_recusal": {"officer": self.people["handler"], "ground": "kin"},
            "decide_recusal": {"decision": "yes", "replacement": self.people["third"]},
        }  # fmt: skip
        return known.get(step, {})

    def walk(self, task: Inspection, steps: Iterable[str]) -> Inspection:
        """Steps by whoever takes them here, with the papers and proofs they ask for."""
        for name in steps:
            step = FLOW.step(name)
            self.paper(task, *(k for k in step.papers if not self._has(task, k)))
            if step.proof:
                self.proof(task, step.proof)
            task = self.do(task, _WHO.get(name, "handler"), name, **self.answers(name))
        return task

    def _has(self, task: Case, kind: str) -> bool:
        from tracker.core.documents.service import issued_kinds

        return kind in issued_kinds(self.session, task.id)

    def at(self, state: str, **changes: Any) -> Inspection:
        """A task that was walked to a state."""
        task = self.walk(self.order(**changes), WAYS[state])
        assert task.state == state
        return task

    def ready(self, task: Inspection) -> Inspection:
        """Everything that the next steps ask for besides the right person."""
        for step in FLOW.from_state(task.state):
            self.paper(task, *(k for k in step.papers if not self._has(task, k)))
            if step.proof:
                self.proof(task, step.proof)
        return task


_WHO = {
    "assign": "supervisor@bureau", "approve_check": "head@bureau", "withdraw": "supervisor@bureau",
    "confirm_result": "supervisor@bureau", "approve_order": "head@bureau",
    "open_penalty": "head@bureau", "close": "supervisor@bureau",
    "approve_afterwards": "head@bureau", "decide_recusal": "head@bureau",
    "reassign": "supervisor@bureau", "reassign_partner": "supervisor@bureau",
}  # fmt: skip
_PREPARING = ("assign",)
_NOTICE = (*_PREPARING, "submit_check", "approve_check")
_ONSITE = (*_NOTICE, "serve_notice", "enter_site")
_RESULT = (*_ONSITE, "record_site", "finish_site")
_CORRECTING = (*_RESULT, "propose_order", "approve_order", "serve_order")
_FEEDBACK = (*_RESULT, "propose_clean", "confirm_result")
WAYS: dict[str, tuple[str, ...]] = {
    "ordered": (),
    "preparing": _PREPARING,
    "approval": (*_PREPARING, "submit_check"),
    "notice": _NOTICE,
    "served": (*_NOTICE, "serve_notice"),
    "onsite": _ONSITE,
    "result": _RESULT,
    "confirming": (*_RESULT, "propose_clean"),
    "ordering": (*_RESULT, "propose_order"),
    "serving": (*_RESULT, "propose_order", "approve_order"),
    "correcting": _CORRECTING,
    "suspicion": (*_RESULT, "propose_case"),
    "feedback": _FEEDBACK,
    "closing": (*_FEEDBACK, "give_feedback"),
    "closed": (*_FEEDBACK, "publish", "give_feedback", "close"),
    "withdrawn": ("withdraw",),
}
