"""A queued sentence reaches each person once, and nobody who may not see the case."""

# ruff: noqa: PT012 - what fails fails when the transaction ends
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.core.audit.rows import (
    NOW,
    a_case,
    a_grant,
    a_person,
    an_office,
    count,
    put,
    see_all,
    see_none,
)
from tracker.core.db import transaction
from tracker.core.errors import Sentence, say
from tracker.core.notices import service
from tracker.core.notices.models import Notice, Outbox
from tracker.core.notices.wording import pack, unpack

HELLO = say("轮到您：%(title)s，%(state)s。", title="某企业线索", state=say("待初审"))


def deliver(now=NOW, may_see=see_all) -> list[str]:
    done: list[str] = []
    while True:
        with transaction() as session:
            state = service.deliver_one(session, now, may_see)
        if state is None:
            return done
        done.append(state)


def test_a_sentence_survives_its_columns():
    sentence = say("%(a)s %(n)s %(d)s %(t)s %(x)s", a=HELLO, n=3, d=date(2026, 1, 2), t=NOW, x=None)
    assert unpack(sentence.text, pack(sentence)) == sentence


def test_a_named_person_is_told_once(session: Session):
    with transaction():
        li = a_person(session, "li")
        case_id = a_case(session, an_office(session), li)
        for _ in range(2):
            service.queue(
                session,
                case_id=case_id,
                to_user_ids=[li, li],
                sentence=HELLO,
                now=NOW,
                source_key="case:1:2:turn",
            )
    assert service.anything_queued(session, NOW)
    assert deliver() == ["sent"]
    [notice] = service.inbox(session, li)
    assert notice.sentence == HELLO
    assert str(notice.sentence) == "轮到您：某企业线索，待初审。"
    assert not service.anything_queued(session, NOW)


def test_a_role_is_resolved_when_it_is_delivered(session: Session):
    with transaction():
        office, other = an_office(session), an_office(session, "别的局")
        here, stand_in, gone, left, elsewhere, revoked = (
            a_person(session, name, active=name != "gone")
            for name in ("here", "stand_in", "gone", "left", "elsewhere", "revoked")
        )
        for user_id in (here, gone):
            a_grant(session, user_id, office, "supervisor")
        a_grant(session, left, office, "supervisor", until=date(2026, 11, 22))
        a_grant(session, elsewhere, other, "supervisor")
        a_grant(session, stand_in, office, "inspector")
        for to, ended in ((stand_in, None), (revoked, NOW)):
            put(
                session,
                "delegations",
                from_user_id=here,
                to_user_id=to,
                valid_from=date(2026, 11, 20),
                valid_to=date(2026, 11, 30),
                reason="出差",
                made_by_id=here,
                revoked_at=ended,
            )
        case_id = a_case(session, office, here)
        added = service.queue(
            session,
            case_id=case_id,
            to_org_role=(office, "supervisor"),
            sentence=HELLO,
            now=NOW,
            source_key="k",
        )
    assert added == 1
    assert deliver() == ["sent"]
    assert set(session.scalars(select(Notice.user_id))) == {here, stand_in}


def test_nobody_who_may_not_see_the_case_is_told(session: Session):
    with transaction():
        li, wu = a_person(session, "li"), a_person(session, "wu")
        case_id = a_case(session, an_office(session), li)
        service.queue(
            session, case_id=case_id, to_user_ids=[li, wu], sentence=HELLO, now=NOW, source_key="k"
        )
    assert deliver(may_see=lambda _session, user_id, _case: user_id == wu) == ["skipped", "sent"]
    assert list(session.scalars(select(Notice.user_id))) == [wu]
    skipped = session.scalars(select(Outbox).where(Outbox.state == "skipped")).one()
    assert (skipped.last_error, skipped.sent_at) == ("nobody", None)


def test_a_poisoned_row_waits_and_is_set_aside(session: Session):
    with transaction():
        li, wu = a_person(session, "li"), a_person(session, "wu")
        case_id = a_case(session, an_office(session), li)
        service.queue(
            session, case_id=case_id, to_user_ids=[li, wu], sentence=HELLO, now=NOW, source_key="k"
        )

    def poisoned(_session: Session, user_id: int, _case: int) -> bool:
        if user_id == li:
            raise KeyError("名字")
        return True

    assert deliver(may_see=poisoned) == ["queued", "sent"]
    assert deliver(may_see=poisoned) == []
    for day in range(1, 5):
        deliver(NOW + timedelta(days=day), poisoned)
    row = session.scalars(select(Outbox).where(Outbox.user_id == li)).one()
    assert (row.state, row.attempts, row.last_error) == ("failed", 5, "KeyError")
    assert deliver(NOW + timedelta(days=9)) == []
    assert count(session, Notice) == 1


def test_a_notice_without_a_case_needs_no_right(session: Session):
    with transaction():
        li = a_person(session, "li")
        service.queue(
            session,
            case_id=None,
            to_user_ids=[li],
            sentence=Sentence("日历已更新。"),
            now=NOW,
            source_key="calendar:2",
        )
    assert deliver(may_see=see_none) == ["sent"]


def test_the_inbox_pages_and_counts(session: Session):
    with transaction():
        li, wu = a_person(session, "li"), a_person(session, "wu")
        for turn in range(120):
            for person in (li, wu):
                service.post(
                    session,
                    [person],
                    case_id=None,
                    sentence=say("第%(n)s条", n=turn),
                    now=NOW,
                    source_key=f"k{turn}",
                    may_see=see_all,
                )
    assert service.unread_count(session, li) == 99
    first = service.inbox(session, li, limit=50)
    second = service.inbox(session, li, first[-1].id, limit=50)
    assert [str(n.sentence) for n in (first[0], first[-1], second[0])] == [
        "第119条",
        "第70条",
        "第69条",
    ]
    with transaction():
        mine, other = first[0].id, service.inbox(session, wu, limit=1)[0].id
        assert service.mark_read(session, li, NOW, [mine, other]) == 1
        assert service.mark_read(session, li, NOW) == 119
        assert service.mark_read(session, li, NOW) == 0
    assert service.unread_count(session, li) == 0
    assert service.unread_count(session, wu) == 99


def test_the_database_refuses_two_addressees(session: Session):
    with pytest.raises(IntegrityError, match="one_addressee"), transaction():
        li, office = a_person(session, "li"), an_office(session)
        session.add(
            Outbox(
                user_id=li,
                org_id=office,
                role="head",
                source_key="k",
                template="x",
                params={},
                created_at=NOW,
                try_after=NOW,
                message_id="m",
            )
        )
