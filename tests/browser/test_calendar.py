"""The calendar pages in a browser: a year, the editions, and a notice on its way."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import DESK, Visitor
from tests.core.calendar.test_notice import NEXT

pytestmark = pytest.mark.browser


def year(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open("/dates/calendar?year=2026", size=size)


def projected(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open("/dates/calendar?year=2027&known_on=2026-01-01", size=size)


def faults(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open("/operations/calendar", size=size)
    visitor.page.fill("#text", NEXT.replace("周五", "周四"))
    visitor.page.get_by_role("button", name="检查并预览").click()
    visitor.page.wait_for_selector(".err-sum")


def preview(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open("/operations/calendar", size=size)
    visitor.page.fill("#text", NEXT)
    visitor.page.fill("#source", "国办发明电〔2026〕9号")
    visitor.page.fill("#known_on", "2026-01-05")
    visitor.page.get_by_role("button", name="检查并预览").click()
    visitor.page.wait_for_selector("input[name=digest]", state="attached")


PAGES = {
    "projected": ("head", projected),
    "faults": ("system_admin", faults),
    "preview": ("system_admin", preview),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_calendar_page_is_sound(visit: Visit, name: str) -> None:
    account, go = PAGES[name]
    visitor = visit(account)
    found = visitor.faults(go)
    assert not found, "\n" + "\n".join(found)


def test_a_year_prints_on_paper_without_its_controls(visit: Visit) -> None:
    visitor = visit("inspector")
    year(visitor, DESK)
    visitor.page.emulate_media(media="print")
    assert not visitor.page.locator("form.filters").is_visible()
    assert not visitor.page.locator(".rail").is_visible()
    assert visitor.page.locator("table.ym").count() == 12
