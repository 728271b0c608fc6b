"""How far a penalty case has come when a story begins: each way is walked on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.web.casework import SERVED, Casework

UNIT = "青砚建材有限公司"
USCC = "91150602MA0MW4X553"
PARTY: Mapping[str, Any] = {
    "unit_name": UNIT, "uscc": USCC, "subject": "企业", "address": "东胜区示例路1号",
    "legal_person": "王某", "phone": "0477-0000001",
}  # fmt: skip
CRITERIA = ("actor", "conduct", "liability", "jurisdiction", "in_time")
ALL_MET: Mapping[str, Any] = {
    **dict.fromkeys(CRITERIA, True), **{f"{c}_why": "见案源材料" for c in CRITERIA}
}  # fmt: skip
REPORT: Mapping[str, Any] = {
    "outcome": "penalty", "act": "提供不真实", "act_to": "2026-02-10", "table": "statute",
    "warning": True, "fine": "6万",
}  # fmt: skip


def registered(b: Casework) -> str:
    """A source that the registrar writes down; answers the address of the case."""
    return b.new(
        "registrar", "penalties", "登记案源", **PARTY, matter="提供不真实统计资料",
        facts="上报营业收入高于账簿。", source="随机抽查", found_on="2026-02-25",
        handler="handler",
    )  # fmt: skip


def proposed_to_open(b: Casework, path: str) -> None:
    """The handler has checked the five criteria; the head has it on the table."""
    b.take(
        "handler", path, "报请立案", **ALL_MET,
        found_on="2026-02-25", act_to="2026-02-10", level="own", area="own", co_officer="partner",
    )  # fmt: skip
    b.shows(path, "立案审批", "单位负责人")


def opened(b: Casework) -> str:
    """A case that the head has opened; the two officers investigate."""
    path = registered(b)
    b.shows(path, "案源", "handler")
    proposed_to_open(b, path)
    b.take("head", path, "批准立案")
    b.shows(path, "调查", "handler")
    return path


def weighed(b: Casework, path: str, **report: Any) -> None:
    """Figures and evidence are gathered, the investigation is over, its end approved."""
    b.send(
        "handler", f"{path}/figures/new", figure__name="营业收入", figure__measure="万元",
        figure__nature="价值量", figure__period="2025年", figure__reported="38,460",
        figure__due="29,112.4",
    )  # fmt: skip
    b.send(
        "handler", f"{path}/evidence", "/evidence/add", add__name="总账", add__form="复制件",
        add__quantity="3 册", add__place="当事人住所", add__keeper="其木格",
    )  # fmt: skip
    b.take("handler", path, "提交调查终结报告", **{**REPORT, **report})
    b.shows(path, "调查终结审批", "业务负责人")
    b.take("supervisor", path, "批准终结")
    b.shows(path, "审理", "handler")


def told(b: Casework) -> str:
    """The party knows that it is to be fined 60,000."""
    path = opened(b)
    weighed(b, path)
    b.take("handler", path, "送达事先告知书", **SERVED, defence_days="3")
    b.shows(path, "事先告知", "handler")
    return path


def decided(b: Casework, path: str, notice_result: str) -> None:
    """The head has decided the fine that the party was told of."""
    b.take("handler", path, "报请处罚决定", notice_result=notice_result)
    b.shows(path, "处罚决定审批", "单位负责人")
    b.take("head", path, "作出处罚决定", six_items=True)
    b.shows(path, "送达处罚决定", "handler")


def served(b: Casework) -> str:
    """A fine of 60,000 that was decided and served; nothing is paid yet."""
    path = told(b)
    b.take("handler", path, "当事人放弃")
    decided(b, path, "当事人放弃陈述申辩和听证。")
    b.take("handler", path, "送达处罚决定书", **SERVED)
    b.shows(path, "履行", "登记员")
    return path


def running(page: Any) -> dict[str, str]:
    """The clocks that run, with their days."""
    return {label: day for label, day in page.clocks.items() if not day.endswith("停止")}
