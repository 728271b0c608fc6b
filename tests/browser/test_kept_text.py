"""Nothing typed is lost: errors, a worn-out login or token, a double click, a page gone stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.office import PASSWORD, PDF
from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

A_LEAD = re.compile(r"/leads/\d+$")
LONG = "上报收入高于开票金额，\n单位没有说明原因。"


def fill(page: Page, unit: str, **changes: str) -> dict[str, str]:
    """Fill the form of a new lead; answers what was typed, by the names of its fields."""
    typed = {
        "unit_name": unit,
        "uscc": "",
        "matter": "虚报营业收入",
        "found_in": "工业经济运行监测",
        "facts": LONG,
        "indicators-0-name": "营业收入",
        "indicators-0-reported": "112,216",
        "indicators-0-known": "80262",
        **changes,
    }
    for name, value in typed.items():
        page.locator(f"[name='{name}']").fill(value)
    return typed


def still_there(page: Page, typed: dict[str, str]) -> None:
    found = {name: page.locator(f"[name='{name}']").input_value() for name in typed}
    assert {k: v.replace("\r\n", "\n") for k, v in found.items()} == typed


def send(page: Page, go: str = "submit") -> None:
    page.click(f"button[name=go][value={go}]")
    page.wait_for_load_state()


def problems(page: Page) -> str:
    return page.locator(".err-sum").inner_text()


def without_draft(page: Page) -> None:
    """What the browser kept by itself is no help: the server has to keep the text."""
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")


# ---------------------------------------------------------------- errors


def test_every_error_keeps_the_text_and_the_file(visit: Visit, tmp_path: Path) -> None:
    visitor = visit("liaison")
    page = visitor.open("/leads/new")
    proof = tmp_path / "台账.pdf"
    proof.write_bytes(PDF)
    typed = fill(page, "示例填错煤业有限公司", uscc="91150602MADM000140")
    page.get_by_role("button", name="加一行").click()
    more = {
        "indicators-1-name": "从业人员",
        "indicators-1-reported": "二百",
        "found_on": "2099-01-01",
    }
    for name, value in more.items():
        page.locator(f"[name='{name}']").fill(value)
    typed |= more
    page.locator("[name=period]").select_option(index=3)
    page.locator("[name='indicators-1-unit']").select_option("人")

    send(page)
    assert "不能晚于今天" in problems(page)
    assert "第 2 行上报数要填数字" in problems(page)
    assert "至少一份" in problems(page)
    assert page.locator("#uscc ~ .err").count() == 1
    assert page.evaluate("document.activeElement.id") == "problems"
    still_there(page, typed)
    assert page.locator("[name='indicators-1-unit']").input_value() == "人"
    assert page.locator("[name=period]").evaluate("node => node.selectedIndex") == 3

    page.locator("#files").set_input_files(proof)
    send(page)
    assert "至少一份" not in problems(page)
    assert page.locator("input[name=kept]").is_checked()
    still_there(page, typed)

    typed |= {"uscc": "", "indicators-1-reported": "200"}
    for name in ("uscc", "indicators-1-reported"):
        page.locator(f"[name='{name}']").fill(typed[name])
    send(page)
    assert page.locator(".err-sum li").count() == 1
    still_there(page, typed)

    page.locator("[name=found_on]").fill("2026-01-05")
    send(page)
    page.wait_for_url(A_LEAD)
    assert "台账.pdf" in visitor.text
    assert "从业人员" in visitor.text


def test_an_error_of_the_summary_leads_to_its_field(visit: Visit) -> None:
    page = visit("liaison").open("/leads/new")
    send(page)
    page.click(".err-sum a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "unit_name"


# ---------------------------------------------------------------- too late


def test_after_a_worn_out_login_the_form_is_filled(visit: Visit, site: Site) -> None:
    visitor = visit("liaison2", fresh=True)
    page = visitor.open("/leads/new")
    typed = fill(page, "示例过期煤业有限公司")
    site.expire_logins("liaison2")
    send(page, "draft")
    assert "您填的内容都在" in visitor.text
    without_draft(page)
    visitor.sign_in("liaison2", PASSWORD)
    page.wait_for_url("**/leads/new?parked=*")
    still_there(page, typed)
    send(page, "draft")
    page.wait_for_url(A_LEAD)
    assert site.count_leads("示例过期煤业有限公司") == 1


def test_parked_text_is_not_shown_to_somebody_else(visit: Visit, site: Site) -> None:
    visitor = visit("liaison2", fresh=True)
    page = visitor.open("/leads/new")
    fill(page, "示例别人煤业有限公司")
    site.expire_logins("liaison2")
    send(page, "draft")
    without_draft(page)
    visitor.sign_in("liaison3", PASSWORD)
    visitor.open("/leads/new")
    assert page.locator("#unit_name").input_value() == ""
    assert "示例别人煤业有限公司" not in page.content()


def test_after_a_worn_out_token_the_form_is_filled(visit: Visit, site: Site) -> None:
    visitor = visit("liaison")
    page = visitor.open("/leads/new")
    typed = fill(page, "示例令牌煤业有限公司")
    visitor.context.clear_cookies(name="tracker_form")
    send(page, "draft")
    page.wait_for_url("**/leads/new?parked=*")
    assert "您填的内容都在" in visitor.text
    without_draft(page)
    page.reload()
    still_there(page, typed)
    send(page, "draft")
    page.wait_for_url(A_LEAD)
    assert site.count_leads("示例令牌煤业有限公司") == 1


def test_a_step_s_text_survives_a_worn_out_token(visit: Visit, site: Site) -> None:
    visitor = visit("inspector")
    page = visitor.open(site.lead("triage"))
    form = visitor.choose("ask_supplement")
    form.locator("textarea").fill("请补充第一季度的台账。")
    visitor.context.clear_cookies(name="tracker_form")
    form.locator("button.btn-primary").click()
    page.wait_for_url("**parked=*")
    without_draft(page)
    page.reload()
    note = page.locator("[name='ask_supplement-note']")
    assert note.is_visible()
    assert note.input_value() == "请补充第一季度的台账。"


def test_a_closed_window_keeps_a_draft(visit: Visit) -> None:
    visitor = visit("liaison3")
    page = visitor.open("/leads/new")
    fill(page, "示例草稿煤业有限公司")
    page.locator("#reporter").select_option("named")
    page.locator("#reporter_name").fill("不该留下的人")
    page.locator("[data-saved] span").filter(has_text="已存草稿").wait_for()
    assert "不该留下的人" not in str(page.evaluate("() => JSON.stringify(localStorage)"))
    page = visitor.open("/leads/new")
    assert page.locator("#unit_name").input_value() == "示例草稿煤业有限公司"
    assert page.locator("#reporter_name").input_value() == ""
    page.get_by_role("button", name="不要了").click()
    assert page.locator("#unit_name").input_value() == ""


# ---------------------------------------------------------------- twice, and in two windows


def test_a_double_click_makes_one_lead(visit: Visit, site: Site) -> None:
    visitor = visit("liaison")
    page = visitor.open("/leads/new")
    fill(page, "示例双击煤业有限公司")
    page.dblclick("button[name=go][value=draft]")
    page.wait_for_url(A_LEAD)
    assert site.count_leads("示例双击煤业有限公司") == 1


def test_the_same_form_sent_again_shows_the_first_lead(visit: Visit, site: Site) -> None:
    """The same page in two windows: what a browser's retry sends."""
    visitor = visit("liaison")
    key, urls = "", []
    for page in (visitor.page, visitor.context.new_page()):
        page.goto(f"{site.address}/leads/new")
        fill(page, "示例两次煤业有限公司")
        once = page.locator("#lead-form [name=_once]")
        key = key or once.input_value()
        once.evaluate("(node, key) => { node.value = key; }", key)
    for page in visitor.context.pages:
        send(page, "draft")
        page.wait_for_url(A_LEAD)
        urls.append(page.url)
    assert urls[0] == urls[1]
    assert site.count_leads("示例两次煤业有限公司") == 1


def test_a_stale_page_says_who_did_what_and_keeps_the_reason(visit: Visit, site: Site) -> None:
    visitor = visit("approver")
    visitor.open(site.lead("stale"))
    late = Visitor(site, visitor.context)
    late.open(site.lead("stale"))
    form = late.choose("send_back")
    form.locator("textarea").fill("请补上第二季度的数。")

    visitor.take("approve")
    visitor.page.wait_for_selector(".flash")
    form.locator("button.btn-primary").click()
    late.page.wait_for_selector(".note-late")
    refusal = late.page.locator(".flash").inner_text()
    assert "高文静" in refusal, refusal
    assert "批准并移送" in refusal, refusal
    assert "请补上第二季度的数。" in late.page.locator("main").inner_text()
    assert late.answers["到哪一步"] == "待接收"
    assert not late.complaints
