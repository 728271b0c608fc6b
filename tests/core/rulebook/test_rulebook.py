"""The rule packs and their reader."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.errors import BadInput, SetupError
from tracker.core.rulebook.loader import (
    Rulebook,
    RuleMissing,
    default_rulebook,
    read_rulebook,
)
from tracker.core.rulebook.model import OUTSIDE_LABELS, ROLES, Rule, RungKind, Verified
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
family = "cases"
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
    late, last = default_rulebook().rule("T01", TODAY).rungs[-2:]
    assert (late.kind, late.to) == (RungKind.AFTER_EVERY, ("holder", "supervisor"))
    assert (last.kind, last.n, last.to) == (RungKind.AFTER, 5, ("head",))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ROW.replace('title = "某事"', ""), "缺少 title"),
        (ROW + "colour = 1", "不认识 colour"),
        (ROW.replace("length = 5", ""), "有单位就要有 length"),
        (ROW.replace("length = 5", "length = 0"), "正整数"),
        (ROW.replace('"wd"', '"week"'), "week"),
        (ROW.replace('"V"', '"perhaps"'), "perhaps"),
        (ROW + "start_day_counts = true", "起算当日"),
        (ROW.replace('"inspector"', '"somebody"'), "somebody"),
        (ROW.replace('"某法"', '""'), "source"),
        (ROW.replace('"X1"', '""'), "id"),
        (ROW.replace('family = "cases"\n', ""), "family"),
        (ROW + "version = 0", "version"),
        (ROW + "valid_from = 2024-01-02\nvalid_to = 2024-01-01", "不能晚于"),
        (ROW + 'sense = "round"', "round"),
        (ROW + 'law_by = "moon"', "moon"),
        (ROW + "rungs = [{ before = 0 }]", "1 至 999"),
        (ROW + 'rungs = [{ before = 1, to = ["king"] }]', "king"),
        (ROW + "rungs = [{ before = 1, to = [] }]", "提醒谁"),
        (ROW + 'quota = { per = "1y", least = 1, most = 2 }', "quota"),
        (ROW + 'quota = { per = "1y", of = "apples" }', "apples"),
        (ROW + 'quota = { per = "1y", by = "02-29" }', "day"),
        (ROW + 'span = { longest = "1y" }', "longest"),
        (ROW + "amount = { least = 1, most = 2 }", "least 或 most 之一"),
        (ROW + "amount = { least = 0 }", "正整数"),
        (ROW + "amount = { about = 1 }", "about"),
        (ROW + "rungs = [{ before = 1, on_due = true }]", "之一"),
        (ROW + "rungs = [{ before = 1 }, { before = 1 }]", "两次"),
        (ROW + 'extension = { max_length = "3m" }', "规则自己的单位"),
        (ROW + "extension = { often = 1 }", "不认识 often"),
        (ROW + 'extension = { max_length = "soon" }', "soon"),
        (ROW + ROW, "第 1 版在 a.toml 里已经有了"),
        (ROW + ROW.replace("length = 5", "length = 5\nversion = 2"), "有效期重叠"),
        ("x = ", "a.toml"),
    ],
)
def test_a_faulty_pack_refuses_to_start(text: str, complaint: str) -> None:
    with pytest.raises(SetupError, match=complaint):
        _book(text)


def test_a_pack_needs_a_place_and_the_book_a_display() -> None:
    with pytest.raises(SetupError, match="不是 2、4、6、9 或 12 位"):
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


def test_a_complaint_names_the_file_and_the_rule() -> None:
    with pytest.raises(SetupError) as refused:
        _book(ROW.replace('"wd"', '"week"'))
    assert "a.toml" in str(refused.value)
    assert "X1" in str(refused.value)


def test_the_date_of_the_act_chooses_the_version_where_the_law_says_so() -> None:
    by_act = (ROW + 'law_by = "act"\n').replace("length = 5", "length = 2")
    book = _book(
        by_act + "valid_to = 2024-09-12\n"
        + by_act.replace("length = 2", "length = 3\nversion = 2") + "valid_from = 2024-09-13\n"
    )  # fmt: skip
    start, act = date(2025, 3, 3), date(2024, 9, 12)
    assert book.rule_for_dates("X1", start, act).length == 2
    assert book.rule_for_dates("X1", start, date(2024, 9, 13)).length == 3
    with pytest.raises(BadInput) as refused:
        book.rule_for_dates("X1", start)
    assert refused.value.field_name == "act"
    assert "违法行为" in str(refused.value.message)
    # Everything else goes by the start of its clock, whatever the act.
    assert default_rulebook().rule_for_dates("T05", date(2021, 7, 14), act).length == 3
    with pytest.raises(RuleMissing):
        book.rule_for_dates("X2", start)


def test_variants_of_a_rule_begin_with_the_whole_country() -> None:
    book = default_rulebook()
    assert [(r.jurisdiction, r.version) for r in book.variants("T05")] == [("", 2), ("", 1)]
    assert [r.jurisdiction for r in book.variants("L14")] == ["", "530181"]
    assert book.variants("nothing") == ()


def test_responsible_are_the_roles_of_the_product_and_those_outside() -> None:
    assert set(ROLES) == set(Role) - ADMIN_ROLES
    assert not set(ROLES) & set(OUTSIDE_LABELS)
