"""Every row of the domain reference, section 2, typed by hand from it and not from the packs."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from tracker.core.rulebook.loader import RuleMissing, default_rulebook
from tracker.core.rulebook.measures import YearDay
from tracker.core.rulebook.model import FAMILY_LABELS, LawBy, Rule, Sense
from tracker.core.rulebook.reminders import RungKind
from tracker.core.rulebook.terms import Term

TODAY = date(2026, 11, 22)

# id (version): unit, length, rolls off rest days, mark, jurisdiction. "-": no length of time.
TABLE = """
T01     wd    7  no   V      -
T02     m     3  yes  V-ex   -
T03     cd   90  yes  V      -
T04     wd    7  no   V      -
T05.1   cd    3  yes  V      -
T05.2   wd    5  no   V      -
T05B    cd    3  yes  V      -
T06     wd    7  no   V      -
T07     none  -  no   V      -
T08     wd    7  no   V      -
T09     cd   30  yes  V      -
T10     cd   15  yes  V      -
T11     none  -  no   V      -
T12     y     2  yes  V      -
T12A    y     5  yes  V      -
T13     wd    2  no   V      -
T13A    wd    2  no   V      -
T14     cd   60  yes  V      -
T14A    y     5  yes  V      -
T15     wd    5  no   V      -
T15A    wd    5  no   V      -
T15B    wd   10  no   V      -
T16     wd   10  no   V      -
T17     cd   60  yes  V      -
T17A    cd   30  yes  V      -
T18     m     6  yes  V      -
T18A    y     1  yes  V      -
T18B    y     5  yes  V      -
T19     cd   15  yes  V      -
T20     m     3  yes  V      -
T21     wd   10  no   V      -
T22     wd    5  no   V      -
T22A    wd    7  no   V      -
T22B    cd   30  yes  V      -
T22C    cd   15  yes  V      -
T23     wd    7  no   V-ex   -
T23A    y     1  yes  V-ex   -
T24     wd   20  no   V      -
T25     wd    3  no   V      -
T26     none  -  no   V      -
T27     none  -  no   V-ex   -
T28     none  -  no   V-ex   -
T29     none  -  no   V-ex   -
T30     h    24  no   V-ex   12
T31     none  -  no   V      -
T32     none  -  no   V      -
T32A    none  -  no   V      -
T32B    none  -  no   V      -
A01     none  -  no   V      -
A02     none  -  no   V      -
A03     none  -  no   V      -
A04     none  -  no   V      -
A01     none  -  no   V-ex   44
A02     none  -  no   V-ex   44
A01     none  -  no   U      43
A02     none  -  no   U      43
A05     none  -  no   V-ex   1308
T06A    none  -  no   V      43
L01     none  -  no   V      -
L02     none  -  no   V-ex   -
L03     none  -  no   V      -
L04     m     6  yes  V-ex   -
L05     m     2  yes  V      37
L06     cd    3  yes  V      -
L07     h    24  no   V      -
L08     h    24  no   V      -
L09     cd    3  yes  V      -
L10     cd    3  yes  V      -
L11     cd    3  yes  V      -
L11A    cd    3  yes  V      -
L12     cd    3  yes  V      -
L13     none  -  no   V      -
L14     cd   10  yes  V      530181
L15     none  -  no   V      530181
L16     cd   60  yes  U      -
L17     cd   60  yes  U      -
L17A    cd   15  yes  U      -
L18     m     2  yes  V      -
L18A    m     6  yes  V      -
L19     cd   15  yes  V-ex   -
L20     none  -  no   V-ex   3503
L21     none  -  no   V-ex   -
L22     none  -  no   U      -
C01     wd   20  no   V-ex   -
C02     y     1  yes  V-ex   -
C02A    m     6  yes  V-ex   -
C03     y     2  yes  V-ex   -
C04     none  -  no   U      -
C04A    y     1  yes  U      -
C04B    m     6  yes  U      -
C05     none  -  no   V-ex   52
C05A    none  -  no   V-ex   52
C05B    y     1  yes  V-ex   52
C05C    m     6  yes  V-ex   52
P01     none  -  no   V      -
P01     none  -  no   V      50
P02     none  -  no   V      22
P03     none  -  no   V      1506
P04     none  -  no   V      50
P05     none  -  no   V      50
P06     none  -  no   V      1506
P07     none  -  no   V      1506
P08     none  -  no   V-ex   -
P09     none  -  no   V      50
P10     none  -  no   V      1506
P11     cd   30  yes  V      50
P12     none  -  no   V      -
R01     none  -  no   V      34
R01A    none  -  no   V      34
R02     none  -  no   V      34
R03     none  -  no   V      -
R04     none  -  no   V      43
R04A    none  -  no   V-ex   43
R05     none  -  no   V      4115
R06     wd   20  no   U      -
"""
# Ours beside the reference: what holds where the law is silent.
OURS = {("L14", ""), ("L15", "")}


def named(rule: Rule) -> str:
    several = len({r.version for r in default_rulebook().variants(rule.id)}) > 1
    return f"{rule.id}.{rule.version}" if several else rule.id


def rule(rule_id: str, region: str = "") -> Rule:
    return default_rulebook().rule(rule_id, TODAY, region)


def test_the_packs_are_the_reference():
    typed = {
        (words[0], "" if words[5] == "-" else words[5]): words[1:5]
        for line in TABLE.strip().splitlines()
        if (words := line.split())
    }
    found = {
        (named(r), r.jurisdiction): [
            r.unit.value,
            "-" if r.length is None else str(r.length),
            "yes" if r.roll else "no",
            r.verified.value,
        ]
        for r in default_rulebook().all()
        if not r.id.startswith("OWN-") and (r.id, r.jurisdiction) not in OURS
    }
    assert found == typed


def test_no_row_of_the_reference_is_left_out():
    rows = {r.row for r in default_rulebook().all()}
    wanted = [("T", 32), ("L", 22), ("C", 5), ("P", 12), ("R", 6)]
    missing = [f"{k}{n:02}" for k, last in wanted for n in range(1, last + 1)]
    assert [row for row in missing if row not in rows] == []
    assert all(re.fullmatch(r"[ATLCPR]\d\d|OWN-[A-Z]+", row) for row in rows)


@pytest.mark.parametrize(
    ("rule_id", "times", "once", "total"),
    [
        ("T02", 1, "3m", "6m"), ("T17", 1, "30cd", "90cd"), ("L04", None, None, "12m"),
        ("L16", 1, "30cd", "90cd"), ("L17", 1, "30cd", "90cd"),
    ],
)  # fmt: skip
def test_what_may_be_extended(rule_id, times, once, total):
    found = rule(rule_id).extension
    assert found is not None
    assert found.max_times == times
    assert found.max_length == (Term.parse(once) if once else None)
    assert found.total_max == Term.parse(total)


def test_nothing_else_may_be_extended():
    extended = {r.id for r in default_rulebook().all() if r.extension}
    assert extended == {"T02", "T06A", "T17", "L04", "L16", "L17"}


def test_terms_that_are_no_time_to_act_in():
    senses = {r.id: r.sense for r in default_rulebook().all() if r.sense is not Sense.WITHIN}
    assert senses == {
        "T06": Sense.BEFORE,
        **dict.fromkeys(("T09", "T21", "C02A", "C04B", "C05C"), Sense.AFTER),
        **dict.fromkeys(("T23A", "C02", "C03", "C04A", "C05B", "OWN-DISPLAYMORE"), Sense.LASTS),
    }
    assert str(rule("T06").length_words) == "至少提前 7 个工作日"
    assert "听证之日" in rule("T06").start


@pytest.mark.parametrize(
    ("rule_id", "region", "words"),
    [
        ("T11", "", "每 1 天按罚款数额的百分之 3，合计不超过罚款数额的百分之 100"),
        ("T20", "", "3 个月；决定书送达满 6 个月后、9 个月内"),
        ("T27", "", "每年最多 1 次"),
        ("T28", "", "每年不超过已公布的上限"),
        ("A01", "", "50,000 元以上（含）"),
        ("A01", "44", "100,000 元以上（含）"),
        ("A01", "43", "50,000 元以上（含）"),
        ("A02", "", "2,000 元以上（含）"),
        ("A03", "", "3,000 元以下（含）"),
        ("A04", "", "200 元以下（含）"),
        ("A05", "1308", "50,000 元以上（含）"),
        ("T06A", "43", "可以延长 1 次"),
        ("T31", "", "1 年内满 3 次"),
        ("T32", "", "不少于 2 年"),
        ("T32A", "", "不少于 10 年"),
        ("T32B", "", "永久"),
        ("C05", "52", "6 个月至 3 年"),
        ("C05A", "52", "3 个月至 1 年"),
        ("L20", "3503", "每季度至少 1 次"),
        ("L21", "", "每年至少 1 次"),
        ("P07", "1506", "每年至少 1 次，最迟 12 月 31 日"),
        ("P08", "", "每年至少 90 学时"),
        ("P09", "50", "每年至少 1 次，最迟 12 月 31 日"),
        ("R01", "34", "每年至少 1 次，最迟 6 月 30 日"),
        ("R01A", "34", "每年，最迟 11 月 30 日"),
        ("R02", "34", "1 个县（市、区），3 个乡镇（街道），至少 20 家工业企业，"
         "至少 10 家批零住餐和服务业企业，20 个投资项目"),
        ("R05", "4115", "3 小时培训，3 个检查组，5 个县（市、区），36 家企业"),
        ("T02", "", "3 个月；可以延长 1 次，每次最多 3 个月，合计最多 6 个月"),
        ("T07", "", "没有规定天数"),
        ("OWN-SUPERIOR", "", "日期另行给定"),
    ],
)  # fmt: skip
def test_what_is_no_length_is_said_in_words(rule_id, region, words):
    assert str(rule(rule_id, region).length_words) == words


def test_what_is_no_length_is_data():
    surcharge, window = rule("T11").rate, rule("T20").window
    assert surcharge is not None
    assert (surcharge.percent, surcharge.per.value, surcharge.cap) == (3, "cd", 100)
    assert window is not None
    assert (str(window.opens), str(window.closes)) == ("6m", "9m")
    repeated, by = rule("T31").threshold, rule("R01", "34").quota
    assert repeated is not None
    assert (repeated.n, str(repeated.within)) == (3, "1y")
    assert by is not None
    assert by.by == YearDay(6, 30)
    assert by.by.of_year(2027) == date(2027, 6, 30)


def test_thresholds_take_the_sum_itself():
    hearing, spot = rule("A01").amount, rule("A03").amount
    assert hearing is not None
    assert spot is not None
    sums = (Decimal("49999.99"), Decimal(50000))
    assert [hearing.holds(n) for n in sums] == [False, True]
    assert [spot.holds(n) for n in (Decimal(3000), Decimal("3000.01"))] == [True, False]
    old = default_rulebook().rule("A01", date(2021, 7, 14), "43").amount
    assert old is not None
    assert old.least == 20000


def test_who_was_in_force_when():
    book = default_rulebook()
    hearing = [str(book.rule("T05", on).term) for on in (date(2021, 7, 14), date(2021, 7, 15))]
    assert hearing == ["3cd", "5wd"]
    with pytest.raises(RuleMissing):
        book.rule("T05B", TODAY)
    assert book.variants("T05B")[0].superseded_by == "T05"
    for old in ("C01", "C02", "C02A", "C03"):
        assert book.rule(old, date(2022, 5, 18)).superseded_by == "C04"
        with pytest.raises(RuleMissing):
            book.rule(old, date(2022, 5, 19))
    assert book.rule("C04", date(2022, 5, 19)).length is None
    with pytest.raises(RuleMissing):
        book.rule("T25", date(2021, 7, 14))


def test_the_date_of_the_act_chooses_the_law_of_the_penalty():
    by_act = {r.id for r in default_rulebook().all() if r.law_by is LawBy.ACT}
    assert by_act == {"T12", "T12A", "T31"}


def test_every_rule_belongs_to_a_family():
    families = {r.family for r in default_rulebook().all()}
    assert families == set(FAMILY_LABELS)
    assert rule("T30", "12").family == "cases"
    assert rule("OWN-DRAFT").family == "leads"


def keys(rule_id: str, region: str = "") -> list[str]:
    return [r.key for r in rule(rule_id, region).rungs]


@pytest.mark.parametrize(
    ("rule_id", "region", "expected"),
    [
        ("T02", "", "before:60cd before:30cd before:10cd before:3cd"),
        ("T04", "", "before:3wd before:1wd"),
        ("T05", "", "before:2wd before:1wd"),
        ("T06", "", "before:2wd before:1wd"),
        ("T08", "", "before:2wd before:1wd"),
        ("T25", "", "before:2wd before:1wd"),
        ("T10", "", "after_start:10cd on_due after:1cd"),
        ("T20", "", "after_start:0cd before:30cd before:7cd"),
        ("L04", "", "after_start:3m after_start:5m on_due after_every:1m"),
        ("L06", "", "after_start:0h after_start:24h after_start:48h on_due after_every:24h"),
        ("L12", "", "after_start:0h after_start:24h after_start:48h on_due after_every:24h"),
        ("L07", "", "after_start:0h on_due after_every:24h"),
        ("R01", "34", "before:30cd before:7cd"),
        ("OWN-CERT", "", "before:90cd before:30cd before:7cd"),
    ],
)
def test_the_reminders_we_propose(rule_id, region, expected):
    wanted = expected.split()
    assert keys(rule_id, region)[: len(wanted)] == wanted


def test_yearly_duties_are_asked_after_on_the_day_the_reference_names():
    for rule_id, region, day in (("P07", "1506", "09-30"), ("P09", "50", "10-01")):
        found = rule(rule_id, region)
        assert found.quota is not None
        assert found.quota.by is not None
        (rung,) = found.rungs
        asked = found.quota.by.of_year(2027) - rung.n * (date(2027, 1, 2) - date(2027, 1, 1))
        assert (rung.unit.value, f"{asked:%m-%d}") == ("cd", day)


def test_who_hears_of_what():
    """Before: the holder; on the day and each day after: the supervisor too; at last the head."""
    told = {
        RungKind.BEFORE: ("holder",),
        RungKind.AFTER_START: ("holder",),
        RungKind.ON_DUE: ("holder", "supervisor"),
        RungKind.AFTER_EVERY: ("holder", "supervisor"),
    }
    # Of a certificate both hear from the beginning: the supervisor orders the new one.
    assert {r.to for r in rule("OWN-CERT").rungs} == {("holder", "supervisor")}
    for found in default_rulebook().all():
        for rung in found.rungs if found.id != "OWN-CERT" else ():
            assert rung.kind not in told or rung.to == told[rung.kind], found.id
        if any(r.kind is RungKind.AFTER_EVERY for r in found.rungs):
            last = found.rungs[-1]
            assert (last.key, last.to) == ("after:5wd", ("head",)), found.id
