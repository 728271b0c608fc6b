from __future__ import annotations

import runpy
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import column as col
from sqlalchemy import insert, table
from sqlalchemy.exc import IntegrityError

from tracker.core.accounts import delegations, lockout, parked, passwords, people, sessions
from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.models import ParkedForm, PastPassword, User, UserSession
from tracker.core.accounts.passwords import (
    Passwords,
    is_common,
    password_age,
    password_faults,
    store_password,
    was_used,
)
from tracker.core.accounts.roles import ADMIN_ROLES, ROLE_LABELS, Role
from tracker.core.clock import at_office
from tracker.core.errors import BadInput, NotVisible

TODAY = date(2026, 5, 11)
NOW = at_office(TODAY, 10)
LONG_AGO = date(2020, 1, 1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def hasher():
    return Passwords(memory_kib=8, time_cost=1)


def a_bureau(session, org_id=700, name="某市统计局"):
    values = {
        "id": org_id,
        "name": name,
        "short_name": name[:4],
        "kind": "bureau",
        "region_code": "150100000000",
        "doc_prefix": "某统",
        "active": True,
        "is_demo": False,
    }
    session.execute(insert(table("organisations", *map(col, values))).values(**values))
    return org_id


def a_person(session, username, name="高娃", *roles, org=None):
    user = people.create_user(session, username, name, now=NOW)
    user.active = True
    for role in roles:
        people.grant_role(session, user.id, org, role, valid_from=LONG_AGO, now=NOW)
    return user


def test_every_role_has_a_label():
    assert set(ROLE_LABELS) == set(Role)


# ---------------------------------------------------------------- actor


def test_an_actor_has_the_powers_of_the_day(session, count_queries):
    org = a_bureau(session)
    user = a_person(session, "gaowa", "高娃", Role.INSPECTOR, Role.REGISTRAR, org=org)
    people.grant_role(
        session, user.id, org, Role.HEAD, valid_from=LONG_AGO, valid_to=TODAY, now=NOW
    )
    session.flush()
    with count_queries() as seen:
        actor = load_actor(session, user.id, TODAY)
    assert seen.count == 1, str(seen)
    assert actor.has(Role.HEAD, org)
    assert not actor.has(Role.HEAD, org + 1)
    assert actor.orgs(Role.INSPECTOR) == {org}
    assert actor.orgs(Role.LIAISON) == set()
    assert actor.powers[0].org_name == "某市统计局"
    assert not load_actor(session, user.id, TODAY + timedelta(days=1)).has(Role.HEAD)


def test_an_inactive_person_is_nobody(session):
    user = a_person(session, "gaowa")
    assert load_actor(session, user.id, TODAY).powers == ()
    people.set_active(session, user.id, NOW, active=False)
    session.flush()
    for user_id in (user.id, 99_999):
        with pytest.raises(NotVisible):
            load_actor(session, user_id, TODAY)


def test_lent_powers_carry_the_lender_and_end_with_the_day(session):
    org = a_bureau(session)
    chief = a_person(session, "wu", "吴敏", Role.SUPERVISOR, org=org)
    deputy = a_person(session, "li", "李强", Role.INSPECTOR, org=org)
    row = delegations.give_delegation(
        session,
        chief.id,
        deputy.id,
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=2),
        reason="出差",
        made_by_id=chief.id,
        today=TODAY,
    )
    lent = [p for p in load_actor(session, deputy.id, TODAY).powers if p.on_behalf_of]
    assert [(p.role, p.on_behalf_of, p.on_behalf_name) for p in lent] == [
        (Role.SUPERVISOR, chief.id, "吴敏")
    ]
    assert not load_actor(session, deputy.id, TODAY + timedelta(days=3)).has(Role.SUPERVISOR)
    with pytest.raises(NotVisible):
        delegations.revoke_delegation(session, row.id, deputy.id, NOW)
    delegations.revoke_delegation(session, row.id, chief.id, NOW)
    session.flush()
    assert not load_actor(session, deputy.id, TODAY).has(Role.SUPERVISOR)
    assert load_actor(session, deputy.id, TODAY).has(Role.INSPECTOR)


