"""The grade itself: arithmetic, subjects, the law of the act's day, the lighter law, ceilings."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.helpers.databases import ROOT
from tracker.core.benchmarks.grade import grade, grade_all
from tracker.core.benchmarks.loader import Laws, default_benchmarks
from tracker.core.benchmarks.model import Act, Indicator, Law, Statute, Subject
from tracker.core.benchmarks.plain import plain_grade
from tracker.core.benchmarks.result import Figure, Mark, Outcome, Question
from tracker.core.benchmarks.words import percent_words, range_words, read_number
from tracker.core.errors import BadInput
from tracker.core.rulebook.model import Source, Verified

BOOK = default_benchmarks()
BEFORE, CHANGE, AFTER = date(2024, 9, 12), date(2024, 9, 13), date(2025, 3, 1)
SERIOUS = (Act.UNTRUE, Act.INCOMPLETE, Act.REFUSED, Act.INQUIRY, Act.OBSTRUCTED, Act.RECORDS)
ORGS = (Subject.ENTERPRISE, Subject.INSTITUTION, Subject.ORGANISATION)


def figure(reported, due, kind="value", name=""):
    given = None if reported is None else Decimal(str(reported))
    return Figure(Indicator(kind), given, Decimal(str(due)), name=name)


def ask(table, subject="enterprise", numbers=(), laws=BOOK.laws, **question):
    shown = figure(*numbers) if numbers else None
    return grade(BOOK.table(table), laws, Question(Subject(subject), **question), shown)


def said(graded):
    return "\n".join(str(line) for line in graded.working)


def fine(graded):
    return graded.fine_min, graded.fine_max


# ---------------------------------------------------------------- arithmetic

# Typed from the published cases: file, reported, checked, ratio as we compute it, as printed.
PUBLISHED = [
    ("suqian-2021-chenyang", 15310, 18888, "18.94%", 18.5),
    ("suqian-2021-yugu", 15180, 22396, "32.22%", 32.2),
    ("hebei-2020-contract-revenue", 138562, 65380, "111.93%", 111.9),
    ("hebei-2020-contract-revenue", 1018, 166, "513.25%", 513.3),
    ("nbs-2013-henglan", "85.1", "22.2", "283.33%", None),
    ("shanxi-yushe-construction-omission", 0, "2.3", "100.00%", None),
]


def test_the_ratios_of_the_published_cases():
    seen = set()
    for name, reported, checked, computed, printed in PUBLISHED:
        graded = ask("zhejiang-old", numbers=(reported, checked))
        assert graded.ratio_text == computed
        shown = Decimal(computed.rstrip("%"))
        agrees = printed is None or abs(shown - Decimal(str(printed))) <= Decimal("0.05")
        assert agrees is (name != "suqian-2021-chenyang")
        published = json.loads((ROOT / f"tests/published/{name}.json").read_text("utf-8"))
        rows = {(str(r["reported"]), str(r["checked"])): r for r in published["figures"]}
        row = rows[str(reported), str(checked)]
        assert row["ratio_pct_published"] == printed
        assert graded.difference == abs(Decimal(str(row["difference"])))
        seen.add((name, str(reported)))
    in_files = {
        (path.stem, str(row["reported"]))
        for path in (ROOT / "tests/published").glob("*.json")
        for row in json.loads(path.read_text("utf-8"))["figures"]
        if row["reported"] is not None
    }
    assert seen == in_files


def test_the_working_shows_the_arithmetic():
    graded = ask("beijing-old", numbers=("38460.0", "29112.4"))
    assert "9,347.6 ÷ 29,112.4 ＝ 32.11%" in said(graded)
    assert str(graded.band) == "违法比例 30%–50%（含 30%、不含 50%）"
    assert round(graded.ratio, 6) == Decimal("0.321087")
    assert ask("beijing-old", numbers=(9, 8)).ratio == Decimal("0.125")
    assert Mark.BOUNDARY_UNVERIFIED in graded.marks
    # A printed sign on the only end is no reading of ours.
    first = ask("beijing-old", numbers=(101, 100))
    assert Mark.BOUNDARY_UNVERIFIED not in first.marks


def test_bands_are_chosen_unrounded():
    """5.004% is shown as 5.00%, which the first band would take."""
    graded = ask("beijing-old", numbers=("105.004", 100))
    assert (graded.ratio_text, fine(graded)) == ("5.00%", (5000, 10000))
    assert "没有舍入" in said(graded)
    assert "没有舍入" not in said(ask("beijing-old", numbers=("105", 100)))
    third = ask("beijing-old", numbers=(4, 3))  # a ratio that no decimal writes
    assert (third.ratio_text, fine(third)) == ("33.33%", (20000, 30000))


def test_percents_are_rounded_half_up():
    assert percent_words(Fraction(5, 100_000)) == "0.01%"  # 0.005%
    assert percent_words(Fraction(149, 1_000_000)) == "0.01%"
    assert percent_words(Fraction(49, 1_000_000)) == "0.00%"
    assert percent_words(Fraction(125, 100_000)) == "0.13%"


def test_not_reported_nothing_due_negative_and_no_difference():
    unreported = ask("zhejiang-old", numbers=(None, 500))
    assert (unreported.ratio, fine(unreported)) == (1, (30000, 50000))
    assert "没有上报" in said(unreported)
    loss = ask("zhejiang-old", numbers=(-90, -100))
    assert (loss.difference, loss.ratio_text, fine(loss)) == (10, "10.00%", (1000, 10000))
    nothing_due = ask("zhejiang-old", numbers=(5, 0))
    assert (nothing_due.ratio, nothing_due.row, fine(nothing_due)) == (None, None, (None, None))
    nothing_due = ask("zhejiang-old", numbers=(5, 0), act_date=BEFORE)
    assert (nothing_due.outcome, fine(nothing_due)) == (Outcome.STATUTORY, (0, 50000))
    # By amount only: the list's row for amounts still holds.
    assert ask("guangdong-waiver-set", numbers=(5, 0)).outcome is Outcome.WAIVED
    assert ask("guangdong-waiver-set", numbers=(2_000_000, 0)).outcome is Outcome.NOT_WAIVED
    for same in ((7, 7), (0, 0)):
        assert ask("zhejiang-old", numbers=same).outcome is Outcome.NO_DIFFERENCE
    refused = ask("statute", numbers=(0, 0), act=Act.REFUSED, act_date=BEFORE)
    assert refused.outcome is Outcome.STATUTORY  # refusing needs no difference


# ---------------------------------------------------------------- the statute

STATUTES = [
    # acts, subjects, on 2024-09-12: article, most, aggravated; on 2024-09-13 likewise
    (SERIOUS, ORGS, ("第四十一条", 50_000, (50_000, 200_000)),
     ("第四十四条", 100_000, (100_000, 500_000))),
    (SERIOUS, (Subject.SELF_EMPLOYED,), ("第四十一条", 10_000, None), ("第四十四条", 10_000, None)),
    ((Act.LATE, Act.NO_LEDGER), ORGS, ("第四十二条", 10_000, None), ("第四十五条", 50_000, None)),
    ((Act.LATE,), (Subject.SELF_EMPLOYED,), ("第四十二条", 1_000, None),
     ("第四十五条", 1_000, None)),
]  # fmt: skip


def test_the_law_in_force_on_the_day_of_the_act():
    for acts, subjects, *texts in STATUTES:
        for day, (article, most, aggravated) in zip((BEFORE, CHANGE), texts, strict=True):
            for act in acts:
                for subject in subjects:
                    plain = ask("statute", subject, act=act, act_date=day)
                    assert fine(plain) == (0, most), (act, subject, day)
                    assert plain.statute.source.article == article
                    heavy = ask("statute", subject, act=act, act_date=day, aggravated=True)
                    assert fine(heavy) == (aggravated or (0, most)), (act, subject, day)
                    assert heavy.aggravated is (aggravated is not None)
    assert Mark.LAW_UNVERIFIED in ask("statute", act_date=CHANGE).marks
    assert Mark.LAW_UNVERIFIED not in ask("statute", act_date=BEFORE).marks


OTHERS = [
    (Act.CENSUS, Subject.PERSON, "第四十四条", "第四十七条"),
    (Act.LEADERS, Subject.PERSON, "第三十七条", "第四十条"),
    (Act.STATISTICS_BODY, Subject.ORGAN, "第三十八条", "第四十一条"),
    (Act.PUBLICATION, Subject.PERSON, "第三十九条", "第四十二条"),
    (Act.HONOURS, Subject.ENTERPRISE, "第四十五条", "第四十八条"),
    (Act.FOREIGN, Subject.ENTERPRISE, "第五十四条", "第五十四条"),
    (Act.NO_LEDGER, Subject.SELF_EMPLOYED, "第四十二条", "第四十五条"),
]


def test_what_is_not_fined_names_its_article():
    for act, subject, before, after in OTHERS:
        for day, article in ((BEFORE, before), (CHANGE, after)):
            got = ask("statute", subject, act=act, act_date=day)
            assert (got.outcome, fine(got)) == (Outcome.NOT_FINED, (None, None))
            assert article in said(got)


def test_organs_and_persons_are_never_fined():
    for table in BOOK.all():
        for subject in ("organ", "person"):
            for heavy in (False, True):
                when = {} if table.kind != "statute" else {"act_date": CHANGE}
                got = ask(table.id, subject, (150, 100), aggravated=heavy, **when)
                assert (got.outcome, fine(got)) == (Outcome.NOT_FINED, (None, None)), table.id
                assert "不对国家机关和自然人罚款" in said(got)
                assert not got.allows(Decimal(1))
                assert got.allows(Decimal(0))


def test_an_act_after_the_change_needs_a_table_made_after_it():
    for table in BOOK.all():
        if table.kind == "statute":
            continue
        with pytest.raises(BadInput) as refused:
            ask(table.id, numbers=(150, 100), act_date=CHANGE)
        assert refused.value.field_name == "act_date"
        assert str(refused.value.message).count("2024-09-13") == 2  # the act's day and the law's
        with pytest.raises(BadInput, match="2025-03-01"):
            ask(table.id, numbers=(150, 100), act_date=AFTER)
    assert fine(ask("zhejiang-old", numbers=(150, 100), act_date=BEFORE)) == (30000, 50000)


def test_the_old_law_stays_unless_the_new_one_is_lighter():
    got = ask("statute", numbers=(2, 1), act_date=BEFORE, decision_date=AFTER)
    assert (got.law.id, fine(got)) == ("2009", (0, 50_000))
    assert "第三十七条" in said(got)
    assert "新法并不较轻" in said(got)
    same = ask("statute", numbers=(2, 1), act_date=BEFORE, decision_date=BEFORE)
    assert "第三十七条" not in said(same)
    with pytest.raises(BadInput) as refused:
        ask("statute", act_date=AFTER, decision_date=BEFORE)
    assert refused.value.field_name == "decision_date"


def _laws(new_statutes):
    _, old, new = BOOK.laws.all()
    changed = Law(
        id="next", title="示例新法", statutes=new_statutes, verified=Verified.READ,
        valid_from=date(2030, 1, 1),
    )  # fmt: skip
    ended = Law(
        id="2024", title=new.title, statutes=new.statutes, verified=new.verified,
        valid_from=new.valid_from, valid_to=date(2029, 12, 31),
    )  # fmt: skip
    return Laws((old, ended, changed))


def test_a_lighter_new_law_is_chosen():
    milder = Statute(Source("示例新法", "", "第一条"), (Act.UNTRUE,), ORGS, Verified.READ,
                     fine_max=Decimal(20_000))  # fmt: skip
    day, decided = date(2029, 1, 1), date(2030, 2, 1)
    laws = _laws((milder,))
    got = ask("statute", numbers=(2, 1), laws=laws, act_date=day, decision_date=decided)
    assert (got.law.id, fine(got)) == ("next", (0, 20_000))
    assert "新法较轻" in said(got)
    # And one that does not hold it a violation any more.
    gone = Statute(Source("示例新法"), (Act.LATE,), ORGS, Verified.READ, fine_max=Decimal(1))
    laws = _laws((gone,))
    got = ask("statute", numbers=(2, 1), laws=laws, act_date=day, decision_date=decided)
    assert (got.law.id, got.outcome) == ("next", Outcome.NOT_FINED)


def test_a_range_is_cut_to_the_ceiling_of_the_law():
    vital = {"case": "vital", "numbers": (200, 100)}
    assert fine(ask("beijing-old", **vital)) == (50_000, 100_000)
    cut = ask("beijing-old", **vital, act_date=BEFORE)
    assert fine(cut) == (50_000, 50_000)
    assert "法定上限" in said(cut)
    repeat = ask("zhejiang-old", numbers=(101, 100), case="repeat", act_date=BEFORE)
    assert fine(repeat) == (35_000, 50_000)
    # Minhou prints no more than the law allows: nothing is said of a ceiling.
    assert "法定上限" not in said(ask("minhou", case="5", act_date=BEFORE))


def test_aggravated_lifts_to_the_range_of_the_law():
    heavy = ask("beijing-old", numbers=(101, 100), act_date=BEFORE, aggravated=True)
    assert (heavy.outcome, fine(heavy)) == (Outcome.STATUTORY, (50_000, 200_000))
    assert "实施条例第五十条" in said(heavy)
    assert fine(ask("minhou", act_date=BEFORE, aggravated=True)) == (50_000, 200_000)
    with pytest.raises(BadInput) as refused:
        ask("beijing-old", numbers=(101, 100), aggravated=True)
    assert refused.value.field_name == "act_date"
    late = ask("zhejiang-2023", case="late_repeat", act_date=BEFORE, aggravated=True)
    assert fine(late) == (5000, 10000)
    assert "没有情节严重" in said(late)
    listed = ask("guangdong-waiver-set", numbers=(101, 100), aggravated=True)
    assert listed.outcome is Outcome.NOT_WAIVED


# ---------------------------------------------------------------- questions


def test_what_must_be_asked_first():
    for kwargs, field in (
        ({"table": "statute"}, "act_date"),
        ({"table": "zhejiang-old"}, "due"),
        ({"table": "zhejiang-old", "numbers": (2, 1), "act": Act.LATE}, "act"),
        ({"table": "zhejiang-old", "numbers": (2, 1), "case": "none"}, "case"),
        ({"table": "minhou"}, "case"),
        ({"table": "zhejiang-old", "numbers": (2, 1), "decision_date": AFTER}, "act_date"),
    ):
        with pytest.raises(BadInput) as refused:
            ask(**kwargs)
        assert refused.value.field_name == field
    with pytest.raises(BadInput, match="没有裁量基准表"):
        BOOK.table("none")


def test_several_indicators_take_the_gravest():
    shown = [
        figure("216400", "188900", "non_value", "水泥产量"),
        figure("38460.0", "29112.4", "value", "营业收入"),
    ]
    table = BOOK.table("beijing-old")
    for figures in (shown, shown[::-1]):
        found = grade_all(table, BOOK.laws, Question(Subject.ENTERPRISE), figures)
        assert [g.ratio_text for g in found.items] == [
            "14.56%" if f.name == "水泥产量" else "32.11%" for f in figures
        ]
        assert found.gravest.figure == shown[1]
        assert fine(found.gravest) == (20_000, 30_000)
        assert Mark.GRAVEST_UNVERIFIED in found.gravest.marks
        assert "营业收入" in str(found.gravest.working[-1])
    alone = grade_all(table, BOOK.laws, Question(Subject.ENTERPRISE), shown[1:])
    assert Mark.GRAVEST_UNVERIFIED not in alone.gravest.marks
    listed = BOOK.table("xinyu-waiver-2022")
    found = grade_all(listed, BOOK.laws, Question(Subject.ENTERPRISE),
                      [figure(105, 100), figure(120, 100)])  # fmt: skip
    assert found.gravest.outcome is Outcome.NOT_WAIVED  # one that fails is enough


def test_the_human_may_only_choose_within_the_range():
    got = ask("beijing-old", numbers=("38460.0", "29112.4"))
    allowed = {n: got.allows(Decimal(n)) for n in (19_999, 20_000, 30_000, 30_001)}
    assert allowed == {19_999: False, 20_000: True, 30_000: True, 30_001: False}
    assert ask("zhejiang-old", numbers=(101, 100), case="repeat").allows(Decimal(10**6))


def test_numbers_as_people_write_them():
    for written, number in (("29,112.4", "29112.4"), ("２９１", "291"), (" -5 ", "-5"),
                            ("−5", "-5"), ("0.10", "0.10")):  # fmt: skip
        assert read_number(written, "due") == Decimal(number)
    for written in ("", "1e5", "NaN", "1,23", "1 000", "1.2.3", "九", "9" * 50, "--1"):
        with pytest.raises(BadInput):
            read_number(written, "due")


def test_ranges_in_words():
    for low, high, words in (
        (None, None, "没有罚款幅度"), (0, 0, "不罚款"), (0, 5000, "5,000 元以下"),
        (3000, 3000, "3,000 元"), (35000, None, "35,000 元以上"),
        (5000, 10000, "5,000—10,000 元"),
    ):  # fmt: skip
        ends = [None if n is None else Decimal(n) for n in (low, high)]
        assert str(range_words(*ends)) == words


def test_an_answer_as_plain_values():
    found = plain_grade(ask("beijing-old", numbers=(105, 100), act_date=BEFORE))
    assert json.loads(json.dumps(found)) == found
    assert (found["fine_min"], found["fine_max"], found["ratio"]) == (2000, 5000, "0.05")
    assert found["band"]["ratio"] == {
        "printed": "≤5%", "min": None, "min_included": None, "max": "0.05", "max_included": True,
    }  # fmt: skip
    assert found["statute"]["fine_max"] == 50_000
