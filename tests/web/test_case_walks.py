"""Cases from their first day to their last, page by page, by people with separate logins.

Days were counted by hand: 2026-03-02 is a Monday, March 2026 has no holiday, 4 to 6 April and 1 to
5 May are free (国务院办公厅关于2026年部分节假日安排的通知).
"""

from __future__ import annotations

import pytest

from tests.web.case_ways import (
    CRITERIA,
    PARTY,
    UNIT,
    USCC,
    decided,
    opened,
    registered,
    running,
    served,
    told,
    weighed,
)
from tests.web.casework import SERVED, Casework

pytestmark = pytest.mark.once


@pytest.fixture
def bureau(app, at_time):
    """The bureau on a Monday morning."""
    return Casework(app, at_time, "2026-03-02 09:00")


# ---------------------------------------------------------------- penalty cases


def test_a_minor_act_is_not_punished_and_the_party_is_taught(bureau):
    b = bureau
    path = registered(b)
    b.hidden(path)
    b.hidden(path, "partner")  # not on the case yet
    path = opened(b)
    weighed(b, path, outcome="no_penalty", ground="minor", warning=False, fine="")
    assert "不用事先告知" in b.not_offered("handler", path, "送达事先告知书")
    b.take("handler", path, "报请不予处罚", ground="minor", note="及时改正，没有危害后果")
    assert "报请的是不予处罚" in b.not_offered("head", path, "作出处罚决定")
    page = b.take("head", path, "不予处罚")
    assert page.documents["不予行政处罚决定书"] == "东统不罚字〔2026〕1号"
    assert running(page) == {}
    b.take("handler", path, "送达不予处罚决定书", **SERVED, education="当面讲解统计法。")
    b.shows(path, "公示和报结", "handler")
    b.take("handler", path, "报请结案", reason="不予行政处罚")
    page = b.take("head", path, "批准结案")
    # OWN-ARCHIVE: 20 working days after 2 March.
    assert running(page) == {"立卷归档": "3月30日"}
    b.shows(path, "立卷归档", "登记员")
    b.hidden(path)


def test_a_hearing_is_asked_for_announced_in_time_and_held(bureau):
    b = bureau
    path = told(b)
    page = b.sees("handler", path)
    assert page.documents["行政处罚事先告知书"] == "东统告字〔2026〕1号"
    # 处罚法 64(1): five working days; as the notice says: three working days; 57: three months.
    clocks = running(page)
    assert clocks["当事人要求听证"] == "3月9日"
    assert clocks["当事人陈述、申辩"] == "3月5日"
    assert clocks["统计违法案件办理"] == "6月2日"
    assert "届满" in b.not_offered("handler", path, "告知期满")
    b.take("handler", path, "登记听证要求", asked_by="当事人")
    b.shows(path, "听证准备", "业务负责人")
    when = {
        "place": "三楼会议室", "presider": "presider", "recorder": "赵丽华", "openness": "public",
    }  # fmt: skip
    words = b.refused("supervisor", path, "确定听证", hearing_at="2026-03-10T09:00", **when)
    assert "提前 7 个工作日" in words
    assert "最早只能定在 3月11日" in words
    page = b.take("supervisor", path, "确定听证", hearing_at="2026-03-12T09:00", **when)
    assert running(page)["听证通知最迟送达日"] == "3月3日"
    page = b.take("handler", path, "送达听证通知", **SERVED)
    assert running(page)["举行听证"] == "3月12日"
    b.shows(path, "听证", "presider")
    b.on("2026-03-12 11:00")
    assert "登记听证结果" not in b.sees("legal", path).steps
    b.take("presider", path, "登记听证结果", opinion="事实清楚。")
    b.shows(path, "法制审核", "法制审核")
    assert "作出处罚决定" not in b.sees("head", path).steps
    b.take("legal", path, "审核通过，转决定", opinion="同意")
    decided(b, path, "听证意见不采纳。")
    page = b.sees("handler", path)
    assert page.documents["行政处罚听证通知书"] == "东统听字〔2026〕1号"
    assert page.documents["行政处罚决定书"] == "东统罚字〔2026〕1号"
    # T08: seven working days; T24: twenty, with three days of Qingming between.
    assert running(page) == {"送达处罚决定书": "3月23日", "主动公开处罚决定（地方）": "4月10日"}


