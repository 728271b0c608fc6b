"""Inspection plans of the demo: a year's plan that was drawn, its tasks, and plans at other points.

The drawn tasks are walked on by whoever was drawn, so these walks ask who that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.calendar.days import Calendar
from tracker.demo.organisations import CHONGQING, JILIN, ORDOS
from tracker.demo.people import CERTIFICATES_END
from tracker.demo.walking import Custom, Moment, Trade, issue
from tracker.demo.walks import Walk, on_day
from tracker.workflows.plans.models import Plan

_HANDLER = "inspector1"
_HOMES = {".ordos": ORDOS, ".jilin": JILIN, ".chongqing": CHONGQING}
_DRAWN = 22  # working days ago
_SEED = {
    "seed": "3 1 6 4 2 5",
    "seed_source": "当众掷骰六次（示例）",
    "place": "三楼会议室",
}


def _nothing(_moment: Moment) -> Mapping[str, Any]:
    return {}


def _content(moment: Moment) -> dict[str, Any]:
    year = int(moment.walk.words["draft"]["year"])
    return {
        "aims": "抽查联网直报单位的统计数据质量，规范原始记录和统计台账。（示例）",
        "basis": "国家统计局统计执法“双随机”抽查办法（试行）；国办发〔2024〕54号",
        "items": ("reporting", "ledgers"),
        "check_from": date(year, 1, 1),
        "check_to": date(year, 12, 31),
        "count_industry": 3,
        "count_commerce": 3,
        "count_construction": 1,
        "teams": 3,
        "team_size": 2,
    }


def _last_day(moment: Moment) -> date:
    """Two weeks of checks, as far as the year and today's certificates reach."""
    day = moment.today
    ends = [date(day.year, 12, 31), moment.day(10)]
    ends += [end for end in CERTIFICATES_END if end >= day]
    return min(ends)


CUSTOMS: dict[str, Custom] = {
    "draft": Custom(_HANDLER, _content),
    "add_objects": Custom(_HANDLER, lambda m: {"region_code": _HOMES[m.walk.crew]}),
    "add_officers": Custom(_HANDLER, lambda _m: {"all": True}),
    "list_directed": Custom(
        _HANDLER,
        lambda _m: {"kind": "special", "target": "能源统计调查单位", "months": "10 月至 11 月",
                    "reason": "能源统计数据质量专项检查"},
    ),
    "submit": Custom(_HANDLER, _nothing),
    "approve": Custom("head", _nothing),
    "drop": Custom(_HANDLER, lambda _m: {"note": "与年度计划重复，另行起草。"}),
    "freeze": Custom(
        _HANDLER,
        lambda m: {"drawer": m.who("inspector4"), "second": m.who("inspector5"),
                   "monitor": m.who("supervisor2"), "first_day": m.today,
                   "last_day": _last_day(m)},
    ),
    "draw_lots": Custom("inspector4", lambda _m: dict(_SEED)),
    "confirm_draw": Custom("inspector5", _nothing),
    "witness": Custom("supervisor2", _nothing),
    "summarise": Custom(_HANDLER, lambda _m: {"summary": "检查对象均已办结。（示例）"}),
    "close": Custom("supervisor", _nothing),
}  # fmt: skip


def _record(session: Session, moment: Moment) -> None:
    """The printed record of the draw."""
    issue(session, moment, "draw_record")


TRADE = Trade("plan", Plan, CUSTOMS, {"~record": _record})

_LISTED = "add_objects add_officers"
_YEAR = (
    f"draft@-40 {_LISTED} list_directed submit@-38 approve@-36 freeze@-{_DRAWN} draw_lots "
    "confirm_draw witness ~record"
)
_ONE: dict[str, Any] = {
    "count_industry": 1,
    "count_commerce": None,
    "count_construction": None,
    "teams": 1,
}
# Key, home, course, how the plan differs.
_PLANS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("n-year", "ordos", _YEAR, {}),
    ("n-next", "ordos", f"draft@-9 {_LISTED} submit@-2",
     {**_ONE, "title": "冬季能源统计随机抽查计划", "count_industry": 2}),
    ("n-draft", "ordos", "draft@-3 add_officers@-2",
     {**_ONE, "title": "投资项目统计随机抽查计划"}),
    ("n-approved", "jilin", f"draft@-12 {_LISTED} submit@-8 approve@-6", _ONE),
    ("n-monitor", "jilin",
     f"draft@-20 {_LISTED} submit@-18 approve@-15 freeze@-1 draw_lots confirm_draw",
     {**_ONE, "title": "商贸企业统计随机抽查计划"}),
    ("n-drawing", "chongqing", f"draft@-14 {_LISTED} submit@-12 approve@-9 freeze@-2", _ONE),
    ("n-second", "chongqing",
     f"draft@-15 {_LISTED} submit@-13 approve@-10 freeze@-1 draw_lots",
     {**_ONE, "title": "能源统计随机抽查计划"}),
)  # fmt: skip

# What became of the seven drawn tasks; the last ones still wait to be prepared.
_TASKS = (
    "~rows@-20 submit_check@-19 approve_check@-18 serve_notice@-16 enter_site@-14 ~clean "
    "record_site finish_site@-13 propose_clean@-12 confirm_result@-10 give_feedback@-8 publish@-7 "
    "close@-5",
    "~rows@-19 submit_check@-18 approve_check@-17 serve_notice@-14 enter_site@-12 ~all "
    "record_site finish_site@-11 propose_order@-10 approve_order@-8 serve_order@-7 "
    "publish@-2",
    "~rows@-18 submit_check@-17 approve_check@-16 serve_notice@-4 enter_site@-2 ~half",
    "~rows@-16 submit_check@-15 approve_check@-14 serve_notice@-3",
    "~rows@-6 submit_check@-5 approve_check@-3",
    "~rows@-4 submit_check@-1",
    "",
)


def _year(course: str, calendar: Calendar, base: date) -> int:
    """The year of the draw, or of the draft where nothing is drawn yet."""
    dated = dict(token.split("@") for token in course.split() if "@" in token)
    return on_day(dated.get("freeze", dated["draft"]), calendar, base).year


def plan_walks(calendar: Calendar, base: date) -> Iterator[Walk]:
    """The plans, and the tasks that were drawn from the year's."""
    for key, place, course, more in _PLANS:
        year = _year(course, calendar, base)
        told = {**more, "year": str(year)}
        if "title" in more:
            told["title"] = f"{year}年{more['title']}"
        yield Walk(key, "plan", f".{place}", course, {"draft": told})
    for number, course in enumerate(_TASKS, start=1):
        if course:
            yield Walk(f"n-task{number}", "inspection", ".ordos", course,
                       parent=f"n-year#{number}", drawn=True)  # fmt: skip