def test_what_cannot_be_lent(session):
    here, elsewhere = a_bureau(session), a_bureau(session, 701, "某县统计局")
    chief = a_person(session, "wu", "吴敏", Role.SUPERVISOR, org=here)
    stranger = a_person(session, "bao", "包丽", Role.INSPECTOR, org=elsewhere)
    admin = a_person(session, "adm", "安琪", Role.SECURITY_ADMIN, org=here)
    days = {"valid_from": TODAY, "valid_to": TODAY, "today": TODAY}

    def lend(giver, taker, **changes):
        values = {**days, "reason": "出差", "made_by_id": giver.id, **changes}
        delegations.give_delegation(session, giver.id, taker.id, **values)

    for giver, taker in ((chief, stranger), (chief, chief), (chief, admin), (admin, chief)):
        with pytest.raises(BadInput):
            lend(giver, taker)
    deputy = a_person(session, "li", "李强", Role.INSPECTOR, org=here)
    for wrong in (
        {"valid_to": TODAY - timedelta(days=1)},
        {"valid_from": TODAY - timedelta(days=1)},
        {"reason": " "},
    ):
        with pytest.raises(BadInput):
            lend(chief, deputy, **wrong)
    lend(chief, deputy)


@pytest.mark.parametrize("admin", sorted(ADMIN_ROLES))
def test_the_three_administrators_hold_one_role_only(session, admin):
    org = a_bureau(session)
    user = a_person(session, "adm", "安琪", admin, org=org)
    for other in set(Role) - {admin}:
        with pytest.raises(BadInput):
            people.grant_role(session, user.id, org, other, valid_from=TODAY, now=NOW)
    worker = a_person(session, "li", "李强", Role.INSPECTOR, org=org)
    with pytest.raises(BadInput):
        people.grant_role(session, worker.id, org, admin, valid_from=TODAY, now=NOW)


def test_the_database_knows_the_roles_too(session):
    org = a_bureau(session)
    user = a_person(session, "gaowa")
    values = {"user_id": user.id, "org_id": org, "role": "king", "valid_from": TODAY}
    with pytest.raises(IntegrityError):
        session.execute(insert(table("grants", *map(col, values))).values(**values))


# ---------------------------------------------------------------- passwords


@pytest.mark.parametrize(
    "password",
    [
        "Grassland-Horse-88",
        "horse lamp river tea",
        "草原上的风吹过我的帐篷和远处的羊群",
        "tK9#vLm2qP",
        "Zr7!mwQ2xx",
        "correct river tent blue",
        "q7WmZ-x2Lp-94",
        "1847-5520-9917-3206",
        "x" * 5 + "K3-mountain-lamp",
        "Ω-grass-1204-Q",
    ],
)
def test_good_passwords_pass(password):
    assert password_faults(password, ["gaowa", "高娃", "13800138000"]) == []


@pytest.mark.parametrize(
    "password",
    [
        "short1A!",
        "onlyletters",
        "ONLYUPPER12",
        "Woaini1314!",
        "Woaini5201314",
        "woaiwojia520520",
        "Password123!",
        "P@ssw0rd2026",
        "Qwerty12345!",
        "1qaz@WSX3edc",
        "Zhangsan@123",
        "Wang5201314!",
        "Admin@123456",
        "aaaaaaaaaaaaaaaa",
        "abc123abc123abc123",
        "Gaowa-horse-77-x",
        "grass-高娃-river-tent",
        "Horse-13800138000",
        "我在统计局上班已经有好多年了",
        "my-Tongji-horse-9",
        "x" * 129,
    ],
)
def test_bad_passwords_do_not(password):
    assert password_faults(password, ["gaowa", "高娃", "13800138000"])


