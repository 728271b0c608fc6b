"""`tracker replay`: published cases against their time limits, with the working."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tracker.core.deadlines.intervals import Interval
    from tracker.core.deadlines.published import Figure, Judged, Replayed


@click.command(help="按公开案例的日期复算各项期限：起算、最早和最晚到期日、是否按期。")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option("--json", "as_json", is_flag=True, help="用 JSON 输出，每个文件一项。")
def replay(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Nothing is printed unless every file could be read."""
    from tracker.core.calendar.table import packaged_calendar
    from tracker.core.deadlines.published import judge_case
    from tracker.core.errors import BadInput
    from tracker.core.rulebook.loader import default_rulebook

    found = []
    for path in files:
        try:
            data = json.loads(path.read_text("utf-8"), parse_float=str)
            found.append(judge_case(data, default_rulebook(), packaged_calendar()))
        except OSError as error:
            _refuse(path, f"打不开（{error.strerror}），请核对文件名。")
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            _refuse(path, f"不是 JSON 文件（{error}）。")
        except BadInput as error:
            _refuse(path, str(error.message))
    if as_json:
        click.echo(json.dumps([as_data(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        for line in as_lines(one):
            click.echo(line)


def _refuse(path: Path, why: str) -> None:
    click.echo(f"{path}：{why}", err=True)
    sys.exit(2)


# ---------------------------------------------------------------- as data


def as_data(one: Replayed) -> dict[str, Any]:
    """One entry of the JSON list."""
    return {
        "case": one.case,
        "clocks": [
            {
                "rule": clock.rule.id,
                "start": _pair(clock.start),
                "due": _pair(clock.due),
                "stop": _pair(clock.stop),
                "verdict": clock.verdict.value,
                "days_over": None if clock.days_over is None else list(clock.days_over),
            }
            for clock in one.clocks
        ],
        "figures": [
            {
                "indicator": figure.indicator,
                "ratio_pct": _number(figure.ratio_pct),
                "published_pct": _number(figure.published_pct),
                "agrees": figure.agrees,
            }
            for figure in one.figures
        ],
    }


def _pair(span: Interval | None) -> list[str] | None:
    return None if span is None else [str(span.earliest), str(span.latest)]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


# ---------------------------------------------------------------- as words


def as_lines(one: Replayed) -> list[str]:
    """The same for people, with what each verdict rests on."""
    lines = [f"{one.case}　{one.title}"]
    if not one.clocks:
        lines.append("  公布的步骤没有起算任何期限。")
    for clock in one.clocks:
        lines += _clock_lines(clock)
    lines += [_figure_line(figure) for figure in one.figures]
    lines += [f"  {note}" for note in one.notes]
    return [*lines, ""]


def _clock_lines(clock: Judged) -> list[str]:
    from tracker.core.deadlines.published import VERDICT_LABELS

    rule = clock.rule
    over = ""
    if clock.days_over is not None:
        least, most = clock.days_over
        over = f"，{least} 天" if least == most else f"，{least} 至 {most} 天"
        if clock.stop is None:
            over += f"（算到 {clock.not_yet}，当时仍无结果）"
    lines = [
        f"  {rule.id} {rule.title}：{VERDICT_LABELS[clock.verdict]}{over}",
        f"      起算 {clock.start}（当日不计），期限{rule.term.phrase if rule.term else ''}，"
        f"到期 {clock.due or '算不出来'}"
        + (f"，最长可延至 {clock.most}" if clock.most is not None else ""),
        f"      结束 {_end_words(clock)}",
        f"      依据 {rule.ground}",
    ]
    return lines + [f"      注：{note}" for note in clock.notes]


def _end_words(clock: Judged) -> str:
    if clock.stop is not None:
        words = f"不晚于 {clock.stop.latest}" if clock.implied else str(clock.stop)
    else:
        words = "未见公布"
    return words + (f"；{clock.not_yet} 时尚未收到" if clock.not_yet is not None else "")


def _figure_line(figure: Figure) -> str:
    head = f"  {figure.indicator}："
    if figure.ratio_pct is None:
        shown = "" if figure.published_pct is None else f"公布 {figure.published_pct}%，"
        return f"{head}{shown}上报数或核实数未公布（或为零），不能复算。"
    line = f"{head}上报 {figure.reported}，核实 {figure.checked}，复算 {figure.ratio_pct}%"
    if figure.agrees is None:
        return f"{line}，未公布比率。"
    if figure.agrees:
        return f"{line}，与公布的 {figure.published_pct}% 相符。"
    return f"{line}，公布的 {figure.published_pct}% 有误。"
