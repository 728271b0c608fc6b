"""`tracker replay`: a verdict only where every day the sources leave open leads to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracker.cli import tracker

CASES = Path(__file__).parent / "published"
HAIDONG = CASES / "nbs-2019-haidong-xining.json"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(tracker, ["replay", *map(str, args)])


def replayed(*args: str | Path) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def judged(tmp_path: Path) -> Any:
    """The clocks of a case made of (date, step) or (date, step, text, part) rows."""

    def judge(*steps: tuple[str, ...], **more: Any) -> list[dict[str, Any]]:
        rows = [dict(zip(("date", "step", "text", "part"), step, strict=False)) for step in steps]
        path = tmp_path / "case.json"
        path.write_text(json.dumps({"id": "x", "timeline": rows, **more}), "utf-8")
        (entry,) = replayed(path)
        clocks: list[dict[str, Any]] = entry["clocks"]
        return clocks

    return judge


def test_the_shared_cases_give_these_verdicts_and_no_others():
    found = {
        (entry["case"], clock["rule"]): clock["verdict"]
        for entry in replayed(*sorted(CASES.glob("*.json")))
        for clock in entry["clocks"]
    }
    # Taishan's report was missed before the law whose limitation period the rulebook holds.
    assert found == {
        # No result by 31 March 2019, thirteen months after a handover in February 2018.
        ("nbs-2019-haidong-xining", "L04"): "breached",
        # Leads handed over in March 2021; when they were triaged nobody published.
        ("cq-2022-hechuan", "T01"): "cannot tell",
        # Two reports missed in autumn 2021, found by an inspection in November.
        ("sanya-2021-refuse-investment", "T12"): "kept",
    }


def test_the_case_of_fourteen_months():
    (entry,) = replayed(HAIDONG)
    assert entry["clocks"] == [
        {
            "rule": "L04",
            "start": ["2018-02-01", "2018-02-28"],
            "due": ["2018-08-01", "2018-08-28"],
            "stop": None,
            "verdict": "breached",
            # 28 August 2018 and 1 August 2018 to 31 March 2019.
            "days_over": [215, 242],
        }
    ]


def test_ratios_are_computed_again():
    figures = {
        (entry["case"], f["indicator"]): (f["ratio_pct"], f["published_pct"], f["agrees"])
        for entry in replayed(*sorted(CASES.glob("*.json")))
        for f in entry["figures"]
    }
    assert figures["suqian-2021-chenyang", "营业收入"] == (18.94, 18.5, False)
    assert figures["suqian-2021-yugu", "营业收入"] == (32.22, 32.2, True)
    assert figures["hebei-2020-contract-revenue", "营业收入"] == (111.93, 111.9, True)
    assert figures["hebei-2020-contract-revenue", "营业利润"] == (513.25, 513.3, True)
    assert figures["nbs-2013-henglan", "工业总产值(71家合计)"] == (283.33, None, None)
    # Nothing reported was published: nothing to compute, and no verdict on the printed ratio.
    assert figures["heihe-2015-investment", "固定资产投资"] == (None, 8.5, None)
    assert sum(agrees is False for *_, agrees in figures.values()) == 1


def test_every_file_is_one_entry_in_the_order_asked():
    paths = sorted(CASES.glob("*.json"), reverse=True)
    assert [entry["case"] for entry in replayed(*paths)] == [path.stem for path in paths]


# ---------------------------------------------------------------- filing to decision


@pytest.mark.parametrize(
    ("decision", "verdict", "over"),
    [
        ("2024-04-10", "kept", None),
        ("2024-04-11", "breached unless extended", [1, 1]),
        ("2024-07-10", "breached unless extended", [91, 91]),
        ("2024-07-11", "breached", [92, 92]),
        ("2024-04", "cannot tell", None),
        ("2024-03", "kept", None),
        ("2024-05", "breached unless extended", [21, 51]),
        ("2024-08", "breached", [113, 143]),
    ],
)
def test_filing_to_decision(judged, decision, verdict, over):
    clock = judged(("2024-01-10", "filing"), (decision, "decision"))[0]
    assert (clock["rule"], clock["due"]) == ("T02", ["2024-04-10", "2024-04-10"])
    assert (clock["verdict"], clock["days_over"]) == (verdict, over)


def test_a_vague_start_makes_a_vague_due_date(judged):
    clock = judged(("2024-01", "filing", "立案", "中旬"), ("2024-04-15", "decision"))[0]
    assert clock["start"] == ["2024-01-11", "2024-01-20"]
    assert clock["due"] == ["2024-04-11", "2024-04-22"]  # the 20th is a Saturday
    assert clock["verdict"] == "cannot tell"
    clock = judged(("2024-01", "filing", "立案", "中旬"), ("2024-04-23", "decision"))[0]
    assert (clock["verdict"], clock["days_over"]) == ("breached unless extended", [1, 12])


def test_without_an_end_a_clock_is_open(judged):
    clock = judged(("2024-01-10", "filing"))[0]
    assert (clock["stop"], clock["verdict"], clock["days_over"]) == (None, "open", None)


def test_what_was_published_had_been_decided(judged):
    clock = judged(("2024-01-10", "filing"), ("2024-03-20", "publish"))[0]
    assert (clock["stop"], clock["verdict"]) == (["2024-01-10", "2024-03-20"], "kept")
    # Published late proves nothing: it may have been decided in time.
    clock = judged(("2024-01-10", "filing"), ("2025-03-20", "publish"))[0]
    assert clock["verdict"] == "cannot tell"


def test_an_extension_of_unknown_length_leaves_it_open_up_to_the_cap(judged):
    def verdict(decision: str) -> str:
        steps = (("2024-01-10", "filing"), ("2024-04-01", "extension"), (decision, "decision"))
        return str(judged(*steps)[0]["verdict"])

    assert verdict("2024-04-09") == "kept"
    assert verdict("2024-06-01") == "cannot tell"
    assert verdict("2024-07-11") == "breached"


# ---------------------------------------------------------------- handovers


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ("2018-08-01", "kept"),
        ("2018-08", "cannot tell"),
        ("2018-09", "breached unless extended"),
        ("2019-02", "breached unless extended"),
        ("2019-03", "breached"),
        ("2019-04-22", "breached"),
    ],
)
def test_a_sanction_proposal_wants_its_result_in_six_months(judged, result, verdict):
    (clock,) = judged(("2018-02", "handover", "移送处分处理建议"), (result, "result"))
    assert (clock["rule"], clock["verdict"]) == ("L04", verdict)


def test_a_status_bounds_the_result_from_below(judged):
    handed, status = ("2018-02", "handover"), ("2018-10-31", "status", "尚未收到结果")
    (clock,) = judged(handed, status)
    assert (clock["verdict"], clock["days_over"]) == ("breached unless extended", [64, 91])
    # The accountability was published: some day between, and after the day it was still missing.
    (clock,) = judged(handed, status, ("2019-05-21", "discipline_publish"))
    assert clock["verdict"] == "breached unless extended"
    (clock,) = judged(handed, ("2018-03-31", "status", "尚未收到结果"))
    assert clock["verdict"] == "open"


def test_a_handover_is_what_its_text_says(judged):
    def rules(text: str) -> list[str]:
        return [clock["rule"] for clock in judged(("2021-03", "handover", text))]

    assert rules("移送地方追究党纪政务责任") == ["L04"]
    assert rules("") == ["L04"]
    assert rules("反馈督察意见并移交线索") == ["T01"]
    assert rules("移交处分线索") == ["L04"]
    assert rules("移送公安机关") == []


# ---------------------------------------------------------------- the others


def test_decision_to_publication_depends_on_who_decided(judged):
    steps = (("2024-03-01", "decision"), ("2024-03-20", "publish"))
    local = judged(*steps, inspecting_authority="某市统计局")
    assert [(c["rule"], c["due"][0], c["verdict"]) for c in local] == [
        ("T08", "2024-03-12", "open"),
        ("T24", "2024-03-29", "kept"),
    ]
    national = judged(*steps, inspecting_authority="国家统计局某调查队")
    assert [(c["rule"], c["due"][0], c["verdict"], c["days_over"]) for c in national] == [
        ("T08", "2024-03-12", "open", None),
        ("T23", "2024-03-12", "breached", [8, 8]),
    ]


def test_a_least_distance_is_broken_by_coming_too_early(judged):
    def hearing(day: str) -> Any:
        (clock,) = judged(("2024-03-01", "hearing_notice"), (day, "hearing"))
        return clock["verdict"], clock["days_over"]

    assert hearing("2024-03-12") == ("kept", None)
    assert hearing("2024-03-11") == ("breached", [1, 1])
    assert hearing("2024-03") == ("cannot tell", None)


def test_months_before_the_calendar_are_counted_and_working_days_are_not_guessed(judged):
    clock = judged(("2008-01-10", "filing"), ("2008-04-11", "decision"))[0]
    assert (clock["due"][0], clock["verdict"]) == ("2008-04-10", "breached unless extended")
    evidence = judged(("2016-01-10", "evidence_preserved"), ("2016-04-11", "evidence_disposed"))
    assert [c["verdict"] for c in evidence if c["due"] is not None] == []


# ---------------------------------------------------------------- for people, and mistakes


def test_the_printed_working_says_what_a_verdict_rests_on():
    said = run(HAIDONG).output
    for words in (
        "超期，215 至 242 天",
        "2019-03-31",
        "6 个月",
        "最长可延至 2019-02-01～2019-02-28",
        "统计违纪违法责任人处分处理建议办法",
    ):
        assert words in said
    wrong = run(CASES / "suqian-2021-chenyang.json").output
    assert "复算 18.94%" in wrong
    assert "18.5% 有误" in wrong
    yushe = run(CASES / "shanxi-yushe-construction-omission.json").output
    assert "没有年份，不参与计算" in yushe


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "不是 JSON"),
        ("[]", "缺少 id"),
        ('{"id": "x", "timeline": [{"date": "2018-02-30", "step": "filing"}]}', "2018-02-30"),
        ('{"id": "x", "timeline": [{"date": "2018-02-03"}]}', "没有写 step"),
        ('{"id": "x", "figures": [{"indicator": "产值", "reported": "多"}]}', "不是数字"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_printed(tmp_path, text, words):
    path = tmp_path / "broken.json"
    path.write_text(text, "utf-8")
    result = run(HAIDONG, path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "broken.json" in result.stderr
    assert words in result.stderr


def test_a_missing_file_is_named():
    result = run("nowhere.json")
    assert result.exit_code == 2
    assert "nowhere.json" in result.stderr
