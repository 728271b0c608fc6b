"""Takings of C10 and C11: money and the court."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from tracker.core.cases import clocks
from tracker.core.cases.answers import answers
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.cases.models import Attachment
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import BadInput, say
from tracker.workflows.penalties.ledger import Due
from tracker.workflows.penalties.rows import Instalment, Payment, instalments_of, payments_of
from tracker.workflows.penalties.standing import clock, dues_of, ledger_of, window_of
from tracker.workflows.penalties.takings.common import (
    PenaltyAsked,
    Takings,
    begin,
    count_again,
    dated,
    day,
    end,
    not_before,
    service,
)
from tracker.workflows.penalties.window import why_not_apply

VOUCHER = "缴款凭证"
_PART = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?[\s,，：:]+([\d,]+(?:\.\d{1,2})?)元?")


# ---------------------------------------------------------------- payments


def _hand_in(asked: PenaltyAsked) -> Taking:
    on, case = day(asked), asked.case
    taken = clock(asked.session, case.id, "T13")
    not_before(on, None if taken is None else taken.started_on)
    row = Payment(
        case_id=case.id,
        paid_on=case.served_on or on,
        amount=case.collected_fine or Decimal(0),
        way="spot",
        voucher=asked.text("voucher") or "当场收缴",
        recorded_by_id=asked.actor.user_id,
    )
    return Taking(when=When(on=on), apply=lambda: asked.session.add(row))


def _record(asked: PenaltyAsked) -> Taking:
    on, amount = day(asked), asked.amount("amount")
    not_before(on, asked.case.served_on)
    if amount is None or amount <= 0:
        raise BadInput("amount", say("请填缴款金额。"))
    account = ledger_of(asked.session, asked.case, on)
    if account is not None and amount > account.balance:
        raise BadInput("amount", say("多于应缴的 %(owed)s 元。", owed=f"{account.balance:,.2f}"))
    _refuse_without_voucher(asked)
    row = Payment(
        case_id=asked.case.id,
        paid_on=on,
        amount=amount,
        way=asked.text("way") or "bank",
        voucher=asked.required("voucher", "请写缴款凭证号。"),
        recorded_by_id=asked.actor.user_id,
    )

    def apply() -> None:
        asked.session.add(row)
        asked.session.flush()
        _stop_paid(asked, on)

    return Taking(when=When(on=on), details={"amount": str(amount)}, apply=apply)


def _refuse_without_voucher(asked: PenaltyAsked) -> None:
    """Each payment has a voucher of its own in the file."""
    there = asked.session.scalar(
        select(func.count())
        .select_from(Attachment)
        .where(Attachment.case_id == asked.case.id, Attachment.label == VOUCHER)
    )
    banked = [p for p in payments_of(asked.session, asked.case.id) if p.way != "spot"]
    if (there or 0) <= len(banked):
        raise BadInput("files", say("请同时上传%(what)s。", what=say(VOUCHER)))


def _stop_paid(asked: PenaltyAsked, on: date) -> None:
    """A part that is paid has no clock any more."""
    account = ledger_of(asked.session, asked.case, on)
    if account is None:
        return
    reached = Decimal(0)
    for part in instalments_of(asked.session, asked.case.id):
        reached += part.amount
        if account.paid >= reached and part.deadline_id is not None:
            _stop(asked, part.deadline_id, on)
    if account.paid >= account.fine:
        end(asked, "T10", on)


def _stop(asked: PenaltyAsked, deadline_id: int, on: date) -> None:
    for deadline in deadlines.running(asked.session, asked.case.id):
        if deadline.id == deadline_id:
            clocks.end(
                asked.session,
                asked.case,
                deadline,
                on=max(on, deadline.started_on),
                actor_id=asked.actor.user_id,
                now=asked.now,
            )


def read_plan(text: str, fine: Decimal, after: date) -> list[Due]:
    """A plan as it is typed, one part a line: 2026-06-30 20000. BadInput names the line."""
    found: list[Due] = []
    for no, line in enumerate((part for part in text.splitlines() if part.strip()), start=1):
        match = _PART.fullmatch(line.strip())
        try:
            if match is None:
                raise ValueError(line)
            on = date(int(match[1]), int(match[2]), int(match[3]))
            amount = Decimal(match[4].replace(",", ""))
        except ValueError:
            raise BadInput("plan", say("第 %(n)s 行要写成“2026-06-30 20000”。", n=no)) from None
        if amount <= 0 or on <= (found[-1].on if found else after):
            raise BadInput("plan", say("第 %(n)s 行的日期要晚于前一期，金额要大于零。", n=no))
        found.append(Due(on, amount))
    total = sum((d.amount for d in found), Decimal(0))
    if total != fine:
        raise BadInput(
            "plan",
            say(
                "各期合计 %(total)s 元，应等于罚款 %(fine)s 元。",
                total=f"{total:,.2f}",
                fine=f"{fine:,.2f}",
            ),
        )
    return found


def _ask_plan(asked: PenaltyAsked) -> Taking:
    on = day(asked)
    not_before(on, asked.case.served_on)
    asked.required("reason", "请写申请理由。")
    plan = read_plan(asked.text("plan"), asked.case.fine, asked.case.served_on or on)
    return Taking(details={"parts": len(plan)})


def _approve_plan(asked: PenaltyAsked) -> Taking:
    case = asked.case
    wish = answers(asked.session, case.id).get("ask_instalments", {})
    plan = read_plan(str(wish.get("plan", "")), case.fine, case.served_on or asked.today)

    def apply() -> None:
        for line, part in enumerate(plan, start=1):
            started = begin(
                asked,
                "OWN-INSTALMENT",
                asked.today,
                due=part.on,
                label=f"缴纳罚款第 {line} 期（{part.amount:,.2f} 元）",
            )
            asked.session.add(
                Instalment(
                    case_id=case.id, line=line, due_on=part.on, amount=part.amount,
                    deadline_id=started.id,
                )
            )  # fmt: skip
        asked.session.flush()
        count_again(asked, asked.today)

    return Taking(when=When(without=frozenset({"T20"})), details={"parts": len(plan)}, apply=apply)


def _performed(asked: PenaltyAsked) -> Taking:
    case, today = asked.case, asked.today
    last = max((p.paid_on for p in payments_of(asked.session, case.id)), default=today)

    def apply() -> None:
        case.performed_on = last

    return Taking(apply=apply)


# ---------------------------------------------------------------- the court


def _serve_demand(asked: PenaltyAsked) -> Taking:
    row = service(asked, "demand")
    due = max((d.on for d in dues_of(asked.session, asked.case)), default=None)
    if due is not None and row.served_on is not None and row.served_on <= due:
        raise BadInput("on", say("缴款期限 %(on)s 届满以后才能催告。", on=due))
    return Taking(when=When(on=row.served_on), apply=lambda: asked.session.add(row))


def _apply(asked: PenaltyAsked) -> Taking:
    on = day(asked)
    window = window_of(asked.session, asked.case)
    demand = clock(asked.session, asked.case.id, "T21")
    if window is not None and demand is not None and demand.due_on is not None:
        refusal = why_not_apply(window, demand.due_on, on, asked.text("good_cause"))
        if refusal is not None:
            raise BadInput("good_cause" if on > window.closes_on else "on", refusal.why)
    return Taking(when=When(on=on), details={"court": asked.text("court")})


def _hears(asked: PenaltyAsked) -> Taking:
    """The thirty days count from the acceptance, not from the hearing (强制法 58)."""
    accepted = clock(asked.session, asked.case.id, "T22A")

    def apply() -> None:
        if accepted is not None:
            begin(asked, "T22B", accepted.started_on)

    return Taking(when=When(on=day(asked)), apply=apply)


def _ruled(asked: PenaltyAsked) -> Taking:
    return dated(asked, court_ruled_on=None)


def _object(asked: PenaltyAsked) -> Taking:
    on = day(asked)
    limit = clock(asked.session, asked.case.id, "T22C")
    if limit is not None and limit.due_on is not None and on > limit.due_on:
        raise BadInput("on", say("期限已于 %(on)s 届满。", on=limit.due_on))
    return Taking(when=When(on=on))


TAKINGS: Takings = {
    "hand_in": _hand_in,
    "record_payment": _record,
    "ask_instalments": _ask_plan,
    "approve_instalments": _approve_plan,
    "complete_performance": _performed,
    "serve_demand": _serve_demand,
    "apply_court": _apply,
    "court_hears": _hears,
    "court_rules": _ruled,
    "court_refuses": _ruled,
    "court_object": _object,
}
