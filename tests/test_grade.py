"""`tracker grade`: what it prints, what it refuses; no installation."""

from __future__ import annotations

import json

import pytest

from tests.helpers.command import at_instance, tracker
from tracker.core.benchmarks.loader import use_folder

CEMENT = (
    "--table", "beijing-old", "--subject", "enterprise", "--indicator", "value",
    "--reported", "38,460.0", "--due", "29,112.4",
)  # fmt: skip


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """`run("--tables")`: the exit code, what was printed, what was refused."""
    at_instance(monkeypatch, tmp_path / "instance")
    yield lambda *args: tracker(capfd, "grade", *args)
    use_folder(None)


@pytest.fixture
def ask(run):
    def asking(*args):
        code, out, err = run(*args, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return asking


def test_a_range_as_json(ask):
    found = ask(*CEMENT)
    assert (found["fine_min"], found["fine_max"]) == (20000, 30000)
    assert found["ratio_text"] == "32.11%"
    assert found["band"]["label"] == "违法比例 30%–50%"
    assert found["source"] == "北京市统计管理条例的罚款规定第四条"
    assert "superseded" in found["marks"]
    assert "含甲、不含乙" in found["boundary"]


def test_nulls_where_there_is_no_range(ask):
    for args, outcome in (
        (("--table", "minhou", "--subject", "organ"), "not_fined"),
        (("--table", "minhou", "--subject", "enterprise", "--case", "6"), "unknown"),
        ((*CEMENT[:-1], "0"), "unknown"),
        ((*CEMENT[:-3], "7", "--due", "7"), "no_difference"),
    ):
        found = ask(*args)
        assert (found["fine_min"], found["fine_max"]) == (None, None), args
        assert found["outcome"] == outcome
    assert ask(*CEMENT[:-1], "0")["ratio"] is None


def test_the_law_by_the_day_of_the_act(ask):
    statute = ("--table", "statute", *CEMENT[2:])
    old, new = (ask(*statute, "--act-date", day) for day in ("2024-09-12", "2024年9月13日"))
    assert (old["fine_max"], new["fine_max"]) == (50_000, 100_000)
    assert (old["law"]["id"], new["law"]["id"]) == ("2009", "2024")
    both = ask(*statute, "--act-date", "2024-09-12", "--decision-date", "2025-01-01")
    assert both["law"]["id"] == "2009"
    heavy = ask(*statute, "--act-date", "2024-09-13", "--aggravated")
    assert (heavy["fine_min"], heavy["fine_max"]) == (100_000, 500_000)


def test_what_a_reader_sees(run):
    code, out, err = run(*CEMENT, "--act-date", "2024-02-25")
    assert (code, err) == (0, "")
    for words in ("比例：32.11%", "幅度：20,000—30,000 元", "边界：“以上”含本数",
                  "出处：北京市统计管理条例", "法条：统计法（2009年修订）第四十一条",
                  "注意：已失效或者被取代", "2. 9,347.6 ÷ 29,112.4 ＝ 32.11%"):  # fmt: skip
        assert words in out, words


def test_money_in_other_units(ask):
    listed = (
        "--table",
        "guangdong-waiver-other",
        *CEMENT[2:6],
        "--reported",
        "219",
        "--due",
        "100",
    )
    assert ask(*listed, "--unit", "万元")["outcome"] == "waived"  # 1.19 million yuan
    assert ask(*listed, "--unit", "亿元")["outcome"] == "not_waived"


def test_the_list_of_tables(run, ask):
    code, out, _ = run("--tables")
    assert code == 0
    lines = out.splitlines()
    assert len(lines) == 14
    (shanghai,) = (line for line in lines if line.startswith("shanghai-2016"))
    assert "已失效" in shanghai
    assert "沪统字〔2016〕11号" in shanghai
    assert "有效期没有见到" in shanghai
    found = {t["id"]: t for t in ask("--tables")}
    assert len(found) == 14
    assert found["shanghai-2016"]["superseded"] is True
    assert found["shanghai-2016"]["valid_from"] is None
    assert [r["fines"]["enterprise"] for r in found["zhejiang-old"]["rows"]][-1] == [35000, None]


def test_one_clear_sentence_for_what_is_wrong(run):
    for args, words in (
        ((), "请写 --table"),
        (("--table", "none", "--subject", "enterprise"), "没有裁量基准表“none”"),
        (("--table", "minhou"), "请写 --subject"),
        (("--table", "minhou", "--subject", "king"), "--subject“king”不认识"),
        (("--table", "minhou", "--subject", "enterprise"), "请选情形"),
        ((*CEMENT, "--act", "theft"), "--act“theft”不认识"),
        ((*CEMENT, "--act-date", "2024-13-01"), "读不懂"),
        ((*CEMENT, "--act-date", "2024-09-13"), "2024-09-13"),
        ((*CEMENT, "--unit", "美元"), "--unit“美元”不认识"),
        ((*CEMENT[:4], "--reported", "1", "--due", "1"), "请写 --indicator"),
        (CEMENT[:-2], "要一起写"),
        ((*CEMENT[:-1], "1e5"), "读不懂"),
        ((*CEMENT, "--colour"), "没有选项 --colour"),
    ):
        code, out, err = run(*args)
        assert (code, out) == (2, ""), args
        assert words in err, (args, err)
        assert len(err.strip().splitlines()) == 1


def test_tables_of_the_installation(run, ask, tmp_path):
    folder = tmp_path / "instance" / "benchmarks"
    folder.mkdir(parents=True)
    text = """
jurisdiction = "1506"
name = "示例市"
[[table]]
id = "own"
title = "示例市统计行政处罚裁量基准"
law = "2024"
verified = "V"
boundary = "include"
source = { instrument = "示例市统计行政处罚裁量基准" }
[[table.row]]
acts = ["untrue"]
ratio = "不满10%"
org = [0, 20000]
[[table.row]]
acts = ["untrue"]
ratio = "10%以上"
org = [20000, 100000]
"""
    (folder / "own.toml").write_text(text, encoding="utf-8")
    figures = (*CEMENT[2:6], "--reported", "110", "--due", "100", "--act-date", "2025-03-01")
    assert ask("--table", "own", *figures)["fine_min"] == 20_000
    (folder / "own.toml").write_text(text.replace("10%以上", "20%以上"), encoding="utf-8")
    code, out, err = run("--tables")
    assert (code, out) == (2, "")
    assert "own.toml" in err
    assert "第 2 行" in err
