"""Pictures, made and not judged: those of the manual and the README, and one of every page.

`make screenshots` runs it; no other run does. The few of the manual are committed, in
tracker/static/manual; the many go to instance/screenshots, to be looked at.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.helpers.databases import ROOT
from tests.helpers.small_png import small_png

pytestmark = [pytest.mark.browser, pytest.mark.pictures, pytest.mark.timeout(3600)]
MANUAL = ROOT / "tracker" / "static" / "manual"
MANY = ROOT / "instance" / "screenshots"
SIZE = (1280, 800)
MOST_BYTES = 120_000
# A picture that is too heavy is cut from below, a line of the page at a time.
_CUTS = (800, 740, 680, 620, 560)


@dataclass(frozen=True)
class Shot:
    """A picture of the manual: whose page, where it is, and what is done before it is taken."""

    name: str
    who: str
    path: str
    first: str = ""
    steps: tuple[Callable[[Page], None], ...] = ()
    size: tuple[int, int] = SIZE
    cookies: dict[str, str] = field(default_factory=dict)


def click(selector: str) -> Callable[[Page], None]:
    """Click what is there; a page without it is shown as it is."""

    def act(page: Page) -> None:
        if page.locator(selector).count():
            page.locator(selector).first.click()
            page.wait_for_load_state("load")

    return act


def see(selector: str) -> Callable[[Page], None]:
    """Scroll to a place, below the bar at the top."""

    def act(page: Page) -> None:
        page.evaluate(
            "(s) => { const n = document.querySelector(s); if (n) scrollTo({ behavior: 'instant',"
            " top: n.getBoundingClientRect().top + scrollY - 60 }); }",
            selector,
        )

    return act


def tick_rows(count: int) -> Callable[[Page], None]:
    """Choose the first rows of a list."""

    def act(page: Page) -> None:
        boxes = page.locator("main input[type=checkbox][name=case_id]")
        for number in range(min(count, boxes.count())):
            boxes.nth(number).check()

    return act


# `first` is a pattern: the first link of the page that fits is followed before anything else.
SHOTS = (
    Shot("home", "inspector1.ordos", "/"),
    Shot("work", "supervisor.ordos", "/work/"),
    Shot("search", "registrar.ordos", "/search/?q=%E7%85%A4%E7%82%AD"),
    Shot(
        "bulk", "registrar.ordos", "/work/?view=waiting", "",
        (
            tick_rows(8), click("button:has-text('办理选中的')"), click("a[href$='/receive']"),
            click(".bk-form .btn-primary"),
        ),
    ),
    Shot("delegations", "head.ordos", "/delegations/"),
    Shot("lead-new", "liaison.ordos", "/leads/new"),
    Shot("case", "inspector1.ordos", "/leads/?view=waiting", r"^/leads/\d+$"),
    Shot(
        "why-state", "inspector1.ordos", "/leads/?view=waiting", r"^/leads/\d+$",
        (click(".answers details.why summary"),),
    ),
    Shot(
        "case-steps", "inspector1.ordos", "/penalties/?view=waiting", r"^/penalties/\d+$",
        (see("#actions"),),
    ),
    Shot(
        "why", "inspector1.ordos", "/penalties/?view=waiting", r"^/penalties/\d+$",
        (click(".ans-why"),),
    ),
    Shot(
        "papers", "inspector1.ordos", "/penalties/?view=waiting", r"^/penalties/\d+$",
        (see("#papers, [aria-labelledby=pp]"),),
    ),
    Shot("inbox", "inspector1.ordos", "/inbox"),
    Shot(
        "site", "inspector1.ordos", "/work/?state=inspection.onsite", r"^/inspections/\d+$",
        (click("a[href$='/site']"),), PHONE,
    ),
    Shot("dashboards", "supervisor.ordos", "/dashboards/"),
    Shot("dashboards-places", "supervisor.ordos", "/dashboards/places"),
    Shot("dashboards-time", "supervisor.ordos", "/dashboards/time"),
    Shot("reports", "registrar.ordos", "/reports/", r"^/reports/[a-z_]+(\?|$)"),
    Shot("grading", "inspector1.ordos", "/grading/"),
    Shot("units", "supervisor.ordos", "/units/"),
    Shot("norms", "supervisor.ordos", "/norms/"),
    Shot("calendar", "inspector1.ordos", "/dates/agenda/"),
    Shot("training", "trainer.ordos", "/trainings/", r"^/trainings/\d+$"),
    Shot("flow", "inspector1.ordos", "/help/flow/lead"),
    Shot("tour", "inspector1.ordos", "/help/tour/inspector", steps=(
        click("[data-tour-start]"), click(".tour .btn-primary"),
    )),
    Shot("phone", "inspector1.ordos", "/leads/?view=waiting", r"^/leads/\d+$", size=PHONE),
    Shot(
        "dark", "inspector1.ordos", "/penalties/?view=waiting", r"^/penalties/\d+$",
        cookies={"theme": "dark"},
    ),
)  # fmt: skip


def follow(visitor: Visitor, pattern: str) -> None:
    """Go where the first link of the page that fits leads."""
    links = visitor.page.eval_on_selector_all(
        "main a[href]", "nodes => nodes.map((n) => n.getAttribute('href'))"
    )
    found = next((link for link in links if re.search(pattern, link)), None)
    assert found, f"no link of {visitor.page.url} looks like {pattern}"
    visitor.open(found)


def keep(page: Page, file: Path, size: tuple[int, int]) -> None:
    """Take the picture, as low as it must be to be light enough."""
    for height in dict.fromkeys(min(cut, size[1]) for cut in _CUTS):
        clip = {"x": 0, "y": 0, "width": size[0], "height": height if size == SIZE else size[1]}
        taken = page.screenshot(clip=clip, animations="disabled")  # type: ignore[arg-type]
        file.write_bytes(small_png(page.context, taken))
        if file.stat().st_size <= MOST_BYTES:
            return
    raise AssertionError(f"{file.name} is too heavy: {file.stat().st_size} bytes")


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_of_the_manual(demo_visit: Visit, shot: Shot):
    MANUAL.mkdir(exist_ok=True)
    visitor = demo_visit(shot.who)
    visitor.prefer(**shot.cookies)
    page = visitor.open("/", size=shot.size)
    click(".tour-offer form button")(page)
    visitor.open(shot.path, size=shot.size)
    if shot.first:
        follow(visitor, shot.first)
    for step in shot.steps:
        step(page)
    page.wait_for_timeout(300)
    page.evaluate("document.activeElement?.blur()")
    keep(page, MANUAL / f"{shot.name}.png", shot.size)


# ---------------------------------------------------------------- one of every page

ROLES = {
    "liaison": "liaison.ordos",
    "dept_approver": "approver.ordos",
    "township_clerk": "clerk.ordos",
    "registrar": "registrar.ordos",
    "inspector": "inspector1.ordos",
    "supervisor": "supervisor.ordos",
    "head": "head.ordos",
    "legal_reviewer": "legal.ordos",
    "trainer": "trainer.ordos",
    "system_admin": "sysadmin.ordos",
    "security_admin": "security.ordos",
    "audit_admin": "audit.ordos",
}
_NO_PAGE = re.compile(
    r"/(export|word|files?/|bundle|feed|data|print$|docx|xlsx)|^/static|\.\w{2,4}$"
)


def shape(path: str) -> str:
    """Pages that differ by a number only, or by what is asked of a list, are one."""
    bare = re.sub(r"\d+", "N", path.partition("?")[0])
    return re.sub(r"(/dates/rules|/help/\w+)/[^/]+", r"\1/X", bare)


def walk(visitor: Visitor) -> Iterator[str]:
    """One address of every shape of page that links lead to from the home page."""
    seen, todo = {"/"}, deque(["/"])
    while todo:
        path = todo.popleft()
        answer = visitor.page.goto(visitor.site.address + path)
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield path
        for link in visitor.page.eval_on_selector_all(
            "a[href^='/']", "nodes => nodes.map((n) => n.getAttribute('href').split('#')[0])"
        ):
            if not _NO_PAGE.search(link.partition("?")[0]) and shape(link) not in seen:
                seen.add(shape(link))
                todo.append(link)


@pytest.mark.parametrize("role", ROLES)
def test_a_picture_of_every_page(demo_visit: Visit, role: str):
    visitor = demo_visit(ROLES[role])
    paths = list(walk(visitor))
    assert len(paths) > 3
    for theme in ("light", "dark"):
        visitor.prefer(theme=theme)
        for device, size in (("desk", DESK), ("phone", PHONE)):
            folder = MANY / role / f"{theme}-{device}"
            folder.mkdir(parents=True, exist_ok=True)
            for path in paths:
                page = visitor.open(path, size=size)
                name = shape(path).strip("/").replace("/", "-") or "home"
                page.screenshot(path=folder / f"{name}.png", full_page=True)
