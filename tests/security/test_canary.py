"""A reporter's identity is in the vault, on the one page that opens it, nowhere else (PD1-4)."""

from __future__ import annotations

import base64
import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from tests.security.world import TODAY, Door, World, key, rows_of, vault_key
from tests.workflows.leads.walking import a_lead_data
from tracker.config import Settings
from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.cases.scope import get_visible
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.vault.models import VaultGrant
from tracker.jobs import deliver_notices
from tracker.workflows.leads.models import Lead

pytestmark = pytest.mark.at_time(TODAY)

IDENTITY = {
    "name": "鸢尾丑寅卯",
    "phone": "13900017731",
    "id_no": "15060219870613774X",
    "address": "示例街戊己庚辛号",
}
PEOPLE = [f"{r.value}@bureau" for r in Role] + [
    "liaison@dept", "dept_approver@dept", "liaison@excluded", "supervisor@city", "head@city",
    "registrar@city", "supervisor@county", "handler", "co_officer", "drafter's deputy",
    "handler's deputy", "excluded's deputy",
]  # fmt: skip


def spellings():
    """Every way in which somebody could find the canaries in bytes."""
    found = set()
    for value in IDENTITY.values():
        plain = value.encode()
        found |= {plain, value.encode("utf-16-le"), value.encode("gb18030")}
        found |= {ascii(value)[1:-1].encode()}
        for shift in range(3):
            coded = base64.b64encode(b"." * shift + plain)
            # The first and last characters depend on the neighbours.
            found.add(coded[4 if shift else 0 : -4])
    return {s for s in found if len(s) > 6}


SPELLINGS = spellings()


def _as_bytes(value):
    if isinstance(value, memoryview | bytes):
        return bytes(value)
    return f"{value}\n{value!r}".encode()


def leaks(data):
    data = data if isinstance(data, bytes) else data.encode()
    return [s for s in SPELLINGS if s in data]


def test_the_search_finds_what_it_should():
    for value in IDENTITY.values():
        assert leaks(value)
        assert leaks(value.encode("utf-16-le"))
        for shift in range(3):
            assert leaks(base64.b64encode(b"x" * shift + value.encode() + b"tail"))


@pytest.fixture
def told(app, session, caplog):
    """A lead with a named reporter, walked until it is being verified, all notices delivered."""
    caplog.set_level(logging.DEBUG)
    vault_key()
    with transaction():
        world = World(session)
        data = a_lead_data(
            channel="report",
            reporter="named",
            identity=IDENTITY,
            reply_wanted=True,
            competent_org_id=world.orgs["excluded"],
        )
        lead = world.intake_at("bureau", data)
        officers = {n: world.people[n] for n in ("handler", "co_officer")}
        lead = world.take(lead, "registrar@bureau", "assign", handler=officers["handler"])
        lead = world.take(lead, "handler", "verify", **officers)
    deliver_notices(utc_now())
    session.rollback()
    return world, Door(app, world.people), lead.id, caplog


def _open(door, who, lead_id, reason="核对身份"):
    return door.of(who).post(f"/leads/{lead_id}/reporter", data={"reason": reason})


@pytest.mark.once
def test_no_page_of_anybody_shows_the_reporter(told):
    _, door, lead_id, _ = told
    leaked = []
    here = f"/leads/{lead_id}"
    for who in PEOPLE:
        client = door.of(who)
        seen = {"/", "/notices/", "/leads/", f"{here}/receipt", f"{here}/duplicates", here,
                "/leads/?q=" + IDENTITY["name"], "/leads/?q=" + IDENTITY["phone"]}  # fmt: skip
        page = client.get(here).text
        seen |= set(re.findall(rf'href="({here}/[^"#]*)"', page))
        for address in sorted(seen):
            answer = client.get(address)
            shown = answer.text
            if "q=" in address:  # what was asked for is echoed in the search box only
                assert f'href="{here}"' not in shown, f"{who} finds the lead by its reporter"
                continue
            if leaks(shown) or leaks(str(answer.headers)):
                leaked.append(f"{who}: {address}")
    assert not leaked, leaked


def test_only_readers_open_it_and_the_row_comes_first(told, session):
    _, door, lead_id, _ = told
    rows = select(func.count()).where(AuditRow.tag == "vault.open", AuditRow.result == "read")
    opened = []
    for who in PEOPLE:
        before = session.scalar(rows)
        session.rollback()
        answer = _open(door, who, lead_id)
        after = session.scalar(rows)
        session.rollback()
        shown = all(value in answer.text for value in IDENTITY.values())
        assert shown or not leaks(answer.data), who
        assert after - before == int(shown), who
        if shown:
            opened.append(who)
            assert answer.headers["Cache-Control"] == "no-store"
    assert opened == ["registrar@bureau", "handler", "co_officer"]
    assert "写明" in _open_empty(door, lead_id)


def _open_empty(door, lead_id):
    client = door.of("handler")
    return client.post(
        f"/leads/{lead_id}/reporter", data={"reason": "  "}, follow_redirects=True
    ).text


