"""`tracker explain`: every clock of a case from its stored facts, or one sentence."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from tests.helpers.command import at_instance, tracker
from tests.workflows.leads.walking import Office
from tracker.core.db import db, engine_options, transaction
from tracker.core.deadlines.models import Deadline

pytestmark = pytest.mark.once


@pytest.fixture
def walked(fresh_app, tmp_path, monkeypatch):
    """A lead that waited for its department, was extended, and is being verified; its address."""
    app = fresh_app()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    with app.app_context():
        with transaction() as session:
            office = Office(session)
            lead = office.lead(at="supplement")
            office.take(lead, "drafter", "supply", note="补齐")
            officers = {n: office.people[n] for n in ("handler", "co_officer")}
            office.take(lead, "handler", "verify", **officers)
            office.take(
                lead, "head@bureau", "extend_verifying", days="30", document="东统延〔2026〕1号",
                note="案情复杂",
            )  # fmt: skip
            found = (lead.id, lead.number)
        db.session.remove()
    at_instance(monkeypatch, tmp_path / "instance", url)
    return (*found, url)


@pytest.fixture
def run(capfd):
    return lambda *args: tracker(capfd, "explain", *args)


def test_every_clock_with_its_facts_days_rule_and_calendar(walked, run):
    case_id, number, _ = walked
    code, out, _ = run(number, "--json")
    assert code == 0
    told = json.loads(out)
    assert told == json.loads(run(str(case_id), "--json")[1])
    assert told["case"]["number"] == number
    clocks = {c["rule"]["id"]: c for c in told["clocks"]}
    triage, verifying = clocks["T01"], clocks["L16"]
    assert [f["kind"] for f in triage["facts"]] == ["start", "suspend", "resume", "stop"]
    assert triage["facts"][1]["reason"] == "发函补充材料"
    assert triage["facts"][1]["actor"] is not None
    assert [f["kind"] for f in verifying["facts"]] == ["start", "extend"]
    granted = verifying["facts"][1]
    assert {k: granted[k] for k in ("term", "cap", "reason", "document")} == {
        "term": "30cd", "cap": "30cd", "reason": "案情复杂", "document": "东统延〔2026〕1号",
    }  # fmt: skip
    assert granted["approver"] not in (None, granted["actor"])
    assert verifying["due"] == verifying["stored_due"]
    assert verifying["rule"]["verified"] == "U"
    assert verifying["calendar"]["source"]
    assert verifying["faults"] == []
    for clock in told["clocks"]:
        assert clock["days"][0]["reason"] == "start"
        dates = [d["date"] for d in clock["days"]]
        assert dates == sorted(set(dates))
    assert len(verifying["days"]) > 90  # nothing is folded for machines


def test_people_read_runs_not_ninety_lines(walked, run):
    case_id, number, _ = walked
    code, out, _ = run(str(case_id))
    assert code == 0
    assert out.startswith(f"{number}\n")
    assert "延长，30 天" in out
    assert "“案情复杂”，东统延〔2026〕1号" in out
    assert "批准\n" in out
    assert "示例煤业" not in out  # dates, not the matter
    assert len(out.splitlines()) < 120
    some = json.loads(run(str(case_id), "--clock", "2", "--json")[1])["clocks"]
    assert [c["clock"] for c in some] == [2]


def test_a_stored_date_that_its_facts_do_not_give_is_said(walked, run):
    case_id, _, url = walked
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection, Session(connection) as session:
        session.execute(update(Deadline).values(provisional=True))
        session.flush()
    engine.dispose()
    assert "不符：期限" in run(str(case_id))[1]


@pytest.mark.parametrize("asked", ["999999", "鄂统线〔1999〕1号", "9" * 40, "²"])
def test_an_unknown_case(walked, run, asked):
    code, out, err = run(asked)
    assert (code, out) == (1, "")
    assert err == f"没有编号或 id 是“{asked}”的事项。\n"


def test_a_clock_that_the_case_has_not(walked, run):
    code, out, err = run(str(walked[0]), "--clock", "99")
    assert (code, out) == (1, "")
    assert "没有第 99 项" in err


def test_without_an_installation(run, tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "nothing"))
    monkeypatch.delenv("TRACKER_DATABASE_URI", raising=False)
    monkeypatch.setenv("TRACKER_MODE", "test")
    code, out, err = run("1")
    assert (code, out) == (2, "")
    assert "请先运行 tracker init" in err
