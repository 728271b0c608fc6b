"""Takings of C2: recusal, officers, inquiries, more time, the report."""

from __future__ import annotations

from decimal import Decimal

from tracker.core.accounts.roles import Role
from tracker.core.benchmarks.loader import default_benchmarks
from tracker.core.cases.answers import answers
from tracker.core.cases.clocks import Extending, When
from tracker.core.cases.engine import Taking
from tracker.core.cases.scope import RECUSED
from tracker.core.deadlines.service import longest_extension
from tracker.core.errors import BadInput, say
from tracker.core.rulebook.terms import Term, Unit
from tracker.workflows.penalties.grading import (
    NEVER_FINED,
    graded,
    repetition,
    statute_range,
)
from tracker.workflows.penalties.grading import (
    Asked as Grade,
)
from tracker.workflows.penalties.guards.team import TEAM, settings_of, team_of
from tracker.workflows.penalties.models import CLOSING_REASONS, Penalty
from tracker.workflows.penalties.rows import Recusal, pending_recusal
from tracker.workflows.penalties.standing import running_clock
from tracker.workflows.penalties.takings.common import (
    PenaltyAsked,
    Takings,
    day,
    holder,
    not_before,
    officer,
    person,
    refuse_too_late,
    service,
)

EXIT_SETTINGS = {"withdraw": "withdrawal", "terminate": "termination"}
_EXIT_REASONS = {"withdraw": "withdrawn", "terminate": "terminated"}


# ---------------------------------------------------------------- the team


def _ask_recusal(asked: PenaltyAsked) -> Taking:
    who = person(asked, "person", Role.INSPECTOR)
    if who.id not in team_of(asked.session, asked.case.id):
        raise BadInput("person", say("%(who)s 不是本案的办案人员。", who=who.name))
    row = Recusal(
        case_id=asked.case.id,
        user_id=who.id,
        reason=asked.required("reason", "请写明回避的理由。"),
        asked_on=asked.today,
    )
    return Taking(details={"person": who.id}, apply=lambda: asked.session.add(row))


def _decide_recusal(asked: PenaltyAsked) -> Taking:
    row = pending_recusal(asked.session, asked.case.id)
    if row is None:
        return Taking()  # the guard says why and refuses
    granted = asked.text("granted") == "yes"
    parts: dict[str, int] = {}
    if granted:
        part = next((p for p in TEAM if holder(asked, p) == row.user_id), None)
        stays = next((u for p in TEAM if p != part and (u := holder(asked, p)) is not None), None)
        new = officer(asked, "replacement", other_than=stays)
        if new.id == row.user_id:
            raise BadInput("replacement", say("接替的人不能是回避的人。"))
        parts = {RECUSED: row.user_id, **({part: new.id} if part else {})}

    def apply() -> None:
        row.granted, row.decided_on = granted, asked.today
        row.decided_by_id = asked.actor.user_id
        row.replacement_id = next((u for p, u in parts.items() if p != RECUSED), None)

    return Taking(parts=parts, details={"granted": granted, "person": row.user_id}, apply=apply)


def _reassign(asked: PenaltyAsked) -> Taking:
    user = officer(asked, "handler", other_than=holder(asked, "co_officer"))
    return Taking(parts={"handler": user.id}, details={"handler": user.id})


def _reassign_partner(asked: PenaltyAsked) -> Taking:
    user = officer(asked, "co_officer", other_than=holder(asked, "handler"))
    return Taking(parts={"co_officer": user.id}, details={"co_officer": user.id})


# ---------------------------------------------------------------- inquiries and time


def _serve_inquiry(asked: PenaltyAsked) -> Taking:
    row, reply = service(asked, "inquiry"), asked.day("reply_on")
    if reply is None or row.served_on is None or reply <= row.served_on:
        raise BadInput("reply_on", say("答复日期要晚于送达日期。"))
    return Taking(when=When(on=row.served_on, due=reply), apply=lambda: asked.session.add(row))


def _ask_extension(asked: PenaltyAsked) -> Taking:
    term = _months(asked, asked.inputs.get("months"))
    asked.required("reason", "请写明为什么要延长。")
    deadline = running_clock(asked.session, asked.case.id, "T02")
    most = None if deadline is None else longest_extension(asked.session, deadline)
    if most is not None and term.count > most.count:
        raise BadInput("months", say("依规则最多还能延长 %(most)s。", most=most.phrase))
    return Taking(details={"term": str(term)})


def _months(asked: PenaltyAsked, months: object) -> Term:
    del asked
    if not isinstance(months, int) or months < 1:
        raise BadInput("months", say("要填延长几个月，例如 3。"))
    return Term(months, Unit.M)


def _approve_extension(asked: PenaltyAsked) -> Taking:
    wish = answers(asked.session, asked.case.id).get("ask_extension", {})
    handler = holder(asked, "handler")
    term = _months(asked, wish.get("months"))
    return Taking(
        details={"term": str(term)},
        extending=Extending(term, str(wish.get("reason", "")), "延长办理期限审批表", handler or 0),
    )


# ---------------------------------------------------------------- side exits


def _propose_withdrawal(asked: PenaltyAsked) -> Taking:
    wanted = asked.text("exit")
    if not getattr(settings_of(asked.session, asked.case.bureau_id), EXIT_SETTINGS[wanted]):
        raise BadInput("exit", say("本单位没有启用这种了结方式：它的法定情形未核实。"))
    return Taking(details={"exit": wanted})


def _approve_withdrawal(asked: PenaltyAsked) -> Taking:
    on, case = day(asked), asked.case
    wanted = answers(asked.session, case.id).get("propose_withdrawal", {}).get("exit", "withdraw")
    reason = _EXIT_REASONS[str(wanted)]

    def apply() -> None:
        case.closing_reason = reason

    return Taking(when=When(on=on), details={"closing": CLOSING_REASONS[reason]}, apply=apply)


