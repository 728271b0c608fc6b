"""People in posts and counted places, written straight into the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.registers.models import Organisation
from tracker.core.staff.models import Holding, Person, PlaceCount

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
# Real places of Ordos, Jilin and Chongqing.
TOWN, OTHER_TOWN = "150602101000", "150602001000"  # 罕台镇, 交通街道
_number = count(1)


@dataclass(frozen=True)
class PostOf:
    """A post that somebody is to have."""

    duty: str = "statistician"
    full_time: bool = True
    on_payroll: bool = True


def post(session: Session, region_code: str, since: str = "2025-01-06", **more: Any) -> Holding:
    """Somebody full-time on the payroll, confirmed on the first day unless said otherwise."""
    first = date.fromisoformat(since)
    person_id = more.pop("person_id", None)
    if person_id is None:
        person = Person(
            name=f"示例{next(_number)}", name_key="示例", region_code=region_code, created_at=NOON
        )
        session.add(person)
        session.flush()
        person_id = person.id
    given = {"duty": "statistician", "full_time": True, "on_payroll": True, "confirmed_on": first}
    for name in ("until", "leave_from", "leave_to", "confirmed_on"):
        if isinstance(more.get(name), str):
            more[name] = date.fromisoformat(more[name])
    if "until" in more:
        more.setdefault("end_reason", "out")
    holding = Holding(
        person_id=person_id, region_code=region_code, since=first, **{**given, **more}
    )
    session.add(holding)
    session.flush()
    return holding


def units(session: Session, region_code: str, n: int, as_of: str = "2025-12-31") -> None:
    """So many units in the base register at a place: made up, and marked so."""
    session.add(
        PlaceCount(
            region_code=region_code, count=n, as_of=date.fromisoformat(as_of),
            source="示例数", synthetic=True, entered_at=NOON,
        )
    )  # fmt: skip
    session.flush()


def org(session: Session, name: str, kind: str, region_code: str) -> Organisation:
    """A house of the product."""
    found = Organisation(
        name=name, short_name=name[:10], kind=kind, region_code=region_code, doc_prefix=name[:1]
    )
    session.add(found)
    session.flush()
    return found
