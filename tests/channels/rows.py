"""A person who wants to be told outside, a case to tell of, and a house that sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.channels import servers
from tests.core.audit.rows import NOW, a_case, a_person, an_office, see_all
from tracker.core.cases.outside import about
from tracker.core.errors import say
from tracker.core.notices import sending, service
from tracker.core.notices.channels.settings import Channels, read_channels
from tracker.core.notices.models import NoticeChoice, Outbox
from tracker.core.notices.service import MaySee

ALL = "email wecom dingtalk feishu sms"
DUE = date(2026, 11, 27)


def a_choice(session: Session, user_id: int, **more: Any) -> None:
    values = {
        "channels": "email", "email": f"u{user_id}@example.cn", "phone": "13800000000", **more,
    }  # fmt: skip
    session.add(NoticeChoice(user_id=user_id, changed_at=NOW, **values))
    session.flush()


def a_reader(session: Session, name: str = "li", **choice: Any) -> tuple[int, int]:
    """A person with a choice, and a case."""
    user_id = a_person(session, name)
    a_choice(session, user_id, **choice)
    return user_id, a_case(session, an_office(session, f"{name}局"), user_id)


def tell(session: Session, user_id: int, case_id: int | None, key: str = "k", **more: Any) -> None:
    service.post(
        session,
        [user_id],
        case_id=case_id,
        sentence=say("《%(title)s》：请办理。", title="某企业线索"),
        source_key=key,
        **{"now": NOW, "may_see": see_all, "due_on": DUE, **more},
    )


def outside(session: Session) -> list[Outbox]:
    session.rollback()
    query = select(Outbox).where(Outbox.channel != "inbox").order_by(Outbox.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def states(session: Session) -> list[str]:
    return [row.state for row in outside(session)]


def channels_at(
    mail: int = 0, http: str = "", timeout: float = 0.5, claim_seconds: int = 20
) -> Channels:
    values: dict[str, Any] = {
        "public_address": "https://tracker.example",
        "timeout_seconds": timeout,
        "claim_seconds": claim_seconds,
    }
    if mail:
        values["email"] = {
            "host": servers.HOST, "port": mail, "sender": "t@tracker.example", "security": "none",
        }  # fmt: skip
    if http:
        values |= {
            "wecom": {"address": http, "key": "k"},
            "dingtalk": {"address": http, "token": "t", "secret": "s"},
            "feishu": {"address": http, "token": "t", "secret": "s"},
            "sms": {"address": http, "fields": {"to": "{phone}", "words": "{text}"}},
        }
    return read_channels(values)


def send(
    channels: Channels,
    now: datetime = NOW,
    may_see: MaySee = see_all,
    clock: Callable[[], datetime] | None = None,
    most: int = 500,
) -> dict[str, int]:
    house = sending.House(channels, may_see, about, clock or (lambda: now))
    return sending.send_due(house, most=most)


def later(**more: float) -> datetime:
    return NOW + timedelta(**more)
