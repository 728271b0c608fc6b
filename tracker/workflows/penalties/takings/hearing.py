"""Takings of C7: the date counted back, the notice in time, the record."""

from __future__ import annotations

from datetime import datetime

from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases.clocks import When, rule_for
from tracker.core.cases.engine import Taking
from tracker.core.clock import office_date
from tracker.core.deadlines.due import count_back
from tracker.core.errors import BadInput, say
from tracker.workflows.penalties.guards.team import ever_on_team
from tracker.workflows.penalties.rows import Hearing, hearings_of
from tracker.workflows.penalties.takings.common import (
    PenaltyAsked,
    Takings,
    day,
    not_before,
    person,
    service,
)


def _set(asked: PenaltyAsked) -> Taking:
    at = asked.inputs.get("hearing_at")
    if not isinstance(at, datetime) or at <= asked.now:
        raise BadInput("hearing_at", say("请填将来的听证时间。"))
    rule = rule_for(asked.case, "T06", office_date(at))
    calendar = store.load(asked.session)
    if rule.term is None:
        raise ValueError("T06 has no length")
    last = count_back(office_date(at), rule.term, calendar).due or asked.today
    if last < asked.today:
        raise BadInput(
            "hearing_at",
            say(
                "通知须提前 %(term)s送达，最早只能定在 %(on)s。",
                term=rule.term.phrase,
                on=calendar.add_workdays(asked.today, rule.term.count),
            ),
        )
    presider = person(asked, "presider", Role.LEGAL_REVIEWER)
    if presider.id in ever_on_team(asked.session, asked.case.id):
        raise BadInput("presider", say("听证主持人不能是本案的调查人员。"))
    public = asked.text("openness") == "public"
    if not public and not asked.text("closed_why"):
        raise BadInput("closed_why", say("不公开举行的，要写明理由。"))
    row = Hearing(
        case_id=asked.case.id,
        seq=len(hearings_of(asked.session, asked.case.id)) + 1,
        hearing_at=at,
        place=asked.required("place", "请写听证地点。"),
        presider_id=presider.id,
        recorder=asked.required("recorder", "请写记录人。"),
        public=public,
        closed_why=asked.text("closed_why"),
        notice_by=last,
    )
    return Taking(
        parts={"presider": presider.id},
        when=When(due=last),
        details={"presider": presider.id, "notice_by": str(last)},
        apply=lambda: asked.session.add(row),
    )


def _serve(asked: PenaltyAsked) -> Taking:
    row, hearing = service(asked, "hearing_notice"), _current(asked)
    if row.served_on is not None and row.served_on > hearing.notice_by:
        raise BadInput(
            "on",
            say("听证通知最迟应在 %(on)s 送达，请重新确定听证日期。", on=hearing.notice_by),
        )
    held = office_date(hearing.hearing_at)

    def apply() -> None:
        asked.session.add(row)
        hearing.served_on = row.served_on

    return Taking(when=When(on=row.served_on, due=held), apply=apply)


def _current(asked: PenaltyAsked) -> Hearing:
    found = hearings_of(asked.session, asked.case.id)
    if not found:
        raise BadInput("hearing_at", say("还没有确定听证。"))
    return found[-1]


def _postpone(asked: PenaltyAsked) -> Taking:
    hearing = _current(asked)

    def apply() -> None:
        hearing.postponed = True

    return Taking(apply=apply)


def _drop(asked: PenaltyAsked) -> Taking:
    if asked.text("why") == "absent" and asked.case.state != "hearing":
        raise BadInput("why", say("听证通知送达以后，才有无故缺席。"))
    return Taking(when=When(on=day(asked)))


def _hold(asked: PenaltyAsked) -> Taking:
    on, hearing, case = day(asked), _current(asked), asked.case
    not_before(on, office_date(hearing.hearing_at))
    opinion = asked.required("opinion", "请写听证意见。")

    def apply() -> None:
        hearing.held_on, hearing.opinion = on, opinion
        case.hearing_held_on = on
        case.reviewed_on = None  # a hearing wants a legal review after it (处罚法 58)

    return Taking(when=When(on=on), note=opinion, apply=apply)


TAKINGS: Takings = {
    "set_hearing": _set,
    "serve_hearing_notice": _serve,
    "postpone_hearing": _postpone,
    "drop_hearing": _drop,
    "hold_hearing": _hold,
}
