"""The published tables row by row, typed from the print: just below, at and just above each end."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.benchmarks.grade import grade
from tracker.core.benchmarks.loader import default_benchmarks
from tracker.core.benchmarks.model import Act, Indicator, Repeat, Subject, TableKind
from tracker.core.benchmarks.result import Figure, Mark, Outcome, Question

BOOK = default_benchmarks()
# Reported minus due, per million due: a hundredth of a basis point is seen.
DUE = Decimal(1_000_000)
OPEN = None


def answer(table, subject, kind="value", reported=None, due=DUE, unit=1, **question):
    figure = None
    if reported is not None:
        figure = Figure(Indicator(kind), Decimal(reported), Decimal(due), Decimal(unit))
    asked = Question(Subject(subject), **question)
    return grade(BOOK.table(table), BOOK.laws, asked, figure)


def fines(*args, **more):
    found = answer(*args, **more)
    return found.fine_min, found.fine_max


BEIJING = [(2000, 5000), (5000, 10000), (10000, 20000), (20000, 30000), (30000, 50000)]
ZHEJIANG = [(1000, 10000), (10000, 30000), (30000, 50000)]
ZHEJIANG_SMALL = [(100, 800), (800, 3000), (3000, 10000)]
BANDS = [
    # table, subjects, indicators, boundaries in millionths with the band that takes the number
    ("beijing-old", ("enterprise", "institution", "organisation"), ("value", "non_value"),
     [(50_000, 0), (150_000, 2), (300_000, 3), (500_000, 4)], BEIJING),
    ("beijing-old", ("enterprise",), ("population",),
     [(10_000, 0), (20_000, 2), (30_000, 3), (50_000, 4)], BEIJING),
    ("beijing-old", ("enterprise",), ("births_deaths",),
     [(50_000, 0), (100_000, 2), (200_000, 3), (300_000, 4)], BEIJING),
    ("zhejiang-old", ("enterprise", "institution"), tuple(Indicator),
     [(100_000, 0), (200_000, 2)], ZHEJIANG),
    ("zhejiang-old", ("self_employed",), ("value",),
     [(100_000, 0), (200_000, 2)], ZHEJIANG_SMALL),
]  # fmt: skip


@pytest.mark.parametrize(("table", "subjects", "kinds", "boundaries", "rows"), BANDS)
def test_both_sides_of_every_boundary(table, subjects, kinds, boundaries, rows):
    for subject in subjects:
        for kind in kinds:
            expected = {1: rows[0], 100_000_000: rows[-1]}
            for n, (at, takes) in enumerate(boundaries):
                expected |= {at - 1: rows[n], at: rows[takes], at + 1: rows[n + 1]}
            for millionths, fine in expected.items():
                for sign in (1, -1):
                    got = fines(table, subject, kind, DUE + sign * millionths)
                    assert got == fine, (table, subject, kind, millionths)


CASES = [
    # table, case, organisations, self-employed (None: the print does not say)
    ("beijing-old", "express_refusal", (10000, 15000), None),
    ("zhejiang-2023", "ledger_corrected", (0, 2000), None),
    ("zhejiang-2023", "ledger_not_corrected", (2000, 5000), None),
    ("zhejiang-2023", "ledger_repeat", (5000, 10000), None),
    ("zhejiang-2023", "late_before_reminder", (0, 2000), None),
    ("zhejiang-2023", "late_within_reminder", (2000, 5000), None),
    ("zhejiang-2023", "late_repeat", (5000, 10000), None),
    ("minhou", "1", (3000, 3000), (300, 300)),
    ("minhou", "2", (5000, 5000), (500, 500)),
    ("minhou", "3", (7000, 7000), (700, 700)),
    ("minhou", "4", (9000, 9000), (900, 900)),
    ("minhou", "5", (10000, 10000), (1000, 1000)),
    ("minhou", "6", None, None),
    ("shanghai-2016", "once", (20000, 30000), (5000, 8000)),
    ("shanghai-2016", "more", None, None),
    ("dongyang-2023", "ledger_incomplete", (0, 3000), None),
    ("dongyang-2023", "ledger_none", (3000, 10000), None),
    ("dongyang-2023", "late_without_reminder", (0, 3000), None),
    ("dongyang-2023", "late_other", None, None),
]


def test_rows_that_a_human_chooses():
    for table, case, organisation, self_employed in CASES:
        for subject, fine in (
            ("enterprise", organisation),
            ("institution", organisation),
            ("organisation", organisation),
            ("self_employed", self_employed),
        ):
            got = answer(table, subject, case=case)
            where = (table, case, subject)
            if fine is not None:
                assert (got.outcome, (got.fine_min, got.fine_max)) == (Outcome.RANGE, fine), where
            elif subject == "self_employed" and got.act is Act.NO_LEDGER:
                assert got.outcome is Outcome.NOT_FINED, where
            else:
                assert got.outcome is Outcome.UNKNOWN, where
                assert (got.fine_min, got.fine_max) == (None, None), where
                assert Mark.INCOMPLETE in got.marks, where
    listed = {(t.id, row.case) for t in BOOK.all() for row in t.rows if row.case}
    rest = {("beijing-old", "vital"), ("zhejiang-old", "large_amount"), ("zhejiang-old", "repeat")}
    waivers = {("shuangtaizi-waiver-2022", c) for c in ("ledger_single_gap", "late_first")}
    assert listed == {(t, c) for t, c, *_ in CASES} | rest | waivers


def test_cases_beside_a_ratio():
    def beijing(millionths, **more):
        return fines("beijing-old", "enterprise", reported=DUE + millionths, case="vital", **more)

    assert beijing(999_999) == (30000, 50000)  # vital, but not yet the whole
    assert beijing(1_000_000) == (50000, 100_000)

    def zhejiang(subject, millionths, case):
        return fines("zhejiang-old", subject, reported=DUE + millionths, case=case)

    assert zhejiang("enterprise", 199_999, "large_amount") == (30000, 50000)
    assert zhejiang("self_employed", 50_000, "large_amount") == (3000, 10000)
    assert zhejiang("enterprise", 10, "repeat") == (35000, OPEN)
    assert zhejiang("self_employed", 10, "repeat") == (None, None)
    repeat = next(r for r in BOOK.table("zhejiang-old").rows if r.case == "repeat").repeat
    assert repeat == Repeat(times=2, years=2)


def test_a_share_of_a_form_left_out():
    def zhejiang(filled):
        return answer("zhejiang-2023", "enterprise", "non_value", filled, due=1000)

    assert (zhejiang(800).fine_min, zhejiang(800).fine_max) == (0, 5000)
    assert zhejiang(801).fine_max == 5000
    assert zhejiang(799).outcome is Outcome.UNKNOWN
    assert zhejiang(799).fine_max is None


WAIVERS = [
    # table, millionths over, millions of yuan due, whether the list is met
    ("guangdong-waiver-set", 149_999, 1000, True),
    ("guangdong-waiver-set", 150_000, 66, True),  # 9.9 million
    ("guangdong-waiver-set", 150_000, 67, False),  # 10.05 million
    ("guangdong-waiver-set", 160_000, "62.5", True),  # 10 million to the yuan
    ("guangdong-waiver-set", 160_001, "62.5", False),
    ("guangdong-waiver-set", 199_999, 50, True),
    ("guangdong-waiver-set", 200_000, 50, False),  # the end is our reading
    ("guangdong-waiver-set", 999_999, 2, True),  # below 2 million
    ("guangdong-waiver-set", 1_000_000, 2, False),
    ("guangdong-waiver-other", 200_000, "9.99", True),
    ("guangdong-waiver-other", 200_000, 10, False),  # 2 million is not below
    ("guangdong-waiver-other", 200_001, "9.9", False),
    ("guangdong-waiver-other", 1_000_000, "1.2", True),
    ("guangdong-waiver-other", 1_000_001, "1.2", False),
    ("xinyu-waiver-2022", 100_000, 500, True),
    ("xinyu-waiver-2022", 100_001, 400, False),
    ("xinyu-waiver-2022", 100_000, "500.001", False),
]


def test_waiver_lists():
    for table, millionths, due, met in WAIVERS:
        due_yuan = Decimal(str(due)) * DUE
        reported = due_yuan * (1 + Decimal(str(millionths)) / DUE)
        for unit in (1, 1000):
            got = answer(table, "enterprise", "value", reported / unit, due_yuan / unit, unit)
            expected = Outcome.WAIVED if met else Outcome.NOT_WAIVED
            assert got.outcome is expected, (table, millionths, due)
            assert (got.fine_min, got.fine_max) == (None, None)
        # Half a million units of an indicator without money are no yuan.
        tons = answer(table, "enterprise", "non_value", 150, 100)
        assert tons.outcome is Outcome.NOT_WAIVED
    for table in ("guangdong-waiver-set", "guangdong-waiver-other"):
        for filled, met in ((900, True), (899, False)):
            got = answer(table, "enterprise", "non_value", filled, 1000, act=Act.INCOMPLETE)
            assert (got.outcome is Outcome.WAIVED) is met
    for case in ("ledger_single_gap", "late_first"):
        got = answer("shuangtaizi-waiver-2022", "enterprise", case=case)
        assert got.outcome is Outcome.WAIVED
        assert "还须" in str(got.working[-1])
    for table in ("changde-waiver-2023", "bayingolin-waiver-2023", "yiyang-2020"):
        assert answer(table, "enterprise", "value", 2, 1).outcome is Outcome.UNKNOWN


def test_what_each_table_says_of_itself():
    marks = {t.id: (t.superseded, t.verified.value, t.boundary.value) for t in BOOK.all()}
    assert {t for t, m in marks.items() if m[0]} == {"beijing-old", "zhejiang-old", "shanghai-2016"}
    assert {t for t, m in marks.items() if m[1] != "V"} == {"changde-waiver-2023"}
    assert {t for t, m in marks.items() if m[2] == "exclude"} == {"yiyang-2020"}
    assert all(t.source.instrument and t.place for t in BOOK.all())
    # No validity was seen for any of them, so none is claimed.
    assert not [t.id for t in BOOK.all() if t.valid_from or t.valid_to]


@settings(max_examples=60, deadline=None)
@given(st.fractions(min_value=0, max_value=3))
def test_every_ratio_falls_in_exactly_one_band(ratio: Fraction):
    for table in BOOK.all():
        for act in table.acts if table.kind is TableKind.FINE else ():
            for kind in Indicator:
                rows = [
                    r for r in table.rows
                    if r.speaks_of(act, kind) and not r.case and r.ratio is not None
                ]  # fmt: skip
                held = [r for r in rows if r.ratio is not None and r.ratio.holds(ratio)]
                assert len(held) == (1 if rows else 0), (table.id, act, kind)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3_000_000), st.integers(1, 3_000_000))
def test_more_wrong_is_never_cheaper(one, other):
    less, more = sorted((one, other))
    for table, kind in (("beijing-old", "value"), ("zhejiang-old", "value"),
                        ("beijing-old", "births_deaths")):  # fmt: skip
        assert fines(table, "enterprise", kind, DUE + less) <= fines(
            table, "enterprise", kind, DUE + more
        )
