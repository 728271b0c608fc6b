"""Who sees which reminders: the forecast, what was sent, and one entry for what an outage held."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from tests.security.world import TODAY, Door, World
from tracker.core.accounts.models import User
from tracker.core.cases.people import recipients
from tracker.core.clock import office_date, utc_now
from tracker.core.db import transaction
from tracker.core.errors import say
from tracker.core.notices.models import Notice
from tracker.core.notices.service import post
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.reconcile import reconcile
from tracker.jobs import sweep_reminders

pytestmark = [pytest.mark.once, pytest.mark.at_time(TODAY)]
FORECAST, SENT = "/dates/reminders/", "/dates/reminders/sent"


@pytest.fixture
def desk(app, session):
    with transaction():
        world = World(session)
        lead = world.lead(at="verifying")
    return Door(app, world.people), lead, world


def test_the_people_inside_see_what_will_be_sent(desk):
    door, lead, world = desk
    page = door.of("handler").get(f"{FORECAST}?days=90").text
    assert lead.number in page
    assert "到期前" in page
    assert f"示例{list(world.people).index('handler') + 1}" in page
    assert "发给" in page


def test_the_sender_does_not_see_the_steps_of_the_bureau(desk):
    door, lead, _ = desk
    assert lead.number in door.of("drafter").get("/leads/").text
    for address in (FORECAST, SENT):
        page = door.of("drafter").get(f"{address}?days=90").text
        assert lead.number not in page
        assert "没有提醒" in page


@pytest.mark.parametrize("who", ["system_admin@bureau", "supervisor@foreign bureau"])
def test_others_see_an_empty_page(desk, who):
    door, lead, _ = desk
    for address in (FORECAST, SENT):
        answer = door.of(who).get(f"{address}?days=90")
        assert answer.status_code == 200
        assert lead.number not in answer.text


def test_filters_that_make_no_sense_are_left_aside(desk):
    door, _, _ = desk
    handler = door.of("handler")
    for words in ("days=9999999999", "days=x", "to_whom=nobody", "from=2026-13-01&to=x",
                  "from=2027-01-01&to=2020-01-01", "state=odd", "from=0001-01-01"):  # fmt: skip
        for address in (FORECAST, SENT):
            assert handler.get(f"{address}?{words}").status_code == 200, words


def test_an_audience_can_be_chosen(desk):
    door, _, _ = desk
    supervisor = door.of("supervisor@bureau")
    assert "业务负责人</span>" in supervisor.get(f"{FORECAST}?days=90&to_whom=supervisor").text
    assert "承办人</span>" not in supervisor.get(f"{FORECAST}?days=90&to_whom=supervisor").text


def test_what_was_sent_stands_with_who_has_it(desk, session, at_time):
    door, lead, _ = desk
    row = session.scalars(
        select(Reminder).where(Reminder.case_id == lead.id, Reminder.state == "planned")
        .order_by(Reminder.due_at)
    ).first()  # fmt: skip
    assert row is not None
    moment = row.due_at + timedelta(hours=1)
    session.rollback()
    at_time(f"{office_date(moment)} 10:00")
    page = door.of("handler").get(SENT).text
    assert "还没发" in page
    assert sweep_reminders(utc_now()).startswith("sent")
    session.rollback()
    page = door.of("handler").get(SENT).text
    assert "已发</span>" in page
    assert lead.number in page


def test_an_outage_is_one_entry_that_unfolds(desk, session):
    door, lead, world = desk
    handler = world.people["handler"]
    with transaction():
        before = post(
            session, [handler], case_id=lead.id, sentence=say("平常的一条。"), now=utc_now(),
            source_key="plain", may_see=lambda *_: True,
        )  # fmt: skip
        for n in range(40):
            post(
                session, [handler], case_id=lead.id, sentence=say("（补发）第 %(n)s 件", n=n),
                now=utc_now(), source_key=f"late{n}", may_see=lambda *_: True,
                late=True, group_key="outage:1",
            )  # fmt: skip
    assert before == [handler]
    client = door.of("handler")
    page = client.get("/notices/").text
    assert "系统停机后补发的 40 条提醒" in page
    assert page.count("（补发）第") == 40
    assert "平常的一条。" in page
    assert "2 条未读" in page
    home = client.get("/").text
    assert home.count("（补发）第") == 1
    last = session.scalars(select(Notice.id).where(Notice.source_key == "late3")).one()
    session.rollback()
    assert client.get(f"/notices/{last}").headers["Location"] == f"/leads/{lead.id}"
    assert door.of("drafter").get(f"/notices/{last}").headers["Location"] == "/notices/"


def test_each_audience_is_found_on_the_day(desk, session):
    _, lead, world = desk
    people = world.people
    on = office_date(utc_now())
    heard = {
        who: recipients(session, lead.id, who, on) for who in ("handler", "supervisor", "head")
    }
    name = session.get_one(User, people["handler"]).name
    assert heard["handler"] == {people["handler"]: "", people["handler's deputy"]: name}
    assert people["supervisor@bureau"] in heard["supervisor"]
    assert people["handler's deputy"] in heard["supervisor"], "stands in for one of them"
    assert people["head@bureau"] in heard["head"]
    assert people["head@foreign bureau"] not in heard["head"]
    far = on.replace(year=2031)
    assert recipients(session, lead.id, "handler", far) == {people["handler"]: ""}


def test_what_a_reconciliation_found_is_shown_to_those_who_see_the_case(desk, session):
    door, lead, _ = desk
    with transaction():
        session.execute(
            delete(Reminder).where(Reminder.case_id == lead.id, Reminder.state == "planned")
        )
    assert reconcile(utc_now()).count
    page = door.of("handler").get(SENT).text
    assert "应有而没有" in page
    assert "已经自动补排" in page
    assert lead.number in page
    assert "应有而没有" not in door.of("drafter").get(SENT).text
