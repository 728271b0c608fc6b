"""Many cases at once in the browser: chosen, looked at, done with progress, listed, tried again."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, update

from tests.core.cases.test_bulk import Units
from tests.security.world import Door, key, vault_key
from tracker.core.accounts.models import User
from tracker.core.cases import bulk as bulk_core
from tracker.core.cases.models import Case, Move
from tracker.core.cases.workplace import BulkRow, BulkRun
from tracker.core.db import transaction
from tracker.core.sheets.reading import read
from tracker.web import bulk as pages
from tracker.web.once import FIELD

pytestmark = [pytest.mark.at_time("2026-03-04 10:00"), pytest.mark.once]
BACK = "/work/?view=all"


@pytest.fixture
def office(app, session):
    vault_key()
    with transaction():
        made = Units(session)
        session.execute(update(User).values(must_change=False))
        return made


@pytest.fixture
def door(app, office):
    return Door(app, office.people)


def leads(office, *states):
    with transaction():
        return [office.lead(state).id for state in states]


def form(**fields):
    return {FIELD: key(), "_page": BACK, **fields}


def chosen(client, ids, **more):
    answer = client.post("/bulk/", data=form(case_id=[str(n) for n in ids], **more))
    assert answer.status_code == 303, answer.text
    return answer.location


def answered(client, run, office, **changes):
    fields = {"reassign-handler": office.people["co_officer"], "reassign-note": "调岗", **changes}
    return client.post(f"{run}/lead/reassign", data=form(**fields))


def shown(text):
    """The figures of a page: label and number."""
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([\d,]+)</dd>", text))


def test_from_the_list_to_the_result(door, office, session, monkeypatch):
    monkeypatch.setattr(pages, "BUSY_FOR", 0)  # one case a request
    monkeypatch.setattr(pages, "TOGETHER", 1)
    ids = leads(office, "triage", "sent", "triage")
    client = door.of("supervisor@bureau")
    run = chosen(client, ids)
    steps = client.get(run).text
    assert "选了 3 件" in steps
    assert re.search(r"改派.*?2 件可以办，共 3 件", steps, re.DOTALL)
    # Findings are about one lead, and approving is not this person's: neither is offered.
    assert "/lead/submit_findings" not in steps
    assert "/lead/assign" not in steps
    assert client.get(f"{run}/lead/submit_findings").status_code == 404
    asked = client.get(f"{run}/lead/reassign").text
    assert "填一次，每一件都一样" in asked
    assert f'value="{office.people["co_officer"]}"' in asked
    empty = answered(client, run, office, **{"reassign-note": ""})
    assert (empty.status_code, "请写明理由。" in empty.text) == (422, True)
    assert answered(client, run, office).location == run
    before = client.get(run).text
    assert shown(before) == {"可以办": "2", "不能办": "1", "合计": "3"}
    assert "现在是“待接收”" in before
    assert "办理这 2 件" in before
    assert session.scalar(select(func.count()).where(Move.step == "reassign")) == 0
    seen, page = [], ""
    for _ in range(6):
        assert client.post(f"{run}/run", data=form()).location == run
        page = client.get(run).text
        if not (bar := re.search(r'<progress[^>]*max="(\d+)" value="(\d+)"', page)):
            break
        assert page.count("data-go-on") == 1
        seen.append(tuple(map(int, bar.groups())))
    assert seen == [(3, 1), (3, 2)]
    assert shown(page) == {"办好了": "2", "没有办成": "1", "合计": "3"}
    assert "现在是“待接收”" in page
    assert f'href="{BACK}"' in page
    assert session.scalar(select(func.count()).where(Move.step == "reassign")) == 2
    # Once more: nothing more is done.
    client.post(f"{run}/run", data=form())
    assert session.scalar(select(func.count()).where(Move.step == "reassign")) == 2
    data = client.get(f"{run}/result").data
    table = read(data, "result.xlsx", most_rows=9, most_bytes=99_999)
    assert len(table.rows) == 3
    # The one that could not is received and assigned meanwhile; trying again does it.
    with transaction():
        lead = session.get_one(Case, ids[1])
        office.take(lead, "registrar@bureau", "receive")
        office.take(lead, "registrar@bureau", "assign", handler=office.people["handler"])
    second = client.post(f"{run}/again", data=form()).location
    assert shown(client.get(second).text) == {"可以办": "1", "不能办": "0", "合计": "1"}
    client.post(f"{second}/run", data=form())
    client.post(f"{second}/run", data=form())
    assert shown(client.get(second).text) == {"办好了": "1", "没有办成": "0", "合计": "1"}
    assert client.get("/bulk/").text.count("已经办完") == 2


def test_everything_that_matches_is_chosen_by_the_condition_of_the_list(door, office, session):
    wanted = leads(office, "triage", "sent", "triage")
    client = door.of("supervisor@bureau")
    run = client.post("/bulk/", data=form(all="1", view="open", state="lead.triage")).location
    rows = session.scalars(select(BulkRow.case_id)).all()
    assert sorted(rows) == sorted([wanted[0], wanted[2]])
    assert "选了 2 件" in client.get(run).text
    # Nobody else opens it, and choosing nothing leads back with a sentence.
    assert door.of("head@bureau").get(run).status_code == 404
    nothing = client.post("/bulk/", data=form())
    assert (nothing.status_code, nothing.location) == (303, BACK)
    assert "请先选要办的事项。" in client.get("/bulk/").text
    given_up = client.post(f"{run}/drop", data=form())
    assert given_up.location == BACK
    assert session.scalars(select(BulkRun.state)).one() == "dropped"


def test_a_version_of_the_page_counts_and_a_foreign_case_does_not(door, office, session):
    (first,) = leads(office, "triage")
    version = session.get_one(Case, first).version
    client = door.of("supervisor@bureau")
    run = chosen(client, [f"{first}.{version - 1}", "999999", "x"])
    answered(client, run, office)
    page = client.get(run).text
    assert shown(page) == {"可以办": "0", "不能办": "1", "合计": "1"}
    assert "刚刚办了" in page
    foreign = door.of("supervisor@foreign bureau")
    assert foreign.post("/bulk/", data=form(case_id=str(first))).location == BACK


def test_what_dies_half_way_is_neither_lost_nor_done_twice(door, office, session, monkeypatch):
    ids = leads(office, "triage", "triage", "triage")
    client = door.of("supervisor@bureau")
    run = chosen(client, ids)
    answered(client, run, office)
    monkeypatch.setattr(pages, "TOGETHER", 1)
    real, calls = bulk_core.work_some, []

    def dying(*args, **named):
        done = real(*args, **named)
        calls.append(1)
        if len(calls) == 2:  # taken, marked, not committed
            raise RuntimeError("the process is gone")
        return done

    monkeypatch.setattr(bulk_core, "work_some", dying)
    assert client.post(f"{run}/run", data=form()).status_code == 500
    assert session.scalar(select(func.count()).where(Move.step == "reassign")) == 1
    results = session.scalars(select(BulkRow.result).order_by(BulkRow.seq)).all()
    assert results == ["done", "waiting", "waiting"]
    page = client.get(run).text
    assert "已办 1 件，共 3 件" in page
    client.post(f"{run}/run", data=form())
    counted = session.execute(
        select(Move.case_id, func.count()).where(Move.step == "reassign").group_by(Move.case_id)
    ).all()
    assert sorted(counted) == [(n, 1) for n in sorted(ids)]
    assert session.scalars(select(BulkRun.state)).one() == "done"
