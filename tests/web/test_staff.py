"""The register of statisticians in the browser's words: who opens it, and what is written down."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.security.world import CITY, TODAY, TOWN, Door, World, key, vault_key
from tests.web.people import NUMBER, People, cells_of
from tests.workflows.leads.walking import ELSEWHERE, HERE
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.staff.models import Holding, Person, PlaceCount, Qualification, TrainingRecord
from tracker.web.once import FIELD

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
BODY = ("registrar", "inspector", "supervisor", "head", "trainer")


@pytest.fixture
def world(app, session):
    vault_key()
    with transaction():
        return World(session)


@pytest.fixture
def people(world):
    return People(world)


@pytest.fixture
def door(app, world):
    return Door(app, world.people)


def _form(prefix="", **fields):
    return {FIELD: key(), **{prefix + name: value for name, value in fields.items()}}


def test_who_reads_the_register_and_who_keeps_it(world, people, door):
    with transaction():
        here = people.add("甲镇统计员")
        people.post(here)
        own = people.add("乙部门统计员", HERE)
        people.post(own, org_id=world.orgs["dept"])
    page = f"/staff/{here.id}"
    for who in (*(f"{r}@bureau" for r in BODY), "head@city", "township_clerk@town"):
        assert "甲镇统计员" in door.of(who).get("/staff/").text, who
        assert door.of(who).get(page).status_code == 200, who
        assert ">人员<" in door.of(who).get("/").text
    # A department reads its own people only, and a bureau elsewhere none of these.
    of_dept = door.of("liaison@dept").get("/staff/").text
    assert ("乙部门统计员" in of_dept, "甲镇统计员" in of_dept) == (True, False)
    for who in ("liaison@dept", "registrar@foreign bureau", "system_admin@bureau"):
        assert door.of(who).get(page).status_code == 404, who
        assert door.of(who).get(f"{page}/edit").status_code == 404, who
    assert door.of("audit_admin@bureau").get("/staff/").status_code == 404
    assert ">人员<" not in door.of("audit_admin@bureau").get("/").text
    for who, may in (("registrar@bureau", True), ("trainer@city", True), ("head@bureau", False),
                     ("township_clerk@town", False)):  # fmt: skip
        assert (door.of(who).get(f"{page}/edit").status_code == 200) is may, who
        assert (door.of(who).get("/staff/new").status_code == 200) is may, who
        assert ("登记统计人员" in door.of(who).get("/staff/").text) is may, who
        sent = _form(
            "training-", held_on="2026-01-05", kind="law", title="x", hours="8", passed="y"
        )
        answer = door.of(who).post(f"{page}/trainings", data=sent)
        assert answer.status_code == (303 if may else 404), who


def test_a_list_is_narrowed_and_the_workbook_holds_the_same(world, people, door):
    with transaction():
        for name, code, trained in (("丙", TOWN, True), ("丁", TOWN, False), ("戊", HERE, True)):
            number = NUMBER if name == "丙" else ""
            rank = "" if name == "戊" else "junior"
            one = people.add(name * 2, code, trained=trained, number=number, rank=rank)
            people.post(one, confirmed=trained, full_time=name != "戊")
    registrar = door.of("registrar@bureau")
    for query, expected in {
        "": {"丙丙", "丁丁", "戊戊"},
        "region=" + TOWN: {"丙丙", "丁丁"},
        "inducted=no": {"丁丁"},
        "state=unconfirmed": {"丁丁"},
        "full_time=no": {"戊戊"},
        "q=丙": {"丙丙"},
        "hours=short&inducted=yes": {"丙丙"},  # no title, no hours asked
        "region=" + ELSEWHERE: {"丙丙", "丁丁", "戊戊"},  # not the reader's: narrows nothing
        "duty=emperor": {"丙丙", "丁丁", "戊戊"},
    }.items():
        page = registrar.get(f"/staff/?{query}").text
        assert {n for n in ("丙丙", "丁丁", "戊戊") if n in page} == expected, query
        head, *rows = cells_of(registrar.get(f"/staff/export?{query}"))
        assert {row[head.index("姓名")] for row in rows} == expected, query
        numbers = {str(row[head.index("身份证号")]) for row in rows}
        assert NUMBER not in numbers
    assert "没有找到统计人员" in registrar.get("/staff/?q=查无此人").text


def test_a_person_is_written_down_once_and_comes_back_when_it_is_wrong(world, door, session):
    registrar = door.of("registrar@bureau")
    fields = {"name": "己统计员", "region_code": TOWN, "number": NUMBER[:-1], "rank": "junior"}
    wrong = registrar.post("/staff/new", data=_form(**fields))
    assert wrong.status_code == 422
    assert 'value="己统计员"' in wrong.text
    assert 'href="#number"' in wrong.text
    again = _form(**{**fields, "number": NUMBER})
    saved = registrar.post("/staff/new", data=again)
    assert saved.status_code == 303
    assert registrar.post("/staff/new", data=again).location == saved.location
    person = session.scalars(select(Person)).one()
    assert (person.name, person.region_code, person.rank) == ("己统计员", TOWN, "junior")
    twin = registrar.post("/staff/new", data=_form(**{**fields, "name": "庚", "number": NUMBER}))
    assert (twin.status_code, "己统计员" in twin.text) == (422, True)
    far = registrar.post("/staff/new", data=_form(**{**fields, "region_code": ELSEWHERE}))
    assert (far.status_code, "只能登记本地区" in far.text) == (422, True)
    edit = registrar.get(f"{saved.location}/edit").text
    assert NUMBER not in edit
    liaison = str(world.people["township_clerk@town"])
    changed = _form(name="己统计员", region_code=TOWN, phone="0477-8000000", user_id=liaison)
    assert registrar.post(f"{saved.location}/edit", data=changed).status_code == 303
    session.refresh(person)
    assert (person.phone, person.user_id) == ("0477-8000000", int(liaison))
    assert person.number_hash is not None


def test_nobody_starts_untrained_and_posts_are_ended(world, people, door, session):
    with transaction():
        person = people.add("辛统计员", trained=False)
    registrar, page = door.of("registrar@bureau"), f"/staff/{person.id}"
    post = {"region_code": TOWN, "duty": "statistician", "since": "2026-02-02", "full_time": "y"}
    blocked = registrar.post(
        f"{page}/posts", data=_form("post-", **post, confirmed_on="2026-02-02")
    )
    assert blocked.status_code == 422
    assert "先培训，后上岗" in blocked.text
    assert 'value="2026-02-02"' in blocked.text
    assert session.scalars(select(Holding)).all() == []
    assert registrar.post(f"{page}/posts", data=_form("post-", **post)).status_code == 303
    holding = session.scalars(select(Holding)).one()
    confirm = f"{page}/posts/{holding.id}/confirm"
    sent = _form(f"confirm{holding.id}-", confirmed_on="2026-03-04")
    assert registrar.post(confirm, data=sent).status_code == 422
    training = {"held_on": "2026-02-20", "kind": "induction", "title": "岗前培训", "passed": "y"}
    bad = registrar.post(f"{page}/trainings", data=_form("training-", **training, hours="八"))
    assert (bad.status_code, "例如 8 或 7.5" in bad.text) == (422, True)
    good = _form("training-", **training, hours="7.5", score="88")
    assert registrar.post(f"{page}/trainings", data=good).status_code == 303
    assert session.scalars(select(TrainingRecord)).one().score == 88
    sent[FIELD] = key()
    assert registrar.post(confirm, data=sent).status_code == 303
    leave = f"{page}/posts/{holding.id}/leave"
    sent = _form(f"leave{holding.id}-", leave_from="2026-03-01", leave_to="2026-05-01")
    assert registrar.post(leave, data=sent).status_code == 303
    assert "长期离岗" in registrar.get(page).text
    assert registrar.post(leave, data=_form(f"leave{holding.id}-")).status_code == 303
    assert session.get(Holding, holding.id).leave_from is None
    end = f"{page}/posts/{holding.id}/end"
    early = _form(f"end{holding.id}-", until="2026-01-01", end_reason="out")
    assert registrar.post(end, data=early).status_code == 422
    last = _form(f"end{holding.id}-", until="2026-03-31", end_reason="retired")
    assert registrar.post(end, data=last).status_code == 303
    assert "退休" in registrar.get(page).text
    # A post of somebody else is not reached through this person's address.
    with transaction():
        other = people.post(people.add("壬统计员"))
    stray = registrar.post(f"{page}/posts/{other.id}/end", data=_form(f"end{other.id}-"))
    assert stray.status_code == 404


def test_a_certificate_is_written_down_and_its_end_is_seen(world, people, door, session):
    with transaction():
        person = people.add("癸统计员")
    registrar, page = door.of("registrar@bureau"), f"/staff/{person.id}"
    fields = {"name": "统计专业技术资格", "number": "示-1", "obtained_on": "2020-01-01"}
    send = f"{page}/qualifications"
    ended = _form("qualification-", **fields, expires_on="2026-03-03")
    assert registrar.post(send, data=ended).status_code == 303
    assert "已过期" in registrar.get(page).text
    twice = registrar.post(send, data=_form("qualification-", **fields))
    assert (twice.status_code, "已经登记" in twice.text) == (422, True)
    assert len(session.scalars(select(Qualification)).all()) == 1


def test_the_number_is_shown_for_a_reason_that_is_kept(world, people, door, session):
    with transaction():
        person = people.add("子统计员", number=NUMBER)
    page = f"/staff/{person.id}"
    head, registrar = door.of("head@bureau"), door.of("registrar@bureau")
    for answer in (registrar.get(page), registrar.get("/staff/"), registrar.get(f"{page}/edit")):
        assert NUMBER not in answer.text
        assert NUMBER[6:14] not in answer.text
    silent = head.post(f"{page}/number", data=_form("number-", reason=" "))
    assert (silent.status_code, NUMBER in silent.text) == (422, False)
    shown = head.post(f"{page}/number", data=_form("number-", reason="核对工资关系"))
    assert NUMBER in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    row = session.scalars(select(AuditRow).where(AuditRow.tag == "staff.number.read")).one()
    assert (row.actor_id, row.reason) == (world.people["head@bureau"], "核对工资关系")
    assert "核对工资关系" in registrar.get(page).text
    hidden = door.of("registrar@foreign bureau").post(f"{page}/number", data=_form("number-"))
    assert hidden.status_code == 404


def test_a_list_page_asks_the_same_of_the_database_however_long(world, people, door, count_queries):
    with transaction():
        people.post(people.add("丑统计员"))
    registrar = door.of("registrar@bureau")
    registrar.get("/staff/")
    with count_queries() as few:
        registrar.get("/staff/")
    with transaction():
        for n in range(8):
            people.post(people.add(f"寅{n}统计员"), since=date(2025, 5, 1 + n))
    with count_queries() as many:
        registrar.get("/staff/")
    assert many.count == few.count, str(many)


def test_unit_counts_are_entered_together_or_not_at_all(world, door, session):
    registrar = door.of("registrar@bureau")
    first = registrar.get("/staff/counts").text
    assert f'name="n{TOWN}"' in first
    fields = {"as_of": "2026-02-28", "source": "2026 年 2 月名录库"}
    bad = registrar.post("/staff/counts", data=_form(**fields, **{f"n{TOWN}": "很多"}))
    assert (bad.status_code, f'href="#n{TOWN}"' in bad.text) == (422, True)
    later = registrar.post(
        "/staff/counts", data=_form(as_of="2026-12-31", source="x", **{f"n{TOWN}": "5"})
    )
    assert (later.status_code, "不能晚于今天" in later.text) == (422, True)
    far = registrar.post("/staff/counts", data=_form(**fields, **{f"n{ELSEWHERE}": "5"}))
    assert (far.status_code, "只能登记本地区" in far.text) == (422, True)
    assert session.scalars(select(PlaceCount)).all() == []
    for typed, count in (("1,500", 1500), ("1499", 1499)):
        sent = _form(**fields, **{f"n{TOWN}": typed})
        assert registrar.post("/staff/counts", data=sent).status_code == 303
        entered = session.scalars(select(PlaceCount)).one()
        assert (entered.count, entered.synthetic) == (count, False)
    assert "1,499" in door.of("township_clerk@town").get("/staff/counts").text
    assert f'name="n{TOWN}"' not in door.of("township_clerk@town").get("/staff/counts").text
    assert door.of("head@bureau").post("/staff/counts", data=_form()).status_code == 404
    with transaction():
        session.scalars(select(PlaceCount)).one().synthetic = True
    assert "虚构的数" in registrar.get(f"/staff/counts?region={CITY}").text


def test_nobody_keeps_their_own_record(world, people, door, session):
    with transaction():
        own = people.add("登记员本人", trained=False, user_id=world.people["registrar@bureau"])
        post = people.post(own, confirmed=False)
    page = f"/staff/{own.id}"
    training = {"held_on": "2026-01-05", "kind": "induction", "title": "x", "hours": "8",
                "passed": "y"}  # fmt: skip
    confirm = f"{page}/posts/{post.id}/confirm"
    on = _form(f"confirm{post.id}-", confirmed_on="2026-01-12")
    registrar, trainer = door.of("registrar@bureau"), door.of("trainer@bureau")
    mine = registrar.post(f"{page}/trainings", data=_form("training-", **training))
    assert (mine.status_code, "本人的档案" in mine.text) == (422, True)
    let_go = {"name": own.name, "region_code": TOWN, "user_id": ""}
    assert registrar.post(f"{page}/edit", data=_form(**let_go)).status_code == 422
    # Another one does both, but for the start while it was not yet trained.
    assert trainer.post(confirm, data=on).status_code == 422
    sent = _form("training-", **training)
    assert trainer.post(f"{page}/trainings", data=sent).status_code == 303
    assert registrar.post(confirm, data={**on, FIELD: key()}).status_code == 422
    assert trainer.post(confirm, data={**on, FIELD: key()}).status_code == 303
    session.expire_all()
    assert session.get_one(Person, own.id).user_id == world.people["registrar@bureau"]


def test_what_lies_elsewhere_is_neither_written_nor_told(world, people, door, session):
    with transaction():
        here = people.add("本地统计员")
        post = people.post(here)
        away = people.add("外地统计员", ELSEWHERE)
        other = people.post(here, region_code=ELSEWHERE, since=date(2025, 3, 10))
    registrar, page = door.of("registrar@bureau"), f"/staff/{here.id}"
    ended = {"until": "2026-01-05", "end_reason": "out"}
    asked = {
        # A successor whom the registrar may not read of.
        f"{page}/posts/{post.id}/end": _form(f"end{post.id}-", successor_id=away.id, **ended),
        # A post of another county, of a person whose record lies here.
        f"{page}/posts/{other.id}/end": _form(f"end{other.id}-", **ended),
        # An account of another house, a department of another place.
        f"{page}/edit": _form(
            name=here.name, region_code=TOWN,
            user_id=world.people["registrar@foreign bureau"],
        ),
        f"{page}/posts": _form(
            "post-", region_code=TOWN, duty="lead", since="2026-01-05",
            org_id=world.orgs["foreign bureau"],
        ),
    }  # fmt: skip
    for address, sent in asked.items():
        answer = registrar.post(address, data=sent)
        assert answer.status_code == 422, address
        assert "外地统计员" not in answer.text
    session.expire_all()
    assert {h.until for h in session.scalars(select(Holding))} == {None}
    assert session.get_one(Person, here.id).user_id is None
