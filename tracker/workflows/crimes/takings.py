"""What each step of a transfer needs besides the move: checked, then written."""

from __future__ import annotations

from datetime import datetime

from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.cases.taking import Asked, Takings
from tracker.core.clock import office_date
from tracker.core.errors import N_, BadInput, say
from tracker.core.registers.officers import uncertified
from tracker.workflows.crimes.guards import TEAM
from tracker.workflows.crimes.models import Crime


def _team(asked: Asked[Crime]) -> Taking:
    """Two different officers with certificates valid today (国务院令第310号 5; 行政处罚法 42)."""
    chosen = {part: _officer(asked, part) for part in TEAM}
    if len(set(chosen.values())) < len(TEAM):
        raise BadInput("co_officer", say("专案组须是两个人。"))
    return Taking(parts=chosen, details=dict(chosen))


def _officer(asked: Asked[Crime], part: str) -> int:
    crime, wanted = asked.case, asked.inputs.get(part)
    officers = people_in(asked.session, crime.bureau_id or 0, Role.INSPECTOR, asked.today)
    user = next((u for u in officers if u.id == wanted), None)
    if user is None or user.clearance < crime.confidentiality:
        raise BadInput(part, say("请选一名本单位的执法检查人员。"))
    if uncertified(asked.session, [user.id], asked.today):
        raise BadInput(part, say("%(who)s 的统计执法证今天无效。", who=user.name))
    return user.id


def _report(asked: Asked[Crime]) -> Taking:
    crime, offence = asked.case, asked.required("offence", N_("请写涉嫌的罪名和条款。"))

    def apply() -> None:
        crime.offence = offence
        crime.imposed = asked.text("imposed") or crime.imposed

    return Taking(apply=apply)


def _moment(asked: Asked[Crime], after: datetime | None = None) -> datetime:
    """The moment that hours count from; nothing happens before what led to it."""
    at = asked.inputs.get("at")
    if not isinstance(at, datetime):
        raise BadInput("at", say("请填写时间。"))
    if at > asked.now:
        raise BadInput("at", say("时间不能晚于现在。"))
    if after is not None and at < after:
        raise BadInput("at", say("时间不能早于上一步。"))
    return at


def _when(at: datetime) -> When:
    return When(on=office_date(at), at=at)


def _approve(asked: Asked[Crime]) -> Taking:
    crime, at = asked.case, _moment(asked)

    def apply() -> None:
        crime.approved_at = at

    return Taking(when=_when(at), apply=apply)


def _hand_over(asked: Asked[Crime]) -> Taking:
    crime, organ = asked.case, asked.required("organ", N_("请写接受移送的公安机关。"))
    at = _moment(asked, crime.approved_at)

    def apply() -> None:
        crime.organ = organ

    return Taking(when=_when(at), apply=apply)


def _sign(asked: Asked[Crime]) -> Taking:
    crime, at = asked.case, _moment(asked, asked.case.approved_at)

    def apply() -> None:
        crime.signed_at = at

    return Taking(when=_when(at), apply=apply)


def _not_theirs(asked: Asked[Crime]) -> Taking:
    return Taking(when=_when(_moment(asked, asked.case.signed_at)))


def _forwarded(asked: Asked[Crime]) -> Taking:
    crime, organ = asked.case, asked.required("organ", N_("请写接受移送的公安机关。"))

    def apply() -> None:
        crime.organ = organ

    return Taking(when=When(on=asked.day("on")), apply=apply)


TAKINGS: Takings = {
    "name_team": _team,
    "change_team": _team,
    "report": _report,
    "approve": _approve,
    "hand_over": _hand_over,
    "sign": _sign,
    "not_theirs": _not_theirs,
    "forwarded": _forwarded,
}
