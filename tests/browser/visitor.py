"""A person at a browser, and what the browser complained about meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

from tests.browser.site import Site

DESK, PHONE = (1366, 768), (390, 844)
# Windows in which a page is looked at; in the dark only its colours are others.
BY_THEME = {"light": (DESK, PHONE), "dark": (DESK,)}
# Policy violations become console errors even where the browser would only report them.
_WATCH_POLICY = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""
_axe = Axe()


# Opens a page in a window of a size.
Go: TypeAlias = "Callable[[Visitor, tuple[int, int]], object]"


def at(path: str) -> Go:
    """A way to a page: its address."""
    return lambda visitor, size: visitor.open(path, size=size)


class Visitor:
    """One page of one browser context, and the complaints of all its documents."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site, self.context = site, context
        self.complaints: list[str] = []
        context.add_init_script(_WATCH_POLICY)
        context.on("page", self._listen)
        context.on("response", self._look_at)
        self.page = context.new_page()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        # Answers with 4xx are told apart in `_look_at`: a refused form is no fault.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def _look_at(self, response: Response) -> None:
        document = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not document):
            self.complaints.append(f"{response.status} {response.url}")

    # ------------------------------------------------------------ going about

    def open(self, path: str, *, size: tuple[int, int] | None = None) -> Page:
        """Go to a path; with a size, in a window of that size."""
        if size is not None:
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.goto(self.site.address + path)
        return self.page

    def sign_in(self, username: str, password: str) -> None:
        """Through the login page, wherever it stands now."""
        if not self.page.locator("#password").count():
            self.open("/login")
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        self.page.click("button[type=submit]")

    def prefer(self, **cookies: str) -> None:
        """Language and theme, as the page /me would set them."""
        self.context.add_cookies(
            [{"name": k, "value": v, "url": self.site.address} for k, v in cookies.items()]
        )

    def choose(self, step: str) -> Locator:
        """Pick a step on a lead's page; answers its form."""
        self.page.check(f"input[name=pick][value={step}]")
        return self.page.locator(f"form[action$='/steps/{step}']")

    def take(self, step: str, **fields: str) -> None:
        """Pick a step, fill its fields, and send it."""
        form = self.choose(step)
        for name, value in fields.items():
            control = form.locator(f"[name='{step}-{name}']")
            if control.first.get_attribute("type") == "radio":
                form.locator(f"[name='{step}-{name}'][value='{value}']").check()
            elif control.evaluate("node => node.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)
        form.locator("button.btn-primary").click()

    # ------------------------------------------------------------ looking

    @property
    def answers(self) -> dict[str, str]:
        """The four answers of a lead's page: label and what is written large."""
        rows = self.page.locator(".answers > div")
        return {
            row.locator("dt").inner_text(): row.locator("dd b").first.inner_text()
            for row in rows.all()
        }

    @property
    def text(self) -> str:
        """Everything that can be read on the page now."""
        return self.page.locator("body").inner_text()

    def accessibility_faults(self, *rules: str) -> list[str]:
        """What axe finds wrong, one line a node; by some rules only, or by all of them."""
        options: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
        if rules:
            options["runOnly"] = list(rules)
        found = _axe.run(self.page, options=options).response["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))}"
            f" — {node['failureSummary'].splitlines()[-1].strip()}"
            for rule in found
            for node in rule["nodes"]
        ]

    def faults(self, go: Go, sizes: Sequence[tuple[int, int]] = (DESK, PHONE)) -> list[str]:
        """What is wrong with a page at a desk and on a phone; `go` opens it in a window."""
        found = []
        for size in sizes:
            go(self, size)
            found += [f"{size[0]}: {fault}" for fault in self.accessibility_faults()]
            if out := self.sticks_out():
                found.append(f"{size[0]}: the page is {out} px wider than the window")
        return found

    def faults_at(self, path: str) -> list[str]:
        """The same for an address; in the dark, where only colours differ, at a desk."""
        found = []
        for theme, sizes in BY_THEME.items():
            self.prefer(theme=theme)
            found += [f"{theme} {fault}" for fault in self.faults(at(path), sizes)]
        return found

    def sticks_out(self) -> int:
        """By how many pixels the page is wider than the window."""
        width: int = self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width
