"""What stands around every page: navigation, counts, names of formats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import get_locale
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from tracker.core.accounts.roles import ADMIN_ROLES, ROLE_LABELS, Role
from tracker.core.cases import unitbook
from tracker.core.cases.flow import Flow, flows
from tracker.core.cases.models import Case
from tracker.core.cases.scope import LEADING_ROLES
from tracker.core.cases.worklist import waiting_by_kind
from tracker.core.clock import office_date, office_time, utc_now
from tracker.core.db import db
from tracker.core.errors import N_
from tracker.core.notices.service import unread_count
from tracker.core.staff.scope import reads_any
from tracker.web import wording as fmt
from tracker.web.access import may_open, settings
from tracker.web.clockface import face_ruler, left_words
from tracker.web.errors import tell
from tracker.web.me import chosen_theme
from tracker.web.once import new_key
from tracker.web.parked import page_field

WRITING_ROLES = (Role.LIAISON, Role.TOWNSHIP_CLERK, Role.REGISTRAR)
# Pages that belong together stand side by side as tabs on each of them.
_DESK = (
    ("home.show_home", N_("今天")),
    ("work.open_start", N_("全部事项")),
    ("bulk.list_runs", N_("批量办理")),
    ("delegations.show_delegations", N_("委托和交接")),
)
# Figures and reports stand together, for who may open them.
_FIGURES = (
    ("dashboards.show_overview", N_("概览")),
    ("board.show_first", N_("各状态事项")),
    ("reports.list_reports", N_("报表")),
)
_DATES = (
    ("calculator.show_calculator", N_("算期限")),
    ("calendar.show_calendar", N_("工作日历")),
    ("rules.list_rules", N_("期限规则")),
    ("reminders.show_forecast", N_("提醒预告")),
    ("agenda.show_agenda", N_("日程")),
)
_REGISTERS = (
    ("units.list_units", N_("调查对象")),
    ("officers.list_officers", N_("执法人员")),
    ("layouts.list_layouts", N_("文书模板")),
)
# Registers that share an entry of the rail with the workflows of a group.
_PEOPLE = N_("人员")
_PEOPLE_PAGES = (
    ("staff.list_people", N_("统计人员")),
    ("norms.show_board", N_("配备标准")),
    ("coverage.show_coverage", N_("培训覆盖")),
)
# Tabs that only some meet; a page behind a tab asks again.
_KEEPERS = (Role.SUPERVISOR, Role.HEAD)
_OPERATIONS = (
    ("operations.show_operations", N_("运行状况")),
    ("messages.list_messages", N_("外发消息")),
    ("calendar_admin.list_editions", N_("放假安排")),
)
# Which page shows a case: that of its workflow
CASE_PAGE = "%s.show_case"
LIST_PAGE = "%s.list_cases"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the rail."""

    endpoint: str
    url: str
    label: str
    icon: str
    count: int
    current: bool


def init_shell(app: Flask) -> None:
    """Give templates what the frame of every page needs."""
    app.context_processor(_context)
    env = app.jinja_env
    env.filters["local_date"] = local_date
    env.filters["local_time"] = local_time
    env.filters["number"] = fmt.number
    env.filters["signed"] = lambda value: fmt.number(value, signed=True)
    env.filters["percent"] = fmt.percent
    env.filters["markup"] = Markup  # for our own icon paths only
    env.filters["file_size"] = fmt.file_size
    env.filters["tell"] = tell
    env.globals["case_url"] = case_url
    env.globals["tell"] = tell
    env.globals["csrf"] = generate_csrf
    env.globals["icon_address"] = icon_address
    env.globals["may_open"] = may_open
    env.globals["new_key"] = new_key
    env.globals["page_field"] = page_field
    env.globals["left_of"] = lambda face: left_words(face, locale())
    env.globals["due_of"] = lambda face: long_day(face.due) if face.due else ""
    env.globals["ruler_of"] = lambda face, large=False: face_ruler(
        face, today(), locale(), large=large
    )
    env.globals["long_day"] = long_day
    env.globals["full_day"] = full_day
    env.globals["weekday"] = lambda day: fmt.weekday_label(day, locale())


@cache
def _icons() -> frozenset[str]:
    drawn = (Path(__file__).parents[1] / "static" / "icons.svg").read_text("utf-8")
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', drawn))


