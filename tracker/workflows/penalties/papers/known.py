"""What is known of a penalty case, read when a paper asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.benchmarks.model import ACT_LABELS, Act
from tracker.core.benchmarks.result import Graded
from tracker.core.cases.answers import answers
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.evidence import FORMS, evidence_of
from tracker.core.cases.figures import CaseFigure, figures_of
from tracker.core.cases.models import Move
from tracker.core.cases.reads import mover
from tracker.core.clock import office_date
from tracker.core.documents.service import documents_of
from tracker.core.errors import BadInput
from tracker.core.registers.models import Organisation
from tracker.core.registers.officers import certificates
from tracker.core.rulebook.terms import Unit
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.flow.asks import SOURCES
from tracker.workflows.penalties.grading import graded
from tracker.workflows.penalties.guards.team import team_of
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.takings.investigating import grade_of

PENALTY_LAW = "《中华人民共和国行政处罚法》"
_UNITS = {Unit.CD: "日", Unit.M: "个月", Unit.WD: "个工作日", Unit.Y: "年"}
_APPROVING = (
    "propose_opening", "approve_opening", "propose_declining", "approve_declining",
    "ask_extension", "approve_extension", "submit_report", "approve_report", "pass_review",
    "pass_review_heard", "conclude_discussion", "conclude_discussion_heard", "propose_decision",
    "ask_instalments", "approve_instalments", "propose_closing",
)  # fmt: skip


def lines(text: object) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def yuan(amount: Decimal | None) -> str:
    """A sum as papers write it: 60,000元, 1,234.50元."""
    if amount is None:
        return ""
    return f"{amount:,.0f}元" if amount == amount.to_integral_value() else f"{amount:,.2f}元"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():,f}"


@dataclass
class Known:
    """The case with what hangs on it."""

    session: Session
    penalty: Penalty
    now: datetime

    @cached_property
    def said(self) -> dict[str, dict[str, Any]]:
        """The answers of every step."""
        return answers(self.session, self.penalty.id)

    def answer(self, step: str, name: str) -> Any:
        """What was answered at a step, None when it was not taken."""
        return self.said.get(step, {}).get(name)

    @cached_property
    def today(self) -> date:
        """Today as the offices count it."""
        return office_date(self.now)

    @cached_property
    def organ(self) -> Organisation:
        """The bureau."""
        return self.session.get_one(Organisation, self.penalty.bureau_id)

    @cached_property
    def party(self) -> dict[str, Any]:
        """The party as decisions name it."""
        p = self.penalty
        return {
            "party_name": p.unit_name,
            "party_uscc": p.uscc,
            "party_address": p.address,
            "party_person": p.legal_person,
        }

    @cached_property
    def head(self) -> dict[str, Any]:
        """The case as forms name it."""
        return {"case_number": self.penalty.number, "matter": self.penalty.matter}

    @cached_property
    def source(self) -> str:
        """How the case came about, and the paper it came with."""
        label = SOURCES.get(self.penalty.channel, "")
        return "".join(
            (label, f"（{self.penalty.source_from}）" if self.penalty.source_from else "")
        )

    @cached_property
    def officers(self) -> list[dict[str, str]]:
        """The team with certificates valid today."""
        return self.people(team_of(self.session, self.penalty.id))

    def people(self, user_ids: Iterable[int]) -> list[dict[str, str]]:
        """Persons with their certificates."""
        wanted = list(user_ids)
        held = certificates(self.session, wanted, self.today)
        rows = self.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
        names = {row.id: row.name for row in rows}
        return [
            {"name": names.get(u, ""), "number": held.get(u, ""), "post": self.organ.name}
            for u in wanted
        ]

    @cached_property
    def contact(self) -> str:
        """The leading officer and a telephone number."""
        team = team_of(self.session, self.penalty.id)
        user = self.session.get(User, team[0]) if team else None
        return "" if user is None else f"{user.name} {user.phone or ''}".strip()

    @cached_property
    def rows(self) -> list[CaseFigure]:
        """The indicator table."""
        return [f for f in figures_of(self.session, self.penalty.id) if f.due is not None]

    @cached_property
    def figures(self) -> list[dict[str, str]]:
        """The indicator table as papers print it."""
        return [
            {
                "indicator": f.name,
                "unit": f.measure,
                "period": f.period,
                "reported": _number(f.reported) or "未报",
                "due": _number(f.due),
                "difference": _number(f.difference),
                "ratio": "不计算" if f.ratio is None else f"{f.ratio * 100:.2f}%",
            }
            for f in self.rows
        ]

    @cached_property
    def evidence(self) -> list[str]:
        """Every item of evidence in a line."""
        return [
            f"{i.name}（{FORMS[i.form]}，{i.quantity}，{i.place}）"
            for i in evidence_of(self.session, self.penalty.id)
        ]

    @cached_property
    def grade(self) -> Graded | None:
        """The grade of the report, None before there is one."""
        p = self.penalty
        if not p.act or not p.table_id:
            return None
        try:
            on = p.decided_on or self.today
            return graded(self.session, p, grade_of(p), on).gravest
        except BadInput:  # the table was changed since; the figure stands in the case
            return None

    @cached_property
    def grade_words(self) -> str:
        """The working of the grade, the reason outside the range included."""
        found = [str(line) for line in self.grade.working] if self.grade else []
        if self.penalty.range_reason:
            found.append(f"在幅度以外的理由：{self.penalty.range_reason}")
        return "\n".join(found)

    @cached_property
    def act(self) -> str:
        """What was done, in the words of the law."""
        return ACT_LABELS[Act(self.penalty.act)] if self.penalty.act else self.penalty.matter

    @cached_property
    def basis(self) -> str:
        """The article that is applied."""
        found = self.grade
        if found is None or found.statute is None:
            return ""
        return f"《{found.statute.source.instrument}》{found.statute.source.article}"

    def penalty_words(self, fine: Decimal | None) -> str:
        """What is imposed, point by point."""
        p = self.penalty
        parts = [
            words
            for holds, words in (
                (p.warning, "警告"),
                (p.circular, "通报批评"),
                (bool(fine), f"罚款人民币{yuan(fine)}"),
            )
            if holds
        ]
        return "；".join(f"{n}. {words}" for n, words in enumerate(parts, start=1)) + (
            "。" if parts else ""
        )

    def number_of(self, kind: str) -> str:
        """The number of the newest issued paper of a kind, empty without one."""
        issued = [d for d in documents_of(self.session, self.penalty.id, kind) if d.number]
        return issued[-1].number or "" if issued else ""

    def term(self, rule_id: str) -> str:
        """A limit of the rulebook as a paper says it: 60日."""
        rule = rule_for(self.penalty, rule_id, self.today)
        return "" if rule.length is None else f"{rule.length}{_UNITS[rule.unit]}"

    @cached_property
    def remedies(self) -> dict[str, str]:
        """The limits of review and suit; organ and court are written by hand."""
        return {"review_limit": self.term("T14"), "suit_limit": self.term("T18")}

    @cached_property
    def approvals(self) -> list[dict[str, str]]:
        """Who proposed, confirmed and agreed when, as the moves have it."""
        rows = self.session.execute(
            select(Move.step, Move.at, Move.note, mover())
            .where(Move.case_id == self.penalty.id, Move.step.in_(_APPROVING))
            .order_by(Move.seq)
        )
        return [
            {
                "step": FLOW.step(row.step).label,
                "opinion": row.note or "同意",
                "name": row.name,
                "on": f"{office_date(row.at):%Y-%m-%d}",
            }
            for row in rows
        ]
