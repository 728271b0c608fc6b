"""The lists that are no lists of cases, as workbooks: each beside its page, with what it asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from flask import Response
from flask_babel import gettext

from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases import forecast as books
from tracker.core.cases import unitbook
from tracker.core.cases.agenda import KINDS as AGENDA_KINDS
from tracker.core.cases.board import boards
from tracker.core.cases.outside import about
from tracker.core.cases.unitbook import READING_ROLES
from tracker.core.cases.unithistory import open_cases
from tracker.core.clock import office_date, office_time, utc_now
from tracker.core.db import db
from tracker.core.errors import N_, NotVisible, say
from tracker.core.notices import operator
from tracker.core.registers.models import STRATA, SUBJECT_LABELS, SubjectType
from tracker.core.registers.places import place_names
from tracker.core.rulebook.model import FAMILY_LABELS, VERIFIED_LABELS
from tracker.core.sheets.writing import Cell
from tracker.web import agenda, board, inbox, messages, officers, reminders, rules, units
from tracker.web.access import current_actor, logged_in, needs
from tracker.web.errors import tell
from tracker.web.list_sheets import MOST, list_sheet
from tracker.web.shell import today

_PAGE_OF_MESSAGES = 500
_AND = N_("、")


@units.bp.get("/export")
@needs(*READING_ROLES)
def export_units() -> Response:
    """Exactly the units that the register shows with these filters, on all its pages."""
    session, actor = db.session(), current_actor()
    text, region = units.asked()
    found = unitbook.every_unit(session, actor, text, region, most=MOST)
    places = place_names(session, {unit.region_code for unit in found})
    cases = open_cases(session, reminders.from_inside(actor), [unit.id for unit in found])
    return list_sheet(
        N_("调查对象"),
        (
            N_("单位名称"), N_("统一社会信用代码"), N_("区划代码"), N_("地区"), N_("主体类型"),
            N_("行业"), N_("四上"), N_("在业"), N_("法定代表人（负责人）"), N_("详细地址"),
            N_("在办事项"),
        ),
        [
            [
                unit.name,
                unit.uscc,
                unit.region_code,
                places[unit.region_code],
                say(SUBJECT_LABELS[SubjectType(unit.subject_type)]),
                say(STRATA[unit.stratum]),
                unit.above_threshold,
                unit.active,
                unit.legal_representative,
                unit.address,
                cases.get(unit.id, 0),
            ]
            for unit in found
        ],
        widths=(32, 22, 15, 20, 12, 18, 8, 8, 16, 36, 10),
        text_columns={1, 2},
    )  # fmt: skip


@officers.bp.get("/export")
@needs(*READING_ROLES)
def export_officers() -> Response:
    """The officers of the chosen bodies with their certificates."""
    _orgs, chosen = officers.asked()
    return list_sheet(
        N_("执法人员"),
        (N_("姓名"), N_("单位"), N_("证号"), N_("有效期起"), N_("有效期止"), N_("状况"),
         N_("在办事项")),
        [
            [
                holder.name,
                holder.org,
                holder.cover.officer.certificate_no if holder.cover else None,
                holder.cover.officer.valid_from if holder.cover else None,
                holder.cover.ends if holder.cover else None,
                say(officers.LIGHTS[holder.light][0]),
                holder.open_cases,
            ]
            for holder in officers.listed(chosen)
        ],
        widths=(12, 22, 20, 14, 14, 12, 10),
        text_columns={2},
    )  # fmt: skip


@rules.bp.get("/export")
@logged_in
def export_rules() -> Response:
    """The rules that were asked for, with source and mark."""
    return list_sheet(
        N_("期限规则"),
        (N_("编号"), N_("类别"), N_("规则"), N_("期限"), N_("起算"), N_("止算"), N_("谁来办"),
         N_("出处"), N_("有效期"), N_("适用地区"), N_("核对"), N_("说明")),
        [
            [
                rule.id,
                say(FAMILY_LABELS[rule.family]),
                say(rule.title),
                rule.length_words,
                say(rule.start),
                say(rule.stop),
                rules.responsible(rule),
                rule.source.words,
                " ".join(rules.validity(rule)),
                say(rule.place),
                N_("本系统默认") if rule.ours else say(VERIFIED_LABELS[rule.verified]),
                say(rule.note),
            ]
            for rule in rules.shown_rules()
        ],
        widths=(12, 12, 30, 14, 30, 24, 14, 44, 20, 14, 14, 40),
    )  # fmt: skip


@agenda.bp.get("/export")
@logged_in
def export_agenda() -> Response:
    """What is on in the days of the page."""
    _view, _on, span = agenda.asked_span(store.load(db.session()))
    return list_sheet(
        N_("日程"),
        (N_("日期"), N_("时间"), N_("类别"), N_("内容"), N_("编号"), N_("事项"), N_("暂定"),
         N_("已逾期")),
        [
            [
                entry.on,
                _clock(entry.at),
                say(AGENDA_KINDS[entry.kind]),
                entry.label,
                entry.case.number,
                entry.case.title,
                entry.provisional,
                entry.kind == "due" and entry.on < today(),
            ]
            for entry in agenda.entries_of(span.first, span.last)
        ],
        widths=(12, 8, 8, 30, 24, 44, 8, 8),
    )  # fmt: skip


@reminders.bp.get("/export")
@logged_in
def export_forecast() -> Response:
    """Every reminder that will go out in the chosen days."""
    _days, _audience, found = reminders.coming()
    rows = books.with_people(db.session(), found[:MOST])
    names = _names(user_id for row in rows for user_id in row.user_ids)
    return list_sheet(
        N_("提醒预告"),
        (N_("日期"), N_("时间"), N_("编号"), N_("事项"), N_("期限"), N_("到期"), N_("哪一次"),
         N_("发给"), N_("姓名")),
        [
            [
                row.on,
                _clock(row.at),
                row.case.number,
                row.case.title,
                say(row.deadline.label),
                row.deadline.due_on,
                books.rung_words(row.rung),
                books.audience_words(row.audience),
                _joined(names.get(user_id, "") for user_id in row.user_ids),
            ]
            for row in rows
        ],
        widths=(12, 8, 24, 44, 24, 12, 20, 16, 24),
    )  # fmt: skip


@reminders.bp.get("/sent/export")
@logged_in
def export_backcast() -> Response:
    """Every reminder of the chosen days and what became of it."""
    _state, _audience, found = reminders.past(MOST)
    names = _names(user_id for row in found.rows for user_id in row.user_ids)
    return list_sheet(
        N_("已发提醒"),
        (N_("应发日期"), N_("时间"), N_("编号"), N_("事项"), N_("期限"), N_("哪一次"), N_("发给"),
         N_("结果"), N_("发出时间"), N_("姓名"), N_("说明")),
        [
            [
                past.on,
                _clock(past.row.due_at),
                past.case.number,
                past.case.title,
                say(past.deadline.label),
                books.rung_words(past.row.rung),
                books.audience_words(past.row.audience),
                say(books.STATE_LABELS[past.row.state]),
                _moment(past.row.sent_at),
                _joined(names.get(user_id, "") for user_id in past.user_ids),
                say(books.REASON_LABELS.get(past.row.reason or "", past.row.reason or "")),
            ]
            for past in found.rows
        ],
        widths=(12, 8, 24, 44, 24, 20, 16, 12, 18, 24, 24),
    )  # fmt: skip


@messages.bp.get("/export")
@needs(Role.SYSTEM_ADMIN)
def export_messages() -> Response:
    """The messages of the chosen state: what left of each, and what became of it."""
    rows: list[list[Cell]] = []
    state, before = messages.asked_state(), None
    while len(rows) < MOST:
        some = operator.messages(db.session(), state, about, utc_now(), before, _PAGE_OF_MESSAGES)
        rows += [_message(one) for one in some]
        if len(some) < _PAGE_OF_MESSAGES:
            break
        before = some[-1].row.try_after, some[-1].row.id
    return list_sheet(
        N_("外发消息"),
        (N_("消息"), N_("渠道"), N_("收件人"), N_("地址"), N_("发出的内容"), N_("建立时间"),
         N_("发出时间"), N_("试过几次"), N_("经过")),
        rows,
        widths=(10, 12, 12, 26, 60, 18, 18, 8, 30),
        text_columns={3},
    )  # fmt: skip


def _message(one: operator.Shown) -> list[Cell]:
    error = one.row.last_error or ""
    return [
        one.row.id,
        tell(messages.LABELS[one.row.channel]),
        one.person or gettext("按角色发送"),
        one.row.address,
        gettext("测试消息") if one.is_test else "\n".join(str(line.words) for line in one.lines),
        _moment(one.row.created_at),
        _moment(one.row.sent_at),
        len(one.tries),
        tell(messages.REASONS.get(error, error)),
    ]


@inbox.bp.get("/export")
@logged_in
def export_inbox() -> Response:
    """One's own notices, newest first; what one may no longer see is not told again."""
    notices, groups, cases, _after = inbox.read(None, MOST)
    told = chain.from_iterable(
        groups[notice.group_key] if notice.group_key else (notice,) for notice in notices
    )
    return list_sheet(
        N_("通知"),
        (N_("时间"), N_("编号"), N_("内容"), N_("已读")),
        [
            [
                _moment(notice.created_at),
                cases[notice.case_id].number if notice.case_id in cases else None,
                notice.sentence,
                notice.read_at is not None,
            ]
            for notice in told
        ],
        widths=(18, 24, 80, 8),
    )


@board.bp.get("/<kind>/export")
@needs(*READING_ROLES)
def export_board(kind: str) -> Response:
    """The states of one kind with their counts."""
    known = board.known_kinds()
    if kind not in known:
        raise NotVisible(f"kind {kind}")
    found = boards(db.session(), current_actor(), known, today())[kind]
    return list_sheet(
        N_("各状态事项"),
        (N_("类别"), N_("状态"), N_("在办"), N_("逾期"), N_("最近到期")),
        [
            [
                say(found.flow.label),
                say(column.state.label),
                column.count,
                column.late,
                column.next_due,
            ]
            for column in found.columns
        ],
        widths=(16, 24, 8, 8, 14),
    )


# ---------------------------------------------------------------- shared


def _names(user_ids: Iterable[int]) -> dict[int, str]:
    found = books.names_of(db.session(), user_ids)
    return {user_id: name for user_id, (_, name) in found.items()}


def _joined(names: Iterable[str]) -> str:
    return tell(_AND).join(name for name in names if name)


def _clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{office_time(moment):%H:%M}"


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{office_date(moment).isoformat()} {_clock(moment)}"