def icon_address(name: str) -> str:
    """Where an icon is drawn; KeyError when no icon is called so."""
    if name not in _icons():
        raise KeyError(f"no icon is called {name}: draw it in static/icons.svg")
    return f"{url_for('static', filename='icons.svg')}#{name}"


def locale() -> str:
    """The language of this page: zh or en."""
    if "page_locale" not in g:
        found = get_locale()
        g.page_locale = str(found.language) if found else "zh"
    chosen: str = g.page_locale
    return chosen


def today() -> date:
    """Today as the offices count it, the same all through one request."""
    if "today" not in g:
        g.today = office_date(utc_now())
    found: date = g.today
    return found


def local_date(value: date | datetime | None) -> str:
    """A date as the reader writes it; this year's without the year."""
    if value is None:
        return ""
    day = office_date(value) if isinstance(value, datetime) else value
    return fmt.day_label(day, today(), locale())


def long_day(day: date) -> str:
    """A date with its weekday."""
    return fmt.day_label(day, today(), locale(), weekday=True)


def full_day(value: date | datetime) -> str:
    """A date as documents print it, with the year."""
    day = office_date(value) if isinstance(value, datetime) else value
    if locale() == "en":
        return fmt.day_label(day, date(1, 1, 1), "en")
    return f"{day.year}年{day.month}月{day.day}日"


def local_time(value: datetime | None) -> str:
    """A moment: the date and the clock."""
    if value is None:
        return ""
    return f"{local_date(value)} {office_time(value):%H:%M}"


def case_url(case: Case) -> str:
    """The page of a case."""
    return url_for(CASE_PAGE % flows.get(case.kind).pages, case_id=case.id)


def nav() -> list[NavItem]:
    """The rail's entries for whoever is logged in; counts equal the lists they lead to."""
    if not current_user.is_authenticated:
        return []
    waiting = _waiting()
    entries: list[tuple[str, str, str, int]] = [
        ("home.show_home", N_("工作台"), "home", sum(waiting.values()))
    ]
    if counted := _figures():
        entries.append((counted[0][0], N_("统计"), "chart", 0))
    for label, together in _groups().items():
        count = sum(waiting.get(flow.kind, 0) for flow in together)
        entries.append((LIST_PAGE % together[0].pages, label, together[0].icon, count))
    if _PEOPLE not in _groups() and (beside := _beside(_PEOPLE)):
        entries.append((beside[0][0], _PEOPLE, "users", 0))
    if unitbook.ranges(current_user.actor):
        entries.append((_REGISTERS[0][0], N_("名录"), "list", 0))
    entries.append((_DATES[0][0], N_("期限"), "clock", 0))
    if current_user.actor.has(Role.SYSTEM_ADMIN):
        entries.append((_OPERATIONS[0][0], N_("运行"), "settings", 0))
    entries.append(("login.show_me", N_("我的"), "users", 0))
    endpoint = request.endpoint or ""
    return [
        NavItem(
            name,
            url_for(name),
            tell(label),
            icon,
            count,
            _area(endpoint) == _area(name),
        )
        for name, label, icon, count in entries
    ]


def meets(flow: Flow) -> bool:
    """Whether the person logged in has a role that takes part in a workflow, or leads those.

    Anybody's house may be a guest of a workflow that invites.
    """
    business = frozenset(Role) - ADMIN_ROLES
    taking_part = LEADING_ROLES.union(*(step.by for step in flow.steps))
    roles = business if flow.invites else taking_part
    return any(power.role in roles for power in current_user.actor.within(flow.kind).powers)


def _groups() -> dict[str, list[Flow]]:
    """The workflows the person meets, by the entry of the rail they share."""
    if "flow_groups" not in g:
        found: dict[str, list[Flow]] = {}
        for flow in flows.all():
            # A workflow without pages here (in a test, say) has nothing to lead to.
            if meets(flow) and LIST_PAGE % flow.pages in current_app.view_functions:
                found.setdefault(flow.group or flow.label, []).append(flow)
        g.flow_groups = found
    groups: dict[str, list[Flow]] = g.flow_groups
    return groups


def _beside(group: str) -> tuple[tuple[str, str], ...]:
    """The registers that stand beside the workflows of a group, for who may read them."""
    known = all(name in current_app.view_functions for name, _ in _PEOPLE_PAGES)
    reads = group == _PEOPLE and known and reads_any(current_user.actor)
    return _PEOPLE_PAGES if reads else ()


