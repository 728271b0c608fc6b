"""Gaps of the demo that people have worked on; the rest are opened by the product's own watch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.staff import register
from tracker.core.staff.models import Duty
from tracker.core.staff.register import PostData
from tracker.demo.seats import COMES_LATER
from tracker.demo.walking import Custom, Moment, Trade
from tracker.demo.walks import Day, Walk
from tracker.workflows.vacancies.models import Vacancy

_SUPERVISOR = "supervisor"


def _nothing(_moment: Moment) -> Mapping[str, Any]:
    return {}


CUSTOMS: dict[str, Custom] = {
    "open": Custom(_SUPERVISOR, _nothing),
    "set_plan": Custom(
        _SUPERVISOR, lambda _m: {"plan": "从乡镇公益性岗位人员中选配，先培训后上岗。（示例）"}
    ),
    "urge": Custom(_SUPERVISOR, _nothing),
    "fill": Custom(_SUPERVISOR, _nothing),
    "excuse": Custom("head", lambda _m: {"note": "该镇正在合并，人员一并安排。（示例）"}),
}


def _arrives(session: Session, moment: Moment) -> None:
    """The registrar enters somebody who has been trained elsewhere."""
    register.add_holding(
        session,
        moment.office.people["filler"],
        PostData(
            COMES_LATER, Duty.STATISTICIAN, moment.today, title="统计员", full_time=True,
            on_payroll=True,
        ),
        confirmed_on=moment.today,
        actor_id=moment.who("registrar"),
        now=moment.now,
    )  # fmt: skip


TRADE = Trade("vacancy", Vacancy, CUSTOMS, {"~arrives": _arrives}, folder="vacancies")

# Key, bureau, place, course.
_GAPS = (
    ("v-planned", ".500107", "500107110000", "open@-18 set_plan@-12 urge@-4"),
    ("v-filled", ".220881", COMES_LATER, "open@-50 urge@-40 ~arrives@-14 fill@-12"),
    ("v-excused", ".500118", "500118113000", "open@-100 excuse@-60"),
)


def vacancy_walks() -> Iterator[Walk]:
    """The gaps."""
    for key, crew, place, course in _GAPS:
        words: dict[str, dict[str, Any]] = {
            "open": {"subject": f"place:{place}"},
            "set_plan": {"until": Day(20)},
        }
        yield Walk(key, "vacancy", crew, course, words)