def test_the_time_for_a_case_is_extended_once(bureau):
    b = bureau
    path = opened(b)
    words = b.refused("handler", path, "申请延长办案期限", months="4", reason="案情复杂")
    assert "最多还能延长 3 个月" in words
    b.take("handler", path, "申请延长办案期限", months="3", reason="案情复杂")
    page = b.take("head", path, "批准延期")
    assert running(page)["统计违法案件办理"] == "9月2日"
    assert "延长办理期限审批表" in page.documents
    assert "最多延长 1 次，已经用完" in b.not_offered("handler", path, "申请延长办案期限")


def test_a_case_of_another_organ_is_handed_over(bureau):
    b = bureau
    path = opened(b)
    b.take(
        "handler", path, "报请移送管辖", ground="其他有管辖权的机关先立案",
        to_organ="南关区统计局", note="对方先立案",
    )  # fmt: skip
    b.shows(path, "移送管辖审批", "单位负责人")
    page = b.take("head", path, "批准移送")
    assert page.state == "已移送管辖"
    assert page.documents["案件移送函"] == "东统移字〔2026〕1号"
    assert (running(page), page.steps) == ({}, {})
    b.sees("handler", path)
    b.hidden(path)


def test_a_fine_that_is_not_paid_goes_to_the_court_in_its_window(bureau):
    b = bureau
    path = served(b)
    clocks = running(b.sees("registrar", path))
    # 处罚法 67: fifteen days; 复议法 20: sixty, the last of them a holiday; 行诉法 46: six months.
    assert clocks["缴纳罚款"] == "3月17日"
    assert clocks["当事人申请行政复议"] == "5月6日"
    assert clocks["当事人直接起诉"] == "9月2日"
    # 强制法 53: three months after the last of them.
    assert clocks["申请法院强制执行"] == "12月2日"
    assert "缴款期限还没有届满" in b.not_offered("handler", path, "送达催告书")
    b.on("2026-08-03 09:00")
    page = b.take("handler", path, "送达催告书", **SERVED)
    assert page.documents["履行行政处罚决定催告书"] == "东统催字〔2026〕1号"
    assert "8月17日" in running(page).values()  # 强制法 54: ten working days
    b.on("2026-08-31 09:00")
    assert "9月2日" in b.not_offered("head", path, "申请强制执行")
    b.on("2026-09-03 09:00")
    page = b.take("head", path, "申请强制执行", court="东胜区人民法院")
    assert page.documents["强制执行申请书"] == "东统执字〔2026〕1号"
    assert "9月10日" in running(page).values()  # 强制法 56: five working days to accept
    b.take("handler", path, "法院受理")
    b.shows(path, "法院审查执行", "handler")
    page = b.take("handler", path, "法院准予执行", court_no="（2026）内0602行审1号")
    page.says("（2026）内0602行审1号")
    b.shows(path, "公示和报结", "handler")
    b.hidden(path)


def test_a_review_that_changes_the_fine_takes_the_publication_back(bureau):
    b = bureau
    path = served(b)
    page = b.take("handler", path, "公示处罚决定", site="本局网站")
    assert running(page)["处罚信息公示期"] == "2027年3月2日"
    b.on("2026-03-20 10:00")
    page = b.take("legal", path, "登记行政复议", organ="东胜区人民政府")
    assert running(page)["复议机关决定是否受理"] == "3月27日"
    assert "复议或者诉讼还没有结果" in b.not_offered("registrar", path, "履行完毕")
    b.take("legal", path, "复议机关受理", track="普通程序")
    page = b.take(
        "legal", path, "登记复议结果", result="changed", new_fine="3万",
        document="复决〔2026〕1号",
    )  # fmt: skip
    assert "3月25日" in running(page).values()  # 处罚法 48(2): three days to withdraw
    b.take("registrar", path, "登记缴款", amount="30000", way="bank", voucher="凭证1")
    # Three days late before the review stopped the count: 3 x 3 % x 30,000 (处罚法 72).
    assert "还欠 2,700.00 元" in b.not_offered("registrar", path, "履行完毕")
    b.take("registrar", path, "登记缴款", amount="2700", way="bank", voucher="凭证2")
    b.take("registrar", path, "履行完毕")
    assert "公示还没有撤回" in b.not_offered("handler", path, "报请结案")
    page = b.take("handler", path, "撤回公示", public_reason="复议决定变更处罚")
    page.says("复议决定变更处罚", "复决〔2026〕1号")
    assert "处罚信息公示期" not in running(page)
    b.take("handler", path, "报请结案")
    b.shows(path, "结案审批", "单位负责人")


