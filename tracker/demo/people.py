"""The people of the demo: all invented, one of every role in each of three territories.

Names are put together from common family names and given names; telephone numbers follow the
pattern 000-0000-xxxx, which no network has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.accounts.models import Grant, PastPassword, User
from tracker.core.accounts.roles import Role
from tracker.core.registers.models import Officer, Organisation
from tracker.demo.organisations import (
    CHONGQING,
    ELSEWHERE,
    HOME_TOWNS,
    JILIN,
    ORDOS,
    TERRITORIES,
    VILLAGE,
    bureau,
    department,
    town,
    village,
)

# One password for every demo account; printed at the start, and good for nothing else.
PASSWORD = "Lantian-2026-demo"  # noqa: S105 - shown on the terminal on purpose

# The demo's oldest leads are of January 2017.
SINCE = date(2016, 12, 1)
# A certificate holds five years; each officer has had one after the other.
_CERTIFICATES = (
    (date(2016, 12, 1), date(2021, 11, 30)),
    (date(2021, 12, 1), date(2026, 11, 30)),
    (date(2026, 12, 1), date(2031, 11, 30)),
)
CERTIFICATES_END = tuple(last for _, last in _CERTIFICATES)
_EXPIRED = (date(2018, 6, 1), date(2023, 5, 31))

_CLEARANCE = {
    Role.REGISTRAR: 3,
    Role.INSPECTOR: 3,
    Role.SUPERVISOR: 3,
    Role.HEAD: 3,
    Role.LIAISON: 2,
    Role.DEPT_APPROVER: 2,
    Role.LEGAL_REVIEWER: 2,
}

_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = (
    "晓岚", "建平", "雪梅", "志远", "文静", "海涛", "丽华", "永强", "思源", "春燕",
    "立新", "佳宁", "国栋", "雨桐", "振华", "慧敏", "明轩", "秀兰", "子涵", "宏伟",
    "玉洁", "俊峰", "婉清", "德胜", "若曦", "启航", "凤霞", "一鸣", "淑芬", "景行",
    "可欣",
)  # fmt: skip
# Some of the people of Ordos have Mongolian names, as there.
_MONGOLIAN = ("高娃", "巴特尔", "其木格", "苏日娜", "阿古拉", "乌兰", "格日勒", "塔娜")


@dataclass(frozen=True, slots=True)
class Person:
    """One demo account before it has a row."""

    username: str
    org: str
    role: Role
    certificate: str = ""  # "", "valid" or "expired"
    shown: bool = False


# What the bureau of a territory has: account, role, certificate.
_BUREAU = (
    ("registrar", Role.REGISTRAR, ""),
    ("inspector1", Role.INSPECTOR, "valid"),
    ("inspector2", Role.INSPECTOR, "valid"),
    ("supervisor", Role.SUPERVISOR, ""),
    ("head", Role.HEAD, ""),
    ("legal", Role.LEGAL_REVIEWER, ""),
    ("inspector3", Role.INSPECTOR, "expired"),
    # More officers, so that three teams can be drawn; a monitor; a presider of hearings.
    ("inspector4", Role.INSPECTOR, "valid"),
    ("inspector5", Role.INSPECTOR, "valid"),
    ("inspector6", Role.INSPECTOR, "valid"),
    ("inspector7", Role.INSPECTOR, "valid"),
    ("supervisor2", Role.SUPERVISOR, ""),
    ("legal2", Role.LEGAL_REVIEWER, ""),
    ("trainer", Role.TRAINER, ""),
    ("sysadmin", Role.SYSTEM_ADMIN, ""),
    ("security", Role.SECURITY_ADMIN, ""),
    ("audit", Role.AUDIT_ADMIN, ""),
)
# What a bureau needs to carry a lead and a case from its receipt to its end.
_CREW = _BUREAU[:6]
_HOME = {"ordos": ORDOS, "jilin": JILIN, "chongqing": CHONGQING}
# What a county bureau is shown with: it decides on the staff changes of its townships.
_SHOWN_THERE = {"registrar", "supervisor", "head"}
_COUNTIES = ("150602000000", "150622000000", "150627000000")
# The counties of the three townships.
_SHOWN_COUNTIES = tuple(f"{township[:6]}000000" for township in HOME_TOWNS.values())


def people() -> Iterator[Person]:
    """Every account of the demo; the names are given in `settle`."""
    for place, code in _HOME.items():
        for number, which in (("", "industry"), ("2", "reform")):
            org = department(code, which)
            yield Person(f"liaison{number}.{place}", org, Role.LIAISON, shown=True)
            yield Person(f"approver{number}.{place}", org, Role.DEPT_APPROVER, shown=True)
        yield Person(f"clerk.{place}", town(HOME_TOWNS[place]), Role.TOWNSHIP_CLERK, shown=True)
        yield Person(f"approver3.{place}", town(HOME_TOWNS[place]), Role.DEPT_APPROVER, shown=True)
        for account, role, certificate in _BUREAU:
            yield Person(f"{account}.{place}", bureau(code), role, certificate, shown=True)
        for account, role, certificate in _CREW:
            yield Person(f"{account}.team.{place}", f"team:{place}", role, certificate)
    yield from _further()


def _further() -> Iterator[Person]:
    """The bureaus beyond the three homes, and the departments that send them leads."""
    homes = set(_HOME.values())
    counties = [p for row in TERRITORIES.values() for p in row if p.code not in homes]
    for place in (*ELSEWHERE, *counties):
        for account, role, certificate in _CREW:
            shown = place.code in _SHOWN_COUNTIES and account in _SHOWN_THERE
            yield Person(
                f"{account}.{place.code[:6]}", bureau(place.code), role, certificate, shown=shown
            )
    for code in _COUNTIES:
        org = department(code, "industry")
        yield Person(f"liaison.{code[:6]}", org, Role.LIAISON)
        yield Person(f"approver.{code[:6]}", org, Role.DEPT_APPROVER)
    housing = "housing:140000000000"
    yield Person("liaison.140000", housing, Role.LIAISON)
    yield Person("approver.140000", housing, Role.DEPT_APPROVER)
    yield from _staffing()


def _staffing() -> Iterator[Person]:
    """Who a staff change and a training need besides; last, so that nobody's name moves on."""
    for place, township in HOME_TOWNS.items():
        yield Person(f"clerk2.{place}", town(township), Role.TOWNSHIP_CLERK, shown=True)
    for code in _SHOWN_COUNTIES:
        yield Person(f"trainer.{code[:6]}", bureau(code), Role.TRAINER, shown=True)
    yield Person("clerk3.ordos", village(VILLAGE), Role.TOWNSHIP_CLERK, shown=True)
    yield Person("approver4.ordos", village(VILLAGE), Role.DEPT_APPROVER, shown=True)


