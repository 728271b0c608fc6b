"""The rule packs and their reader."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.core.errors import BadInput, SetupError
from tracker.core.rulebook.loader import (
    Rulebook,
    RuleMissing,
    default_rulebook,
    read_rulebook,
)
from tracker.core.rulebook.model import Rule, RungKind, Verified
from tracker.core.rulebook.terms import Term, Unit

TODAY = date(2026, 11, 22)
ANNING = "530181000000"

DISPLAY = "[display]\namber_share = 30\namber_most_wd = 5\n"
ROW = """
[[rule]]
id = "X1"
title = "某事"
unit = "wd"
length = 5
start = "某日"
stop = "办结"
responsible = "inspector"
verified = "V"
source = { instrument = "某法" }
"""


def _book(text: str = ROW, code: str = "") -> Rulebook:
    return read_rulebook({"a.toml": f'jurisdiction = "{code}"\n{DISPLAY}{text}'})


def test_the_working_defaults_are_ours_and_say_so() -> None:
    lengths = {
        "APPROVE": 3, "RECEIVE": 2, "ASSIGN": 2, "REVIEW": 3, "HEAD": 3, "FEEDBACK": 5,
        "SUPPLY": 10, "INSIDE": 2, "DRAFT": 5,
    }  # fmt: skip
    for name, length in lengths.items():
        rule = default_rulebook().rule(f"OWN-{name}", TODAY)
        assert (rule.term, rule.ours) == (Term(length, Unit.WD), True), rule.id
        assert "非法定期限" in str(rule.ground)
    superior = default_rulebook().rule("OWN-SUPERIOR", TODAY)
    assert (superior.unit, superior.term) == (Unit.NONE, None)


@pytest.mark.parametrize(
    ("rule_id", "term", "verified"),
    [
        ("T01", "7wd", "V"), ("T02", "3m", "V-ex"), ("T03", "90cd", "V"), ("T04", "7wd", "V"),
        ("T05", "5wd", "V"), ("T10", "15cd", "V"), ("L04", "6m", "V-ex"), ("L06", "3cd", "V"),
        ("L07", "24h", "V"), ("L08", "24h", "V"), ("L09", "3cd", "V"), ("L12", "3cd", "V"),
        ("L16", "60cd", "U"),
    ],
)  # fmt: skip
def test_the_limits_of_the_law(rule_id: str, term: str, verified: str) -> None:
    rule = default_rulebook().rule(rule_id, TODAY)
    assert (str(rule.term), rule.verified) == (term, verified)


def test_every_rule_names_its_ground_and_no_address() -> None:
    for rule in default_rulebook().all():
        assert rule.source.instrument, rule.id
        assert "http" not in f"{rule.source}{rule.note}", rule.id
        assert rule.start, rule.id
        assert rule.stop, rule.id
        # What is not law and not read says so where it is shown.
        if rule.verified is Verified.UNVERIFIED and not rule.ours:
            assert "未核实" in str(rule.ground)


def test_the_most_specific_jurisdiction_wins() -> None:
    book = default_rulebook()
    local = book.rule("L14", TODAY, ANNING)
    assert (local.jurisdiction, local.ours, local.verified) == ("530181", False, Verified.READ)
    assert book.rule("L14", TODAY, "220100000000").ours
    assert book.rule("T02", TODAY, ANNING).jurisdiction == ""
    with pytest.raises(RuleMissing, match="L05"):
        book.rule("L05", TODAY, ANNING)
    assert book.rule("L05", TODAY, "370100000000").length == 2


def test_versions_follow_each_other() -> None:
    book = _book(
        ROW + "valid_to = 2024-09-12\n" + ROW.replace("length = 5", "length = 7\nversion = 2")
        + "valid_from = 2024-09-13\n"
    )  # fmt: skip
    assert book.rule("X1", date(2024, 9, 12)).length == 5
    assert book.rule("X1", date(2024, 9, 13)).length == 7
    assert book.version("X1", 1).length == 5
    with pytest.raises(RuleMissing, match="第 3 版"):
        book.version("X1", 3)


def test_reminders_are_read_in_all_forms() -> None:
    rungs = (
        'rungs = [{ before = 2 }, { before = 30, unit = "cd" }, { after_start = 0, unit = "h" }, '
        '{ on_due = true }, { after_every = 1, to = ["supervisor"] }]'
    )
    rule = _book(ROW + rungs).rule("X1", TODAY)
    assert [r.key for r in rule.rungs] == [
        "before:2wd",
        "before:30cd",
        "after_start:0h",
        "on_due",
        "after_every:1wd",
    ]
    assert rule.rungs[0].to == ("holder",)
    assert rule.rungs[4].to == ("supervisor",)
    late = default_rulebook().rule("T01", TODAY).rungs[-1]
    assert (late.kind, late.to) == (RungKind.AFTER_EVERY, ("holder", "supervisor"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ROW.replace('title = "某事"', ""), "missing title"),
        (ROW + "colour = 1", "unknown colour"),
        (ROW.replace("length = 5", ""), "a length needs a unit"),
        (ROW.replace("length = 5", "length = 0"), "正整数"),
        (ROW.replace('"wd"', '"week"'), "week"),
        (ROW.replace('"V"', '"perhaps"'), "perhaps"),
        (ROW + "start_day_counts = true", "start day"),
        (ROW + "rungs = [{ before = 1, on_due = true }]", "exactly one"),
        (ROW + "rungs = [{ before = 1 }, { before = 1 }]", "twice"),
        (ROW + 'extension = { max_length = "3m" }', "unit of the rule"),
        (ROW + "extension = { often = 1 }", "unknown often"),
        (ROW + 'extension = { max_length = "soon" }', "soon"),
        (ROW + ROW, "version 1 twice"),
        (ROW + ROW.replace("length = 5", "length = 5\nversion = 2"), "overlap"),
        ("x = ", "a.toml"),
    ],
)
def test_a_faulty_pack_refuses_to_start(text: str, complaint: str) -> None:
    with pytest.raises(SetupError, match=complaint):
        _book(text)


def test_a_pack_needs_a_place_and_the_book_a_display() -> None:
    with pytest.raises(SetupError, match="no region code"):
        _book(code="53018")
    with pytest.raises(SetupError, match=r"\[display\]"):
        read_rulebook({"a.toml": ROW})
    with pytest.raises(SetupError, match="display"):
        read_rulebook({"a.toml": "[display]\nred = 1\n"})


def test_terms_are_read_and_written() -> None:
    for written in ("5wd", "90cd", "3m", "24h", "1y"):
        assert str(Term.parse(written)) == written
    assert str(Term.parse("5wd").phrase) == "5 个工作日"
    for wrong in ("", "5", "wd", "-1wd", "0wd", "5 days"):
        with pytest.raises(BadInput):
            Term.parse(wrong)


def test_a_rule_outside_its_time_does_not_hold() -> None:
    rule: Rule = default_rulebook().rule("T04", TODAY)
    assert not rule.valid_on(date(2021, 7, 14))


def test_the_ground_is_said_openly() -> None:
    book = default_rulebook()
    assert str(book.rule("T10", TODAY).ground) == "中华人民共和国行政处罚法第六十七条"
    assert str(book.rule("OWN-SUPERIOR", TODAY).ground) == "法律没有规定天数"
    assert "（国务院令第310号）第五条" in str(book.rule("L06", TODAY).ground)
