"""The indicator table computes difference and ratio; nobody types them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.workflows.leads.walking import Office
from tracker.core.cases.figures import CaseFigure, as_seed, figures_of, write_figures
from tracker.core.cases.opening import SeedFigure
from tracker.core.db import transaction


@pytest.mark.parametrize(
    ("reported", "due", "difference", "percent"),
    [
        ("186420", "151906", "34514", "22.72"),
        ("38460", "29112.4", "9347.6", "32.11"),
        ("90", "100", "-10", "10.00"),
        (None, "40", "-40", "100.00"),  # not reported at all counts as nought
        ("5", "0", "5", None),  # nothing was due: graded by amount alone
        ("5", None, None, None),
    ],
)
def test_difference_and_ratio(reported, due, difference, percent):
    figure = CaseFigure(
        reported=None if reported is None else Decimal(reported),
        due=None if due is None else Decimal(due),
    )
    assert figure.difference == (None if difference is None else Decimal(difference))
    shown = None if figure.ratio is None else f"{figure.ratio * 100:.2f}"
    assert shown == percent


def test_a_table_is_replaced_whole_and_handed_on(session):
    with transaction():
        lead = Office(session).draft()
        first = SeedFigure("营业收入", "万元", "2026年1月", Decimal(10), Decimal(8), "台账")
        second = SeedFigure("产量", "吨", "2026年1月", None, Decimal(3), nature="non_value")
        write_figures(session, lead.id, [first, second])
        assert as_seed(figures_of(session, lead.id)) == (first, second)
        write_figures(session, lead.id, [second])
        assert [f.line for f in figures_of(session, lead.id)] == [1]
