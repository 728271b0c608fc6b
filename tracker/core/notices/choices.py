"""How a person wants to be told outside the product, and what that means for a moment."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.core.clock import at_office, office_date, office_time
from tracker.core.errors import N_, BadInput, say
from tracker.core.notices.channels.settings import CHANNEL_LABELS, Channels
from tracker.core.notices.models import NoticeChoice
from tracker.core.notices.once import insert_once

# What every mail server takes; whether it arrives, only the test message can tell.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PHONE = re.compile(r"\+?[0-9]{5,20}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_LONGEST_EMAIL = 200


def choice_of(session: Session, user_id: int) -> NoticeChoice | None:
    """What a person chose, if they ever did."""
    return session.get(NoticeChoice, user_id)


def chosen_channels(choice: NoticeChoice | None) -> list[str]:
    """The channels a person chose, in the house's order."""
    chosen = choice.channels.split() if choice is not None else []
    return [name for name in CHANNEL_LABELS if name in chosen]


def address_for(choice: NoticeChoice, channel: str) -> str:
    """Where a channel reaches the person; a robot needs no address, only whom to mention."""
    found = choice.email if channel == "email" else choice.phone
    return found or ""


def save_choice(
    session: Session,
    user_id: int,
    setup: Channels,
    *,
    channels: list[str],
    email: str,
    phone: str,
    quiet_from: str,
    quiet_to: str,
    digest_at: str,
    now: datetime,
) -> None:
    """Keep what a person chose; BadInput names the field that does not hold together."""
    email, phone = email.strip(), re.sub(r"[\s-]", "", phone)
    picked = [name for name in setup.names if name in channels]
    _check_email(email, setup, wanted="email" in picked)
    if (phone or "sms" in picked) and not _PHONE.fullmatch(phone):
        raise BadInput("phone", say(N_("填手机号码，例如 13800000000")))
    for name, value in (
        ("quiet_from", quiet_from),
        ("quiet_to", quiet_to),
        ("digest_at", digest_at),
    ):
        if value and not _CLOCK.fullmatch(value):
            raise BadInput(name, say(N_("填钟点，例如 08:30")))
    if bool(quiet_from) != bool(quiet_to):
        missing = "quiet_to" if quiet_from else "quiet_from"
        raise BadInput(missing, say(N_("免打扰时段的起止都要填，或者都不填")))
    if quiet_from and quiet_from == quiet_to:
        raise BadInput("quiet_to", say(N_("免打扰时段的起止不能相同")))
    values = {
        "channels": " ".join(picked),
        "email": email or None,
        "phone": phone or None,
        "quiet_from": quiet_from or None,
        "quiet_to": quiet_to or None,
        "digest_at": digest_at or None,
        "changed_at": now,
    }
    if not insert_once(session, NoticeChoice, {"user_id": user_id, **values}, ("user_id",)):
        session.execute(
            update(NoticeChoice).where(NoticeChoice.user_id == user_id).values(**values)
        )


def _check_email(email: str, setup: Channels, *, wanted: bool) -> None:
    if not email and not wanted:
        return
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise BadInput("email", say(N_("填邮箱地址，例如 name@example.com")))
    domains = setup.email.domains if setup.email is not None else ()
    domain = email.rpartition("@")[2].lower()
    if domains and not any(
        domain == d.lower() or domain.endswith(f".{d.lower()}") for d in domains
    ):
        raise BadInput("email", say(N_("只能用这些邮箱：%(names)s"), names="、".join(domains)))


# ---------------------------------------------------------------- moments


def after_quiet(choice: NoticeChoice, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into."""
    if not choice.quiet_from or not choice.quiet_to:
        return moment
    clock = f"{office_time(moment):%H:%M}"
    first, last = choice.quiet_from, choice.quiet_to
    quiet = first <= clock < last if first < last else clock >= first or clock < last
    return next_time(moment, last) if quiet else moment


def next_time(moment: datetime, clock: str) -> datetime:
    """The first moment from now on at which office clocks show a time."""
    hour, minute = int(clock[:2]), int(clock[3:])
    today = office_date(moment)
    found = at_office(today, hour, minute)
    return found if found >= moment else at_office(today + timedelta(days=1), hour, minute)
