"""What would end a gap: which filing, of whom, and by which rule it is filed."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.core.errors import N_, Sentence, say
from tracker.core.norms.loader import default_norms
from tracker.core.norms.model import ChangeKind, FilingRule, Norm, PlaceKind
from tracker.core.norms.standing import Requirement, Standing
from tracker.core.staff.models import DUTY_LABELS, Duty

CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Cure:
    """One way to end (a part of) a gap.

    `change` is the kind of filing, or ``confirm`` where somebody is named and only has to be
    trained and confirmed. `rule` says how the filing is made.
    """

    change: str
    count: int
    duty: Duty
    full_time: bool
    on_payroll: bool
    norm: Norm
    words: Sentence
    rule: FilingRule | None = None


def cures(standing: Standing) -> list[Cure]:
    """What would end the gap of a place, the nearest first; empty when nothing is short."""
    found: list[Cure] = []
    if standing.short and standing.waiting:
        words = say("%(n)s 人已确定、尚未确认上岗：完成岗前培训并确认。", n=standing.waiting)
        found.append(_cure(standing, standing.rule, CONFIRM, standing.waiting, words))
    coming: dict[Duty | None, int] = {}
    for row in sorted(standing.requirements, key=_narrowest):
        # Whoever comes for a narrower norm serves the wider one too.
        there = coming.get(row.norm.duty, 0) if row.norm.duty else sum(coming.values())
        if row.short <= there:
            continue
        coming[row.norm.duty] = coming.get(row.norm.duty, 0) + row.short - there
        found += _ways(standing, row, row.short - there)
    return found


def _ways(standing: Standing, row: Requirement, missing: int) -> list[Cure]:
    """Somebody comes, or somebody who is there but not as the norm asks becomes so."""
    norm, found = row.norm, []
    others = min(row.short, max(0, standing.in_post - row.have))
    if others and (norm.full_time or norm.on_payroll):
        words = say("报备转岗：把现有 %(n)s 人转为%(who)s。", n=others, who=_who(norm))
        found.append(_cure(standing, norm, ChangeKind.MOVE, others, words))
    change, label = _arrival(standing.kind, norm)
    words = say("%(filing)s：%(who)s %(n)s 人。", filing=say(label), who=_who(norm), n=missing)
    return [*found, _cure(standing, norm, change, missing, words)]


def _narrowest(row: Requirement) -> tuple[bool, bool, bool]:
    """Norms of one duty before those of any, those of full-time posts before those of all."""
    return (row.norm.duty is None, not row.norm.full_time, not row.norm.on_payroll)


def _arrival(kind: PlaceKind, norm: Norm) -> tuple[ChangeKind, str]:
    if kind is PlaceKind.DEPARTMENT and norm.duty is Duty.LEAD:
        return ChangeKind.LEAD, N_("报备部门统计负责人")
    return ChangeKind.IN, N_("报备调入（新任）")


def _cure(standing: Standing, norm: Norm, change: str, count: int, words: Sentence) -> Cure:
    rules = default_norms().filing_modes(standing.region_code, standing.kind, change)
    return Cure(
        change=change,
        count=count,
        duty=norm.duty or Duty.STATISTICIAN,
        full_time=norm.full_time,
        on_payroll=norm.on_payroll,
        norm=norm,
        words=words,
        rule=rules[0] if rules else None,
    )


def _who(norm: Norm) -> Sentence:
    """Whom a norm asks for, as a phrase."""
    found = say(DUTY_LABELS[norm.duty or Duty.STATISTICIAN])
    if norm.full_time:
        found = say("专职%(who)s", who=found)
    if norm.on_payroll:
        found = say("在编%(who)s", who=found)
    return found
