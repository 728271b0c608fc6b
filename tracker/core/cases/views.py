"""Saved views: a way of looking at the work list under a name, one's own or the office's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.cases.workplace import SavedView
from tracker.core.errors import BadInput, NotVisible, say

# Of one person, and shared in one house: all are counted whenever the list is opened.
MOST_VIEWS = 30
# As long as the columns are.
_LONGEST_NAME, _LONGEST_ARGS = 40, 1000
# Where the view stands that the work list begins with; the others follow from 1 on.
START = 0


@dataclass(frozen=True, slots=True)
class ViewData:
    """What is saved: a name, the address's arguments, and the organisation that sees it too."""

    name: str
    args: str
    org_id: int | None = None


def views_of(session: Session, actor: Actor) -> list[SavedView]:
    """The actor's views in their order, then those that colleagues share with a house of theirs.

    A shared view holds a question only: each reader gets the answers that reader may see.
    """
    rows = session.scalars(
        select(SavedView)
        .where(or_(SavedView.owner_id == actor.user_id, SavedView.shared_org_id.in_(actor.orgs())))
        .order_by(SavedView.owner_id != actor.user_id, SavedView.place, SavedView.id)
    )
    return list(rows)


def start_view(session: Session, actor: Actor) -> SavedView | None:
    """The view the actor wants to begin with."""
    return session.scalars(
        select(SavedView).where(SavedView.owner_id == actor.user_id, SavedView.place == START)
    ).first()


def houses(actor: Actor) -> dict[int, str]:
    """The organisations an actor may share a view with: those of own roles, not of lent ones."""
    return {p.org_id: p.org_name for p in actor.powers if p.on_behalf_of is None}


def save_view(session: Session, actor: Actor, data: ViewData, now: datetime) -> SavedView:
    """Keep a view, as the actor's last; the same name again replaces what it held.

    BadInput names the field that is wrong.
    """
    data = _checked(actor, data)
    own = _own(session, actor)
    found = next((v for v in own if v.name == data.name), None)
    _refuse_crowd(session, found, data.org_id)
    if found is None:
        if len(own) >= MOST_VIEWS:
            raise _too_many("name")
        found = SavedView(owner_id=actor.user_id, made_at=now, place=_last(session, actor) + 1)
        session.add(found)
    found.name, found.args, found.shared_org_id = data.name, data.args, data.org_id
    session.flush()
    return found


def change_view(
    session: Session, actor: Actor, view_id: int, name: str, org_id: int | None
) -> SavedView:
    """Rename a view of the actor's, or share it otherwise; BadInput names what is wrong."""
    view = own_view(session, actor, view_id)
    data = _checked(actor, ViewData(name, view.args, org_id))
    if any(v.name == data.name and v.id != view_id for v in _own(session, actor)):
        raise BadInput("name", say("您已经有一个叫“%(name)s”的视图。", name=data.name))
    _refuse_crowd(session, view, data.org_id)
    view.name, view.shared_org_id = data.name, data.org_id
    return view


def move_view(session: Session, actor: Actor, view_id: int, by: int) -> None:
    """Put a view some places further up (negative) or down; the one to begin with stays first."""
    view = own_view(session, actor, view_id)
    others = [v for v in _own(session, actor) if v.place != START]
    if view.place == START:
        return
    at = others.index(view)
    others.insert(max(0, min(len(others) - 1, at + by)), others.pop(at))
    for place, one in enumerate(others, START + 1):
        one.place = place


def set_start(session: Session, actor: Actor, view_id: int | None) -> None:
    """Let the work list begin with a view of the actor's; None begins as for everybody."""
    wanted = None if view_id is None else own_view(session, actor, view_id)
    rest = [v for v in _own(session, actor) if v is not wanted]
    for place, one in enumerate(rest, START + 1):
        one.place = place
    if wanted is not None:
        wanted.place = START


def delete_view(session: Session, actor: Actor, view_id: int) -> None:
    """Forget a view of the actor's, also for those it was shared with."""
    session.delete(own_view(session, actor, view_id))


def own_view(session: Session, actor: Actor, view_id: int) -> SavedView:
    """A view of the actor's; nobody changes another's, and it does not exist for that."""
    view = session.get(SavedView, view_id)
    if view is None or view.owner_id != actor.user_id:
        raise NotVisible(f"view {view_id}")
    return view


def _refuse_crowd(session: Session, view: SavedView | None, org_id: int | None) -> None:
    if org_id is None or (view is not None and org_id == view.shared_org_id):
        return
    shared = select(func.count(SavedView.id)).where(SavedView.shared_org_id == org_id)
    if (session.scalar(shared) or 0) >= MOST_VIEWS:
        raise _too_many("org")


def _too_many(field: str) -> BadInput:
    return BadInput(field, say("最多存 %(most)s 个视图，请先删去不用的。", most=MOST_VIEWS))


def _own(session: Session, actor: Actor) -> Sequence[SavedView]:
    # Two tabs of one person wait for each other here; SQLite's writers queue anyway.
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update(key_share=True))
    return session.scalars(
        select(SavedView)
        .where(SavedView.owner_id == actor.user_id)
        .order_by(SavedView.place, SavedView.id)
    ).all()


def _last(session: Session, actor: Actor) -> int:
    last = select(func.max(SavedView.place)).where(SavedView.owner_id == actor.user_id)
    return session.scalar(last) or START


def _checked(actor: Actor, data: ViewData) -> ViewData:
    name = " ".join(data.name.split())
    if not name:
        raise BadInput("name", say("请给视图起个名字。"))
    if len(name) > _LONGEST_NAME:
        raise BadInput("name", say("最多 %(most)s 个字。", most=_LONGEST_NAME))
    if len(data.args) > _LONGEST_ARGS:
        raise BadInput("name", say("筛选条件太长，存不下，请减少一些。"))
    if data.org_id is not None and data.org_id not in houses(actor):
        raise BadInput("org", say("只能共享给自己所在的单位。"))
    return ViewData(name, data.args, data.org_id)
