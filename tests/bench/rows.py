"""Any number of leads as plain rows: states, histories, custody and clocks that fit together."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.bench.office import COUNTY, TOWNS, Office
from tracker.core.calendar.days import Calendar
from tracker.core.cases.indexing import row_of
from tracker.core.cases.models import LAST_DAY
from tracker.core.cases.words import Word
from tracker.core.clock import at_office
from tracker.core.deadlines.models import Deadline, DeadlineFact
from tracker.core.deadlines.service import replay_rows
from tracker.core.registers.names import name_key
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.core.search.index import MARK
from tracker.workflows.leads.flow import FLOW

# Of a hundred leads, how many stand where: two thirds are done.
MIX = {
    "drafted": 1,
    "approval": 3,
    "sent": 7,
    "registered": 2,
    "triage": 6,
    "verifying": 9,
    "countersign": 2,
    "result": 2,
    "feedback": 3,
    "closing": 2,
    "closed": 60,
    "withdrawn": 3,
}
# Step, where it leads, by whom.
LINE = (
    ("draft", "drafted", "liaison"),
    ("submit", "approval", "liaison"),
    ("approve", "sent", "approver"),
    ("receive", "registered", "registrar"),
    ("assign", "triage", "registrar"),
    ("verify", "verifying", "inspector"),
    ("submit_findings", "countersign", "inspector"),
    ("countersign", "result", "officer"),
    ("confirm_result", "feedback", "supervisor"),
    ("give_feedback", "closing", "inspector"),
    ("close", "closed", "supervisor"),
)
# A lead that is done keeps the steps an archive shows first.
_SHORT = (*LINE[:1], *LINE[2:4], *LINE[8:])
_INDEX = {state: n for n, (_step, state, _who) in enumerate(LINE)}
_PLACES = ("罕台", "铜川", "泊尔江海", "万利", "潮脑梁", "塔拉壕", "添漫梁", "柴登")
_TRADES = ("煤业", "建材", "商贸", "运输", "化工", "农牧", "能源", "机械", "食品", "物流")
_SYLLABLES = "鼎盛恒泰瑞丰华信安达宏远金源通汇佳和利民广润德昌隆兴永顺"
_MATTERS = ("虚报工业总产值", "虚报原煤产量", "拒绝提供统计资料", "迟报月度报表", "虚报投资额")
OPEN = tuple(s.name for s in FLOW.states if not s.final)

Row = tuple[Any, ...]

COLUMNS: dict[str, tuple[str, ...]] = {
    "cases": (
        "id", "kind", "number", "title", "state", "flow_version", "version", "region_code",
        "origin_org_id", "bureau_id", "scope_code", "turn_org_id", "turn_role", "assignee_id",
        "confidentiality", "channel", "next_due_on", "next_due_provisional", "due_order",
        "opened_at", "opened_on", "holder_since", "closed_at", "created_by_id", "audit_n",
        "restricted",
    ),
    "leads": (
        "id", "unit_name", "unit_key", "uscc", "period", "matter", "found_in", "found_on",
        "survey_owner", "facts", "sent_at", "received_at", "received_by_id", "reporter",
        "reply_wanted", "outcome", "outcome_reason", "found", "findings", "feedback_sender",
        "feedback_at",
    ),
    "lead_indicators": ("id", "lead_id", "line", "name", "unit", "reported", "known", "source"),
    "case_people": ("id", "case_id", "user_id", "part", "since", "ended_at"),
    "moves": (
        "id", "case_id", "seq", "step", "from_state", "to_state", "actor_id", "org_id", "at",
        "note", "internal", "data",
    ),
    "stays": (
        "id", "case_id", "seq", "org_id", "user_id", "state", "from_on", "to_on", "stopped_clock",
    ),
    "deadlines": (
        "id", "case_id", "rule_id", "rule_version", "label", "unit", "length", "roll",
        "region_code", "started_on", "due_on", "due_at", "provisional", "state", "stopped_on",
        "responsible_role", "version", "calendar_edition",
    ),
    "deadline_facts": (
        "id", "deadline_id", "seq", "kind", "happened_on", "reason", "actor_id", "made_at",
    ),
    "cases_fts": ("case_id", "shared", "house"),
}  # fmt: skip


@dataclass
class _Lead:
    """What one lead's rows have in common."""

    id: int
    state: str
    done: bool
    dept: int
    liaison: int
    approver: int
    inspector: int
    officer: int
    opened: datetime
    unit: str
    period: str


