"""`tracker draw`: a double-random draw shown and drawn again, from its file or its number."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.commands.speaking import Command, answer, refuse

if TYPE_CHECKING:
    from tracker.workflows.plans.record import DrawRecord
    from tracker.workflows.plans.replay import Verdict

_LARGEST = 64 * 1024 * 1024


@click.group(help="“双随机”抽取：看记录，按记录重演。")
def draw() -> None:
    """Both commands take the record's file, or its number in this installation."""


@draw.command(name="replay", cls=Command, help="按记录重抽一遍并比较：FILE 是记录文件，或写编号。")
@click.argument("record", metavar="FILE|NUMBER")
@click.option("--seal", help="从别处得知的封印（例如打印的记录），一并核对。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def replay_draw(record: str, seal: str | None, *, as_json: bool) -> None:
    """Exit code 0 when drawing again gives the same, 1 when anything differs."""
    from tracker.core.errors import BadInput
    from tracker.workflows.plans.replay import replay

    data, stored = _read(record)
    try:
        verdict = replay(data, seal=seal.strip().lower() if seal else stored)
    except BadInput as error:
        refuse(f"{record}：{error.message}", 2)
    told = _as_data(data, verdict)
    answer(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _words(told))
    sys.exit(0 if verdict.same else 1)


@draw.command(name="show", cls=Command, help="看一份抽取记录：FILE 是记录文件，或写编号。")
@click.argument("record", metavar="FILE|NUMBER")
@click.option("--json", "as_json", is_flag=True, help="原样输出记录。")
def show_draw(record: str, *, as_json: bool) -> None:
    """What was drawn from what, by whom, when; it judges nothing."""
    from tracker.core.errors import BadInput
    from tracker.workflows.plans.record import parse

    data, _stored = _read(record)
    try:
        found = parse(data)
    except BadInput as error:
        refuse(f"{record}：{error.message}", 2)
    answer(json.dumps(data, ensure_ascii=False, indent=2) if as_json else _lines(found))


# ---------------------------------------------------------------- where records come from


def _read(asked: str) -> tuple[Any, str | None]:
    """The record, and the seal that this installation keeps of it, if it was asked by number."""
    path = Path(asked)
    if path.is_file():
        return _from_file(path), None
    if path.suffix == ".json" or len(path.parts) > 1:
        refuse(f"{asked}：没有这个文件。", 2)
    return _from_installation(asked.strip())


def _from_file(path: Path) -> Any:
    try:
        if path.stat().st_size > _LARGEST:
            refuse(f"{path}：文件太大，不像抽取记录。", 2)
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        refuse(f"{path}：打不开（{error.strerror}）。", 2)
    except (ValueError, RecursionError) as error:
        refuse(f"{path}：不是 JSON 文件（{error}）。", 2)


def _from_installation(number: str) -> tuple[Any, str | None]:
    from tracker.app import register_flows
    from tracker.commands.database import reading
    from tracker.workflows.plans.queries import by_number

    register_flows()
    with reading() as session:
        row = by_number(session, number)
        if row is None or row.record is None:
            refuse(f"没有编号是“{number}”的抽取记录，也没有这个文件。", 2)
        return json.loads(row.record), row.seal


# ---------------------------------------------------------------- words


def _as_data(data: Any, verdict: Verdict) -> dict[str, Any]:
    return {
        "number": data["number"],
        "frame": data["frame"]["version"],
        "seal": data.get("seal"),
        "same": verdict.same,
        "differences": [
            {"fault": d.fault.value, "part": d.part, "message": str(d.message)}
            for d in verdict.differences
        ],
    }


def _words(told: dict[str, Any]) -> str:
    head = [f"{told['number']}", f"  名录版本 {told['frame']}", f"  封印　　 {told['seal']}"]
    if told["same"]:
        return "\n".join([*head, "  重演结果相同。"])
    return "\n".join(
        [*head, "  重演结果不同：", *(f"    {d['message']}" for d in told["differences"])]
    )


def _lines(record: DrawRecord) -> str:
    from tracker.core.clock import office_time

    units = {u.key: u for u in record.frame.units}
    names = {o.key: o.name for o in record.frame.officers}
    strata = "、".join(f"{s.label} {s.count}" for s in record.terms.strata)
    found = [
        f"{record.number}　{record.plan.organ}　{record.plan.title}",
        f"  时间　　 {office_time(record.drawn_at):%Y-%m-%d %H:%M:%S}",
        f"  种子　　 {record.seed}（{record.seed_source}）",
        f"  名录　　 检查对象 {len(units)} 个，检查人员 {len(names)} 名，{record.frame.version}",
        f"  抽取　　 {strata}；{record.terms.teams} 组，每组 {record.terms.team_size} 人",
        f"  抽取人　 {'、'.join(w.name for w in record.drawers)}；监督人 {record.monitor.name}",
        f"  剔除　　 {len(record.excluded)} 个；回避 {len(record.recusals)} 项",
        f"  封印　　 {record.seal}",
    ]
    for n, task in enumerate(record.result.tasks, start=1):
        unit = units.get(task.unit)
        who = "、".join(names.get(o, o) for o in task.officers)
        found.append(f"  {n:3}. {unit.name if unit else task.unit}　第 {task.team} 组　{who}")
    return "\n".join(found)