def test_the_whole_list_is_refused_and_is_what_its_script_writes():
    folder = Path(passwords.__file__).parent / "data"
    script = runpy.run_path(str(folder / "make_common_passwords.py"))
    written = (folder / "common-passwords.txt").read_text("utf-8")
    assert script["listing"]() == written
    words = written.splitlines()[1:]
    assert len(words) > 5000
    assert all(is_common(word) for word in words)


def test_hashes_verify_and_nobody_is_let_in(hasher):
    stored = hasher.hash("Grassland-Horse-88")
    assert hasher.verify(stored, "Grassland-Horse-88")
    assert not hasher.verify(stored, "Grassland-Horse-89")
    assert not hasher.verify(None, "nobody has this password")
    assert not hasher.verify("not a hash", "x")
    assert not hasher.verify(stored, "Grassland-Horse-88" + "x" * 200)
    assert not hasher.needs_rehash(stored)
    assert Passwords(memory_kib=16, time_cost=1).needs_rehash(stored)


def test_the_last_five_are_barred(session, hasher):
    user = a_person(session, "gaowa")
    for n in range(7):
        store_password(session, user, hasher.hash(f"Horse-{n}"), NOW + n * MINUTE)
    assert [was_used(session, hasher, user.id, f"Horse-{n}") for n in range(7)] == (
        [False] * 2 + [True] * 5
    )
    assert session.query(PastPassword).filter_by(user_id=user.id).count() == 5
    assert password_age(session, user.id, NOW + 16 * MINUTE) == 10 * MINUTE


# ---------------------------------------------------------------- sessions


def open_one(session, user, now=NOW, *, privileged=False):
    return sessions.open_session(
        session, user.id, privileged=privileged, user_agent="Firefox", now=now
    )


def the_row(session, raw):
    found = sessions.find_session(session, raw, NOW)
    assert found is not None
    return found[0]


def alive(session, raw, now):
    return sessions.find_session(session, raw, now) is not None


def test_a_session_ends_by_idleness_and_by_age(session):
    user = a_person(session, "gaowa")
    raw = open_one(session, user)
    assert alive(session, raw, NOW + 29 * MINUTE)
    assert not alive(session, raw, NOW + 30 * MINUTE)
    row = the_row(session, raw)
    for minutes in range(20, 480, 20):
        sessions.touch(session, row.id, NOW + minutes * MINUTE)
        session.expire_all()
        assert alive(session, raw, NOW + minutes * MINUTE)
    assert not alive(session, raw, NOW + 480 * MINUTE)


def test_administrators_have_less_time_and_one_session(session):
    user = a_person(session, "gaowa")
    first = open_one(session, user, privileged=True)
    assert not alive(session, first, NOW + 15 * MINUTE)
    open_one(session, user, privileged=True)
    assert not alive(session, first, NOW)


def test_an_ended_session_stays_ended(session):
    user = a_person(session, "gaowa")
    raw = open_one(session, user)
    row = the_row(session, raw)
    assert not sessions.end_session(session, row.id, "by_owner", NOW, user_id=user.id + 1)
    assert sessions.end_session(session, row.id, "logout", NOW, user_id=user.id)
    session.flush()
    sessions.touch(session, row.id, NOW + MINUTE)
    assert not alive(session, raw, NOW + MINUTE)
    assert sessions.person_of_dead_session(session, raw) is user
    assert not alive(session, "", NOW)
    assert not alive(session, "x" * 43, NOW)


def test_changes_to_the_person_end_every_session(session, hasher):
    org = a_bureau(session)
    user = a_person(session, "gaowa")

    def lives_after(act):
        raw = open_one(session, user)
        act()
        session.flush()
        return alive(session, raw, NOW)

    grants = []
    assert not lives_after(lambda: people.change_password(session, user.id, hasher.hash("x"), NOW))
    assert not lives_after(
        lambda: grants.append(
            people.grant_role(session, user.id, org, Role.HEAD, valid_from=TODAY, now=NOW)
        )
    )
    assert not lives_after(lambda: people.withdraw_role(session, grants[0].id, NOW))
    assert not lives_after(lambda: people.set_active(session, user.id, NOW, active=False))


