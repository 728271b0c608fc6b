"""The page for the field: nothing typed is lost when the line drops, and everything goes once."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor
from tests.helpers.databases import ROOT

pytestmark = pytest.mark.browser
KEPT = "() => Object.keys(localStorage).filter((name) => name.startsWith('site:')).length"


@pytest.fixture(scope="module")
def task(site: Site) -> int:
    """A check on which two officers are in the field, with six indicators."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.inspecting"],
        cwd=ROOT, env=site.environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return int(made.stdout.splitlines()[-1])


def changes(site: Site, task: int, line: int) -> list[tuple[str, str]]:
    """What was written of a line: how often, and the due figures."""
    with closing(sqlite3.connect(site.database)) as connection:
        rows = connection.execute(
            "SELECT device_key, due FROM inspection_line_changes WHERE case_id = ? AND line = ?"
            " ORDER BY id",
            (task, line),
        )
        return [(key, f"{float(due):g}") for key, due in rows]


def open_line(visitor: Visitor, task: int, line: int) -> Page:
    return visitor.open(f"/inspections/{task}/site/{line}", size=PHONE)


def fill(page: Page, line: int, due: str) -> None:
    page.fill(f"#d-{line}", due)


def save(page: Page, line: int) -> None:
    page.locator(f"[data-line='{line}'] .p-dock .btn-primary").click()


def banner(page: Page) -> str:
    return page.locator("[data-net]").inner_text()


def settled(page: Page) -> None:
    expect(page.locator("[data-net]")).to_be_hidden(timeout=15_000)


def test_the_line_drops_and_comes_back(visit: Visit, site: Site, task: int) -> None:
    visitor = visit("inspector")
    page = open_line(visitor, task, 1)
    visitor.context.set_offline(True)
    fill(page, 1, "151,906")
    expect(page.locator("[data-line='1'] [data-diff]")).to_have_text("+34,514")
    expect(page.locator("[data-line='1'] [data-ratio]")).to_have_text("22.72%")
    page.check("#f-1 [value=ledger]")
    save(page, 1)
    expect(page.locator("#h-2")).to_be_visible()
    assert "没有网络，1 项已存到本机，连上后自动送出" in banner(page)
    fill(page, 2, "９３，０００")  # as a Chinese keyboard types it
    save(page, 2)
    fill(page, 3, "80262")  # typed and not sent
    expect(page.locator("[data-box='3'][data-unsent]")).to_be_visible()
    assert "没有网络，2 项已存到本机" in banner(page)
    assert changes(site, task, 1) == []
    visitor.context.set_offline(False)
    settled(page)
    assert [due for _, due in changes(site, task, 1)] == ["151906"]
    assert [due for _, due in changes(site, task, 2)] == ["93000"]
    expect(page.locator("[data-box='1'][data-state='done']:not([data-unsent])")).to_be_visible()
    assert page.evaluate(KEPT) == 1, "what the server has leaves the device"
    # A reload, and a way back by the case: what was typed and not sent is there.
    page.reload()
    assert page.input_value("#d-3") == "80262"
    page = open_line(visitor, task, 1)
    page.click("[data-box='3']")
    assert page.input_value("#d-3") == "80262"
    assert page.is_checked("#f-1 [value=ledger]")
    save(page, 3)
    settled(page)
    assert [due for _, due in changes(site, task, 3)] == ["80262"]


def test_an_answer_that_is_lost_writes_nothing_twice(visit: Visit, site: Site, task: int) -> None:
    page = open_line(visit("inspector"), task, 4)
    answers: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not answers:
            answers.append(route.fetch().status)  # the server has it, the phone does not know
            route.abort()
        else:
            route.continue_()

    page.route(re.compile(r"/site/4$"), lose_the_first)
    fill(page, 4, "200")
    save(page, 4)
    expect(page.locator("[data-net]")).to_contain_text("没有网络")
    assert answers == [200]
    assert len(changes(site, task, 4)) == 1
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    settled(page)
    assert [due for _, due in changes(site, task, 4)] == ["200"]


def test_somebody_else_was_quicker(visit: Visit, site: Site, task: int) -> None:
    mine, other = visit("inspector"), visit("inspector2")
    first, second = open_line(mine, task, 5), open_line(other, task, 5)
    fill(second, 5, "41")
    save(second, 5)
    settled(second)
    fill(first, 5, "42")
    save(first, 5)
    first.click("[data-box='5']")
    clash = first.locator("[data-line='5'] [data-clash]")
    expect(clash).to_contain_text("阿古拉")
    expect(clash).to_contain_text("应报数 41")
    assert first.input_value("#d-5") == "42"
    assert [due for _, due in changes(site, task, 5)] == ["41"]
    first.reload()
    expect(first.locator("[data-line='5'] [data-clash]")).to_contain_text("应报数 41")
    first.locator("[data-line='5'] [data-mine]").click()
    expect(first.locator("[data-box='5']:not([data-unsent])")).to_be_visible()
    expect(clash).to_be_hidden()
    assert [due for _, due in changes(site, task, 5)] == ["41", "42"]
    mine.complaints[:] = [c for c in mine.complaints if not c.startswith("409 ")]


def test_logging_out_clears_the_device(visit: Visit, task: int) -> None:
    visitor = visit("inspector2", fresh=True)
    page = open_line(visitor, task, 6)
    fill(page, 6, "6000")
    expect(page.locator("[data-box='6'][data-unsent]")).to_be_visible()
    visitor.open(f"/inspections/{task}", size=(1366, 768))
    assert page.evaluate(KEPT) == 1
    page.get_by_role("button", name="退出").click()
    expect(page.locator("dialog")).to_contain_text("还有没送出的数")
    page.locator("dialog .btn-primary").click()
    page.wait_for_url("**/login**")
    assert page.evaluate(KEPT) == 0


def test_without_script_it_is_a_form(visit: Visit, site: Site, task: int) -> None:
    visitor = visit("inspector", java_script_enabled=False)
    page = open_line(visitor, task, 6)
    expect(page.locator("#h-6")).to_be_visible()
    expect(page.locator("#h-5")).to_be_hidden()
    page.locator("[data-line='6'] summary").click()
    page.check("#f-6 [name=withheld]")
    page.fill("#m-6", "称账簿在外地")
    page.fill("#w-6", "李某")
    save(page, 6)
    expect(page.locator("[data-box='6']")).to_have_attribute("data-state", "withheld")
    page.click("[data-box='1']")
    assert page.url.endswith("/site/1")


def test_the_pages_are_fit_for_everybody(visit: Visit, task: int) -> None:
    visitor = visit("inspector")
    page = open_line(visitor, task, 2)
    small = page.evaluate(
        """() => [...document.querySelectorAll('[data-line="2"] :is(a, button, input:not([type=hidden], [type=file], [type=checkbox]), label.pchip, summary), .p-steps a, .p-bar a')]
        .filter((n) => n.getClientRects().length && n.getBoundingClientRect().height < 44).map((n) => n.outerHTML)"""  # noqa: E501
    )
    assert small == []
    found = visitor.accessibility_faults()
    for path in ("", "/evidence", "/lines/new"):
        visitor.open(f"/inspections/{task}{path}", size=PHONE)
        found += [f"{path}: {fault}" for fault in visitor.accessibility_faults()]
        wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth + 1")
        assert not wide, f"{path} is wider than the phone"
    assert found == []
