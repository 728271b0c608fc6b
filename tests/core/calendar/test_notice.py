"""Reading a notice: the published texts, rows, and every way to be wrong."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tracker.core.calendar.days import DayKind, DayStatus, each_day, firm_until
from tracker.core.calendar.notice import UnreadableNotice, read_notice
from tracker.core.calendar.table import packaged_calendar, packaged_editions

# As published, without the paragraph on duty rosters; some as one line, as they are often copied.
NOTICES = {
    2018: """国务院办公厅关于2018年部分节假日安排的通知
国办发明电〔2017〕12号
一、元旦：1月1日放假，与周末连休。
二、春节：2月15日至21日放假调休，共7天。2月11日（星期日）、2月24日（星期六）上班。
三、清明节：4月5日至7日放假调休，共3天。4月8日（星期日）上班。
四、劳动节：4月29日至5月1日放假调休，共3天。4月28日（星期六）上班。
五、端午节：6月18日放假，与周末连休。
六、中秋节：9月24日放假，与周末连休。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期六）、9月30日（星期日）上班。
国务院办公厅
2017年11月30日""",
    2019: """国务院办公厅关于2019年部分节假日安排的通知
国办发明电〔2018〕15号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　经国务院批准，现将2019年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
　　一、元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。
　　二、春节：2月4日至10日放假调休，共7天。2月2日（星期六）、2月3日（星期日）上班。
　　三、清明节：4月5日放假，与周末连休。
　　四、劳动节：5月1日放假。
　　五、端午节：6月7日放假，与周末连休。
　　六、中秋节：9月13日放假，与周末连休。
　　七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
　　国务院办公厅
　　2018年12月4日""",
    2020: "现将2020年元旦、春节等放假日期通知如下。一、元旦：2020年1月1日放假，共1天。"
    "二、春节：1月24日至30日放假调休，共7天。1月19日（星期日）、2月1日（星期六）上班。"
    "三、清明节：4月4日至6日放假调休，共3天。"
    "四、劳动节：5月1日至5日放假调休，共5天。4月26日（星期日）、5月9日（星期六）上班。"
    "五、端午节：6月25日至27日放假调休，共3天。6月28日（星期日）上班。"
    "六、国庆节、中秋节：10月1日至8日放假调休，共8天。9月27日（星期日）、10月10日（星期六）上班。"
    "节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。国务院办公厅2019年11月21日",
    2023: """关于2023年部分节假日安排的通知
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。""",
    2024: """国务院办公厅关于2024年部分节假日安排的通知
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。\
鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    2025: """国务院办公厅关于2025年部分节假日安排的通知
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。\
1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。\
9月28日（周日）、10月11日（周六）上班。""",
    2026: """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。\
2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
国务院办公厅
2025年11月4日""",
}
# Invented: nobody has arranged 2027 yet. The Sunday before New Year is worked.
NEXT = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。2026年12月27日（周日）上班。
二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月30日"""


@pytest.mark.parametrize("year", NOTICES)
def test_a_published_text_gives_the_shipped_days(year: int) -> None:
    (edition,) = [e for e in packaged_editions() if e.key == f"notice-{year}"]
    shipped = packaged_calendar(edition.known_on)
    for text in (NOTICES[year], NOTICES[year].replace("：", ":").replace("（", "(")):
        notice = read_notice(text.replace("）", ")") if "(" in text else text)
        found = {d.on: d for d in notice.days("通知")}
        assert notice.year == year
        wrong = [d.on for d in found.values() if d.is_workday is not shipped.is_workday(d.on)]
        assert wrong == []
        made = {d.on for d in found.values() if d.kind is DayKind.MAKEUP}
        assert made == {d.on for d in edition.days if d.kind is DayKind.MAKEUP}


def test_what_a_notice_says_of_itself() -> None:
    notice = read_notice(NOTICES[2019])
    assert (notice.number, notice.signed_on) == ("国办发明电〔2018〕15号", date(2018, 12, 4))
    assert read_notice(NOTICES[2026]).number == ""


def test_a_notice_makes_its_year_and_the_days_before_it_firm_but_not_its_own_last_days() -> None:
    days = read_notice(NEXT).days("通知")
    assert [d.on for d in days] == list(each_day(date(2026, 12, 27), firm_until(2027)))
    assert {d.status for d in days} == {DayStatus.ANNOUNCED}
    by_day = {d.on: d for d in days}
    assert by_day[date(2026, 12, 27)].kind is DayKind.MAKEUP
    assert by_day[date(2027, 2, 11)].name == "春节"
    assert by_day[date(2027, 3, 3)].kind is DayKind.WORKDAY


def _rows() -> list[tuple[str, str, str]]:
    return [(str(d), k.value, n) for d, (k, n) in read_notice(NEXT).special.items()]


def test_rows_say_the_same_as_the_text() -> None:
    plain = "\n".join(",".join(row) for row in _rows())
    as_json = json.dumps([dict(zip(("on", "kind", "name"), r, strict=True)) for r in _rows()])
    chinese = plain.replace("holiday", "放假").replace("makeup", "调休上班").replace(",", "，")
    for text in (plain, "\ufeffon,kind,name\r\n" + plain, as_json, chinese):
        found = read_notice(text)
        assert (found.year, found.special) == (2027, read_notice(NEXT).special)


def _faults(text: str) -> str:
    with pytest.raises(UnreadableNotice) as caught:
        read_notice(text)
    return "\n".join(str(f) for f in caught.value.faults)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("1月1日（周五）", "1月1日（周四）", "第2行：2027-01-01 是星期五，写的是星期四，请查对。"),
        ("5月8日（周六）上班", "5月7日上班", "第5行：2027-05-07 本来就是工作日（星期五）"),
        ("5日（周一）放假，共3天", "5日放假，共4天", "第4行：“清明节”写的是4天，按日期数是3天"),
        ("5月8日（周六）上班", "5月3日上班", "第5行：2027-05-03 既放假又上班"),
        ("四、劳动节：5月1日（周六）", "四、劳动节：5月2日（周日）", "5天，按日期数是4天"),
        ("6月9日（周三）放假", "6月31日放假", "第6行：没有“6月31日”这一天"),
        ("6月9日（周三）放假，共1天", "另行通知", "第6行：“端午节”没有写放假的日期"),
        ("6月9日（周三）放假，共1天", "6月9日（周三）团聚", "看不出是放假还是上班"),
        ("9月26日", "9月26日至9月1日", "前后颠倒或太长"),
        ("2026年12月27日", "2026年12月20日", "第2行：2026-12-20 不在 2027 年的安排里"),
        ("五、端午节：6月9日（周三）放假，共1天。\n", "", "2027-06-09（端午节）是法定放假的日子"),
        ("关于2027年部分节假日安排的通知", "", "看不出是哪一年的安排"),
        ("2027年部分", "2040年部分", "请查对年份"),
        ("三、清明节：", "", "第4行：看不出是哪个节日"),
    ],
)
def test_every_fault_is_named_by_its_line(old: str, new: str, fault: str) -> None:
    assert old in NEXT
    assert fault in _faults(NEXT.replace(old, new, 1))


def test_all_faults_come_at_once() -> None:
    text = NEXT.replace("1月1日（周五）", "1月1日（周四）").replace(
        "9月15日（周三）", "9月15日（周二）"
    )
    assert len(_faults(text).splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "还没有内容"),
        ("   \n", "还没有内容"),
        ("关于2027年部分节假日安排的通知，大家过节快乐", "没有找到“一、元旦"),
        ("x" * 20_001, "最多 20000 个字"),
        ("2027-01-01,holiday", "第1行：要有三项"),
        ("on,kind,name\n2027-01-32,holiday,元旦", "第2行：“2027-01-32”不是日期"),
        ("2027-01-01,off,元旦", "第1行：不认识“off”"),
        ("2027-01-01,holiday,", "第1行：请写节日名称"),
        ("2027-01-01,holiday,元旦\n2027-01-01,makeup,元旦", "第2行：2027-01-01 写了两次"),
        ("2027-01-01,holiday,元旦", "2027-02-05（春节）是法定放假的日子"),
        ("[{]", "第1行：不是完整的 JSON"),
        ("{}", "JSON 要是一个列表"),
        ("[]", "这里没有任何日期"),
        ('[{"on": "2027-01-01"}]', "第1项：要有 on、kind、name"),
        ("[7]", "第1项：要有 on、kind、name"),
    ],
)
def test_rows_and_texts_that_cannot_be_read(text: str, fault: str) -> None:
    assert fault in _faults(text)