def test_a_decision_on_the_spot_and_the_cash_that_was_taken(bureau):
    b = bureau
    path = b.new(
        "handler", "penalties", "当场处罚", **PARTY, matter="迟报统计资料", facts="逾期两日。",
        act="迟报", act_to="2026-02-10", warning=True, fine="1000", co_officer="partner",
    )  # fmt: skip
    b.shows(path, "当场处罚", "handler")
    b.hidden(path)
    page = b.take(
        "handler", path, "交付并报备", place="当事人住所", recipient="王某", collected="1000"
    )
    assert page.documents["当场行政处罚决定书"] == "东统当罚字〔2026〕1号"
    assert running(page)["上交当场收缴的罚款"] == "3月4日"  # 处罚法 71: two days
    b.take("supervisor", path, "准予备案")
    assert "还没有上交" in b.not_offered("registrar", path, "履行完毕")
    page = b.take("registrar", path, "上交当场收缴的罚款")
    assert running(page)["行政机关将当场收缴的罚款缴付银行"] == "3月4日"
    b.take("registrar", path, "缴付银行", voucher="凭证1")
    b.take("registrar", path, "履行完毕")
    page = b.shows(path, "公示和报结", "handler")
    assert "缴纳罚款" not in running(page)


def test_a_lead_opens_a_case_and_its_sender_learns_what_it_may(bureau):
    b = bureau
    path = b.send(
        "liaison", "/leads/new", "/leads/new", unit_name=UNIT, matter="虚报营业收入",
        found_in="工业经济运行监测", facts="上报收入高于开票金额。", indicators__0__name="营业收入",
        indicators__0__reported="112,216", indicators__0__known="80262", found_on="2026-02-27",
        press="go=submit", attach=True,
    ).path  # fmt: skip
    b.take("approver", path, "批准并移送")
    b.take("registrar", path, "接收登记")
    b.send("registrar", f"{path}/duplicates", f"{path}/duplicates")
    b.take("registrar", path, "分办", handler="handler")
    b.take("handler", path, "报请立案", note="台账齐全", criteria=CRITERIA)
    page = b.take("head", path, "批准立案")
    (case,) = page.linked("penalties")
    b.sees("handler", case).says(UNIT, "东统罚案〔2026〕1号", "112,216")
    assert b.sees("handler", case).linked("leads") == [path]
    b.hidden(case)
    there = b.sees("liaison", path)
    assert there.linked("penalties") == []
    there.hides(case, "东统罚案", "其木格", "巴特尔")
    b.take("handler", path, "送出反馈", feedback_sender="已经立案。")
    b.take("supervisor", path, "办结线索")
    there = b.sees("liaison", path)
    there.says("已经立案。", "办结")
    there.hides(case, "东统罚案", "其木格", "巴特尔")
    b.shows(case, "案源", "handler")


# ---------------------------------------------------------------- who is on the case


