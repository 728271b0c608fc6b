"""Days and hours of a transfer, its papers, and both ways a refusal goes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.workflows.crimes.walking import POLICE, REPORT, CrimeOffice
from tests.workflows.onward import at
from tracker.core.cases.opening import Seed, openings
from tracker.core.cases.scope import may_see
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import BadInput, StepRefused
from tracker.workflows.crimes.models import ENCLOSURES, Crime


@pytest.fixture
def office(session):
    with transaction():
        return CrimeOffice(session)


def refused(office, case, who, step, **inputs):
    with pytest.raises((StepRefused, BadInput)) as why, transaction():
        office.take(case, who, step, **inputs)
    office.session.expire_all()
    return str(why.value)


def walked(office, to):
    with transaction():
        return office.case(to)


# ---------------------------------------------------------------- X0 to X2


def test_the_first_case_goes_on_with_all_its_clocks(office):
    """A penalty may not stand for the transfer, nor the transfer stop it (国务院令第310号 11)."""
    with transaction():
        first = office.lead("verifying")
        before = [(d.rule_id, d.due_on, d.state) for d in deadlines.of_case(office.session, 1)]
        seed = Seed(
            origin=first, unit_name=first.unit_name, region_code=first.region_code,
            matter="阻碍检查", source="report", more={"imposed": "罚款十万元"},
        )  # fmt: skip
        case = openings.open(
            office.session, "crime", office.actor("co_officer"), seed, now=office.now
        )
        office.walk(case, office.way("not_approved"))
    assert [
        (d.rule_id, d.due_on, d.state) for d in deadlines.of_case(office.session, first.id)
    ] == before
    assert isinstance(case, Crime)
    assert (first.state, case.imposed, case.state) == ("verifying", "罚款十万元", "not_approved")
    # Whoever brought it up still sees it, also without a part in the team.
    with transaction():
        other = office.open("inspector@bureau")
    assert may_see(office.session, office.actor("inspector@bureau"), other.id)


def test_a_team_is_two_certified_officers(office):
    with transaction():
        case = office.open()
    me = office.people["handler"]
    why = refused(office, case, "head@bureau", "name_team", handler=me, co_officer=me)
    assert "两个人" in why
    stranger = office.people["inspector@foreign bureau"]
    why = refused(office, case, "head@bureau", "name_team", handler=me, co_officer=stranger)
    assert "本单位的执法检查人员" in why
    bare = office.people["inspector@bureau"]
    why = refused(office, case, "head@bureau", "name_team", handler=me, co_officer=bare)
    assert "统计执法证今天无效" in why
    with transaction():
        office.certify("inspector@bureau")
        office.take(case, "head@bureau", "name_team", handler=me, co_officer=bare)
    assert case.state == "reporting"
    assert "调查报告" in refused(office, case, "handler", "report", bare=True, **REPORT)
    assert "办理" in office.why_not(case, "co_officer", "report")


def test_the_head_has_three_days_and_writes_down_why_not(office):
    case = walked(office, "cosigning")
    office.now = at("2026-03-09 09:00")
    with transaction():
        office.take(case, "co_officer", "cosign", on=date(2026, 3, 6))
    clock = office.clocks(case)["L06"]
    assert (clock.started_on, clock.due_on) == (date(2026, 3, 6), date(2026, 3, 9))
    assert "请写明理由" in refused(office, case, "head@bureau", "refuse", note=" ")
    assert "不能复核自己" in office.why_not(case, "handler", "approve")
    with transaction():
        office.take(case, "head@bureau", "refuse", note="不构成犯罪", on=date(2026, 3, 9))
    assert office.clock(case, "L06").stopped_on == date(2026, 3, 9)
    assert (case.state, office.clocks(case)) == ("not_approved", {})


# ---------------------------------------------------------------- X3, X4: a day of hours


def test_the_hours_run_over_a_weekend(office):
    """Approved on a Friday at 16:30, due on Saturday at 16:30: hours do not wait for Monday."""
    case = walked(office, "deciding")
    office.now = at("2026-03-09 09:00")
    with transaction():
        office.take(case, "head@bureau", "approve", at=at("2026-03-06 16:30"))
    clock = office.clocks(case)["L07"]
    assert clock.due_at == at("2026-03-07 16:30")
    assert (clock.due_on, case.next_due_on) == (date(2026, 3, 7), date(2026, 3, 7))
    assert date(2026, 3, 7).weekday() == 5
    assert "不能早于上一步" in refused(
        office, case, "handler", "hand_over", **POLICE, at=at("2026-03-06 16:00")
    )
    future = office.now + timedelta(days=1)
    assert "不能晚于现在" in refused(office, case, "handler", "hand_over", **POLICE, at=future)
    with transaction():
        office.take(case, "handler", "hand_over", **POLICE, at=at("2026-03-07 10:00"))
        assert "L07" in office.clocks(case)  # it runs until public security has signed
        office.take(case, "handler", "sign", at=at("2026-03-07 11:00"))
    assert office.clock(case, "L07").stopped_on == date(2026, 3, 7)
    nine = office.clocks(case)["L09"]
    # Three days after a Saturday: Tuesday.
    assert (nine.started_on, nine.due_on) == (date(2026, 3, 7), date(2026, 3, 10))
    office.sound(case)


def test_the_five_papers_are_named_until_they_are_there_or_said_not_to_be(office):
    case = walked(office, "handing")
    why = refused(office, case, "handler", "hand_over", bare=True, **POLICE)
    assert "缺《涉嫌犯罪案件移送书》" in why
    assert all(label in why for name, label in ENCLOSURES.items() if name != "survey_report")
    assert ENCLOSURES["survey_report"] not in why  # it came with the report
    with transaction():
        office.paper(case, "crime_transfer")
        office.proof(case, ENCLOSURES["item_list"])
        office.take(case, "handler", "declare_none", papers=("expert_report",), note="无需鉴定")
    why = refused(office, case, "handler", "hand_over", bare=True, **POLICE)
    assert ENCLOSURES["other"] in why
    assert ENCLOSURES["expert_report"] not in why
    with transaction():
        office.proof(case, ENCLOSURES["other"])
        office.take(case, "handler", "hand_over", bare=True, **POLICE)
    assert case.organ == POLICE["organ"]
    assert "移送回执" in refused(office, case, "handler", "sign", bare=True)


# ---------------------------------------------------------------- X5, X6: what public security says


def test_another_organ_has_its_own_day_and_three_days(office):
    case = walked(office, "receipt")
    with transaction():
        office.take(case, "handler", "sign", at=office.now)
        signed = case.signed_at
        office.now = signed + timedelta(hours=20)
        office.take(case, "handler", "not_theirs", at=signed)
    eight = office.clocks(case)
    assert set(eight) == {"L08"}
    assert eight["L08"].due_at == signed + timedelta(hours=24)
    assert "转送通知" in refused(office, case, "handler", "forwarded", bare=True, organ="乙局")
    with transaction():
        office.take(case, "handler", "forwarded", organ="示例市公安局", on=date(2026, 3, 3))
    nine = office.clocks(case)["L09"]
    assert (nine.started_on, nine.due_on) == (date(2026, 3, 3), date(2026, 3, 6))
    assert case.organ == "示例市公安局"
    assert len([d for d in deadlines.of_case(office.session, case.id) if d.rule_id == "L09"]) == 2


def test_what_is_opened_is_handed_over_in_three_days(office):
    case = walked(office, "police")
    assert "立案通知书" in refused(office, case, "handler", "police_opens", bare=True)
    office.now = at("2026-03-06 09:00")
    with transaction():
        office.take(case, "handler", "police_opens", on=date(2026, 3, 5))
    # Three days after Thursday the 5th: Sunday the 8th, so Monday the 9th.
    assert office.clocks(case)["L12"].due_on == date(2026, 3, 9)
    assert "交接单" in refused(office, case, "handler", "hand_items", bare=True)
    with transaction():
        office.take(case, "handler", "hand_items")
        assert "不能复核自己" in office.why_not(case, "handler", "close")
        office.take(case, "supervisor@bureau", "close")
    assert case.state == "closed"
    office.sound(case)


def test_a_refusal_is_contested_twice_and_each_has_three_days(office):
    case = walked(office, "police")
    office.now = at("2026-03-20 09:00")
    found = {}
    for who, step, on, clock in (
        ("handler", "police_declines", date(2026, 3, 3), "L10"),
        ("head@bureau", "ask_review", date(2026, 3, 6), "L11"),
        ("handler", "review_upholds", date(2026, 3, 10), "L11A"),
        ("head@bureau", "ask_prosecutor", date(2026, 3, 12), ""),
    ):
        with transaction():
            office.take(case, who, step, on=on, reason="情节显著轻微")
        found[step] = {r: c.due_on for r, c in office.clocks(case).items()}
        assert set(found[step]) == ({clock} if clock else set())
    assert found["police_declines"] == {"L10": date(2026, 3, 6)}
    assert found["ask_review"] == {"L11": date(2026, 3, 9)}
    assert found["review_upholds"] == {"L11A": date(2026, 3, 13)}
    stops = {
        d.rule_id: d.stopped_on
        for d in deadlines.of_case(office.session, case.id)
        if d.rule_id.startswith("L1")
    }
    assert stops == {
        "L10": date(2026, 3, 6), "L11": date(2026, 3, 10), "L11A": date(2026, 3, 12),
    }  # fmt: skip
    with transaction():
        office.take(case, "handler", "police_opens", on=date(2026, 3, 19))
    assert office.clocks(case)["L12"].due_on == date(2026, 3, 23)  # the 22nd is a Sunday


def test_a_refusal_can_be_accepted_and_a_review_can_open_it(office):
    case = walked(office, "declined")
    assert "请写明理由" in refused(office, case, "head@bureau", "accept", note="")
    with transaction():
        office.take(case, "head@bureau", "accept")
    assert (case.state, office.clocks(case)) == ("not_opened", {})
    case = walked(office, "reviewing")
    with transaction():
        office.take(case, "handler", "review_opens")
    assert (case.state, set(office.clocks(case))) == ("items", {"L12"})


def test_a_team_that_changes_loses_who_leaves_it(office):
    case = walked(office, "police")
    with transaction():
        office.certify("inspector@bureau")
        office.take(
            case, "head@bureau", "change_team", handler=office.people["inspector@bureau"],
            co_officer=office.people["co_officer"],
        )  # fmt: skip
    assert case.assignee_id == office.people["inspector@bureau"]
    assert "承办人" in office.why_not(case, "handler", "police_opens")
    (nine,) = [d for d in deadlines.of_case(office.session, case.id) if d.rule_id == "L09"]
    # Giving it to others stops no clock.
    assert [f.kind for f in deadlines.facts(office.session, nine.id)] == ["start"]