def settle(
    session: Session, orgs: dict[str, Organisation], password_hash: str, now: datetime
) -> dict[str, User]:
    """Write down everybody with role and certificate; answers the users by account name."""
    made: dict[str, User] = {}
    everybody = list(people())
    for number, person in enumerate(everybody):
        org = orgs[person.org]
        made[person.username] = User(
            username=person.username,
            name=_name(number, org.region_code),
            password_hash=password_hash,
            active=True,
            clearance=_CLEARANCE.get(person.role, 1),
            phone=f"000-0000-{number:04d}",
            must_change=False,
            is_demo=True,
            created_at=now,
        )
    session.add_all(made.values())
    session.flush()
    for number, person in enumerate(everybody):
        user = made[person.username]
        session.add(
            Grant(
                user_id=user.id,
                org_id=orgs[person.org].id,
                role=person.role.value,
                valid_from=SINCE,
                valid_to=None,
            )
        )
        session.add(PastPassword(user_id=user.id, password_hash=password_hash, set_at=now))
        session.add_all(_officer(user.id, person, number))
    session.flush()
    return made


def _name(number: int, region_code: str) -> str:
    """No name twice: 40 family names and 31 given names share no divisor."""
    if region_code.startswith("1506") and number % 3 == 1 and number // 3 < len(_MONGOLIAN):
        return _MONGOLIAN[number // 3]
    return _FAMILY[number % len(_FAMILY)] + _GIVEN[number % len(_GIVEN)]


def _officer(user_id: int, person: Person, number: int) -> Iterator[Officer]:
    spans = {"valid": _CERTIFICATES, "expired": (_EXPIRED,)}.get(person.certificate, ())
    for part, (first, last) in enumerate(spans, start=1):
        yield Officer(
            user_id=user_id,
            certificate_no=f"示例{number:04d}-{part}",
            valid_from=first,
            valid_to=last,
        )
