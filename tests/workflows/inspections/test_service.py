"""The verbs of an inspection, each guard both ways."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from tests.workflows.inspections.walking import COAL, SUSPECTED, Office
from tracker.core.accounts.models import Grant
from tracker.core.accounts.roles import Role
from tracker.core.cases.caps import set_cap
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.figures import figures_of
from tracker.core.cases.guards import part_holders
from tracker.core.cases.links import links_of
from tracker.core.cases.models import CasePerson
from tracker.core.cases.opening import Seed
from tracker.core.cases.respondents import UnitEvent, events_of, orders_in_window, record_event
from tracker.core.cases.scope import get_visible, may_see
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.documents.models import Document
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.core.registers.models import Officer, Organisation
from tracker.workflows.inspections import service, stepforms
from tracker.workflows.inspections.flow import NOTICE_PROOF
from tracker.workflows.inspections.models import Inspection


@pytest.fixture
def office(session, monkeypatch):
    with transaction():
        yield Office(session, monkeypatch)


def refused(office, task, who, step, **inputs):
    """Why a step is refused, in one text."""
    with pytest.raises(StepRefused) as caught, office.session.begin_nested():
        office.do(task, who, step, **(office.answers(step) | inputs))
    return str(caught.value)


def wrong(office, task, step, field, who="handler", **inputs):
    """A step whose answer is wrong at one field."""
    with pytest.raises(BadInput) as caught, office.session.begin_nested():
        office.do(task, who, step, **(office.answers(step) | inputs))
    assert caught.value.field_name == field


def clocks(task, office):
    return {d.rule_id: d for d in deadlines.running(office.session, task.id)}


# ---------------------------------------------------------------- who knows of it


def test_before_the_notice_only_the_team_and_its_approvers_know(office):
    """实施条例 46(3): nobody is tipped off. Bureaus above know of it from the notice on."""
    session = office.session
    office.orgs["city"] = office._org("鄂尔多斯市统计局", "bureau", "150600000000", "鄂统")
    office._person("head@city", "city", (Role.HEAD,))
    outsiders = (
        "liaison@dept", "dept_approver@dept", "township_clerk@dept", "registrar@bureau",
        "inspector@bureau", "third", "legal_reviewer@bureau", "trainer@bureau", "head@city",
        "head@foreign bureau", "system_admin@bureau", "audit_admin@bureau",
    )  # fmt: skip
    insiders = ("handler", "co_officer", "handler's deputy", "supervisor@bureau", "head@bureau")
    task = office.at("notice")
    sees = {n for n in (*outsiders, *insiders) if may_see(session, office.actor(n), task.id)}
    assert sees == set(insiders)
    office.walk(task, ["serve_notice"])
    sees = {n for n in (*outsiders, *insiders) if may_see(session, office.actor(n), task.id)}
    assert sees == {*insiders, "registrar@bureau", "legal_reviewer@bureau", "head@city"}


# ---------------------------------------------------------------- who checks


def test_both_certificates_are_valid_on_the_day_of_the_visit(office):
    """A certificate counts on its last day, and on no later one, whenever that is recorded."""
    session = office.session
    task = office.at("served")
    day = office.today
    office.now += timedelta(days=1)
    yesterday = office.now - timedelta(days=1)

    def until(last: date) -> None:
        session.execute(
            update(Officer)
            .where(Officer.user_id == office.people["co_officer"])
            .values(valid_to=last)
        )

    until(day - timedelta(days=1))
    assert "统计执法证在" in refused(office, task, "handler", "enter_site", at=yesterday)
    until(day)
    assert "统计执法证在" in refused(office, task, "handler", "enter_site")
    office.do(task, "handler", "enter_site", **(office.answers("enter_site") | {"at": yesterday}))
    assert task.entered_on == day
    assert "统计执法证在" in refused(office, task, "handler", "record_site")
    until(day + timedelta(days=1))
    office.walk(task, ["record_site"])


def test_one_officer_is_not_enough(office):
    session = office.session
    task = office.at("served")
    session.execute(
        update(CasePerson)
        .where(CasePerson.case_id == task.id, CasePerson.part == "co_officer")
        .values(ended_at=office.now)
    )
    assert "不足两人" in refused(office, task, "handler", "enter_site")
    office.walk(task, ["reassign_partner", "enter_site"])
    assert task.state == "onsite"
    wrong(office, task, "reassign", "officer", who="supervisor@bureau")  # already on the team
    team = dict.fromkeys(("handler", "co_officer"), office.people["handler"])
    ordered = office.order()
    wrong(office, ordered, "assign", "co_officer", who="supervisor@bureau", **team)
    team = {"handler": office.people["inspector@bureau"]}
    wrong(office, ordered, "assign", "handler", who="supervisor@bureau", **team)  # no certificate


def test_who_is_recused_loses_the_case_at_once_and_is_replaced(office):
    """行政处罚法 43: the head decides; until then the check goes on, but has no result."""
    session = office.session
    office.certify("inspector@bureau")
    task = office.at("onsite")
    wrong(office, task, "ask_recusal", "officer", officer=office.people["third"])
    office.do(task, "co_officer", "ask_recusal", officer=office.people["handler"], ground="kin")
    assert "已有一件" in refused(office, task, "co_officer", "ask_recusal")
    office.walk(task, ["record_site", "finish_site"])
    assert "回避还没有决定" in refused(office, task, "handler", "propose_clean")
    wrong(office, task, "decide_recusal", "replacement", "head@bureau", replacement=None)
    assert "自己的回避" in refused(office, task, "handler", "decide_recusal")
    office.walk(task, ["decide_recusal"])
    assert part_holders(session, task.id, "handler") == [office.people["third"]]
    for name in ("handler", "handler's deputy"):  # a supervisor and head, and the stand-in
        with pytest.raises(NotVisible):
            get_visible(session, Inspection, office.actor(name), task.id)
    wrong(office, task, "reassign", "officer", "supervisor@bureau",
          officer=office.people["handler"])  # fmt: skip
    # A second recusal does not let the first one in again.
    office.do(task, "third", "ask_recusal", officer=office.people["co_officer"], ground="other")
    replacement = office.people["inspector@bureau"]
    answer = {"decision": "yes", "replacement": replacement}
    office.do(task, "head@bureau", "decide_recusal", **answer)
    assert not may_see(session, office.actor("handler"), task.id)
    assert not may_see(session, office.actor("co_officer"), task.id)
    # No recusal: the person stays.
    office.do(task, "third", "ask_recusal", officer=replacement, ground="other")
    office.do(task, "head@bureau", "decide_recusal", decision="no")
    assert part_holders(session, task.id, "co_officer") == [replacement]
    office.do(task, "third", "propose_clean")


# ---------------------------------------------------------------- approval and notice


def test_the_cap_of_the_year_binds_unless_ordered_from_above_or_on_suspicion(office):
    """国办发〔2024〕54号: the published cap is of the organ, the unit and the calendar year."""
    session, bureau = office.session, office.orgs["bureau"]
    first = office.at("approval")
    done = office.at("onsite")
    assert done.unit_id == first.unit_id
    office.paper(first, "inspection_approval", "inspection_notice")
    head = office.actor("head@bureau")
    set_cap(session, head, bureau, 2026, 2, "局网站公告", now=office.now)
    other = office.at("onsite", unit_name="另一家示例企业")
    assert other.unit_id != done.unit_id
    # Of another organ, of another year, exempt: none of them counts.
    record_event(session, first, "inspection", date(2026, 1, 9), office.orgs["foreign bureau"])
    record_event(session, first, "inspection", date(2025, 12, 31), bureau)
    record_event(session, other, "inspection", date(2026, 1, 8), bureau, exempt=True)
    office.do(first, "head@bureau", "approve_check")
    second = office.at("approval")
    set_cap(session, head, bureau, 2026, 1, "局网站公告", now=office.now)
    assert "已有 1 次，公布的上限是 1 次" in refused(office, second, "head@bureau", "approve_check")
    # What was approved before the cap was reached is stopped at the door.
    office.do(
        first,
        "handler",
        "serve_notice",
        **(_proof(office, first), office.answers("serve_notice"))[1],
    )
    assert "公布的上限" in refused(office, first, "handler", "enter_site")
    for exemption in ("superior", "suspicion"):
        office.do(second, "head@bureau", "return_check")
        wrong(office, second, "submit_check", "exemption_basis", exemption=exemption)
        more = {"exemption": exemption, "exemption_basis": "鄂统发〔2026〕1号"}
        office.do(second, "handler", "submit_check", **(office.answers("submit_check") | more))
    office.do(second, "head@bureau", "approve_check")
    office.walk(second, ["serve_notice", "enter_site"])
    event = session.scalars(select(UnitEvent).where(UnitEvent.case_id == second.id)).one()
    assert (event.kind, event.happened_on, event.exempt) == ("inspection", office.today, True)


def _proof(office, task):
    office.proof(task, NOTICE_PROOF)


def test_approval_comes_before_the_notice_and_the_notice_is_a_paper(office):
    task = office.at("notice")
    why = refused(office, task, "handler", "serve_notice")
    assert "缺《行政检查审批表》" in why
    assert "缺《统计执法检查通知书》" in why
    office.paper(task, "inspection_approval", "inspection_notice")
    office.session.execute(
        update(Document)
        .where(Document.kind == "inspection_notice")
        .values(state="void", void_reason="错", voided_by_id=1, voided_at=office.now)
    )
    assert "缺《统计执法检查通知书》" in refused(office, task, "handler", "serve_notice")
    office.paper(task, "inspection_notice")
    wrong(office, task, "serve_notice", "files")  # no proof of service
    _proof(office, task)
    wrong(office, task, "serve_notice", "on", on=office.today - timedelta(days=1))
    wrong(office, task, "serve_notice", "on", on=office.today + timedelta(days=1))
    wrong(office, task, "serve_notice", "witness", manner="left")
    office.walk(task, ["serve_notice"])
    assert (task.state, task.restricted, task.served_on) == ("served", False, office.today)
    wrong(office, task, "enter_site", "shown", shown=False)
    wrong(office, task, "enter_site", "told", told=False)
    wrong(office, task, "enter_site", "at", at=office.now - timedelta(days=1))
    wrong(office, task, "enter_site", "at", at=office.now + timedelta(days=1))


def test_an_urgent_check_goes_first_and_has_its_approval_before_the_result(office):
    """司法部 Q&A (T29): approval is made up afterwards; the law sets no days, so the team does."""
    task = office.at("preparing")
    by = office.today + timedelta(days=2)
    wrong(office, task, "enter_urgent", "makeup_by", makeup_by=office.today - timedelta(days=1))
    office.do(task, "handler", "enter_urgent",
              **(office.answers("enter_urgent") | {"makeup_by": by}))  # fmt: skip
    assert (task.state, task.restricted, task.urgent) == ("onsite", False, True)
    assert clocks(task, office)["T29"].due_on == by
    office.walk(task, ["record_site", "finish_site"])
    for step in ("propose_clean", "propose_order", "propose_case"):
        assert "还没有补办" in refused(office, task, "handler", step)
    bureau = office.orgs["bureau"]
    office.session.add(
        Grant(user_id=office.people["co_officer"], org_id=bureau, role=Role.HEAD.value,
              valid_from=date(2025, 1, 1))
    )  # fmt: skip
    assert "不能审批自己" in refused(office, task, "co_officer", "approve_afterwards")
    office.walk(task, ["approve_afterwards"])
    assert "T29" not in clocks(task, office)
    assert "已经补办" in refused(office, task, "head@bureau", "approve_afterwards")
    office.walk(task, ["propose_clean", "confirm_result"])
    other = office.walk(office.at("approval"), ["enter_urgent"])
    office.do(other, "head@bureau", "refuse_afterwards")
    assert other.state == "withdrawn"
    assert clocks(other, office) == {}


# ---------------------------------------------------------------- result


def test_an_order_to_correct_counts_from_its_service_and_ends_in_a_recheck(office):
    session = office.session
    task = office.at("result")
    by = office.today + timedelta(days=20)
    wrong(office, task, "propose_order", "correct_by", correct_by=office.today)
    office.walk(task, ["propose_order", "approve_order", "serve_order"])
    correct = clocks(task, office)["OWN-CORRECT"]
    assert (correct.started_on, correct.due_on) == (office.today, by)
    kinds = [e.kind for e in events_of(session, task.unit_id or 0)]
    assert kinds == ["correction_order", "inspection"]
    assert "缺《复查记录》" in refused(office, task, "handler", "recheck_passed")
    office.paper(task, "recheck_record")
    wrong(office, task, "recheck_passed", "witness", signed="refused", refusal="不签")
    office.walk(task, ["recheck_failed"])
    assert task.state == "result"
    assert "OWN-CORRECT" not in clocks(task, office)
    office.walk(task, ["propose_order", "approve_order"])
    office.now += timedelta(days=30)
    wrong(office, task, "serve_order", "on")  # its date has passed meanwhile
    other = office.at("correcting", unit_name="另一家示例企业")
    office.walk(other, ["recheck_passed", "confirm_result"])
    assert other.state == "feedback"


def test_three_orders_in_a_rolling_year_aggravate(office):
    """实施条例 50(4): the window of T31 ends on the day asked for and holds its first day."""
    session = office.session
    task = office.at("correcting")  # the one of today, 2 March 2026
    assert office.today == date(2026, 3, 2)
    rule = rule_for(task, "T31", office.today)
    unit = task.unit_id or 0
    bureau = office.orgs["bureau"]

    def count(until: date) -> tuple[int, bool]:
        found = orders_in_window(session, unit, until, rule)
        return len(found.dates), found.reached

    record_event(session, task, "correction_order", date(2025, 3, 1), bureau)
    record_event(session, task, "correction_order", date(2025, 9, 1), bureau)
    assert count(date(2026, 3, 2)) == (2, False)  # 1 March 2025 is a day too early
    assert count(date(2026, 3, 1)) == (2, False)  # and that of 2 March has not happened
    record_event(session, task, "correction_order", date(2025, 3, 2), bureau)
    assert count(date(2026, 3, 2)) == (3, True)
    assert count(date(2026, 3, 3)) == (2, False)


def test_suspicion_opens_a_penalty_case_with_what_was_found(office):
    session = office.session
    task = office.at("result")
    some = tuple(SUSPECTED["criteria"])[:-1]
    wrong(office, task, "propose_case", "criteria", criteria=some)
    wrong(office, task, "propose_case", "act_to", act_to=date(2025, 12, 31))
    wrong(office, task, "propose_case", "found_on", found_on=office.today + timedelta(days=1))
    office.walk(task, ["propose_case"])
    assert clocks(task, office)["T01"].due_on == date(2026, 3, 11)  # seven working days
    office.walk(task, ["open_penalty"])
    (seed,) = office.penalties.seeds
    assert (seed.source, seed.matter, seed.unit_name) == (
        "inspection", SUSPECTED["matter"], task.unit_name,
    )  # fmt: skip
    assert (seed.act_from, seed.act_to, seed.found_on) == (
        date(2026, 1, 1), date(2026, 2, 10), date(2026, 3, 2),
    )  # fmt: skip
    (figure,) = seed.figures
    assert (figure.reported, figure.due) == (Decimal(186420), Decimal(151906))
    assert seed.people == {n: office.people[n] for n in ("handler", "co_officer")}
    assert set(seed.more["criteria"]) == set(SUSPECTED["criteria"])
    (link,) = links_of(session, task.id, office.actor("head@bureau"))
    assert (link.kind, link.outgoing) == ("opened", True)
    assert task.state == "feedback"


def test_obstruction_is_a_finding_of_its_own(office):
    """统计法 44: a unit that shows nothing is no unit without fault, and needs no figures."""
    session = office.session
    task = office.at("onsite")
    (row,) = figures_of(session, task.id)
    row.due = None
    office.walk(task, ["record_site", "finish_site"])
    for step in ("propose_clean", "propose_case"):
        assert "还没有填应报数" in refused(office, task, "handler", step)
    office.do(task, "co_officer", "note_obstruction", **office.answers("note_obstruction"))
    assert "不能按未发现问题结束" in refused(office, task, "handler", "propose_clean")
    office.walk(task, ["propose_case"])
    lying = office.walk(office.at("onsite", unit_name="另一家示例企业"), ["send_inquiry"])
    due = clocks(lying, office)["OWN-INQUIRY"].due_on
    assert due == office.today + timedelta(days=7)
    office.do(lying, "co_officer", "take_reply", on=office.today, reply="refused")
    assert lying.obstructed
    assert "OWN-INQUIRY" not in clocks(lying, office)


def test_a_task_is_closed_when_all_is_published_and_filed(office):
    """R06: twenty working days from the end of the check; 2 to 30 March 2026 has no holiday."""
    task = office.at("closing")
    assert clocks(task, office)["R06"].due_on == date(2026, 3, 30)
    why = refused(office, task, "supervisor@bureau", "close")
    assert "还没有公示" in why
    assert "缺《案卷目录》" in why
    wrong(office, task, "publish", "on", on=date(2026, 3, 1))
    office.walk(task, ["publish"])
    assert "R06" not in clocks(task, office)
    assert "已经公示" in refused(office, task, "handler", "publish")
    office.walk(task, ["close"])
    assert (task.state, task.closed_at) == ("closed", office.now)


# ---------------------------------------------------------------- where tasks come from


def test_a_plan_opens_drawn_tasks_and_a_case_directed_ones(office):
    session = office.session
    origin = office.at("onsite")
    actor = office.actor("supervisor@bureau")
    officers = [office.people[n] for n in ("co_officer", "third", "handler")]
    seed = Seed(
        origin=origin, unit_name="抽中示例企业", region_code="150602000000", matter="数据质量",
        source="random", figures=(COAL,),
        more={
            "officers": officers, "plan": "东统检字〔2026〕1号", "draw": "第 1 次",
            "first_day": date(2026, 3, 9), "last_day": date(2026, 3, 20),
        },
    )  # fmt: skip
    task = service.open_from(session, actor, seed, office.now, None)
    assert (task.state, task.channel, task.restricted) == ("preparing", "random", True)
    assert task.source_paper == "东统检字〔2026〕1号，第 1 次"
    parts = ("handler", "co_officer", "officer_3")
    assert [part_holders(session, task.id, p) for p in parts] == [[u] for u in officers]
    assert len(figures_of(session, task.id)) == 1
    filled = stepforms.prefill(session, task, "submit_check", actor, office.now)
    assert (filled["from_on"], filled["to_on"]) == (date(2026, 3, 9), date(2026, 3, 20))
    for few in ([officers[0]], [officers[0], office.people["inspector@bureau"]]):
        bad = Seed(
            origin=origin, unit_name="抽中示例企业", region_code="150602000000", matter="数据",
            source="random", more={"officers": few},
        )  # fmt: skip
        with pytest.raises(BadInput):
            service.open_from(session, actor, bad, office.now, None)
    directed = service.open_from(
        session, actor,
        Seed(origin=origin, unit_name="线索示例企业", region_code="150602000000", matter="产量",
             source="directed", facts="调度数与直报数相差大"),
        office.now, None,
    )  # fmt: skip
    assert (directed.state, directed.channel) == ("ordered", "directed")
    assert directed.source_paper == origin.number
    name = session.get_one(Organisation, office.orgs["bureau"]).name
    with pytest.raises(BadInput, match="unit_name"):
        office.order(unit_name=name)
    with pytest.raises(BadInput, match="region_code"):
        office.order(region_code="1506020")


def test_numbers_run_on_by_bureau_and_year(office):
    assert [office.order().number for _ in range(2)] == ["东统检〔2026〕1号", "东统检〔2026〕2号"]
    office.now = datetime(2027, 1, 4, 9, tzinfo=OFFICE_ZONE)
    assert office.order().number == "东统检〔2027〕1号"
