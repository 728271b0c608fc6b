"""A lead in its states and forms refused, at a desk and on a phone: nothing to complain about.

Every page as it stands is looked at over the demo: test_crawl.
"""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import DESK, PHONE, Go, Visitor, at

pytestmark = pytest.mark.browser


def lead(name: str, more: str = "") -> Go:
    def go(visitor: Visitor, size: tuple[int, int]) -> None:
        visitor.open(visitor.site.lead(name) + more, size=size)

    return go


def why(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open(visitor.site.lead("triage"), size=size)
    visitor.page.click(".ans-why")


def explained(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open(visitor.site.lead("triage"), size=size)
    visitor.page.locator("main .why > summary").first.click()
    visitor.page.locator("main .why-box").first.wait_for()


def errors(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open("/leads/new", size=size)
    visitor.page.fill("#uscc", "123")
    visitor.page.fill("[name='indicators-0-reported']", "很多")
    visitor.page.click("button[value=submit]")
    visitor.page.wait_for_selector(".err-sum")


def step_errors(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open(visitor.site.lead("findings"), size=size)
    visitor.take("submit_findings")
    visitor.page.wait_for_selector(".err")


def rule_errors(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open("/dates/rules/T01", size=size)
    visitor.page.fill("#rows-0-n", "两天")
    visitor.page.click(".rung-form .btn-primary")
    visitor.page.wait_for_selector(".err-sum")


def reporter(visitor: Visitor, size: tuple[int, int]) -> None:
    visitor.open(visitor.site.lead("sealed"), size=size)
    visitor.page.fill("#rsn", "核对举报内容")
    visitor.page.click("#reporter form button")
    visitor.page.wait_for_selector(".watermark")


PAGES: dict[str, tuple[str, Go]] = {
    "login": ("", at("/login")),
    "list, empty": ("supervisor", at("/leads/?q=没有这个单位")),
    "drafted, liaison": ("liaison", lead("drafted")),
    "triage, inspector": ("inspector", lead("triage")),
    "triage, supervisor": ("supervisor", lead("triage")),
    "triage, liaison": ("liaison", lead("triage")),
    "findings, inspector": ("inspector", lead("findings")),
    "findings, nothing filled": ("inspector", step_errors),
    "feedback, inspector": ("inspector", lead("feedback")),
    "sealed, inspector": ("inspector", lead("sealed")),
    "sealed, head": ("head", lead("sealed")),
    "closed, supervisor": ("supervisor", lead("closed")),
    "closed, liaison": ("liaison", lead("closed")),
    "registered, registrar": ("registrar", lead("twin")),
    "new lead, errors": ("liaison", errors),
    "edit": ("liaison", lead("drafted", "/edit")),
    "why": ("inspector", why),
    "explained": ("inspector", explained),
    "rules, empty": ("liaison", at("/dates/rules/?q=没有这种规则")),
    "rule, errors": ("supervisor", rule_errors),
    "duplicates": ("registrar", lead("twin", "/duplicates")),
    "receipt": ("registrar", lead("closed", "/receipt")),
    "letter": ("liaison", lead("closed", "/handover-letter")),
    "reporter": ("inspector", reporter),
    "not found, stranger": ("", at("/nowhere")),
}
THEMED = ("triage, inspector", "closed, liaison")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound_at_a_desk_and_on_a_phone(visit: Visit, name: str) -> None:
    account, go = PAGES[name]
    visitor = visit(account)
    found = visitor.faults(go)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("name", THEMED)
def test_a_page_is_sound_in_the_dark(visit: Visit, name: str) -> None:
    account, go = PAGES[name]
    visitor = visit(account)
    visitor.prefer(theme="dark")
    found = []
    for size in (DESK, PHONE):
        go(visitor, size)
        assert visitor.page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        found += [f"{size[0]}: {fault}" for fault in visitor.accessibility_faults()]
    assert not found, "\n" + "\n".join(found)


def test_the_system_s_dark_colours_are_followed(visit: Visit) -> None:
    visitor = visit("inspector", color_scheme="dark")
    visitor.open("/")
    assert visitor.page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


@pytest.mark.parametrize("name", ["receipt", "letter"])
def test_a_paper_prints_without_its_buttons(visit: Visit, name: str) -> None:
    account, go = PAGES[name]
    visitor = visit(account)
    go(visitor, DESK)
    visitor.page.emulate_media(media="print")
    assert not visitor.page.locator("nav.bar").is_visible()
    assert visitor.page.locator("main.sheet").is_visible()
