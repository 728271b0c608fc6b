"""The calendar of due dates in a browser: on paper, on a phone, and by keyboard."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import DESK, PHONE

pytestmark = pytest.mark.browser


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
