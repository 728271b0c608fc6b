"""The pages of the rulebook, and the reminders a bureau sets on them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from tests.security.world import TODAY, Door, World, key
from tests.workflows.leads.walking import ELSEWHERE
from tracker.core.audit.models import AuditRow
from tracker.core.cases.models import Case
from tracker.core.db import transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.reminders.models import Reminder, RungSetting
from tracker.core.rulebook.loader import default_rulebook

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
LIST = "/dates/rules/"


@pytest.fixture
def place(app, session):
    with transaction():
        world = World(session)
        lead = world.lead(at="triage")
        ids = lead.id, world.orgs["bureau"], world.orgs["foreign bureau"]
    return Door(app, world.people), *ids


@pytest.fixture
def door(place):
    return place[0]


def ids_on(page: str) -> list[str]:
    return re.findall(r'class="r-id">([^<]+)<', page)


# ---------------------------------------------------------------- the list


def test_everybody_reads_all_rules_by_family(door):
    for name in ("township_clerk@town", "liaison@dept", "security_admin@bureau"):
        shown = ids_on(door.of(name).get(LIST).text)
        assert len(shown) == len(default_rulebook().all())
    page = door.of("inspector@bureau").get(LIST).text
    families = [
        page.index(f">{name} <") for name in ("案件", "线索移送", "信用", "人员培训", "双随机")
    ]
    assert families == sorted(families)
    found = ids_on(page)
    assert found.index("T02") < found.index("T10") < found.index("T17") < found.index("T17A")
    assert "本系统默认" in page
    assert "未核实" in page


@pytest.mark.parametrize(
    ("question", "there", "away"),
    [
        ("q=听证", {"T05", "T05B", "T06"}, {"T02"}),
        ("q=处罚法 听证", {"T05", "T06"}, {"T02", "T07"}),
        ("q=t17", {"T17", "T17A"}, {"T16"}),
        ("q=国务院令第310号", {"L06", "L12"}, {"L04"}),
        ("family=credit", {"C01", "C04"}, {"T02", "P01"}),
        ("verified=U", {"L16", "R06"}, {"T02"}),
        ("verified=ours", {"T01", "OWN-DRAFT"}, {"T02", "L16"}),
        ("region=local", {"L05", "T30"}, {"T02"}),
        ("region=37", {"L05", "T02"}, {"T30", "P02"}),
        ("region=mine", {"P07", "T02"}, {"L05", "P02"}),
        ("family=staff&region=50", {"P01", "P09"}, {"P02", "T02"}),
        ("family=nonsense&verified=x&region=999", {"T02", "L05"}, set()),
    ],
)
def test_the_list_answers_what_was_asked(door, question, there, away):
    found = set(ids_on(door.of("inspector@bureau").get(f"{LIST}?{question}").text))
    assert there <= found
    assert not away & found


def test_nothing_found_says_so_and_shows_the_way_back(door):
    page = door.of("liaison@dept").get(f"{LIST}?q=没有这种规则").text
    assert "没有符合条件的规则" in page
    assert 'value="没有这种规则"' in page
    assert "清空筛选条件" in page


def test_what_was_typed_is_text(door):
    page = door.of("liaison@dept").get(f"{LIST}?q=<script>alert(1)</script>").text
    assert "<script>alert" not in page


# ---------------------------------------------------------------- one rule


def test_a_rule_shows_all_versions_and_which_holds_here(door):
    page = door.of("inspector@bureau").get(LIST + "T05").text
    assert page.count('class="rule-one') == 2
    assert "您所在地区今天适用全国的规定，第 2 版" in page
    assert "2021-07-15 起" in page
    assert "至 2021-07-14" in page
    assert "到期前 2 个工作日，提醒承办人" in page
    assert "rule=T05" in page, "the way to the calculator"


def test_a_rule_of_the_readers_own_place(door):
    page = door.of("liaison@dept").get(LIST + "P07").text
    assert "您所在地区今天适用鄂尔多斯市的规定" in page
    away = door.of("liaison@foreign dept").get(LIST + "P07").text
    assert ELSEWHERE.startswith("22")
    assert "您所在地区今天没有适用的版本" in away


def test_a_rule_that_was_replaced_names_its_successor(door):
    page = door.of("liaison@dept").get(LIST + "T05B").text
    assert "已由 T05 取代" in page
    assert f'href="{LIST}T05"' in page


def test_every_rule_has_a_page(door):
    client = door.of("supervisor@bureau")
    for rule_id in sorted({r.id for r in default_rulebook().all()}):
        answer = client.get(LIST + rule_id)
        assert answer.status_code == 200, rule_id
    assert client.get(LIST + "T99").status_code == 404


# ---------------------------------------------------------------- the bureau's reminders


def form_of(page: str) -> dict[str, object]:
    """What the page's reminder form would send as it stands."""
    body = page[page.index('class="card no-paper"') :]
    typed = re.findall(r'<input[^>]*name="(org_id|rows-\d+-n)"[^>]*value="([^"]*)"', body)
    sent: dict[str, object] = {"_once": key(), **dict(typed)}
    for name, options in re.findall(
        r'<select[^>]*name="(rows-\d+-(?:kind|unit))"[^>]*>(.*?)</select>', body, re.DOTALL
    ):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else ""
    for tag in re.findall(r"<input[^>]*checkbox[^>]*>", body):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        assert name is not None
        assert value is not None
        if " checked" in tag:
            sent.setdefault(name[1], [])
            boxes = sent[name[1]]
            assert isinstance(boxes, list)
            boxes.append(value[1])
    return sent


