"""The kit's pages through a small workflow: what its table says is what the pages do."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from sqlalchemy import func, select

from tests.conftest import _make_app
from tests.security.world import TODAY, Door, World, key, vault_key
from tests.web.sample import flow as sample_flow
from tests.web.sample.models import Sample
from tracker import app as product
from tracker.core.audit.models import AuditRow
from tracker.core.cases import listing
from tracker.core.cases.answers import answers
from tracker.core.cases.flow import Ask, Flow, Step, flows
from tracker.core.cases.links import add_link
from tracker.core.cases.models import Attachment
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import db, transaction
from tracker.core.documents.models import Document
from tracker.core.errors import SetupError
from tracker.web.desk.fields import parse_money
from tracker.web.desk.forms import check_asks

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]


@pytest.fixture(scope="module")
def _sample_app(all_databases, test_settings):
    patch = pytest.MonkeyPatch()
    patch.setattr(product, "WORKFLOWS", (*product.WORKFLOWS, "tests.web.sample"))
    url = all_databases.create()
    app = _make_app(test_settings(url))
    patch.undo()
    yield app
    with app.app_context():
        db.engine.dispose()
    all_databases.drop(url)
    flows._flows.pop("sample")


@pytest.fixture
def app(_sample_app):
    """No database is put back between these tests: each has cases of its own."""
    yield _sample_app
    with _sample_app.app_context():
        db.session.remove()


@pytest.fixture(scope="module")
def office(_sample_app):
    with _sample_app.app_context():
        vault_key()
        with transaction() as session:
            world = World(session)
        db.session.remove()
    return world, Door(_sample_app, world.people)


def number(path):
    """The id of the case at an address."""
    return int(path.split("/")[2])


def case_at(session, path):
    return session.get_one(Sample, number(path), populate_existing=True)


def sent(client, path, **fields):
    return client.post(path, data={"_once": key(), **fields})


def opened(door, title="青砚建材案", who="handler"):
    """A new case; answers its address."""
    answer = sent(
        door.of(who), "/samples/new/start", **{"start-title": title, "start-found": "2026-03-01"}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def good(world, **changes):
    """Every question of the report answered as people type."""
    given = {
        "where": "示例路１号", "findings": "第一行\n第二行", "day": "2026-03-01",
        "began": "2026-03-01T09:30", "fine": "6万", "ratio": "32.11", "times": "２",
        "manner": "post", "points": ["a", "c"], "shown": "y",
        "boss": str(world.people["head@bureau"]), "partner": str(world.people["co_officer"]),
    }  # fmt: skip
    return {f"report-{k}": v for k, v in {**given, **changes}.items() if v is not None}


def report(world, door, path, version=1, **changes):
    fields = good(world, **changes)
    return sent(door.of("handler"), f"{path}/steps/report", version=version, **fields)


ORDER = {
    "party_name": "青砚建材有限公司", "facts": "少报营业收入", "basis": "统计法",
    "corrections": "补报\n改正", "correct_by": "2026-03-20", "recheck": "届时复查",
    "review_organ": "区政府", "review_limit": "60 日", "court": "区法院", "suit_limit": "6 个月",
    "contact": "张三 123",
}  # fmt: skip


def drawn_up(door, path, who="handler", **changes):
    """A draft of the order; answers its address."""
    answer = sent(door.of(who), f"{path}/papers/new/correction_order", **{**ORDER, **changes})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


# ---------------------------------------------------------------- forms


def test_answers_are_kept_with_their_types_and_told_on_the_page(office, session):
    world, door = office
    path = opened(door)
    assert report(world, door, path).status_code == 303
    kept = answers(session, number(path))["report"]
    assert kept == {
        "where": "示例路１号", "findings": "第一行\n第二行", "day": date(2026, 3, 1),
        "began": datetime(2026, 3, 1, 9, 30, tzinfo=OFFICE_ZONE), "fine": Decimal("60000.00"),
        "ratio": Decimal("32.11"), "times": 2, "manner": "post", "points": ["a", "c"],
        "shown": True, "boss": world.people["head@bureau"],
        "partner": world.people["co_officer"], "urgent": False,
    }  # fmt: skip
    said = dict(re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", door.of("handler").get(path).text))
    for label, text in (
        ("开始时间", "3月1日 09:30"), ("拟罚款", "60,000 元"), ("方式", "邮寄送达"),
        ("要点", "甲项、丙项"), ("已出示证件", "是"), ("加急", "否"),
    ):  # fmt: skip
        assert said[label] == text, label


WRONG = [
    ("where", "", "请填“地点”"),
    ("where", "字" * 21, "最多 20 个字"),
    ("where", "不详", "地点要写清楚"),
    ("findings", "  ", "请填“检查情况”"),
    ("day", "昨天", "“检查日期”要填日期"),
    ("began", "2026-03-01", "“开始时间”要填日期和时间"),
    ("fine", "六万", "“拟罚款”要填金额"),
    ("fine", "-1", "“拟罚款”要填金额"),
    ("fine", "1.234", "“拟罚款”要填金额"),
    ("ratio", "10²", "“差错率”要填数字"),
    ("times", "1.5", "“次数”要填整数"),
    ("manner", "", "请选“方式”"),
    ("points", None, "请选“要点”"),
    ("shown", None, "请勾选“已出示证件”"),
    ("boss", "", "请选“审批人”"),
]


def test_a_wrong_answer_is_named_and_the_form_comes_back_filled(office, session):
    world, door = office
    path = opened(door)
    for name, value, words in WRONG:
        answer = report(world, door, path, **{name: value})
        assert answer.status_code == 422, name
        assert words in answer.text, name
        if name != "findings":
            assert "第一行\n第二行" in answer.text, name
        assert 'value="60,000.00"' not in answer.text or name == "fine"
    for name in ("manner", "points", "boss", "partner"):
        assert report(world, door, path, **{name: "999"}).status_code == 422, name
    stranger = str(world.people["head@foreign bureau"])
    assert report(world, door, path, boss=stranger).status_code == 422
    assert case_at(session, path).state == "working"


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("60,000", "60000.00"), ("6万", "60000.00"), ("￥１．２万元", "12000.00"),
        ("0.01", "0.01"), ("1.5亿", "150000000.00"), (" ", None),
    ],
)  # fmt: skip
def test_sums_as_people_type_them(typed, yuan):
    assert parse_money(typed) == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize(
    "typed", ["六万", "-1", "1e3", "1.001", "万", "1万万", "10000亿", "60；000"]
)
def test_what_is_no_sum(typed):
    with pytest.raises(ValueError, match=re.escape(typed)):
        parse_money(typed)


def test_a_question_cannot_take_the_name_of_a_part_of_the_form():
    for name in ("errors", "data", "files", "inputs", "no name"):
        step = Step("s", "步", "好", (), "a", (), sample_flow.BUREAU, asks=(Ask(name, "问"),))
        with pytest.raises(SetupError):
            check_asks(Flow(kind="x", label="例", version=1, states=(), steps=(step,)))


def test_a_form_offers_prefilled_answers_and_officers_with_their_certificates(office):
    world, door = office
    page = door.of("handler").get(opened(door)).text
    assert 'value="示例路1号"' in page
    partner = re.search(r'<select[^>]*name="report-partner".*?</select>', page, re.S)
    assert partner is not None
    offered = dict(re.findall(r'value="(\d+)">([^<]*)', partner[0]))
    assert "有效" in offered[str(world.people["co_officer"])]
    assert "执法证今天无效" in offered[str(world.people["inspector@bureau"])]
    assert str(world.people["inspector@city"]) not in offered


def test_a_note_that_is_needed_is_asked_for(office, session):
    _, door = office
    path = opened(door)
    refused = sent(door.of("handler"), f"{path}/steps/drop", version=1, **{"drop-note": " "})
    assert refused.status_code == 422
    assert "请填“理由”" in refused.text
    done = sent(door.of("handler"), f"{path}/steps/drop", version=1, **{"drop-note": "撤回"})
    assert done.status_code == 303
    assert case_at(session, path).state == "dropped"


# ---------------------------------------------------------------- once, in time, seen


def test_a_form_sent_twice_counts_once_and_an_old_page_is_told(office, session):
    world, door = office
    path = opened(door)
    me, body = door.of("handler"), {**good(world), "_once": key(), "version": 1}
    first, again = (me.post(f"{path}/steps/report", data=body) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert case_at(session, path).version == 2
    stale = sent(door.of("head@bureau"), f"{path}/steps/return", version=1)
    assert stale.status_code == 409
    assert "刚刚办了“报送审批”" in stale.text
    back = sent(door.of("head@bureau"), f"{path}/steps/return", version=2)
    assert back.status_code == 303
    late = report(world, door, path, version=2, findings="我写了很多字")
    assert late.status_code == 409
    assert "我写了很多字" in late.text
    twice = {"_once": key(), "start-title": "又一件", "start-found": "2026-03-01"}
    for _ in range(2):
        me.post("/samples/new/start", data=twice)
    titles = select(func.count()).where(Sample.title == "又一件")
    assert session.scalar(titles) == 1


def test_a_case_that_is_hidden_is_no_page_at_all(office, session):
    _world, door = office
    path = opened(door)
    paper = drawn_up(door, path)
    me = door.of("handler")
    up = {"_once": key(), "files": (BytesIO(b"x"), "a.txt")}
    me.post(f"{path}/files", data=up, content_type="multipart/form-data")
    file_id = session.scalars(select(Attachment.id).where(Attachment.case_id == number(path))).one()
    why = re.search(r'href="([^"]*/why/\d+)"', me.get(path).text)
    assert why is not None
    reads = [path, f"{path}/files/{file_id}", why[1], f"{path}/bundle", paper, f"{paper}/file",
             f"{path}/papers/new/correction_order"]  # fmt: skip
    writes = [f"{path}/steps/report", f"{path}/steps/drop", f"{path}/files", f"{paper}/issue",
              f"{paper}/void", f"{path}/papers/new/correction_order"]  # fmt: skip
    for address in reads:
        assert me.get(address).status_code == 200, address
    other = opened(door, "别的")
    for address in (f"{other}/files/{file_id}", other + paper.removeprefix(path)):
        assert me.get(address).status_code == 404, address
    for who in ("inspector@bureau", "liaison@dept", "supervisor@county", "trainer@bureau"):
        client = door.of(who)
        for address in reads:
            assert client.get(address).status_code == 404, f"{who} {address}"
        for address in writes:
            assert sent(client, address, version=1, reason="x").status_code == 404, address
        assert "青砚建材案" not in client.get("/samples/").text, who
    assert me.post(f"{path}/steps/start", data={"_once": key()}).status_code == 404
    assert me.get(f"{path}/papers/new/demand").status_code == 404
    assert door.of("head@bureau").get("/samples/new/start").status_code == 404
    assert case_at(session, path).version == 1


def test_who_sees_a_case_from_outside_only_has_no_page_of_it(office, session):
    world, door = office
    path = opened(door)
    with transaction():
        case_at(session, path).origin_org_id = world.orgs["dept"]
    assert door.of("liaison@dept").get(path).status_code == 404
    assert door.of("head@bureau").get(path).status_code == 200


# ---------------------------------------------------------------- files and documents


def test_the_proof_comes_with_the_step_or_lies_there_already(office, session):
    world, door = office
    path = opened(door)
    report(world, door, path)
    sent(door.of("handler"), f"{drawn_up(door, path)}/issue")
    sent(door.of("head@bureau"), f"{path}/steps/decide", version=2)
    me, address = door.of("handler"), f"{path}/steps/serve"
    body = {"version": 3, "serve-on": "2026-03-04"}
    missing = sent(me, address, **body)
    assert missing.status_code == 422
    assert "请上传送达回证" in missing.text
    future = me.post(address, data={**body, "_once": key(), "serve-on": "2026-03-05",
                     "serve-files": (BytesIO(b"x"), "回证.txt")})  # fmt: skip
    assert future.status_code == 422
    assert "日期不能晚于今天" in future.text
    bad = me.post(address, data={**body, "_once": key(), "serve-files": (BytesIO(b"MZ"), "a.exe")})
    assert bad.status_code == 422
    hung = select(Attachment).where(Attachment.case_id == number(path))
    assert session.scalars(hung).all() == []
    done = me.post(address, data={**body, "_once": key(),
                   "serve-files": (BytesIO(b"x"), "回证.txt")})  # fmt: skip
    assert done.status_code == 303
    row = session.scalars(hung).one()
    assert (row.label, row.name) == ("送达回证", "回证.txt")
    assert case_at(session, path).state == "done"


def test_a_step_wants_its_document_issued_and_not_void(office, session):
    world, door = office
    path = opened(door)
    report(world, door, path)
    head, decide = door.of("head@bureau"), f"{path}/steps/decide"

    def decided():
        return sent(head, decide, version=2)

    assert decided().status_code == 409
    assert "缺《责令改正通知书》" in head.get(path).text
    lacking = drawn_up(door, path, facts="")
    assert "还缺 1 项" in head.get(lacking).text
    states = select(Document.state).where(Document.case_id == number(path)).order_by(Document.id)
    sent(head, f"{lacking}/issue")
    assert session.scalars(states).all() == ["draft"]
    full = drawn_up(door, path)
    assert decided().status_code == 409
    sent(head, f"{full}/issue")
    assert re.search(r"东统改字〔2026〕\d+号", head.get(path).text)
    sent(head, f"{full}/void", reason="")
    assert session.scalars(states).all()[-1] == "issued"
    sent(head, f"{full}/void", reason="事实有误")
    assert decided().status_code == 409
    page = head.get(path).text
    assert "<s>责令改正通知书</s>" in page
    assert "事实有误" in page
    again = drawn_up(door, path)
    sent(head, f"{again}/issue")
    assert decided().status_code == 303


def test_a_document_is_written_by_whom_and_when_the_table_says(office, session):
    world, door = office
    path = opened(door)
    draft = drawn_up(door, path)
    reader = door.of("supervisor@bureau")
    assert reader.get(draft).status_code == 200
    assert reader.get(f"{path}/papers/new/correction_order").status_code == 404
    for doing in ("issue", "void"):
        sent(reader, f"{draft}/{doing}", reason="x")
        assert "您现在不能办理这种文书" in reader.get(path).text, doing
    states = select(Document.state).where(Document.case_id == number(path))
    assert session.scalars(states).all() == ["draft"]
    report(world, door, path)
    sent(door.of("handler"), f"{draft}/issue")
    left = drawn_up(door, path)
    sent(door.of("head@bureau"), f"{path}/steps/decide", version=2)
    assert door.of("handler").get(f"{path}/papers/new/correction_order").status_code == 404
    sent(door.of("handler"), f"{left}/issue")
    assert session.scalars(states.order_by(Document.id)).all() == ["issued", "draft"]
    assert door.of("handler").get(f"{path}/papers/new/recheck_record").status_code == 200


def test_a_document_is_filled_from_the_case_and_from_its_draft(office):
    _, door = office
    path = opened(door)
    form = door.of("handler").get(f"{path}/papers/new/correction_order").text
    assert 'name="party_name" value="青砚建材案"' in form
    assert "补报\n改正" in form
    assert "还没有填" in form
    drawn_up(door, path, facts="另有事实", **{"figures-0-indicator": "营业收入",
             "figures-7-indicator": "用电量"})  # fmt: skip
    form = door.of("handler").get(f"{path}/papers/new/correction_order").text
    assert "另有事实" in form
    assert 'name="figures-1-indicator" value="用电量"' in form
    fresh = door.of("handler").get(f"{path}/papers/new/correction_order?fresh=1").text
    assert "另有事实" not in fresh
    wrong = sent(door.of("handler"), f"{path}/papers/new/correction_order", **{**ORDER,
                 "correct_by": "下周"})  # fmt: skip
    assert wrong.status_code == 422
    assert "要填日期" in wrong.text
    assert "届时复查" in wrong.text


def test_what_is_taken_out_leaves_a_trace_and_comes_as_a_file(office, session):
    world, door = office
    path = opened(door)
    paper = drawn_up(door, path, facts="<b>甲</b>")
    me = door.of("handler")
    assert "<b>甲</b>" not in me.get(paper).text
    for address, kind, tag in (
        (f"{paper}/file", "wordprocessingml", "sample.paper.read"),
        (f"{path}/bundle", "zip", "sample.bundle.read"),
    ):
        answer = me.get(address)
        assert kind in answer.headers["Content-Type"]
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        read = select(AuditRow.actor_id).where(
            AuditRow.tag == tag, AuditRow.object.startswith(f"sample:{number(path)}/")
        )
        assert session.scalars(read).all() == [world.people["handler"]], tag
    sent(door.of("head@bureau"), f"{path}/steps/report", version=1, **good(world))
    refused = select(AuditRow).where(AuditRow.tag == "step.refused").order_by(AuditRow.id.desc())
    row = session.scalars(refused.limit(1)).one()
    assert row.object == "samples.take_step:report"
    assert f"{path}/steps/report" in row.details


# ---------------------------------------------------------------- list, rail, queries


def test_the_list_is_narrowed_and_walked_by_its_address(office, session, monkeypatch):
    world, door = office
    paths = [opened(door, f"示例厂{n}号") for n in range(5)]
    report(world, door, paths[0])
    me = door.of("handler")

    def titles(query="", client=me):
        text = client.get("/samples/" + query).text
        return set(re.findall(r'data-row><b class="strong">(示例厂[^<]+)', text))

    mine = {f"示例厂{n}号" for n in range(5)}
    assert titles("?q=示例厂") == mine
    assert titles("?q=示例厂&view=waiting", door.of("head@bureau")) == {"示例厂0号"}
    assert titles("?q=示例厂&state=working") == mine - {"示例厂0号"}
    assert titles("?q=示例厂&view=mine") == mine
    assert titles("?q=示例厂&view=mine", door.of("head@bureau")) == set()
    assert titles("?q=示例厂3") == {"示例厂3号"}
    assert titles("?q=示例厂&region=220102000000") == set()
    assert "没有符合条件的事项" in me.get("/samples/?view=closed&q=示例厂").text
    monkeypatch.setattr(listing.list_page, "__kwdefaults__",
                        {**(listing.list_page.__kwdefaults__ or {}), "size": 2})  # fmt: skip
    seen, query = [], "?q=示例厂"
    while True:
        page = me.get("/samples/" + query).text
        seen += re.findall(r"<b[^>]*>(示例厂[^<]+)", page)
        found = re.search(r'rel="next" href="/samples/([^"]+)"', page)
        if found is None:
            break
        query = found[1].replace("&amp;", "&")
    assert sorted(seen) == sorted(mine)


def test_the_rail_counts_what_its_list_holds_and_is_for_those_who_meet_the_flow(office):
    world, door = office
    report(world, door, opened(door))
    for who in ("handler", "head@bureau", "inspector@bureau"):
        page = door.of(who).get("/samples/?view=waiting").text
        rail = re.search(r'<a href="/samples/" aria-current="page">(.*?)</a>', page, re.S)
        assert rail is not None, who
        shown = re.search(r"<b>(\d+)<", rail[1])
        listed = re.search(r'aria-current="page">等我办 <b>(\d+)</b>', page)
        assert listed is not None
        assert (shown[1] if shown else "0") == listed[1], who
    assert "/samples/" not in door.of("trainer@bureau").get("/").text


def test_the_number_of_queries_does_not_grow_with_the_rows(office, session, count_queries):
    world, door = office
    me = door.of("handler")
    path = opened(door, "头一件数")

    def counted(address):
        me.get(address)
        with count_queries() as seen:
            assert me.get(address).status_code == 200
        return seen

    few = counted("/samples/?q=件数").count
    page = counted(path).count
    others = [opened(door, f"又{n}件数") for n in range(6)]
    with transaction():
        ids = [number(p) for p in (path, *others)]
        for other in ids[1:]:
            add_link(session, ids[0], other, "same_unit", actor_id=world.people["handler"],
                     now=world.now, note="")  # fmt: skip
    for n in range(3):
        sent(me, f"{path}/papers/new/correction_order", **ORDER)
        me.post(f"{path}/files", data={"_once": key(), "files": (BytesIO(b"x"), f"{n}.txt")})
    many = counted("/samples/?q=件数")
    assert many.count == few, str(many)
    assert few <= 20, str(many)
    full = counted(path)
    assert full.count == page, str(full)
    assert page <= 45, str(full)
