"""One step on many cases: what can be done is done once, what cannot is listed with its reason."""

from __future__ import annotations

from functools import cached_property

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tests.workflows.leads.walking import Office, a_lead_data
from tracker.app import register_flows
from tracker.core.audit.models import AuditRow
from tracker.core.cases import bulk, bulk_steps
from tracker.core.cases.bulk_steps import Worker, for_many, workers
from tracker.core.cases.flow import flows
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import Case, Move
from tracker.core.cases.workplace import BulkRow
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.workflows.leads import service
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.takings import TAKINGS

register_flows()
SUPERVISOR = "supervisor@bureau"


@pytest.fixture
def office(session):
    with transaction():
        yield Units(session)


class Units(Office):
    """The office, with another unit in every lead: none is taken for the double of another."""

    def draft(self):
        data = a_lead_data(unit_name=f"{next(self.names)}有限公司")
        drafter = self.actor("drafter")
        return service.draft(self.session, drafter, data, now=self.now, org_id=self.orgs["dept"])

    @cached_property
    def names(self):
        return iter(("甲辰煤业", "乙巳化工", "丙午建材", "丁未商贸", "戊申运输", "己酉农牧"))


class Batch:
    """A run by one person over some cases."""

    def __init__(self, office, who, step, *cases, **inputs):
        self.office, self.who, self.step = office, who, FLOW.step(step)
        self.inputs = inputs
        ids = Case.id.in_([c.id for c in cases])
        self.run = bulk.choose(office.session, self.actor, ids, now=office.now, back="/work/")
        bulk.settle(office.session, self.actor, self.run.id, "lead", self.step, inputs)

    @property
    def actor(self):
        return self.office.actor(self.who)

    def look(self):
        """Why not, by case; empty means that it can."""
        looks = bulk_steps.look(
            self.office.session, self.actor, self.run, self.step, self.inputs, self.office.now
        )
        return {look.case.id: [str(r.why) for r in look.refusals] for look in looks if look.case}

    def one(self):
        return bulk.work_some(
            self.office.session, self.actor, self.run.id, 1, now=self.office.now, request_id="r-1"
        )

    def work(self):
        bulk.start(self.office.session, self.actor, self.run.id, now=self.office.now)
        while bulk.work_some(
            self.office.session, self.actor, self.run.id, 2, now=self.office.now, request_id="r-1"
        ):
            pass
        return bulk.finish(self.office.session, self.actor, self.run.id, now=self.office.now)

    @property
    def count(self):
        found = bulk.count(self.office.session, self.run)
        return found.done, found.refused, found.waiting

    def why(self):
        """The recorded reasons, by case."""
        return {
            row.case_id: [str(r.why) for r in bulk.refusals_of(row)]
            for row in bulk_steps.rows_of(self.office.session, self.run)
        }


def moves(office, case):
    query = select(func.count()).where(Move.case_id == case.id)
    return office.session.scalar(query)


def tags(office):
    return list(office.session.scalars(select(AuditRow.tag).order_by(AuditRow.id)))


def reassigning(office, *cases, to="co_officer"):
    handler = str(office.people[to])
    return Batch(office, SUPERVISOR, "reassign", *cases, handler=handler, note="岗位调整")


def test_what_can_be_done_is_done_and_the_rest_is_listed(office):
    first, second, other = office.lead("triage"), office.lead("triage"), office.lead("sent")
    before = {c.id: (c.version, moves(office, c)) for c in (first, second, other)}
    batch = reassigning(office, first, second, other)
    assert batch.look() == {
        first.id: [],
        second.id: [],
        other.id: ["现在是“待接收”，这一步只能在“初审或核查或反馈”时办理。"],
    }
    assert {c.id: (c.version, moves(office, c)) for c in (first, second, other)} == before
    audited = len(tags(office))
    assert batch.work().state == "done"
    assert batch.count == (2, 1, 0)
    new = office.people["co_officer"]
    for case in (first, second):
        assert part_holders(office.session, case.id, "handler") == [new]
        assert (case.version, moves(office, case)) == tuple(n + 1 for n in before[case.id])
    assert (other.version, moves(office, other)) == before[other.id]
    assert batch.why()[other.id] == ["现在是“待接收”，这一步只能在“初审或核查或反馈”时办理。"]
    # One by one would have left the same rows; the run adds its beginning and its end.
    assert sorted(tags(office)[audited:]) == [
        "bulk.end",
        "bulk.start",
        "lead.move.reassign",
        "lead.move.reassign",
        "step.refused",
    ]
    end = office.session.scalars(select(AuditRow).where(AuditRow.tag == "bulk.end")).one()
    assert '"done":2' in end.canonical.replace(" ", "").replace("\\", "")


