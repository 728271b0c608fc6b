"""Ten thousand cases, some with names as long as they come: every page stays light and whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from tests.helpers.crawler import HTML_LIMIT, Crawler
from tests.performance.conftest import Bureau
from tracker.core.accounts.models import User
from tracker.core.cases.models import Case
from tracker.core.db import db, transaction
from tracker.core.registers.models import Organisation
from tracker.workflows.leads.models import Lead

MANY = 10_000
LONG = "内蒙古自治区鄂尔多斯市东胜区示例现代煤化工循环经济产业园投资开发建设运营管理"
# A first look at each kind of page, and the lists as each is narrowed, ordered and grouped.
STARTS = (
    "/",
    "/?by=kind",
    "/work/?view=all",
    "/work/?view=all&group=state",
    "/work/?view=all&group=holder",
    "/work/?view=all&group=region",
    "/work/?view=unit&group=due",
    "/search/?q=示例",
)
LEADING = ("/dashboards/time?all=1",)
pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]


def lengthen(bureau: Bureau) -> None:
    """Give a third of the cases, every body and every person a name that fills its column."""
    with bureau.app.app_context(), transaction() as session:
        third = Case.id % 3 == 0
        session.execute(
            update(Case).where(third).values(title=f"{LONG}有限责任公司涉嫌提供不真实的统计资料")
        )
        session.execute(
            update(Lead).where(Lead.id % 3 == 0).values(unit_name=f"{LONG}有限责任公司")
        )
        session.execute(update(Organisation).values(short_name=func.substr(LONG, 1, 20)))
        session.execute(update(User).values(name=func.substr(LONG, 1, 30).concat(User.id)))


def test_every_page_stays_light(bureau: Callable[..., Bureau]) -> None:
    office = bureau(MANY)
    lengthen(office)
    with office.app.app_context():
        rows = db.session.execute(select(Case.id, Case.kind.concat(".").concat(Case.state)))
        states = dict(rows.all())
    assert len(states) == MANY
    heaviest = (0, "")
    for part in ("supervisor", "inspector1", "liaison0", "registrar"):
        crawler = Crawler(office.app, office.browser(part), states, examples=1, wide=False)
        crawler.look(*STARTS, *(LEADING if part == "supervisor" else ()))
        # The others are shown the same pages of fewer cases.
        found = crawler.walk(submit=False) if part == "supervisor" else crawler.found
        assert not found.faults, part + "\n" + "\n".join(found.faults)
        heaviest = max(heaviest, found.heaviest)
    print(f"heaviest {heaviest}")  # noqa: T201 - a measurement
    assert 20_000 < heaviest[0] < HTML_LIMIT
