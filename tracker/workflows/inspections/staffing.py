"""Who checks: sending officers, replacing them, and recusal."""

from __future__ import annotations

from typing import cast

from tracker.core.accounts.models import User
from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases.engine import Taking
from tracker.core.cases.evidence import TEAM, team_of
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import CaseExcludedOrg
from tracker.core.cases.scope import RECUSED
from tracker.core.cases.taking import Asked
from tracker.core.errors import BadInput, say
from tracker.core.registers.officers import uncertified
from tracker.workflows.inspections.models import Inspection

Task = Asked[Inspection]


def officer(asked: Task, name: str, *, but: str | None = None) -> User:
    """An inspector of the bureau, named in an answer, who may check today.

    `but` is the part the person is to take; nobody on the team takes a second one.
    """
    session, task = asked.session, asked.case
    people = {p.id: p for p in people_in(session, task.bureau_id or 0, Role.INSPECTOR, asked.today)}
    user = people.get(int(asked.inputs.get(name) or 0))
    if user is None:
        raise BadInput(name, say("请选一名本单位的执法检查人员。"))
    excluded = session.get(CaseExcludedOrg, (task.id, task.bureau_id))
    if excluded is not None or user.clearance < task.confidentiality:
        raise BadInput(name, say("%(who)s 的涉密权限不够办理本件。", who=user.name))
    if uncertified(session, [user.id], asked.today):
        raise BadInput(name, say("%(who)s 的统计执法证今天无效，不能检查。", who=user.name))
    if user.id in part_holders(session, task.id, RECUSED):
        raise BadInput(name, say("%(who)s 已经回避，不能再办理本件。", who=user.name))
    leaving = part_holders(session, task.id, but) if but else []
    if user.id in set(team_of(session, task.id)) - set(leaving):
        raise BadInput(name, say("%(who)s 已在检查组里，要另选一人。", who=user.name))
    return user


def assign(asked: Task) -> Taking:
    handler, other = officer(asked, "handler"), officer(asked, "co_officer")
    if handler.id == other.id:
        raise BadInput("co_officer", say("主办和协办须是两个人。"))
    parts = {"handler": handler.id, "co_officer": other.id}
    return Taking(parts=parts, details=dict(parts))


def reassign(part: str, asked: Task) -> Taking:
    user = officer(asked, "officer", but=part)
    return Taking(parts={part: user.id}, details={part: user.id})


def ask_recusal(asked: Task) -> Taking:
    who = int(asked.inputs.get("officer") or 0)
    if who not in team_of(asked.session, asked.case.id):
        raise BadInput("officer", say("只能申请检查组的人员回避。"))

    def apply() -> None:
        asked.case.recusal_of_id = who

    return Taking(details={"officer": who}, apply=apply)


def decide_recusal(asked: Task) -> Taking:
    """Who has to recuse loses the case in this step, and somebody takes the part over."""
    task, session = asked.case, asked.session
    who = cast(int, task.recusal_of_id)  # the guard has asked

    def apply() -> None:
        task.recusal_of_id = None

    if asked.text("decision") != "yes":
        return Taking(details={"officer": who, "recused": False}, apply=apply)
    held = [p for p in TEAM if who in part_holders(session, task.id, p)]
    parts = {RECUSED: who}
    if held:
        if not asked.inputs.get("replacement"):
            raise BadInput("replacement", say("请选接替人员，检查组不能少于两人。"))
        parts[held[0]] = officer(asked, "replacement").id
    details = {"officer": who, "recused": True, "replacement": parts.get(held[0] if held else "")}
    return Taking(parts=parts, details=details, apply=apply)