def _of_group(blueprint: str) -> str:
    """The group a page belongs to, by one of its workflows or of the registers beside them."""
    if any(name.split(".")[0] == blueprint for name, _ in _PEOPLE_PAGES):
        return _PEOPLE
    groups = _groups().items()
    return next((g for g, fs in groups if any(f.pages == blueprint for f in fs)), "")


def group_tabs() -> list[NavItem]:
    """The workflows that share the rail's entry of this page, with what waits in each."""
    area = _blueprint()
    group = _of_group(area)
    together = _groups().get(group, [])
    waiting = _waiting()
    return [
        NavItem(
            LIST_PAGE % flow.pages,
            url_for(LIST_PAGE % flow.pages),
            tell(flow.label),
            flow.icon,
            waiting.get(flow.kind, 0),
            flow.pages == area,
        )
        for flow in together
    ] + tabs(_beside(group))


def _blueprint() -> str:
    return (request.endpoint or "").split(".")[0]


def _registers() -> Sequence[tuple[str, str]]:
    keeps = any(
        p.role in _KEEPERS and p.org_kind != "department" for p in current_user.actor.powers
    )
    return _REGISTERS if keeps else _REGISTERS[:-1]


def _open_to_all(entries: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """The pages that are there; an app of a test may be without some."""
    return [entry for entry in entries if entry[0] in current_app.view_functions]


def home_tabs() -> list[NavItem]:
    """What stands beside the first page; administrators handle no cases, and have it alone."""
    return tabs(_open_to_all(_DESK)) if current_user.actor.handles_cases else []


def _figures() -> Sequence[tuple[str, str]]:
    return [entry for entry in _open_to_all(_FIGURES) if may_open(entry[0])]


def figures_tabs() -> list[NavItem]:
    """The pages of figures that the reader may open, and the reports beside them."""
    beside = tabs([entry for entry in _figures() if entry != _FIGURES[0]])
    if _FIGURES[0][0] not in current_app.view_functions:
        return beside
    from tracker.web.dashboards import page_tabs

    pages = [NavItem(_FIGURES[0][0], url, name, "", 0, open_) for url, name, open_ in page_tabs()]
    return pages + beside


def tabs(entries: Sequence[tuple[str, str]]) -> list[NavItem]:
    """Pages that belong together, the one that is open marked."""
    area = (request.endpoint or "").split(".")[0]
    return [
        NavItem(name, url_for(name), tell(label), "", 0, name.split(".")[0] == area)
        for name, label in entries
    ]


def _area(endpoint: str) -> str:
    """The rail's entry a page belongs to: its blueprint, or the first of its tabs."""
    blueprint = endpoint.split(".")[0]
    for entries in (_DESK, _FIGURES, _DATES, _REGISTERS, _OPERATIONS):
        if any(name.split(".")[0] == blueprint for name, _ in entries):
            return entries[0][0]
    if together := _groups().get(group := _of_group(blueprint), []):
        return together[0].pages
    if group:
        return _PEOPLE_PAGES[0][0]
    return {"tell": "login"}.get(blueprint, blueprint)


def _waiting() -> dict[str, int]:
    if "waiting" not in g:
        g.waiting = waiting_by_kind(db.session(), current_user.actor)
    found: dict[str, int] = g.waiting
    return found


def _unread() -> int:
    if "unread" not in g:
        g.unread = unread_count(db.session(), current_user.actor.user_id)
    found: int = g.unread
    return found


def _office() -> str:
    powers = current_user.actor.powers
    own = next((p for p in powers if p.on_behalf_of is None), None)
    return own.org_name if own else ""


def _context() -> dict[str, Any]:
    logged_in = current_user.is_authenticated and not g.get("bare")
    return {
        "nav": nav,
        "home_tabs": home_tabs,
        "figures_tabs": figures_tabs,
        "dates_tabs": lambda: tabs(_DATES),
        "registers_tabs": lambda: tabs(_registers()),
        "operations_tabs": lambda: tabs(_OPERATIONS),
        "group_tabs": group_tabs,
        "logged_in": logged_in,
        "me_name": current_user.name if logged_in else "",
        "me_id": current_user.id if logged_in else 0,
        "me_office": _office() if logged_in else "",
        "unread_count": _unread() if logged_in else 0,
        "demo_mode": settings().is_demo,
        "locale": locale(),
        "theme": chosen_theme(),
        "today": today(),
        "role_label": lambda role: tell(ROLE_LABELS[Role(role)]),
    }
