"""`tracker due`: every kind of term, what it prints and what it refuses; no installation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, text

from tests.helpers.command import at_instance, tracker
from tracker.commands.database import stored_calendar
from tracker.core.calendar import store
from tracker.core.calendar.days import Day, DayKind, DayStatus
from tracker.core.db import db, engine_options, transaction
from tracker.core.errors import Unavailable


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """`run("2026-05-01", "--term", "5wd")`: the exit code, what was printed, what was refused."""
    at_instance(monkeypatch, tmp_path / "nothing here")

    return lambda *args: tracker(capfd, "due", *args)


@pytest.fixture
def ask(run):
    def asking(*args):
        code, out, err = run(*args, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return asking


@pytest.mark.parametrize(
    ("start", "term", "more", "unrounded", "due"),
    [
        ("2026-04-28", "7wd", (), "2026-05-11", "2026-05-11"),
        ("2026-04-28", "7wd", ("--suspend", "2026-05-06..2026-05-08"), "2026-05-13", "2026-05-13"),
        # Overlapping and touching suspensions are one; what lies before the start is nothing.
        ("2026-04-28", "7wd", ("--suspend", "2026-05-06..2026-05-07", "--suspend",
         "2026-05-07..2026-05-08", "--suspend", "2026-05-06..2026-05-08", "--suspend",
         "2026-03-01..2026-04-01"), "2026-05-13", "2026-05-13"),
        ("2026-01-31", "1m", (), "2026-02-28", "2026-02-28"),  # a Saturday worked for the holiday
        ("2024-02-29", "1y", (), "2025-02-28", "2025-02-28"),
        ("2026-01-01", "15cd", ("--no-roll",), "2026-01-16", "2026-01-16"),
        ("2026-01-15", "1m", (), "2026-02-15", "2026-02-24"),  # into the Spring Festival
        ("2026-01-15", "1m", ("--no-roll",), "2026-02-15", "2026-02-15"),
        # An extension runs on from the unrounded end.
        ("2026-01-15", "1m", ("--extend", "1m"), "2026-03-15", "2026-03-16"),
        ("2026-01-15", "1m", ("--extend", "5wd"), "2026-02-28", "2026-02-28"),
        # A due day inside a suspension moves on to the next working day after it.
        ("2026-01-15", "1m", ("--suspend", "2026-02-24..2026-03-02"), "2026-02-15", "2026-03-02"),
        ("2026-05-01", "1cd", (), "2026-05-02", "2026-05-06"),
    ],
)  # fmt: skip
def test_days_months_and_years(ask, start, term, more, unrounded, due):
    found = ask(start, "--term", term, *more)
    assert (found["unrounded"], found["due"]) == (unrounded, due)
    last = found["days"][-1]
    assert (last["date"], last["reason"]) == (due, "due")
    assert found["provisional"] is False


@pytest.mark.parametrize("start", ["2026-05-01T10:00", "2026-05-01 10:00"])
def test_hours_run_through_nights_and_rest_days(ask, start):
    found = ask(start, "--term", "24h")
    assert (found["start"], found["due"]) == ("2026-05-01T10:00", "2026-05-02T10:00")
    assert found["roll"] is False
    assert ask(start, "--term", "24h", "--extend", "3h")["due"] == "2026-05-02T13:00"
    held = ask(start, "--term", "24h", "--suspend", "2026-04-30..2026-05-02")
    assert held["due"] == "2026-05-03T00:00"  # fourteen hours of the first day stood still


def test_each_day_says_whether_it_counted_and_why(ask):
    found = ask("2026-04-28", "--term", "7wd", "--suspend", "2026-05-06..2026-05-08")
    assert {k: found[k] for k in ("term", "roll", "calendar_known_on")} == {
        "term": "7wd", "roll": False, "calendar_known_on": "2025-11-04",
    }  # fmt: skip
    by_day = {d["date"]: (d["counted"], d["reason"], d["name"]) for d in found["days"]}
    assert by_day["2026-04-28"] == (False, "start", "")
    assert by_day["2026-04-29"] == (True, "workday", "")
    assert by_day["2026-05-01"] == (False, "holiday", "劳动节")
    assert by_day["2026-05-07"][:2] == (False, "suspended")
    assert by_day["2026-05-09"] == (True, "makeup", "劳动节")
    assert by_day["2026-05-10"][:2] == (False, "weekend")
    assert by_day["2026-05-13"][:2] == (True, "due")
    assert sum(d["counted"] for d in found["days"]) == 7
    rolled = ask("2026-01-15", "--term", "1m")["days"]
    assert (rolled[-1]["counted"], rolled[-1]["kind"], rolled[-1]["day"]) == (
        False, "rolled", "workday",
    )  # fmt: skip
    assert {d["reason"] for d in rolled[1:32]} == {"calendar"}
    assert {d["reason"] for d in rolled[32:-1]} == {"rolled"}


def test_an_extension_in_another_unit_counts_its_own_days(ask):
    found = ask("2026-01-15", "--term", "1m", "--extend", "5wd")
    counted = [d["date"] for d in found["days"] if d["counted"]]
    assert counted[30:] == [f"2026-02-{n}" for n in (15, 24, 25, 26, 27, 28)]


def test_only_days_that_decide_make_a_date_provisional(ask):
    assert ask("2026-12-25", "--term", "10wd")["provisional"] is True
    # Calendar days count whatever they are; only where it ends may it be moved.
    assert ask("2026-12-25", "--term", "30cd", "--no-roll")["provisional"] is False
    assert ask("2026-12-25", "--term", "30cd")["provisional"] is True


def test_what_was_known_earlier(ask):
    before = ask("2025-12-30", "--term", "3wd", "--known-on", "2025-06-01")
    after = ask("2025-12-30", "--term", "3wd")
    assert (before["calendar_known_on"], before["provisional"]) == ("2025-06-01", True)
    assert after["provisional"] is False


def test_people_read_a_list(run):
    code, out, _ = run("2026-04-28", "--term", "7wd", "--suspend", "2026-05-06..2026-05-08")
    assert code == 0
    assert "到期：2026年5月13日 周三\n" in out
    assert "2026年4月28日 周二 + 7 个工作日 + 停表 2 个工作日 = 2026年5月13日 周三" in out
    assert "2026-05-09 周六    4  劳动节调休上班，计入" in out
    assert "届满，顺延至 2026年2月24日 周二" in run("2026-01-15", "--term", "1m")[1]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("2026-05-01",), "请写明起算日和长度"),
        ((), "请写明起算日和长度"),
        (("2026-05-01", "--term", "5x"), "无法识别"),
        (("2026-05-01", "--term", "0wd"), "正整数"),
        (("2026-05-01", "--term", "5wd", "--extend", "many"), "无法识别"),
        (("2026-05-01", "--term", "5wd", "--suspend", "2026-05-08..2026-05-06"), "请调换"),
        (("2026-05-01", "--term", "5wd", "--suspend", "2026-05-08"), "读不懂"),
        (("2026-02-30", "--term", "5wd"), "读不懂"),
        (("tomorrow", "--term", "5wd"), "读不懂"),
        (("2026-05-01T10:00+08:00", "--term", "5h"), "读不懂"),
        (("2026-05-01", "--term", "24h"), "起算时刻"),
        (("2026-05-01T10:00", "--term", "24h", "--extend", "1wd"), "只能按小时延长"),
        (("2026-05-01", "--term", "5wd", "--extend", "1h"), "只能按小时延长"),
        (("2026-05-01T10:00", "--term", "24h", "--roll"), "不因休息日顺延"),
        (("1999-05-01", "--term", "5wd"), "工作日历"),
        (("2031-05-01", "--term", "9y"), "工作日历"),
        (("2031-05-01", "--term", "9999wd"), "工作日历"),
        (("2031-05-01", "--term", "99999y", "--extend", "99999y"), "工作日历"),
        (("2026-05-01", "--term", "5wd", "--known-on", "soon"), "读不懂"),
        (("2026-05-01", "--term", "5wd", "--known-on", ""), "日期“”读不懂"),
        (("2026-W18-5", "--term", "5wd"), "读不懂"),
        (("2026-5-1-1", "--term", "5wd"), "读不懂"),
        (("2026-05-01T25:00", "--term", "5h"), "读不懂"),
        (("2026-05-01", "--term", "٥wd"), "无法识别"),
        (("2026-05-01", "--term", "5wd", "--suspend", "2026-05-06...2026-05-08"), "只写两个点"),
        (("2026-05-01", "--term", "5wd", "--suspend", "2026-05-06..soon"), "“soon”读不懂"),
        (("2026-05-01", "--term"), "选项 --term"),
        (("2026-05-01", "--trem", "5wd"), "没有选项 --trem，是不是 --term？"),
        (("2026-05-01", "2026-05-02", "--term", "5wd"), "多写了 2026-05-02"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(run, args, why):
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert why in err
    assert len(err.splitlines()) == 1


# ---------------------------------------------------------------- what is written in other ways


@pytest.mark.parametrize(
    "start",
    ["2026-5-1", "2026/05/01", "2026/5/1", "2026年5月1日", "20260501", "２０２６－０５－０１",
     "２０２６年５月１日", " 2026-05-01 "],
)  # fmt: skip
def test_dates_as_people_write_them(ask, start):
    found = ask(start, "--term", "５ｗｄ", "--known-on", start.replace("6", "7", 1))
    assert (found["start"], found["due"], found["term"]) == ("2026-05-01", "2026-05-11", "5wd")
    held = ask("2026-04-28", "--term", "7wd", "--suspend", "2026年5月6日至2026/5/8")
    assert held["due"] == "2026-05-13"


def test_a_time_of_day_that_does_not_count_is_said(run):
    code, out, err = run("2026-05-01T10:00", "--term", "5wd", "--json")
    assert (code, json.loads(out)["start"]) == (0, "2026-05-01")
    assert err == "注意：5 个工作日的期限按日计算，写的时刻不计。\n"
    held = "2026-05-06T09:00..2026-05-08T10:00"
    code, out, err = run("2026-04-28", "--term", "7wd", "--suspend", held)
    assert "时刻不计" in err
    assert "到期：2026年5月13日" in out


# ---------------------------------------------------------------- the sum


@pytest.mark.parametrize(
    ("args", "said"),
    [
        # Days of grace after the end has come move nothing that the sum could show.
        (("2026-11-18", "--term", "3cd", "--suspend", "2026-11-23..2026-11-26"),
         "11月18日 周三 + 3 天 = 2026年11月21日 周六 届满，顺延至 2026年11月26日 周四"),
        # A weekend in working days is no stop; the same days in calendar days are.
        (("2026-05-25", "--term", "3cd", "--extend", "5wd", "--suspend", "2026-05-30..2026-06-01"),
         "5月25日 周一 + 3 天 + 延长 5 个工作日 = 2026年6月4日 周四"),
        (("2026-05-06", "--term", "2wd", "--extend", "5cd", "--suspend", "2026-05-09..2026-05-11"),
         "5月6日 周三 + 2 个工作日 + 延长 5 天 + 停表 2 天 = 2026年5月15日 周五"),
        (("2026-01-15", "--term", "1m", "--extend", "1m", "--suspend", "2026-02-01..2026-02-04"),
         "1月15日 周四 + 1 个月 + 停表 3 天 + 延长 1 个月 = 2026年3月18日 周三"),
    ],
)  # fmt: skip
def test_the_sum_adds_up(run, args, said):
    assert f"算式：2026年{said}\n" in run(*args)[1]


def test_hours_stand_still_by_moments_and_keep_their_seconds(run, ask):
    hour = ("--suspend", "2026-05-01T11:00..2026-05-01T12:00")
    assert ask("2026-05-01T10:00", "--term", "24h", *hour)["due"] == "2026-05-02T11:00"
    out = run("2026-05-01T10:00:30", "--term", "24h", *hour)[1]
    assert "到期：2026年5月2日 周六 11:00:30\n" in out
    assert "周五 10:00:30 + 24 小时 + 停表 1 小时 = 2026年5月2日" in out
    odd = run("2026-05-01T10:00", "--term", "1h", "--suspend", "2026-05-01T10:30..2026-05-01T10:50")
    assert "+ 1 小时 + 停表 20 分钟 = 2026年5月1日 周五 11:20" in odd[1]
    # A day alone is a whole day, from midnight to midnight.
    whole = ask("2026-05-01T10:00", "--term", "24h", "--suspend", "2026-05-02..2026-05-03")
    assert whole["due"] == "2026-05-03T10:00"
    both = ("--suspend", "2026-05-01T11:30..2026-05-01T12:30")
    assert ask("2026-05-01T10:00", "--term", "24h", *hour, *both)["due"] == "2026-05-02T11:30"


# ---------------------------------------------------------------- whose calendar


def test_the_newest_edition_that_was_used_is_named(run, ask):
    out = run("2025-12-30", "--term", "3wd", "--known-on", "2025-06-01")[1]
    assert (
        "日历：随产品的放假安排，2025-06-01 所知的最新一版是 2024-11-12 的国务院办公厅2025年" in out
    )
    assert "最新一版是 2025-11-04 的国务院办公厅2026年" in run("2026-05-01", "--term", "5wd")[1]
    assert ask("2026-05-01", "--term", "5wd", "--known-on", "2025-06-01")["calendar"] == {
        "known_on": "2024-11-12",
        "source": "国务院办公厅2025年节假日安排通知（公布于2024年11月，日期未核实）",
    }


@pytest.fixture
def installed(fresh_app, run, monkeypatch):
    """An installation with its own calendar: its address, its session."""
    app = fresh_app()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    monkeypatch.setenv("TRACKER_DATABASE_URI", url)
    with app.app_context():
        yield url, db.session
        db.session.remove()


def test_the_stored_calendar_is_what_the_store_loads(installed, ask, run):
    _, session = installed
    with transaction() as writing:
        away = [Day(date(2026, 5, 7), DayKind.HOLIDAY, "校庆", DayStatus.MANUAL)]
        moment = datetime(2026, 4, 2, tzinfo=UTC)
        for on, source in ((date(2026, 4, 1), "本局通知"), (date(2026, 4, 2), "本局第二次通知")):
            store.publish(writing, away, known_on=on, source=source, now=moment)
        newest = max(row.id for row in store.edition_rows(writing))
        store.take_back(writing, newest, known_on=date(2026, 4, 3), now=moment)
    for known_on in (None, date(2019, 3, 25), date(2026, 4, 1), date(2026, 4, 2)):
        expected = store.load(session(), known_on)
        found = stored_calendar(known_on)
        assert found is not None
        days = [expected.day(date(year, 5, n)) for year in (2019, 2026, 2030) for n in range(1, 12)]
        assert [found.calendar.day(d.on) for d in days] == days
        assert found.calendar.edition == expected.edition
    code, out, err = run("2026-05-01", "--term", "5wd")
    assert (code, err) == (0, "")
    assert "日历：本系统登记的放假安排，最新一版是 2026-04-01 的本局通知\n" in out
    assert "校庆放假" in out


def test_a_calendar_that_is_not_there_is_said_and_the_shipped_one_answers(installed, run):
    url, _ = installed
    with transaction() as writing:
        writing.execute(text("DELETE FROM calendar_days"))
        writing.execute(text("DELETE FROM calendar_editions"))
    code, out, err = run("2026-05-01", "--term", "5wd")
    assert (code, "随产品的放假安排" in out) == (0, True)
    assert err.startswith("注意：读不到本系统登记的放假安排，改用随产品的。数据库里没有工作日历")
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE calendar_days"))
    engine.dispose()
    code, out, err = run("2026-05-01", "--term", "5wd", "--json")
    assert json.loads(out)["due"] == "2026-05-11"
    assert "数据库现在不能用" in err
    assert len(err.splitlines()) == 1


def test_an_installation_that_is_broken_is_said(run, tmp_path, monkeypatch):
    instance = tmp_path / "nothing here"
    instance.mkdir()
    assert run("2026-05-01", "--term", "5wd")[2] == ""  # no installation, nothing to say
    (instance / "secret").write_text("x")
    assert "没有数据库" in run("2026-05-01", "--term", "5wd")[2]
    (instance / "tracker.db").write_text("this is no database, whatever its name may be" * 50)
    assert "数据库现在不能用" in run("2026-05-01", "--term", "5wd")[2]
    (instance / "config.toml").write_text("mode = [")
    code, out, err = run("2026-05-01", "--term", "5wd")
    assert (code, "2026年5月11日" in out) == (0, True)
    assert "config.toml读不懂" in err
    (instance / "config.toml").unlink()
    monkeypatch.setenv("TRACKER_DATABASE_URI", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "数据库现在不能用" in run("2026-05-01", "--term", "5wd")[2]
    monkeypatch.setenv("TRACKER_DATABASE_URI", "mysql://nobody@127.0.0.1/none")
    with pytest.raises(Unavailable):
        stored_calendar(None)


# ---------------------------------------------------------------- as a process


_NO_ROOM = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "


def _process(tmp_path, args, before="", **more):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TRACKER_")}
    clean["TRACKER_INSTANCE"] = str(tmp_path / "nothing here")
    script = f"{before}from tracker.cli import main; main({list(args)!r})"
    words = [sys.executable, "-c", script]
    return subprocess.run(words, env=clean, stderr=subprocess.PIPE, text=True, check=False, **more)


def test_a_full_disk_and_a_reader_who_has_gone_are_no_traceback(tmp_path):
    question = ("due", "2026-05-01", "--term", "300wd")
    with (tmp_path / "full").open("w") as full:  # a file that may not grow: a full disk
        found = _process(tmp_path, question, stdout=full, before=_NO_ROOM)
    assert (found.returncode, "Traceback" in found.stderr) == (1, False)
    assert found.stderr.startswith("写不出结果（")
    ours, theirs = os.pipe()
    os.close(ours)
    found = _process(tmp_path, question, stdout=theirs)
    os.close(theirs)
    assert (found.returncode, found.stderr) == (1, "")
    script = f"import os; os.close(1); from tracker.cli import main; main({list(question)!r})"
    closed = subprocess.run(
        [sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, check=False
    )
    assert "Traceback" not in closed.stderr


def test_no_framework_is_loaded_for_a_date(tmp_path):
    script = (
        "import sys\nfrom tracker.cli import main\n"
        "try:\n    main(['due', '2026-05-01', '--term', '5wd'])\n"
        "finally:\n    print([m for m in ('flask', 'sqlalchemy', 'werkzeug', 'jinja2', "
        "'tracker.core.rulebook.loader') if m in sys.modules], file=sys.stderr)"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TRACKER_")}
    clean["TRACKER_INSTANCE"] = str(tmp_path)
    found = subprocess.run(
        [sys.executable, "-c", script], env=clean, capture_output=True, text=True, check=False
    )
    assert found.stderr == "[]\n"
    assert "2026年5月11日" in found.stdout