def test_the_identity_is_not_in_rows_files_or_logs(told, app, session):
    _world, door, lead_id, caplog = told
    _open(door, "handler", lead_id)
    _open(door, "head@bureau", lead_id)
    # A form that was sent too late is parked, identity and all.
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        body = {f"reporter_{k}": v for k, v in IDENTITY.items()}
        door.of("registrar@bureau").post(
            "/leads/new", data={**body, "reporter": "named", "_page": "/leads/new"}
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    # And one that is refused for another field.
    answer = door.of("registrar@bureau").post(
        "/leads/new", data={**body, "reporter": "named", "_once": key(), "unit_name": "x"}
    )
    assert answer.status_code == 422
    found = []
    with db.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            values = [value for row in rows_of(connection, name) for value in row]
            found += [f"table {name}" for value in values if leaks(_as_bytes(value))]
    settings: Settings = app.config["TRACKER_SETTINGS"]
    files = [p for p in Path(settings.files_path).rglob("*") if p.is_file()]
    if db.engine.dialect.name == "sqlite":
        path = Path(str(db.engine.url.database))
        files += [p for p in path.parent.glob(path.name + "*") if p.is_file()]
        assert len(files) > 0
    found += [str(p) for p in files if leaks(p.read_bytes())]
    found += [r.name for r in caplog.records if leaks(r.getMessage() + str(r.exc_text or ""))]
    assert not found


# ---------------------------------------------------------------- leave of another


def test_another_person_gives_leave_for_three_views_in_fifteen_minutes(told, session, at_time):
    _, door, lead_id, _ = told
    here = f"/leads/{lead_id}/reporter"
    who = "legal_reviewer@bureau"

    def decide(by, grant, answer="yes"):
        return door.of(by).post(f"{here}/requests/{grant}", data={"approve": answer})

    def ask():
        door.of(who).post(f"{here}/request", data={"reason": "复核答复"})
        grant = session.scalars(select(VaultGrant.id).order_by(VaultGrant.id.desc())).first()
        session.rollback()
        return grant

    def sees():
        return not _open(door, who, lead_id).headers.get("Location")

    first = ask()
    assert not sees()
    assert ask() == first, "asking twice is one question"
    assert decide(who, first).status_code == 404
    assert decide("supervisor@city", first).status_code == 404, "the lead's own bureau decides"
    assert decide("supervisor@bureau", first).status_code == 303
    assert decide("head@bureau", first).status_code == 404, "answered already"
    assert [sees() for _ in range(4)] == [True, True, True, False]
    at_time("2026-03-04 10:20")
    second = ask()
    decide("head@bureau", second)
    at_time("2026-03-04 10:34:59")
    assert sees()
    at_time("2026-03-04 10:35:01")
    assert not sees()
    third = ask()
    decide("head@bureau", third, "no")
    assert not sees()
    tags = session.scalars(
        select(AuditRow.tag).where(AuditRow.tag.like("vault.%")).order_by(AuditRow.id)
    ).all()
    assert tags.count("vault.approve") == 2
    assert tags.count("vault.deny") == 1
    refused = session.scalars(select(AuditRow).where(AuditRow.result == "refused")).all()
    assert len(refused) == 4
    assert {r.object for r in refused} == {f"vault:{lead_id}"}


def test_nobody_approves_their_own_request_nor_for_the_person_who_asks(told, session):
    world, door, lead_id, _ = told
    with transaction():
        world._lend(world.people["supervisor@bureau"], world.people["head@bureau"])
    here = f"/leads/{lead_id}/reporter"
    door.of("supervisor@bureau").post(f"{here}/request", data={"reason": "核对"})
    for who in ("supervisor@bureau",):
        door.of(who).post(f"{here}/requests/1", data={"approve": "yes"})
        grant = session.get(VaultGrant, 1)
        assert grant.approved is None
        session.rollback()


def test_reassigning_ends_the_former_handlers_rights_at_once(told, session):
    world, door, lead_id, _ = told
    with transaction():
        other = world._person("other", "bureau", (Role.INSPECTOR,))
        assert other is None
        from tracker.core.accounts.models import User

        session.get_one(User, world.people["other"]).must_change = False
        lead = get_visible(session, Lead, world.actor("registrar@bureau"), lead_id)
        world.session.add(_certificate(world.people["other"]))
        world.take(lead, "supervisor@bureau", "reassign", handler=world.people["other"])
        # `handler` is a supervisor besides and sees the lead by that; `other` has it by part only.
    assert not leaks(_open(door, "handler", lead_id).data)
    assert leaks(_open(door, "other", lead_id).data)
    with transaction():
        lead = get_visible(session, Lead, world.actor("registrar@bureau"), lead_id)
        world.take(lead, "supervisor@bureau", "reassign", handler=world.people["handler"])
    deliver_notices(utc_now())
    assert door.of("other").get(f"/leads/{lead_id}").status_code == 404
    assert _open(door, "other", lead_id).status_code == 404
    for address in ("/", "/notices/", "/leads/"):
        assert "示例煤业" not in door.of("other").get(address).text, address
    assert leaks(_open(door, "handler", lead_id).data)


def _certificate(user_id):
    from datetime import date

    from tracker.core.registers.models import Officer

    return Officer(
        user_id=user_id, certificate_no="示例-其他", valid_from=date(2025, 1, 1),
        valid_to=date(2030, 1, 1),
    )  # fmt: skip
