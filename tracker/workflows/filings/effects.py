"""What a change does to the staffing norms of its place, for the page and for the papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.core.norms.model import Norm
from tracker.core.norms.standing import Standing
from tracker.workflows.filings.change import effect
from tracker.workflows.filings.models import Filing

# Once the change stands in the register, the register itself says how the place stands.
BEFORE_THE_CHANGE = (
    "draft", "signing", "at_via", "arrived", "opinion", "ordering", "rectifying",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One norm of the place: how many it asks, how many there are before and after."""

    norm: Norm
    least: int
    before: int
    after: int

    @property
    def short(self) -> int:
        """How many are missing after the change."""
        return max(0, self.least - self.after)


@dataclass(frozen=True, slots=True)
class Effect:
    """All norms of the place, and the two sums."""

    rows: Sequence[Row]
    before: Standing
    after: Standing

    @property
    def opens_gap(self) -> bool:
        """Whether the change itself leaves the place shorter than it was."""
        return self.after.short > self.before.short

    @property
    def cures(self) -> bool:
        """Whether the place meets its norms by the change."""
        return self.before.short > 0 and self.after.short == 0


def effect_of(session: Session, filing: Filing) -> Effect | None:
    """The effect of a filing; None for a place without a norm, and once it has happened."""
    if filing.state not in BEFORE_THE_CHANGE:
        return None
    found = effect(session, filing)
    if found is None:
        return None
    before, after = found
    had = {r.norm.id: r.have for r in before.requirements}
    rows = [Row(r.norm, r.least, had.get(r.norm.id, 0), r.have) for r in after.requirements]
    return Effect(rows, before, after)


def effect_words(session: Session, filing: Filing) -> str:
    """The effect as a paper says it; empty without a norm."""
    found = effect_of(session, filing)
    if found is None:
        return ""
    lines = [
        f"{r.norm.title}：应有 {r.least} 人，变动前 {r.before} 人，变动后 {r.after} 人"
        + (f"，缺 {r.short} 人" if r.short else "")
        for r in found.rows
    ]
    return "；".join(lines) + "。"