class Leads:
    """Draws leads with a seed, the same ones each time, and writes them as rows per table."""

    def __init__(
        self, office: Office, calendar: Calendar, today: date, *, seed: int = 7, mix: Any = None
    ) -> None:
        self.office, self.calendar, self.today = office, calendar, today
        self._random = random.Random(seed)
        self._mix: dict[str, int] = mix or MIX
        self._ids = dict.fromkeys(COLUMNS, 0)
        self._clocks: dict[tuple[str, date, date | None], Row] = {}
        self._rules: dict[str, Rule] = {}

    def rows(self, count: int, *, first: int = 1) -> dict[str, list[Row]]:
        """The rows of `count` leads, by table."""
        found: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        states = [s for s, weight in self._mix.items() for _ in range(weight)]
        for number in range(first, first + count):
            for table, row in self._one(self._lead(number, states, count)):
                found[table].append(row)
        return found

    # ------------------------------------------------------------ one lead

    def _lead(self, number: int, states: list[str], count: int) -> _Lead:
        draw = self._random
        state = states[draw.randrange(len(states))]
        done = state in ("closed", "withdrawn")
        which = draw.randrange(len(self.office.departments))
        inspector, officer = draw.sample(self.office.inspectors, 2)
        age = draw.randrange(60, 2200) if done else draw.randrange(1, 45)
        unit = number % max(1, count // 3)
        name = (
            f"{_PLACES[unit % 8]}{_SYLLABLES[unit // 8 % 26]}{_SYLLABLES[unit // 208 % 26]}"
            f"{_SYLLABLES[unit // 5408 % 26]}{_TRADES[unit % 10]}有限公司"
        )
        opened = at_office(self.today - timedelta(days=age), 9) + timedelta(minutes=number % 400)
        return _Lead(
            id=number,
            state=state,
            done=done,
            dept=self.office.departments[which],
            liaison=self.office.people[f"liaison{which}"],
            approver=self.office.people[f"approver{which}"],
            inspector=inspector,
            officer=officer,
            opened=opened.astimezone(UTC),
            unit=name,
            period=f"{opened.year}年{draw.randrange(1, 13)}月",
        )

    def _one(self, lead: _Lead) -> Iterator[tuple[str, Row]]:
        steps = self._steps(lead)
        yield from self._history(lead, steps)
        due = LAST_DAY
        for row in self._deadline(lead, steps):
            yield row
            if row[0] == "deadlines" and not lead.done:
                due = row[1][10] or LAST_DAY
        yield "cases", self._case(lead, steps, due)
        yield "leads", self._detail(lead, steps)
        yield self._numbered(
            "lead_indicators", lead.id, 1, "工业总产值", "万元", 1286, 964, "调度台账"
        )
        matter = _MATTERS[lead.id % 5]
        said = [f"东统线〔2014〕{lead.id}号", f"{lead.unit}涉嫌{matter}", lead.period, "东胜区"]
        named = [f"示例{person}" for person in (lead.inspector, lead.officer)]
        made = row_of(
            lead.id,
            [Word("", text) for text in said]
            + [Word("", name, inside=True, spoken=True) for name in named],
        )
        yield "cases_fts", (lead.id, " ".join([*made.shared, MARK]), " ".join([*made.house, MARK]))

    def _steps(self, lead: _Lead) -> list[tuple[str, str, str]]:
        if lead.state == "closed":
            return list(_SHORT)
        if lead.state == "withdrawn":
            return [LINE[0], ("withdraw", "withdrawn", "liaison")]
        return list(LINE[: _INDEX[lead.state] + 1])

    def _case(self, lead: _Lead, steps: list[tuple[str, str, str]], due: date) -> Row:
        state = FLOW.state(lead.state)
        at_bureau = self._received(steps)
        side = None
        if not state.final:
            side = lead.dept if state.side == "origin" else self.office.bureau
        sent = any(step == "approve" for step, _s, _w in steps)
        holder = {
            "drafter": lead.liaison, "registrar": self.office.people["registrar"],
            "handler": lead.inspector, "co_officer": lead.officer,
        }.get(state.holder or "")  # fmt: skip
        last = self._moment(lead, len(steps) - 1)
        return (
            lead.id, "lead", f"东统线〔2014〕{lead.id}号" if at_bureau else None,
            f"{lead.unit}涉嫌{_MATTERS[lead.id % 5]}", lead.state, 1, len(steps),
            TOWNS[lead.id % 3], lead.dept, self.office.bureau if sent else None,
            COUNTY if sent else "", side, state.role.value if state.role and side else None,
            holder, 1, "department", None if due == LAST_DAY else due, False, due, lead.opened,
            self._day(lead.opened), self._day(last), last if state.final else None, lead.liaison, 0,
            False,
        )  # fmt: skip

    def _detail(self, lead: _Lead, steps: list[tuple[str, str, str]]) -> Row:
        got = self._received(steps)
        found = any(step in ("submit_findings", "confirm_result") for step, _s, _w in steps)
        told = any(step == "give_feedback" for step, _s, _w in steps)
        return (
            lead.id, lead.unit, name_key(lead.unit), None, lead.period, _MATTERS[lead.id % 5],
            "能源生产月度调度", self._day(lead.opened), "bureau", "上报产量高于台账。" * 8,
            lead.opened if got else None, lead.opened if got else None,
            self.office.people["registrar"] if got else None, "none", False,
            "verify" if found else None, "两名执法人员核查" if found else None,
            True if found else None, "已查实" if found else None, "已反馈" if told else None,
            lead.opened if told else None,
        )  # fmt: skip

    def _history(self, lead: _Lead, steps: list[tuple[str, str, str]]) -> Iterator[tuple[str, Row]]:
        people = {
            "liaison": lead.liaison, "approver": lead.approver, "inspector": lead.inspector,
            "officer": lead.officer, "registrar": self.office.people["registrar"],
            "supervisor": self.office.people["supervisor"],
        }  # fmt: skip
        before: str | None = None
        for seq, (step, state, who) in enumerate(steps, 1):
            at = self._moment(lead, seq - 1)
            org = lead.dept if who in ("liaison", "approver") else self.office.bureau
            declared = FLOW.step(step)
            yield self._numbered(
                "moves", lead.id, seq, step, before, state, people[who], org, at,
                "见附件", declared.internal, "",
            )  # fmt: skip
            if not FLOW.state(state).final:
                ends = self._day(self._moment(lead, seq)) if seq < len(steps) else None
                held = FLOW.state(state)
                where = lead.dept if held.side == "origin" else self.office.bureau
                stay = (lead.id, seq, where, None, state, self._day(at), ends, False)
                yield self._numbered("stays", *stay)
            for part in declared.gives:
                user = {"drafter": lead.liaison, "handler": lead.inspector}.get(
                    part, lead.officer if part == "co_officer" else people["registrar"]
                )
                if part != "handler" or step != "verify":
                    yield self._numbered("case_people", lead.id, user, part, at, None)
            before = state
        if lead.done and lead.state == "closed":
            at = lead.opened
            yield self._numbered("case_people", lead.id, lead.inspector, "handler", at, None)

    def _deadline(
        self, lead: _Lead, steps: list[tuple[str, str, str]]
    ) -> Iterator[tuple[str, Row]]:
        clock = FLOW.state("feedback" if lead.done else lead.state).clock or "OWN-RECEIVE"
        start = self._day(self._moment(lead, len(steps) - 1))
        end = start if lead.done else None
        number = self._ids["deadlines"] = self._ids["deadlines"] + 1
        yield "deadlines", (number, lead.id, *self._clock(clock, start, end))
        facts = [("start", start)] + ([("stop", end)] if end else [])
        for seq, (kind, on) in enumerate(facts, 1):
            yield self._numbered("deadline_facts", number, seq, kind, on, "", None, lead.opened)

    def _clock(self, rule_id: str, start: date, end: date | None) -> Row:
        """A deadline's columns by a real replay; there are few different ones."""
        key = (rule_id, start, end)
        if key in self._clocks:
            return self._clocks[key]
        rule = self._rules.setdefault(rule_id, default_rulebook().rule(rule_id, self.today, COUNTY))
        deadline = Deadline(unit=rule.unit.value, length=rule.length, roll=rule.roll)
        facts = [DeadlineFact(seq=1, kind="start", on=start, reason="")]
        if end:
            facts.append(DeadlineFact(seq=2, kind="stop", on=end, reason=""))
        found = replay_rows(deadline, facts, self.calendar)
        self._clocks[key] = (
            rule.id, rule.version, rule.title, rule.unit.value, rule.length, rule.roll,
            rule.jurisdiction, start, found.due, found.due_at, found.provisional,
            "stopped" if end else "running", end, rule.responsible, len(facts),
            self.calendar.edition,
        )  # fmt: skip
        return self._clocks[key]

    # ------------------------------------------------------------ small parts

    def _numbered(self, table: str, *values: Any) -> tuple[str, Row]:
        self._ids[table] += 1
        return table, (self._ids[table], *values)

    def _moment(self, lead: _Lead, nth: int) -> datetime:
        """Steps of open leads fall on different days, none in the future."""
        ahead = (at_office(self.today, 8) - lead.opened).days
        return lead.opened + timedelta(days=min(nth * 3, max(ahead, 0)))

    @staticmethod
    def _received(steps: list[tuple[str, str, str]]) -> bool:
        return any(step == "receive" for step, _s, _w in steps)

    @staticmethod
    def _day(moment: datetime) -> date:
        return (moment + timedelta(hours=8)).date()
