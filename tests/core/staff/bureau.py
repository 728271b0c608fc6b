"""A bureau with a town and a department, and lists of invented people for it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.clock import OFFICE_ZONE
from tracker.core.registers.models import Organisation
from tracker.core.staff import numbers
from tracker.core.staff.columns import COLUMNS
from tracker.core.vault.keys import Kek

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=OFFICE_ZONE)
TODAY = date(2026, 3, 2)
KEK = Kek("0011223344556677", bytes(range(32)))
# Real places of the shipped register: 东胜区, its town 罕台镇, and the next county.
COUNTY, TOWN, NEXT, FAR = "150602000000", "150602101000", "150603000000", "220102000000"
SURNAMES = "王李张刘陈杨赵黄周吴"


def number(n: int, born: str = "19850312") -> str:
    """An invented number with a right check digit; the place in it does not exist."""
    body = f"159900{born}{n % 1000:03d}"
    return body + numbers.check_character(body)


def many_numbers(count: int) -> list[str]:
    """So many different numbers."""
    return [number(n, f"19{70 + n // 28_000}{n // 1000 % 12 + 1:02d}{n // 12_000 + 1:02d}")
            for n in range(count)]  # fmt: skip


class Bureau:
    """The organisations, and an actor for a role in one of them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.user = User(username="somebody", name="高娃", active=True, clearance=1, created_at=NOW)
        self.orgs = {
            "bureau": self._org("东胜区统计局", "bureau", COUNTY),
            "far bureau": self._org("南关区统计局", "bureau", FAR),
            "dept": self._org("东胜区发展和改革委员会", "department", COUNTY),
            "other dept": self._org("东胜区教育体育局", "department", COUNTY),
            "town": self._org("东胜区罕台镇人民政府", "township", TOWN),
        }
        session.add_all([self.user, *self.orgs.values()])
        session.flush()

    def _org(self, name: str, kind: str, code: str) -> Organisation:
        return Organisation(name=name, short_name=name[:6], kind=kind, region_code=code)

    def actor(self, role: Role, at: str = "bureau") -> Actor:
        org = self.orgs[at]
        power = Power(role, org.id, org.name, org.kind, org.region_code)
        return Actor(self.user.id, self.user.name, 1, (power,))


def xlsx(rows: Sequence[dict[str, object]], heads: Sequence[str] = tuple(COLUMNS)) -> bytes:
    """An office's list as its spreadsheet saves it: numbers are numbers, days are days."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        page, day = book.add_worksheet("名册"), book.add_format({"num_format": "yyyy/m/d"})
        page.write_row(0, 0, heads)
        for at, row in enumerate(rows, start=1):
            for column, head in enumerate(heads):
                value = row.get(head)
                if isinstance(value, date):
                    page.write_datetime(at, column, value, day)
                elif isinstance(value, str):
                    page.write_string(at, column, value)
                elif value is not None:
                    page.write(at, column, value)
    return out.getvalue()
