"""Posts of the register: taken up, confirmed, left. Every write is audited."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from tracker.core.errors import BadInput, say
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import current_code
from tracker.core.staff.learning import inducted
from tracker.core.staff.models import (
    DUTY_LABELS,
    END_LABELS,
    Duty,
    Holding,
    Person,
)
from tracker.core.staff.writing import known_place, note, person_of, within

_LONGEST_TITLE = 60
# The key of END_LABELS for a post that nobody has had.
_MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class PostData:
    """A post: at a place, or at an organisation there."""

    region_code: str
    duty: str
    since: date
    org_id: int | None = None
    title: str = ""
    full_time: bool = False
    on_payroll: bool = False


def add_holding(
    session: Session,
    person_id: int,
    post: PostData,
    *,
    confirmed_on: date | None = None,
    case_id: int | None = None,
    actor_id: int,
    now: datetime,
    request_id: str | None = None,
) -> Holding:
    """Put a person into a post, not yet confirmed unless a day is given; BadInput names the field.

    The person's record moves to the place of the latest post.
    """
    person = person_of(session, person_id)
    post = checked_post(session, post)
    _refuse_same_post(session, person, post)
    holding = Holding(person_id=person_id, opened_by_id=case_id, **asdict(post))
    session.add(holding)
    newest = session.scalar(select(func.max(Holding.since)).where(Holding.person_id == person_id))
    if newest is None or post.since >= newest:
        person.region_code = post.region_code
    session.flush()
    note(session, "staff.post.add", f"holding:{holding.id}", actor_id, now, request_id,
          {"person": person_id, "case": case_id, **asdict(post)})  # fmt: skip
    if confirmed_on is not None:
        confirm(session, holding, confirmed_on, actor_id=actor_id, now=now, request_id=request_id)
    return holding


def checked_post(session: Session, post: PostData) -> PostData:
    """The same as it should be written; BadInput for an unknown duty, place or organisation."""
    if post.duty not in set(Duty):
        raise BadInput("duty", say("请选岗位。"))
    given: dict[str, Any] = asdict(post)
    given["title"] = within("title", post.title, _LONGEST_TITLE)
    known_place(session, post.region_code)
    if post.org_id is not None:
        org = session.get(Organisation, post.org_id)
        if org is None:
            raise BadInput("org_id", say("没有这个机构。"))
        if current_code(org.region_code) != current_code(post.region_code):
            raise BadInput("org_id", say("“%(org)s”不在这个地方。", org=org.name))
    return PostData(**given)


def _refuse_same_post(session: Session, person: Person, post: PostData) -> None:
    same = session.scalar(
        select(Holding.id)
        .where(
            Holding.person_id == person.id,
            Holding.region_code == post.region_code,
            Holding.org_id.is_not_distinct_from(post.org_id),
            Holding.duty == post.duty,
            Holding.end_reason != _MISTAKE,
            or_(Holding.until.is_(None), Holding.until >= post.since),
        )
        .limit(1)
    )
    if same is not None:
        raise BadInput(
            "since",
            say(
                "%(who)s 在这里已经有一段未结束或者重叠的“%(duty)s”任职。",
                who=person.name,
                duty=say(DUTY_LABELS[Duty(post.duty)]),
            ),
        )


def confirm(
    session: Session,
    holding: Holding,
    on: date,
    *,
    actor_id: int,
    now: datetime,
    case_id: int | None = None,
    request_id: str | None = None,
) -> Holding:
    """Let somebody start: BadInput unless a passed induction is on file by that day.

    Training comes before the start (Ordos notice, two (3); rule P06).
    """
    if holding.confirmed_on is not None:
        raise BadInput("confirmed_on", say("已经确认上岗。"))
    if on < holding.since:
        raise BadInput("confirmed_on", say("上岗日期不能早于任职日期。"))
    if holding.until is not None and on > holding.until:
        raise BadInput("confirmed_on", say("这段任职已经结束，不能再确认上岗。"))
    if holding.person_id not in inducted(session, [holding.person_id], on):
        raise BadInput(
            "confirmed_on", say("岗前培训合格的记录在这一天之前还没有，先培训，后上岗。")
        )
    holding.confirmed_on = on
    session.flush()
    note(session, "staff.post.confirm", f"holding:{holding.id}", actor_id, now, request_id,
          {"person": holding.person_id, "case": case_id, "on": on})  # fmt: skip
    return holding


def end_holding(
    session: Session,
    holding: Holding,
    last_day: date,
    reason: str,
    *,
    successor_id: int | None = None,
    case_id: int | None = None,
    actor_id: int,
    now: datetime,
    request_id: str | None = None,
) -> Holding:
    """Close a post on its last day; the reason is a key of END_LABELS."""
    if holding.until is not None:
        raise BadInput("until", say("这段任职已经结束。"))
    if last_day < max(holding.since, holding.confirmed_on or holding.since):
        raise BadInput("until", say("离任日期不能早于任职日期或者上岗日期。"))
    if not reason or reason not in END_LABELS:
        raise BadInput("end_reason", say("请选离任原因。"))
    if successor_id is not None:
        if successor_id == holding.person_id:
            raise BadInput("successor_id", say("接任人不能是本人。"))
        person_of(session, successor_id)
    holding.until, holding.end_reason = last_day, reason
    holding.successor_id, holding.ended_by_id = successor_id, case_id
    session.flush()
    if reason == _MISTAKE:
        _give_back(session, holding)
    note(session, "staff.post.end", f"holding:{holding.id}", actor_id, now, request_id,
          {"person": holding.person_id, "case": case_id, "last_day": last_day,
           "reason": reason, "successor": successor_id})  # fmt: skip
    return holding


def _give_back(session: Session, holding: Holding) -> None:
    """A record that moved to the place of a mistaken post goes back to that of the latest other."""
    person = person_of(session, holding.person_id)
    others = [h for h in holdings_of(session, person.id) if h.end_reason != _MISTAKE]
    if others and person.region_code == holding.region_code:
        person.region_code = others[0].region_code
        session.flush()


def set_leave(
    session: Session,
    holding: Holding,
    first: date | None,
    last: date | None = None,
    *,
    case_id: int | None = None,
    actor_id: int,
    now: datetime,
    request_id: str | None = None,
) -> Holding:
    """Enter a long leave, without a last day while nobody knows it; no first day takes it away."""
    if first is None and last is not None:
        raise BadInput("leave_from", say("请填离岗的第一天。"))
    if first is not None and first < holding.since:
        raise BadInput("leave_from", say("离岗日期不能早于任职日期。"))
    if first is not None and last is not None and last < first:
        raise BadInput("leave_to", say("离岗的最后一天不能早于第一天。"))
    holding.leave_from, holding.leave_to = first, last
    session.flush()
    note(session, "staff.post.leave", f"holding:{holding.id}", actor_id, now, request_id,
          {"person": holding.person_id, "case": case_id, "from": first, "to": last})  # fmt: skip
    return holding


def in_post(on: date) -> ColumnElement[bool]:
    """The condition on posts: confirmed by a day, not ended before it, not on leave on it."""
    on_leave = and_(
        Holding.leave_from.is_not(None),
        Holding.leave_from <= on,
        or_(Holding.leave_to.is_(None), Holding.leave_to >= on),
    )
    return and_(Holding.confirmed_on.is_not(None), Holding.confirmed_on <= on, held(on), ~on_leave)


def held(on: date) -> ColumnElement[bool]:
    """The condition on posts: begun by a day and not ended before it, confirmed or not."""
    return and_(Holding.since <= on, or_(Holding.until.is_(None), Holding.until >= on))


def holdings_of(session: Session, person_id: int) -> list[Holding]:
    """The posts of a person, the latest first."""
    query = select(Holding).where(Holding.person_id == person_id)
    return list(session.scalars(query.order_by(Holding.since.desc(), Holding.id.desc())))


def people_at(
    session: Session, region_code: str, on: date, org_id: int | None = None
) -> list[tuple[Person, Holding]]:
    """Who is in post on a day at exactly this place, or at an organisation there; by name."""
    rows = session.execute(
        select(Person, Holding)
        .join(Holding, Holding.person_id == Person.id)
        .where(
            Holding.region_code == region_code,
            Holding.org_id.is_not_distinct_from(org_id),
            in_post(on),
        )
        .order_by(Person.name_key, Person.id, Holding.id)
    )
    return [(person, holding) for person, holding in rows]
