"""Invented respondent units of the three homes, so that there is something to draw from.

Every one is called 示例; credit codes are computed, none belongs to a company.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.models import User
from tracker.core.cases.caps import set_cap
from tracker.core.clock import office_date
from tracker.core.registers.models import Organisation, Unit
from tracker.core.registers.names import name_key
from tracker.core.registers.uscc import make_uscc
from tracker.demo.organisations import JILIN, ORDOS, bureau

_WORDS = (
    "鑫源", "恒泰", "蒙达", "星辉", "远景", "金泽", "宏业", "北方", "聚能", "康盛", "东升", "瑞丰",
)  # fmt: skip
# Trade in the name, stratum of the register.
_TRADES = (
    ("洗选煤", "industry"),
    ("商贸", "trade"),
    ("建筑工程", "construction"),
    ("物流服务", "services"),
    ("房地产开发", "real_estate"),
)
_PLACES = {
    "ordos": (
        "150602001000", "150602101000", "150602102000", "150622100000", "150622102000",
        "150627100000", "150627102000",
    ),
    "jilin": ("220102003000", "220102200000", "220881101000", "220881102000"),
    "chongqing": ("500107102000", "500107110000", "500117002000", "500118116000"),
}  # fmt: skip
_COUNTS = {"ordos": 60, "jilin": 15, "chongqing": 15}


class Respondent(NamedTuple):
    """One invented unit before it has a row."""

    name: str
    uscc: str
    region_code: str
    stratum: str
    address: str
    person: str


def respondent(place: str, number: int) -> Respondent:
    """The n-th unit of a home, from 0."""
    trade, stratum = _TRADES[number % len(_TRADES)]
    word = _WORDS[number % len(_WORDS)]
    regions = _PLACES[place]
    region = regions[number % len(regions)]
    mark = {"ordos": "", "jilin": "松江", "chongqing": "巴渝"}[place]
    return Respondent(
        f"示例{mark}{word}{trade}有限公司",
        make_uscc(f"91{region[:6]}MAEX{number:05d}"),
        region,
        stratum,
        f"示例路{number + 1}号",
        f"示例负责人{number + 1}",
    )


def party(place: str, number: int) -> dict[str, Any]:
    """A unit as the form of a case asks for it."""
    unit = respondent(place, number)
    return {
        "unit_name": unit.name,
        "uscc": unit.uscc,
        "address": unit.address,
        "legal_person": unit.person,
    }


def enter(session: Session) -> None:
    """Write the register of units of the three homes."""
    for place, count in _COUNTS.items():
        for number in range(count):
            unit = respondent(place, number)
            session.add(
                Unit(
                    name=unit.name,
                    name_key=name_key(unit.name),
                    uscc=unit.uscc,
                    region_code=unit.region_code,
                    stratum=unit.stratum,
                    above_threshold=number % 3 != 2,
                    legal_representative=unit.person,
                    address=unit.address,
                )
            )
    session.flush()


def publish_caps(
    session: Session, orgs: Mapping[str, Organisation], users: Mapping[str, User], now: datetime
) -> None:
    """Two bureaus have published how often they may check one enterprise a year (T28)."""
    today = office_date(now)
    for place, code, most in (("ordos", ORDOS, 2), ("jilin", JILIN, 3)):
        head = load_actor(session, users[f"head.{place}"].id, today)
        org = orgs[bureau(code)]
        for year in {today.year, today.year - 1}:
            where = f"本局网站行政检查公示栏（{year}年，示例）"
            set_cap(session, head, org.id, year, most, where, now=now)
