"""What a plan says: its lines, and what the next year takes over from the year before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.cases.engine import Taking
from tracker.core.cases.taking import Asked, Takings
from tracker.core.errors import N_, BadInput, say
from tracker.core.staff.models import AUDIENCES, TrainingKind
from tracker.workflows.programmes.models import Programme, ProgrammeLine
from tracker.workflows.programmes.standing import lines_of, opened_from

_MONTHS = range(1, 13)
_MOST = 10_000
Asking = Asked[Programme]


def check_line(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a line. BadInput with the field that is wrong."""
    kind, audience = str(inputs.get("kind") or ""), str(inputs.get("audience") or "")
    if kind not in {k.value for k in TrainingKind}:
        raise BadInput("kind", say("请选培训种类。"))
    if audience not in AUDIENCES:
        raise BadInput("audience", say("请选培训对象。"))
    title = str(inputs.get("title") or "").strip()
    if not title:
        raise BadInput("title", say("请写培训名称。"))
    if inputs.get("month") not in _MONTHS:
        raise BadInput("month", say("月份填 1 至 12。"))
    for name in ("times", "people"):
        if not 0 < (inputs.get(name) or 0) <= _MOST:
            raise BadInput(name, say("数量要填 1 至 %(most)s 的整数。", most=_MOST))
    hours = _amount(inputs, "hours")
    if not 0 < hours <= _MOST or hours != hours.quantize(Decimal("0.1")):
        raise BadInput("hours", say("学时要大于 0，最多一位小数。"))
    budget = _amount(inputs, "budget")
    if budget < 0:
        raise BadInput("budget", say("经费不能是负数。"))
    counts = {name: int(inputs[name]) for name in ("month", "times", "people")}
    words = {"kind": kind, "audience": audience, "title": title}
    purpose = str(inputs.get("purpose") or "").strip()
    return {**words, **counts, "hours": hours, "budget": budget, "purpose": purpose}


def _amount(inputs: Mapping[str, Any], name: str) -> Decimal:
    value = inputs.get(name)
    return value if isinstance(value, Decimal) else Decimal(0)


def chosen_line(asked: Asking) -> ProgrammeLine:
    """The line of this plan that was picked. BadInput("line")."""
    picked = asked.text("line")
    row = asked.session.get(ProgrammeLine, int(picked)) if picked.isdigit() else None
    if row is None or row.case_id != asked.case.id:
        raise BadInput("line", say("请选计划里的一项培训。"))
    return row


def carry(session: Session, before: Programme, after: Programme) -> int:
    """Propose the lines of one year's plan for the next; how many.

    What a line was for ends with its year; the year in its title moves on.
    """
    lines = lines_of(session, before.id)
    same = ("kind", "audience", "month", "times", "hours", "people", "budget")
    session.add_all(
        ProgrammeLine(
            case_id=after.id,
            title=line.title.replace(str(before.year), str(after.year)),
            **{name: getattr(line, name) for name in same},
        )
        for line in lines
    )
    session.flush()
    return len(lines)


def _add(asked: Asking) -> Taking:
    row = ProgrammeLine(case_id=asked.case.id, **check_line(asked.inputs))
    return Taking(details={"title": row.title}, apply=lambda: asked.session.add(row))


def _change(asked: Asking) -> Taking:
    row, given = chosen_line(asked), check_line(asked.inputs)
    opened = opened_from(asked.session, row.id)
    if given["times"] < opened:
        raise BadInput("times", say("本项已经开了 %(n)s 期，期数不能再少。", n=opened))
    before = row.title

    def apply() -> None:
        for name, value in given.items():
            setattr(row, name, value)

    return Taking(
        fields={**asked.inputs, "line": before},
        details={"line": row.id, "title": given["title"]},
        apply=apply,
    )


def _remove(asked: Asking) -> Taking:
    row = chosen_line(asked)
    if opened_from(asked.session, row.id):
        raise BadInput("line", say("本项已经开班，不能删去。"))
    return Taking(
        fields={"line": row.title},
        details={"line": row.id, "title": row.title},
        apply=lambda: asked.session.delete(row),
    )


def _write_needs(asked: Asking) -> Taking:
    text = asked.required("needs", N_("请写明培训需求。"))

    def apply() -> None:
        asked.case.needs = text

    return Taking(apply=apply)


CONTENT_TAKINGS: Takings = {
    "write_needs": _write_needs,
    "add_line": _add,
    "change_line": _change,
    "remove_line": _remove,
}
