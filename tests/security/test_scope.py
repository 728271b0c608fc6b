"""Random people, every channel: exactly the leads the rule allows (AZ3, AZ4, PD5).

The oracle below is the rule of the office in plain Python over plain facts; it shares no code
with `visible()`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.security.world import TODAY, Door, World, at, lead_links, vault_key
from tests.workflows.leads.walking import CAST, a_lead_data
from tracker.core.accounts.models import Delegation, Grant, User
from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.cases.links import add_link
from tracker.core.cases.models import Attachment, Case, CaseExcludedOrg, CasePerson
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.errors import say
from tracker.core.notices import service as notices
from tracker.core.notices.models import Notice
from tracker.core.registers.models import Organisation
from tracker.jobs import deliver_notices
from tracker.workflows.leads import service

pytestmark = [pytest.mark.once, pytest.mark.at_time(TODAY)]
PEOPLE, SEED = 14, 20260304
BUSINESS = [r for r in Role if r not in ADMIN_ROLES]


@dataclass
class Fact:
    """What the oracle knows of a lead."""

    id: int
    origin: int
    bureau: int | None
    county: str  # the receiving bureau's place; empty when a survey team has it
    level: int
    excluded: set[int]
    parts: set[int]
    file: int | None = None


def may_see(fact, clearance, powers):
    """Department: what it sent. Registrar: what came. Leaders: their region. Officer: own part.

    What was lent for other kinds of cases opens no lead, but closes what its house may not see.
    """
    if clearance < fact.level or any(org["id"] in fact.excluded for _, org, _, _ in powers):
        return False
    for role, org, person, _ in [p for p in powers if not p[3] or "lead" in p[3]]:
        sender = role in ("liaison", "dept_approver", "township_clerk")
        if sender and fact.origin == org["id"] != fact.bureau:
            return True
        if role == "registrar" and fact.bureau == org["id"]:
            return True
        if role in ("supervisor", "head", "legal_reviewer"):
            if org["kind"] != "bureau":
                if fact.bureau == org["id"]:
                    return True
            elif fact.county and fact.county.startswith(org["region"].rstrip("0")):
                return True
        if role == "inspector" and person in fact.parts:
            return True
    return False


@pytest.fixture
def country(app, session):
    """Leads of every relation, linked to one another, and people with random roles."""
    vault_key()
    rng = random.Random(SEED)  # noqa: S311 - the same draw every time
    with transaction():
        world = World(session)
        leads = [_lead(world, rng, n) for n in range(11)]
        everyone = _people(world, rng)
        for lead in leads[1:]:
            add_link(session, leads[0].id, lead.id, "same_unit", actor_id=world.people["handler"],
                     now=world.now, note="")  # fmt: skip
        for lead in leads[2:]:
            add_link(session, lead.id, leads[1].id, "duplicate", actor_id=world.people["handler"],
                     now=world.now, note="")  # fmt: skip
        for lead in leads:
            notices.queue(
                session, case_id=lead.id, sentence=say("试发"), now=world.now,
                source_key=f"probe:{lead.id}",
                to_user_ids=[world.people[name] for name in everyone],
            )  # fmt: skip
    while deliver_notices(utc_now()):
        pass
    facts = [_fact(session, lead.id) for lead in leads]
    found = {name: _powers(session, world.people[name]) for name in everyone}
    session.rollback()
    return Door(app, world.people), facts, found


def _lead(world, rng, n):
    unit = {"unit_name": f"示例煤业{'甲乙丙丁戊己庚辛壬癸子'[n]}有限公司"}
    if n < 5:
        kinds = [
            {},
            {"survey_owner": "survey_team"},
            {"confidentiality": 3},
            {"competent_org_id": world.orgs["excluded"]},
            {},
        ]
        lead = service.draft(
            world.session, world.actor("drafter"), a_lead_data(**unit, **kinds[n]), now=world.now,
            org_id=world.orgs["dept"],
        )  # fmt: skip
        drafter = world.actor("drafter")
        service.attach(world.session, drafter, lead.id, "台账.csv", b"a,b\r\n", now=world.now)
        if n == 4:
            return lead
        for who, step, inputs in world._way("sent"):
            lead = world.take(lead, who, step, **inputs)
        if n == 3:
            lead = world.take(lead, "registrar@bureau", "receive")
            lead = world.take(lead, "registrar@bureau", "assign", handler=world.people["handler"])
        return lead
    org = ("bureau", "county", "city", "foreign bureau", "bureau", "city")[n - 5]
    more = {"confidentiality": 2} if n == 10 else {}
    lead = world.intake_at(org, a_lead_data(**unit, channel="report", **more))
    registrar = world.actor(f"registrar@{org}")
    service.attach(world.session, registrar, lead.id, "台账.csv", b"a,b\r\n", now=world.now)
    if org != "foreign bureau":
        officer = rng.choice([r for r in world.people if r == f"inspector@{org}"])
        lead = (
            world.take(lead, f"registrar@{org}", "assign", handler=world.people[officer])
            if rng.random() < 0.7
            else lead
        )
    return lead


def _people(world, rng):
    """Names of random people, half of whom stand in for somebody."""
    found = []
    fixed = [f"inspector@{o}" for o in ("bureau", "county", "city")]
    for n in range(PEOPLE):
        name = f"random{n}"
        world._person(name, rng.choice(list(world.orgs)), (rng.choice(list(Role)),))
        user = world.session.get_one(User, world.people[name])
        user.must_change, user.clearance = False, rng.choice([0, 1, 1, 2, 3])
        for _ in range(rng.randrange(3)):
            org, role = rng.choice(list(world.orgs)), rng.choice(list(Role))
            taken = world.session.scalars(select(Grant.id).where(
                Grant.user_id == user.id, Grant.org_id == world.orgs[org],
                Grant.role == role.value))  # fmt: skip
            if taken.first() is None:
                over = rng.random() < 0.2
                world.session.add(Grant(
                    user_id=user.id, org_id=world.orgs[org], role=role.value,
                    valid_from=(world.now - timedelta(days=400)).date(),
                    valid_to=(world.now - timedelta(days=1)).date() if over else None,
                ))  # fmt: skip
        found.append(name)
        if rng.random() < 0.5:
            lender = rng.choice([*CAST, *fixed, "liaison@excluded", "security_admin@bureau"])
            world._lend(world.people[lender], world.people[name])
            _narrow(world, world.people[name], rng)
        world.session.flush()
    return [*found, *fixed, "handler", "liaison@dept", "registrar@bureau", "supervisor@city"]


def _narrow(world, taker, rng):
    """Half of the loans are for some kinds of cases, or of some roles."""
    loan = world.session.scalars(select(Delegation).where(Delegation.to_user_id == taker)).one()
    loan.kinds = rng.choice(["", "", "lead", "penalty", "penalty,lead"])
    held = world.session.scalars(select(Grant.role).where(Grant.user_id == loan.from_user_id)).all()
    loan.roles = rng.choice(["", "", *held])


def _fact(session, case_id):
    case = session.get_one(Case, case_id)
    bureau = session.get(Organisation, case.bureau_id) if case.bureau_id else None
    attachments = Attachment
    return Fact(
        case_id,
        case.origin_org_id,
        case.bureau_id,
        bureau.region_code if bureau is not None and bureau.kind == "bureau" else "",
        case.confidentiality,
        set(session.scalars(select(CaseExcludedOrg.org_id).where(
            CaseExcludedOrg.case_id == case_id))),
        set(session.scalars(select(CasePerson.user_id).where(
            CasePerson.case_id == case_id, CasePerson.ended_at.is_(None)))),
        session.scalars(select(attachments.id).where(attachments.case_id == case_id)).first(),
    )  # fmt: skip


def _powers(session, user_id):
    today = at(TODAY).date()
    loans = session.scalars(select(Delegation).where(Delegation.to_user_id == user_id))
    held = [(user_id, "", "")] + [(d.from_user_id, d.kinds, d.roles) for d in loans]
    powers = []
    for person, kinds, roles in held:
        grants = session.execute(
            select(Grant, Organisation)
            .join(Organisation, Organisation.id == Grant.org_id)
            .where(Grant.user_id == person)
        )
        for grant, org in grants:
            if grant.valid_to is not None and grant.valid_to < today:
                continue
            if person != user_id and Role(grant.role) in ADMIN_ROLES:
                continue
            if roles and grant.role not in roles.split(","):
                continue
            about = {"id": org.id, "kind": org.kind, "region": org.region_code}
            powers.append((grant.role, about, person, kinds.split(",") if kinds else []))
    return session.get_one(User, user_id).clearance, powers


def test_every_channel_shows_exactly_what_the_rule_allows(country, session):
    door, facts, people = country
    by_id = {f.id: f for f in facts}
    wrong, seen_at_all = [], 0
    for name, (clearance, powers) in people.items():
        expected = {f.id for f in facts if may_see(f, clearance, powers)}
        seen_at_all += len(expected)
        client = door.of(name)
        page = client.get("/leads/").text
        count = re.search(r"符合条件 (\d+) 条", page)
        channels = {
            "list": lead_links(page),
            "search": lead_links(client.get("/leads/?q=示例煤业").text),
            "page": {n for n in by_id if client.get(f"/leads/{n}").status_code == 200},
            "file": {f.id for f in facts if f.file is not None
                     and client.get(f"/leads/{f.id}/files/{f.file}").status_code == 200},
            "notice": set(session.scalars(select(Notice.case_id).where(
                Notice.user_id == door.people[name], Notice.source_key.like("probe:%")))),
        }  # fmt: skip
        session.rollback()
        for channel, found in channels.items():
            allowed = {f.id for f in facts if f.file} & expected if channel == "file" else expected
            if found != allowed:
                wrong.append(f"{name} {channel}: {sorted(found)}, not {sorted(allowed)}")
        if (int(count[1]) if count else 0) != len(expected):
            wrong.append(f"{name} count: {count and count[1]}, not {len(expected)}")
        if not lead_links(client.get("/").text) <= expected:
            wrong.append(f"{name} home shows more than allowed")
        if not lead_links(client.get("/notices/").text) <= expected:
            wrong.append(f"{name} inbox shows more than allowed")
        pages = [client.get(f"/leads/{f.id}").text for f in facts[:2] if f.id in expected]
        linked = {n for page in pages for n in lead_links(page)}
        # Every lead is linked to both hubs; only the bureau's side reads the links.
        if not linked <= expected or (any('id="lk"' in p for p in pages) and linked != expected):
            wrong.append(f"{name} links: {sorted(linked)}, not {sorted(expected)}")
    assert not wrong, "\n".join(wrong)
    assert len(facts) * len(people) > seen_at_all > len(people), "the draw was too tame"
    whole = [(c, [(*power[:3], []) for power in powers]) for c, powers in people.values()]
    closed = sum(may_see(f, *all_lent) for f in facts for all_lent in whole) - seen_at_all
    assert closed, "no loan was narrow where it mattered"


def test_home_names_what_waits_and_only_that(country):
    door, facts, _ = country
    page = door.of("handler").get("/").text
    assert facts[3].id in lead_links(page)
