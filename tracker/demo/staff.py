"""The register of statisticians of the demo: invented people in real places.

Everybody says so in the note, and no identity number can be anybody's: its check digit is right,
its region (99) does not exist. The unit counts are synthetic and marked.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.clock import office_date
from tracker.core.registers.models import Organisation
from tracker.core.registers.names import name_key
from tracker.core.staff import numbers
from tracker.core.staff.models import (
    Holding,
    Person,
    PlaceCount,
    Qualification,
    TrainingKind,
    TrainingRecord,
)
from tracker.core.vault.keys import Kek
from tracker.demo.seats import LEAVES, NEW, Seat, seats

NOTE = "示例人员（虚构）"
_COUNTS = "synthetic-unit-counts.csv"
_NOWHERE = "990101"
_FAMILY = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
)  # fmt: skip
_FIRST = "建志文海丽永思春立佳国雨振慧明秀子宏玉俊婉德若启凤一淑景可"
_SECOND = "平远静涛华强源燕新宁栋桐敏轩兰涵伟洁峰清胜曦航霞鸣芬行欣泽岚安"
_EDUCATION = ("大学本科", "大学专科", "研究生", "大学专科")
_RANKS = ("", "junior", "", "middle", "", "", "senior")
# Kind, title, hours, how many days ago, and whom of so many it reached.
_THIS_YEAR = (
    (TrainingKind.SKILLS, "统计报表业务培训（示例）", 32, 150, 4, 3),
    (TrainingKind.LAW, "统计法律法规培训（示例）", 16, 110, 2, 1),
    (TrainingKind.SECRECY, "统计保密教育（示例）", 8, 95, 3, 1),
    (TrainingKind.OTHER, "统计网络课程（示例）", 40, 70, 3, 2),
)


def enter(
    session: Session,
    orgs: Mapping[str, Organisation],
    users: Mapping[str, User],
    kek: Kek,
    now: datetime,
) -> dict[str, int]:
    """Write the people with their posts and training, and the unit counts.

    Answers whom the walks speak of, by what they are called there: the ids of the people.
    """
    today = office_date(now)
    filled = list(seats(session))
    people = [_person(n, seat, users, now) for n, seat in enumerate(filled)]
    session.add_all(people)
    session.flush()
    for number, person in enumerate(people):
        _give_number(person, number, kek)
    posts = list(_holdings(filled, people, orgs, today))
    session.execute(insert(Holding), posts)
    session.execute(insert(TrainingRecord), list(_records(filled, people, posts, today)))
    session.execute(insert(Qualification), list(_certificates(people, today)))
    session.execute(insert(PlaceCount), list(_counts(now)))
    session.flush()
    return {s.called: p.id for s, p in zip(filled, people, strict=True) if s.called}


def identity_number(number: int) -> str:
    """An invented 18-digit number: a region that does not exist, a right check digit (GB 11643)."""
    born = date(1966, 1, 1) + timedelta(days=number * 23 % 13000)
    body = f"{_NOWHERE}{born:%Y%m%d}{number % 1000:03d}"
    return body + numbers.check_character(body)


# ---------------------------------------------------------------- people


def _person(number: int, seat: Seat, users: Mapping[str, User], now: datetime) -> Person:
    user = users.get(seat.called)
    name = user.name if user else _name(number)
    return Person(
        name=name,
        name_key=name_key(name),
        region_code=seat.region_code,
        phone=f"000-0001-{number:04d}",
        education=_EDUCATION[number % len(_EDUCATION)],
        rank=_RANKS[number % len(_RANKS)],
        user_id=user.id if user else None,
        note=NOTE,
        created_at=now - timedelta(days=200),
    )


def _name(number: int) -> str:
    family = _FAMILY[number % len(_FAMILY)]
    return family + _FIRST[number % len(_FIRST)] + _SECOND[number * 7 % len(_SECOND)]


def _give_number(person: Person, number: int, kek: Kek) -> None:
    known = identity_number(number)
    person.number_mask = numbers.mask(known)
    person.number_hash = numbers.digest(known, kek)
    person.number_seal = numbers.seal(known, person.id, kek)


def _certificates(people: Iterable[Person], today: date) -> Iterator[dict[str, Any]]:
    for person in people:
        if person.rank:
            yield {
                "person_id": person.id,
                "name": "统计专业技术资格（示例）",
                "number": f"示例证{person.id:05d}",
                "obtained_on": today - timedelta(days=900 + person.id % 1500),
                "expires_on": None,
            }


# ---------------------------------------------------------------- posts


def _since(number: int, seat: Seat, today: date) -> date:
    days = NEW.get(seat.region_code) if seat.new else None
    return today - timedelta(days=days or 400 + number * 37 % 2400)


def _holdings(
    filled: list[Seat], people: list[Person], orgs: Mapping[str, Organisation], today: date
) -> Iterator[dict[str, Any]]:
    for number, (seat, person) in enumerate(zip(filled, people, strict=True)):
        if not seat.duty:
            continue
        since = _since(number, seat, today)
        leave = LEAVES.get(seat.region_code, (None, None)) if not seat.left else (None, None)
        yield {
            "person_id": person.id,
            "region_code": seat.region_code,
            "org_id": orgs[seat.org].id if seat.org else None,
            "duty": seat.duty,
            "title": seat.title,
            "full_time": seat.full_time,
            "on_payroll": seat.on_payroll,
            "since": since,
            "confirmed_on": None if seat.new else since,
            "until": today - timedelta(days=seat.left) if seat.left else None,
            "end_reason": "out" if seat.left else "",
            "leave_from": _away(today, leave[0]),
            "leave_to": _away(today, leave[1]),
            "successor_id": None,
        }
        if seat.new or (number % 6 == 0 and not seat.left):
            yield _before(seat, people, number, since, orgs)


def _before(
    seat: Seat, people: list[Person], number: int, since: date, orgs: Mapping[str, Organisation]
) -> dict[str, Any]:
    """Somebody of the same register held the seat until the day before."""
    return {
        "person_id": people[number - 1].id,
        "region_code": seat.region_code,
        "org_id": orgs[seat.org].id if seat.org else None,
        "duty": seat.duty,
        "title": seat.title,
        "full_time": seat.full_time,
        "on_payroll": seat.on_payroll,
        "since": since - timedelta(days=730),
        "confirmed_on": since - timedelta(days=730),
        "until": since - timedelta(days=1),
        "end_reason": "move",
        "leave_from": None,
        "leave_to": None,
        "successor_id": people[number].id,
    }


def _away(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


# ---------------------------------------------------------------- training


def _records(
    filled: list[Seat], people: list[Person], posts: list[dict[str, Any]], today: date
) -> Iterator[dict[str, Any]]:
    began: dict[int, date] = {}
    for post in posts:
        began[post["person_id"]] = min(post["since"], began.get(post["person_id"], today))
    for number, (seat, person) in enumerate(zip(filled, people, strict=True)):
        if seat.new:
            continue
        first = began.get(person.id, today - timedelta(days=500)) - timedelta(days=9)
        yield _record(
            person, first, TrainingKind.INDUCTION, "统计人员岗前培训（示例）", 16,
            score=70 + number % 29, certificate_no=f"示例训{number:05d}",
        )  # fmt: skip
        if seat.left:
            continue
        if number % 5:
            last_year = date(today.year - 1, 10, 20)
            yield _record(person, last_year, TrainingKind.GENERAL, "年度综合业务培训（示例）", 24)
        for kind, title, hours, ago, whole, part in _THIS_YEAR:
            if number % whole < part:
                yield _record(person, today - timedelta(days=ago), kind, title, hours)


def _record(
    person: Person,
    on: date,
    kind: TrainingKind,
    title: str,
    hours: int,
    *,
    score: int | None = None,
    certificate_no: str = "",
) -> dict[str, Any]:
    return {
        "person_id": person.id,
        "held_on": on,
        "kind": kind.value,
        "title": title,
        "hours": Decimal(hours),
        "score": score,
        "passed": True,
        "certificate_no": certificate_no,
        "organiser": "县级统计机构（示例）",
        "source": "import",
    }


# ---------------------------------------------------------------- unit counts


def _counts(now: datetime) -> Iterator[dict[str, Any]]:
    text = files(__package__).joinpath("data", _COUNTS).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield {
            "region_code": row["region_code"],
            "count": int(row["count"]),
            "as_of": date.fromisoformat(row["as_of"]),
            "source": f"示例数（{_COUNTS}），不是该地的统计数",
            "synthetic": row["synthetic"] == "1",
            "entered_at": now - timedelta(days=200),
        }
