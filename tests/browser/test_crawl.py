"""Every kind of page of the demo at a browser: sound in both themes, on a phone, and enlarged.

`make crawl` shows each kind to each role; in every run one role goes round.
"""

from __future__ import annotations

import os
import re
from collections import deque
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import Visit
from tests.browser.visitor import DESK, PHONE, Visitor

# 1: everybody, and whoever meets a kind of page first looks at it; 2: each role at each kind.
CRAWL = int(os.environ.get("TRACKER_CRAWL", "0"))
WIDE = CRAWL > 1
pytestmark = [pytest.mark.browser, pytest.mark.timeout(3000 if WIDE else 600)]

ROLES = (
    "inspector1.ordos", "supervisor.ordos", "head.ordos", "registrar.ordos", "legal.ordos",
    "trainer.ordos", "liaison.ordos", "approver.ordos", "clerk.ordos", "sysadmin.ordos",
    "security.ordos", "audit.ordos",
)  # fmt: skip
# A window of the usual width at 200 %.
ENLARGED = (DESK[0] // 2, DESK[1] // 2)
_LINKS = """() => [...document.querySelectorAll('a[href]')].map(
  (a) => new URL(a.getAttribute('href'), location).href)"""
_DARK = "() => { document.documentElement.dataset.bsTheme = 'dark' }"
_FOCUS = """() => { const s = getComputedStyle(document.activeElement);
  return document.activeElement === document.body || s.outlineStyle !== 'none'
    || s.boxShadow !== 'none' }"""
# Rows of a long table are alike: of each table and list the first ones are looked at.
_SHORTEN = """() => document.querySelectorAll('tbody, ul, ol, main select').forEach(
  (n) => [...n.children].slice(5).forEach((child) => child.remove()))"""
# Below these, a word says what the same page tells of: a rule, a topic, a kind of document.
_ONE_PAGE = re.compile(r"(/help/\w+|/dates/rules|/papers/new|/documents)/[\w-]+")
_opened: set[str] = set()


def kind_of(address: str) -> str:
    """Addresses of one kind differ in numbers only; looked at closely, in what is asked too."""
    parts = urlsplit(address)
    shape = _ONE_PAGE.sub(r"\1/N", re.sub(r"\d+", "N", parts.path))
    if not WIDE:
        return shape
    asked = parse_qsl(parts.query, keep_blank_values=True)
    return "&".join([shape, *sorted({k if k != "view" else f"{k}={v}" for k, v in asked})])


def look(visitor: Visitor, address: str) -> tuple[list[str], list[str]]:
    """What is wrong with a page in the eyes of everybody who may come to it; its links."""
    page = visitor.page
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in error.message:
            return [], []
        raise
    if answer is None or "html" not in answer.headers.get("content-type", ""):
        return [], []
    found = [] if answer.ok else [f"answers {answer.status}"]
    links: list[str] = page.evaluate(_LINKS)
    for size in (ENLARGED, PHONE, DESK):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if out := visitor.sticks_out():
            found.append(f"{out} px wider than a window of {size[0]}")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    if not page.evaluate(_FOCUS):
        found.append("what has the focus does not show it")
    if not WIDE:
        page.evaluate(_SHORTEN)
    found += visitor.accessibility_faults()
    if page.evaluate("() => document.documentElement.dataset.themeChoice !== undefined"):
        page.evaluate(_DARK)
        found += [f"dark: {fault}" for fault in visitor.accessibility_faults("color-contrast")]
    return found, links


@pytest.mark.parametrize("who", ROLES if CRAWL else ("clerk.ordos",))
def test_every_kind_of_page_is_sound(demo_visit: Visit, who: str) -> None:
    # Colours that fade from one theme into the other are not looked at on their way.
    visitor = demo_visit(who, reduced_motion="reduce")
    site, known = visitor.site.address, set() if WIDE else _opened
    waiting = deque([f"{site}/"])
    known.discard("/")
    faults: list[str] = []
    while waiting:
        address = waiting.popleft()
        if kind_of(address) in known:
            continue
        known.add(kind_of(address))
        found, links = look(visitor, address)
        faults += [f"{address.removeprefix(site)}: {fault}" for fault in found]
        waiting += [url.partition("#")[0] for url in links if url.startswith(site)]
    assert not faults, "\n".join(faults)
