"""Receipts per destination, the display and its rules by date, repair and removal."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from tests.workflows.onward import at
from tests.workflows.recognitions.walking import (
    PROPOSAL,
    RecognitionOffice,
    receipts,
)
from tracker.core.cases.opening import Seed, openings
from tracker.core.db import transaction
from tracker.core.deadlines.service import rule_of
from tracker.core.errors import BadInput, SetupError, StepRefused
from tracker.workflows.recognitions.data import DESTINATIONS, read_destinations
from tracker.workflows.recognitions.guards import earliest_repair
from tracker.workflows.recognitions.models import PushReceipt


@pytest.fixture
def office(session):
    with transaction():
        return RecognitionOffice(session)


def refused(office, case, who, step, **inputs):
    with pytest.raises((StepRefused, BadInput)) as why, transaction():
        office.take(case, who, step, **inputs)
    office.session.expire_all()
    return str(why.value)


def walked(office, to):
    with transaction():
        return office.case(to)


def push(office, case, *names, step="record_push", **more):
    with transaction():
        for name in names:
            office.take(case, "handler", step, destination=name, receipt=f"示例-{name}", **more)


# ---------------------------------------------------------------- D0 to D4


def test_nobody_but_an_enterprise_is_recognised(office, session):
    for subject in ("person", "self_employed", "organ", ""):
        with pytest.raises(StepRefused, match="自然人"), transaction():
            office.open(subject=subject)
        seed = Seed(
            origin=None, unit_name="示例某丁", region_code="150602000000", matter="虚报",
            source="inspection", people={"handler": office.people["handler"]},
            more={"subject": subject} if subject else {},
        )  # fmt: skip
        with pytest.raises(StepRefused, match="自然人"), transaction():
            openings.open(
                office.session, "recognition", office.actor("head@bureau"), seed, now=office.now
            )
    with transaction():
        case = office.open()
    case.subject = "person"
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_proposal_says_which_ground_and_which_enterprise(office):
    with pytest.raises(BadInput, match="18 位"), transaction():
        office.open(uscc="9115")
    with transaction():
        case = office.open()
    assert "认定情形" in refused(office, case, "handler", "propose", **PROPOSAL | {"grounds": ()})
    assert "认定情形" in refused(
        office, case, "handler", "propose", **PROPOSAL | {"grounds": ("unheard",)}
    )
    assert "18 位" in refused(office, case, "handler", "propose", **PROPOSAL | {"uscc": "91"})
    with transaction():
        office.take(case, "handler", "propose", **PROPOSAL)
    assert (case.grounds, case.person) == ("untrue", "示例某丙")
    assert "不能复核自己" in office.why_not(case, "handler", "approve_notice")


def test_the_enterprise_is_heard_or_its_days_are_over(office):
    case = walked(office, "notifying")
    assert "告知书" in refused(office, case, "handler", "serve_notice", bare=True)
    with transaction():
        office.take(case, "handler", "serve_notice", on=date(2026, 3, 2))
    clock = office.clocks(case)["OWN-RECOGNISEHEAR"]
    # Five working days after Monday 2 March: Monday 9 March. Our own default, and said to be.
    assert (clock.started_on, clock.due_on) == (date(2026, 3, 2), date(2026, 3, 9))
    assert "非法定期限" in str(rule_of(clock).ground)
    assert "还没有收到意见" in office.why_not(case, "handler", "conclude")
    office.now = at("2026-03-09 17:00")
    assert "还没有收到意见" in office.why_not(case, "handler", "conclude")
    office.now = at("2026-03-10 09:00")
    assert office.why_not(case, "handler", "conclude") == ""
    with transaction():
        office.take(case, "handler", "conclude", view="没有意见")
    assert "OWN-RECOGNISEHEAR" not in office.clocks(case)
    assert "请写明理由" in refused(office, case, "head@bureau", "reject", note="")
    with transaction():
        office.take(case, "head@bureau", "return_decision")
    assert case.state == "defence"


# ---------------------------------------------------------------- D5: every destination


def test_what_is_decided_and_not_pushed_everywhere_is_not_shown(office):
    """Six provinces decided in 2018 and did not push to the national platforms."""
    case = walked(office, "publishing")
    assert [d.id for d in DESTINATIONS] == [
        "own_site", "credit_china", "company_credit", "national_platform",
    ]  # fmt: skip
    why = refused(office, case, "handler", "display")
    assert all(d.name in why for d in DESTINATIONS)
    push(office, case, "own_site", "credit_china", "company_credit")
    why = refused(office, case, "handler", "display")
    assert "还没有回执：全国信用信息共享平台。" in why
    assert "信用中国" not in why
    # It does not fade away: its clock is overdue until the last receipt is there.
    office.now = at("2026-04-10 09:00")
    assert office.clocks(case)["OWN-PUBLISH"].due_on == date(2026, 3, 30)
    assert case.next_due_on < office.today
    push(office, case, "national_platform", on=date(2026, 4, 9))
    with transaction():
        office.take(case, "handler", "display")
    assert office.clock(case, "OWN-PUBLISH").stopped_on == date(2026, 4, 9)
    # The display counts from the bureau's own site, not from the last push.
    shown = office.clocks(case)["C04A"]
    assert (shown.started_on, shown.due_on) == (date(2026, 3, 2), date(2027, 3, 2))
    assert (case.published_on, set(office.clocks(case))) == (date(2026, 3, 2), {"C04A"})
    assert "未核实" in str(rule_of(shown).ground)
    office.sound(case)


def test_a_receipt_has_its_place_its_day_and_its_number(office):
    case = walked(office, "publishing")
    for inputs, why in (
        ({"destination": "somewhere", "receipt": "1"}, "请选去向"),
        ({"destination": "own_site", "receipt": " "}, "请写回执编号"),
        ({"destination": "own_site", "receipt": "1", "on": date(2026, 3, 1)}, "不能早于"),
        ({"destination": "own_site", "receipt": "1", "on": date(2026, 3, 5)}, "不能晚于今天"),
    ):
        assert why in refused(office, case, "handler", "record_push", **inputs)
    push(office, case, "own_site")
    with transaction():  # a slip is corrected, not doubled
        office.take(case, "handler", "record_push", destination="own_site", receipt="示例-改")
    rows = office.session.query(PushReceipt).filter_by(recognition_id=case.id).all()
    assert [(r.destination, r.receipt) for r in rows] == [("own_site", "示例-改")]


def test_where_to_push_is_data_and_exactly_one_publishes():
    one = '[[destination]]\nid = "a"\nname = "甲"\n'
    assert [d.id for d in read_destinations(one + "publishes = true")] == ["a"]
    for wrong in (one, (one + "publishes = true\n") * 2, one + "publishes = true\n" + one):
        with pytest.raises(SetupError):
            read_destinations(wrong)


# ---------------------------------------------------------------- D6 to D9


def test_a_repair_waits_for_half_a_year_and_may_be_refused(office):
    case = walked(office, "displayed")
    assert earliest_repair(office.session, case) == date(2026, 9, 2)
    office.now = at("2026-09-02 09:00")
    assert "最早在 2026-09-02 以后" in office.why_not(case, "handler", "apply_repair")
    office.now = at("2026-09-03 09:00")
    early = date(2026, 9, 1)
    assert "最短时间" in refused(office, case, "handler", "apply_repair", on=early)
    assert "修复申请" in refused(office, case, "handler", "apply_repair", bare=True)
    with transaction():
        office.take(case, "handler", "apply_repair")
        assert set(office.clocks(case)) == {"C04A", "OWN-REPAIR"}  # the display runs on
        office.take(case, "handler", "verify_repair", finding="没有改正")
        assert "不能复核自己" in office.why_not(case, "handler", "refuse_repair")
        office.take(case, "head@bureau", "refuse_repair", note="没有改正")
    assert (case.state, set(office.clocks(case))) == ("displayed", {"C04A"})


def test_a_display_is_made_longer_once_from_its_first_day(office):
    case = walked(office, "lengthening")
    assert "不能复核自己" in office.why_not(case, "handler", "extend_display")
    with transaction():
        office.take(case, "head@bureau", "keep_display")
        assert set(office.clocks(case)) == {"C04A"}
        office.take(case, "handler", "propose_longer", reason="repeat")
        office.take(case, "head@bureau", "extend_display")
    clock = office.clocks(case)["OWN-DISPLAYMORE"]
    # 2 March 2028, a Thursday; our own default, because the text in force was not seen.
    assert (clock.started_on, clock.due_on) == (date(2026, 3, 2), date(2028, 3, 2))
    assert rule_of(clock).ours
    assert office.clock(case, "C04A").state == "stopped"
    assert "延长过一次" in office.why_not(case, "handler", "propose_longer")


def test_what_was_published_under_the_old_rule_keeps_it(office):
    """企业统计信用管理办法 (国统字〔2019〕33号) 14, 16: twenty working days, one year, two."""
    case = walked(office, "deciding")
    decided, shown = date(2020, 6, 1), date(2020, 6, 22)
    with transaction():
        office.take(case, "head@bureau", "recognise", on=decided)
        office.take(case, "handler", "serve_decision", on=date(2020, 6, 3))
    push(office, case, *(d.id for d in DESTINATIONS), on=shown)
    with transaction():
        office.take(case, "handler", "display")
    first = office.clock(case, "C01")
    # Dragon Boat Festival: 25 and 26 June off, Sunday the 28th worked.
    assert (first.started_on, first.due_on) == (decided, date(2020, 6, 30))
    assert first.stopped_on == shown
    assert (first.state, set(office.clocks(case))) == ("stopped", {"C02"})
    assert office.clocks(case)["C02"].due_on == date(2021, 6, 22)
    with transaction():
        office.take(case, "handler", "propose_longer", reason="repeat")
        office.take(case, "head@bureau", "extend_display")
    assert {r: c.due_on for r, c in office.clocks(case).items()} == {"C03": date(2022, 6, 22)}


def test_it_is_taken_down_everywhere_or_it_is_not_over(office):
    case = walked(office, "displayed")
    assert "还没有期满" in office.why_not(case, "handler", "expire")
    office.now = at("2027-03-02 10:00")
    assert "还没有期满" in office.why_not(case, "handler", "expire")
    office.now = at("2027-03-03 10:00")
    with transaction():
        office.take(case, "handler", "expire")
    push(office, case, "own_site", "credit_china", "company_credit", step="record_removal")
    why = refused(office, case, "handler", "report_removed")
    assert "还没有回执：全国信用信息共享平台。" in why
    push(office, case, "national_platform", step="record_removal")
    with transaction():
        office.take(case, "handler", "report_removed")
        assert "不能复核自己" in office.why_not(case, "handler", "close")
        office.take(case, "supervisor@bureau", "close")
    assert (case.state, office.clocks(case)) == ("removed", {})
    assert office.clock(case, "C04A").stopped_on == date(2027, 3, 3)
    assert {r.purpose for r in case.receipts} == {"publish", "remove"}
    assert len(case.receipts) == len(receipts("x")) * 2
    office.sound(case)
