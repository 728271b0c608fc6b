"""What each side sees and sends on the pages of a session, its code, and its papers."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from tests.security.world import Door
from tests.workflows.onward import WAIT, Pages
from tests.workflows.trainings.walking import TRAINER, TrainingOffice, at
from tracker.core.cases.attachments import hang, stage
from tracker.core.db import transaction
from tracker.core.documents import service as documents
from tracker.core.sheets.reading import read
from tracker.core.sheets.writing import Sheet, workbook
from tracker.workflows.trainings import papers
from tracker.workflows.trainings.window import poster_code, screen_code

pytestmark = [pytest.mark.at_time("2026-03-02 12:00"), pytest.mark.once]
DAY = "2026-03-05"


@pytest.fixture
def office(session):
    with transaction():
        office = TrainingOffice(session)
        office.staff["甲"].user_id = office.people["clerk"]
        return office


def walked(office, to, **changes):
    with transaction():
        return office.case(to, **changes)


def xlsx(heads, *rows):
    return BytesIO(workbook([Sheet("表", heads, rows)]))


# ---------------------------------------------------------------- guests


def test_a_guest_sees_its_own_people_and_nothing_of_the_house(app, office):
    with transaction() as session:
        case = office.open()
        office.take(case, TRAINER, "edit", note="经费还没批下来")
        office.take(case, TRAINER, "announce")
        for name, internal in (("讲义.txt", False), ("内部预算.txt", True)):
            staged = stage(name, BytesIO(name.encode()))
            hang(session, case.id, staged, actor_id=office.people[TRAINER], now=office.now,
                 label="", internal=internal)  # fmt: skip
        notice = office.paper(case, "training_notice")
        secret = office.paper(case, "attendance_sheet")
    pages = Pages(app, office)
    page = pages.get("clerk", f"/{case.id}")
    assert "本单位的人员" in page
    for name in ("甲", "乙", "丙"):
        assert f">{name}<" in page
    for hidden in (">丁<", ">戊<", "经费还没批下来", "内部预算", "统计培训签到表"):
        assert hidden not in page, hidden
    assert "讲义" in page
    assert "统计培训通知" in page
    inner = pages.get("registrar@bureau", f"/{case.id}")
    for shown in (">丁<", "经费还没批下来", "内部预算", "统计培训签到表"):
        assert shown in inner, shown
    browser = pages.door.of("clerk")
    assert browser.get(f"/trainings/{case.id}/papers/{notice.id}").status_code == 200
    for path in (
        f"papers/{secret.id}", f"papers/{secret.id}/file", "results", "code", "code/poster",
        "bundle", "results.xlsx", "papers/new/training_notice",
    ):  # fmt: skip
        assert browser.get(f"/trainings/{case.id}/{path}").status_code == 404, path
    listed = pages.get("clerk", f"/{case.id}/people")
    assert ">丁<" not in listed
    book = browser.get(f"/trainings/{case.id}/people.xlsx").data
    rows = read(book, "x.xlsx", most_rows=99, most_bytes=10**6).rows
    assert {row.cells[1] for row in rows} == {"甲", "乙", "丙"}
    # The rail leads there, and the list holds what one is invited to.
    assert f'href="/trainings/{case.id}"' in pages.get("clerk")
    for stranger in ("supervisor@foreign bureau", "system_admin@bureau"):
        assert pages.door.of(stranger).get(f"/trainings/{case.id}").status_code == 404


def test_people_are_enrolled_by_page_and_by_file_and_leave_again(app, office):
    case = walked(office, "enrolling", topic="law", quota=2)
    pages = Pages(app, office)
    ids = {name: person.id for name, person in office.staff.items()}
    where = f"/{case.id}/people"
    page = pages.get("clerk", where)
    assert f'value="{ids["甲"]}"' in page
    assert f'value="{ids["丁"]}"' not in page
    wrong = pages.post("clerk", where, {"people": str(ids["丁"])})
    assert (wrong.status_code, "只能给本单位的人员报名" in wrong.text) == (422, True)
    assert pages.post("clerk", where, {}).status_code == 422
    sent = pages.post("clerk", where, {"people": [str(ids["甲"])]})
    assert sent.status_code == 303
    heads = ("编号", "姓名", "报名")
    bad = pages.post("clerk", f"{where}/file",
                     {"file": (xlsx(heads, (ids["丁"], "丁", "是")), "表.xlsx")})  # fmt: skip
    assert (bad.status_code, "第 2 行“编号”" in bad.text) == (422, True)
    good = xlsx(heads, (ids["乙"], "乙", "是"), (ids["丙"], "丙", "是"))
    assert pages.post("clerk", f"{where}/file", {"file": (good, "表.xlsx")}).status_code == 303
    office.session.expire_all()
    assert office.standing(case) == {"甲": "listed", "乙": "listed", "丙": "waiting"}
    row = office.rows(case)["甲"].id
    other = pages.post("next clerk", f"{where}/{row}/leave", {"doing": "withdraw"})
    assert other.status_code == 404
    assert pages.post("clerk", f"{where}/{row}/leave", {"doing": "excuse"}).status_code == 422
    gone = pages.post("clerk", f"{where}/{row}/leave", {"doing": "withdraw"})
    assert gone.status_code == 303
    office.session.expire_all()
    assert office.standing(case) == {"甲": "withdrawn", "乙": "listed", "丙": "listed"}


# ---------------------------------------------------------------- signing in


def test_the_code_leads_to_one_button(app, office, at_time):
    with transaction():
        case = office.case("ready")
        office.walk(case, [("", WAIT, {"days": 3}), (TRAINER, "start", {})])
    at_time(f"{DAY} 09:05")
    office.now = at("09:05")
    pages = Pages(app, office)
    answer = pages.door.of(TRAINER).get(f"/trainings/{case.id}/code")
    screen = answer.text
    assert answer.headers["Refresh"] == "30"
    assert case.sign_key not in screen
    path = re.search(r'<path d="(M[^"]+)" fill="#000"', screen)
    assert path is not None
    assert "当天有效" in pages.get(TRAINER, f"/{case.id}/code/poster")
    code = screen_code(case.sign_key, case.id, office.now)
    page = pages.get("clerk", f"/{case.id}/sign?t={code}")
    assert page.count("<button") == 1
    assert ">签到</button>" in page
    assert "<b>甲</b>" in page
    stale = pages.post("clerk", f"/{case.id}/sign", {"t": "s" + "0" * 40})
    assert (stale.status_code, "已经失效" in stale.text) == (409, True)
    sent = pages.post("clerk", f"/{case.id}/sign", {"t": code})
    assert sent.status_code == 303
    after = pages.get("clerk", f"/{case.id}/sign?t={code}")
    assert "3月5日 09:05 已签到" in after
    assert "3月5日 13:00 起可以签退" in after
    assert "<button" not in after
    at_time(f"{DAY} 13:00")
    code = poster_code(case.sign_key, case.id, at("13:00"))
    # Thirteen hundred is four hours later: this login has gone idle, another is needed.
    pages.door = Door(app, office.people)
    assert ">签退</button>" in pages.get("clerk", f"/{case.id}/sign?t={code}")
    assert pages.post("clerk", f"/{case.id}/sign", {"t": code}).status_code == 303
    assert "已签退" in pages.get("clerk", f"/{case.id}/sign?t={code}")
    # Somebody in the room who is on no list learns why; elsewhere there is no such page.
    room = pages.door.of("liaison@dept").get(f"/trainings/{case.id}/sign?t={code}")
    assert (room.status_code, "不在这期培训的名单上" in room.text) == (403, True)
    assert pages.door.of("liaison@dept").get(f"/trainings/{case.id}/sign?t=s1").status_code == 404


def test_a_code_as_drawn_is_read_back(office):
    """The drawing has the modules that the maker of the code laid out."""
    import segno

    from tracker.workflows.trainings.site import square

    text = "http://10.0.0.1/trainings/7/sign?t=s" + "a" * 40
    drawn = square(text)
    matrix = segno.make(text, error="m", micro=False).matrix
    dark = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.path):
        dark |= {(int(y) - 4, int(x) - 4 + n) for n in range(int(width))}
    assert drawn.width == len(matrix) + 8
    assert dark == {(y, x) for y, row in enumerate(matrix) for x, v in enumerate(row) if v}


# ---------------------------------------------------------------- results


def test_results_are_entered_by_page_and_by_file(app, office, at_time):
    with transaction():
        case = office.case("running", audience="township")
    at_time(f"{DAY} 20:30")
    pages = Pages(app, office)
    rows = {name: row.id for name, row in office.rows(case).items()}
    where = f"/{case.id}/results"
    page = pages.get(TRAINER, where)
    assert page.count('type="checkbox"') == 2 * len(rows)
    sent = {f"was-{n}": "11" for n in rows.values()} | {
        f"in-{rows['甲']}": "1", f"out-{rows['甲']}": "1", f"in-{rows['乙']}": "1",
    }  # fmt: skip
    assert pages.post(TRAINER, where, sent).status_code == 303
    office.session.expire_all()
    found = office.rows(case)
    assert (found["乙"].signed_in_at is not None, found["乙"].signed_out_at) == (True, None)
    assert found["丁"].signed_in_at is None
    with transaction():
        office.now = at("20:30")
        office.take(case, TRAINER, "finish")
    page = pages.get(TRAINER, where)
    assert page.count('name="score-') == 1  # only 甲 came and stayed
    bad = pages.post(TRAINER, where, {f"seen-{rows['甲']}": "|", f"score-{rows['甲']}": "八十"})
    assert (bad.status_code, "0 至 100 的整数" in bad.text, "八十" in bad.text) == (422, True, True)
    mark = {f"seen-{rows['甲']}": "|", f"score-{rows['甲']}": "５５"}
    assert pages.post(TRAINER, where, mark).status_code == 303
    assert 'name="resit-' in pages.get(TRAINER, where)
    book = pages.door.of(TRAINER).get(f"/trainings{where}.xlsx").data
    table = read(book, "x.xlsx", most_rows=99, most_bytes=10**6)
    assert [row.cells[5] for row in table.rows if row.cells[1] == "甲"] == ["55"]
    file = xlsx(("姓名", "补考成绩"), ("甲", 75))
    assert pages.post(TRAINER, f"{where}/file", {"file": (file, "x.xlsx")}).status_code == 303
    office.session.expire_all()
    assert (office.rows(case)["甲"].score, office.rows(case)["甲"].resit) == (55, 75)
    # Others of the house look on, and cannot enter.
    assert 'name="was-' not in pages.get("registrar@bureau", where)
    assert pages.post("registrar@bureau", where, mark).status_code == 404


def test_everybody_finds_their_own_trainings(app, office):
    walked(office, "enrolling")
    with transaction():
        office.now = at("08:00")
    pages = Pages(app, office)
    page = pages.get("clerk", "/mine")
    assert "新任统计人员岗前培训" in page
    assert "局三楼会议室" in page
    assert "没有和统计人员登记册上的人员关联" in pages.get("liaison@dept", "/mine")


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("training_notice", "preparing"), ("attendance_sheet", "recording"),
        ("mark_sheet", "recording"), ("training_certificate", "closing"),
        ("training_summary", "closing"),
    ],
)  # fmt: skip
def test_each_paper_is_filled_from_the_session(office, kind, state):
    with transaction() as session:
        case = office.case(state)
        case.summary = "完成。"
        given = papers.values(session, case, kind, office.now)
        draft = documents.draft(
            session, case_id=case.id, org_id=case.bureau_id, kind=kind, values=given,
            by=office.people[TRAINER], now=office.now,
        )  # fmt: skip
        lacking = {f.name for f in documents.missing(kind, draft.values)}
        assert not lacking, lacking
        named = [row["name"] for f in ("must", "people", "marks") for row in given.get(f, ())]
        assert kind == "training_summary" or sorted(named) == sorted("甲乙丙丁戊")
