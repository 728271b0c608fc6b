"""What must hold before a gap counts as filled."""

from __future__ import annotations

from tracker.core.cases.flow import Context
from tracker.core.errors import Refusal, say
from tracker.core.norms.board import standing
from tracker.workflows.vacancies.models import Vacancy


def norm_met(context: Context) -> Refusal | None:
    """Enough people are in post today, or no norm holds for the place any more."""
    vacancy = context.case
    if not isinstance(vacancy, Vacancy):
        return None
    now = standing(context.session, vacancy.subject, context.today)
    if now is None or now.met:
        return None
    return Refusal(
        say("按登记还缺 %(n)s 人。", n=now.short),
        instead=say("报备调入并确认上岗后，缺口自动了结"),
    )


def place_is_here(context: Context) -> Refusal | None:
    """The place that is short has an office in this product that can be told."""
    if context.case.origin_org_id != context.case.bureau_id:
        return None
    return Refusal(say("该单位没有使用本系统。"), instead=say("请另行通知"))
