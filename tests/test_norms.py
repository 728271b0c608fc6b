"""`tracker norms`: required, present and short at each place, with the rule and its source."""

from __future__ import annotations

import json

import pytest

from tests.core.norms.people import TOWN, post, units
from tests.helpers.command import at_instance, tracker
from tracker.core.db import db, transaction
from tracker.core.norms.loader import use_folder

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def _nothing():
    yield
    use_folder(None)


@pytest.fixture
def run(fresh_app, tmp_path, monkeypatch, capfd, _nothing):
    """`run("150602")` on a register in which 罕台镇 has one of the two it needs."""
    app = fresh_app()
    with app.app_context():
        with transaction() as session:
            post(session, TOWN, "2025-01-06")
            units(session, TOWN, 1500, "2026-01-31")
        db.session.remove()
    at_instance(monkeypatch, tmp_path / "instance", app.config["SQLALCHEMY_DATABASE_URI"])
    return lambda *args: tracker(capfd, "norms", *args)


def test_what_the_command_answers(run, tmp_path):
    code, out, err = run("150602101", "--on", "2026-03-02", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["region"] == {"code": TOWN, "name": "内蒙古自治区鄂尔多斯市东胜区罕台镇"}
    town = found["places"][0]
    assert (town["required"], town["present"], town["short"]) == (2, 1, 1)
    assert (town["since"], town["unit_count"], town["synthetic"]) == ("2026-01-31", 1500, True)
    assert town["rule"]["id"] == "ordos-township-1500"
    assert town["rule"]["source"] == "鄂尔多斯市人民政府办公室文件（2022年7月1日）二（二）"
    assert [(r["least"], r["have"], r["short"]) for r in town["requirements"]] == [
        (1, 1, 0), (2, 1, 1),
    ]  # fmt: skip
    assert "统计人员 1 人" in town["cures"][0]
    # Its villages and communities follow, each short of its one.
    assert {p["kind"] for p in found["places"][1:]} <= {"village", "community"}
    assert found["short"] == found["short_places"] == len(found["places"])
    # The day before, one was enough.
    assert (
        json.loads(run("150602101", "--on", "2026-01-30", "--json")[1])["places"][0]["short"] == 0
    )

    out = run("150602101", "--on", "2026-03-02")[1]
    assert "名录库 1500 户（2026-01-31，虚构的数）" in out
    assert "应配 2，实有 1，缺 1，自 2026-01-31" in out
    assert "ordos-township-full-time：" in out
    assert "应 1，有 1，缺 0" in out
    assert "已核对原文" in out
    short = run("150602101", "--on", "2026-01-30", "--short")[1]
    assert f"{TOWN}  " not in short
    assert "150602101208  " in short
    assert "没有见到配备标准" in run("310101")[1]

    for args, words in (
        ((), "请写地区代码"),
        (("15x",), "不是 12 位数字"),
        (("159999",), "没有代码是“159999”的地区"),
        (("150602", "--on", "2026-02-30"), "读不懂"),
        (("150602", "--colour"), "没有选项 --colour"),
        (("150602", "150603"), "多写了 150603"),
    ):
        code, out, err = run(*args)
        assert (code, out) == (2, ""), args
        assert words in err, (args, err)
        assert len(err.strip().splitlines()) == 1

    folder = tmp_path / "instance" / "norms"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(
        'jurisdiction = "150602"\nname = "示例区"\n[[norm]]\nid = "own"\ntitle = "镇配 3 人"\n'
        'places = ["township"]\nleast = 3\nvalid_from = 2026-03-01\nverified = "V"\n'
        'source = { instrument = "示例区统计工作办法" }\n',
        encoding="utf-8",
    )
    found = json.loads(run("150602101", "--on", "2026-03-02", "--json")[1])
    assert (found["places"][0]["required"], found["places"][0]["rule"]["id"]) == (3, "own")