def test_a_row_is_done_once_however_often_it_is_asked(office):
    case = office.lead("triage")
    batch = reassigning(office, case)
    batch.work()
    version, steps, audited = case.version, moves(office, case), tags(office)
    assert not batch.one()
    batch.work()
    assert (case.version, moves(office, case), tags(office)) == (version, steps, audited)
    with pytest.raises(StepRefused):
        bulk.settle(office.session, batch.actor, batch.run.id, "lead", batch.step, {})


def test_whoever_was_quicker_is_named_and_nothing_is_overwritten(office):
    case = office.lead("triage")
    batch = reassigning(office, case)
    office.take(case, "handler", "hand_inside", handed_to="工业科")
    steps = moves(office, case)
    batch.work()
    assert batch.count == (0, 1, 0)
    assert "刚刚办了“转业务科室”，现在是“转业务科室”" in batch.why()[case.id][0]
    assert (case.state, moves(office, case)) == ("inside", steps)
    # As it is now it may be asked again; the run begins with the present version.
    again = bulk.again(office.session, batch.actor, batch.run.id, now=office.now)
    rows = bulk_steps.rows_of(office.session, again)
    assert [(row.case_id, row.seen) for row in rows] == [(case.id, case.version)]
    assert (again.step, bulk.answers_of(again)) == ("reassign", batch.inputs)


def test_the_sending_side_learns_nothing_from_a_refusal(office):
    sent, beyond, moved = office.lead("sent"), office.lead("triage"), office.lead("sent")
    batch = Batch(office, "dept_approver@dept", "withdraw", sent, beyond, moved, note="重复移送")
    office.take(moved, "registrar@bureau", "receive")
    told = batch.look()
    assert told[sent.id] == []
    assert told[beyond.id] == ["现在是“统计机构办理中”，不能办“撤回线索”。"]
    assert told[moved.id] == ["选好以后，这件有了变化。"]
    batch.work()
    assert batch.count == (1, 2, 0)
    assert batch.why() == told
    # Inside, the state has its own name.
    inside = Batch(office, SUPERVISOR, "withdraw", beyond, note="重复")
    assert "现在是“初审”" in inside.look()[beyond.id][0]


def test_four_eyes_and_guards_hold_for_each_case(office):
    own, foreign = office.lead("closing"), office.lead("result")
    batch = Batch(office, "handler", "close", own)
    assert batch.look() == {own.id: ["经办人不能复核自己办的事，代行职务也不行。"]}
    batch.work()
    assert (batch.count, own.state) == ((0, 1, 0), "closing")
    other = Batch(office, SUPERVISOR, "close", own, foreign)
    other.work()
    assert (other.count, own.state, foreign.state) == ((1, 1, 0), "closed", "result")


def test_answers_are_checked_against_each_case_before(office):
    mixed = office.lead("verifying"), office.lead("triage")
    told = reassigning(office, *mixed).look()
    partner = office.session.get_one(Case, mixed[0].id)
    assert len(told[partner.id]) == 1
    assert "是本件的协办人，不能兼任主办。" in told[partner.id][0]
    assert told[mixed[1].id] == []


def test_a_wrong_answer_is_told_at_its_field(office):
    batch = reassigning(office, office.lead("triage"), office.lead("sent"))

    def wrong(**inputs):
        error = bulk_steps.first_wrong(
            office.session, batch.actor, batch.run, batch.step, inputs, office.now
        )
        return error and (error.field_name, str(error.message))

    handler = str(office.people["co_officer"])
    assert wrong(handler=handler) == ("note", "请写明理由。")
    assert wrong(note="调整") == ("handler", "请选一名本单位的执法检查人员。")
    assert wrong(handler=handler, note="调整") is None


def test_one_bad_case_stops_no_other_and_is_not_silent(office, monkeypatch, caplog):
    bad, good = office.lead("triage"), office.lead("triage")
    real = workers.get("lead")
    assert real

    def breaking(session, actor, case_id, *rest, **named):
        real.take(session, actor, case_id, *rest, **named)
        if case_id == bad.id:
            raise KeyError("a bug")

    monkeypatch.setitem(workers._workers, "lead", Worker(breaking, TAKINGS))
    version = bad.version
    batch = reassigning(office, bad, good)
    batch.work()
    assert batch.count == (1, 1, 0)
    assert batch.why()[bad.id] == ["这件出了意外，没有办成，编号 r-1。"]
    assert "failed at case" in caplog.text
    office.session.refresh(bad)
    assert (bad.version, good.version) == (version, version + 1)


