"""`tracker calendar ...`: show a year, check a notice, enter it, take it back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.core.calendar.days import Calendar
    from tracker.core.calendar.notice import Notice
    from tracker.core.cases.recalendar import Preview

_MOST_BYTES = 100_000


@click.group(name="calendar", help="工作日历：查看、检查和导入放假安排。")
def calendar() -> None:
    """What an administrator does when the notice for a year has come."""


@calendar.command(name="show", help="一年的放假和调休，例：tracker calendar show 2026")
@click.argument("year", type=click.IntRange(1, 9998))
@click.option("--known-on", "known_on", help="按这一天所知的安排。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def show(year: int, known_on: str | None, *, as_json: bool) -> None:
    """From the installation's database where there is one, else as shipped."""
    from tracker.core.calendar.days import KIND_LABELS, STATUS_LABELS
    from tracker.core.calendar.year import is_announced, periods

    found, where = _calendar(_day(known_on, "--known-on") if known_on else None)
    if not found.first.year <= year <= found.last.year:
        _refuse(f"工作日历收录 {found.first.year} 年至 {found.last.year} 年，没有 {year} 年。", 1)
    runs = periods(found, year)
    if as_json:
        rows = [
            {
                "from": r.first.isoformat(),
                "to": r.last.isoformat(),
                "kind": r.kind.value,
                "name": r.name,
                "status": r.status.value,
                "source": r.source,
            }
            for r in runs
        ]
        _json({"year": year, "announced": is_announced(found, year), "periods": rows})
        return
    state = "已公布" if is_announced(found, year) else "还没有公布，按法律推算"
    click.echo(f"{year} 年的放假安排（{where}）：{state}")
    for run in runs:
        span = f"{run.first}" if run.first == run.last else f"{run.first} 至 {run.last}"
        words = f"{span}  {KIND_LABELS[run.kind]}  {run.name}"
        click.echo(f"  {words}  {STATUS_LABELS[run.status]}")


@calendar.command(name="check", help="检查放假安排的文件：通知原文、CSV 或 JSON；不写入。")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def check(file: Path, *, as_json: bool) -> None:
    """Needs no installation; exit code 1 with every fault when it is not right."""
    notice = _read(file, as_json=as_json)
    if as_json:
        _json({"year": notice.year, "days": _special(notice), "faults": []})
        return
    click.echo(f"{notice.year} 年的放假安排没有问题：{_sums(notice)}。")