def test_worn_out_sessions_are_written_down(session):
    user = a_person(session, "gaowa")
    open_one(session, user)
    assert sessions.close_worn_out(session, NOW + 31 * MINUTE) == 1
    row = session.query(UserSession).filter_by(user_id=user.id).one()
    assert (row.end_reason, row.ended_at) == ("idle", NOW + 30 * MINUTE)


# ---------------------------------------------------------------- lockout


def fail(session, now, username="gaowa", device="", ip="10.0.0.1"):
    return lockout.begin_attempt(session, username, device, ip, now).until


def test_five_failures_lock_and_each_further_five_double(session):
    for _ in range(5):
        assert fail(session, NOW) is None
    assert fail(session, NOW) == NOW + 15 * MINUTE
    assert fail(session, NOW + 14 * MINUTE, "GAOWA ") == NOW + 15 * MINUTE
    assert fail(session, NOW, "batu") is None
    later = NOW + 16 * MINUTE
    for _ in range(5):
        assert fail(session, later) is None
    assert fail(session, later) == later + 30 * MINUTE
    lockout.unlock(session, "Gaowa")
    assert fail(session, later) is None


def test_slow_mistakes_do_not_lock(session):
    for n in range(8):
        assert fail(session, NOW + n * 5 * MINUTE) is None


def test_a_known_device_is_not_locked_by_strangers(session):
    first = lockout.begin_attempt(session, "gaowa", "mine", "10.0.0.1", NOW)
    assert first.id is not None
    lockout.succeed(session, first.id, "mine")
    for _ in range(6):
        fail(session, NOW, ip="10.0.0.9")
    assert fail(session, NOW, device="made-up") is not None
    assert fail(session, NOW, device="mine") is None


def test_strangers_have_twenty_tries_an_hour(session):
    tried = 0
    for minute in range(0, 60, 2):
        tried += fail(session, NOW + minute * MINUTE, ip=f"10.0.0.{minute}") is None
    assert tried <= 20


def test_one_address_and_everybody_together_have_a_limit(session):
    for n in range(30):
        assert fail(session, NOW, f"user{n}") is None
    assert fail(session, NOW, "user31") == NOW + 5 * MINUTE
    assert fail(session, NOW, "user31", ip="10.0.0.2") is None


# ---------------------------------------------------------------- parked forms


def test_parked_text_is_for_one_person_one_page_one_day(session):
    user, other = a_person(session, "gaowa"), a_person(session, "batu")
    raw = parked.park(
        session, user.id, "/leads/new?kind=a", [("reason", "话"), ("reason", "2")], NOW
    )
    assert raw is not None
    assert parked.fields_of(session, raw, user.id, "/leads/new", NOW) == [
        ("reason", "话"),
        ("reason", "2"),
    ]
    assert parked.fields_of(session, raw, other.id, "/leads/new", NOW) is None
    assert parked.fields_of(session, raw, user.id, "/other", NOW) is None
    assert parked.fields_of(session, raw, user.id, "/leads/new", NOW + 1441 * MINUTE) is None
    assert parked.park(session, user.id, "/x", [("a", "x" * 3_000_000)], NOW) is None
    for _ in range(9):
        parked.park(session, user.id, "/x", [], NOW)
    assert session.query(ParkedForm).filter_by(user_id=user.id).count() == 5


def test_usernames_are_lower_case_and_alone(session):
    a_person(session, " GaoWa ")
    found = people.find_user(session, "GAOWA")
    assert found is not None
    assert found.username == "gaowa"
    with pytest.raises(BadInput):
        people.create_user(session, "gaowa", "另一个人", now=NOW)
    session.add(User(username="UPPER", name="x", created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()
