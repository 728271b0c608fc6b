"""How the worker does, for whoever runs the machine: jobs, queues, outages, clocks."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.forecast import audience_words, rung_words
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import N_, NotVisible
from tracker.core.reminders import clockwatch, outages, queues
from tracker.core.reminders.heartbeat import OK, STATE_LABELS, health
from tracker.core.reminders.reconcile import KIND_LABELS
from tracker.core.reminders.timetable import EVERY, RECONCILE
from tracker.web.access import needs, request_id
from tracker.web.acting import guarded
from tracker.web.errors import tell

bp = Blueprint("operations", __name__, url_prefix="/operations")

JOB_LABELS: dict[str, str] = {
    "deliver_notices": N_("投递通知"),
    "send_messages": N_("外发消息"),
    "sweep_reminders": N_("发送提醒"),
    "reconcile": N_("核对提醒"),
    "post_expiries": N_("提醒换执法证"),
    "plan_years": N_("建立年度培训计划"),
    "watch_norms": N_("核对人员配备"),
    "index_files": N_("读取材料、更新搜索索引"),
    "clean": N_("清理过期数据"),
}
_CHANNEL_LABELS: dict[str, str] = {
    "inbox": N_("站内通知"),
    "email": N_("邮件"),
    "wecom": N_("企业微信"),
    "dingtalk": N_("钉钉"),
    "feishu": N_("飞书"),
    "sms": N_("短信"),
}
_MESSAGE_LABELS: dict[str, str] = {
    "queued": N_("待发"),
    "sending": N_("正在发"),
    "sent": N_("已发"),
    "failed": N_("发送失败"),
    "skipped": N_("没有发"),
    "unknown": N_("不知是否送达"),
}
_NOTE_LABELS: dict[str, str] = {
    **KIND_LABELS,
    **_MESSAGE_LABELS,
    "planned": N_("稍后再试"),
    "returned": N_("恢复运行"),
    "clock_hold": N_("时钟待核对"),
}


@bp.get("/")
@needs(Role.SYSTEM_ADMIN)
def show_operations() -> ResponseReturnValue:
    """All of it on one page; what a case is about stands nowhere on it."""
    session, now = db.session(), utc_now()
    found = health(session, now)
    reconciled = next((s for s in found.signs if s.job == RECONCILE), None)
    return render_template(
        "operations/show.html",
        health=found,
        well=OK,
        job_labels=JOB_LABELS,
        state_labels=STATE_LABELS,
        every=EVERY,
        counts=queues.counts(session, now),
        failed=queues.failed(session),
        outbox=queues.outbox_counts(session),
        channel_labels=_CHANNEL_LABELS,
        message_labels=_MESSAGE_LABELS,
        outages=outages.latest(session),
        silent_since=outages.silent_since(session, now),
        holds=clockwatch.open_holds(session),
        past_holds=clockwatch.past_holds(session, 5),
        off_by=lambda hold: timedelta(seconds=abs(hold.jump)),
        reconciled=reconciled,
        verdict=queues.last_verdict(session),
        kind_labels=KIND_LABELS,
        note_words=note_words,
        rung_words=rung_words,
        audience_words=audience_words,
    )


def note_words(note: str) -> str:
    """What a job noted, such as `sent 3, failed 1`, in the reader's language."""
    words = []
    for part in note.split(", "):
        name, _, count = part.partition(" ")
        label = _NOTE_LABELS.get(name)
        words.append(f"{tell(label)} {count}".strip() if label else part)
    return str(gettext("，")).join(words)


@bp.post("/holds/<int:hold_id>/release")
@needs(Role.SYSTEM_ADMIN)
def release_hold(hold_id: int) -> ResponseReturnValue:
    """The administrator has looked at the machine's clock."""

    def work(session: Session, actor: Actor) -> str:
        _refuse_strangers(actor)
        done = clockwatch.confirm(
            session, hold_id, actor_id=actor.user_id, now=utc_now(), request_id=request_id()
        )
        if done:
            flash(gettext("已恢复发送，后台任务下一轮就会继续。"), "success")
        else:
            flash(gettext("这台机器已经恢复发送，不用再核对。"), "info")
        return url_for(".show_operations")

    return guarded(work, show_operations, None)


@bp.post("/reminders/retry", defaults={"reminder_id": None})
@bp.post("/reminders/<int:reminder_id>/retry")
@needs(Role.SYSTEM_ADMIN)
def retry_reminder(reminder_id: int | None) -> ResponseReturnValue:
    """Try one failed reminder again, or all of them."""

    def work(session: Session, actor: Actor) -> str:
        _refuse_strangers(actor)
        done = queues.retry(
            session,
            None if reminder_id is None else [reminder_id],
            actor_id=actor.user_id,
            now=utc_now(),
            request_id=request_id(),
        )
        if done:
            flash(gettext("已重新排队 %(n)s 条提醒。", n=done), "success")
        else:
            flash(gettext("没有可以重试的提醒：别人可能刚刚重试过。"), "info")
        return url_for(".show_operations")

    return guarded(work, show_operations, None)


def _refuse_strangers(actor: Actor) -> None:
    """The role is asked again inside the writing transaction."""
    if not actor.has(Role.SYSTEM_ADMIN):
        raise NotVisible("operations")
