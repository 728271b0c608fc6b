"""Messages outside, for whoever runs the product: what is stuck, and what nobody can be sure of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectMultipleField

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.service import record
from tracker.core.cases.outside import about
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import N_, Refusal, StepRefused, say
from tracker.core.notices import operator
from tracker.core.notices.channels.settings import CHANNEL_LABELS
from tracker.web.access import needs, request_id
from tracker.web.acting import guarded
from tracker.web.feed import channels
from tracker.web.login import address
from tracker.web.once import new_key

bp = Blueprint("messages", __name__, url_prefix="/operations/messages")
_PAGE = 50
_MOST_ROW_ID = 2**31 - 2

LABELS = {"inbox": N_("站内通知"), **CHANNEL_LABELS}
REASONS = {
    "nobody": N_("收件人已看不到这件事或账号已停用"),
    "not_wanted": N_("收件人已改变提醒方式"),
    "channel_off": N_("这个渠道已经关闭"),
    operator.DROPPED: N_("管理员决定不再发送"),
    operator.DELIVERED: N_("管理员标记为已送达"),
    "worker gone": N_("发送时后台进程中断"),
}


@bp.get("")
@needs(Role.SYSTEM_ADMIN)
def list_messages() -> ResponseReturnValue:
    """One tab a state; those that wait for a decision come first."""
    return _page()


@bp.post("")
@needs(Role.SYSTEM_ADMIN)
def decide_messages() -> ResponseReturnValue:
    """Decide about the chosen messages: delivered, once more, or no more."""
    decision = request.form.get("go", "")
    if decision not in get_args(operator.Decision):
        abort(400)
    chosen = sorted({int(v) for v in request.form.getlist("message") if _is_row_id(v)})
    form = _MessagesForm()

    def work(session: Session, actor: Actor) -> str:
        if not chosen:
            raise StepRefused([Refusal(say("先选消息，再决定怎么办。"))], decision)
        done = [n for n in chosen if _decide(session, actor, n, decision)]
        if not done:
            raise StepRefused(
                [Refusal(say("选中的消息已经有人处理，或者不能这样处理。"))], decision
            )
        flash(gettext("%(n)s 条消息已处理。", n=len(done)), "success")
        return url_for("messages.list_messages", state=asked_state())

    return guarded(work, lambda: (_page(chosen), 409), form)


class _MessagesForm(FlaskForm):
    message = SelectMultipleField(validate_choice=False)


def _is_row_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 11 and int(value) <= _MOST_ROW_ID


def _decide(session: Session, actor: Actor, row_id: int, decision: Any) -> bool:
    now = utc_now()
    before = operator.decide(session, row_id, decision, now)
    if before is None:
        return False
    record(
        session,
        tag=f"message.{decision}",
        at=now,
        actor_id=actor.user_id,
        object=f"message:{row_id}",
        request_id=request_id(),
        origin=address(),
        details={"before": before},
    )
    return True


def asked_state() -> str:
    """The state that the address asks for, else the one that waits for a decision."""
    wanted = request.values.get("state", "")
    return wanted if wanted in operator.STATE_LABELS else "unknown"


def _before() -> tuple[datetime, int] | None:
    """The place of the last row of the page before, as the link carried it."""
    moment, _, row_id = request.args.get("before", "").partition("_")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if found.tzinfo is None or not _is_row_id(row_id):
        return None
    return found, int(row_id)


def _page(chosen: list[int] | None = None) -> str:
    session, now, state = db.session(), utc_now(), asked_state()
    found = operator.messages(session, state, about, now, _before(), _PAGE + 1)
    rows = found[:_PAGE]
    last = rows[-1].row if len(found) > _PAGE else None
    return render_template(
        "messages/list.html",
        state=state,
        states=operator.STATE_LABELS,
        counts=operator.counts(session, now),
        rows=rows,
        chosen=chosen or [],
        labels=LABELS,
        reasons=REASONS,
        can_decide=state in operator.UNDECIDED,
        configured=[LABELS[name] for name in channels().names],
        after=f"{last.try_after.isoformat()}_{last.id}" if last is not None else None,
        key=new_key(),
    )
