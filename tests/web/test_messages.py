"""The operator's page: what is stuck and what nobody can know, and nothing of a case beyond it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.channels.rows import a_choice
from tests.core.audit.rows import see_all
from tests.security.world import TODAY, Door, World, key
from tracker.core.audit.models import AuditRow
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.errors import say
from tracker.core.notices import service
from tracker.core.notices.models import Attempt, Outbox

pytestmark = [pytest.mark.once, pytest.mark.at_time(TODAY)]
ADMIN = "system_admin@bureau"
HERE = "/operations/messages"


@pytest.fixture
def house(app, session: Session):
    """Three messages about one lead, to its handler."""
    with transaction():
        world = World(session)
        lead = world.lead(at="verifying")
        handler = world.people["handler"]
        a_choice(session, handler, email="handler@example.cn")
        for n in range(3):
            service.post(
                session, [handler], case_id=lead.id, sentence=say("《%(t)s》", t=lead.title),
                now=utc_now(), source_key=f"k{n}", may_see=see_all,
                due_on=utc_now().date() + timedelta(days=n),
            )  # fmt: skip
    return Door(app, world.people), lead


def put_into(session: Session, state: str, error: str = "TimeoutError") -> list[int]:
    with transaction():
        rows = list(session.scalars(select(Outbox.id).where(Outbox.channel == "email")))
        session.execute(
            update(Outbox)
            .where(Outbox.id.in_(rows))
            .values(state=state, attempts=1, claimed_at=utc_now(), last_error=error)
        )
        for row_id in rows:
            session.add(
                Attempt(outbox_id=row_id, n=1, began_at=utc_now(), ended_at=utc_now(),
                        outcome="unknown", detail=error)
            )  # fmt: skip
    return sorted(rows)


def decide(door: Door, go: str, *rows: int, state: str = "unknown", once: str = ""):
    data = {"_once": once or key(), "go": go, "message": [str(r) for r in rows], "state": state}
    return door.of(ADMIN).post(HERE, data=data)


def test_only_a_system_administrator_finds_the_page(house):
    door, _ = house
    for who in ("handler", "supervisor@bureau", "security_admin@bureau", "auditor@bureau"):
        if who in door.people:
            assert door.of(who).get(HERE).status_code == 404, who
            assert door.of(who).post(HERE, data={"go": "drop"}).status_code == 404, who
    assert door.of(ADMIN).get(HERE).status_code == 200


def test_what_nobody_can_know_is_shown_without_the_case(house, session):
    door, lead = house
    put_into(session, "unknown")
    page = door.of(ADMIN).get(HERE).text
    assert page.count('name="message"') == 3
    assert f"{lead.number}（线索），2026年3月4日到期" in page
    assert "handler@example.cn" in page
    assert "TimeoutError" in page
    for hidden in (lead.title, lead.unit_name, "虚报", f"/leads/{lead.id}"):
        assert hidden not in page
    assert "没有消息等您决定" not in page
    assert "没有这样的消息" in door.of(ADMIN).get(f"{HERE}?state=failed").text


def test_each_state_has_its_tab(house, session):
    door, _ = house
    for state in ("queued", "sending", "sent", "skipped", "failed", "unknown", "nonsense"):
        assert door.of(ADMIN).get(f"{HERE}?state={state}").status_code == 200
    page = door.of(ADMIN).get(f"{HERE}?state=queued").text
    assert "等待发送 <b>3</b>" in page
    assert 'name="go"' not in page, "what still goes its way is not decided about"
    for before in ("", "x", "2026-01-01_1", "2026-03-04T02:00:00+00:00_99999999999"):
        assert door.of(ADMIN).get(HERE, query_string={"before": before}).status_code == 200


@pytest.mark.parametrize(
    ("go", "state"), [("again", "queued"), ("delivered", "sent"), ("drop", "skipped")]
)
def test_a_decision_is_taken_once_and_audited(house, session, go: str, state: str):
    door, _ = house
    first, second, third = put_into(session, "unknown")
    once = key()
    for _ in range(2):
        assert decide(door, go, first, second, once=once).status_code == 303
    found = dict(
        session.execute(select(Outbox.id, Outbox.state).where(Outbox.channel == "email")).all()
    )
    assert found == {first: state, second: state, third: "unknown"}
    rows = session.scalars(select(AuditRow).where(AuditRow.tag == f"message.{go}")).all()
    assert [(r.object, r.case_id) for r in rows] == [
        (f"message:{n}", None) for n in (first, second)
    ]
    assert {r.actor_id for r in rows} == {door.people[ADMIN]}
    session.rollback()
    answer = decide(door, go, first)
    assert answer.status_code == 409, "somebody has decided already"
    assert "已经有人处理" in answer.text


def test_nothing_chosen_or_nonsense_changes_nothing(house, session):
    door, _ = house
    put_into(session, "failed")
    answer = decide(door, "again", state="failed")
    assert answer.status_code == 409
    assert "先选消息" in answer.text
    assert decide(door, "burn", 1).status_code == 400
    bad = {"_once": key(), "go": "drop", "message": ["x", "-1", "٣", "9" * 30]}
    assert door.of(ADMIN).post(HERE, data=bad).status_code == 409
    assert set(session.scalars(select(Outbox.state).where(Outbox.channel == "email"))) == {"failed"}
