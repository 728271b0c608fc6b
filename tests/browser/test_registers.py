"""Registers, the calendar of due dates and the board in a browser: sound, and within the window."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import DESK, PHONE, at

pytestmark = pytest.mark.browser

PAGES = ("/units/1", "/units/new", "/officers/", "/dates/agenda/?on=2026-03-04", "/board/lead")


def test_the_pages_are_sound_at_a_desk_and_on_a_phone(visit: Visit) -> None:
    visitor = visit("head")
    found = [f"{page} {fault}" for page in PAGES for fault in visitor.faults(at(page))]
    assert not found, "\n" + "\n".join(found)


def test_the_agenda_is_a_table_at_a_desk_and_a_list_on_a_phone_and_paper_keeps_the_table(
    visit: Visit,
) -> None:
    visitor = visit("head")
    visitor.open("/dates/agenda/", size=DESK)
    table, days = visitor.page.locator("table.ag"), visitor.page.locator(".ag-list")
    assert (table.is_visible(), days.is_visible()) == (True, False)
    visitor.page.emulate_media(media="print")
    assert (table.is_visible(), days.is_visible()) == (True, False)
    visitor.page.emulate_media(media="screen")
    visitor.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert (table.is_visible(), days.is_visible()) == (False, True)


def test_the_agenda_is_walked_by_keyboard(visit: Visit) -> None:
    visitor = visit("head")
    visitor.open("/dates/agenda/?view=week&on=2026-03-04", size=DESK)
    visitor.page.locator("a[rel=next]").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**on=2026-03-09*")
    assert "2026年3月9日 至 2026年3月15日" in visitor.text
