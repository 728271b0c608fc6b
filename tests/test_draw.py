"""`tracker draw`: 0 the same, 1 something differs and is named, 2 what was given is no record."""

from __future__ import annotations

import json

import pytest

from tests.helpers.command import at_instance, tracker
from tests.workflows.plans.test_draw import SEED, a_record


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "抽取记录.json"
    path.write_text(a_record().text, "utf-8")
    return path


def test_a_record_on_a_file_is_replayed_anywhere(capfd, record, tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "nothing"))
    code, out, _ = tracker(capfd, "draw", "replay", str(record))
    assert code == 0
    assert "重演结果相同" in out
    code, out, _ = tracker(capfd, "draw", "replay", str(record), "--json")
    assert code == 0
    assert json.loads(out)["same"] is True
    code, out, _ = tracker(capfd, "draw", "show", str(record))
    assert code == 0
    assert SEED in out
    assert "名录　　 检查对象 30 个，检查人员 6 名" in out
    code, out, _ = tracker(capfd, "draw", "show", str(record), "--json")
    assert json.loads(out) == json.loads(record.read_text("utf-8"))


def test_what_differs_is_named_with_exit_code_1(capfd, record):
    data = json.loads(record.read_text("utf-8"))
    data["seed"] = "1 1 1 1 1 1"
    record.write_text(json.dumps(data), "utf-8")
    code, out, _ = tracker(capfd, "draw", "replay", str(record))
    assert code == 1
    assert "“种子”在抽取以后被改动" in out
    code, out, _ = tracker(capfd, "draw", "replay", str(record), "--json")
    assert code == 1
    told = json.loads(out)
    assert told["same"] is False
    assert {d["part"] for d in told["differences"]} >= {"seed", "units"}


def test_a_seal_known_from_paper_is_compared(capfd, record):
    right = json.loads(record.read_text("utf-8"))["seal"]
    assert tracker(capfd, "draw", "replay", str(record), "--seal", right.upper())[0] == 0
    assert tracker(capfd, "draw", "replay", str(record), "--seal", "0" * 64)[0] == 1


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", "nothing", "[" * 100_000, '{"form": 1}'])
def test_what_is_no_record_is_one_sentence_with_exit_code_2(capfd, tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    for command in ("replay", "show"):
        code, out, err = tracker(capfd, "draw", command, str(path))
        assert (code, out) == (2, "")
        assert len(err.strip().splitlines()) == 1
    assert tracker(capfd, "draw", "replay", str(tmp_path / "none.json"))[0] == 2


def test_a_number_is_looked_up_in_the_installation(capfd, fresh_app, tmp_path, monkeypatch):

    from tests.workflows.plans.walking import PlanOffice
    from tracker.core.db import db, transaction

    app = fresh_app()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    with app.app_context():
        with transaction() as session:
            office = PlanOffice(session, crowd=False)
            plan = office.plan("second")
            row = office.draw(plan)
            draw_id, number, kept = row.id, str(row.number), str(row.record)
        db.session.remove()
    at_instance(monkeypatch, tmp_path / "instance", url)
    assert tracker(capfd, "draw", "replay", number)[0] == 0
    assert tracker(capfd, "draw", "replay", "东统抽〔2026〕9号")[0] == 2
    with app.app_context():
        with transaction() as session:
            from tracker.workflows.plans.models import PlanDraw

            row = session.get_one(PlanDraw, draw_id)
            data = json.loads(kept)
            data["drawn_at"] = "2026-03-02T09:00:00+08:00"
            row.record = json.dumps(data, ensure_ascii=False)
        db.session.remove()
    code, out, _ = tracker(capfd, "draw", "replay", number)
    assert code == 1
    assert "“抽取时间”在抽取以后被改动" in out