def post(client, rule_id: str, data: dict[str, object], what: str = ""):
    return client.post(f"{LIST}{rule_id}/reminders{what}", data=data)


def planned(session, lead_id: int) -> set[tuple[str, str]]:
    return {
        (row.rung, row.audience)
        for row in session.scalars(
            select(Reminder)
            .join(Deadline, Deadline.id == Reminder.deadline_id)
            .where(
                Reminder.case_id == lead_id, Reminder.state == "planned", Deadline.rule_id == "T01"
            )
        )
    }


def test_who_sets_reminders_sees_the_form(door):
    for name in ("supervisor@bureau", "head@bureau", "supervisor@team"):
        assert "保存提醒设置" in door.of(name).get(LIST + "T01").text, name
    for name in ("inspector@bureau", "supervisor@dept", "head@town", "system_admin@bureau"):
        assert "保存提醒设置" not in door.of(name).get(LIST + "T01").text, name


def test_a_saved_form_changes_the_clocks_of_the_bureau_at_once(place, session):
    door, lead_id, org_id, _ = place
    before = planned(session, lead_id)
    assert ("before:2wd", "handler") in before
    client = door.of("supervisor@bureau")
    sent = form_of(client.get(LIST + "T01").text)
    assert sent["rows-0-kind"] == "before"
    sent |= {"rows-0-n": "3", "rows-1-kind": "", "rows-0-to": ["holder", "head"]}
    answer = post(client, "T01", sent)
    assert answer.status_code == 303
    after = planned(session, lead_id)
    assert {("before:3wd", "handler"), ("before:3wd", "head")} <= after
    assert not {r for r, _ in after} & {"before:2wd", "before:1wd"}
    page = client.get(answer.headers["Location"]).text
    assert "到期前 3 个工作日，提醒承办人、单位负责人" in page
    assert "恢复默认提醒" in page
    assert "本局改过提醒" in client.get(LIST).text
    row = session.scalars(select(RungSetting)).one()
    assert (row.org_id, row.rule_id) == (org_id, "T01")
    # The same sending twice counts once.
    assert post(client, "T01", sent).status_code == 303
    tagged = select(func.count()).where(AuditRow.tag == "rule.rungs")
    assert session.scalar(tagged) == 1
    back = post(client, "T01", {"_once": key(), "org_id": str(org_id)}, "/reset")
    assert back.status_code == 303
    assert planned(session, lead_id) == before
    assert session.scalar(tagged) == 2


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(place, session):
    door, *_ = place
    client = door.of("head@bureau")
    good = form_of(client.get(LIST + "T01").text)
    for changed, words in (
        ({"rows-0-n": "两天"}, "1 至 999"),
        ({"rows-0-n": "0"}, "1 至 999"),
        ({"rows-0-n": "²"}, "1 至 999"),
        ({"rows-0-to": []}, "请选择提醒谁"),
        ({"rows-1-n": "2"}, "时间相同"),
    ):
        answer = post(client, "T01", {**good, "_once": key(), "rows-2-n": "77", **changed})
        assert answer.status_code == 422, words
        assert words in answer.text
        assert 'value="77"' in answer.text
    assert session.scalar(select(func.count()).select_from(RungSetting)) == 0


def test_nobody_sets_the_reminders_of_another_house(place, session):
    door, _, org_id, foreign = place
    good = form_of(door.of("supervisor@bureau").get(LIST + "T01").text)
    for name, org in (
        ("supervisor@bureau", foreign),
        ("supervisor@foreign bureau", org_id),
        ("inspector@bureau", org_id),
        ("supervisor@dept", org_id),
        ("supervisor@bureau", "x"),
        ("supervisor@bureau", "²"),
    ):
        data = {**good, "_once": key(), "org_id": str(org)}
        assert post(door.of(name), "T01", data).status_code == 404, name
        assert post(door.of(name), "T01", data, "/reset").status_code == 404, name
    data = {**good, "_once": key()}
    assert post(door.of("supervisor@bureau"), "T99", data).status_code == 404
    assert session.scalar(select(func.count()).select_from(RungSetting)) == 0
    assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_the_pages_ask_the_database_little(place, count_queries):
    door, *_ = place
    client = door.of("supervisor@bureau")
    client.get(LIST)
    for address in (LIST, LIST + "T01"):
        with count_queries() as seen:
            client.get(address)
        assert seen.count <= 14, str(seen)