# ---------------------------------------------------------------- the report


def _submit_report(asked: PenaltyAsked) -> Taking:
    case = asked.case
    no_penalty = asked.text("outcome") == "no_penalty"
    if no_penalty and not asked.text("ground"):
        raise BadInput("ground", say("建议不予处罚的，要选理由。"))
    act_to = day(asked, "act_to")
    fine = Decimal(0) if no_penalty else asked.amount("fine") or Decimal(0)
    aggravated = bool(asked.inputs.get("aggravated"))
    if aggravated and not asked.text("aggravated_why"):
        raise BadInput("aggravated_why", say("认定情节严重的，要写明理由。"))
    _refuse_hidden_gravity(asked, aggravated=aggravated)
    if not no_penalty:
        opened = answers(asked.session, case.id).get("propose_opening", {})
        refuse_too_late(asked, act_to, case.found_on, graver=bool(opened.get("graver")))
    _refuse_elsewhere(asked)
    columns = weighed(asked, fine, asked.text("range_reason"), _grade(asked, aggravated=aggravated))
    if not no_penalty and not (fine or asked.inputs.get("warning") or asked.inputs.get("circular")):
        raise BadInput("fine", say("给予处罚的，至少要有警告、通报批评或者罚款之一。"))
    columns |= {
        "outcome": asked.text("outcome"),
        "act": asked.text("act"),
        "act_from": asked.day("act_from"),
        "act_to": act_to,
        "aggravated": aggravated,
        "table_id": asked.text("table"),
        "table_case": asked.text("table_case"),
        "warning": bool(asked.inputs.get("warning")),
        "circular": bool(asked.inputs.get("circular")),
        "no_penalty_ground": asked.text("ground") if no_penalty else None,
        "major_interest": bool(asked.inputs.get("major_interest")),
        "complicated": bool(asked.inputs.get("complicated")),
        "law_wants_review": bool(asked.inputs.get("law_wants_review")),
        "reviewed_on": None,
        "discussed_on": None,
    }

    def apply() -> None:
        for name, value in columns.items():
            setattr(case, name, value)

    return Taking(details={"fine": str(fine), "act": asked.text("act")}, apply=apply)


def _refuse_elsewhere(asked: PenaltyAsked) -> None:
    """A table of another place is no ground here."""
    case = asked.case
    table = default_benchmarks().table(asked.text("table"))
    if not table.applies_to(case.scope_code or case.region_code):
        raise BadInput("table", say("“%(table)s”不适用于本地。", table=say(table.title)))


def _grade(asked: PenaltyAsked, *, aggravated: bool) -> Grade:
    return Grade(
        asked.text("table"),
        asked.text("act"),
        asked.day("act_to"),
        aggravated,
        asked.text("table_case"),
    )


def grade_of(case: Penalty) -> Grade:
    """What the grade of a case was asked for in its report."""
    return Grade(case.table_id, case.act or "", case.act_to, case.aggravated, case.table_case)


def weighed(
    asked: PenaltyAsked, fine: Decimal, range_reason: str, grade: Grade
) -> dict[str, object]:
    """The columns of a fine that fits the law, and the range or its reason; BadInput if not."""
    case = asked.case
    if case.subject in NEVER_FINED and fine:
        raise BadInput("fine", say("国家机关和自然人不罚款。"))
    found = graded(asked.session, case, grade, asked.today).gravest
    allowed = statute_range(found)
    most = Decimal(0) if allowed is None else allowed[1]
    if fine > most:
        raise BadInput("fine", say("超过法定上限 %(most)s 元。", most=f"{most:,.0f}"))
    if fine and found.has_range and not found.allows(fine) and not range_reason:
        raise BadInput(
            "range_reason",
            say(
                "拟罚款不在幅度 %(low)s—%(high)s 元以内，要写明理由。",
                low=f"{found.fine_min:,.0f}",
                high="…" if found.fine_max is None else f"{found.fine_max:,.0f}",
            ),
        )
    return {
        "proposed_fine": fine,
        "range_reason": range_reason,
        "law_id": found.law.id if found.law else "",
        "statute_max": most,
        # A case without a fine is outside no range.
        "range_min": found.fine_min if fine else None,
        "range_max": found.fine_max if fine else None,
    }


def _refuse_hidden_gravity(asked: PenaltyAsked, *, aggravated: bool) -> None:
    """Three orders to correct within a year make the act aggravated (实施条例 50(4), rule T31)."""
    found = repetition(asked.session, asked.case, day(asked, "act_to"))
    if found is not None and found.reached and not aggravated:
        raise BadInput(
            "aggravated",
            say(
                "一年内已被责令改正 %(n)s 次，属情节严重，请勾选并写明理由。",
                n=len(found.dates),
            ),
        )


def _inquiry_answered(asked: PenaltyAsked) -> Taking:
    on = day(asked)
    out = running_clock(asked.session, asked.case.id, "OWN-INQUIRY")
    not_before(on, None if out is None else out.started_on)
    return Taking(when=When(on=on))


TAKINGS: Takings = {
    "ask_recusal": _ask_recusal,
    "decide_recusal": _decide_recusal,
    "reassign": _reassign,
    "reassign_partner": _reassign_partner,
    "serve_inquiry": _serve_inquiry,
    "inquiry_answered": _inquiry_answered,
    "ask_extension": _ask_extension,
    "approve_extension": _approve_extension,
    "propose_withdrawal": _propose_withdrawal,
    "approve_withdrawal": _approve_withdrawal,
    "submit_report": _submit_report,
}
