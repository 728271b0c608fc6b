"""Invented leads: every state of the office in three territories, and a long list for Ordos.

Every unit is called 示例; credit codes are computed, none belongs to a company.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tracker.core.calendar.days import Calendar
from tracker.core.registers.uscc import make_uscc
from tracker.demo.organisations import CHONGQING, JILIN, ORDOS, bureau, department, town
from tracker.demo.stories import FOUND, INSIDE, REFER, REFUSE, Story
from tracker.workflows.leads.data import IndicatorData, LeadData

NOTE = "演示说明：单位、数据和人员都是虚构的。"
# Who reported the one named report; only the vault may ever hold these words.
REPORTER = {
    "name": "查苏娜（示例举报人）",
    "phone": "000-0000-9001",
    "address": "示例小区示例楼",
    "note": "只在周末接电话",
}
SENT = "draft attach submit approve"
IN = f"{SENT} receive"
TRIAGE = f"{IN} see assign"
_DONE = f"{IN} {FOUND} close"


class Topic(NamedTuple):
    """A matter a department may come upon, with one figure that does not fit."""

    matter: str
    found_in: str
    facts: str
    indicator: str
    unit: str
    reported: str
    known: str
    trade: str


TOPICS = {
    "coal": Topic(
        "虚报原煤产量", "能源生产月度调度",
        "联网直报的原煤产量高于调度台账和铁路外运量，企业没有说明原因。",
        "原煤产量", "万吨", "128.6", "96.4", "煤炭",
    ),
    "revenue": Topic(
        "虚报营业收入", "工业经济运行监测",
        "上报的营业收入明显高于开票金额，用电量同期下降。",
        "营业收入", "千元", "86320", "61740", "装备制造",
    ),
    "investment": Topic(
        "虚报固定资产投资完成额", "重大项目调度台账",
        "项目现场没有开工，已经按计划数上报投资完成额。",
        "固定资产投资完成额", "万元", "15200", "3870", "新能源",
    ),
    "retail": Topic(
        "虚报商品销售额", "商贸企业入库审核",
        "上报的商品销售额和合同、发票对不上，部分销售合同无对方签章。",
        "商品销售额", "千元", "45210", "32980", "商贸",
    ),
    "wage": Topic(
        "少报从业人员工资总额", "社会保险缴费比对",
        "上报的工资总额低于社会保险缴费基数合计。",
        "从业人员工资总额", "千元", "5120", "7480", "物业服务",
    ),
    "energy": Topic(
        "少报综合能源消费量", "节能监察",
        "上报的能源消费量低于供电、供气单位的计量数。",
        "综合能源消费量", "吨标准煤", "18450", "23160", "化工",
    ),
    "building": Topic(
        "漏报建筑业总产值", "施工许可和合同备案比对",
        "备案的在建工程没有全部纳入产值报表。",
        "建筑业总产值", "万元", "6400", "9850", "建筑",
    ),
    "grain": Topic(
        "多报粮食播种面积", "农情调度",
        "调查点上报的播种面积大于地块丈量数。",
        "播种面积", "亩", "3260", "2710", "农业",
    ),
}  # fmt: skip


class Example(NamedTuple):
    """One invented lead in one line: where it is, and what it is about."""

    key: str
    home: str
    unit: str
    region: str
    topic: str
    course: str
    held: int = 0
    channel: str = "department"
    more: dict[str, Any] = {}
    words: dict[str, dict[str, Any]] = {}


_SECOND = {"sender": "2"}
_CLERK = {step: {"who": "clerk"} for step in ("draft", "attach", "submit")} | {
    "approve": {"who": "approver3"}
}
_NAMED = {
    "reporter": "named", "identity": REPORTER, "reply_wanted": True, "confidentiality": 2,
}  # fmt: skip
_ANONYMOUS = {"reporter": "anonymous", "confidentiality": 2}
_TELL_BOTH = {
    "give_feedback": {
        "feedback_sender": "来件已经核查，结果已按程序处理。",
        "feedback_reporter": "您反映的情况已经核查，结果已按程序处理。",
    }
}
_DOWN = {"superior_name": "内蒙古自治区统计局", "superior_letter": "内统示例〔2026〕31号"}

# Working days held, so that some are late, some due soon and some far.
ORDOS_LEADS = (
    Example("o-draft", "ordos", "示例青山煤炭有限公司", "150602000000", "coal", "draft attach", 2),
    Example("o-draft-old", "ordos", "示例绿洲化工有限公司", "150621000000", "energy", "draft", 8,
            more=_SECOND),
    Example("o-approval", "ordos", "示例长风新能源有限公司", "150625000000", "investment",
            "draft attach submit", 2),
    Example("o-sent", "ordos", "示例金穗商贸有限公司", "150602000000", "retail", SENT, 1),
    Example("o-sent-late", "ordos", "示例宏图建筑有限公司", "150603000000", "building", SENT, 4,
            more=_SECOND),
    Example("o-clerk", "ordos", "示例罕台物业服务有限公司", "150602101000", "wage", SENT, 0,
            words=_CLERK),
    Example("o-twin-1", "ordos", "示例高原煤炭有限责任公司", "150622000000", "coal",
            f"{TRIAGE} verify", 6),
    Example("o-twin-2", "ordos", "示例高原煤炭有限公司", "150622000000", "coal", IN, 0,
            more=_SECOND),
    Example("o-media", "ordos", "示例云上商贸有限公司", "150603000000", "retail", "intake", 1,
            "media"),
    Example("o-named", "ordos", "示例北辰化工有限公司", "150627000000", "energy",
            "intake see assign", 5, "report", _NAMED),
    Example("o-triage-late", "ordos", "示例恒昌装备制造有限公司", "150602000000", "revenue",
            TRIAGE, 10),
    Example("o-triage-far", "ordos", "示例星河新能源有限公司", "150624000000", "investment",
            TRIAGE, 1, more=_SECOND),
    Example("o-supplement", "ordos", "示例盛达装备制造有限公司", "150626000000", "revenue",
            f"{TRIAGE} ask_supplement", 4),
    Example("o-supplied", "ordos", "示例长青建筑有限公司", "150627000000", "building",
            f"{TRIAGE} ask_supplement supply", 2, more=_SECOND),
    Example("o-verify-late", "ordos", "示例乌兰煤炭有限公司", "150627000000", "coal",
            f"{TRIAGE} verify", 46),
    Example("o-verify-soon", "ordos", "示例西部化工有限公司", "150623000000", "energy",
            f"{TRIAGE} verify", 36),
    Example("o-handed-down", "ordos", "示例瀚海煤炭有限公司", "150622000000", "coal",
            "intake see assign verify", 7, "handed_down", {**_DOWN, "due": 3}),
    Example("o-countersign", "ordos", "示例明珠商贸有限公司", "150602000000", "retail",
            f"{TRIAGE} verify submit_findings", 2),
    Example("o-disagreed", "ordos", "示例启元装备制造有限公司", "150603000000", "revenue",
            f"{TRIAGE} verify submit_findings disagree submit_findings countersign", 1),
    Example("o-result-late", "ordos", "示例天成物业服务有限公司", "150602000000", "wage",
            f"{TRIAGE} verify submit_findings countersign", 6),
    Example("o-returned", "ordos", "示例博远建筑有限公司", "150621000000", "building",
            f"{TRIAGE} verify submit_findings countersign return_result", 3),
    Example("o-inside", "ordos", "示例嘉禾商贸有限公司", "150625000000", "retail",
            f"{TRIAGE} hand_inside", 1),
    Example("o-refer", "ordos", "示例通源化工有限公司", "150624000000", "energy",
            f"{TRIAGE} propose_referral", 2,
            words={"propose_referral": {"handed_to": "包头市统计局"}}),
    Example("o-refuse", "ordos", "示例未具名企业", ORDOS, "revenue",
            "intake see assign propose_refusal", 5, "report", _ANONYMOUS),
    Example("o-feedback", "ordos", "示例金桥煤炭有限公司", "150627000000", "coal",
            f"{TRIAGE} verify submit_findings countersign confirm_result", 6),
    Example("o-closing", "ordos", "示例同辉新能源有限公司", "150626000000", "investment",
            f"{IN} {FOUND}", 2),
    Example("o-closed", "ordos", "示例广源商贸有限公司", "150602000000", "retail", _DONE, 11),
    Example("o-resent", "ordos", "示例泰和装备制造有限公司", "150602000000", "revenue",
            f"{SENT} bounce attach submit approve receive see assign", 3),
    Example("o-sent-back", "ordos", "示例华岳建筑有限公司", "150603000000", "building",
            f"draft attach submit send_back attach submit approve receive {INSIDE} close", 20),
    Example("o-merged", "ordos", "示例乌兰煤炭公司", "150627000000", "coal",
            "intake see merge", 30, "report", _ANONYMOUS, {"merge": {"target": "o-verify-late"}}),
    Example("o-withdrawn", "ordos", "示例晨光物业服务有限公司", "150603000000", "wage",
            f"{SENT} withdraw", 15, more=_SECOND),
    Example("o-reassigned", "ordos", "示例汇丰源商贸有限公司", "150621000000", "retail",
            f"{TRIAGE} reassign", 2),
    Example("o-refused", "ordos", "示例无线索企业", ORDOS, "wage",
            f"intake {REFUSE} close", 18, "report", _ANONYMOUS),
    Example("o-team", "ordos", "示例河套农业合作社", "150621000000", "grain", IN, 1,
            more={"team": True}),
    Example("o-team-verify", "ordos", "示例草原农业合作社", "150625000000", "grain",
            f"{TRIAGE} verify", 12, more={"team": True, **_SECOND}),
    Example("o-opening", "ordos", "示例启明装备制造有限公司", "150602000000", "revenue",
            f"{TRIAGE} propose_case", 1),
    Example("o-opening-found", "ordos", "示例东岳商贸有限公司", "150621000000", "retail",
            f"{TRIAGE} verify submit_findings countersign propose_case_found", 1),
    Example("o-case", "ordos", "示例长河装备制造有限公司", "150602000000", "revenue",
            f"{TRIAGE} verify submit_findings countersign propose_case_found approve_case "
            "give_feedback", 5),
    Example("o-county", "150622", "示例沙圪堵煤炭有限公司", "150622101000", "coal",
            f"{TRIAGE} verify", 8),
)  # fmt: skip
OTHER_LEADS = (
    Example("j-draft", "jilin", "示例松江商贸有限公司", "220102000000", "retail",
            "draft attach", 1),
    Example("j-approval", "jilin", "示例白山建筑有限公司", "220600000000", "building",
            "draft attach submit", 4),
    Example("j-sent", "jilin", "示例辽河装备制造有限公司", "220300000000", "revenue", SENT, 1,
            more=_SECOND),
    Example("j-registered", "jilin", "示例查干湖农业合作社", "220700000000", "grain", IN, 0),
    Example("j-triage", "jilin", "示例净月新能源有限公司", "220104000000", "investment", TRIAGE, 6),
    Example("j-verify", "jilin", "示例长白物业服务有限公司", "220102200000", "wage",
            f"{TRIAGE} verify", 15, more=_SECOND),
    Example("j-result", "jilin", "示例伊通河化工有限公司", "220102000000", "energy",
            f"{TRIAGE} verify submit_findings countersign", 2),
    Example("j-superior", "jilin", "示例向海农业合作社", "220822000000", "grain",
            f"intake {FOUND}", 1, "handed_down",
            {"superior_name": "国家统计局", "superior_letter": "国统示例〔2026〕12号", "due": -2}),
    Example("j-closed", "jilin", "示例图们江商贸有限公司", "222400000000", "retail", _DONE, 25),
    Example("c-draft", "chongqing", "示例两江装备制造有限公司", "500107000000", "revenue", "draft",
            3, more=_SECOND),
    Example("c-sent", "chongqing", "示例缙云建筑有限公司", "500109000000", "building", SENT, 3),
    Example("c-media", "chongqing", "示例山城商贸有限公司", "500103000000", "retail", "intake", 0,
            "media"),
    Example("c-named", "chongqing", "示例嘉陵江化工有限公司", "500117000000", "energy",
            "intake see assign verify", 20, "report",
            {**_NAMED, "identity": {**REPORTER, "phone": "000-0000-9002"}}),
    Example("c-supplement", "chongqing", "示例云门新能源有限公司", "500117006000", "investment",
            f"{TRIAGE} ask_supplement", 11),
    Example("c-refer", "chongqing", "示例歌乐山物业服务有限公司", "500106000000", "wage",
            f"{TRIAGE} propose_referral", 4),
    Example("c-feedback", "chongqing", "示例华岩建筑有限公司", "500107102000", "building",
            f"{IN} {REFER.removesuffix(' give_feedback')}", 3, more=_SECOND),
    Example("c-closed", "chongqing", "示例西彭装备制造有限公司", "500107110000", "revenue",
            _DONE, 40),
)  # fmt: skip

_HOMES = {"ordos": ORDOS, "jilin": JILIN, "chongqing": CHONGQING}
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_COUNTIES = tuple(
    f"150{part}000000" for part in ("602", "603", "621", "622", "623", "624", "625", "626", "627")
)
# How those of the long list stand, over and over.
_LONG = (
    (_DONE, 30), (TRIAGE, 2), (f"{TRIAGE} verify", 4), (SENT, 0), ("draft attach submit", 1),
    (f"{TRIAGE} verify", 26), (f"{IN} {INSIDE} close", 55), (TRIAGE, 5), (f"{IN} see", 1),
    (f"{TRIAGE} verify submit_findings", 1), ("draft attach", 1), (SENT, 1),
)  # fmt: skip
_LONG_LIST = 14


def example_stories(calendar: Calendar, base: date) -> Iterator[Story]:
    """All invented leads."""
    for number, example in enumerate((*ORDOS_LEADS, *OTHER_LEADS, *_long_list())):
        yield _story(example, number, calendar, base)


def _long_list() -> Iterator[Example]:
    """Enough for a second page; each unit is named after a year of the sixty-year cycle."""
    topics = [name for name in TOPICS if name != "grain"]
    for number in range(_LONG_LIST):
        topic = topics[number % len(topics)]
        course, held = _LONG[number % len(_LONG)]
        sign = _STEMS[number % 10] + _BRANCHES[number % 12]
        yield Example(
            f"l-{number:02d}",
            "ordos",
            f"示例{sign}{TOPICS[topic].trade}有限公司",
            _COUNTIES[number % len(_COUNTIES)],
            topic,
            course,
            held + number // len(_LONG),
            more=_SECOND if number % 3 == 0 else {},
        )


def _story(example: Example, number: int, calendar: Calendar, base: date) -> Story:
    more = dict(example.more)
    team, due = more.pop("team", False), more.pop("due", None)
    second = more.pop("sender", "")
    home = _HOMES.get(example.home, f"{example.home}000000")
    clerk = example.words is _CLERK
    if example.channel != "department":
        org = bureau(home)
    elif clerk:
        org = town(example.region)
    else:
        org = department(home, "reform" if second else "industry")
    data = _data(example, number, calendar, base)
    if due is not None:
        data = replace(data, superior_due_on=calendar.add_workdays(base, due))
    if team:
        data = replace(data, survey_owner="survey_team")
    return Story(
        key=example.key,
        data=replace(data, **more),
        org=org,
        crew=f".team.{example.home}" if team else f".{example.home}",
        sender=f"{second}.{example.home}",
        course=example.course,
        held=example.held,
        words={**_TELL_BOTH, **example.words},
    )


def _data(example: Example, number: int, calendar: Calendar, base: date) -> LeadData:
    topic = TOPICS[example.topic]
    # Each lead has its own figures, in the proportion of its topic.
    factor = Decimal(100 + (number * 7) % 45) / 100
    places = Decimal("0.1") if "." in topic.reported else Decimal(1)
    found_on = calendar.add_workdays(base, -example.held - 75)
    # Twins share their code with nobody: a department often does not know it.
    known_code = example.channel == "department" and "twin" not in example.key
    return LeadData(
        unit_name=example.unit,
        region_code=example.region,
        period=f"{found_on.year}年1—{max(found_on.month - 1, 2)}月",
        matter=topic.matter,
        found_in=topic.found_in,
        found_on=found_on,
        facts=f"{topic.facts}\n{NOTE}",
        channel=example.channel,
        uscc=make_uscc(f"91{example.region[:6]}MADM{number:05d}") if known_code else None,
        indicators=(
            IndicatorData(
                topic.indicator,
                topic.unit,
                (Decimal(topic.reported) * factor).quantize(places),
                (Decimal(topic.known) * factor).quantize(places),
                topic.found_in,
            ),
        ),
    )
