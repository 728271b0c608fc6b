"""More time for the verification: who may grant it, how much, and what it sets in motion."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.security.world import TODAY, Door, World, key, vault_key
from tracker.core.audit.models import AuditRow
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import BadInput, StepRefused
from tracker.core.reminders.models import Reminder

pytestmark = pytest.mark.at_time(TODAY)
PAPER = {"days": "30", "document": "东统延〔2026〕1号", "note": "案情复杂"}
STEP = "extend_verifying"


@pytest.fixture
def world(session):
    vault_key()
    with transaction():
        return World(session)


def verifying(world, at="verifying"):
    with transaction():
        return world.lead(at)


def grant(world, lead, who="supervisor@bureau", **changes):
    with transaction():
        return world.take(lead, who, STEP, **{**PAPER, **changes})


def the_clock(world, lead):
    (clock,) = [d for d in deadlines.running(world.session, lead.id) if d.rule_id == "L16"]
    return clock


def why_not(world, lead, who="supervisor@bureau", **changes):
    version = lead.version
    with pytest.raises((StepRefused, BadInput)) as refused:
        grant(world, lead, who, **changes)
    world.session.expire_all()
    assert lead.version == version
    assert [f.kind for f in deadlines.facts(world.session, the_clock(world, lead).id)] == ["start"]
    return str(refused.value)


@pytest.mark.parametrize("who", ["supervisor@bureau", "head@bureau"])
@pytest.mark.parametrize("at", ["verifying", "countersign"])
def test_another_leader_grants_time_and_everything_follows(world, who, at):
    lead = verifying(world, at)
    before = the_clock(world, lead)
    due, version, start = before.due_on, before.version, before.started_on
    grant(world, lead, who)
    clock = the_clock(world, lead)
    assert (lead.state, clock.version) == (at, version + 1)
    assert clock.due_on > due
    fact = deadlines.facts(world.session, clock.id)[-1]
    assert (fact.kind, fact.term, fact.reason, fact.document) == (
        "extend", "30cd", "案情复杂", "东统延〔2026〕1号",
    )  # fmt: skip
    assert (fact.actor_id, fact.approver_id) == (world.people["handler"], world.people[who])
    # From the unrounded end: the whole of the cap after the whole of the term.
    assert clock.due_on >= start + timedelta(days=90)
    if at == "verifying":
        assert lead.next_due_on == clock.due_on
    assert deadlines.check(world.session, clock) == []
    planned = world.session.scalars(
        select(Reminder).where(Reminder.deadline_id == clock.id, Reminder.state == "planned")
    ).all()
    assert planned
    assert {r.deadline_version for r in planned} == {clock.version}
    assert min(office_date(r.due_at) for r in planned) > due - timedelta(days=15)
    row = world.session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert row.tag == f"lead.move.{STEP}"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"days": ""}, "要填天数"),
        ({"days": "0"}, "要填天数"),
        ({"days": "-1"}, "要填天数"),
        ({"days": "３０"}, "要填天数"),
        ({"days": "31"}, "最多还能延长 30 天"),
        ({"document": " "}, "请写明批准延长的文号"),
        ({"note": ""}, "请写明"),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_the_reason(world, changes, why):
    assert why in why_not(world, verifying(world), **changes)


@pytest.mark.parametrize("who", ["handler", "co_officer", "handler's deputy"])
def test_who_verifies_does_not_grant_it_to_themselves(world, who):
    assert "不能批准延长自己的期限" in why_not(world, verifying(world), who)


def test_what_has_run_out_is_over(world):
    lead = verifying(world)
    world.now += timedelta(days=80)
    assert "届满以后不能延长" in why_not(world, lead)


def test_a_second_time_is_one_too_many(world):
    lead = verifying(world)
    grant(world, lead, days="10")
    due = the_clock(world, lead).due_on
    with pytest.raises(StepRefused, match="最多延长 1 次，已经用完"):
        grant(world, lead, days="10")
    world.session.expire_all()
    assert the_clock(world, lead).due_on == due


def test_the_page_offers_it_says_the_cap_and_tells_the_story_afterwards(app, session, world):
    lead = verifying(world)
    door = Door(app, world.people)
    page = door.of("supervisor@bureau").get(f"/leads/{lead.id}")
    assert "依规则最多 30 天" in page.text
    assert "不能批准延长自己的期限" in door.of("handler").get(f"/leads/{lead.id}").text
    address = f"/leads/{lead.id}/steps/{STEP}"
    sent = {f"{STEP}-{k}": v for k, v in {**PAPER, "days": "45"}.items()}
    body = {**sent, "version": str(lead.version), "_once": key()}
    answer = door.of("supervisor@bureau").post(address, data=body)
    assert answer.status_code in (409, 422)
    assert "最多还能延长 30 天" in answer.text
    assert "案情复杂" in answer.text  # what was written is still there
    body |= {f"{STEP}-days": "30", "_once": key()}
    assert door.of("supervisor@bureau").post(address, data=body).status_code == 303
    session.expire_all()
    clock = the_clock(world, lead)
    why = door.of("handler").get(f"/leads/{lead.id}/why/{clock.id}").text
    assert "期限的经过" in why
    assert "东统延〔2026〕1号" in why
    assert len(re.findall(r"<b>30 天</b>", why)) == 1
    assert "最多延长 1 次，已经用完" in door.of("supervisor@bureau").get(f"/leads/{lead.id}").text
