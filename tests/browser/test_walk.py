"""One lead from the liaison to its end, in the browser, by the people whose turn it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Visit
from tests.browser.office import PDF
from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

UNIT, REPORTER, PHONE_NO = "示例全程装备有限公司", "举报人丁戊己", "000-0000-0042"
REASON = "违法主体明确，凭证可以查到。"
FINDINGS = "现场调取台账，核实上报数偏高。"
FEEDBACK = "已经查实，后续依法处理。"
OFFICERS = ("其木格", "阿古拉", "苏日娜")


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    path = tmp_path / "调度台账.pdf"
    path.write_bytes(PDF)
    return path


def shows(visitor: Visitor, state: str, turn: str) -> None:
    """The page says where the lead is and whose turn it is."""
    visitor.page.wait_for_selector(".answers")
    answers = visitor.answers
    assert (answers["到哪一步"], answers["轮到谁"]) == (state, turn), visitor.text


def write_down(visitor: Visitor, proof: Path) -> str:
    """A liaison fills the form by the labels it shows; answers the path of the new lead."""
    page = visitor.open("/leads/new")
    page.get_by_label("单位名称").fill(UNIT)
    page.get_by_label("涉嫌什么").fill("虚报营业收入")
    page.get_by_label("统计调查或文件").fill("工业经济运行监测")
    page.get_by_label("情况说明").fill("上报收入高于开票金额。")
    page.get_by_label("指标 1", exact=True).fill("营业收入")
    page.get_by_label("上报数 1", exact=True).fill("112,216")
    page.get_by_label("掌握数 1", exact=True).fill("80262")
    assert page.locator("[data-ratio]").first.inner_text() == "39.81%"
    page.get_by_role("button", name="加一行").click()
    page.get_by_label("指标 2", exact=True).fill("从业人员")
    page.get_by_label("单位 2", exact=True).select_option("人")
    page.get_by_label("上报数 2", exact=True).fill("208")
    page.get_by_label("掌握数 2", exact=True).fill("0")
    assert page.locator("[data-ratio]").nth(1).inner_text() == "不计算"
    page.locator("#files").set_input_files(proof)
    page.locator("#reporter").select_option("named")
    page.get_by_label("举报人姓名").fill(REPORTER)
    page.get_by_label("联系电话").fill(PHONE_NO)
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_url(re.compile(r"/leads/\d+$"))
    return page.url.removeprefix(visitor.site.address)


def test_from_the_liaison_to_the_end(visit: Visit, site: Site, proof: Path) -> None:
    liaison, approver, registrar = visit("liaison"), visit("approver"), visit("registrar")
    inspector, second = visit("inspector"), visit("inspector2")
    supervisor, head = visit("supervisor"), visit("head")

    path = write_down(liaison, proof)
    assert "已提交部门审批" in liaison.text
    shows(liaison, "部门审批", "部门审批人")
    assert not liaison.page.locator("input[value=approve]").count()

    approver.open(path)
    shows(approver, "部门审批", "部门审批人（您）")
    approver.take("approve")
    shows(approver, "待接收", "区统计局")

    registrar.open(path)
    shows(registrar, "待接收", "登记员（您）")
    registrar.take("receive")
    shows(registrar, "登记查重", "赵丽华（您）")
    number = registrar.page.locator(".crumb .docno").inner_text()
    assert number.startswith("东统线〔"), number
    registrar.open(f"{path}/receipt")
    assert number in registrar.text
    assert UNIT in registrar.text
    assert REPORTER not in registrar.text
    registrar.open(path)
    registrar.take("assign", handler="其木格　执法证 示例-inspector，有效")
    shows(registrar, "初审", "其木格")

    inspector.open(path)
    shows(inspector, "初审", "其木格（您）")
    inspector.take("verify", co_officer="阿古拉　执法证 示例-inspector2，有效", note=REASON)
    shows(inspector, "核查", "其木格（您）")
    inspector.take("submit_findings", found="yes", note=FINDINGS)
    shows(inspector, "核查会签", "阿古拉")

    second.open(path)
    shows(second, "核查会签", "阿古拉（您）")
    second.take("countersign")
    shows(second, "结果审定", "业务负责人")

    supervisor.open(path)
    shows(supervisor, "结果审定", "业务负责人（您）")
    supervisor.take("confirm_result")
    shows(supervisor, "反馈", "其木格")

    inspector.open(path)
    inspector.take("give_feedback", feedback_sender=FEEDBACK)
    shows(inspector, "待办结", "业务负责人")

    supervisor.open(path)
    supervisor.take("close")
    shows(supervisor, "办结", "—")
    assert FINDINGS in supervisor.text
    assert REPORTER not in supervisor.page.content()

    liaison.open(path)
    shows(liaison, "办结", "—")
    assert FEEDBACK in liaison.text
    source = liaison.page.content()
    for secret in (REASON, FINDINGS, REPORTER, PHONE_NO, *OFFICERS):
        assert secret not in source, f"the department may not read “{secret}”"

    head.open(path)
    assert REPORTER not in head.page.content()

    site.worker_once()
    liaison.open("/notices/")
    assert UNIT in liaison.text
    source = liaison.page.content()
    for secret in (REASON, FINDINGS, REPORTER, *OFFICERS):
        assert secret not in source, f"a notice tells the department “{secret}”"


def test_likely_duplicates_are_compared_before_a_lead_is_given_out(
    visit: Visit, site: Site
) -> None:
    registrar = visit("registrar")
    page = registrar.open(site.lead("twin"))
    page.get_by_role("link", name="并排比对").click()
    assert "名称相同" in registrar.text
    assert page.locator(".compare thead th").count() == 3
    page.get_by_role("link", name="回到本件").first.click()
    shows(registrar, "登记查重", "赵丽华（您）")


def test_a_reporter_is_shown_to_the_handler_only_with_a_reason(visit: Visit, site: Site) -> None:
    from tests.browser.office import REPORTER as SEALED

    inspector, head = visit("inspector"), visit("head")
    page = inspector.open(site.lead("sealed"))
    assert SEALED not in page.content()
    page.get_by_label("查看理由").fill("核对来件内容")
    page.get_by_role("button", name="写明理由后打开").click()
    page.wait_for_selector(".watermark")
    assert SEALED in inspector.text
    page.get_by_role("link", name="返回线索").click()
    assert "核对来件内容" in inspector.text
    assert SEALED not in page.content()

    page = head.open(site.lead("sealed"))
    assert "写明理由后打开" not in head.text
    assert SEALED not in page.content()
