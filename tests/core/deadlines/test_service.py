"""Clocks in the database: every change is a fact, and what is stored is the replay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.core.deadlines.rows import a_case_and_a_person, another_person
from tracker.core.calendar import store
from tracker.core.calendar.days import Day, DayKind, DayStatus
from tracker.core.deadlines import service
from tracker.core.deadlines.models import Deadline, DeadlineFact
from tracker.core.deadlines.replay import Tone, status
from tracker.core.errors import BadInput, StepRefused
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.terms import Term, Unit

NOW = datetime(2026, 4, 28, 1, tzinfo=UTC)
START = date(2026, 4, 28)
TODAY = date(2026, 11, 22)


class Desk:
    """A case with somebody who acts on it."""

    def __init__(self, session: Session) -> None:
        store.seed(session, NOW)
        self.session = session
        self.case_id, self.actor_id = a_case_and_a_person(session, NOW)
        self.approver_id = another_person(session, NOW)

    def start(self, rule_id: str, on: date = START, due: date | None = None) -> Deadline:
        rule = default_rulebook().rule(rule_id, TODAY)
        return service.start(
            self.session, self.case_id, rule, on, actor_id=self.actor_id, now=NOW, due=due
        )

    def does(self, verb: str, deadline: Deadline, *args: object, **more: object) -> Deadline:
        found: Deadline = getattr(service, verb)(
            self.session, deadline, *args, actor_id=self.actor_id, now=NOW, **more
        )
        assert service.check(self.session, deadline) == []
        return found


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_a_clock_through_its_life(desk: Desk) -> None:
    clock = desk.start("T01")
    assert (clock.due_on, clock.state, clock.version) == (date(2026, 5, 11), "running", 1)
    assert (clock.label, clock.responsible_role) == ("线索初审", "supervisor")
    desk.does("suspend", clock, date(2026, 5, 6), reason="等待补充材料", document="补〔2026〕1号")
    assert (clock.due_on, clock.state, clock.version) == (None, "suspended", 2)
    desk.does("resume", clock, date(2026, 5, 8))
    assert (clock.due_on, clock.state, clock.version) == (date(2026, 5, 13), "running", 3)
    assert [d.id for d in service.running(desk.session, desk.case_id)] == [clock.id]
    desk.does("stop", clock, date(2026, 5, 11), reason="已初审")
    assert (clock.state, clock.stopped_on, clock.version) == ("stopped", date(2026, 5, 11), 4)
    assert service.running(desk.session, desk.case_id) == []
    assert [d.id for d in service.of_case(desk.session, desk.case_id)] == [clock.id]
    rows = service.facts(desk.session, clock.id)
    assert [(r.seq, r.kind) for r in rows] == [
        (1, "start"),
        (2, "suspend"),
        (3, "resume"),
        (4, "stop"),
    ]
    assert (rows[1].reason, rows[1].document) == ("等待补充材料", "补〔2026〕1号")
    found = service.working(desk.session, clock, store.load(desk.session))
    assert status(found, TODAY).tone is Tone.DONE


def test_a_refused_fact_leaves_no_trace(desk: Desk) -> None:
    clock = desk.start("T01")
    with pytest.raises(BadInput, match="没有中止"):
        desk.does("resume", clock, date(2026, 5, 8))
    desk.session.flush()
    assert clock.version == 1
    assert len(service.facts(desk.session, clock.id)) == 1


def test_the_rule_bounds_its_extensions(desk: Desk) -> None:
    by = {"approver_id": desk.approver_id}
    case = desk.start("T02", date(2026, 1, 31))
    assert case.due_on == date(2026, 4, 30)
    with pytest.raises(StepRefused, match="一次最多延长3 个月"):
        desk.does("extend", case, Term(4, Unit.M), START, reason="案情复杂", **by)
    with pytest.raises(StepRefused, match="只能按月延长"):
        desk.does("extend", case, Term(30, Unit.CD), START, reason="案情复杂", **by)
    paper = {"reason": "案情复杂", "document": "延〔2026〕1号"}
    desk.does("extend", case, Term(3, Unit.M), START, **paper, **by)
    assert case.due_on == date(2026, 7, 30)
    row = service.facts(desk.session, case.id)[-1]
    assert (row.kind, row.term, row.reason, row.document) == (
        "extend", "3m", "案情复杂", "延〔2026〕1号",
    )  # fmt: skip
    assert (row.actor_id, row.approver_id) == (desk.actor_id, desk.approver_id)
    with pytest.raises(StepRefused, match="最多延长 1 次"):
        desk.does("extend", case, Term(1, Unit.M), START, reason="再延", **by)
    with pytest.raises(StepRefused, match="不能延长"):
        desk.does("extend", desk.start("T04"), Term(1, Unit.WD), START, reason="", **by)


def test_what_an_outside_organ_grants_itself_needs_no_approver_of_ours(desk: Desk) -> None:
    sanction = desk.start("L04")
    desk.does("extend", sanction, Term(4, Unit.M), START, reason="特殊情况")
    with pytest.raises(StepRefused, match="合计不得超过12 个月"):
        desk.does("extend", sanction, Term(3, Unit.M), START, reason="特殊情况")
    assert str(service.longest_extension(desk.session, sanction)) == "2m"
    desk.does("extend", sanction, Term(2, Unit.M), START, reason="特殊情况")
    assert service.longest_extension(desk.session, sanction) is None


def test_nobody_grants_time_to_their_own_duty(desk: Desk) -> None:
    case = desk.start("T02")
    for approver, why in ((None, "还没有批准人"), (desk.actor_id, "不能自己批准")):
        with pytest.raises(StepRefused, match=why):
            desk.does("extend", case, Term(1, Unit.M), START, reason="", approver_id=approver)
    assert len(service.facts(desk.session, case.id)) == 1


def test_what_has_run_out_is_not_extended(desk: Desk) -> None:
    case = desk.start("T02", date(2026, 1, 31))
    last, after = date(2026, 4, 30), date(2026, 5, 6)
    assert service.why_not_extend(desk.session, case, last) is None
    refusal = service.why_not_extend(desk.session, case, after)
    assert refusal is not None
    assert "届满以后不能延长" in str(refusal.why)
    with pytest.raises(StepRefused) as refused:
        desk.does("extend", case, Term(9, Unit.M), after, reason="")
    said = " ".join(str(r.why) for r in refused.value.refusals)
    assert all(why in said for why in ("一次最多延长", "已于 2026-04-30 届满", "还没有批准人"))
    desk.does("extend", case, Term(1, Unit.M), last, reason="", approver_id=desk.approver_id)
    assert case.due_on == date(2026, 6, 1)  # 30 May, a Saturday, is where it ends unrounded


def test_check_names_a_missing_fact(desk: Desk) -> None:
    clock = desk.start("T01")
    desk.session.execute(update(DeadlineFact).values(seq=2))
    desk.session.expire_all()
    (complaint,) = service.check(desk.session, clock)
    assert "编号不连续" in str(complaint)


def test_a_calendar_that_changes_no_date_moves_no_version(desk: Desk) -> None:
    clock = desk.start("T01")
    notice = [Day(date(2026, 12, 27), DayKind.MAKEUP, "元旦", DayStatus.ANNOUNCED)]
    store.publish(desk.session, notice, known_on=date(2026, 12, 1), source="通知", now=NOW)
    assert service.recount(desk.session) == []
    assert clock.version == 1


def test_a_given_date_and_its_change(desk: Desk) -> None:
    clock = desk.start("OWN-SUPERIOR", due=date(2026, 6, 6))
    assert (clock.due_on, clock.unit, clock.length) == (date(2026, 6, 6), "none", None)
    desk.does("set_due", clock, date(2026, 7, 1), START, reason="上级同意延期")
    assert clock.due_on == date(2026, 7, 1)
    with pytest.raises(BadInput, match="必须给定日期"):
        desk.start("OWN-SUPERIOR")


def test_a_clock_of_hours_keeps_its_moment(desk: Desk) -> None:
    clock = desk.start("L07")
    assert (clock.due_at, clock.due_on) == (NOW + timedelta(hours=24), date(2026, 4, 29))
    desk.does("stop", clock, date(2026, 4, 28))


def test_a_new_calendar_moves_running_clocks_and_nothing_else(desk: Desk) -> None:
    moving = desk.start("T01", date(2026, 12, 21))
    done = desk.start("T04", date(2026, 12, 21))
    desk.does("stop", done, date(2026, 12, 22))
    assert (moving.due_on, moving.provisional) == (date(2026, 12, 30), True)
    notice = [Day(date(2026, 12, 27), DayKind.MAKEUP, "元旦", DayStatus.ANNOUNCED)]
    edition = store.publish(
        desk.session, notice, known_on=date(2026, 12, 1), source="通知", now=NOW
    )
    moved = service.recount(desk.session)
    assert [(d.id, before, d.due_on) for d, before in moved] == [
        (moving.id, date(2026, 12, 30), date(2026, 12, 29))
    ]
    assert (moving.calendar_edition, moving.version) == (edition.id, 2)
    assert service.check(desk.session, moving) == service.check(desk.session, done) == []
    assert service.recount(desk.session) == []


def test_check_names_what_was_tampered_with(desk: Desk) -> None:
    clock = desk.start("T01")
    desk.session.execute(update(Deadline).values(due_on=date(2026, 6, 1)))
    desk.session.refresh(clock)
    (complaint,) = service.check(desk.session, clock)
    assert "due_on 存的是 2026-06-01，按事实重算应为 2026-05-11" in str(complaint)


@pytest.mark.parametrize(
    "values",
    [
        {"due_on": None},
        {"state": "suspended"},
        {"state": "stopped"},
        {"stopped_on": date(2026, 5, 1)},
        {"length": None},
        {"due_at": NOW},
        {"state": "paused"},
    ],
)
def test_the_database_keeps_the_promise_too(desk: Desk, values: dict[str, object]) -> None:
    desk.start("T01")
    with pytest.raises(IntegrityError):
        desk.session.execute(update(Deadline).values(**values))


def test_what_is_counted_back_from_a_day_cannot_be_started_forwards(desk: Desk) -> None:
    with pytest.raises(BadInput, match="往前推算"):
        desk.start("T06")
    assert service.of_case(desk.session, desk.case_id) == []
