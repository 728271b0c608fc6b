"""Notice, list, places, hours: what the verbs of a session do, and what they refuse."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.workflows.leads.walking import HERE
from tests.workflows.onward import WAIT
from tests.workflows.trainings.walking import DAY, TRAINER, TrainingOffice, at
from tracker.core.cases.agenda import agenda
from tracker.core.cases.models import CaseGuest
from tracker.core.cases.opening import Seed, openings
from tracker.core.cases.scope import may_see, visible
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.core.notices.models import Outbox
from tracker.core.staff import register
from tracker.core.staff.models import TrainingRecord
from tracker.workflows.trainings import staffing
from tracker.workflows.trainings.models import Training

REGISTRAR = "registrar@bureau"


@pytest.fixture
def office(session):
    with transaction():
        return TrainingOffice(session)


def walked(office, to, **changes):
    with transaction():
        return office.case(to, **changes)


def no(office, do, *args, **more):
    """Why something is refused; nothing of it is left."""
    with pytest.raises((BadInput, StepRefused)) as why, transaction():
        do(*args, **more)
    office.session.expire_all()
    return str(why.value)


def on_file(office, name, kind, passed=True, hours="8", held_on=date(2026, 1, 20)):
    office.session.add(
        TrainingRecord(
            person_id=office.staff[name].id, held_on=held_on, kind=kind, title="示例",
            hours=Decimal(hours), passed=passed, source="hand",
        )
    )  # fmt: skip
    office.session.flush()


# ---------------------------------------------------------------- Y2, Y3: notice and list


def test_the_notice_invites_the_units_of_the_audience_and_lists_who_must_come(office):
    with transaction():
        on_file(office, "乙", "induction")
        on_file(office, "丁", "induction", passed=False)
        office.hire("走", "150602101000", until=date(2026, 2, 1))
        office.hire("外", "220102001000")
        office.staff["甲"].user_id = office.people["clerk"]
        case = office.case("enrolling", audience="township")
    guests = set(office.session.scalars(select(CaseGuest.org_id)))
    assert guests == {office.orgs["town"], office.orgs["next town"]}
    rows = office.rows(case)
    # 乙 has had it, 丙 is of a village, 戊 of a department, 走 has left, 外 is elsewhere.
    assert {n: (r.must, r.standing, r.org_id) for n, r in rows.items()} == {
        "甲": ("new", "listed", office.orgs["town"]),
        "丁": ("failed", "listed", office.orgs["next town"]),
    }
    told = office.session.execute(select(Outbox.org_id, Outbox.user_id, Outbox.role)).all()
    assert (office.orgs["town"], None, "township_clerk") in told
    assert (None, office.people["clerk"], None) in told
    assert office.clocks(case)["OWN-TRAINENROL"].due_on == DAY.date()
    # Whoever comes later is listed when asked for, and nobody twice.
    with transaction():
        office.hire("新", "150602101000")
        office.take(case, TRAINER, "relist")
    assert office.standing(case) == dict.fromkeys(("甲", "丁", "新"), "listed")


def test_each_audience_is_its_own_people(office):
    def who(audience):
        with transaction() as session:
            case = office.case("enrolling", audience=audience)
            invited = {u.short_name for u in staffing.guests_of(session, case.id)}
            return set(office.standing(case)), invited

    with transaction():
        office.hire("己", HERE)
    assert who("village") == ({"丙"}, {"示例镇人民政府"[:8], "邻镇人民政府"[:8]})
    assert who("department") == ({"戊"}, {"东胜区发展和改革委员会"[:8]})
    assert who("county") == ({"己"}, set())
    assert who("all")[0] == {"甲", "乙", "丙", "丁", "戊", "己"}


def test_short_hours_are_measured_by_the_rule(office):
    """P08 binds those with a professional title: 90 hours (继续教育规定 8)."""
    with transaction():
        for name, hours in (("甲", "89.9"), ("乙", "90")):
            office.staff[name].rank = "junior"
            on_file(office, name, "skills", hours=hours)
        case = office.case("enrolling", topic="law")
    assert {n: r.must for n, r in office.rows(case).items()} == {"甲": "hours"}


def test_no_notice_without_day_place_and_teacher(office):
    plan = walked(office, "preparing")
    with transaction():
        seed = Seed(
            origin=plan, unit_name="", region_code=HERE, matter="", source="plan",
            more={"topic": "general", "title": "年度综合培训", "audience": "all",
                  "hours": Decimal(16), "people": 120, "purpose": "年报"},
        )  # fmt: skip
        case = openings.open(
            office.session, "training", office.actor(TRAINER), seed, now=office.now
        )
    assert isinstance(case, Training)
    assert (case.title, case.hours, case.quota, case.starts_at) == (
        "年度综合培训", Decimal(16), 120, None,
    )  # fmt: skip
    assert "还没有定培训时间" in no(office, office.take, case, TRAINER, "announce")
    assert "地点和教师" in no(office, _announced, office, case, venue="")
    late = {"starts_at": DAY, "ends_at": DAY + timedelta(hours=1), "enrol_by": date(2026, 3, 6)}
    assert "报名截止日不能晚于" in no(office, office.take, case, TRAINER, "edit", **late)
    assert "结束时间" in no(office, office.take, case, TRAINER, "edit", ends_at=DAY)
    assert "学时" in no(office, office.take, case, TRAINER, "edit", hours=Decimal("0.05"))
    assert "合格分数" in no(office, office.take, case, TRAINER, "edit", pass_mark=101)
    with transaction():
        _announced(office, case)
    assert case.state == "enrolling"


def _announced(office, case, **changes):
    office.take(case, TRAINER, "edit", **changes)
    office.take(case, TRAINER, "announce")


# ---------------------------------------------------------------- guests and the queue


def test_a_guest_sends_its_own_people_only(office):
    case = walked(office, "enrolling", topic="law", audience="all")
    for who in ("clerk", "liaison@dept"):
        assert may_see(office.session, office.actor(who), case.id)
    assert not may_see(office.session, office.actor("system_admin@bureau"), case.id)
    assert not may_see(office.session, office.actor("supervisor@foreign bureau"), case.id)
    with transaction():
        assert office.enrol(case, "clerk", "甲", "丙").listed == 2  # its village too
        assert office.enrol(case, "liaison@dept", "戊").listed == 1
        assert office.enrol(case, "clerk", "甲").known == 1
    for who, name in (("clerk", "丁"), ("next clerk", "乙"), ("liaison@dept", "乙")):
        assert "本单位的人员" in no(office, office.enrol, case, who, name)
    with pytest.raises(NotVisible), transaction():
        office.leave(case, "next clerk", "甲")
    with pytest.raises(NotVisible), transaction():
        office.enrol(case, "supervisor@foreign bureau", "甲")
    # A colleague of the bureau without this duty changes nothing.
    assert "不能报名" in no(office, office.enrol, case, "inspector@bureau", "乙")
    with transaction():
        office.leave(case, "clerk", "丙")
        assert office.enrol(case, TRAINER, "丁").listed == 1
    assert office.standing(case) == {
        "甲": "listed", "丙": "withdrawn", "戊": "listed", "丁": "listed",
    }  # fmt: skip
    assert office.rows(case)["丁"].org_id == office.orgs["next town"]


def test_guests_have_until_the_day_and_the_organiser_longer(office):
    case = walked(office, "enrolling", topic="law", enrol_by=date(2026, 3, 3))
    office.now += timedelta(days=1)  # the day itself
    with transaction():
        office.enrol(case, "clerk", "甲")
    office.now += timedelta(days=1)
    assert "不能报名" in no(office, office.enrol, case, "clerk", "乙")
    with transaction():
        office.enrol(case, TRAINER, "乙")
        office.walk(case, [(TRAINER, "close_enrolment", {}), ("", WAIT, {"days": 1})])
        office.take(case, TRAINER, "start")
        office.enrol(case, TRAINER, "丁")  # at the door
    assert set(office.standing(case).values()) == {"listed"}
    assert "不能改名单" in no(office, office.leave, case, TRAINER, "甲")


def test_a_full_session_has_a_queue_and_a_free_place_goes_to_its_head(office):
    with transaction():
        office.staff["乙"].user_id = office.people["clerk"]
        case = office.case("enrolling", topic="law", quota=1)
        first = office.enrol(case, "next clerk", "丁")
        office.now += timedelta(minutes=5)
        second = office.enrol(case, "clerk", "乙")
        office.now += timedelta(minutes=5)
        third = office.enrol(case, "clerk", "甲")
    assert [(p.listed, p.waiting) for p in (first, second, third)] == [(1, 0), (0, 1), (0, 1)]
    with transaction():
        office.leave(case, "next clerk", "丁")
    assert office.standing(case) == {"丁": "withdrawn", "乙": "listed", "甲": "waiting"}
    moved = select(Outbox.user_id).where(Outbox.template.contains("已列入培训名单"))
    assert office.session.scalars(moved).all() == [office.people["clerk"]]
    # Whoever comes back waits behind those who waited.
    office.now += timedelta(minutes=5)
    with transaction():
        assert office.enrol(case, "next clerk", "丁").waiting == 1
        office.take(case, TRAINER, "change", quota=2)
    assert office.standing(case) == {"丁": "waiting", "乙": "listed", "甲": "listed"}


def test_whoever_must_come_is_excused_with_reasons_only(office):
    case = walked(office, "enrolling", audience="township", quota=2)
    # Three must come and two can; the third waits.
    assert sorted(office.standing(case).values()) == ["listed", "listed", "waiting"]
    assert "只能请假" in no(office, office.leave, case, "clerk", "甲")
    assert "理由" in no(office, office.leave, case, "clerk", "甲", " ")
    with transaction():
        office.leave(case, "clerk", "甲", "住院")
    assert office.rows(case)["甲"].excuse == "住院"
    assert office.standing(case)["甲"] == "excused"
    assert sorted(office.standing(case).values()) == ["excused", "listed", "listed"]


def test_an_excuse_outlives_the_next_look_at_the_register(office):
    case = walked(office, "enrolling")
    with transaction():
        office.leave(case, "clerk", "甲", "住院")
        office.take(case, TRAINER, "relist")
    assert (office.standing(case)["甲"], office.rows(case)["甲"].excuse) == ("excused", "住院")


def test_a_changed_day_moves_its_clock_and_is_told(office):
    case = walked(office, "ready")
    assert office.clocks(case)["OWN-TRAINHOLD"].due_on == DAY.date()
    later = DAY + timedelta(days=7)
    with transaction():
        office.take(
            case, TRAINER, "change", starts_at=later, ends_at=later + timedelta(hours=4),
            note="会议冲突",
        )  # fmt: skip
    assert office.clocks(case)["OWN-TRAINHOLD"].due_on == later.date()
    assert case.next_due_on == later.date()
    office.sound(case)
    assert "还没有到培训的日子" in office.why_not(case, TRAINER, "start")
    with transaction():
        actor = office.actor("clerk")
        first, last = date(2026, 3, 1), date(2026, 3, 31)
        entries = agenda.entries(office.session, actor, visible(actor), first, last)
        assert [e.on for e in entries if e.kind == "event"] == [later.date()]
        told = select(Outbox.org_id).where(Outbox.template.contains("安排有调整"))
        assert office.orgs["town"] in office.session.scalars(told).all()
        office.take(case, TRAINER, "cancel", note="并入下期")
        assert not [
            e
            for e in agenda.entries(office.session, actor, visible(actor), first, last)
            if e.kind == "event"
        ]
    assert office.clocks(case) == {}


# ---------------------------------------------------------------- Y4 to Y6: who came, who passed


def test_hours_go_on_file_and_the_gate_opens_for_who_passed(office):
    with transaction():
        case = office.case("running")
        office.attend(case, ("甲",), who=TRAINER)
        row = office.rows(case)["戊"]
        row.signed_out_at = None  # 戊 left without signing out
        office.take(case, TRAINER, "finish")
        office.mark(case, 甲=60, 乙=(59, 60), 丙=(30, 59), 丁=59)
        office.take(case, TRAINER, "submit_marks")
        office.take(case, REGISTRAR, "record")
    ids = {p.id: name for name, p in office.staff.items()}
    found = {
        ids[r.person_id]: (r.passed, r.hours, r.score, bool(r.certificate_no))
        for r in office.session.scalars(select(TrainingRecord))
    }
    assert found == {
        "甲": (True, Decimal(8), 60, True),
        "乙": (True, Decimal(8), 60, True),
        "丙": (False, Decimal(0), 59, False),
        "丁": (False, Decimal(0), 59, False),
    }
    inducted = register.inducted(office.session, list(ids), office.today)
    assert {ids[i]: day for i, day in inducted.items()} == {"甲": DAY.date(), "乙": DAY.date()}
    hours = register.hours_in(office.session, list(ids), 2026)
    assert {ids[i]: h for i, h in hours.items() if h} == {"甲": 8, "乙": 8}
    assert sorted(r.certificate_no for r in office.rows(case).values() if r.certificate_no) == [
        "东统训证〔2026〕1号", "东统训证〔2026〕2号",
    ]  # fmt: skip
    # The next induction lists those who failed as such, and those who never came as new.
    later = DAY + timedelta(days=9)
    again = walked(
        office, "enrolling", starts_at=later, ends_at=later + timedelta(hours=4),
        enrol_by=later.date(),
    )  # fmt: skip
    assert {n: r.must for n, r in office.rows(again).items()} == {
        "丙": "failed", "丁": "failed", "戊": "new",
    }  # fmt: skip


def test_marks_are_for_who_came_and_a_resit_for_who_failed(office):
    with transaction():
        case = office.case("running")
        office.attend(case, ())
        for row in office.rows(case).values():
            row.signed_in_at = row.signed_out_at = None
        office.attend(case, ("甲", "乙"))
        office.take(case, TRAINER, "finish")
    assert "没有签到" in no(office, office.mark, case, 丙=80)
    assert "0 到 100" in no(office, office.mark, case, 甲=101)
    assert "只有不合格的才补考" in no(office, office.mark, case, 甲=(60, 90))
    assert "只有不合格的才补考" in no(office, office.mark, case, 甲=(None, 90))
    with transaction():
        office.mark(case, 甲=59)
    assert "还有 1 人没有成绩" in no(office, office.take, case, TRAINER, "submit_marks")
    assert "先去掉成绩" in no(office, _untick, office, case, "甲")
    with transaction():
        office.take(case, TRAINER, "submit_marks", absent=True)
        office.take(case, REGISTRAR, "record")
    records = office.session.scalars(select(TrainingRecord))
    assert {(r.passed, r.score) for r in records} == {(False, 59), (False, None)}


def _untick(office, case, name):
    from tracker.workflows.trainings import lines

    ticks = {office.rows(case)[name].id: lines.Attendance(None, None)}
    lines.tick(office.session, office.actor(TRAINER), case.id, ticks, now=office.now)


def test_whoever_entered_anything_does_not_record_it(office):
    """Both a trainer and a registrar: as a marker of it, not its recorder, nor for another."""
    with transaction():
        case = office.case("running")
        office.take(case, TRAINER, "finish")
        office.mark(case, "both", 甲=80)
        office.mark(case, TRAINER)
        office.take(case, TRAINER, "submit_marks")
    assert "不能自己记入学时" in office.why_not(case, "both", "record")
    assert office.why_not(case, REGISTRAR, "record").startswith("缺《")
    with transaction():
        office.take(case, REGISTRAR, "send_back", note="核对丙")
        assert case.state == "marking"
        office.take(case, "both", "submit_marks")
    assert "不能复核自己" in office.why_not(case, "both", "record")
    with transaction():
        office.take(case, "supervisor@bureau", "record")
    assert case.state == "closing"


def test_nobody_enters_their_own_attendance_or_mark(office):
    with transaction():
        office.hire("庚", HERE, user=TRAINER)
        case = office.case("ready")
        office.now += timedelta(days=3)
        office.take(case, TRAINER, "start")
        office.now += timedelta(hours=8)
    assert "不能登记自己" in no(office, office.attend, case, ("甲", "庚"))
    with transaction():
        office.attend(case, ("甲", "庚"), who="both")
        office.take(case, TRAINER, "finish")
    assert "不能登记自己" in no(office, office.mark, case, 庚=90)
    with transaction():
        office.mark(case, "both", 庚=90)
        office.mark(case, 甲=80)


def test_without_an_examination_attendance_is_enough_and_without_people_there_is_none(office):
    with transaction():
        case = office.case("enrolling", topic="law", pass_mark=None)
    assert "还没有人" in office.why_not(case, TRAINER, "close_enrolment")
    with transaction():
        office.enrol(case, TRAINER, "甲", "乙")
        office.walk(
            case,
            [(TRAINER, "close_enrolment", {}), ("", WAIT, {"days": 3}), (TRAINER, "start", {})],
        )
        assert "还没有人签到" in office.why_not(case, TRAINER, "finish_plain")
        office.now += timedelta(hours=8)
        office.attend(case, ("甲",))
        assert "不考试" in office.why_not(case, TRAINER, "finish")
        office.take(case, TRAINER, "finish_plain")
        office.take(case, REGISTRAR, "record")
        office.take(case, TRAINER, "close", summary="完成。")
    (record,) = office.session.scalars(select(TrainingRecord))
    assert (record.person_id, record.hours, record.passed, record.case_id) == (
        office.staff["甲"].id, Decimal(8), True, case.id,
    )  # fmt: skip
    assert (case.state, case.summary) == ("closed", "完成。")
    office.sound(case)


def test_the_audit_has_who_was_put_on_the_list(office):
    from tracker.core.audit.models import AuditRow

    case = walked(office, "enrolling", topic="law")
    with transaction():
        office.enrol(case, "clerk", "甲")
    row = office.session.scalars(
        select(AuditRow).where(AuditRow.tag == "training.list.enrol")
    ).one()
    assert row.actor_id == office.people["clerk"]
    assert json.loads(row.details) == {"people": [office.staff["甲"].id]}


def test_the_half_of_a_session(office):
    from tracker.workflows.trainings.content import leaves_from

    case = walked(office, "preparing")
    assert leaves_from(case) == at("13:00")
