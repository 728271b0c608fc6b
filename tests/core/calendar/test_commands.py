"""`tracker calendar ...`: exit codes, sentences, and the round of import and revert."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.calendar.test_notice import NEXT
from tests.helpers.command import tracker

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """`run("calendar", "show", "2026")`: the exit code, and all that was printed."""
    for name in [name for name in os.environ if name.startswith(("TRACKER_", "FLASK_"))]:
        if not name.startswith("TRACKER_TEST"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "instance"))

    def running(*args: str) -> tuple[int, str]:
        code, out, err = tracker(capfd, *args)
        return code, out + err

    return running


@pytest.fixture
def notice(tmp_path: Path) -> str:
    path = tmp_path / "notice.txt"
    path.write_text(NEXT, encoding="gb18030")
    return str(path)


def test_a_year_is_shown_without_an_installation_and_as_known_on_a_day(run: Run) -> None:
    code, said = run("calendar", "show", "2019")
    assert (code, "随产品" in said, "已公布" in said) == (0, True, True)
    assert "2019-05-01 至 2019-05-04  节假日  劳动节  已公布" in said
    assert "2019-04-28  调休上班  劳动节" in said
    code, said = run("calendar", "show", "2019", "--known-on", "2019-03-21")
    assert "2019-05-01  节假日  劳动节  已公布" in said
    code, said = run("calendar", "show", "2027", "--json")
    found = json.loads(said)
    assert (found["announced"], found["periods"][0]["name"]) == (False, "元旦")
    assert run("calendar", "show", "2033")[0] == 1
    assert run("calendar", "show", "2026", "--known-on", "gestern")[0] == 2


def test_checking_needs_no_installation(run: Run, notice: str, tmp_path: Path) -> None:
    code, said = run("calendar", "check", notice)
    assert (code, said) == (0, "2027 年的放假安排没有问题：放假 27 天，调休上班 5 天。\n")
    code, said = run("calendar", "check", notice, "--json")
    assert json.loads(said)["days"][0] == {"on": "2026-12-27", "kind": "makeup", "name": "元旦"}
    bad = tmp_path / "bad.csv"
    bad.write_text("2027-01-01,holiday,元旦\n2027-01-99,holiday,元旦", encoding="utf-8")
    code, said = run("calendar", "check", str(bad))
    assert (code, "第2行：“2027-01-99”不是日期" in said) == (1, True)
    code, said = run("calendar", "check", str(bad), "--json")
    assert (code, len(json.loads(said)["faults"])) == (1, 1)
    (tmp_path / "x.bin").write_bytes(b"\xff\xfe\xff\x00\x81")
    assert "文件不是文本" in run("calendar", "check", str(tmp_path / "x.bin"))[1]
    code, said = run("calendar", "check", str(tmp_path / "none.txt"))
    assert (code, "请检查路径" in said) == (2, True)


def test_import_previews_applies_and_is_taken_back(run: Run, notice: str) -> None:
    asked = ("calendar", "import", notice, "--source", "国办发明电〔2025〕9号")
    code, said = run(*asked, "--known-on", "2025-11-30")
    assert (code, "tracker init" in said) == (2, True)
    run("init")
    code, said = run(*asked, "--known-on", "2025-11-30")
    assert (code, "没有期限会改变" in said, "还没有写入" in said) == (0, True, True)
    assert "还没有公布" in run("calendar", "show", "2027")[1]
    code, said = run(*asked, "--known-on", "2025-11-30", "--apply", "--json")
    done = json.loads(said)
    assert (code, done["moves"], done["days_changed"] > 300) == (0, [], True)
    shown = run("calendar", "show", "2027")[1]
    assert "本系统登记" in shown
    assert "2027-02-05 至 2027-02-11  节假日  春节  已公布" in shown
    code, said = run("calendar", "revert", str(done["edition"]), "--preview")
    assert (code, "还没有写入" in said) == (0, True)
    code, said = run("calendar", "revert", str(done["edition"]))
    assert (code, "已写入" in said) == (0, True)
    assert "还没有公布" in run("calendar", "show", "2027")[1]
    code, said = run("calendar", "revert", str(done["edition"]))
    assert (code, "已经撤回了" in said) == (1, True)
    assert run("calendar", "revert", "999") == (
        1,
        "没有这一版。请用网页“放假安排”查看有哪些版。\n",
    )
    assert "不能撤回" in run("calendar", "revert", "1")[1]


def test_what_is_missing_is_named_and_nothing_written(run: Run, notice: str) -> None:
    run("init")
    code, said = run("calendar", "import", notice, "--source", " ", "--known-on", "2025-11-30")
    assert (code, "要写明来源" in said) == (1, True)
    code, said = run("calendar", "import", notice, "--source", "x", "--known-on", "2999-01-01")
    assert (code, "公布日期不能晚于今天" in said) == (1, True)
    assert run("calendar", "import", notice)[0] == 2
