"""The demo's data: complete, kept, made again when half done, and never in somebody's database."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, literal_column, select, table, text
from sqlalchemy.engine import Connection

from tracker.config import Settings, ensure_secret, load_settings
from tracker.core.accounts.passwords import password_faults
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases import means as means_module
from tracker.core.cases.custody import custody
from tracker.core.clock import at_office, office_date
from tracker.core.db import db, engine_options
from tracker.core.errors import SetupError
from tracker.core.registers.uscc import check_uscc
from tracker.demo import cases, examples, people, run, serving
from tracker.demo.organisations import bodies

NOW = at_office(date(2026, 11, 22), 8)


def _settings(instance: Path) -> Settings:
    ensure_secret(instance)
    return load_settings(instance, mode="demo", argon2_memory_kib=8, argon2_time_cost=1)


@dataclass(frozen=True)
class Demo:
    settings: Settings
    result: dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    before = list(means_module._current)
    settings = _settings(tmp_path_factory.mktemp("demo"))
    yield Demo(settings, run.prepare(settings, now=NOW))
    means_module._current[:] = before


@pytest.fixture
def rows(demo: Demo) -> Iterator[Connection]:
    uri = demo.settings.database_uri
    engine = create_engine(uri, **engine_options(uri))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_every_role_can_log_in_in_three_places(demo: Demo, rows: Connection) -> None:
    logins = demo.result["logins"]
    for place in ("ordos", "jilin", "chongqing"):
        roles = {x["role_name"] for x in logins if x["username"].endswith(f".{place}")}
        assert roles == {role.value for role in Role}
    known = set(rows.scalars(text("SELECT username FROM users WHERE active AND is_demo")))
    assert {x["username"] for x in logins} <= known


def test_the_password_would_be_accepted_for_everybody(rows: Connection) -> None:
    for username, name in rows.execute(text("SELECT username, name FROM users")):
        assert password_faults(people.PASSWORD, [username, name]) == []


def test_telephones_are_no_telephones_and_names_are_not_repeated(rows: Connection) -> None:
    numbers = list(rows.scalars(text("SELECT phone FROM users")))
    assert all(number.startswith("000-0000-") for number in numbers)
    names = list(rows.scalars(text("SELECT name FROM users")))
    assert len(set(names)) == len(names)


def test_running_again_keeps_the_data(demo: Demo) -> None:
    before = Path(demo.settings.instance_path / "tracker.db").stat().st_mtime_ns
    again = run.prepare(demo.settings, now=NOW)
    assert again == demo.result
    assert Path(demo.settings.instance_path / "tracker.db").stat().st_mtime_ns == before


def test_all_published_cases_are_leads_with_their_own_figures(rows: Connection) -> None:
    facts = list(rows.scalars(text("SELECT facts FROM leads")))
    assert len(cases.published()) == 29
    for case in cases.published():
        assert sum(case["id"] in text_ for text_ in facts) == 1, case["id"]
    found = {
        (name, Decimal(str(reported)), Decimal(str(known)))
        for name, reported, known in rows.execute(
            text("SELECT name, reported, known FROM lead_indicators WHERE reported IS NOT NULL")
        )
    }
    for case in cases.published():
        for figure in case.get("figures", []):
            if "reported" in figure and "checked" in figure:
                numbers = (Decimal(str(figure["reported"])), Decimal(str(figure["checked"])))
                assert (figure["indicator"], *numbers) in found


def test_every_state_of_the_flow_has_a_lead(rows: Connection) -> None:
    from tracker.workflows.leads.flow import FLOW

    states = set(rows.scalars(text("SELECT state FROM cases")))
    assert states == set(FLOW.state_map)


def test_open_leads_are_late_due_soon_and_far(demo: Demo, rows: Connection) -> None:
    due = [
        date.fromisoformat(day)
        for day in rows.scalars(
            text("SELECT next_due_on FROM cases WHERE closed_at IS NULL AND next_due_on NOT NULL")
        )
    ]
    today = office_date(NOW)
    assert sum(day < today for day in due) >= 5
    assert sum(0 <= (day - today).days <= 3 for day in due) >= 5
    assert sum((day - today).days > 10 for day in due) >= 5


def test_nothing_happens_after_now(rows: Connection) -> None:
    assert rows.scalar(text("SELECT max(at) FROM moves")) < NOW.replace(tzinfo=None).isoformat(" ")


def test_custody_adds_up_for_every_lead(demo: Demo) -> None:
    from tracker.core.cases.models import Case

    with run._app(demo.settings):
        session = db.session()
        calendar = store.load(session)
        for case in session.scalars(select(Case)):
            held = custody(session, case, calendar, office_date(NOW))
            assert sum(stay.working_days for stay in held.stays) == held.total, case.title


def test_reporters_are_in_the_vault_and_nowhere_else(demo: Demo, rows: Connection) -> None:
    assert rows.scalar(text("SELECT count(*) FROM vault_records")) == 2
    for name in inspect(rows).get_table_names():
        found: Sequence[Any] = rows.execute(
            select(literal_column("*")).select_from(table(name))
        ).all()
        for row in found:
            words = " ".join(str(value) for value in row)
            for secret in (*examples.REPORTER.values(), "000-0000-9002"):
                assert secret not in words, name
    for path in demo.settings.files_path.rglob("*"):
        if path.is_file():
            assert examples.REPORTER["name"].encode() not in path.read_bytes()


def test_no_web_address_anywhere(rows: Connection) -> None:
    data = (Path(cases.__file__).parent / "data" / "cases.json").read_text("utf-8")
    facts = " ".join(rows.scalars(text("SELECT facts || found_in FROM leads")))
    for words in (data, facts):
        assert "http" not in words
        assert "www." not in words


def test_codes_hold_and_belong_to_examples_only(rows: Connection) -> None:
    leads = rows.execute(text("SELECT unit_name, uscc FROM leads WHERE uscc IS NOT NULL")).all()
    assert leads
    for unit, code in leads:
        assert "示例" in unit
        assert check_uscc(code) is None


def test_each_published_case_has_a_bureau_of_its_place_or_above() -> None:
    known = {body.key: body.region_code for body in bodies()}
    for case in cases.published():
        home = known[f"bureau:{case['lead']['bureau']}"].rstrip("0")
        assert all(place["region_code"].startswith(home) for place in case.get("places", []))


def test_document_signs_are_not_shared() -> None:
    signs = [body.prefix for body in bodies()]
    assert len(set(signs)) == len(signs)


# ---------------------------------------------------------------- what is never touched


def _database(path: Path, *demo_flags: int) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE users (is_demo INTEGER)")
        connection.executemany("INSERT INTO users VALUES (?)", [(flag,) for flag in demo_flags])
    connection.close()


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("flags", [(0, 0), (1, 1)])
def test_a_database_that_is_not_ours_is_left_alone(
    tmp_path: Path, flags: tuple[int, ...], fresh: bool
) -> None:
    settings = _settings(tmp_path)
    _database(tmp_path / "tracker.db", *flags)
    before = (tmp_path / "tracker.db").read_bytes()
    with pytest.raises(SetupError, match="不是演示"):
        run.prepare(settings, fresh=fresh)
    assert (tmp_path / "tracker.db").read_bytes() == before


def test_production_is_refused(tmp_path: Path) -> None:
    ensure_secret(tmp_path)
    with pytest.raises(SetupError, match="demo"):
        run.prepare(load_settings(tmp_path))


def test_a_half_finished_run_is_seen(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    assert run.what_is_there(settings) == "nothing"
    _database(tmp_path / "tracker.db", 1)
    (tmp_path / run.MARKER).write_text(json.dumps({"state": "started"}))
    assert run.what_is_there(settings) == "half"
    (tmp_path / run.MARKER).write_text(json.dumps({"state": "ready"}))
    assert run.what_is_there(settings) == "ready"
    (tmp_path / run.MARKER).write_text("{")
    assert run.what_is_there(settings) == "half"


# ---------------------------------------------------------------- serving


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SetupError, match=f"端口 {port} 已被占用.*--port {port + 1}"):
            serving.serve(_settings(tmp_path), port)


def test_the_welcome_names_address_password_and_people(demo: Demo) -> None:
    lines = "\n".join(serving.welcome("http://127.0.0.1:8000/", demo.result["logins"]))
    assert "http://127.0.0.1:8000/" in lines
    assert people.PASSWORD in lines
    for word in ("liaison.ordos", "approver.ordos", "supervisor.ordos", ".jilin", ".chongqing"):
        assert word in lines
