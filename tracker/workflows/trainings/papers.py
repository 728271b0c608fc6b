"""What the papers of a session say, before somebody looks them over."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.cases.guards import part_holders
from tracker.core.clock import office_date, office_time
from tracker.core.registers.models import Organisation
from tracker.core.staff.models import Person
from tracker.web import wording
from tracker.workflows.trainings import content, staffing
from tracker.workflows.trainings.asks import TOPICS
from tracker.workflows.trainings.content import LISTED
from tracker.workflows.trainings.guards import entered_by
from tracker.workflows.trainings.models import AUDIENCES, MUST_LABELS, Training
from tracker.workflows.trainings.queries import Line, counts_of, lines_of

_ONLINE, _ON_SITE = "线上", "线下"
_BY = {"qr": "扫码", "list": "名单", "": ""}


def values(session: Session, case: Training, kind: str, now: datetime) -> dict[str, Any]:
    """The fields of a paper as far as the session knows them."""
    return _FILLED[kind](session, case, now)


def _notice(session: Session, case: Training, now: datetime) -> dict[str, Any]:
    exam = f"考试，{case.pass_mark}分合格，不合格的补考一次" if case.pass_mark else "签到和签退齐全"
    return {
        **_course(case),
        "addressee": "各有关单位",
        "content": case.content,
        "audience": AUDIENCES[case.audience],
        "quota": f"{case.quota}人",
        "manner": _ONLINE if case.online else _ON_SITE,
        "enrol_by": case.enrol_by,
        "exam": exam,
        "must": _must(session, case, now),
        "basis": basis_at(case.region_code),
        "contact": _contact(session, case),
    }


@cache
def _bases() -> tuple[tuple[str, str], ...]:
    """What notices rest on, the most specific place first."""
    text = files(__package__).joinpath("bases.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["basis"]
    return tuple(sorted(((r["jurisdiction"], r["text"]) for r in rows), key=lambda r: -len(r[0])))


def basis_at(region_code: str) -> str:
    """The ground a notice names at a place: the law, and the local notice where there is one."""
    return next(text for place, text in _bases() if region_code.startswith(place))


def _must(session: Session, case: Training, now: datetime) -> list[dict[str, Any]]:
    due = staffing.must_come(session, case, office_date(now))
    names = dict(
        session.execute(
            select(Person.id, Person.name).where(Person.id.in_([one.person_id for one in due]))
        ).all()
    )
    units = dict(
        session.execute(
            select(Organisation.id, Organisation.short_name).where(
                Organisation.id.in_([one.org_id for one in due])
            )
        ).all()
    )
    return [
        {
            "no": n,
            "name": names[one.person_id],
            "unit": units.get(one.org_id or 0, ""),
            # Every unit reads the notice: who has failed, or is short of hours, is not told there.
            "why": MUST_LABELS["new"] if one.must == "new" else "",
        }
        for n, one in enumerate(due, 1)
    ]


def _attendance(session: Session, case: Training, _now: datetime) -> dict[str, Any]:
    lines = _listed(session, case)
    counts = counts_of(case, lines)
    course = _course(case)
    del course["topic"]
    return {
        **course,
        **_numbered(session, case),
        "people": [
            {
                "no": n,
                "name": one.person.name,
                "unit": one.unit,
                "signed_in": _moment(one.row.signed_in_at),
                "signed_out": _moment(one.row.signed_out_at),
                "way": _BY[one.row.sign_way],
                "signature": "",
            }
            for n, one in enumerate(lines, 1)
        ],
        "counts": f"应到{counts.listed}人，实到{counts.came}人，签到签退齐全{counts.attended}人",
    }


def _marks(session: Session, case: Training, now: datetime) -> dict[str, Any]:
    lines = [one for one in _listed(session, case) if one.attended]
    good = sum(content.passed(case, one.row) for one in lines)
    markers = session.scalars(
        select(User.name).where(User.id.in_(entered_by(session, case.id))).order_by(User.id)
    )
    return {
        **_numbered(session, case),
        "course": case.title,
        "held_on": office_date(case.ends_at or now),
        "pass_mark": f"{case.pass_mark}分",
        "marks": [
            {
                "no": n,
                "name": one.person.name,
                "unit": one.unit,
                "score": _score(one.row.score),
                "resit": _score(one.row.resit),
                "outcome": _outcome(case, one),
            }
            for n, one in enumerate(lines, 1)
        ],
        "counts": f"参加考试{sum(one.row.score is not None for one in lines)}人，合格{good}人",
        "marked_by": "、".join(markers),
    }


def _certificate(session: Session, case: Training, now: datetime) -> dict[str, Any]:
    lines = [one for one in _listed(session, case) if one.row.certificate_no]
    return {
        "course": case.title,
        "topic": TOPICS[case.topic],
        "from_on": content.day_of(case),
        "to_on": office_date(case.ends_at or now),
        "hours": wording.number(case.hours),
        "people": [
            {
                "no": n,
                "name": one.person.name,
                "unit": one.unit,
                "hours": wording.number(one.row.hours),
                "score": _score(content.best(one.row)),
                "certificate_no": one.row.certificate_no,
            }
            for n, one in enumerate(lines, 1)
        ],
    }


def _summary(session: Session, case: Training, _now: datetime) -> dict[str, Any]:
    lines = _listed(session, case)
    counts = counts_of(case, lines)
    missing = [one.person.name for one in lines if not content.passed(case, one.row)]
    return {
        **_course(case),
        **_numbered(session, case),
        "audience": AUDIENCES[case.audience],
        "listed": f"{counts.listed}人",
        "came": f"{counts.came}人",
        "passed": f"{counts.passed}人",
        "evaluation": case.summary,
        "absent": "、".join(missing),
    }


# ---------------------------------------------------------------- parts


def _course(case: Training) -> dict[str, Any]:
    return {
        "course": case.title,
        "topic": TOPICS[case.topic],
        "starts_at": case.starts_at,
        "ends_at": case.ends_at,
        "venue": case.venue,
        "teacher": case.teacher,
        "hours": wording.number(case.hours),
    }


def _numbered(session: Session, case: Training) -> dict[str, Any]:
    house = session.get_one(Organisation, case.bureau_id)
    return {"organ": house.name, "case_number": case.number or ""}


def _listed(session: Session, case: Training) -> Sequence[Line]:
    return [one for one in lines_of(session, case) if one.row.standing == LISTED]


def _contact(session: Session, case: Training) -> str:
    holders = part_holders(session, case.id, "organiser")
    user = session.get(User, holders[0]) if holders else None
    return f"{user.name} {user.phone or ''}".strip() if user is not None else ""


def _moment(moment: datetime | None) -> str:
    return f"{office_time(moment):%Y-%m-%d %H:%M}" if moment else ""


def _score(score: int | None) -> str:
    return "" if score is None else str(score)


def _outcome(case: Training, one: Line) -> str:
    if content.passed(case, one.row):
        return "合格"
    return "缺考" if one.row.score is None else "不合格"


_FILLED: dict[str, Callable[[Session, Training, datetime], dict[str, Any]]] = {
    "training_notice": _notice,
    "attendance_sheet": _attendance,
    "mark_sheet": _marks,
    "training_certificate": _certificate,
    "training_summary": _summary,
}
