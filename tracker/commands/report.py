"""`tracker report`: a report of a period as a Word file, a workbook or text, as one person sees it.

What somebody may see is decided by that person's roles, so a report is always made as somebody:
the one named, or whoever leads the organisation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.commands.speaking import Command, answer, refuse

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.core.accounts.actor import Actor
    from tracker.core.reports.model import Report

_ENDINGS = (".docx", ".xlsx", ".txt")


@click.command(
    name="report",
    cls=Command,
    help=(
        "制作一份报表，写成 Word、表格或文本。不写报表名就列出全部报表。"
        "例：tracker report ledger --org 鄂尔多斯市统计局 --period 2026Q3 --out 台账.docx"
    ),
)
@click.argument("name", required=False)
@click.option("--org", metavar="名称或编号", help="哪个单位的报表。")
@click.option("--period", metavar="P", default="", help="时期：2026 或 2026Q3，默认本年、本季度。")
@click.option("--of", "scope", metavar="范围", default="", help="只要下面一个单位或地区。")
@click.option("--user", metavar="用户名", help="以谁的身份，默认该单位的负责人。")
@click.option("--out", "path", metavar="文件", help="写到 .docx、.xlsx 或 .txt，默认显示。")
def report(
    name: str | None,
    org: str | None,
    period: str,
    scope: str,
    user: str | None,
    path: str | None,
) -> None:
    """Exit code 2 with one sentence when something asked for is not there."""
    from tracker.core.reports.catalogue import REPORTS

    if not name:
        answer("\n".join(f"{kind.name}\t{kind.label}\t{kind.what}" for kind in REPORTS.values()))
        return
    if name not in REPORTS:
        refuse(f"没有报表“{name}”，有：{'、'.join(REPORTS)}。")
    if not org and not user:
        refuse("请写 --org 单位，或者 --user 用户名。")
    if path is not None and Path(path).suffix.lower() not in _ENDINGS:
        refuse(f"文件名要以 {'、'.join(_ENDINGS)} 结尾。")
    _make(name, org, period, scope, user, path)


def _make(
    name: str, org: str | None, period: str, scope: str, user: str | None, path: str | None
) -> None:
    from tracker.app import create_app
    from tracker.core.clock import office_date, utc_now
    from tracker.core.db import db
    from tracker.core.errors import NotVisible
    from tracker.core.reports.catalogue import build
    from tracker.core.reports.paper import to_text

    app = create_app()
    with app.app_context():
        try:
            today = office_date(utc_now())
            session = db.session()
            actor = _actor(session, org, user, today)
            _refuse_unknown(session, actor, name, period, scope, today)
            try:
                made = build(session, actor, name, today, period=period, scope=scope)
            except NotVisible:
                refuse(f"{actor.name}不制作这份报表。")
            if path is None:
                answer(to_text(made))
                return
            _write(made, path, actor.user_id)
        finally:
            db.session.remove()
            db.engine.dispose()


def _refuse_unknown(
    session: Session, actor: Actor, name: str, period: str, scope: str, today: date
) -> None:
    """A page falls back to the present; a command says what there is."""
    from tracker.core.reports.catalogue import REPORTS, periods

    kind = REPORTS[name]
    spans = [span.key for span in periods(kind, today) if span.key]
    if period and period not in spans:
        refuse(f"没有时期“{period}”，有：{'、'.join(spans) or '只有今天'}。")
    known = {one.key: one.name for one in kind.scopes(session, actor) if one.key}
    if scope and scope not in known:
        listed = "、".join(f"{key} {label}" for key, label in known.items())
        refuse(f"没有范围“{scope}”，有：{listed or '只有全部'}。")


def _actor(session: Session, org: str | None, user: str | None, today: date) -> Actor:
    from sqlalchemy import or_, select

    from tracker.core.accounts.actor import load_actor
    from tracker.core.accounts.models import User
    from tracker.core.errors import NotVisible
    from tracker.core.registers.models import Organisation

    if user is not None:
        user_id = session.scalar(select(User.id).where(User.username == user))
        if user_id is None:
            refuse(f"没有用户“{user}”。")
    else:
        named = Organisation.name == org
        where = or_(named, Organisation.id == int(org)) if org and org.isdecimal() else named
        house = session.scalar(select(Organisation.id).where(where))
        if house is None:
            refuse(f"没有单位“{org}”。")
        user_id = _leader(session, house, today)
        if user_id is None:
            refuse(f"“{org}”没有负责人、业务负责人、登记员或部门审批人，请写 --user。")
    try:
        return load_actor(session, user_id, today)
    except NotVisible:
        refuse(f"用户“{user}”已经停用。")


def _leader(session: Session, org_id: int, today: date) -> int | None:
    """Who makes the reports of a house: of a statistics body its head, of others the approver."""
    from tracker.core.accounts.roles import Role
    from tracker.core.notices.people import holders
    from tracker.core.registers.models import Organisation, OrgKind

    house = session.get_one(Organisation, org_id)
    bodies = (OrgKind.BUREAU, OrgKind.SURVEY_TEAM)
    makers = (Role.HEAD, Role.SUPERVISOR, Role.REGISTRAR)
    for role in makers if house.kind in bodies else (Role.DEPT_APPROVER,):
        found = holders(session, org_id, role.value, today)
        own = [who for who, lender in found.items() if not lender]
        if own:
            return own[0]
    return None


def _write(made: Report, path: str, user_id: int) -> None:
    from tracker.core.audit.service import record
    from tracker.core.clock import utc_now
    from tracker.core.db import transaction
    from tracker.core.reports.paper import to_text, to_word, to_workbook

    ending = Path(path).suffix.lower()
    if ending == ".docx":
        data = to_word(made, now=utc_now())
    elif ending == ".xlsx":
        data = to_workbook(made)
    else:
        data = to_text(made).encode()
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        refuse(f"写不了 {path}（{error.strerror}）。", 1)
    with transaction() as session:
        record(
            session,
            tag="report.export",
            at=utc_now(),
            object=f"report {made.name}",
            origin="command",
            details={"form": ending[1:], "place": made.place, "as": user_id},
        )
    answer(path)
