"""The verbs of a plan both ways: lists, draw, exclusions, recusal, void draws, yearly dates."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import func, select, update

from tests.workflows.plans.test_matrix import EVERYBODY
from tests.workflows.plans.walking import (
    CONTENT,
    HERE,
    OFFICERS,
    SEED,
    TOWNS,
    PlanOffice,
    objects_of,
)
from tracker.core.accounts.models import Grant
from tracker.core.cases.caps import InspectionCap
from tracker.core.cases.evidence import TEAM
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Attachment, Case, CaseLink
from tracker.core.cases.respondents import UnitEvent
from tracker.core.cases.scope import may_see
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.documents.models import Document, Number
from tracker.core.errors import BadInput, StepRefused
from tracker.core.registers.models import Officer, Organisation, Unit
from tracker.core.registers.uscc import make_uscc
from tracker.workflows.plans.flow import FLOW
from tracker.workflows.plans.lots import record_of
from tracker.workflows.plans.models import Plan, PlanDrawn
from tracker.workflows.plans.replay import replay

flows.add(FLOW)
DRAWN = {"seed": SEED, "seed_source": "当众掷骰六次", "place": "三楼会议室"}


@pytest.fixture
def office(session, monkeypatch):
    with transaction():
        made = PlanOffice(session, crowd=False)
    made.tasks.install(monkeypatch)
    return made


@pytest.fixture
def inside(session):
    """The test writes in one transaction."""
    with transaction():
        yield


def refused(office, plan, who, step, **inputs):
    with pytest.raises((BadInput, StepRefused)) as caught, office.session.begin_nested():
        office.take(plan, who, step, **inputs)
    return str(caught.value)


def inspected(office, unit_id, plan, on=date(2026, 2, 3)):
    office.session.add(
        UnitEvent(
            unit_id=unit_id, kind="inspection", happened_on=on, case_id=plan.id,
            organ_id=office.orgs["bureau"],
        )
    )  # fmt: skip
    office.session.flush()


# ---------------------------------------------------------------- the whole way


def test_a_draw_opens_a_task_for_every_unit_with_its_officers(office, inside):
    plan = office.plan("checking")
    row = office.draw(plan)
    record = record_of(row)
    assert replay(json.loads(row.record), seal=row.seal).same
    assert (row.status, record.number) == ("confirmed", "东统抽〔2026〕1号")
    assert plan.number == "东统检计〔2026〕1号"
    assert (record.seed, record.seed_source, row.place) == tuple(DRAWN.values())
    strata = {str(o.unit_id): o.stratum for o in objects_of(office.session, plan)}
    drawn = [strata[u.unit] for u in record.result.units]
    assert drawn == ["industry"] * 3 + ["commerce"] * 2
    seeds = office.tasks.seeds
    assert [str(s.unit_id) for s in seeds] == [t.unit for t in record.result.tasks]
    assert [s.more["officers"] for s in seeds] == [
        [int(o[1:]) for o in t.officers] for t in record.result.tasks
    ]
    assert {s.more["draw"] for s in seeds} == {record.number}
    assert all(s.origin is plan and s.source == "random" for s in seeds)
    assert seeds[0].matter == "依法报送统计资料的情况、设置原始记录、统计台账的情况"
    (paper,) = office.session.scalars(select(Attachment)).all()
    assert (paper.case_id, paper.name) == (plan.id, "东统抽〔2026〕1号.txt")
    assert paper.sha256 == sha256(row.record.encode()).hexdigest()
    kept = office.session.execute(select(PlanDrawn.unit_id, PlanDrawn.task_id)).all()
    assert [tuple(k) for k in kept] == [
        (s.unit_id, task) for s, task in zip(seeds, office.tasks.opened, strict=True)
    ]


def test_the_same_registers_and_seed_give_the_same_draw(office, inside):
    seals = []
    for _ in range(2):
        with office.session.begin_nested() as trial:
            plan = office.plan("second")
            record = record_of(office.draw(plan))
            seals.append((record.frame.version, record.result))
            trial.rollback()
        office.session.expunge_all()
    assert seals[0] == seals[1]


@pytest.mark.parametrize(
    ("region", "half", "whole"),
    [(HERE, "OWN-HALFYEAR", "OWN-YEAREND"), ("340104000000", "R01", "R01A")],
)
def test_the_yearly_dates_are_those_of_the_place(office, inside, region, half, whole):
    """皖统计局 2020-06-10: one by the end of June, all by the end of November; ours elsewhere."""
    office.session.get_one(Organisation, office.orgs["bureau"]).region_code = region
    for n, unit in enumerate(office.session.scalars(select(Unit))):
        unit.region_code = f"{region[:6]}00{1 + n % 3}000"
    plan = office.draft()
    way = office.way("checking")
    way[0] = ("drafter", "add_objects", {"region_code": region})
    for who, step, inputs in way:
        if step == "freeze":
            running = {d.rule_id: d.due_on for d in deadlines.running(office.session, plan.id)}
            assert running[half] == date(2026, 6, 30)
            assert running[whole] == date(2026, 11, 30)
            office.paper(plan, "annual_plan")
        plan = office.take(plan, who, step, **inputs)
    still = {d.rule_id for d in deadlines.running(office.session, plan.id)}
    assert whole in still
    assert half not in still, "the draw was made"


def test_a_date_that_has_passed_starts_no_clock(office, inside):
    office.now = office.now.replace(month=9)
    plan = office.plan("approved")
    running = {d.rule_id for d in deadlines.running(office.session, plan.id)}
    assert "OWN-YEAREND" in running
    assert "OWN-HALFYEAR" not in running


def test_the_tasks_are_inspections_that_only_their_circle_sees(session):
    """Domain 3.9: a drawn unit is known to its own team and the approvers until the notice."""
    with transaction():
        office = PlanOffice(session)
        plan = office.plan("checking")
    tasks = session.execute(
        select(Case, PlanDrawn.unit_id).join(PlanDrawn, PlanDrawn.task_id == Case.id)
    ).all()
    assert len(tasks) == 5
    record = record_of(office.draw(plan))
    drawn = {int(t.unit): {int(o[1:]) for o in t.officers} for t in record.result.tasks}
    for task, unit_id in tasks:
        assert (task.kind, task.unit_id, task.restricted) == ("inspection", unit_id, True)
        seen = {n for n in EVERYBODY if may_see(session, office.actor(n), task.id)}
        team = {n for n in OFFICERS if office.people[n] in drawn[unit_id]}
        assert team <= seen
        others = {"officer1", "officer2", "second", "inspector@bureau", "registrar@bureau",
                  "liaison@dept", "township_clerk@town", "head@foreign bureau"}  # fmt: skip
        assert not seen & (others - team)
        assert {"head@bureau", "supervisor@bureau"} <= seen
    links = session.scalars(select(CaseLink.to_id).where(CaseLink.from_id == plan.id)).all()
    assert set(links) == {task.id for task, _unit in tasks}


# ---------------------------------------------------------------- who is left out


def test_units_are_left_out_before_the_draw_and_the_record_says_why(office, inside):
    other = office.plan("checking", count_industry=1, count_commerce=0, title="第一份计划")
    (taken,) = office.session.scalars(select(PlanDrawn.unit_id)).all()
    free = [u for u in office.units if u != taken]
    inspected(office, free[0], other)
    inspected(office, free[1], other, on=date(2025, 12, 31))
    gone, vague = free[2], free[3]
    office.session.get_one(Unit, gone).active = False
    plan = office.plan("approval", townships=2)
    vague_row = next(o for o in objects_of(office.session, plan) if o.unit_id == vague)
    vague_row.region_code = HERE
    for who, step, inputs in office.way("second")[3:]:
        if step == "freeze":
            office.paper(plan, "annual_plan")
        plan = office.take(plan, who, step, **inputs)
    record = record_of(office.draw(plan))
    assert {(int(e.key), e.reason) for e in record.excluded} == {
        (taken, "drawn"), (free[0], "inspected"), (vague, "place"),
    }  # fmt: skip
    keys = {int(u.key) for u in record.frame.units}
    assert keys == set(office.units) - {taken, free[0], vague, gone}
    assert len({u.region for u in record.frame.units if u.key in
                {d.unit for d in record.result.units}}) <= 2  # fmt: skip


def test_the_cap_counts_before_the_old_rule(office, inside):
    """T28: the published cap; T27: once a year without suspicion."""
    plan = office.plan("approved")
    inspected(office, office.units[0], plan)
    office.paper(plan, "annual_plan")
    for cap, left_out in ((None, "inspected"), (1, "cap"), (2, "inspected")):
        with office.session.begin_nested() as trial:
            if cap is not None:
                office.session.add(
                    InspectionCap(
                        org_id=office.orgs["bureau"], year=2026, most=cap, published_in="本局网站",
                        set_by_id=office.people["head@bureau"], set_at=office.now,
                    )
                )  # fmt: skip
            office.take(plan, "drafter", "freeze", **office.freeze_inputs)
            (out,) = json.loads(office.draw(plan).frame)["excluded"]
            assert (out["key"], out["reason"]) == (str(office.units[0]), left_out)
            trial.rollback()


def test_officers_who_left_or_hold_no_certificate_today_are_left_out(office, inside):
    plan = office.plan("approved")
    left = update(Grant).where(Grant.user_id == office.people["officer2"])
    office.session.execute(left.values(valid_to=date(2026, 2, 1)))
    own = select(Officer).where(Officer.user_id == office.people["officer1"])
    office.session.scalars(own).one().valid_from = date(2026, 3, 20)
    office.paper(plan, "annual_plan")
    office.session.flush()
    assert "有效的只有 3 人" in refused(office, plan, "drafter", "freeze", **office.freeze_inputs)
    office.certify("officer1", until=date(2026, 3, 19), since=date(2026, 1, 1))
    office.take(plan, "drafter", "freeze", **office.freeze_inputs)
    frozen = json.loads(office.draw(plan).frame)
    assert [e["reason"] for e in frozen["excluded"]] == ["left"]
    me = next(o for o in frozen["officers"] if o["key"] == f"u{office.people['officer1']}")
    assert me["valid_from"] == "2026-03-20", "the certificate of the days of the checks"


def test_a_unit_taken_by_another_draw_meanwhile_stops_the_monitor(office, inside):
    first, second = office.plan("monitoring"), office.plan("monitoring", title="另一份计划")
    office.take(first, "monitor", "witness")
    assert "另一次抽取中抽中" in refused(office, second, "monitor", "witness")
    assert office.take(second, "monitor", "reject_draw").state == "approved"


def test_no_plan_without_enough_certified_officers(office, inside):
    plan = office.draft()
    plan = office.take(plan, "drafter", "add_objects", region_code=HERE)
    for name in OFFICERS[:3]:
        officer = {"officer": office.people[name]}
        plan = office.take(plan, "drafter", "add_officers", **officer)
        assert refused(office, plan, "drafter", "add_officers", **officer), "already there"
    assert "有效的只有 3 人" in refused(office, plan, "drafter", "submit")
    for name in ("inspector@bureau", "inspector@foreign bureau"):
        assert "持有执法证" in refused(
            office, plan, "drafter", "add_officers", officer=office.people[name]
        )
    plan = office.take(plan, "drafter", "add_officers", all=True)
    for name in OFFICERS[3:]:
        plan = office.take(plan, "drafter", "remove_officer", officer=office.people[name])
    assert refused(office, plan, "drafter", "remove_officer", officer=office.people[OFFICERS[4]])
    assert "有效的只有 3 人" in refused(office, plan, "drafter", "submit")
    plan = office.take(plan, "drafter", "edit", **{**CONTENT, "teams": 1})
    assert office.take(plan, "drafter", "submit").state == "approval"


# ---------------------------------------------------------------- between freeze and witness


def test_a_frame_that_changed_since_it_was_frozen_is_not_drawn_from(office, inside):
    plan = office.plan("drawing")
    before = office.draw(plan).frame_version
    inspected(office, office.units[0], plan)
    assert "冻结以后名录有变化" in refused(office, plan, "drawer", "draw_lots", **DRAWN)
    plan = office.take(plan, "drawer", "unfreeze")
    plan = office.take(plan, "drafter", "freeze", **office.freeze_inputs)
    assert office.draw(plan).frame_version != before
    assert office.take(plan, "drawer", "draw_lots", **DRAWN).state == "second"


def test_a_record_that_was_tampered_with_is_not_confirmed(office, inside):
    plan = office.plan("second")
    row = office.draw(plan)
    data = json.loads(row.record)
    data["result"]["tasks"][0]["officers"] = data["result"]["tasks"][1]["officers"]
    row.record = json.dumps(data, ensure_ascii=False)
    office.session.flush()
    assert "结果不同" in refused(office, plan, "second", "confirm_draw")


def test_three_people_of_the_bureau_and_days_inside_the_plan(office, inside):
    plan = office.plan("approved")
    office.paper(plan, "annual_plan")
    for changes, field in (
        ({"second": "drawer"}, "second"),
        ({"monitor": "drawer"}, "monitor"),
        ({"monitor": "supervisor@foreign bureau"}, "monitor"),
        ({"drawer": "registrar@bureau"}, "drawer"),
        ({"first_day": date(2026, 2, 28)}, "first_day"),
        ({"last_day": date(2026, 10, 31)}, "last_day"),
        ({"last_day": date(2026, 3, 31)}, "last_day"),
    ):
        wrong = {k: office.people[v] if isinstance(v, str) else v for k, v in changes.items()}
        given = {**office.freeze_inputs, **wrong}
        assert refused(office, plan, "drafter", "freeze", **given).startswith(f"{field}:")
    assert office.take(plan, "drafter", "freeze", **office.freeze_inputs).state == "drawing"


def test_a_recusal_said_before_the_draw_is_heeded(office, inside):
    plan = office.plan("approved")
    said = {}
    for unit in office.units:
        row = office.session.get_one(Unit, unit)
        said = {"officer": office.people["officer1"], "unit": row.uscc, "reason": "亲属任职"}
        plan = office.take(plan, "drafter", "recuse", **said)
    assert "已经登记过" in refused(office, plan, "drafter", "recuse", **said)
    office.paper(plan, "annual_plan")
    for who, step, inputs in office.way("second")[4:]:
        plan = office.take(plan, who, step, **inputs)
    record = record_of(office.draw(plan))
    assert len(record.recusals) == 12
    me = f"u{office.people['officer1']}"
    assert all(me not in t.officers for t in record.result.tasks)


def test_a_recusal_after_the_draw_lets_the_next_one_in(office, inside):
    plan = office.plan("second")
    before = record_of(office.draw(plan))
    task = before.result.tasks[0]
    unit = next(u for u in before.frame.units if u.key == task.unit)
    said = {"officer": int(task.officers[0][1:]), "unit": unit.name, "reason": "亲属任职"}
    not_his = next(int(o.key[1:]) for o in before.frame.officers if o.key not in task.officers)
    assert "没有被抽去" in refused(
        office, plan, "drawer", "recuse_drawn", **{**said, "officer": not_his}
    )
    plan = office.take(plan, "drawer", "recuse_drawn", **said)
    row = office.draw(plan)
    after = record_of(row)
    assert after.result.tasks[0].officers == (task.officers[1], before.result.reserve[0])
    assert after.result.tasks[0].recused == (task.officers[0],)
    assert (after.number, after.seed, after.drawn_at) == (
        before.number, before.seed, before.drawn_at,
    )  # fmt: skip
    assert after.seal != before.seal
    assert replay(json.loads(row.record), seal=row.seal).same
    assert office.take(plan, "second", "confirm_draw").state == "monitoring"


@pytest.mark.parametrize(("at", "who", "step"), [
    ("second", "second", "refuse_draw"), ("monitoring", "monitor", "reject_draw"),
])  # fmt: skip
def test_a_draw_that_is_not_confirmed_is_void_and_keeps_its_number(office, inside, at, who, step):
    plan = office.plan(at)
    plan = office.take(plan, who, step, note="种子不是当众产生的")
    row = office.draw(plan)
    assert (row.status, row.void_reason) == ("void", "种子不是当众产生的")
    number = office.session.scalars(select(Number).where(Number.text == row.number)).one()
    assert number.voided_at == office.now
    swapped = {**office.freeze_inputs, "drawer": office.people["second"],
               "second": office.people["drawer"]}  # fmt: skip
    assert "曾为本计划抽取过" in refused(office, plan, "drafter", "freeze", **swapped)
    plan = office.take(plan, "drafter", "freeze", **office.freeze_inputs)
    plan = office.take(plan, "drawer", "draw_lots", **{**DRAWN, "seed": "6 5 4 3 2 1"})
    again = office.draw(plan)
    assert (again.seq, again.number) == (2, "东统抽〔2026〕2号")
    assert not office.tasks.seeds


def test_a_draw_needs_seed_source_and_place_and_takes_no_number_without(office, inside):
    plan = office.plan("drawing")
    for bad in ({"seed": "123"}, {"seed_source": " "}, {"place": ""}):
        assert refused(office, plan, "drawer", "draw_lots", **{**DRAWN, **bad})
    plan = office.take(plan, "drawer", "draw_lots", **DRAWN)
    assert office.draw(plan).number == "东统抽〔2026〕1号"


# ---------------------------------------------------------------- content and lists


def test_content_that_does_not_hold_is_refused(office, inside):
    for changes, field in (
        ({"year": "1999"}, "year"),
        ({"year": "二〇二六"}, "year"),
        ({"check_from": date(2025, 12, 31)}, "check_from"),
        ({"check_to": date(2027, 1, 1)}, "check_to"),
        ({"check_to": date(2026, 2, 1)}, "check_to"),
        ({"items": ()}, "items"),
        ({"items": ("reporting", "anything")}, "items"),
        ({"team_size": 1}, "team_size"),
        ({"team_size": len(TEAM) + 1}, "team_size"),
        ({"teams": 0}, "teams"),
        ({"count_industry": -1}, "count_industry"),
    ):
        with pytest.raises(BadInput) as caught:
            office.draft(**changes)
        assert caught.value.field_name == field


def test_a_plan_without_objects_or_numbers_is_not_handed_in(office, inside):
    plan = office.draft(count_commerce=0, count_projects=1)
    assert "一个也没有" in refused(office, plan, "drafter", "submit")
    plan = office.take(plan, "drafter", "edit", **{**CONTENT, "count_industry": 0,
                                                  "count_commerce": 0})  # fmt: skip
    assert [s.code for s in plan.strata] == []
    assert "抽取多少" in refused(office, plan, "drafter", "submit")


def test_objects_come_by_filter_and_one_by_one_and_never_twice(office, inside):
    plan = office.draft()
    count = lambda: [len(objects_of(office.session, plan))]  # noqa: E731
    plan = office.take(plan, "drafter", "add_objects", region_code=TOWNS[0], stratum="industry")
    assert count() == [2]
    assert {o.stratum for o in objects_of(office.session, plan)} == {"industry"}
    plan = office.take(plan, "drafter", "add_objects", stratum="commerce", above=True)
    assert count() == [4]
    one = office.session.get_one(Unit, office.units[1])
    plan = office.take(plan, "drafter", "add_objects", one=one.uscc)
    assert count() == [5]
    assert "没有可以新加的" in refused(office, plan, "drafter", "add_objects", one=one.name)
    for bad in ({}, {"one": "没有的公司"}, {"region_code": "220102000000"}, {"stratum": "x"}):
        assert refused(office, plan, "drafter", "add_objects", **bad)
    plan = office.take(
        plan, "drafter", "remove_object", object=objects_of(office.session, plan)[0].uscc
    )
    assert count() == [4]
    assert refused(office, plan, "drafter", "remove_object", object="没有的公司")


def test_a_list_is_taken_whole_or_not_at_all(office, inside):
    plan = office.draft()
    good = make_uscc("91150602MA0009999")
    known = office.session.get_one(Unit, office.units[0])
    rows = [
        "单位名称\t统一社会信用代码\t区划代码\t类别",
        f"新示例公司\t{good}\t150602\t工业企业",
        f"{known.name}\t{known.uscc}\t{known.region_code}\t批发和零售业",
    ]
    units = office.session.scalar(select(func.count(Unit.id)))
    faults = {
        f"另一家公司\t{good[:-1]}X\t150602\t工业": ("第 4 行", "统一社会信用代码", "校验不符"),
        f"冒名公司\t{known.uscc}\t150602\t工业": ("第 4 行", "统一社会信用代码", known.name),
        "某公司\t\t159999\t工业": ("第 4 行", "区划代码", "159999"),
        "某公司\t\t220102\t工业": ("第 4 行", "区划代码", "不在本单位"),
        "某公司\t\t150602\t钟表": ("第 4 行", "类别", "钟表"),
        "\t\t150602\t工业": ("第 4 行", "单位名称", "须填"),
        f"新示例公司\t{good}\t150602\t工业": ("第 4 行", "单位名称", "第 2 行"),
    }
    for bad, words in faults.items():
        told = refused(office, plan, "drafter", "add_objects", list="\n".join([*rows, bad]))
        assert all(word in told for word in words), told
        assert not objects_of(office.session, plan)
        assert office.session.scalar(select(func.count(Unit.id))) == units
    plan = office.take(plan, "drafter", "add_objects", list="\n".join(rows))
    assert {(o.name, o.stratum) for o in objects_of(office.session, plan)} == {
        (known.name, "commerce"),
        ("新示例公司", "industry"),
    }
    assert office.session.scalar(select(func.count(Unit.id))) == units + 1
    plan = office.take(plan, "drafter", "add_objects", list="逗号公司，，150602，工业企业")
    assert objects_of(office.session, plan)[-1].name == "逗号公司"


def test_a_plan_that_is_amended_loses_its_paper_and_is_approved_again(office, inside):
    plan = office.plan("approved")
    office.paper(plan, "annual_plan")
    number = plan.number
    plan = office.take(plan, "drafter", "amend", note="增加两家")
    papers = office.session.scalars(select(Document).where(Document.case_id == plan.id)).all()
    assert [p.state for p in papers] == ["void"]
    plan = office.take(plan, "drafter", "submit")
    plan = office.take(plan, "head@bureau", "approve")
    assert plan.number == number
    assert "缺《" in refused(office, plan, "drafter", "freeze", **office.freeze_inputs)


def test_a_year_is_summed_up_when_its_tasks_have_ended(office, inside):
    plan = office.plan("checking")
    office.paper(plan, "draw_record")
    task = office.session.get_one(Plan, office.tasks.opened[0])
    closed_at, task.closed_at = task.closed_at, None
    office.session.flush()
    assert "还有 1 件" in refused(office, plan, "drafter", "summarise", summary="办完")
    task.closed_at = closed_at
    plan = office.take(plan, "drafter", "summarise", summary="检查五家")
    assert (plan.state, plan.summary, plan.restricted) == ("closing", "检查五家", True)
    assert office.take(plan, "supervisor@bureau", "close").restricted is False