@calendar.command(name="import", help="导入放假安排；不加 --apply 只看哪些期限会改变。")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="来源，例如“国办发明电〔2026〕7号”。")
@click.option("--known-on", "known_on", required=True, help="公布的日期，例如 2026-11-04。")
@click.option("--apply", "do_it", is_flag=True, help="采用这一版。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def import_notice(file: Path, source: str, known_on: str, *, do_it: bool, as_json: bool) -> None:
    """Exit code 1 when the file or the input is not right; then nothing is written."""
    from tracker.core.cases import recalendar
    from tracker.core.clock import utc_now

    now, known = utc_now(), _day(known_on, "--known-on")
    notice = _read(file, as_json=as_json)
    days = notice.days(source)
    if not do_it:
        with _looking() as session:
            shown = recalendar.preview(session, days, source=source, known_on=known, now=now)
        _tell(shown, None, as_json=as_json)
        return
    with _writing() as session:
        edition, shown = recalendar.apply(
            session, days, source=source, known_on=known, actor_id=None, now=now
        )
        number = edition.id
    _tell(shown, number, as_json=as_json)


@calendar.command(name="revert", help="撤回导入的一版放假安排；加 --preview 只看哪些期限会改变。")
@click.argument("edition", type=click.IntRange(1, 2**31 - 1))
@click.option("--preview", "only_look", is_flag=True, help="只看，不撤回。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def revert(edition: int, *, only_look: bool, as_json: bool) -> None:
    """Exit code 1 when there is no such edition, or none that can be taken back."""
    from tracker.core.cases import recalendar
    from tracker.core.clock import utc_now

    now = utc_now()
    if only_look:
        with _looking() as session:
            shown = recalendar.preview_revert(session, edition, now=now)
        _tell(shown, None, as_json=as_json)
        return
    with _writing() as session:
        made, shown = recalendar.revert(session, edition, actor_id=None, now=now)
        number = made.id
    _tell(shown, number, as_json=as_json)


# ---------------------------------------------------------------- reading


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"{option}：“{text}”不是日期，请写成 2026-11-04 的样子。", 2)


def _read(file: Path, *, as_json: bool) -> Notice:
    from tracker.core.calendar.notice import UnreadableNotice, decode, read_notice

    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        _refuse(f"文件 {file} 读不了：{error.strerror}。请检查路径。", 2)
    try:
        return read_notice(decode(data))
    except UnreadableNotice as error:
        if as_json:
            _json({"faults": [str(f) for f in error.faults]})
        else:
            click.echo("没有写入。请改正以下各处再试：", err=True)
            for fault in error.faults:
                click.echo(f"    {fault}", err=True)
        sys.exit(1)


def _calendar(known: date | None) -> tuple[Calendar, str]:
    from tracker.commands.database import reading
    from tracker.core.calendar import store, table
    from tracker.core.errors import SetupError, Unavailable

    try:
        with reading() as session:
            return store.load(session, known), _since("本系统登记", known)
    except (SetupError, Unavailable):
        return table.packaged_calendar(known), _since("随产品", known)


def _since(where: str, known: date | None) -> str:
    return f"{where}，{known} 所知" if known else where


@contextmanager
def _looking() -> Iterator[Session]:
    from tracker.app import register_flows
    from tracker.commands.database import reading

    register_flows()
    with _refusals(), reading() as session:
        yield session


@contextmanager
def _writing() -> Iterator[Session]:
    """One transaction of the product, inside its app; connections are given back."""
    from tracker.app import create_app
    from tracker.core.db import db, transaction

    with _refusals(), create_app().app_context():
        try:
            with transaction() as session:
                yield session
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _refusals() -> Iterator[None]:
    """What the product refuses is a sentence and exit code 1."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from tracker.core.errors import BadInput, NotVisible, Unavailable

    try:
        yield
    except BadInput as error:
        _refuse(str(error.message), 1)
    except NotVisible:
        _refuse("没有这一版。请用网页“放假安排”查看有哪些版。", 1)
    except (OperationalError, ProgrammingError) as error:
        why = str(error.orig).splitlines()[0]
        raise Unavailable(f"数据库现在不能用（{why}）：请先运行 tracker init。") from error


# ---------------------------------------------------------------- telling


def _special(notice: Notice) -> list[dict[str, str]]:
    return [
        {"on": on.isoformat(), "kind": kind.value, "name": name}
        for on, (kind, name) in notice.special.items()
    ]


def _sums(notice: Notice) -> str:
    from tracker.core.calendar.days import DayKind

    made = [on for on, (kind, _name) in notice.special.items() if kind is DayKind.MAKEUP]
    return f"放假 {len(notice.special) - len(made)} 天，调休上班 {len(made)} 天"


def _tell(shown: Preview, edition: int | None, *, as_json: bool) -> None:
    if as_json:
        _json(
            {
                "edition": edition,
                "digest": shown.digest,
                "days_changed": len(shown.days),
                "dates_made_firm_or_provisional": shown.same_date,
                "moves": [_move(m) for m in shown.moves],
            }
        )
        return
    click.echo(f"日历有 {len(shown.days)} 天不同。")
    for line in _move_lines(shown):
        click.echo(line)
    if edition is None:
        click.echo("还没有写入。")
    else:
        click.echo(f"已写入，是第 {edition} 版。")


def _move_lines(shown: Preview) -> Iterator[str]:
    if not shown.moves:
        yield "没有期限会改变。"
    for m in shown.moves:
        told = f"，告知 {'、'.join(m.told)}" if m.told else ""
        yield f"  {m.number or '未编号'}  {m.label}：{m.before} 改为 {m.after}{told}"
    if shown.same_date:
        yield f"另有 {shown.same_date} 项期限日期不变，只是更确定或更不确定。"


def _move(m: Any) -> dict[str, object]:
    return {
        "case": m.number,
        "rule": m.rule_id,
        "label": m.label,
        "from": _iso(m.before),
        "to": _iso(m.after),
        "told": list(m.told),
    }


def _iso(day: date | datetime | None) -> str | None:
    return None if day is None else day.isoformat()


def _json(value: dict[str, object] | Sequence[object]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _refuse(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
