"""The demo's data: complete, kept, made again when half done, and never in somebody's database."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, literal_column, select, table, text
from sqlalchemy.engine import Connection

from tests.helpers.demo import NOW, DemoOffice, demo_settings, put_back
from tracker.app import register_flows
from tracker.config import ensure_secret, load_settings
from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.models import User
from tracker.core.accounts.passwords import password_faults
from tracker.core.accounts.roles import Role
from tracker.core.audit.verify import findings
from tracker.core.calendar import store
from tracker.core.cases import health
from tracker.core.cases.custody import custody
from tracker.core.cases.flow import flows
from tracker.core.cases.worklist import waiting_for_me
from tracker.core.clock import office_date
from tracker.core.db import db, engine_options
from tracker.core.errors import SetupError
from tracker.core.registers.uscc import check_uscc
from tracker.core.staff.numbers import check
from tracker.demo import cases, examples, people, run, serving, staff
from tracker.demo.organisations import bodies
from tracker.workflows.plans.models import PlanDraw
from tracker.workflows.plans.replay import replay


@pytest.fixture
def demo(demo_office: DemoOffice) -> Iterator[DemoOffice]:
    with put_back():
        yield demo_office


@pytest.fixture
def rows(demo: DemoOffice) -> Iterator[Connection]:
    uri = demo.settings.database_uri
    engine = create_engine(uri, **engine_options(uri))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_every_role_can_log_in_in_three_places(demo: DemoOffice, rows: Connection) -> None:
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
    numbers = list(rows.scalars(text("SELECT phone FROM users WHERE is_demo")))
    assert all(number.startswith("000-0000-") for number in numbers)
    names = list(rows.scalars(text("SELECT name FROM users")))
    assert len(set(names)) == len(names)


def test_running_again_keeps_the_data(demo: DemoOffice) -> None:
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


# States without a case, and why.
_ENDS = "an end: nothing waits there"
_NOT_SHOWN = {
    ("plan", "closing"): "the year is not over: drawn tasks are open",
    ("plan", "closed"): _ENDS,
    ("plan", "dropped"): _ENDS,
    ("sanction", "dropped"): _ENDS,
    ("crime", "not_opened"): _ENDS,
    ("crime", "not_approved"): _ENDS,
    ("recognition", "not_recognised"): _ENDS,
    ("recognition", "removed"): _ENDS,
    ("crime", "closed"): _ENDS,
    ("sanction", "correcting"): "a few days: results that were sent back",
    ("recognition", "lengthening"): "a few days, in the middle of the display",
    ("recognition", "removing"): "three days, after a repair that was granted",
    ("penalty", "court_trial"): "seven days at the court, which the case before it shows",
    ("penalty", "court_refused"): "fifteen days, before the objection, which is shown",
    ("crime", "cosigning"): "one click behind the report, which is shown",
    ("crime", "handing"): "a day: handed over and signed on the day of the approval",
    ("crime", "receipt"): "a day: handed over and signed on the day of the approval",
    ("crime", "forwarding"): "a day, and rare: another police office",
    ("crime", "declined"): "three days: the one that was declined is under review",
    ("crime", "upheld"): "three days, after a review that failed",
    ("crime", "prosecutor"): "rare: after a review that failed",
    ("crime", "closing"): "a click of the supervisor after the hand-over",
    ("recognition", "repair_checked"): "a click of the head after the check",
    ("recognition", "closing"): "a click of the supervisor after the removal",
    ("filing", "withdrawn"): _ENDS,
}


def test_every_state_of_every_flow_has_a_case_or_a_reason(rows: Connection) -> None:
    register_flows()
    there = {tuple(row) for row in rows.execute(text("SELECT DISTINCT kind, state FROM cases"))}
    every = {(flow.kind, state.name) for flow in flows.all() for state in flow.states}
    assert every - there == set(_NOT_SHOWN)


# Kind, state, and the days on which something of it was published, typed from the case files.
_PUBLISHED = {
    "suzhou-ah-2023-false-data": ("penalty", "archived", "2023-07-03"),
    "sanya-2021-refuse-investment": ("penalty", "archived", ""),
    "taishan-2021-late": ("penalty", "noticed", ""),
    "suqian-2021-chenyang": ("penalty", "archived", "2021-08-03"),
    "suqian-2021-yugu": ("penalty", "court", "2021-08-03"),
    "hebei-2020-contract-revenue": ("penalty", "declined", ""),
    "cq-2022-hechuan": ("penalty", "archived", "2022-07-15"),
    "nbs-2022-bozhou": ("sanction", "closed", "2022-06-24"),
    "nbs-2022-yunxiao-dongshan": ("sanction", "legal", ""),
    "nbs-2019-haidong-xining": ("sanction", "overdue", "2019-03-29"),
    "nbs-2018-lingwu": ("sanction", "closed", "2019-05-21"),
    "nbs-2018-97-dishonest": ("recognition", "publishing", "2018-10-22"),
}


def _published_rows(rows: Connection, kind: str, table_: str) -> dict[str, tuple[int, str]]:
    found = rows.execute(
        text(f"SELECT c.id, c.state, t.facts FROM cases c JOIN {table_} t ON t.id = c.id")  # noqa: S608
    ).all()
    return {
        case_id: (number, state)
        for case_id, (which, _, _) in _PUBLISHED.items()
        for number, state, facts in found
        if which == kind and case_id in facts
    }


def test_a_dozen_published_cases_stand_where_their_papers_left_them(rows: Connection) -> None:
    tables = {"penalty": "penalties", "sanction": "sanctions", "recognition": "recognitions"}
    seen: dict[str, tuple[int, str]] = {}
    for kind, table_ in tables.items():
        seen |= _published_rows(rows, kind, table_)
    assert {k: state for k, (_, state) in seen.items()} == {
        k: state for k, (_, state, _) in _PUBLISHED.items()
    }
    for case_id, (_, _, day) in _PUBLISHED.items():
        if not day:
            continue
        days = rows.scalars(text(f"SELECT date(at) FROM moves WHERE case_id = {seen[case_id][0]}"))  # noqa: S608
        assert day in set(days), case_id
    persons = text(
        "SELECT p.rank, count(*), count(r.id) FROM sanction_persons p LEFT JOIN sanction_results r"
        " ON r.person_id = p.id WHERE p.sanction_id = :id GROUP BY p.rank"
    )
    told = {
        k: {tuple(row) for row in rows.execute(persons, {"id": seen[k][0]})}
        for k in ("nbs-2018-lingwu", "nbs-2022-yunxiao-dongshan", "nbs-2022-bozhou")
    }
    assert told == {
        "nbs-2018-lingwu": {("prefecture", 4, 4), ("county", 8, 8), ("other", 30, 30)},
        "nbs-2022-yunxiao-dongshan": {
            ("prefecture", 5, 0), ("county", 10, 0), ("township", 28, 0)
        },
        "nbs-2022-bozhou": {("prefecture", 1, 1), ("county", 5, 5), ("township", 10, 10)},
    }  # fmt: skip


def test_the_trail_and_the_dates_of_the_demo_hold(demo: DemoOffice, rows: Connection) -> None:
    assert list(findings(rows)) == []
    with run._app(demo.settings):
        session = db.session()
        assert list(health.deadline_faults(session)) == []
        assert list(health.rule_faults(session)) == []
        drawn = session.scalars(select(PlanDraw).where(PlanDraw.record.is_not(None))).all()
        assert len(drawn) == 3
        for row in drawn:
            assert replay(json.loads(row.record or ""), seal=row.seal).same


# Administrators, whoever may not check, and senders whose leads are with the bureau.
_NOTHING_WAITS = {
    "sysadmin", "security", "audit", "inspector3", "approver2", "clerk3",
}  # fmt: skip


def test_everybody_who_handles_cases_has_something_waiting(demo: DemoOffice) -> None:
    idle = set()
    with run._app(demo.settings):
        session = db.session()
        ids = {row.username: row.id for row in session.execute(select(User.username, User.id))}
        for login in demo.result["logins"]:
            actor = load_actor(session, ids[login["username"]], office_date(NOW))
            if not waiting_for_me(session, actor, 1):
                idle.add(login["username"])
    for username in sorted(idle):
        account, _, place = username.partition(".")
        assert account in _NOTHING_WAITS or place != "ordos", username


def test_what_is_invented_says_so(rows: Connection) -> None:
    for table_ in ("penalties", "inspections", "recognitions", "crimes"):
        units = rows.execute(text(f"SELECT unit_name, uscc FROM {table_} WHERE uscc IS NOT NULL"))  # noqa: S608
        for unit, code in units.all():
            assert "示例" in unit
            assert check_uscc(code) is None


def test_the_register_is_invented_and_no_number_is_anybodys(rows: Connection) -> None:
    people = rows.execute(
        text("SELECT note, number_mask, phone, created_at FROM staff_people WHERE note <> ''")
    ).all()
    assert len(people) > 400
    # No province has the code 99 (GB/T 2260), so no card does.
    assert {mask[:2] for _, mask, _, _ in people} == {"99"}
    assert all(phone.startswith("000-0001-") for _, _, phone, _ in people)
    assert {note for note, _, _, _ in people} == {"示例人员（虚构）"}
    others = rows.execute(text("SELECT name, number_mask FROM staff_people WHERE note = ''")).all()
    assert others, "those whom a filing brought"
    assert all(name.startswith("示例") and mask[:2] == "99" for name, mask in others)
    numbers = [staff.identity_number(n) for n in range(200)]
    assert [check(number) for number in numbers] == numbers
    assert len(set(numbers)) == 200


def test_unit_counts_are_synthetic_and_marked(rows: Connection) -> None:
    counts = rows.execute(
        text("SELECT region_code, count, synthetic, source FROM place_counts")
    ).all()
    # 53 thousand units at the end of 2023 in 88 places; three of them around the limit of 1,500.
    assert (len(counts), sum(count for _, count, _, _ in counts)) == (88, 53000)
    assert all(synthetic and "不是该地的统计数" in source for _, _, synthetic, source in counts)
    by_code = {code: count for code, count, _, _ in counts}
    assert [by_code[f"150602{n}000"] for n in (102, 101)] == [1499, 1500]
    assert by_code["150622100000"] == 1501


def test_the_same_change_is_there_in_three_places_and_both_ways(rows: Connection) -> None:
    found = rows.execute(
        text("SELECT substr(place_code, 1, 2), mode FROM filings WHERE change = 'out'")
    ).all()
    assert {tuple(row) for row in found} >= {
        (place, mode) for place in ("15", "22", "50") for mode in ("consent", "filing")
    }
    via = text(
        "SELECT o.kind, v.kind FROM filings f JOIN cases c ON c.id = f.id JOIN organisations o"
        " ON o.id = c.origin_org_id JOIN organisations v ON v.id = c.via_org_id"
    )
    assert {tuple(row) for row in rows.execute(via)} == {("other", "township")}
    assert rows.scalar(text("SELECT count(*) FROM filings WHERE irregular")) == 3


def test_somebody_waits_for_training_and_somebody_was_trained_first(rows: Connection) -> None:
    waiting = text(
        "SELECT count(DISTINCT c.id) FROM cases c JOIN filings f ON f.id = c.id JOIN enrolments e"
        " ON e.person_id = f.incoming_id WHERE c.state = 'gate' AND e.standing = 'listed'"
    )
    assert rows.scalar(waiting) == 2
    trained = text(
        "SELECT count(*) FROM cases c JOIN filings f ON f.id = c.id JOIN training_records t"
        " ON t.person_id = f.incoming_id AND t.kind = 'induction' AND t.source = 'session'"
        " JOIN staff_holdings h ON h.id = f.new_holding_id"
        " WHERE c.state = 'closed' AND t.held_on < h.confirmed_on"
    )
    assert rows.scalar(trained) == 1
    early = text(
        "SELECT count(*) FROM staff_holdings h WHERE confirmed_on IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM training_records t WHERE t.person_id = h.person_id AND t.passed"
        " AND t.kind = 'induction' AND t.held_on <= h.confirmed_on)"
    )
    assert rows.scalar(early) == 0, "nobody is in post without induction"


def test_open_leads_are_late_due_soon_and_far(demo: DemoOffice, rows: Connection) -> None:
    due = [
        date.fromisoformat(day)
        for day in rows.scalars(
            text(
                "SELECT next_due_on FROM cases WHERE kind = 'lead' AND closed_at IS NULL"
                " AND next_due_on NOT NULL"
            )
        )
    ]
    today = office_date(NOW)
    assert sum(day < today for day in due) >= 5
    assert sum(0 <= (day - today).days <= 3 for day in due) >= 5
    assert sum((day - today).days > 10 for day in due) >= 5


def test_nothing_happens_after_now(rows: Connection) -> None:
    until = NOW.replace(tzinfo=None).isoformat(" ", "microseconds")
    assert rows.scalar(text("SELECT max(at) FROM moves")) <= until


def test_custody_adds_up_for_every_lead(demo: DemoOffice) -> None:
    from tracker.core.cases.models import Case

    with run._app(demo.settings):
        session = db.session()
        calendar = store.load(session)
        for case in session.scalars(select(Case)):
            held = custody(session, case, calendar, office_date(NOW))
            assert sum(stay.working_days for stay in held.stays) == held.total, case.title


def test_reporters_are_in_the_vault_and_nowhere_else(demo: DemoOffice, rows: Connection) -> None:
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
    settings = demo_settings(tmp_path)
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
    settings = demo_settings(tmp_path)
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
            serving.serve(demo_settings(tmp_path), port)


def test_the_welcome_names_address_password_and_people(demo: DemoOffice) -> None:
    lines = "\n".join(serving.welcome("http://127.0.0.1:8000/", demo.result["logins"]))
    assert "http://127.0.0.1:8000/" in lines
    assert people.PASSWORD in lines
    for word in ("liaison.ordos", "approver.ordos", "supervisor.ordos", ".jilin", ".chongqing"):
        assert word in lines
    for account in ("registrar", "supervisor", "head", "trainer"):
        assert f"  {account}.150602" in lines, "the county bureau of the township"
    assert "把 .150602 换成 .220102、.500107" in lines
