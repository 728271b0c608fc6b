"""`tracker report`: made as whoever leads an organisation, shown or written to files."""

from __future__ import annotations

import docx
import pytest
from sqlalchemy import select

from tests.helpers.command import at_instance, tracker
from tests.security.world import World, vault_key
from tracker.core.audit.models import AuditRow
from tracker.core.db import db, transaction

pytestmark = [pytest.mark.at_time("2026-03-04 10:00"), pytest.mark.once]


@pytest.fixture
def run(fresh_app, tmp_path, monkeypatch, capfd):
    """`run("ledger", ...)` on a small country with one lead, and its product."""
    app = fresh_app()
    with app.app_context():
        vault_key()
        with transaction() as session:
            World(session).lead_about("丁原粮油公司", "verifying")
        db.session.remove()
    at_instance(monkeypatch, tmp_path / "instance", app.config["SQLALCHEMY_DATABASE_URI"])

    return lambda *args: tracker(capfd, "report", *args), app


def test_the_command(run, tmp_path):
    run, app = run
    code, out, _ = run()
    assert (code, len(out.splitlines())) == (0, 6)
    assert out.startswith("government\t")
    here = ("--org", "东胜区统计局")
    code, out, err = run("ledger", *here)
    assert (code, err) == (0, "")
    assert out.startswith("鄂尔多斯市东胜区 2026 年第 1 季度统计违法线索移送台账\n东胜区统计局")
    assert "东胜区发展和改革委员会\t1\t1\t0\t1" in out
    # A department's own ledger, and no other report.
    code, out, _ = run("ledger", "--org", "东胜区发展和改革委员会")
    assert (code, "转核查" in out, "丁原粮油公司" in out) == (0, False, True)
    assert run("overdue", "--org", "东胜区发展和改革委员会")[0] == 2
    for asked, said in (
        (("nix",), "没有报表“nix”，有：government"),
        (("ledger",), "请写 --org"),
        (("ledger", "--org", "没有的局"), "没有单位“没有的局”"),
        (("ledger", "--user", "nobody"), "没有用户“nobody”"),
        (("ledger", *here, "--period", "2031"), "没有时期“2031”，有：2026Q1、2025Q4"),
        (("ledger", *here, "--of", "9999"), "没有范围“9999”"),
        (("ledger", *here, "--out", "x.pdf"), ".docx、.xlsx、.txt"),
        (("ledger", *here, "--nonsense"), "没有选项 --nonsense"),
    ):
        code, out, err = run(*asked)
        assert (code, out) == (2, ""), asked
        assert said in err
    path = tmp_path / "台账.docx"
    assert run("ledger", *here, "--period", "2025Q4", "--out", str(path))[:2] == (0, f"{path}\n")
    title = docx.Document(str(path)).paragraphs[0].text
    assert title == "鄂尔多斯市东胜区 2025 年第 4 季度统计违法线索移送台账"
    sheet = tmp_path / "t.xlsx"
    assert run("ledger", *here, "--out", str(sheet))[0] == 0
    assert sheet.read_bytes()[:2] == b"PK"
    code, _, err = run("ledger", *here, "--out", str(tmp_path / "none" / "t.txt"))
    assert (code, "写不了" in err) == (1, True)
    with app.app_context():
        tags = db.session.scalars(
            select(AuditRow.origin).where(AuditRow.tag == "report.export")
        ).all()
        db.session.remove()
    assert tags == ["command", "command"]
