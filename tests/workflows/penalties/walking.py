"""A bureau with people in it, and penalty cases walked to a state by the product's own verbs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tests.workflows.leads.walking import lend_all
from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases.evidence import EvidenceData, add_evidence
from tracker.core.cases.models import Attachment
from tracker.core.cases.opening import SeedFigure
from tracker.core.clock import OFFICE_ZONE, office_date
from tracker.core.documents.models import Document
from tracker.core.documents.service import issued_kinds
from tracker.core.registers.models import Officer, Organisation
from tracker.workflows.penalties import service
from tracker.workflows.penalties.dossier import items_of
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.flow.opening import CRITERIA
from tracker.workflows.penalties.models import Penalty

HERE, ELSEWHERE = "150602000000", "220102000000"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=OFFICE_ZONE)
USCC = "91150602MA0MW4X553"
_LONG_AGO, _FAR_OFF = date(2025, 1, 1), date(2030, 12, 31)
_ROLES = (
    Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER, Role.LIAISON,
)  # fmt: skip

# Those on the case, with more roles than one should have, so that four eyes matter.
CAST: Mapping[str, tuple[Role, ...]] = {
    "handler": (
        Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER, Role.REGISTRAR,
    ),
    "co_officer": (Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER),
    "third": (Role.INSPECTOR,),
    "presider": (Role.LEGAL_REVIEWER,),
}  # fmt: skip
DEPUTIES = {"handler's deputy": "handler"}

SERVICE = {"manner": "direct", "recipient": "示例人", "place": "当事人住所"}
REGISTER: Mapping[str, Any] = {
    "unit_name": "示例建材有限公司",
    "uscc": USCC,
    "subject": "enterprise",
    "address": "东胜区示例路1号",
    "legal_person": "示例人",
    "phone": "0477-0000000",
    "matter": "提供不真实统计资料",
    "facts": "上报数高于台账。",
    "source": "random",
    "found_on": date(2026, 2, 25),
}
OPENING: Mapping[str, Any] = {
    **dict.fromkeys(CRITERIA, True),
    **{f"{name}_why": "见案源材料" for name in CRITERIA},
    "found_on": date(2026, 2, 25),
    "act_to": date(2026, 2, 10),
    "level": "own",
    "area": "own",
}
REPORT: Mapping[str, Any] = {
    "outcome": "penalty",
    "act": "untrue",
    "act_to": date(2026, 2, 10),
    "table": "statute",
    "warning": True,
    "fine": Decimal(60000),
}
NO_PENALTY: Mapping[str, Any] = {
    **REPORT, "outcome": "no_penalty", "warning": False, "fine": None, "ground": "minor",
}  # fmt: skip
SPOT: Mapping[str, Any] = {
    **REGISTER, "act": "late", "act_to": date(2026, 2, 10), "warning": True, "fine": Decimal(1000),
}  # fmt: skip


class Office:
    """A bureau, one elsewhere, a person for every role in each, and a clock that can be set."""

    def __init__(self, session: Session, region: str = HERE, kind: str = "bureau") -> None:
        self.session = session
        self.now = MONDAY
        store.seed(session, MONDAY)
        self.orgs = {
            "bureau": self._org("东胜区统计局", region, "东统", kind),
            "foreign bureau": self._org("南关区统计局", ELSEWHERE, "南统", "bureau"),
        }
        self.people: dict[str, int] = {}
        self._actors: dict[str, Actor] = {}
        for org in self.orgs:
            for role in _ROLES:
                self._person(f"{role.value}@{org}", org, (role,))
        for name, roles in CAST.items():
            self._person(name, "bureau", roles)
        for name, lender in DEPUTIES.items():
            self._person(name, "", ())
            lend_all(session, self.people[lender], self.people[name])
        for name in ("handler", "co_officer", "third"):
            session.add(
                Officer(
                    user_id=self.people[name], certificate_no=f"示例-{name}",
                    valid_from=_LONG_AGO, valid_to=_FAR_OFF,
                )
            )  # fmt: skip
        session.flush()

    @property
    def today(self) -> date:
        return office_date(self.now)

    def actor(self, name: str) -> Actor:
        if name not in self._actors:  # nobody's rights change here
            self._actors[name] = load_actor(self.session, self.people[name], self.today)
        return self._actors[name]

    def on(self, day: str) -> None:
        """Let it be nine o'clock of a day."""
        self.now = datetime.fromisoformat(day).replace(hour=9, tzinfo=OFFICE_ZONE)

    # ---------------------------------------------------------------- papers and files

    def issue(self, case: Penalty, *kinds: str) -> None:
        """A paper as if it had been issued; what papers look like is tested elsewhere."""
        for kind in kinds:
            self.session.add(
                Document(
                    case_id=case.id, org_id=self.orgs["bureau"], kind=kind, seq=1, state="issued",
                    title=kind, values={}, number=f"{kind}〔2026〕{case.id}号", sha256="0" * 64,
                    size=1, store_id=f"{kind}-{case.id}", media_type="x",
                    made_by_id=self.people["handler"], made_at=self.now,
                    issued_by_id=self.people["handler"], issued_at=self.now,
                    issued_on=self.today,
                )
            )  # fmt: skip
        self.session.flush()

    def prove(self, case: Penalty, label: str) -> None:
        """A file under a label."""
        self.session.add(
            Attachment(
                case_id=case.id, name="扫描件.pdf", label=label, size=1, sha256="0" * 64,
                media_type="application/pdf", store_id="x", added_by_id=self.people["handler"],
                added_at=self.now,
            )
        )  # fmt: skip
        self.session.flush()

    def gather(self, case: Penalty) -> None:
        """One item of evidence, and a table with one indicator."""
        service.set_figures(
            self.session, self.actor("handler"), case.id,
            [SeedFigure("营业收入", "万元", "2025年", Decimal("38460"), Decimal("29112.4"))],
            now=self.now,
        )  # fmt: skip
        add_evidence(
            self.session, self.actor("handler"), case,
            EvidenceData("总账", "copy", "3 册", "当事人住所", "示例人", self.now), now=self.now,
        )  # fmt: skip

    # ---------------------------------------------------------------- steps

    def register(self, **changes: Any) -> Penalty:
        """A source that the registrar writes down."""
        inputs = {**REGISTER, "handler": self.people["handler"], **changes}
        return service.open_new(
            self.session, self.actor("registrar@bureau"), "register", inputs, now=self.now
        )

    def spot(self, **changes: Any) -> Penalty:
        """A decision on the spot."""
        inputs = {**SPOT, "co_officer": self.people["co_officer"], **changes}
        return service.open_new(self.session, self.actor("handler"), "spot", inputs, now=self.now)

    def take(self, case: Penalty, who: str, step: str, **inputs: Any) -> Penalty:
        """One step by one person, a minute after the last, with its papers and its proof."""
        self.now += timedelta(minutes=1)
        found = FLOW.step(step)
        there = issued_kinds(self.session, case.id)
        self.issue(case, *(kind for kind in found.papers if kind not in there))
        if found.proof:
            self.prove(case, found.proof)
        return self.bare(case, who, step, **inputs)

    def bare(self, case: Penalty, who: str, step: str, **inputs: Any) -> Penalty:
        """One step without its papers and its proof."""
        return service.take(
            self.session, self.actor(who), case.id, step, {"note": "见附件", **inputs},
            seen=case.version, now=self.now,
        )  # fmt: skip

    def answers(self, step: str, **changes: Any) -> tuple[str, dict[str, Any]]:
        """Who takes a step, and with which answers, when nothing is special about it."""
        who, inputs = self._usual()[step]
        return who, {**inputs, **changes}

    def go(self, case: Penalty, *steps: str, **changes: Any) -> Penalty:
        """Some steps one after the other; the changes belong to the last."""
        for step in steps:
            who, inputs = self.answers(step, **(changes if step is steps[-1] else {}))
            self._before(case, step)
            case = self.take(case, who, step, **inputs)
        return case

    def _before(self, case: Penalty, step: str) -> None:
        """What a step finds on the case besides its papers."""
        if step == "submit_report":
            self.gather(case)
        elif step == "suspend_case":
            self.allow(suspension=True)
        elif step == "archive":
            for item in items_of(self.session, case):
                if not item.answered:
                    self.go(case, "explain_missing", item=str(item.no))

    def allow(self, **exits: bool) -> None:
        """Which side exits the bureau uses."""
        allowed = {"withdrawal": True, "termination": False, "suspension": False, **exits}
        service.allow_exits(
            self.session, self.actor("head@bureau"), self.orgs["bureau"],
            withdrawal=allowed["withdrawal"], termination=allowed["termination"],
            suspension=allowed["suspension"], now=self.now,
        )  # fmt: skip

    def case(self, at: str, **report: Any) -> Penalty:
        """A case walked to a state by the shortest way; `report` changes the report."""
        if at in ("spot", "spot_filing"):
            case = self.spot()
            return case if at == "spot" else self.go(case, "file_spot")
        case = self.register()
        for step in WAYS[at]:
            if step in JUMPS:
                self.on(JUMPS[step])
            case = self.go(case, step, **(report if step == "submit_report" else {}))
        assert case.state == at, (case.state, at)
        return case

    def each_state(self, look: Callable[[Penalty], None], only: Collection[str] = ()) -> set[str]:
        """Walk to every state (or `only` some) once, along one tree of ways, and look there.

        What `look` does is undone, like everything else in the end.
        """
        seen: set[str] = set()
        ways = {way for state, way in WAYS.items() if not only or state in only}

        def here(case: Penalty) -> None:
            seen.add(case.state)
            if only and case.state not in only:
                return
            with self.undone():
                look(case)

        def walk(case: Penalty, way: tuple[str, ...]) -> None:
            if case.state not in seen and WAYS.get(case.state) == way:
                here(case)
            n = len(way)
            for step in sorted({w[n] for w in ways if w[:n] == way and len(w) > n}):
                with self.undone():
                    if step in JUMPS:
                        self.on(JUMPS[step])
                    walk(self.go(self.again(case), step), (*way, step))

        with self.undone():
            walk(self.register(), ())
        if not only or {"spot", "spot_filing"} & set(only):
            with self.undone():
                case = self.spot()
                here(case)
                here(self.go(self.again(case), "file_spot"))
        return seen

    def again(self, case: Penalty) -> Penalty:
        """The case as the database has it now."""
        return self.session.get_one(Penalty, case.id, populate_existing=True)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back what is done inside, the clock's hands too."""
        now, point = self.now, self.session.begin_nested()
        try:
            yield
        finally:
            point.rollback()
            self.now = now

    def _usual(self) -> dict[str, tuple[str, dict[str, Any]]]:
        today, people = self.today, self.people
        served = {**SERVICE, "on": today}
        handler, head, registrar = "handler", "head@bureau", "registrar@bureau"
        supervisor, legal = "supervisor@bureau", "legal_reviewer@bureau"
        transfer = {"ground": "first_opened", "to_organ": "南关区统计局"}
        talk = {"on": today, "present": 5, "in_favour": 5, "conclusion": "同意"}
        at = self.now + timedelta(days=14)
        return {
            "propose_opening": (handler, {**OPENING, "co_officer": people["co_officer"]}),
            "propose_declining": (handler, {"ground": "no_conduct"}),
            "propose_transfer": (handler, transfer),
            "approve_opening": (head, {"on": today}),
            "return_opening": (head, {}),
            "approve_declining": (head, {"informed": "书面告知"}),
            "return_declining": (head, {}),
            "approve_transfer": (head, {}),
            "return_transfer": (head, {}),
            "ask_recusal": (
                "co_officer",
                {"person": people["co_officer"], "asked_by": "self", "reason": "亲属"},
            ),
            "decide_recusal": (head, {"granted": "yes", "replacement": people["third"]}),
            "reassign": (supervisor, {"handler": people["third"]}),
            "reassign_partner": (supervisor, {"co_officer": people["third"]}),
            "serve_inquiry": (handler, {**served, "reply_on": today + timedelta(days=7)}),
            "inquiry_answered": (handler, {"on": today, "answer": "answered"}),
            "ask_extension": (handler, {"months": 3, "reason": "案情复杂"}),
            "approve_extension": (head, {}),
            "refuse_extension": (head, {}),
            "propose_move": (handler, transfer),
            "approve_move": (head, {}),
            "return_move": (head, {}),
            "propose_withdrawal": (handler, {"exit": "withdraw"}),
            "approve_withdrawal": (head, {}),
            "return_withdrawal": (head, {}),
            "suspend_case": (head, {}),
            "resume_case": (head, {}),
            "submit_report": (handler, dict(REPORT)),
            "approve_report": (supervisor, {}),
            "return_report": (supervisor, {}),
            "reinvestigate": (supervisor, {}),
            "send_to_review": (handler, {}),
            "pass_review": (legal, {"opinion": "同意"}),
            "pass_review_heard": (legal, {"opinion": "同意"}),
            "object_review": (legal, {}),
            "object_review_heard": (legal, {}),
            "send_to_discussion": (handler, {}),
            "conclude_discussion": (head, talk),
            "conclude_discussion_heard": (head, talk),
            "serve_notice": (handler, {**served, "defence_days": 3}),
            "retract_notice": (head, {}),
            "record_defence": (
                handler,
                {"on": today, "points": "不采纳：数据有误；台账显示无误"},
            ),
            "request_hearing": (handler, {"on": today, "asked_by": "当事人"}),
            "waive": (handler, {"on": today}),
            "lapse": (handler, {}),
            "set_hearing": (
                supervisor,
                {
                    "hearing_at": at,
                    "place": "三楼会议室",
                    "presider": people["presider"],
                    "recorder": "示例记录人",
                    "openness": "public",
                },
            ),
            "serve_hearing_notice": (handler, served),
            "reset_hearing": (supervisor, {}),
            "postpone_hearing": ("presider", {}),
            "drop_hearing": (handler, {"on": today, "why": "withdrawn"}),
            "hold_hearing": ("presider", {"on": today, "opinion": "事实清楚"}),
            "propose_decision": (
                handler,
                {"fine": Decimal(60000), "notice_result": "当事人未提出意见"},
            ),
            "propose_no_penalty": (handler, {"ground": "minor"}),
            "decide": (head, {"on": today, "six_items": True}),
            "decide_no_penalty": (head, {"on": today}),
            "return_decision": (head, {}),
            "return_no_penalty": (head, {}),
            "serve_decision": (handler, served),
            "announce_service": (
                handler,
                {"on": today, "place": "本局网站", "cause": "下落不明"},
            ),
            "complete_announcement": (handler, {}),
            "serve_no_penalty": (handler, {**served, "education": "当面教育并记录"}),
            "file_spot": (handler, {"on": today, "place": "现场", "recipient": "示例人"}),
            "accept_filing": (supervisor, {}),
            "hand_in": (registrar, {"on": today}),
            "bank_in": (registrar, {"on": today, "voucher": "回单1"}),
            "record_payment": (
                registrar,
                {"on": today, "amount": Decimal(60000), "way": "bank", "voucher": "凭证1"},
            ),
            "ask_instalments": (
                handler,
                {
                    "on": today,
                    "reason": "经营困难",
                    "plan": "2026-04-15 20000\n2026-05-15 20000\n2026-06-15 20000",
                },
            ),
            "approve_instalments": (head, {}),
            "refuse_instalments": (head, {}),
            "complete_performance": (registrar, {}),
            "serve_demand": (handler, served),
            "apply_court": (head, {"on": today, "court": "东胜区人民法院"}),
            "court_accepts": (handler, {"on": today}),
            "court_hears": (handler, {"on": today}),
            "court_rules": (handler, {"on": today, "court_no": "（2026）内0602行审1号"}),
            "court_refuses": (handler, {"on": today}),
            "court_object": (head, {"on": today}),
            "accept_refusal": (head, {}),
            "objection_upheld": (handler, {"on": today}),
            "objection_rejected": (handler, {"on": today}),
            "record_review": (legal, {"on": today, "organ": "东胜区人民政府"}),
            "review_correction": (legal, {"on": today}),
            "review_accepted": (legal, {"on": today, "track": "ordinary"}),
            "review_copy": (legal, {"on": today}),
            "review_replied": (legal, {"on": today}),
            "review_extended": (legal, {"days": 30, "document": "复延〔2026〕1号"}),
            "review_result": (
                legal,
                {"on": today, "result": "upheld", "document": "复决〔2026〕1号"},
            ),
            "record_suit": (legal, {"on": today, "organ": "东胜区人民法院"}),
            "suit_result": (
                legal,
                {"on": today, "result": "upheld", "document": "（2026）内0602行初1号"},
            ),
            "review_lapsed": (registrar, {}),
            "suit_lapsed": (registrar, {}),
            "end_revoked": (head, {}),
            "withdraw_publication": (handler, {"on": today, "public_reason": "决定已撤销"}),
            "publish": (handler, {"on": today, "site": "本局网站"}),
            "propose_closing": (handler, {"reason": "performed"}),
            "close": (head, {}),
            "return_closing": (head, {}),
            "explain_missing": (registrar, {"item": "18", "reason": "专项检查没有方案"}),
            "archive": (registrar, {}),
            "open_crime": (handler, {"note": "涉嫌犯罪"}),
            "open_sanction": (handler, {"note": "负责人应受处分"}),
            "open_recognition": (handler, {"note": "情节严重"}),
        }

    # ---------------------------------------------------------------- people

    def _org(self, name: str, region: str, prefix: str, kind: str) -> int:
        org = Organisation(
            name=name, short_name=name[:8], kind=kind, region_code=region, doc_prefix=prefix
        )
        self.session.add(org)
        self.session.flush()
        return org.id

    def _person(self, name: str, org: str, roles: tuple[Role, ...]) -> None:
        number = len(self.people) + 1
        user = User(
            username=f"p{number}", name=f"示例{number}", active=True, clearance=3,
            created_at=MONDAY,
        )  # fmt: skip
        self.session.add(user)
        self.session.flush()
        self.people[name] = user.id
        for role in roles:
            self.session.add(
                Grant(user_id=user.id, org_id=self.orgs[org], role=role.value, valid_from=_LONG_AGO)
            )