def test_whoever_is_recused_loses_the_case_and_another_goes_on(bureau):
    b = bureau
    path = opened(b)
    b.hidden(path)
    b.hidden(path, "third")
    b.take("partner", path, "申请回避", person="partner", asked_by="本人回避", reason="近亲属")
    assert "还没有决定" in b.not_offered("handler", path, "申请回避")
    words = b.refused("head", path, "决定回避", granted="同意", replacement="partner")
    assert "接替的人不能是回避的人" in words
    b.take("head", path, "决定回避", granted="同意", replacement="third")
    b.hidden(path, "partner", "stranger")
    for page in (path, f"{path}/evidence", f"{path}/bundle", f"{path}/papers/1"):
        b.hidden(page, "partner")
    for page in ("/penalties/", "/", "/notices/", "/dates/agenda/"):
        b.sees("partner", page).hides(UNIT, path)
    b.sees("partner", f"/penalties/?q={UNIT}").hides(f'{path}"')
    b.sees("third", path).says(UNIT)
    assert path in b.sees("third", "/penalties/").source


# ---------------------------------------------------------------- inspections


def test_an_order_to_correct_is_rechecked_when_its_time_is_up(bureau):
    b = bureau
    path = b.new(
        "supervisor", "inspections", "登记检查任务", unit_name=UNIT, uscc=USCC, channel="专项",
        matter="能源统计数据质量", reason="调度数与直报数相差大", source_paper="鄂统发〔2026〕9号",
    )  # fmt: skip
    # Nobody but the team and its approvers knows before the notice is served.
    unknowing = ("registrar", "legal", "stranger", "liaison", "foreign head")
    b.hidden(path, "handler", *unknowing)
    b.take("supervisor", path, "派出检查人员", handler="handler", co_officer="partner")
    b.send(
        "handler", f"{path}/lines/new", line__name="原煤产量", line__measure="吨",
        line__nature="价值量", line__period="2026年1—2月", line__reported="186,420",
    )  # fmt: skip
    b.take(
        "handler", path, "提请检查审批", scope="能源统计报表", content="原煤产量",
        method="现场检查", from_on="2026-03-02", to_on="2026-03-06", exemption="none",
    )  # fmt: skip
    b.shows(path, "检查审批", "单位负责人")
    b.hidden(path, *unknowing)
    b.take("head", path, "批准检查")
    b.hidden(path, *unknowing)
    page = b.take("handler", path, "登记通知送达", manner="direct", received_by="王某")
    assert page.documents["统计执法检查通知书"] == "东统检通字〔2026〕1号"
    for who in ("registrar", "legal"):
        b.sees(who, path)
    b.hidden(path, "stranger", "liaison", "foreign head")
    b.take(
        "handler", path, "进入现场", place="厂区", received_by="王某（厂长）", shown=True, told=True
    )
    b.send("partner", f"{path}/site/1", due="151,906", grounds=["产量台账"])
    # 186,420 - 151,906 = 34,514; 34,514 / 151,906 = 22.72 %
    b.sees("handler", path).says("+34,514", "22.72%")
    b.take(
        "handler", path, "记现场检查笔录", place="厂区", present="王某", recorder="阿古拉",
        findings="台账与报表不符。", signed="已核对并签名",
    )  # fmt: skip
    page = b.take("handler", path, "结束现场检查")
    b.take(
        "handler", path, "提出结果：责令改正", facts="多报原煤产量。", basis="统计法第四十条",
        corrections="补报", correct_by="2026-03-20",
    )  # fmt: skip
    b.take("head", path, "批准责令改正")
    page = b.take("handler", path, "登记责令改正送达", manner="direct", received_by="王某")
    assert page.documents["责令改正通知书"] == "东统改字〔2026〕1号"
    assert "3月20日" in running(page).values()
    page.says("1 次，满 3 次属情节严重")  # 实施条例 50(4)
    b.shows(path, "改正和复查", "handler")
    b.on("2026-03-20 10:00")
    b.take(
        "handler", path, "复查：已改正", place="厂区", findings="已经补报。", signed="已核对并签名"
    )
    b.shows(path, "结果审核", "业务负责人")
    b.take("supervisor", path, "审核同意")
    b.take("handler", path, "登记结果公示", site="局网站")
    b.take("handler", path, "告知检查情况", manner="direct", result="已改正。")
    page = b.take("supervisor", path, "归档")
    assert (page.state, running(page)) == ("已归档", {})
    b.hidden(path, "stranger", "liaison", "foreign head")


