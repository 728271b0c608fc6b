"""One case from the annual plan to the archive, in the browser, by people with separate logins."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.deskwork import SERVED, at, now, send, state, take, turn
from tests.browser.office import HERE, PDF, PEOPLE
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor

# Some two hundred pages, which take long where several tests share the machine.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
UNIT, USCC = "示例全案煤业有限公司", "91150602MA0MW4X553"
CRITERIA = ("actor", "conduct", "liability", "jurisdiction", "in_time")
Person = Callable[[str], Visitor]
ACCOUNTS = {name: account for account, (name, _org, _role) in PEOPLE.items()}


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    path = tmp_path / "送达回证.pdf"
    path.write_bytes(PDF)
    return path


def hidden(path: str, *visitors: Visitor) -> None:
    """The page does not exist for them."""
    for visitor in visitors:
        at(visitor, path)
        assert UNIT not in visitor.page.content()
        assert not visitor.page.locator(".answers").count(), f"{path} is shown"


def here(visitor: Visitor) -> str:
    """The path of the page in front of somebody."""
    return visitor.page.url.removeprefix(visitor.site.address).partition("#")[0]


def follow(visitor: Visitor, path: str, area: str) -> str:
    """The case of an area that a case leads to."""
    link = at(visitor, path).locator(f"[aria-labelledby=lk] a[href^='/{area}/']").first
    return link.get_attribute("href") or ""


def plan_and_draw(visit: Person, proof: Path) -> str:
    """From the annual plan to the drawn task; answers the path of the task."""
    inspector, second = visit("inspector"), visit("inspector2")
    supervisor, head = visit("supervisor"), visit("head")
    today = now("date")
    page = at(inspector, "/plans/new/draft")
    send(
        inspector, page.locator("main form"), "draft-", year=today[:4], aims="提高统计数据质量",
        basis="双随机抽查办法", items=("reporting",), check_from=today, check_to=today,
        count_industry="1", teams="1", team_size="2",
    )  # fmt: skip
    plan = here(inspector)
    hidden(plan, visit("registrar"), visit("liaison"))
    take(inspector, plan, "添加检查对象", proof, list=f"{UNIT},{USCC},{HERE},工业企业")
    take(inspector, plan, "添加检查人员", proof, all=True)
    take(inspector, plan, "提交审批", proof)
    take(head, plan, "批准计划", proof)
    people = {"drawer": "其木格", "second": "阿古拉", "monitor": "苏日娜"}
    take(inspector, plan, "冻结名录", proof, **people)
    page = at(inspector, f"{plan}/draw")
    version = page.locator(".card-body p").first.inner_text()
    form = page.locator("form[action$='/steps/draw_lots']")
    send(inspector, form, "draw_lots-", seed="3 1 6 4 2 5", seed_source="当众掷骰", place="会议室")
    assert "重演结果相同" in (at(second, f"{plan}/draw?replay=1"), second.text)[1]
    take(second, plan, "确认抽取结果", proof)
    take(supervisor, plan, "监督确认", proof)
    assert state(supervisor) == "检查进行"
    assert version.split()[-1] in (at(supervisor, f"{plan}/draws/1"), supervisor.text)[1]
    return follow(supervisor, plan, "inspections")


def inspect(visit: Person, task: str, proof: Path) -> str:
    """From the drawn task to the penalty case; answers the path of the case."""
    head = visit("head")
    at(head, task)
    assert state(head) == "检查准备"
    lead = ACCOUNTS[turn(head)]
    other = {"inspector": "inspector2", "inspector2": "inspector"}[lead]
    handler, partner = visit(lead), visit(other)
    hidden(task, visit("registrar"), visit("liaison"), visit("legal"))
    for name, reported in (("原煤产量", "186,420"), ("洗煤产量", "93,000")):
        page = at(handler, f"{task}/lines/new")
        send(
            handler, page.locator("main form"), "line-", name=name, measure="吨",
            nature="价值量", period="1—2月", reported=reported,
        )  # fmt: skip
    take(
        handler, task, "提请检查审批", proof, scope="能源统计报表", content="原煤产量",
        method="site", exemption="none",
    )  # fmt: skip
    take(head, task, "批准检查", proof)
    take(handler, task, "登记通知送达", proof, manner="direct", received_by="王某")
    assert (at(visit("registrar"), task).locator(".answers").count(), state(handler)) == (
        1,
        "待进场",
    )
    take(handler, task, "进入现场", proof, place="厂区", received_by="王某（厂长）", shown=True,
         told=True)  # fmt: skip
    on_site(handler, partner, task)
    take(
        handler, task, "记现场检查笔录", proof, place="厂区", present="王某", recorder="阿古拉",
        findings="台账与报表不符。", signed="yes",
    )  # fmt: skip
    take(handler, task, "结束现场检查", proof)
    end = date.fromisoformat(now("date")) - timedelta(days=20)
    take(
        handler, task, "提出结果：转立案", proof, matter="提供不真实的统计资料",
        facts="多报原煤产量。",
        criteria=("actor", "act", "liability", "jurisdiction", "limitation"),
        act_from=end - timedelta(days=40), act_to=end, found_on=now("date"),
    )  # fmt: skip
    assert state(handler) == "待立案"
    take(head, task, "批准立案", proof)
    assert state(head) == "反馈单位"
    return follow(head, task, "penalties")


def on_site(handler: Visitor, partner: Visitor, task: str) -> None:
    """Two officers at the unit, each with a phone; what is computed is not typed."""
    for visitor, line, due in ((handler, 1, "151,906"), (partner, 2, "93,000")):
        page = visitor.open(f"{task}/site/{line}", size=PHONE)
        page.fill(f"#d-{line}", due)
        page.locator(f"[data-line='{line}'] [data-diff]").wait_for()
        page.check(f"#f-{line} [value=ledger]")
        page.locator(f"[data-line='{line}'] .p-dock .btn-primary").click()
        expect(page.locator("[data-net]")).to_be_hidden(timeout=15_000)
        expect(
            page.locator(f"[data-box='{line}'][data-state='done']:not([data-unsent])")
        ).to_be_visible()
        assert visitor.sticks_out() == 0
    page = handler.open(task, size=(1366, 768))
    # 186,420 - 151,906 = 34,514; 34,514 / 151,906 = 22.72 %
    assert "+34,514" in handler.text
    assert "22.72%" in handler.text
    partner.page.set_viewport_size({"width": 1366, "height": 768})


def punish(visit: Person, case: str, proof: Path) -> None:
    """From the source to the decision and its service."""
    head, supervisor, legal = visit("head"), visit("supervisor"), visit("legal")
    at(head, case)
    assert state(head) == "案源"
    lead = turn(head)
    handler = visit(ACCOUNTS[lead])
    other = {"其木格": "阿古拉", "阿古拉": "其木格"}[lead]
    hidden(case, visit("liaison"))
    take(
        handler, case, "报请立案", proof, **dict.fromkeys(CRITERIA, True),
        **{f"{c}_why": "见检查材料" for c in CRITERIA}, level="own", area="own",
        co_officer=other,
    )  # fmt: skip
    take(head, case, "批准立案", proof)
    assert state(head) == "调查"
    page = at(handler, f"{case}/evidence")
    send(
        handler, page.locator("form[action$='/evidence/add']"), "add-", proof, name="产量台账",
        form="复制件", quantity="3 册", place="厂区", keeper=lead,
    )  # fmt: skip
    take(
        handler, case, "提交调查终结报告", proof, outcome="penalty", act="untrue", table="statute",
        warning=True, fine="6万", complicated=True,
    )  # fmt: skip
    take(supervisor, case, "批准终结", proof)
    take(handler, case, "送法制审核", proof)
    take(legal, case, "审核通过", proof, opinion="事实清楚，证据确凿。")
    take(handler, case, "提请集体讨论", proof)
    take(head, case, "登记讨论决定", proof, present="5", in_favour="5", conclusion="同意")
    take(handler, case, "送达事先告知书", proof, **SERVED, defence_days="3")
    assert state(handler) == "事先告知"
    take(handler, case, "当事人放弃", proof)
    take(handler, case, "报请处罚决定", proof, notice_result="当事人放弃陈述申辩和听证。")
    take(head, case, "作出处罚决定", proof, six_items=True)
    take(handler, case, "送达处罚决定书", proof, **SERVED)
    assert state(handler) == "履行"
    year = now("date")[:4]
    for number in (f"东统告字〔{year}〕1号", f"东统罚字〔{year}〕1号"):
        assert number in handler.text


def finish(visit: Person, case: str, proof: Path) -> None:
    """From the payment to the archive."""
    head, registrar = visit("head"), visit("registrar")
    at(head, case)
    take(registrar, case, "登记缴款", proof, amount="60000", way="bank", voucher="凭证1")
    take(registrar, case, "履行完毕", proof)
    handler = visit(ACCOUNTS[turn(registrar)])
    take(handler, case, "公示处罚决定", proof, site="本局网站")
    take(handler, case, "报请结案", proof)
    take(head, case, "批准结案", proof)
    page = at(registrar, case)
    assert state(registrar) == "立卷归档"
    while page.locator("input[name=pick][value=explain_missing]").count():
        reason = page.locator(".cannot").text_content() or ""
        first = re.search(r"没有说明：(\d+)", reason)
        assert first is not None, reason
        take(registrar, case, "说明缺项", proof, item=first[1], reason="本案没有这项材料")
    take(registrar, case, "归档", proof)
    assert state(registrar) == "已归档"


def test_from_the_annual_plan_to_the_archive(visit: Visit, site: Site, proof: Path) -> None:
    person = cache(visit)  # one browser a person, from the first day to the last
    task = plan_and_draw(person, proof)
    case = inspect(person, task, proof)
    punish(person, case, proof)
    finish(person, case, proof)
    head, liaison = person("head"), person("liaison")
    at(head, case)
    assert UNIT in head.text
    assert follow(head, case, "inspections") == task
    hidden(case, liaison)
    site.worker_once()
    at(liaison, "/notices/")
    assert UNIT not in liaison.page.content()
