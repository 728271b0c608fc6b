"""The pages of a plan: who reaches them, the draw at the screen, the board, a list as a file."""

from __future__ import annotations

import io
import json
import re

import pytest
from sqlalchemy import update

from tests.security.world import Door, key
from tests.workflows.plans.walking import HERE, SEED, PlanOffice, objects_of
from tracker.core.accounts.models import User
from tracker.core.db import transaction
from tracker.core.documents import service as documents
from tracker.workflows.plans.models import Plan
from tracker.workflows.plans.papers import values

pytestmark = [pytest.mark.at_time("2026-03-04 10:00"), pytest.mark.once]


@pytest.fixture
def office(app, session, monkeypatch):
    with transaction():
        made = PlanOffice(session, crowd=False)
        session.execute(update(User).values(must_change=False))
    made.tasks.install(monkeypatch)
    return made


def post(door, who, plan, step, **fields):
    body = {f"{step}-{field}": value for field, value in fields.items()}
    return door.of(who).post(
        f"/plans/{plan.id}/steps/{step}", data={**body, "_once": key(), "version": plan.version}
    )


def test_a_draw_at_the_screen_from_the_seed_to_the_tasks(app, session, office):
    with transaction():
        plan = office.plan("drawing")
    door = Door(app, office.people)
    page = door.of("drawer").get(f"/plans/{plan.id}/draw").text
    version = office.draw(plan).frame_version
    assert version in page
    assert "12 个" in page
    bad = post(door, "drawer", plan, "draw_lots", seed="12", seed_source="掷骰", place="会议室")
    assert bad.status_code == 422
    assert "种子要有" in bad.text
    answer = post(
        door, "drawer", plan, "draw_lots", seed=SEED, seed_source="掷骰", place="三楼会议室"
    )
    assert answer.status_code == 303, answer.text[:2000]
    page = door.of("second").get(f"/plans/{plan.id}/draw?replay=1").text
    assert "重演结果相同" in page
    assert SEED in page
    drawn = [s.name for s in objects_of(session, plan) if f">{s.name}<" in page]
    assert len(drawn) == 5
    for who, step in (("second", "confirm_draw"), ("monitor", "witness")):
        plan = session.get_one(Plan, plan.id, populate_existing=True)
        assert post(door, who, plan, step).status_code == 303
    assert len(office.tasks.seeds) == 5
    paper = door.of("drafter").get(f"/plans/{plan.id}/draws/1").text
    assert "打印时重演，结果相同" in paper
    assert office.draw(plan).seal in paper
    stored = door.of("drafter").get(f"/plans/{plan.id}/draws/1.json")
    assert stored.text == office.draw(plan).record
    assert json.loads(stored.text)["number"] == "东统抽〔2026〕1号"


def test_nobody_outside_the_circle_reaches_any_page(app, session, office):
    with transaction():
        plan = office.plan("second")
    door = Door(app, office.people)
    pages = ["", "/objects", "/draw", "/draws/1", "/draws/1.json", "/bundle"]
    for who in ("officer1", "registrar@bureau", "inspector@dept", "head@foreign bureau"):
        for page in pages:
            assert door.of(who).get(f"/plans/{plan.id}{page}").status_code == 404, (who, page)
        for name in ("board", ""):
            shown = door.of(who).get(f"/plans/{name}")
            assert plan.title not in shown.text, who
    for page in pages[:-1]:
        assert door.of("head@bureau").get(f"/plans/{plan.id}{page}").status_code == 200, page


def test_a_tampered_record_is_told_on_every_page_that_replays(app, session, office):
    with transaction():
        plan = office.plan("second")
        row = office.draw(plan)
        row.record = row.record.replace(SEED, "3 1 6 4 2 6")
    door = Door(app, office.people)
    assert "结果不同！" in door.of("drawer").get(f"/plans/{plan.id}/draws/1").text
    told = door.of("drawer").get(f"/plans/{plan.id}/draw?replay=1").text
    assert "“种子”在抽取以后被改动" in told