# ---------------------------------------------------------------- onward


def test_a_suspected_crime_goes_to_the_police_while_the_case_goes_on(bureau):
    b = bureau
    case = opened(b)
    before = b.sees("handler", case).clocks
    # 统计执法监督检查办法 31: three months; 程序规定 57: ninety days, the last one a Sunday.
    assert running(b.sees("handler", case)) == {
        "行政处罚一般办案期限（提醒）": "6月1日", "统计违法案件办理": "6月2日",
    }  # fmt: skip
    b.take("handler", case, "移送涉嫌犯罪", note="检查时殴打执法人员")
    (path,) = b.sees("handler", case).linked("crimes")
    assert b.sees("head", path).linked("penalties") == [case]
    b.hidden(path)
    b.shows(path, "指定专案组", "业务负责人")
    b.take("supervisor", path, "指定专案组", handler="handler", co_officer="partner")
    b.take("handler", path, "提交移送报告", offence="刑法第二百七十七条", summary="情节严重。")
    page = b.take("partner", path, "会签并报负责人")
    assert running(page) == {"决定是否移送公安机关": "3月5日"}  # 310号令 5: three days
    page = b.take("head", path, "批准移送")
    assert running(page) == {"批准后移送公安机关": "3月3日"}  # twenty-four hours
    reasons = b.not_offered("handler", path, "移送")
    for paper in ("涉案物品清单", "检验报告或者鉴定结论", "其他有关涉嫌犯罪的材料"):
        assert f"《{paper}》" in reasons
    b.take(
        "handler", path, "声明没有的材料", note="没有涉案物品",
        papers=["涉案物品清单", "检验报告或者鉴定结论"],
    )  # fmt: skip
    b.upload("handler", path, "其他有关涉嫌犯罪的材料")
    b.on("2026-03-03 08:00")
    page = b.take("handler", path, "移送", organ="东胜区公安局")
    assert page.documents == {"涉嫌犯罪案件移送书": "东统移罪字〔2026〕1号"}
    page = b.take("handler", path, "登记移送回执")
    assert running(page) == {"公安机关决定是否立案": "3月6日"}  # 310号令 8: three days
    page = b.take("handler", path, "公安机关立案", document="东公立字〔2026〕1号")
    assert running(page) == {"移交涉案物品和材料": "3月6日"}  # 310号令 12: three days
    b.take("handler", path, "移交物品和材料")
    page = b.take("supervisor", path, "办结")
    assert page.state == "已立案并移交"
    # Back at the case: it tells how that ended, and its own clocks went on as they were.
    there = b.sees("handler", case)
    there.says("已立案并移交")
    assert there.clocks == before
    b.hidden(path)


def test_a_proposal_of_sanctions_has_a_result_for_every_person(bureau):
    b = bureau
    case = opened(b)
    b.take("handler", case, "建议处分责任人", note="负责人授意虚报")
    (path,) = b.sees("handler", case).linked("sanctions")
    b.hidden(path)
    person = {
        "post": "示例镇统计站站长", "rank": "乡科级", "responsibility": "main_leader",
        "facts": "授意虚报。", "evidence": "询问笔录", "article": "统计法第四十条",
        "proposal": "给予政务处分",
    }  # fmt: skip
    for name in ("示例某甲", "示例某乙"):
        b.take("handler", path, "加一位责任人", name=name, **person)
    b.take("handler", path, "提交法制审核", addressee_kind="任免机关", addressee="东胜区人民政府")
    b.take("legal", path, "审核通过")
    b.take("head", path, "讨论通过")
    page = b.take("head", path, "送出建议书")
    assert page.documents["统计违纪违法责任人处分处理建议书"] == "东统建字〔2026〕1号"
    page = b.take("handler", path, "登记回执")
    assert running(page) == {"反馈处分处理结果": "9月2日"}  # six months
    b.on("2026-04-01 10:00")
    b.hidden(path)
    b.write("handler", path, "催办函")
    page = b.take("handler", path, "催办", answer="正在研究")
    assert page.documents["催办函"] == "东统催办字〔2026〕1号"
    b.take(
        "supervisor", path, "登记延期", months="6", document="东政函〔2026〕3号", note="案情复杂"
    )
    assert running(b.sees("handler", path)) == {"反馈处分处理结果": "2027年3月2日"}
    assert "示例某甲、示例某乙" in b.not_offered("handler", path, "结果齐全，送核对")
    b.take(
        "handler", path, "登记处理结果", line="1", kind="governmental", level="记过",
        document="东政处〔2026〕1号",
    )  # fmt: skip
    b.take("handler", path, "登记没有结果的理由", line="2", note="已调离，另行处理")
    b.take("handler", path, "结果齐全，送核对")
    b.take("supervisor", path, "核对无误")
    page = b.take("head", path, "办结")
    assert (page.state, running(page)) == ("办结", {})
    page.says("记过", "东政处〔2026〕1号", "已调离，另行处理")
    b.sees("legal", path)
    b.hidden(path)