# How each state is reached from the registered source, and when a step needs a later day.
_OPEN = ("propose_opening", "approve_opening")
_WEIGHING = (*_OPEN, "submit_report", "approve_report")
_NOTICED = (*_WEIGHING, "serve_notice")
_PROPOSING = (*_NOTICED, "waive")
_DECIDED = (*_PROPOSING, "propose_decision", "decide")
_PERFORMING = (*_DECIDED, "serve_decision")
_DEMANDED = (*_PERFORMING, "serve_demand")
_COURT = (*_DEMANDED, "apply_court")
_FINISHING = (*_PERFORMING, "record_payment", "complete_performance")
_ARCHIVING = (*_FINISHING, "publish", "propose_closing", "close")
# 2026-03-02 served: payable to 03-17; review and suit limits to 09-02; the court until 12-02.
JUMPS = {
    "serve_demand": "2026-08-03",
    "apply_court": "2026-09-03",
    "court_accepts": "2026-09-07",
}
WAYS: dict[str, tuple[str, ...]] = {
    "source": (),
    "opening": ("propose_opening",),
    "declining": ("propose_declining",),
    "moving": ("propose_transfer",),
    "investigating": _OPEN,
    "moving_case": (*_OPEN, "propose_move"),
    "withdrawing": (*_OPEN, "propose_withdrawal"),
    "suspended": (*_OPEN, "suspend_case"),
    "reporting": (*_OPEN, "submit_report"),
    "weighing": _WEIGHING,
    "reviewing": (*_WEIGHING, "send_to_review"),
    "discussing": (*_WEIGHING, "send_to_discussion"),
    "noticed": _NOTICED,
    "arranging": (*_NOTICED, "request_hearing"),
    "summoned": (*_NOTICED, "request_hearing", "set_hearing"),
    "hearing": (*_NOTICED, "request_hearing", "set_hearing", "serve_hearing_notice"),
    "proposing": _PROPOSING,
    "deciding": (*_PROPOSING, "propose_decision"),
    "unpunished": (*_WEIGHING, "propose_no_penalty", "decide_no_penalty"),
    "decided": _DECIDED,
    "performing": _PERFORMING,
    "demanded": _DEMANDED,
    "court": _COURT,
    "court_trial": (*_COURT, "court_accepts"),
    "court_refused": (*_COURT, "court_refuses"),
    "court_objection": (*_COURT, "court_refuses", "court_object"),
    "finishing": _FINISHING,
    "closing": (*_FINISHING, "publish", "propose_closing"),
    "archiving": _ARCHIVING,
    "archived": (*_ARCHIVING, "archive"),
    "declined": ("propose_declining", "approve_declining"),
    "moved": ("propose_transfer", "approve_transfer"),
}
