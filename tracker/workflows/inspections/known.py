"""What is known of an inspection when a paper asks for it: read once, in the paper's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.cases.answers import answers
from tracker.core.cases.evidence import EvidenceItem, evidence_of, team_of
from tracker.core.cases.figures import figures_of
from tracker.core.clock import office_date
from tracker.core.documents.models import DocumentState
from tracker.core.documents.service import documents_of
from tracker.core.registers.models import Organisation, Unit
from tracker.core.registers.officers import certificates
from tracker.workflows.inspections.models import Inspection


@dataclass
class Known:
    """What is known of a task, read when a paper asks for it."""

    session: Session
    task: Inspection
    now: datetime

    @cached_property
    def said(self) -> dict[str, dict[str, Any]]:
        return answers(self.session, self.task.id)

    @cached_property
    def today(self) -> date:
        return office_date(self.now)

    @cached_property
    def unit(self) -> Unit | None:
        return self.session.get(Unit, self.task.unit_id) if self.task.unit_id else None

    @cached_property
    def organ(self) -> str:
        return self.session.get_one(Organisation, self.task.bureau_id).name

    def answer(self, step: str, name: str) -> Any:
        """What was answered at a step, None when it was not taken."""
        return self.said.get(step, {}).get(name)

    def party(self, *names: str) -> dict[str, Any]:
        """What is known of the unit, as far as a kind has room for it."""
        unit = self.unit
        known = {
            "party_name": self.task.unit_name,
            "party_uscc": self.task.uscc or (unit.uscc if unit else None),
            "party_address": unit.address if unit else None,
            "party_person": unit.legal_representative if unit else None,
        }
        return {name: known[name] for name in ("party_name", *names)}

    def officers(self, step: str = "") -> list[dict[str, str]]:
        """The team with the certificates shown at a step, or valid today."""
        shown = self.answer(step, "officers") if step else None
        if shown is None:
            team = team_of(self.session, self.task.id)
            held = certificates(self.session, team, self.today)
            shown = [[user, held.get(user, "")] for user in team]
        names = self.names(user for user, _ in shown)
        return [
            {"name": names.get(user, ""), "number": number, "post": self.organ}
            for user, number in shown
        ]

    def names(self, user_ids: Any) -> dict[int, str]:
        query = select(User.id, User.name).where(User.id.in_(list(user_ids)))
        return {row.id: row.name for row in self.session.execute(query)}

    @cached_property
    def contact(self) -> str:
        """The leading officer and a telephone number."""
        team = team_of(self.session, self.task.id)
        user = self.session.get(User, team[0]) if team else None
        return "" if user is None else f"{user.name} {user.phone or ''}".strip()

    @cached_property
    def figures(self) -> list[dict[str, str]]:
        return [
            {
                "indicator": f.name,
                "unit": f.measure,
                "period": f.period,
                "reported": number(f.reported) or "未报",
                "due": number(f.due),
                "difference": number(f.difference),
                "ratio": "不计算" if f.ratio is None else percent(f.ratio),
            }
            for f in figures_of(self.session, self.task.id)
            if f.due is not None
        ]

    @cached_property
    def evidence(self) -> list[EvidenceItem]:
        return evidence_of(self.session, self.task.id)

    def number_of(self, kind: str) -> str:
        """The number of the issued paper of a kind, empty without one."""
        papers = documents_of(self.session, self.task.id, kind)
        numbers = [d.number for d in papers if d.state == DocumentState.ISSUED and d.number]
        return numbers[-1] if numbers else ""

    def unsigned(self, step: str) -> str:
        """The refusal to sign with its witness, as it stands in a record."""
        refusal, witness = self.answer(step, "refusal"), self.answer(step, "witness")
        return f"{refusal}（见证人：{witness}）" if refusal else ""


def number(value: Decimal | None) -> str:
    """A figure with thousands commas and no idle zeros, as it is printed."""
    return "" if value is None else f"{value.normalize():,f}"


def percent(ratio: Decimal) -> str:
    """A ratio in percent with two decimals, half up as offices round and the pages do."""
    return f"{(ratio * 100).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}%"


def lines_of(text: Any) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]