DESTINATIONS = (
    "本机关网站", "信用中国网站", "国家企业信用信息公示系统", "全国信用信息共享平台",
)  # fmt: skip


def test_a_dishonest_enterprise_is_shown_everywhere_and_taken_down_everywhere(bureau):
    b = bureau
    path = b.new(
        "handler", "recognitions", "登记拟认定对象", unit_name=UNIT, uscc=USCC,
        subject="企业", address="东胜区示例路1号", person="王某", matter="虚报工业总产值",
        facts="上报数高于应报数一亿元。", handler="handler",
    )  # fmt: skip
    b.hidden(path)
    b.take("handler", path, "报批告知书", grounds=["untrue"], reasons="虚报达到严重以上档次。")
    b.take("supervisor", path, "批准告知")
    page = b.take("handler", path, "登记告知书送达")
    assert page.documents["统计严重失信企业认定告知书"] == "东统信告字〔2026〕1号"
    assert running(page)["对拟认定的陈述申辩"] == "3月9日"
    assert "还没有收到意见" in b.not_offered("handler", path, "复核后报请决定")
    b.take("handler", path, "登记陈述申辩", statement="没有意见。")
    b.take("handler", path, "复核后报请决定", view="无异议")
    page = b.take("head", path, "决定认定")
    assert running(page)["公示并推送严重失信信息"] == "3月30日"  # twenty working days
    page = b.take("handler", path, "登记决定书送达")
    assert page.documents["统计严重失信企业认定决定书"] == "东统信字〔2026〕1号"
    for place in DESTINATIONS[:-1]:
        b.take("handler", path, "登记推送回执", destination=place, receipt=f"示例-{place}")
    assert f"还没有回执：{DESTINATIONS[-1]}" in b.not_offered("handler", path, "进入公示期")
    b.take("handler", path, "登记推送回执", destination=DESTINATIONS[-1], receipt="示例-平台")
    page = b.take("handler", path, "进入公示期")
    page.says(*(f"示例-{place}" for place in DESTINATIONS[:-1]), "示例-平台")
    assert running(page) == {"严重失信信息公示期": "2027年3月2日"}
    assert "最早在 9月2日" in b.not_offered("handler", path, "登记信用修复申请")
    b.on("2026-09-03 10:00")
    b.take("handler", path, "登记信用修复申请")
    b.take("handler", path, "核实完毕", finding="已改正")
    b.take("head", path, "同意修复")
    for place in DESTINATIONS[1:]:
        b.take("handler", path, "登记移除回执", destination=place, receipt=f"移除-{place}")
    assert f"还没有回执：{DESTINATIONS[0]}" in b.not_offered("handler", path, "移除完毕")
    b.take("handler", path, "登记移除回执", destination=DESTINATIONS[0], receipt="移除-局")
    b.take("handler", path, "移除完毕")
    page = b.take("supervisor", path, "办结")
    assert (page.state, running(page)) == ("已移除", {})
    b.hidden(path)
