"""The overview: what is open, late and coming, by kind and organisation, and month by month."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.flow import flows
from tracker.core.cases.listing import known_states
from tracker.core.cases.models import Case
from tracker.core.cases.reads import works_inside
from tracker.core.errors import N_, say
from tracker.core.numbers.counting import LATE, OPEN, SOON, Change, Scope, count, count_by
from tracker.core.numbers.figures import (
    Block,
    Board,
    Column,
    Drawing,
    Figure,
    Key,
    Label,
    Row,
    Tone,
)
from tracker.core.numbers.period import months_until
from tracker.core.numbers.standing import HELD, PARTS, STANDING, line, standing, total
from tracker.core.registers.models import Organisation


def overview(scope: Scope) -> Board:
    """The first page; who reads from the inside is told as well where the cases are."""
    blocks = [by_kind(scope), months(scope)]
    blocks.append(by_house(scope) if works_inside(scope.actor) else by_state(scope))
    return Board(_keys(scope), blocks)


def _keys(scope: Scope) -> list[Key]:
    asks: dict[str, Change] = {"open": OPEN, "late": LATE, "soon": SOON}
    if works_inside(scope.actor):
        asks["held"] = HELD
    asks |= {"opened": scope.opened, "closed": scope.closed}
    found = count(scope, asks)
    words: dict[str, tuple[str, Tone | None, Label]] = {
        "open": (N_("在办"), None, ""),
        "late": (N_("逾期"), Tone.LATE, ""),
        "soon": (N_("快到期"), Tone.SOON, ""),
        "held": (N_("停表中"), Tone.HOLD, ""),
        "opened": (N_("受理"), None, scope.period.name),
        "closed": (N_("办结"), None, scope.period.name),
    }
    return [
        Key(label, found[name], tone, note)
        for name, (label, tone, note) in words.items()
        if name in found
    ]


def by_kind(scope: Scope) -> Block:
    """Every workflow with cases, in the order of the product."""
    asks = standing(scope)
    found = count_by(scope, asks, Case.kind)
    rows = [
        line(scope, flow.label, found[flow.kind,], asks, {"kinds": (flow.kind,)})
        for flow in flows.all()
        if (flow.kind,) in found
    ]
    return Block(
        "kinds",
        N_("按业务"),
        N_("业务"),
        STANDING,
        rows,
        total(scope, rows, asks),
        drawing=Drawing.STACK,
        drawn=PARTS,
        empty=N_("还没有事项。"),
        wide=True,
    )


def months(scope: Scope) -> Block:
    """What came and what went in twelve months, the last of them that of the period's end."""
    spans = months_until(min(scope.period.last, scope.today))
    asks: dict[str, Change] = {}
    for n, span in enumerate(spans):
        asks[f"o{n}"] = {"opened_from": span.first, "opened_to": span.last}
        asks[f"c{n}"] = {"closed_from": span.first, "closed_to": span.last}
    found = count(scope, asks)
    rows = [Row(s.name, [found[f"o{n}"], found[f"c{n}"]], key=s.key) for n, s in enumerate(spans)]
    first, last = spans[0].first, spans[-1].last
    whole: dict[str, Change] = {
        "opened": {"opened_from": first, "opened_to": last},
        "closed": {"closed_from": first, "closed_to": last},
    }
    return Block(
        "months",
        N_("逐月趋势"),
        N_("月份"),
        (Column(N_("受理")), Column(N_("办结"), tone=Tone.DONE)),
        rows,
        total(scope, rows, whole),
        drawing=Drawing.LINES,
        drawn=(0, 1),
    )


def by_house(scope: Scope) -> Block:
    """In which organisation's hands open cases are."""
    asks = standing(scope, moving=False)
    found = count_by(scope, asks, Case.turn_org_id)
    names = house_names(scope.session, [key[0] for key in found])
    rows = [
        line(scope, names.get(org, ""), row, asks, {"turn": org})
        for (org,), row in sorted(found.items(), key=lambda kv: (-kv[1]["open"], kv[0][0] or 0))
        if org is not None
    ]
    return Block(
        "houses",
        N_("现在在谁手里"),
        N_("单位"),
        STANDING[: len(asks)],
        rows,
        total(scope, rows, asks),
        drawing=Drawing.STACK,
        drawn=PARTS,
        empty=N_("没有在办的事项。"),
    )


def by_state(scope: Scope) -> Block:
    """Where the open cases of the own house stand, as far as it may know."""
    found = count_by(scope, {"open": OPEN, "late": LATE}, Case.kind, Case.state)
    rows = []
    for flow in flows.all():
        for state in known_states(flow, scope.actor):
            row = found.get((flow.kind, state.name))
            if row is None:
                continue
            here = {"states": (f"{flow.kind}.{state.name}",)}
            label = say(N_("%(kind)s：%(state)s"), kind=say(flow.label), state=say(state.label))
            rows.append(
                Row(
                    label,
                    [
                        Figure(row[n], scope.ask(a, here))
                        for n, a in (("open", OPEN), ("late", LATE))
                    ],
                )
            )
    return Block(
        "states",
        N_("办到哪一步"),
        N_("步骤"),
        (Column(N_("在办")), Column(N_("逾期"), tone=Tone.LATE)),
        rows,
        note=N_("统计机构内部的步骤不在这里分列，合计见“按业务”。"),
        drawing=Drawing.BAR,
        drawn=(0,),
        empty=N_("没有在办的事项。"),
    )


def house_names(session: Session, ids: list[int | None]) -> dict[int | None, str]:
    """Short names of organisations, in one query."""
    query = select(Organisation.id, Organisation.short_name).where(
        Organisation.id.in_([i for i in ids if i is not None])
    )
    return {row.id: row.short_name for row in session.execute(query)}
