"""Penalty cases of the three homes: invented, one or more at every state of the procedure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from tracker.core.cases.opening import SeedFigure
from tracker.demo.units import party
from tracker.demo.walks import Day, Parts, Walk

NOTE = "演示说明：单位、数据和人员都是虚构的。"
_INQUIRED = ("提供不真实的统计资料", "上报的营业收入高于开票金额，企业没有说明原因。")
_LATE = ("迟报统计资料", "超过规定的报送期限两天才报送月报。")


class Course(NamedTuple):
    """One case in a line: its place and unit, its steps, and what is said differently."""

    key: str
    place: str
    unit: int
    course: str
    words: dict[str, dict[str, Any]] = {}
    matter: tuple[str, str] = _INQUIRED


def _filed(first: int) -> str:
    """From the source to an open case, beginning some working days ago."""
    return f"register@-{first} propose_opening@-{first - 2} approve_opening@-{first - 3}"


def _reported(first: int, report: int) -> str:
    return f"{_filed(first)} ~figures@-{report + 2} ~evidence submit_report@-{report}"


def _weighed(first: int, report: int) -> str:
    return f"{_reported(first, report)} approve_report@-{report - 1}"


def _noticed(first: int, report: int, notice: int) -> str:
    return f"{_weighed(first, report)} serve_notice@-{notice}"


def _served(first: int, decided: int) -> str:
    """Decided some working days ago and served the next; the party let its rights go."""
    return (
        f"{_noticed(first, decided + 6, decided + 3)} waive@-{decided + 2} "
        f"propose_decision@-{decided + 1} decide@-{decided} serve_decision@-{decided - 1}"
    )


def _paid(first: int, decided: int, paid: int) -> str:
    return f"{_served(first, decided)} record_payment@-{paid} complete_performance@-{paid}"


_SMALL = {"fine": Decimal(20000)}
_SMALL_WORDS = {"submit_report": _SMALL, "propose_decision": _SMALL, "record_payment": {
    "amount": Decimal(20000)}}  # fmt: skip
_COMPLEX: dict[str, dict[str, Any]] = {
    "submit_report": {"complicated": True, "fine": Decimal(80000), "table": "demo-ordos"},
}
_FRESH_FIRM = {"register": {"act_to": Day(-640), "found_on": Day(-21)}}
_WAITS = _served(190, 160)

ORDOS = (
    Course("p-source", "ordos", 0, "register@-3"),
    Course("p-opening", "ordos", 1, "register@-5 propose_opening@-2"),
    Course("p-declining", "ordos", 2, "register@-6 propose_declining@-1"),
    Course("p-moving", "ordos", 3, "register@-7 propose_transfer@-2"),
    Course("p-preserved", "ordos", 4,
           f"{_filed(16)} ~figures@-8 ~evidence ~ask_keep@-7 ~approve_keep@-6 ~keep"),
    Course("p-extension", "ordos", 6, f"{_filed(58)} ~figures@-40 ask_extension@-1"),
    Course("p-moving-case", "ordos", 8, f"{_filed(20)} propose_move@-1"),
    Course("p-reporting", "ordos", 9, _reported(25, 1),
           {"submit_report": {"table": "demo-ordos", "fine": Decimal(60000)}}),
    Course("p-weighing", "ordos", 10, _weighed(30, 3), _SMALL_WORDS),
    Course("p-reviewing", "ordos", 11, f"{_weighed(32, 6)} send_to_review@-2", _COMPLEX),
    Course("p-discussing", "ordos", 12,
           f"{_weighed(38, 10)} send_to_review@-8 pass_review@-5 send_to_discussion@-2", _COMPLEX),
    Course("p-noticed", "ordos", 13, _noticed(35, 6, 3)),
    Course("p-arranging", "ordos", 15, f"{_noticed(40, 9, 6)} request_hearing@-2"),
    Course("p-summoned", "ordos", 16,
           f"{_noticed(42, 10, 7)} request_hearing@-4 set_hearing@-1"),
    Course("p-hearing", "ordos", 17,
           f"{_noticed(44, 12, 9)} request_hearing@-6 set_hearing@-4 serve_hearing_notice@-3"),
    Course("p-proposing", "ordos", 18, f"{_noticed(46, 13, 10)} waive@-2"),
    Course("p-deciding", "ordos", 19,
           f"{_noticed(48, 14, 11)} waive@-6 propose_decision@-1"),
    Course("p-unpunished", "ordos", 20,
           f"{_weighed(40, 8)} propose_no_penalty@-5 decide_no_penalty@-2",
           {"submit_report": {"outcome": "no_penalty", "warning": False, "fine": None,
                              "ground": "first"}}),
    Course("p-decided", "ordos", 21,
           f"{_noticed(50, 12, 9)} waive@-8 propose_decision@-6 decide@-4"),
    Course("p-to-pay", "ordos", 22, _served(55, 8)),
    Course("p-instalments", "ordos", 23,
           f"{_served(110, 75)} ask_instalments@-70 approve_instalments@-68 record_payment@-48",
           {"ask_instalments": {"plan": Parts(((-46, 20000), (-12, 20000), (20, 20000)))},
            "record_payment": {"amount": Decimal(20000)}}),
    Course("p-review", "ordos", 24,
           f"{_served(60, 20)} record_review@-8 review_accepted@-5 review_copy@-4"),
    Course("p-demanded", "ordos", 25, f"{_WAITS} serve_demand@-24"),
    Course("p-publish", "ordos", 29, _paid(45, 5, 2)),
    Course("p-archiving", "ordos", 31,
           f"{_paid(70, 35, 28)} publish@-26 propose_closing@-14 close@-12"),
    Course("p-declined", "ordos", 33,
           "register@-20 propose_declining@-17 approve_declining@-15",
           {**_FRESH_FIRM, "propose_declining": {
               "ground": "out_of_time", "note": "行为终了已满两年才发现，超过追究时效。"}}),
    Course("p-moved", "ordos", 34, "register@-25 propose_transfer@-21 approve_transfer@-19"),
    Course("p-spot", "ordos", 35, "spot@0", {}, _LATE),
    Course("p-spot-filing", "ordos", 36, "spot@-1 file_spot@-1",
           {"file_spot": {"collected": Decimal(1000)}}, _LATE),
    Course("p-crime", "ordos", 37, f"{_filed(30)} ~figures@-14 open_crime@-12"),
    Course("p-sanction", "ordos", 38, f"{_served(165, 130)} record_payment@-122 "
           "complete_performance@-122 publish@-121 open_sanction@-120 "
           "open_recognition@-30 propose_closing@-1"),
)  # fmt: skip
OTHERS = (
    Course("p-j-suspended", "jilin", 1, f"{_filed(35)} ~exits@-11 suspend_case@-10"),
    Course("p-j-objection", "jilin", 3,
           f"{_WAITS} serve_demand@-44 apply_court@-20 court_refuses@-12 court_object@-5"),
    Course("p-c-withdrawing", "chongqing", 0, f"{_filed(22)} propose_withdrawal@-1"),
)  # fmt: skip


# The cases of a bureau are spread over three teams.
_TEAMS: tuple[dict[str, str], ...] = (
    {},
    {"inspector1": "inspector4", "inspector2": "inspector5"},
    {"inspector1": "inspector7", "inspector2": "inspector6"},
)


def penalty_walks() -> Iterator[Walk]:
    """All invented penalty cases."""
    for course in (*ORDOS, *OTHERS):
        yield _walk(course)


def _walk(course: Course) -> Walk:
    matter, facts = course.matter
    party_ = party(course.place, course.unit)
    opening = course.course.split("@")[0]
    words: dict[str, dict[str, Any]] = {
        "~figures": {"rows": [_figure(course.unit)]},
        **course.words,
    }
    words[opening] = {
        "matter": matter, "facts": f"{facts}\n{NOTE}", **party_, **words.get(opening, {}),
    }  # fmt: skip
    others = _TEAMS[course.unit % len(_TEAMS)]
    return Walk(course.key, "penalty", f".{course.place}", course.course, words, who=others)


def _figure(number: int) -> SeedFigure:
    """Each case has its own figures; the ratio lies between 24 and 46 %."""
    due = Decimal(61740 + 911 * number)
    reported = due * (Decimal(124 + number % 23) / 100)
    return SeedFigure(
        "营业收入", "千元", "本年累计", reported.quantize(Decimal(1)), due, "联网直报"
    )
