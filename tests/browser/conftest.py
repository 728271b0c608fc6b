"""One site and one browser a run; a visitor for each test and person, who complains at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.office import PASSWORD
from tests.browser.site import Site, running, running_demo
from tests.browser.visitor import DESK, Visitor
from tests.helpers.databases import run_directory
from tracker.demo.people import PASSWORD as DEMO_PASSWORD

Visit = Callable[..., Visitor]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-quic",
    "--lang=zh-CN",
]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The product, served over a small office."""
    instance = Path(tempfile.mkdtemp(prefix="browser-", dir=run_directory()))
    with running(instance) as found:
        yield found


@pytest.fixture(scope="session")
def demo_site() -> Iterator[Site]:
    """The product, served over a copy of the demo; what is done there stays for the whole run."""
    instance = Path(tempfile.mkdtemp(prefix="demo-", dir=run_directory())) / "instance"
    with running_demo(instance) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's chromium."""
    path = os.environ.get("TRACKER_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def logins() -> dict[str, Any]:
    """The cookies of those who have logged in once already."""
    return {}


@pytest.fixture
def visit(site: Site, browser: Browser, logins: dict[str, Any]) -> Iterator[Visit]:
    """`visit("inspector")` is that person at a browser; `visit()` is a stranger."""
    yield from _visiting(site, browser, logins, PASSWORD)


@pytest.fixture
def demo_visit(demo_site: Site, browser: Browser, logins: dict[str, Any]) -> Iterator[Visit]:
    """The same at the demo: `demo_visit("head.ordos")`."""
    yield from _visiting(demo_site, browser, logins, DEMO_PASSWORD)


def _visiting(
    site: Site, browser: Browser, logins: dict[str, Any], password: str
) -> Iterator[Visit]:
    made: list[Visitor] = []

    def open_one(account: str = "", *, fresh: bool = False, **options: Any) -> Visitor:
        known = account in logins and not fresh
        context = _context(browser, storage_state=logins[account] if known else None, **options)
        visitor = Visitor(site, context)
        made.append(visitor)
        if account and not known:
            visitor.sign_in(account, password)
            if not fresh:
                logins[account] = context.storage_state()
        return visitor

    yield open_one
    complaints = [line for visitor in made for line in visitor.complaints]
    for visitor in made:
        visitor.context.close()
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)


def _context(browser: Browser, **options: Any) -> BrowserContext:
    given: dict[str, Any] = {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": DESK[0], "height": DESK[1]},
        "color_scheme": "light",
        **options,
    }
    context = browser.new_context(**given)
    context.set_default_timeout(10_000)
    return context
