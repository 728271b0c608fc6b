"""The commands: each exit code, each sentence, and never a trace."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import create_engine, text

from tests.helpers.command import tracker
from tracker.core.calendar import store
from tracker.core.cases.flow import flows
from tracker.core.cases.verify import Finding
from tracker.core.db import engine_options
from tracker.core.errors import say
from tracker.workflows.leads.flow import FLOW


@pytest.fixture
def instance(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith(("TRACKER_", "FLASK_"))]:
        if not name.startswith("TRACKER_TEST"):
            monkeypatch.delenv(name)
    path = tmp_path / "instance"
    monkeypatch.setenv("TRACKER_INSTANCE", str(path))
    return path


@pytest.fixture
def run(instance, capfd):
    """`run("doctor")`: the exit code, and all that was printed."""

    def running(*args):
        code, out, err = tracker(capfd, *args)
        return code, out + err

    return running


def change(instance, *statements):
    uri = f"sqlite:///{instance / 'tracker.db'}"
    engine = create_engine(uri, **engine_options(uri))
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


# ---------------------------------------------------------------- flows


def test_the_shipped_flows_are_proved(run):
    code, said = run("flows", "verify")
    assert code == 0
    kinds = [line.partition("：")[0] for line in said.splitlines()]
    assert sorted(kinds) == [
        "crime", "filing", "inspection", "lead", "penalty", "plan", "programme", "recognition",
        "sanction", "training", "vacancy",
    ]  # fmt: skip
    assert "lead：19 个状态" in said


def test_a_hole_in_a_flow_ends_with_its_counter_example(run, monkeypatch):
    steps = tuple(replace(s, checks=()) if s.name == "approve" else s for s in FLOW.steps)
    run("flows", "verify")  # registers the flows
    monkeypatch.setitem(flows._flows, "lead", replace(FLOW, steps=steps))
    monkeypatch.setattr("tracker.app.register_flows", lambda: None)
    code, said = run("flows", "verify", "lead")
    assert code == 1
    assert "[unchecked]" in said
    assert "    draft: · → drafted (另一人)\n" in said
    assert "    approve: approval → sent (dept_approver)\n" in said


def test_an_unknown_kind_is_named(run):
    code, said = run("flows", "verify", "lorem")
    assert code == 2
    assert said.startswith("没有流程“lorem”，有：lead、plan、inspection、")


def test_a_flow_as_mermaid(run):
    code, said = run("flows", "show", "lead")
    assert code == 0
    assert said.startswith("stateDiagram-v2\n")
    assert "    approval --> sent : 批准并移送\n" in said
    assert "    [*] --> drafted : 登记线索\n" in said
    for state in FLOW.states:
        assert f"    {state.name} : {state.label}\n" in said


def test_a_flow_as_a_picture(run):
    code, said = run("flows", "show", "lead", "--svg", "--lang", "en")
    assert code == 0
    picture = ET.fromstring(said)  # noqa: S314 - our own
    boxes = picture.findall("{*}rect")
    assert len(boxes) == len(FLOW.states)
    assert len({(box.get("x"), box.get("y")) for box in boxes}) == len(FLOW.states)
    arrows = {(s, step.dest) for step in FLOW.steps if step.dest for s in step.source}
    assert len(picture.findall("{*}path")) == len(arrows)


# ---------------------------------------------------------------- an installation


def test_nothing_runs_before_init(run, instance):
    for command in (["doctor"], ["audit", "verify"], ["worker", "--once"], ["db", "current"]):
        code, said = run(*command)
        assert code == 2, command
        assert "tracker init" in said, command
    assert not instance.exists()


def test_a_new_installation_is_sound(run, instance):
    code, said = run("init")
    assert code == 0
    assert "下一步" in said
    assert stat.S_IMODE((instance / "secret").stat().st_mode) == 0o600
    key = (instance / "keys" / "vault.key").read_text()

    code, said = run("doctor")
    assert (code, "✗" in said) == (0, False), said

    code, _ = run("init")  # again: nothing is replaced
    assert code == 0
    assert (instance / "keys" / "vault.key").read_text() == key

    code, said = run("audit", "verify")
    assert (code, said) == (0, "审计记录完好。\n")

    code, said = run("db", "current")
    assert code == 0
    here, head = said.removeprefix("现在 ").removesuffix("。\n").split("，最新 ")
    assert here == head != "-"


def test_the_doctor_names_every_fault(run, instance, monkeypatch):
    run("init")
    (instance / "keys" / "vault.key").chmod(0o644)
    change(
        instance,
        "UPDATE alembic_version SET version_num = '0000'",
        "DELETE FROM calendar_days WHERE day_on > '2026-12-31'",
    )
    monkeypatch.setattr(store, "_loaded", {})  # as a new process would find it
    monkeypatch.setattr(store, "_days", {})
    monkeypatch.setenv("FLASK_DEBUG", "1")
    monkeypatch.setenv("TRACKER_SECRET_KEY", "a" * 40)
    monkeypatch.setenv("TRACKER_HTTPS", "false")
    code, said = run("doctor")
    assert code == 1
    for words in ("FLASK_DEBUG", "不是随机的", "HTTPS", "chmod 600", "tracker db upgrade", "补录"):
        assert words in said, words
    assert "✓ 流程表" in said


def test_a_readable_secret_stops_everything(run, instance):
    run("init")
    (instance / "secret").chmod(0o644)
    code, said = run("doctor")
    assert code == 2
    assert "chmod 600" in said


def test_the_doctor_sees_a_hole_in_a_flow(run, monkeypatch):
    run("init")
    hole = [Finding("dead_end", say("试验"))]
    monkeypatch.setattr("tracker.core.cases.health.verify", lambda _flow: hole)
    code, said = run("doctor")
    assert code == 1
    assert "✗ 流程表" in said


def test_a_lost_vault_key_is_not_replaced(run, instance):
    run("init")
    (instance / "keys" / "vault.key").unlink()
    code, said = run("doctor")
    assert (code, "vault key" in said) == (1, True)
    code, _ = run("init")
    assert code == 0, "nothing was sealed yet: a new key harms nobody"


def test_the_worker_runs_once(run):
    run("init")
    code, _ = run("worker", "--once")
    assert code == 0


def test_the_database_goes_back_and_forth(run):
    run("init")
    assert run("db", "downgrade", "base")[0] == 0
    code, said = run("doctor")
    assert code == 1
    assert "tracker db upgrade" in said
    assert run("db", "upgrade")[0] == 0


# ---------------------------------------------------------------- the demo


def test_the_demo_hands_its_options_on(run, monkeypatch):
    asked: dict[str, object] = {}

    def prepare(settings, *, fresh, progress):
        asked.update(mode=settings.mode, fresh=fresh)
        progress("正在准备")
        return {"logins": [{"username": "示例"}]}

    def serve(settings, port, *, logins, echo):
        asked.update(port=port, logins=logins)

    monkeypatch.setattr("tracker.demo.run.prepare", prepare)
    monkeypatch.setattr("tracker.demo.run.serve", serve)

    code, said = run("demo", "--no-serve", "--json", "--quiet", "--fresh")
    assert code == 0
    assert json.loads(said)["logins"] == [{"username": "示例"}]
    assert asked == {"mode": "demo", "fresh": True}

    code, said = run("demo", "--port", "8123")
    assert (code, said) == (0, "正在准备\n")
    assert (asked["port"], asked["fresh"]) == (8123, False)
