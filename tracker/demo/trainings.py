"""Training of the demo: the plans of six bureaus, and a session at every point of its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.calendar.days import Calendar
from tracker.core.clock import at_office
from tracker.core.db import db
from tracker.demo.walking import Custom, Moment, Trade
from tracker.demo.walks import Walk, on_day
from tracker.workflows.programmes.models import Programme, ProgrammeLine
from tracker.workflows.trainings import content, lines, staffing
from tracker.workflows.trainings.models import Enrolment, Training

_TRAINER = "trainer"
# A plan runs in the year in which so many working days ago lies.
_SETTLED = 60
_PASS_MARK = 60


def _nothing(_moment: Moment) -> Mapping[str, Any]:
    return {}


# ---------------------------------------------------------------- the year


def _line(title: str, kind: str, audience: str, month: int, times: int, hours: int, people: int,
          budget: int, purpose: str = "") -> dict[str, Any]:  # fmt: skip
    return {
        "title": title, "kind": kind, "audience": audience, "month": month, "times": times,
        "hours": Decimal(hours), "people": people, "budget": Decimal(budget), "purpose": purpose,
    }  # fmt: skip


_CITY_LINES = (
    _line("旗区统计人员综合业务培训（示例）", "general", "county", 10, 1, 24, 30, 30000),
    _line("统计法律法规培训（示例）", "law", "all", 4, 2, 16, 60, 12000),
    _line("统计保密教育（示例）", "secrecy", "county", 6, 1, 8, 40, 3000),
)
_COUNTY_LINES = (
    _line("新任统计人员岗前培训（示例）", "induction", "all", 3, 4, 16, 40, 8000),
    _line("报表业务培训（示例）", "skills", "township", 9, 2, 32, 30, 9000, "新的报表制度"),
    _line("基层统计人员综合业务培训（示例）", "general", "all", 5, 1, 24, 120, 15000),
)


def _add_line(moment: Moment) -> dict[str, Any]:
    known = _COUNTY_LINES if moment.walk.crew[1:].isdigit() else _CITY_LINES
    number = int(moment.deed.named.partition("#")[2] or 1)
    return dict(known[number - 1])


def _which(moment: Moment) -> dict[str, Any]:
    """The line that a session is opened from: the n-th of the plan."""
    rows = db.session().scalars(
        select(ProgrammeLine.id)
        .where(ProgrammeLine.case_id == moment.case_id)
        .order_by(ProgrammeLine.id)
    )
    number = int(moment.deed.named.partition("#")[2] or 1)
    return {"line": str(list(rows)[number - 1])}


PROGRAMME_CUSTOMS: dict[str, Custom] = {
    "draft": Custom(_TRAINER, _nothing),
    "write_needs": Custom(
        _TRAINER,
        lambda _m: {"needs": "新任人员要先培训后上岗；部分人员学时不足；报表制度有调整。（示例）"},
    ),
    "add_line": Custom(_TRAINER, _add_line),
    "submit": Custom(_TRAINER, _nothing),
    "approve": Custom("head", lambda _m: {"budget": Decimal(70000)}),
    "open_session": Custom(_TRAINER, _which),
    "record_general": Custom(
        _TRAINER, lambda m: {"on": m.day(-20), "note": "线下举办，签到表存档。（示例）"}
    ),
    "finish": Custom(_TRAINER, _nothing),
    "summarise": Custom(
        _TRAINER,
        lambda _m: {
            "summary": "计划的培训均已举办，参训人员反映良好。（示例）",
            "next_year": "增加线上课程。",
            "spent": Decimal(28000),
        },
    ),
    "close": Custom("supervisor", _nothing),
}
PROGRAMMES = Trade("programme", Programme, PROGRAMME_CUSTOMS, files_by=_TRAINER)

_PLANNED = "write_needs add_line add_line add_line"
# Key, bureau, and the course; {a} {b} {c} are the first days of the year, {e} its last ones.
_YEARS = (
    ("y-ordos", ".ordos", f"draft@{{a}} {_PLANNED} submit@{{b}} approve@{{c}} open_session@-27"),
    ("y-jilin", ".jilin", f"draft@{{a}} {_PLANNED} submit@{{b}} approve@{{c}}"),
    ("y-chongqing", ".chongqing", f"draft@{{a}} {_PLANNED} submit@{{b}} approve@{{c}}"),
    ("y-150602", ".150602",
     f"draft@{{a}} {_PLANNED} submit@{{b}} approve@{{c}} open_session@-9 open_session@-2"),
    ("y-220102", ".220102",
     f"draft@{{a}} {_PLANNED} submit@{{b}} approve@{{c}} record_general@-30 finish@-4"),
    ("y-500107", ".500107",
     f"draft@{{a}} {_PLANNED} submit@{{b}} approve@{{c}} record_general@-28 finish@-8 "
     "summarise@-3"),
)  # fmt: skip


def programme_walks(calendar: Calendar, base: date) -> Iterator[Walk]:
    """The plans of the year, one that is over, and one of the next year."""
    year = calendar.add_workdays(base, -_SETTLED).year
    for key, crew, course in _YEARS:
        yield _year_walk(key, crew, course, year, calendar)
    over = f"draft@{{a}} {_PLANNED} submit@{{b}} approve@{{c}} record_general@{{d}} finish@{{e}} "
    yield _year_walk("y-over", ".150602", over + "summarise@{f} close@{g}", year - 1, calendar)
    ahead = calendar.add_workdays(base, -12).year + 1
    yield Walk(
        "y-next", "programme", ".ordos", f"draft@-12 {_PLANNED} submit@-5",
        {"draft": {"year": str(ahead)}},
    )  # fmt: skip


def _year_walk(key: str, crew: str, course: str, year: int, calendar: Calendar) -> Walk:
    days = {"a": (1, 6), "b": (1, 12), "c": (1, 16), "d": (6, 20), "e": (12, 20), "f": (12, 24)}
    told = {name: calendar.next_workday(date(year, *day)) for name, day in days.items()}
    told["g"] = calendar.add_workdays(told["f"], 3)
    return Walk(key, "programme", crew, course.format(**told), {"draft": {"year": str(year)}})


# ---------------------------------------------------------------- the sessions


def _details(moment: Moment) -> dict[str, Any]:
    """What the notice says; the walk gives the day of the session and what differs."""
    about = moment.walk.words["session"]
    day = on_day(str(about["on"]), moment.office.calendar, moment.office.base)
    return {
        "content": "统计法律法规、报表制度、数据报送和审核。（示例）",
        "venue": "示例街1号统计局培训室",
        "teacher": "示例教师",
        "hours": Decimal(16),
        "quota": 30,
        "pass_mark": _PASS_MARK,
        **{name: value for name, value in about.items() if name != "on"},
        "starts_at": at_office(day, 9),
        "ends_at": at_office(day, 17),
        "enrol_by": moment.office.calendar.add_workdays(day, -1),
    }


TRAINING_CUSTOMS: dict[str, Custom] = {
    "open": Custom(_TRAINER, _details),
    "edit": Custom(_TRAINER, _details),
    "announce": Custom(_TRAINER, _nothing),
    "close_enrolment": Custom(_TRAINER, _nothing),
    "start": Custom(_TRAINER, _nothing),
    "finish": Custom(_TRAINER, _nothing),
    "finish_plain": Custom(_TRAINER, _nothing),
    "submit_marks": Custom(_TRAINER, lambda _m: {"absent": True}),
    "record": Custom("registrar", _nothing),
    "close": Custom(
        _TRAINER, lambda _m: {"summary": "按计划举办，考勤和考核结果已记入档案。（示例）"}
    ),
    "cancel": Custom(_TRAINER, lambda _m: {"note": "与重点工作时间冲突，另行安排。"}),
}


def _enrol(session: Session, moment: Moment) -> None:
    """The organiser puts on the list whoever it reaches, up to a number that the walk says."""
    case, actor = moment.case(session, _TRAINER), moment.by(session, _TRAINER)
    side = staffing.side_of(session, case, actor)
    there = set(session.scalars(select(Enrolment.person_id).where(Enrolment.case_id == case.id)))
    found = staffing.sendable(session, case, side, moment.today)
    chosen = [p.id for p, _ in found if p.id not in there][: moment.walk.words["list"]["more"]]
    lines.enrol(session, actor, case.id, chosen, now=moment.now)


def _send(session: Session, moment: Moment) -> None:
    """A township sends its own people."""
    sender = moment.office.actor(session, moment.walk.words["list"]["sender"], moment.today)
    case_id = moment.case_id or 0
    case = moment.case(session, _TRAINER)
    side = staffing.side_of(session, case, sender)
    found = staffing.sendable(session, case, side, moment.today)
    lines.enrol(session, sender, case_id, [p.id for p, _ in found][:3], now=moment.now)


def _come(session: Session, moment: Moment) -> None:
    """All but every ninth came and stayed, as the paper list says."""
    _tick(session, moment, stayed=True)


def _come_in(session: Session, moment: Moment) -> None:
    """They have come and not left yet."""
    _tick(session, moment, stayed=False)


def _tick(session: Session, moment: Moment, *, stayed: bool) -> None:
    case, actor = moment.case(session, _TRAINER), moment.by(session, _TRAINER)
    came = min(case.starts_at - timedelta(minutes=5), moment.now)
    there = lines.Attendance(came, min(case.ends_at, moment.now) if stayed else None)
    rows = [r for n, r in enumerate(_listed(session, case.id), start=1) if n % 9]
    lines.tick(session, actor, case.id, {row.id: there for row in rows}, now=moment.now)


def _marks(session: Session, moment: Moment) -> None:
    """Every eighth failed; of those every other one passed the resit."""
    case, actor = moment.case(session, _TRAINER), moment.by(session, _TRAINER)
    found = {}
    for number, row in enumerate(filter(content.attended, _listed(session, case.id)), start=1):
        failed = number % 8 == 0
        resit = (75 if number % 16 else 48) if failed else None
        found[row.id] = lines.Marks(52 if failed else 70 + number * 7 % 29, resit)
    lines.mark(session, actor, case.id, found, now=moment.now)


def _listed(session: Session, case_id: int) -> list[Enrolment]:
    query = select(Enrolment).where(Enrolment.case_id == case_id, Enrolment.standing == "listed")
    return list(session.scalars(query.order_by(Enrolment.id)))


TRAININGS = Trade(
    "training",
    Training,
    TRAINING_CUSTOMS,
    {"~enrol": _enrol, "~send": _send, "~come": _come, "~in": _come_in, "~marks": _marks},
    files_by=_TRAINER,
)


def _about(on: int, title: str, topic: str, audience: str, **more: Any) -> dict[str, Any]:
    return {
        "on": f"{on:+d}" if on else "0",
        "title": f"{title}（示例）",
        "topic": topic,
        "audience": audience,
        **more,
    }


def _held(on: int) -> str:
    """From the notice to the day: announced, enrolled, closed, held."""
    return f"announce@{on - 10} ~enrol close_enrolment@{on - 2} start@{on} ~come@{on + 1} finish"


# Key, bureau, parent, course, about, the list.
_SESSIONS: tuple[tuple[str, str, str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("t-city", ".ordos", "y-ordos",
     f"edit@-26 {_held(-14)} ~marks@-12 submit_marks record@-9",
     _about(-14, "旗区统计人员综合业务培训", "general", "county", hours=Decimal(24), quota=4),
     {"more": 6}),
    ("t-next", ".150602", "y-150602",
     "edit@-8 announce@-7",
     _about(8, "新任统计人员岗前培训", "induction", "all", quota=40), {}),
    ("t-running", ".150602", "",
     "open@-14 announce@-12 ~enrol ~send@-8 close_enrolment@-3 start@0 ~in",
     _about(0, "报表业务培训", "skills", "township", hours=Decimal(32)),
     {"more": 6, "sender": "clerk.ordos"}),
    ("t-ready", ".220102", "", "open@-12 announce@-10 ~enrol close_enrolment@-1",
     _about(3, "统计法律法规培训", "law", "township", pass_mark=None), {"more": 8}),
    ("t-recording", ".220102", "",
     f"open@-18 {_held(-5)} ~marks@-3 submit_marks",
     _about(-5, "报表业务培训", "skills", "township", hours=Decimal(32)), {"more": 10}),
    ("t-induction", ".500107", "",
     f"open@-48 {_held(-36)} ~marks@-34 submit_marks record@-32 close@-29",
     _about(-36, "新任统计人员岗前培训", "induction", "all"), {"more": 9}),
    ("t-marking", ".500107", "", f"open@-14 {_held(-3)}",
     _about(-3, "统计业务知识培训", "skills", "township", hours=Decimal(24)), {"more": 12}),
    ("t-cancelled", ".chongqing", "", "open@-20 announce@-17 cancel@-11",
     _about(-6, "警示教育", "warning", "county", pass_mark=None, hours=Decimal(4)), {}),
)  # fmt: skip


def training_walks() -> Iterator[Walk]:
    """The sessions."""
    for key, crew, parent, course, about, listed in _SESSIONS:
        yield Walk(key, "training", crew, course, {"session": about, "list": listed}, parent=parent)
