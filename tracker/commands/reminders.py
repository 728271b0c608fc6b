"""`tracker reminders`: what will be sent, and what was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.core.cases.forecast import Backcast, Expected, Lacking, Past

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group(name="reminders", help="提醒：将要发的和已经发的。")
def reminders() -> None:
    """Reads only."""


@reminders.command(name="forecast", help="没有别的变化时，今后几天会发哪些提醒。")
@click.option("--days", type=click.IntRange(1, 400), default=14, help="多少天，默认 14。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def forecast_command(*, days: int, as_json: bool) -> None:
    """Every row the scheduler will send, with who will hear."""
    from datetime import timedelta

    from tracker.commands.database import reading
    from tracker.core.cases.forecast import forecast
    from tracker.core.clock import utc_now

    _prepare()
    with reading() as session:
        now = utc_now()
        found = forecast(session, now, now + timedelta(days=days))
        rows = _expected(session, found)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        people = "、".join(row["recipients"]) or "没有人可收"
        late = "（补发）" if row["late"] else ""
        click.echo(
            f"{_shown(row['at'])}  {row['case']}  {row['rule']}  {row['said']}{late}  {people}"
        )
    click.echo(f"今后 {days} 天共 {len(rows)} 条。")


@reminders.command(name="backcast", help="两天之间应发的提醒，各自的结果，以及缺了什么。")
@click.option("--from", "first", type=_DAY, required=True, help="从哪天，例如 2026-05-01。")
@click.option("--to", "last", type=_DAY, required=True, help="到哪天（含）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def backcast_command(*, first: datetime, last: datetime, as_json: bool) -> None:
    """Exit code 1 when something is missing."""
    import sys
    from datetime import timedelta

    from tracker.commands.database import reading
    from tracker.core.cases.forecast import STATE_LABELS, backcast
    from tracker.core.clock import at_office, utc_now

    if last < first:
        raise click.BadParameter("到的日期早于从的日期，请对调。", param_hint="--to")
    _prepare()
    with reading() as session:
        found = backcast(
            session,
            utc_now(),
            at_office(first.date(), 0),
            at_office(last.date() + timedelta(days=1), 0),
        )
        answer = _past(session, found)
        answer = {"from": f"{first:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}", **answer}
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for row in answer["rows"]:
            reason = f"（{row['reason']}）" if row["reason"] else ""
            late = "（补发）" if row["late"] else ""
            state = STATE_LABELS[row["state"]]
            people = "、".join(row["recipients"])
            click.echo(
                f"{_shown(row['at'])}  {row['case']}  {row['rule']}  {row['said']}  "
                f"{state}{reason}{late}  {people}"
            )
        sums = "，".join(f"{STATE_LABELS[name]} {n}" for name, n in answer["sums"].items())
        click.echo(f"合计 {len(answer['rows'])} 条：{sums}。")
        for row in answer["missing"]:
            click.echo(f"对不上：{row['case']}  {row['rule']}  {row['said']}  {row['problem']}")
    sys.exit(1 if answer["missing"] else 0)


def _prepare() -> None:
    """Tables, flows and the rules of this place; no app is made."""
    from tracker.app import register_flows
    from tracker.config import load_settings
    from tracker.core.rulebook.loader import use_folder

    register_flows()
    use_folder(load_settings().instance_path / "rules")


def _expected(session: Session, found: Iterable[Expected]) -> list[dict[str, Any]]:
    from tracker.core.cases.forecast import names_of

    items = list(found)
    names = names_of(session, (u for e in items for u in e.user_ids))
    return [
        {
            "at": _moment(e.at),
            **_clock(e),
            "recipients": [names[u][0] for u in e.user_ids if u in names],
            "late": e.late,
        }
        for e in items
    ]


def _past(session: Session, found: Backcast) -> dict[str, Any]:
    from tracker.core.cases.forecast import names_of

    names = names_of(session, (u for p in found.rows for u in p.user_ids))
    rows = [
        {
            "at": _moment(p.row.due_at),
            **_clock_of(p, p.row.rung, p.row.audience),
            "recipients": [names[u][0] for u in p.user_ids if u in names],
            "state": p.row.state,
            "reason": p.row.reason or p.row.last_error or "",
            "sent_at": None if p.row.sent_at is None else _moment(p.row.sent_at),
            "late": p.row.late,
        }
        for p in found.rows
    ]
    missing = [{**_clock_of(m, m.rung, m.audience), "problem": m.kind} for m in found.missing]
    return {"rows": rows, "sums": found.sums, "missing": missing}


def _clock(expected: Expected) -> dict[str, Any]:
    return _clock_of(expected, expected.rung, expected.audience)


def _clock_of(found: Expected | Past | Lacking, rung: str, audience: str) -> dict[str, Any]:
    from tracker.core.cases.forecast import rung_words

    case, deadline = found.case, found.deadline
    due = deadline.due_on
    return {
        "case": case.number or f"#{case.id}",
        "kind": case.kind,
        "rule": deadline.rule_id,
        "rung": rung,
        "said": str(rung_words(rung)),
        "audience": audience,
        "due_on": None if due is None else due.isoformat(),
        "provisional": deadline.provisional,
    }


def _moment(at: datetime) -> str:
    from tracker.core.clock import office_time

    return office_time(at).isoformat(timespec="minutes")


def _shown(written: str) -> str:
    return written[:16].replace("T", " ")
