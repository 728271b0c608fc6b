"""How I want to be told: channels, hours, a test message, and the address of my calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectMultipleField, StringField
from wtforms.validators import Length, Optional

from tracker.core.accounts.actor import Actor
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput, Refusal, StepRefused, say
from tracker.core.notices.channels.settings import CHANNEL_LABELS, Channels
from tracker.core.notices.choices import choice_of, chosen_channels, save_choice
from tracker.core.notices.feeds import create_feed, feed_of, revoke_feed
from tracker.core.notices.models import NoticeChoice
from tracker.core.notices.queueing import queue_test, tests_since
from tracker.web.access import current_actor, logged_in
from tracker.web.acting import guarded
from tracker.web.feed import channels, feed_address
from tracker.web.login import note_access
from tracker.web.once import FIELD, body_hash, new_key, once, remember

bp = Blueprint("tell", __name__, url_prefix="/me/notices")
_ = lazy_gettext
_MOST_TESTS, _TEST_WINDOW = 3, timedelta(minutes=10)


class ChoicesForm(FlaskForm):
    """What can be judged here; the rest is judged where it is kept."""

    channels = SelectMultipleField(_("站外提醒"), validate_choice=False)
    email = StringField(_("电子邮箱"), [Optional(), Length(max=200)])
    phone = StringField(_("手机号码"), [Optional(), Length(max=32)])
    quiet_from = StringField(_("免打扰从"), [Optional()])
    quiet_to = StringField(_("免打扰到"), [Optional()])
    digest_at = StringField(_("每天汇总的时间"), [Optional()])


@bp.get("")
@logged_in
def show_choices() -> ResponseReturnValue:
    """The page."""
    choice = choice_of(db.session(), current_actor().user_id)
    return _page(_filled(choice))


@bp.post("")
@logged_in
def save_choices() -> ResponseReturnValue:
    """Keep what was chosen."""
    form, setup = ChoicesForm(), channels()

    def work(session: Session, actor: Actor) -> str:
        if not form.validate():
            name = next(iter(form.errors))
            raise BadInput(name, say("最多 %(max)s 个字", max=200))
        now = utc_now()
        save_choice(
            session,
            actor.user_id,
            setup,
            channels=form.channels.data or [],
            email=form.email.data or "",
            phone=form.phone.data or "",
            quiet_from=form.quiet_from.data or "",
            quiet_to=form.quiet_to.data or "",
            digest_at=form.digest_at.data or "",
            now=now,
        )
        note_access(session, "notices.choose", f"user:{actor.user_id}", now, actor.user_id)
        flash(gettext("提醒方式已保存。"), "success")
        return url_for("tell.show_choices")

    return guarded(work, lambda: (_page(form), 422), form)


@bp.post("/test")
@logged_in
def send_test() -> ResponseReturnValue:
    """Send a message that says only that it has arrived, through the same outbox."""
    setup = channels()

    def work(session: Session, actor: Actor) -> str:
        now = utc_now()
        choice = choice_of(session, actor.user_id)
        wanted = [name for name in chosen_channels(choice) if name in setup.names]
        if choice is None or not wanted:
            raise StepRefused([Refusal(say("先选好提醒方式并保存，然后发测试消息。"))], "test")
        if tests_since(session, actor.user_id, now - _TEST_WINDOW) + len(wanted) > _limit(wanted):
            raise StepRefused([Refusal(say("测试消息发得太多，请过 10 分钟再试。"))], "test")
        for name in wanted:
            queue_test(session, choice, name, now)
        flash(gettext("测试消息已交给系统，一分钟内应当收到；收不到请找系统管理员。"), "success")
        return url_for("tell.show_choices")

    choice = choice_of(db.session(), current_actor().user_id)
    return guarded(work, lambda: (_page(_filled(choice)), 409), _filled(choice))


def _limit(wanted: list[str]) -> int:
    return _MOST_TESTS * len(wanted)


@bp.post("/feed")
@logged_in
def make_feed() -> ResponseReturnValue:
    """A new address; it is shown here and never again."""
    now = utc_now()
    with transaction() as session:
        actor = current_actor(session)
        key = request.form.get(FIELD, "")
        earlier = once(session, actor.user_id, key, body_hash(request.form), now)
        if earlier is not None:
            return redirect(earlier, 303)
        token = create_feed(session, actor.user_id, now)
        remember(session, actor.user_id, key, url_for("tell.show_choices"))
        note_access(session, "feed.create", f"user:{actor.user_id}", now, actor.user_id)
    choice = choice_of(db.session(), actor.user_id)
    return _page(_filled(choice), address=feed_address(token))


@bp.post("/feed/end")
@logged_in
def end_feed() -> ResponseReturnValue:
    """The address leads nowhere from now on."""
    now = utc_now()
    with transaction() as session:
        actor = current_actor(session)
        if revoke_feed(session, actor.user_id, now):
            note_access(session, "feed.revoke", f"user:{actor.user_id}", now, actor.user_id)
    flash(gettext("订阅地址已经停用。"), "info")
    return redirect(url_for("tell.show_choices"), 303)


def _filled(choice: NoticeChoice | None) -> ChoicesForm:
    """The form as it was saved."""
    values: dict[str, Any] = {"channels": chosen_channels(choice)}
    if choice is not None:
        for name in ("email", "phone", "quiet_from", "quiet_to", "digest_at"):
            values[name] = getattr(choice, name) or ""
    return ChoicesForm(formdata=None, data=values)


def _page(form: ChoicesForm, address: str = "") -> str:
    setup: Channels = channels()
    faults = [(f.id, f"{f.label.text}：{e}") for f in form for e in f.errors]
    return render_template(
        "login/notices.html",
        form=form,
        problems=faults,
        offered=[(name, CHANNEL_LABELS[name]) for name in setup.names],
        domains=setup.email.domains if setup.email is not None else (),
        chosen=form.channels.data or [],
        saved=bool(chosen_channels(choice_of(db.session(), current_actor().user_id))),
        feed=feed_of(db.session(), current_actor().user_id),
        address=address,
        key=new_key(),
    )
