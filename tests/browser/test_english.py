"""In English every page opens too."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def test_pages_open_in_english(visit: Visit, site: Site) -> None:
    visitor = visit("inspector")
    visitor.prefer(lang="en")
    pages = ("/", "/leads/", site.lead("triage"), site.lead("closed"), "/notices/", "/me")
    for path in (*pages, "/me/password", f"{site.lead('closed')}/receipt"):
        page = visitor.open(path)
        assert page.locator("html").get_attribute("lang") == "en", path
        assert page.locator("h1").count() == 1, path
    page = visitor.open(site.lead("triage"))
    page.click(".ans-why")
    assert page.locator("h1").count() == 1


def test_the_language_is_chosen_on_every_page(visit: Visit) -> None:
    visitor = visit("liaison")
    page = visitor.open("/leads/")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en]")
    page.get_by_role("button", name="中文").click()
    page.wait_for_selector("html[lang=zh-CN]")
