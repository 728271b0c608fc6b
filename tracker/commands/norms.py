"""`tracker norms`: required, present and short at each place of a region, with rule and source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tracker.commands.speaking import Command, answer, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tracker.core.norms.model import Norm
    from tracker.core.norms.standing import Requirement, Standing


@click.command(
    name="norms",
    cls=Command,
    help="列出一个地区各单位的统计人员应配、实有和缺额，附标准和出处。例：tracker norms 1506",
)
@click.argument("region_code", required=False)
@click.option("--on", "day", metavar="D", help="哪一天的情况，默认今天。")
@click.option("--short", "short_only", is_flag=True, help="只列人员不足的。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def norms(region_code: str | None, day: str | None, *, short_only: bool, as_json: bool) -> None:
    """Exit code 2 with one sentence when the region or the day cannot be read."""
    from tracker.commands.database import reading
    from tracker.core.clock import office_date, utc_now
    from tracker.core.deadlines.due import read_date
    from tracker.core.errors import BadInput
    from tracker.core.norms import board
    from tracker.core.norms.loader import use_folder
    from tracker.core.registers.models import Region
    from tracker.core.registers.places import place_name, region_range

    if not region_code or not region_code.strip():
        refuse("请写地区代码，例如：tracker norms 150602")
    use_folder(_folder())
    try:
        code = region_range(region_code.strip())[0]
        on = office_date(utc_now()) if day is None else read_date(day, "on")
    except BadInput as error:
        refuse(str(error.message))
    with reading() as session:
        if session.get(Region, code) is None:
            refuse(f"没有代码是“{region_code.strip()}”的地区。")
        name = place_name(session, code, full=True)
        rows = board.board(session, code, on)
    shown = [row for row in rows if not short_only or row.short]
    if as_json:
        answer(json.dumps(_json(code, name, on, shown), ensure_ascii=False, indent=2))
        return
    answer("\n".join(_lines(name, on, rows, shown)))


def _folder() -> Any:
    """Norms that this installation added; a folder that is not there adds none."""
    from tracker.config import default_instance_path

    return default_instance_path() / "norms"


# ---------------------------------------------------------------- for people


def _lines(name: str, on: date, rows: Sequence[Standing], shown: Sequence[Standing]) -> list[str]:
    if not rows:
        return [f"{name}：没有见到配备标准。"]
    short = sum(row.short > 0 for row in rows)
    missing = sum(row.short for row in rows)
    head = f"{name}，{on}：{len(rows)} 个单位有配备标准，{short} 个不足，共缺 {missing} 人。"
    return [head, *(line for row in shown for line in _place(row))]


def _place(row: Standing) -> list[str]:
    from tracker.core.norms.model import PLACE_KIND_LABELS

    count = ""
    if row.unit_count is not None:
        made_up = "，虚构的数" if row.synthetic else ""
        count = f"，名录库 {row.unit_count} 户（{row.counted_on}{made_up}）"
    gap = f"，缺 {row.short}，自 {row.since}" if row.short else "，已配齐"
    return [
        "",
        f"{row.region_code}  {row.name}（{PLACE_KIND_LABELS[row.kind]}{count}）："
        f"应配 {row.required}，实有 {row.present}{gap}",
        *(f"    {_requirement(one)}" for one in row.requirements),
    ]


def _requirement(one: Requirement) -> str:
    from tracker.core.rulebook.model import VERIFIED_LABELS

    norm = one.norm
    note = f"；{norm.note}" if norm.note else ""
    return (
        f"{norm.id}：{norm.title}，应 {one.least}，有 {one.have}，缺 {one.short}；"
        f"{norm.source}（{VERIFIED_LABELS[norm.verified]}{note}）"
    )


# ---------------------------------------------------------------- for machines


def _json(code: str, name: str, on: date, rows: Sequence[Standing]) -> dict[str, Any]:
    return {
        "region": {"code": code, "name": name},
        "on": on.isoformat(),
        "short_places": sum(row.short > 0 for row in rows),
        "short": sum(row.short for row in rows),
        "places": [_plain(row) for row in rows],
    }


def _plain(row: Standing) -> dict[str, Any]:
    from tracker.core.norms.board import cures

    return {
        "subject": row.subject,
        "code": row.region_code,
        "name": row.name,
        "kind": row.kind.value,
        "unit_count": row.unit_count,
        "synthetic": row.synthetic,
        "required": row.required,
        "present": row.present,
        "short": row.short,
        "since": None if row.since is None else row.since.isoformat(),
        "waiting": row.waiting,
        "rule": _rule(row.rule),
        "requirements": [
            {**_rule(one.norm), "least": one.least, "have": one.have, "short": one.short}
            for one in row.requirements
        ],
        "cures": [str(cure.words) for cure in cures(row)],
    }


def _rule(norm: Norm) -> dict[str, Any]:
    return {
        "id": norm.id,
        "title": norm.title,
        "source": str(norm.source),
        "verified": norm.verified.value,
        "note": norm.note,
    }
