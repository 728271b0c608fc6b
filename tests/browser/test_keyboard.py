"""Without a mouse, and without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.office import PDF
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def focus_text(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.innerText || document.activeElement.id"))


def tab_to(page: Page, wanted: str, *, most: int = 80) -> None:
    """Press Tab until the element that matches has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"Tab does not reach {wanted}")


def test_the_first_tab_offers_to_skip_to_the_text(visit: Visit) -> None:
    page = visit("inspector").open("/")
    page.keyboard.press("Tab")
    link = page.locator(".skip")
    assert focus_text(page) == "跳到正文"
    box = link.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_slash_goes_to_the_search(visit: Visit) -> None:
    page = visit("registrar").open("/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("示例初审/")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert page.locator("[aria-labelledby=find-cases] a[data-row]").count() == 1


def test_what_is_typed_is_found_below_the_box_and_opened_by_keys(visit: Visit) -> None:
    visitor = visit("registrar")
    page = visitor.open("/")
    page.keyboard.press("/")
    page.keyboard.type("示例初审")
    options = page.locator("#q-found [role=option]")
    options.first.wait_for()
    assert page.locator("#q").get_attribute("aria-expanded") == "true"
    assert visitor.accessibility_faults() == []
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#q-found [aria-selected=true]")
    assert page.locator("#q").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    target = chosen.get_attribute("href")
    page.keyboard.press("Escape")
    assert page.locator("#q-found").is_hidden()
    assert page.locator("#q").get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")


@pytest.mark.parametrize("where", ["/", "/leads/"])
def test_j_and_k_walk_the_rows_and_enter_opens(visit: Visit, where: str) -> None:
    page = visit("inspector").open(where)
    rows = [row.get_attribute("href") for row in page.locator("a[data-row]").all()]
    assert len(rows) >= 3
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('href')") == rows[at]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{rows[1]}")


def test_the_keys_are_told_and_the_box_closes(visit: Visit) -> None:
    page = visit("inspector").open("/leads/")
    page.keyboard.press("?")
    assert "快捷键" in page.locator("dialog[open]").inner_text()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")


def test_a_step_is_taken_by_keyboard_alone(visit: Visit, site: Site) -> None:
    visitor = visit("approver")
    page = visitor.open(site.lead("keyboard"))
    tab_to(page, "input[name=pick]")
    steps = [n.get_attribute("value") for n in page.locator("input[name=pick]").all()]
    for _ in range(steps.index("send_back")):
        page.keyboard.press("ArrowDown")
    assert page.locator("input[name=pick][value=send_back]").is_checked()
    tab_to(page, "[name='send_back-note']")
    page.keyboard.type("请补上台账。")
    page.keyboard.press("Tab")
    assert focus_text(page) == "退回修改"
    page.keyboard.press("Enter")
    page.wait_for_selector(".flash")
    assert visitor.answers["到哪一步"] == "草拟"


@pytest.mark.parametrize(("who", "which"), [("inspector", "triage"), ("inspector", "findings")])
def test_every_step_of_a_panel_is_reached(visit: Visit, site: Site, who: str, which: str) -> None:
    page = visit(who).open(site.lead(which))
    steps = [n.get_attribute("value") for n in page.locator("input[name=pick]").all()]
    assert len(steps) >= 2
    for step in steps:
        page.reload()
        tab_to(page, "input[name=pick]")
        for _ in range(steps.index(step)):
            page.keyboard.press("ArrowDown")
        shown = page.locator(".act-body:visible")
        assert shown.count() == 1
        tab_to(page, f"form[action$='/steps/{step}'] button.btn-primary")


# ---------------------------------------------------------------- without scripts


def test_without_scripts_a_lead_is_written_down_and_approved(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    proof = tmp_path / "台账.pdf"
    proof.write_bytes(PDF)
    liaison = visit("liaison", java_script_enabled=False)
    page = liaison.open("/leads/new")
    page.fill("#unit_name", "示例无脚本煤业有限公司")
    page.fill("#matter", "虚报原煤产量")
    page.fill("#found_in", "能源生产月度调度")
    page.fill("#facts", "上报产量高于台账。")
    page.fill("[name='indicators-0-name']", "原煤产量")
    page.click("button[value=add_row]")
    assert page.locator("tr[data-line]").count() == 2
    assert page.locator("#unit_name").input_value() == "示例无脚本煤业有限公司"
    page.fill("[name='indicators-1-name']", "原煤销量")
    page.locator("#files").set_input_files(proof)
    page.click("button[value=submit]")
    page.wait_for_url(re.compile(r"/leads/\d+$"))
    assert liaison.answers["到哪一步"] == "部门审批"

    approver = visit("approver", java_script_enabled=False)
    approver.open(page.url.removeprefix(site.address))
    approver.take("approve")
    approver.page.wait_for_selector(".flash")
    assert approver.answers["到哪一步"] == "待接收"