def test_a_database_that_does_not_answer_leaves_the_row_waiting(office, monkeypatch):
    case = office.lead("triage")
    batch = reassigning(office, case)
    real = workers.get("lead")

    def busy(*_args, **_named):
        raise OperationalError("UPDATE", {}, Exception("locked"))

    monkeypatch.setitem(workers._workers, "lead", Worker(busy, TAKINGS))
    with pytest.raises(OperationalError):
        batch.work()
    assert batch.count == (0, 0, 1)
    monkeypatch.setitem(workers._workers, "lead", real)
    assert batch.work().state == "done"
    assert batch.count == (1, 0, 0)


def test_stopping_leaves_the_rest_alone(office):
    cases = office.lead("triage"), office.lead("triage")
    batch = reassigning(office, *cases)
    bulk.start(office.session, batch.actor, batch.run.id, now=office.now)
    assert batch.one()
    run = bulk.drop(office.session, batch.actor, batch.run.id, now=office.now)
    assert (run.state, batch.one(), batch.count) == ("dropped", 0, (1, 0, 1))
    again = bulk.again(office.session, batch.actor, run.id, now=office.now)
    assert len(bulk_steps.rows_of(office.session, again)) == 1


def test_nobody_touches_another_ones_run_or_unseen_cases(office):
    case = office.lead("triage")
    run = reassigning(office, case).run
    stranger = office.actor("head@bureau")
    with pytest.raises(NotVisible):
        bulk.mine(office.session, stranger, run.id)
    foreign = office.actor("supervisor@foreign bureau")
    with pytest.raises(BadInput):
        bulk.choose(office.session, foreign, Case.id == case.id, now=office.now)


def test_too_many_are_refused_as_a_whole(office, monkeypatch):
    cases = [office.lead("drafted") for _ in range(3)]
    monkeypatch.setattr(bulk, "MOST", 2)
    ids = [c.id for c in cases]
    with pytest.raises(BadInput) as refused:
        bulk.choose(
            office.session, office.actor("drafter"), Case.id.in_(ids), now=office.now
        )  # fmt: skip
    assert "一次最多选 2 件" in str(refused.value.message)
    assert office.session.scalar(select(func.count()).select_from(BulkRow)) == 0


def test_only_steps_that_some_case_can_take_are_offered(office):
    cases = office.lead("triage"), office.lead("triage"), office.lead("closing")
    ids = Case.id.in_([c.id for c in cases])

    def offered(who):
        actor = office.actor(who)
        run = bulk.choose(office.session, actor, ids, now=office.now)
        return {
            o.step.name: (o.can, o.of)
            for o in bulk_steps.offers(
                office.session, actor, run, office.now, lambda _flow, step: for_many(step)
            )
        }

    assert offered(SUPERVISOR) == {
        "link": (2, 3),
        "close": (1, 3),
        "return_feedback": (1, 3),
        "reassign": (2, 3),
    }
    # The handler gave the feedback: closing is not offered to the same person as a supervisor.
    assert "close" not in offered("handler")
    assert offered("drafter") == {}


@pytest.mark.parametrize(
    ("kind", "step", "suits"),
    [
        ("lead", "reassign", True),
        ("lead", "withdraw", True),
        ("lead", "draft", False),  # opens a case
        ("penalty", "return_report", True),
        ("penalty", "ask_extension", False),  # a number of months
        ("penalty", "propose_decision", False),  # a fine
        ("penalty", "approve_opening", False),  # needs a paper of the case
        ("inspection", "publish", True),
        ("inspection", "enter_site", False),  # the hour of one visit
        ("inspection", "propose_order", False),  # long words about one unit
        ("programme", "open_session", False),  # what its own lines offer
        ("vacancy", "urge", True),
    ],
)
def test_a_step_is_for_many_when_its_answers_can_be_the_same(kind, step, suits):
    assert for_many(flows.get(kind).step(step)) is suits


def test_what_nobody_went_on_with_is_given_up_after_a_week(office):
    run = reassigning(office, office.lead("triage")).run
    assert bulk.forget_old_runs(office.session, office.now.replace(day=8)) == 0
    assert bulk.forget_old_runs(office.session, office.now.replace(day=10)) == 1
    office.session.refresh(run)
    assert (run.state, office_date(run.ended_at).day) == ("dropped", 10)
