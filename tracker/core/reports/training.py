"""Training of the year: sessions, who had what by place, and who lacks something."""

from __future__ import annotations

from tracker.core.errors import N_, say
from tracker.core.numbers.figures import Figure
from tracker.core.reports import people
from tracker.core.reports.counting import by_house
from tracker.core.reports.model import Section
from tracker.core.reports.scopes import Order
from tracker.core.reports.steps import STEPS, TRAININGS


def sections(order: Order) -> list[Section]:
    """Coverage by place, the sessions of the year by organiser, and who lacks what."""
    rows, total = people.training_rows(order)
    everybody = total[1].value if isinstance(total[1], Figure) else 0
    covered = Section(
        N_("培训覆盖"), people.training_columns(), rows, total=total,
        words=(say(N_("在岗统计人员 %(n)s 人。各栏是缺这项培训的人数。"), n=everybody),),
        source=people.TRAINING_SOURCE, empty=N_("还没有在岗的统计人员。"),
    )  # fmt: skip
    columns, houses, sums = by_house(
        order,
        "bureau",
        N_("举办单位"),
        [
            *order.lines([TRAININGS]),
            (N_("年内立项的培训班"), order.opened("training")),
            (N_("年度培训计划在办"), order.now("programme")),
        ],
    )
    held = Section(
        N_("培训班和计划"), columns, houses, total=sums if houses else None, source=STEPS,
        empty=N_("这一年没有培训班。"),
    )  # fmt: skip
    return [covered, held, people.untrained(order)]