def test_a_file_of_units_is_added_or_refused_by_row_and_column(app, session, office):
    with transaction():
        plan = office.draft()
    door = Door(app, office.people)

    def upload(text, encoding="gb18030"):
        body = {"_once": key(), "version": plan.version}
        return door.of("drafter").post(
            f"/plans/{plan.id}/objects",
            data={**body, "list": (io.BytesIO(text.encode(encoding)), "名单.csv")},
            content_type="multipart/form-data",
        )

    bad = upload("甲公司,,150602,工业企业\n乙公司,,999999,工业企业\n")
    assert bad.status_code == 422
    assert "第 2 行“区划代码”" in bad.text
    assert objects_of(session, plan) == []
    assert upload("").status_code == 422
    assert upload("甲公司,,150602,工业企业\n").status_code == 303
    assert [o.name for o in objects_of(session, plan)] == ["甲公司"]
    page = door.of("drafter").get(f"/plans/{plan.id}/objects").text
    assert "甲公司" in page
    denied = door.of("officer1").post(f"/plans/{plan.id}/objects", data={"_once": key()})
    assert denied.status_code == 404


def test_the_board_counts_objects_draws_and_tasks_in_a_fixed_number_of_queries(
    app, session, office, count_queries
):
    with transaction():
        office.plan("checking", count_commerce=0)
        late = session.get_one(Plan, office.tasks.opened[0])
        late.closed_at, late.due_order = None, late.opened_on.replace(year=2025)
    door = Door(app, office.people)
    door.of("head@bureau").get("/plans/board")
    seen, page = [], ""
    for _ in range(2):
        with count_queries() as queries:
            page = door.of("head@bureau").get("/plans/board").text
        seen.append(queries.count)
        with transaction():
            office.draft(title="第二份计划")
    row = re.search(r"<tr><td><a[^>]*><b[^>]*>2026年度统计执法检查计划.*?</tr>", page, re.DOTALL)
    assert row is not None
    cells = [re.sub(r"<[^>]+>", "", c).strip() for c in re.findall(r"<td.*?</td>", row[0], re.S)]
    assert cells[3:8] == ["12", "3", "3", "2", "1"]
    assert seen[0] == seen[1], seen
    drawn = session.get_one(Plan, office.tasks.opened[0])
    assert drawn.title in page, "its task is under way"


def test_the_papers_are_filled_from_the_case(session, office):
    with transaction():
        plan = office.plan("checking")
    year = values(session, plan, "annual_plan", office.now)
    assert [(r["objects"], r["ratio"]) for r in year["items"]] == [
        ("工业企业", "3/6"),
        ("批零住餐和服务业企业", "2/6"),
    ]
    assert [a["name"] for a in year["approvals"]] == [
        session.get_one(User, office.people["head@bureau"]).name
    ]
    drawn = values(session, plan, "draw_record", office.now)
    assert drawn["frame_version"] == office.draw(plan).frame_version
    assert [r["no"] for r in drawn["drawn"]] == [1, 2, 3, 4, 5]
    assert len(drawn["drawers"]) == 2
    assert office.draw(plan).seal in drawn["method"]
    with transaction():
        for kind, given in (("annual_plan", year), ("draw_record", drawn)):
            assert not [f.label for f in documents.missing(kind, given)]
            paper = documents.draft(
                session, case_id=plan.id, org_id=office.orgs["bureau"], kind=kind, values=given,
                by=office.people["drafter"], now=office.now,
            )  # fmt: skip
            assert documents.issue(
                session, paper, by=office.people["drafter"], now=office.now
            ).sha256


def test_the_forms_of_the_page_make_a_plan_from_nothing_to_the_head(app, session, office):
    door = Door(app, office.people)
    assert door.of("drafter").get("/plans/new/draft").status_code == 200
    body = {
        "year": "2026", "aims": "提高数据质量", "basis": "抽查办法", "items": ["reporting"],
        "check_from": "2026-04-01", "check_to": "2026-10-30", "count_industry": "2",
        "teams": "1", "team_size": "2",
    }  # fmt: skip
    sent = {f"draft-{k}": v for k, v in body.items()}
    answer = door.of("drafter").post("/plans/new/draft", data={**sent, "_once": key()})
    assert answer.status_code == 303, re.findall(r'class="err"[^>]*>.*?</p>', answer.text)
    (plan,) = session.query(Plan).all()
    for step, fields in (
        ("add_objects", {"region_code": HERE[:6], "stratum": "industry"}),
        ("add_officers", {"all": "y", "officer": ""}),
        ("submit", {}),
    ):
        answer = post(door, "drafter", plan, step, **fields)
        assert answer.status_code == 303, re.findall(r'class="err"[^>]*>.*?</p>', answer.text)
        plan = session.get_one(Plan, plan.id, populate_existing=True)
    assert plan.state == "approval"
    page = door.of("head@bureau").get(f"/plans/{plan.id}").text
    assert "依法报送统计资料的情况" in page
    assert "批准计划" in page
