"""The grade of a case: its indicator table put to a benchmark table, and what the law allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tracker.core.benchmarks.grade import grade_all
from tracker.core.benchmarks.loader import default_benchmarks
from tracker.core.benchmarks.model import Act, Indicator, Subject, TableKind
from tracker.core.benchmarks.result import Figure, Graded, GradedAll, Question
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.figures import CaseFigure, figures_of
from tracker.core.cases.models import Case
from tracker.core.cases.respondents import Repetition, orders_in_window
from tracker.core.rulebook.loader import RuleMissing
from tracker.core.rulebook.measures import Amount
from tracker.workflows.penalties.models import Penalty

NEVER_FINED = (Subject.ORGAN.value, Subject.PERSON.value)
# 处罚法 51 speaks of citizens and of the rest; a self-employed household stands with citizens.
_CITIZENS = (Subject.SELF_EMPLOYED.value, Subject.PERSON.value)
HEARING, HEARING_SELF_EMPLOYED = "A01", "A02"
SPOT, SPOT_CITIZEN = "A03", "A04"
REVIEW = "A05"
_ONLY_STATUTE = "statute"
_YUAN = {"亿元": 10**8, "百万元": 10**6, "万元": 10**4, "千元": 10**3, "元": 1}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a grade is asked for: by which table, for which act, and how grave it is."""

    table_id: str
    act: str
    act_date: date | None
    aggravated: bool
    case: str = ""


def table_choices() -> dict[str, str]:
    """The tables one can grade by: those that set a fine, and the statute alone."""
    tables = [t for t in default_benchmarks().all() if t.kind is not TableKind.WAIVER]
    return {t.id: t.title for t in sorted(tables, key=lambda t: t.id != _ONLY_STATUTE)}


def graded(session: Session, penalty: Penalty, asked: Asked, on: date) -> GradedAll:
    """The range for a case with its working; BadInput names what is wrong or missing.

    `on` is the day of the decision, or today, for the comparison of the two laws.
    """
    book = default_benchmarks()
    question = Question(
        subject=Subject(penalty.subject),
        act=Act(asked.act),
        act_date=asked.act_date,
        decision_date=on,
        aggravated=asked.aggravated,
        case=asked.case,
    )
    figures = [f for row in figures_of(session, penalty.id) if (f := figure_of(row)) is not None]
    return grade_all(book.table(asked.table_id or _ONLY_STATUTE), book.laws, question, figures)


def figure_of(row: CaseFigure) -> Figure | None:
    """A line of the indicator table as the benchmarks know it; None while nothing is due."""
    if row.due is None:
        return None
    unit = next((n for name, n in _YUAN.items() if row.measure.endswith(name)), 1)
    reported = None if row.reported is None else row.reported.normalize()
    return Figure(Indicator(row.nature), reported, row.due.normalize(), Decimal(unit), row.name)


def statute_range(graded: Graded) -> tuple[Decimal, Decimal] | None:
    """What the article itself allows for a grade; None where it sets no fine."""
    if graded.statute is None:
        return None
    return graded.statute.fine_range(aggravated=graded.aggravated)


def repetition(session: Session, case: Case, until: date) -> Repetition | None:
    """The orders to correct of the last twelve months (rule T31); None for an unknown unit."""
    if case.unit_id is None:
        return None
    return orders_in_window(session, case.unit_id, until, rule_for(case, "T31", until))


def has_hearing_right(penalty: Penalty, fine: Decimal, on: date) -> bool:
    """Whether a fine reaches the threshold for a hearing where the case belongs (办法 38)."""
    self_employed = penalty.subject == Subject.SELF_EMPLOYED.value
    rule_id = HEARING_SELF_EMPLOYED if self_employed else HEARING
    return _amount(penalty, rule_id, on).holds(fine)


def spot_limit(penalty: Penalty, on: date) -> Amount:
    """The highest fine on the spot for this respondent (处罚法 51)."""
    return _amount(penalty, SPOT_CITIZEN if penalty.subject in _CITIZENS else SPOT, on)


def review_by_amount(penalty: Penalty, fine: Decimal, on: date) -> bool:
    """Whether the place wants a legal review for a fine of this size."""
    try:
        return _amount(penalty, REVIEW, on).holds(fine)
    except RuleMissing:
        return False


def _amount(case: Case, rule_id: str, on: date) -> Amount:
    rule = rule_for(case, rule_id, on)
    if rule.amount is None:
        raise ValueError(f"{rule_id} sets no amount")
    return rule.amount
