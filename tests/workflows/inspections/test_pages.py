"""The pages of an inspection: who gets them, the page for the field, evidence, the sheet."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.security.world import TODAY, Door, key
from tests.workflows.inspections.walking import Office
from tracker.core.accounts.models import User
from tracker.core.cases.evidence import EvidenceItem, Keeping, evidence_of
from tracker.core.cases.figures import figures_of
from tracker.core.db import transaction
from tracker.workflows.inspections.lines import site_lines
from tracker.workflows.inspections.models import Inspection, LineChange

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def world(app, session, monkeypatch):
    with transaction():
        office = Office(session, monkeypatch)
        session.query(User).update({"must_change": False})
    return office, Door(app, office.people)


def walked(office, state):
    with transaction():
        return office.at(state).id


def task_of(office, task_id):
    return office.session.get_one(Inspection, task_id, populate_existing=True)


def test_before_the_notice_every_address_is_a_404_for_everybody_else(world):
    office, door = world
    task_id = walked(office, "notice")
    outsiders = ("liaison@dept", "township_clerk@dept", "registrar@bureau", "third",
                 "head@foreign bureau")  # fmt: skip
    gets = ("", "/site", "/site/1", "/sheet", "/evidence", "/lines/new", "/bundle",
            "/files/1", "/why/1", "/papers/inspection_notice")  # fmt: skip
    posts = (
        "/site/1", "/site/1/photos", "/lines/new", "/files", "/steps/serve_notice",
        "/evidence/add", "/evidence/decide",
    )  # fmt: skip
    for who in outsiders:
        client = door.of(who)
        for path in gets:
            assert client.get(f"/inspections/{task_id}{path}").status_code == 404, (who, path)
        for path in posts:
            body = {"_once": key(), "version": "1", "device_key": "0" * 16, "seen": "x"}
            answer = client.post(f"/inspections/{task_id}{path}", data=body)
            assert answer.status_code in (404, 422), (who, path)
            assert "示例洗选煤" not in answer.text, (who, path)
        assert "示例洗选煤" not in client.get("/inspections/").text
    for who in ("handler", "co_officer", "supervisor@bureau", "head@bureau"):
        page = door.of(who).get(f"/inspections/{task_id}")
        assert page.status_code == 200
        assert "仅办案人员可见" in page.text
        assert task_of(office, task_id).number in door.of(who).get("/inspections/").text


def test_every_link_of_the_page_leads_somewhere(world):
    office, door = world
    task_id = walked(office, "onsite")
    for who in ("handler", "supervisor@bureau", "registrar@bureau", "legal_reviewer@bureau"):
        client = door.of(who)
        page = client.get(f"/inspections/{task_id}").text
        links = set(re.findall(rf'href="(/inspections/{task_id}/[^"#]*)"', page))
        assert links
        for link in (link for link in links if "/file" not in link):  # no bytes lie behind
            assert client.get(link).status_code in (200, 302, 303), (who, link)
    page = door.of("handler").get(f"/inspections/{task_id}").text
    for text in (
        "22.72%",
        "+34,514",
        "示例-handler",
        "没有公布上限",
        f"/inspections/{task_id}/site",
    ):
        assert text in page
    led = door.of("supervisor@bureau").get(f"/inspections/{task_id}").text
    assert f"/inspections/{task_id}/site" not in led
    sheet = door.of("supervisor@bureau").get(f"/inspections/{task_id}/sheet").text
    assert "186,420" in sheet
    assert door.of("supervisor@bureau").get(f"/inspections/{task_id}/site/1").status_code == 404


def test_a_task_is_written_down_and_a_step_taken_in_the_browser(world):
    office, door = world
    client = door.of("supervisor@bureau")
    assert door.of("handler").get("/inspections/new/draw").status_code == 404
    page = client.get("/inspections/new/order").text
    assert "检查事项" in page
    body = {
        "_once": key(), "order-unit_name": "页面示例企业", "order-channel": "special",
        "order-matter": "能源统计", "order-reason": "专项部署", "order-source_paper": "鄂统发",
    }  # fmt: skip
    answer = client.post("/inspections/new/order", data=body)
    assert answer.status_code == 303
    task_id = int(answer.headers["Location"].rpartition("/")[2])
    team = {n: str(office.people[n]) for n in ("handler", "co_officer")}
    body = {"_once": key(), "version": "1"} | {f"assign-{k}": v for k, v in team.items()}
    answer = client.post(f"/inspections/{task_id}/steps/assign", data=body)
    assert answer.status_code == 303
    assert task_of(office, task_id).state == "preparing"


# ---------------------------------------------------------------- the page for the field


def form_of(page: str, line: int = 1) -> dict[str, Any]:
    form = re.search(rf'id="f-{line}".*?</form>', page, re.S)
    assert form is not None
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    return dict(hidden)


def test_a_line_is_kept_from_a_plain_form_and_from_the_background(world):
    office, door = world
    task_id = walked(office, "onsite")
    mine, other = door.of("handler"), door.of("co_officer")
    here = f"/inspections/{task_id}/site/1"
    first, second = form_of(mine.get(here).text), form_of(other.get(here).text)
    body = first | {"reported": "１８６，４２０", "due": "151,906", "grounds": ["ledger"],
                    "difference": "1", "ratio": "99"}  # fmt: skip
    assert mine.post(here, data=body).status_code == 303
    (row,) = figures_of(office.session, task_id)
    ratio = round((row.ratio or Decimal(0)) * 100, 2)
    # What the client says of difference and ratio is not heard.
    assert (row.difference, ratio) == (Decimal(34514), Decimal("22.72"))
    # The same once more, as a phone does that had no answer.
    assert mine.post(here, data=body).status_code == 303
    assert office.session.scalar(select(func.count()).select_from(LineChange)) == 1
    json = {"Accept": "application/json"}
    late = other.post(here, data=second | {"reported": "1", "due": "2"}, headers=json)
    assert late.status_code == 409
    changed = late.json["changed"]
    assert (changed["due"], changed["reported"]) == ("151,906", "186,420")
    plain = other.post(here, data=second | {"reported": "1", "due": "2"})
    assert plain.status_code == 409
    assert "已改为：上报数 186,420，应报数 151,906" in plain.text
    # Having read that, one may write over it.
    again = form_of(plain.text) | {"reported": "186420", "due": "0"}
    kept = other.post(here, data=again, headers=json)
    assert kept.status_code == 200
    assert (kept.json["difference"], kept.json["ratio"]) == ("+186,420", "")
    bad = mine.post(here, data=form_of(mine.get(here).text) | {"due": "很多"}, headers=json)
    assert bad.status_code == 422
    assert "要填数字" in bad.json["errors"]["due"]
    with_text = mine.post(here, data=form_of(mine.get(here).text) | {"due": "很多"})
    assert with_text.status_code == 422
    assert 'value="很多"' in with_text.text
    refusal = form_of(mine.get(here).text) | {"withheld": "1", "remark": "锁门"}
    assert "见证人" in mine.post(here, data=refusal, headers=json).json["errors"]["witness"]
    (line,) = site_lines(office.session, task_of(office, task_id))
    assert line.state == "done"


def test_photographs_lines_and_evidence_in_the_browser(world):
    office, door = world
    task_id = walked(office, "onsite")
    client = door.of("handler")
    here = f"/inspections/{task_id}"
    for _ in range(2):  # sent twice, taken once
        photo = {"device_key": "p" * 16, "photo": (io.BytesIO(PNG), "过磅单.png")}
        sent = client.post(f"{here}/site/1/photos", data=photo,
                           headers={"Accept": "application/json"})  # fmt: skip
        assert sent.status_code == 200
    (item,) = evidence_of(office.session, task_id)
    assert (item.form, item.figure_line, len(item.sha256 or "")) == ("photo", 1, 64)
    assert "已拍 1 张" in client.get(f"{here}/site/1").text
    assert client.post(f"{here}/site/1/photos", data={}).status_code == 303
    line = {"_once": key(), "line-name": "综合能耗", "line-measure": "吨标准煤",
            "line-nature": "non_value", "line-period": "2026年1月",
            "line-reported": "12.5"}  # fmt: skip
    assert client.post(f"{here}/lines/new", data=line | {"line-name": ""}).status_code == 422
    assert client.post(f"{here}/lines/new", data=line).status_code == 303
    assert "综合能耗" in client.get(f"{here}/site/2").text
    assert client.get(f"{here}/site/3").status_code == 404
    head = door.of("head@bureau")
    ask = {"_once": key(), "ask-items": [str(item.id)], "ask-reason": "可能灭失"}
    assert client.post(f"{here}/evidence/ask", data=ask).status_code == 303
    other = door.of("co_officer")
    assert other.post(f"{here}/evidence/decide", data={"_once": key()}).status_code == 404
    decide = {"_once": key(), "decide-items": [str(item.id)], "decide-decision": "yes"}
    assert head.post(f"{here}/evidence/decide", data=decide).status_code == 303
    keep = {"_once": key(), "keep-items": [str(item.id)], "keep-kept_at": "财务室",
            "keep-keeper": "王某", "keep-on": "2026-03-04"}  # fmt: skip
    assert client.post(f"{here}/evidence/keep", data=keep).status_code == 303
    row = office.session.get_one(EvidenceItem, item.id, populate_existing=True).preservation
    assert row is not None
    assert row.keeping is Keeping.KEPT
    page = client.get(f"{here}/evidence").text
    assert "3月13日 截止" in page
    end = {"_once": key(), "dispose-items": [str(item.id)], "dispose-disposal": "filed",
           "dispose-reason": "作为证据", "dispose-on": "2026-03-04"}  # fmt: skip
    assert (
        head.post(f"{here}/evidence/dispose", data=end | {"dispose-on": "2026-03-05"}).status_code
        == 422
    )
    assert head.post(f"{here}/evidence/dispose", data=end | {"_once": key()}).status_code == 303
    add = {"_once": key(), "add-name": "台账", "add-form": "copy", "add-quantity": "1 份",
           "add-place": "财务室", "add-keeper": "王某", "add-taken_on": "2026-03-04",
           "add-files": (io.BytesIO(PNG), "台账.png")}  # fmt: skip
    assert client.post(f"{here}/evidence/add", data=add).status_code == 303
    assert len(evidence_of(office.session, task_id)) == 2
