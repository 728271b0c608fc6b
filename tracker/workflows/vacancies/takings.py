"""What each step of a gap needs besides the move: checked, then written."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.accounts.roles import Role
from tracker.core.cases.engine import Taking
from tracker.core.cases.taking import Asked, Takings
from tracker.core.errors import N_, BadInput, Sentence, say
from tracker.core.norms.board import Standing, cures, standing
from tracker.core.notices import service as notices
from tracker.core.registers.models import Organisation
from tracker.workflows.vacancies.models import Vacancy


def tell_place(
    session: Session, vacancy: Vacancy, now_short: Standing, now: datetime, event: str
) -> None:
    """Tell the place that is short how many are missing and what would end it."""
    if vacancy.origin_org_id == vacancy.bureau_id:
        return
    origin = session.get_one(Organisation, vacancy.origin_org_id)
    clerk = Role.LIAISON if origin.kind == "department" else Role.TOWNSHIP_CLERK
    sentence = say(
        "%(name)s 缺统计人员 %(n)s 人。%(how)s", name=now_short.name, n=now_short.short,
        how=_ways(now_short),
    )  # fmt: skip
    for role in (clerk, Role.DEPT_APPROVER):
        notices.queue(
            session,
            case_id=vacancy.id,
            sentence=sentence,
            now=now,
            source_key=f"case:{vacancy.id}:{event}",
            to_org_role=(origin.id, role.value),
        )


def _ways(now_short: Standing) -> Sentence:
    found, *others = [cure.words for cure in cures(now_short)] or [say(N_("请尽快补齐。"))]
    for words in others:
        found = say("%(some)s%(more)s", some=found, more=words)
    return found


def _plan(asked: Asked[Vacancy]) -> Taking:
    vacancy, plan = asked.case, asked.required("plan", N_("请写怎样补齐。"))
    until = _day_ahead(asked)

    def apply() -> None:
        vacancy.plan, vacancy.plan_until = plan, until

    return Taking(apply=apply)


def _day_ahead(asked: Asked[Vacancy]) -> date:
    until = asked.day("until")
    if until is None or until < asked.today:
        raise BadInput("until", say("补齐日期不能早于今天。"))
    return until


def _urge(asked: Asked[Vacancy]) -> Taking:
    vacancy = asked.case
    short = standing(asked.session, vacancy.subject, asked.today)
    if short is None or short.met:
        raise BadInput("note", say("按登记已经配齐，请办“已补齐”。"))

    def apply() -> None:
        tell_place(asked.session, vacancy, short, asked.now, f"{vacancy.version}:urge")

    return Taking(apply=apply)


def _end(asked: Asked[Vacancy]) -> Taking:
    vacancy = asked.case

    def apply() -> None:
        vacancy.ended_on = asked.today

    return Taking(apply=apply)


TAKINGS: Takings = {
    "set_plan": _plan,
    "change_plan": _plan,
    "urge": _urge,
    "fill": _end,
    "excuse": _end,
}
