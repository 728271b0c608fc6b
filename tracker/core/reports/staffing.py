"""Gaps in staffing: places against their norms today, and what the period did about gaps."""

from __future__ import annotations

from tracker.core.errors import N_
from tracker.core.registers.places import place_names
from tracker.core.reports import people
from tracker.core.reports.counting import Line, lines, listed
from tracker.core.reports.model import Section
from tracker.core.reports.scopes import Order
from tracker.core.reports.steps import CHANGES, GAPS, STEPS


def sections(order: Order) -> list[Section]:
    """Sums by place, every place that is short, and the gaps and changes of the period."""
    standings = people.norms_here(order)
    home = place_names(order.session, [order.scope.region])[order.scope.region]
    asked: list[Line] = [
        (N_("新立的人员缺口"), order.opened("vacancy")),
        *order.lines(GAPS),
        (N_("现在没有补齐的缺口"), order.now("vacancy")),
        (N_("其中：超过催补期限"), order.now("vacancy", "late")),
        *order.lines(CHANGES),
    ]
    return [
        people.norms_by_place(order, standings),
        people.short_places(standings, home),
        listed(N_("人员缺口和变动"), lines(order, asked), STEPS),
    ]
