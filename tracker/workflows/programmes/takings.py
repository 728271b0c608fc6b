"""What each step of the training year needs besides the move itself: checked, then written."""

from __future__ import annotations

from collections.abc import Callable

from tracker.core.cases.engine import Taking
from tracker.core.cases.opening import Seed, openings
from tracker.core.cases.taking import Asked, Takings
from tracker.core.documents import service as documents
from tracker.core.errors import N_, BadInput, say
from tracker.workflows.programmes import standing, yearly
from tracker.workflows.programmes.content import CONTENT_TAKINGS, chosen_line
from tracker.workflows.programmes.models import Programme, ProgrammeSession

Asking = Asked[Programme]


def _approve(asked: Asking) -> Taking:
    """With its budget: domain 3.8 Y1."""
    programme = asked.case
    planned = standing.sums_of(asked.session, programme.id)[1]
    budget = asked.amount("budget")
    if budget is None or budget < planned:
        raise BadInput(
            "budget", say("各项经费合计 %(sum)s 元，批准的经费不能少于它。", sum=planned)
        )

    def apply() -> None:
        programme.approved_on, programme.budget = asked.today, budget

    return Taking(details={"budget": str(budget)}, apply=apply)


def _voiding(kind: str) -> Callable[[Asking], Taking]:
    """Going back makes the paper untrue that said otherwise; its number stays void."""

    def go_back(asked: Asking) -> Taking:
        reason = asked.required("note", N_("请写明理由。"))
        session, case_id, who = asked.session, asked.case.id, asked.actor.user_id

        def apply() -> None:
            documents.void_all(session, case_id, kind, by=who, now=asked.now, reason=reason)

        return Taking(note=reason, apply=apply)

    return go_back


def _open_session(asked: Asking) -> Taking:
    programme, line = asked.case, chosen_line(asked)
    seed = Seed(
        origin=programme,
        unit_name="",
        region_code=programme.region_code,
        matter=line.title,
        source="programme",
        confidentiality=programme.confidentiality,
        more={
            "topic": line.kind,
            "title": line.title,
            "audience": line.audience,
            "hours": line.hours,
            "people": line.people,
            "purpose": line.purpose,
            "year": programme.year,
            "month": line.month,
        },
    )

    def apply() -> None:
        made = openings.open(
            asked.session, standing.SESSION_KIND, asked.actor, seed, now=asked.now,
            note=line.title,
        )  # fmt: skip
        asked.session.add(ProgrammeSession(session_id=made.id, line_id=line.id))

    return Taking(fields={"line": line.title}, details={"line": line.id}, apply=apply)


def _record_general(asked: Asking) -> Taking:
    day = asked.day("on")
    if day is None or day.year != asked.case.year or day > asked.today:
        raise BadInput("on", say("请填计划年度内已经过去的日期。"))
    held = day

    def apply() -> None:
        yearly.general_held(
            asked.session, asked.case, on=held, actor_id=asked.actor.user_id, now=asked.now
        )

    return Taking(apply=apply)


def _finish(asked: Asking) -> Taking:
    """What is on file by now counts, though the product has not looked yet."""
    held = standing.general_held_on(asked.session, asked.case.house_id, asked.case.year)

    def apply() -> None:
        if held is not None:
            yearly.general_held(
                asked.session, asked.case, on=held, actor_id=asked.actor.user_id, now=asked.now
            )

    return Taking(apply=apply)


def _summarise(asked: Asking) -> Taking:
    text = asked.required("summary", N_("请写年度总结。"))

    def apply() -> None:
        asked.case.summary = text

    return Taking(apply=apply)


TAKINGS: Takings = {
    **CONTENT_TAKINGS,
    "approve": _approve,
    "send_back": _voiding("training_plan"),
    "amend": _voiding("training_plan"),
    "open_session": _open_session,
    "record_general": _record_general,
    "finish": _finish,
    "summarise": _summarise,
    "return_summary": _voiding("training_year_summary"),
}
