"""When the court may be asked to enforce a fine: both ends of the window. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.core.calendar.days import Calendar
from tracker.core.deadlines.replay import add_months
from tracker.core.errors import Refusal, Sentence, say
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Term, Unit


@dataclass(frozen=True, slots=True)
class Window:
    """Open after one day and up to another, which is included: (opens_after, closes_on]."""

    opens_after: date
    closes_on: date
    # The day from which the months for the application count.
    counted_from: date
    why: Sentence

    def open_on(self, day: date) -> bool:
        """Whether an application is neither too early nor too late."""
        return self.opens_after < day <= self.closes_on


def court_window(
    served_on: date,
    rule: Rule,
    calendar: Calendar,
    *,
    review_limit_on: date | None = None,
    plan_ends_on: date | None = None,
) -> Window:
    """The window for the court (rule T20), from the service of the decision.

    `review_limit_on` is the last day to sue after a review decision, which takes the place of the
    limit to sue at once; `plan_ends_on` the end of approved instalments, from which the months
    count when it is later. Source: 行政强制法 53, 行诉法解释 156, 行政处罚法 72(2).
    """
    if rule.window is None or rule.term is None:
        raise ValueError(f"{rule.id} has no window")
    limit = review_limit_on or _later(served_on, rule.window.opens)
    last = calendar.next_workday(limit)
    if plan_ends_on is not None and plan_ends_on > limit:
        why = say("自批准的分期（延期）期限 %(on)s 届满起算", on=plan_ends_on)
        base = plan_ends_on
    elif review_limit_on is not None:
        why = say("自不服复议决定的起诉期限 %(on)s 届满起算", on=limit)
        base = limit
    else:
        why = say(
            "自决定书送达满%(term)s，%(on)s 届满起算", term=rule.window.opens.phrase, on=limit
        )
        base = limit
    closes = calendar.next_workday(_later(base, rule.term))
    return Window(max(last, base), closes, base, why)


def why_not_apply(
    window: Window, demand_over_on: date, on: date, good_cause: str
) -> Refusal | None:
    """Why an application on a day would be refused; None when it may be made.

    `demand_over_on` is the last day of the time that the demand gives (rule T21).
    """
    if on <= window.opens_after:
        return Refusal(
            say("申请复议和起诉的期限 %(on)s 才届满，届满以后才能申请。", on=window.opens_after)
        )
    if on <= demand_over_on:
        return Refusal(say("催告期限 %(on)s 才届满，届满以后才能申请。", on=demand_over_on))
    if on > window.closes_on and not good_cause:
        return Refusal(
            say("申请期限已于 %(on)s 届满，法院不予受理。", on=window.closes_on),
            instead=say("有正当理由的，写明理由"),
        )
    return None


def _later(on: date, term: Term) -> date:
    return add_months(on, term.count * (12 if term.unit is Unit.Y else 1))
