"""Tables that an installation adds, what the boundary words do, and faults that stop the start."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tracker.core.benchmarks.bands import Boundary, decide, parse
from tracker.core.benchmarks.grade import grade
from tracker.core.benchmarks.loader import default_benchmarks, use_folder
from tracker.core.benchmarks.model import Indicator, Subject
from tracker.core.benchmarks.result import Figure, Mark, Question
from tracker.core.errors import SetupError

HEAD = """
jurisdiction = "1506"
name = "示例市"
[[table]]
id = "example-2025"
title = "示例市统计行政处罚裁量基准"
law = "2024"
valid_from = 2025-01-01
verified = "V"
boundary = "{boundary}"
source = {{ instrument = "示例市统计行政处罚裁量基准", number = "示统〔2025〕1号" }}
"""
ROW = """
[[table.row]]
acts = ["untrue"]
ratio = "{ratio}"
org = {fine}
"""
WORDED = ("10%以下", "10%以上20%以下", "20%以上")
FINES = ("[0, 10000]", "[10000, 50000]", "[50000, 100000]")


def table(boundary="include", ratios=WORDED, fines=FINES):
    rows = [ROW.format(ratio=r, fine=f) for r, f in zip(ratios, fines, strict=True)]
    return HEAD.format(boundary=boundary) + "".join(rows)


@pytest.fixture
def put(tmp_path):
    def write(text, name="a.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        use_folder(tmp_path)
        return default_benchmarks()

    yield write
    use_folder(None)


def fine_at(book, percent, day=date(2025, 2, 1)):
    figure = Figure(Indicator.VALUE, Decimal(100) + Decimal(percent), Decimal(100))
    asked = Question(Subject.ENTERPRISE, act_date=day)
    return grade(book.table("example-2025"), book.laws, asked, figure)


def test_a_local_table_grades_acts_under_the_new_law(put):
    book = put(table())
    for percent, most in (("9.99", 10000), ("10", 10000), ("10.01", 50000), ("19.99", 50000),
                          ("20", 100_000)):  # fmt: skip
        assert fine_at(book, percent).fine_max == most, percent
    assert book.table("example-2025").local
    assert [t.id for t in book.for_region("150602000000")] == ["example-2025", "statute"]


def test_words_that_exclude_the_number(put):
    """Yiyang 2020 Art 3: 以上 leaves the number out, 以下 takes it."""
    book = put(table("exclude"))
    for percent, most in (("10", 10000), ("10.01", 50000), ("20", 50000), ("20.01", 100_000)):
        assert fine_at(book, percent).fine_max == most, percent
    assert "不含 10%、含 20%" in str(fine_at(book, "20").band)
    fines = ("[0, 1]", "[1, 2]", "[2, 3]", "[3, 4]")
    for rule, most in (("exclude", 2), ("include", 3)):
        inner = ("不满10%", "10%–20%", "20%–30%", "超过30%")
        book = put(table(rule, inner, fines))
        assert fine_at(book, "20").fine_max == most


def test_of_rows_that_all_hold_the_gravest_counts(put):
    by_amount = ROW.format(ratio="", fine="[60000, 100000]").replace(
        'ratio = ""', 'amount = "5,000,000以上"'
    )
    rows = [
        ROW.format(ratio=r, fine=f) for r, f in zip(("不满20%", "20%以上"), FINES, strict=False)
    ]
    for order in ([by_amount, *rows], [*rows, by_amount]):
        book = put(HEAD.format(boundary="include") + "".join(order))
        asked = Question(Subject.ENTERPRISE, act_date=date(2025, 2, 1))
        for unit, most in ((1, 10000), (10_000, 100_000)):
            figure = Figure(Indicator.VALUE, Decimal(10500), Decimal(10000), Decimal(unit))
            found = grade(book.table("example-2025"), book.laws, asked, figure)
            assert found.fine_max == most


def test_dates_outside_the_table_are_marked(put):
    book = put(table())
    assert Mark.OUTSIDE_VALIDITY in fine_at(book, "5", date(2024, 12, 31)).marks
    assert Mark.OUTSIDE_VALIDITY not in fine_at(book, "5").marks
    early = fine_at(book, "50", date(2024, 9, 1))  # an act under the old law
    assert Mark.NEWER_TABLE in early.marks
    assert (early.fine_min, early.fine_max) == (50_000, 50_000)


def test_bands_as_they_are_printed():
    for printed, inside, outside in (
        ("≤5%", ("0", "0.05"), ("0.0500001",)),
        ("<15%", ("0.1499",), ("0.15",)),
        ("≥50%", ("0.5", "9"), ("0.4999",)),
        ("超过10%", ("0.1001",), ("0.1",)),
        ("不满30%", ("0.29",), ("0.3",)),
        ("5–15%", ("0.05", "0.1499"), ("0.15", "0.0499")),
        ("10‰～20‰", ("0.01", "0.0199"), ("0.02",)),
        ("10%以上不满20%", ("0.1",), ("0.2",)),
        ("1,000—2,000", ("1000", "1999"), ("2000", "999")),
    ):
        (band,) = decide([parse(printed, Boundary.INCLUDE)], Boundary.INCLUDE)
        assert all(band.holds(Fraction(n)) for n in inside), printed
        assert not any(band.holds(Fraction(n)) for n in outside), printed
    for printed in ("?", "5", "20%–10%", "many", "5%-", "≤", "-5%"):
        with pytest.raises(ValueError, match=re.escape(printed)):
            parse(printed, Boundary.INCLUDE)


def test_a_faulty_file_stops_the_start_and_names_the_row(put):
    good = table()
    three = ("≤10%", "10%–20%", "≥20%")
    for text, named in (
        ("jurisdiction = ", "不是正确的 TOML"),
        (table(ratios=("≤10%", "10%–20%", "≥25%")), "第 3 行“≥25%”与相邻的档有空缺或者重叠"),
        (table(ratios=("≤10%", "5%–20%", "≥20%")), "第 2 行“5%–20%”与相邻的档"),
        (table(ratios=("≤10%", "≥10%", "≥20%")), "空缺或者重叠"),
        (table(ratios=("5%–10%", "10%–20%", "≥20%")), "第 1 行“5%–10%”"),
        (table(ratios=("≤10%", "10%–20%", "20%–50%")), "第 3 行“20%–50%”"),
        (table(ratios=("often", *three[1:])), "第 1 行：“often”读不懂"),
        (table(fines=("[5, 1]", *FINES[1:])), "第 1 行：罚款幅度写成"),
        (table(fines=("[0.5, 1]", *FINES[1:])), "第 1 行：金额"),
        (table(fines=("[]", *FINES[1:])), "第 1 行"),
        (good.replace("org = [0, 10000]", ""), "第 1 行：请写罚款幅度"),
        (good.replace("org", "enterprises", 1), "第 1 行：不认识 enterprises"),
        (good.replace('["untrue"]', '["lies"]', 1), "第 1 行：acts“lies”不认识"),
        (good.replace('law = "2024"', 'law = "2030"'), "law“2030”不认识"),
        (good.replace('"example-2025"', '"minhou"'), "这个 id 在 350121-minhou.toml 里已经有了"),
        (good.replace('"1506"', '"15-06"'), "地区代码"),
        (good.replace('jurisdiction = "1506"', ""), "请写 jurisdiction"),
        (good.replace("2025-01-01", '"2025"'), "valid_from 要写日期"),
        (good.replace('boundary = "include"', ""), "缺少 boundary"),
        (good + '[[law]]\nid = "own"\n', "法律的幅度由本系统规定"),
    ):
        with pytest.raises(SetupError, match=r"裁量基准文件 a\.toml") as stopped:
            put(text)
        assert named in str(stopped.value), (named, str(stopped.value))
        assert "example-2025" not in {t.id for t in default_benchmarks().all()}


def test_files_that_cannot_be_read(tmp_path, put):
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SetupError, match="读不出来"):
        use_folder(tmp_path)
    use_folder(tmp_path / "not there")  # adds none
    assert "statute" in {t.id for t in default_benchmarks().all()}
