"""`tracker search rebuild`: whatever was lost of the index is there again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from tests.helpers.command import at_instance, tracker
from tests.security.world import World, vault_key
from tracker.core.cases.finding import newest
from tracker.core.cases.models import Case
from tracker.core.db import db, transaction

pytestmark = pytest.mark.at_time("2026-03-04 10:00")


def test_a_lost_index_is_made_anew(fresh_app, tmp_path, monkeypatch, capfd):
    app = fresh_app()
    with app.app_context():
        vault_key()
        with transaction() as session:
            world = World(session)
            lead_id = world.lead_about("丁原粮油公司", "verifying").id
            cases = session.scalar(select(func.count()).select_from(Case))
        actor = world.actor("supervisor@bureau")
        assert newest(db.session(), actor, "丁原粮油") == [lead_id]
        with transaction() as session:
            session.execute(text("DELETE FROM cases_fts"))
        assert newest(db.session(), actor, "丁原粮油") == []
        db.session.remove()
    at_instance(monkeypatch, tmp_path / "instance", app.config["SQLALCHEMY_DATABASE_URI"])
    code, out, err = tracker(capfd, "search", "rebuild")
    assert (code, err) == (0, "")
    assert f"已重建索引：事项 {cases} 件" in out
    with app.app_context():
        assert newest(db.session(), actor, "丁原粮油") == [lead_id]


def test_without_an_installation_it_says_what_to_do(tmp_path, monkeypatch, capfd):
    at_instance(monkeypatch, tmp_path / "nothing here", f"sqlite:///{tmp_path / 'none.db'}")
    code, _, err = tracker(capfd, "search", "rebuild")
    assert code == 1
    assert "请先运行 tracker init" in err
