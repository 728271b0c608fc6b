"""What a person does on the page of a case in the browser: take a step, draw up a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.visitor import Visitor
from tracker.core.clock import office_date, office_time, utc_now

SERVED = {"manner": "direct", "recipient": "王某", "place": "当事人住所"}
_PICK = """label => [...document.querySelectorAll('input[name=pick]')].filter(
  node => node.parentElement.querySelector('span').firstChild.textContent.trim() === label
).map(node => node.value)[0]"""
# Documents that a step waits for: where each is made, or "" for who may not.
_WANTED = """label => [...document.querySelectorAll('ul.pp > li')].filter(row => {
  const found = row.textContent.match(/“([^”]*)”要用/);
  return found && found[1].split('、').includes(label) && !row.textContent.includes('已签发');
}).map(row => row.querySelector("a[href*='/papers/new/']")?.getAttribute('href') ?? '')"""
_OPEN_FIELDS = """() => [...document.querySelectorAll('.paper-form .field')].filter(
  field => field.querySelector('.form-label .tag-soon')
).flatMap(field => [...field.querySelectorAll('input[name], textarea')].filter(
  input => !input.value).map(input => [input.name, input.type]))"""
_UNANSWERED = """form => [...form.querySelectorAll('input[type=date], input[type=datetime-local]')]
  .filter(input => !input.value && !input.closest('.field').querySelector('.opt'))
  .map(input => [input.name, input.type])"""


def now(kind: str) -> str:
    """Today, or this minute, as an input of the browser wants it."""
    moment = utc_now()
    return str(office_date(moment)) if kind == "date" else f"{office_time(moment):%Y-%m-%dT%H:%M}"


def at(visitor: Visitor, path: str) -> Page:
    """The page at a path, as it is now."""
    return visitor.open(path)


def state(visitor: Visitor) -> str:
    """Where the case on the page is."""
    return visitor.page.locator(".answers dd b").first.inner_text()


def turn(visitor: Visitor) -> str:
    """Whose turn it is on the page."""
    return visitor.page.locator(".ans-turn dd b").inner_text().removesuffix("（您）")


def take(visitor: Visitor, path: str, label: str, proof: Path, /, **answers: Any) -> None:
    """Take a step by its name after drawing up what it wants; questions for days get today."""
    page = at(visitor, path)
    for link in page.evaluate(_WANTED, label):
        assert link, f"“{label}” at {path} wants a document that {visitor} may not draw up"
        draw_up(visitor, link)
    if page.url.removeprefix(visitor.site.address) != path:
        page = at(visitor, path)
    step = page.evaluate(_PICK, label)
    assert step, f"“{label}” is not offered at {path} ({state(visitor)}): {visitor.text}"
    page.check(f"input[name=pick][value={step}]")
    send(visitor, page.locator(f"form[action$='/steps/{step}']"), f"{step}-", proof, **answers)


def send(
    visitor: Visitor, form: Locator, prefix: str, proof: Path | None = None, /, **answers: Any
) -> None:
    """Fill a form and send it; AssertionError when the page complains."""
    for name, value in answers.items():
        _fill(form, f"{prefix}{name}", value)
    for name, kind in form.evaluate(_UNANSWERED):
        form.locator(f"[name='{name}']").fill(now(kind))
    files = form.locator("input[type=file]")
    if proof is not None and files.count():
        files.first.set_input_files(proof)
    form.locator("button.btn-primary").click()
    wrong = visitor.page.locator(".err, .err-sum, .flash-refusal").all_inner_texts()
    assert not [text for text in wrong if text.strip()], f"{visitor.page.url}: {wrong}"


def _fill(form: Locator, name: str, value: Any) -> None:
    control = form.locator(f"[name='{name}']")
    if value is True:
        control.check()
    elif isinstance(value, tuple):
        for one in value:
            form.locator(f"[name='{name}'][value='{one}']").check()
    elif control.evaluate("node => node.tagName") == "SELECT":
        options = control.locator("option").all()
        labels = {o.inner_text(): o.get_attribute("value") or "" for o in options}
        wanted = [v for text, v in labels.items() if value == v or text.startswith(value)]
        control.select_option(value=value if value in wanted else wanted[0])
    else:
        control.fill(str(value))


def draw_up(visitor: Visitor, link: str) -> None:
    """Fill what the case does not know of a document, read the preview, and issue it."""
    page = at(visitor, link)
    for name, kind in page.evaluate(_OPEN_FIELDS):
        control = page.locator(f"[name='{name}']")
        if kind in ("date", "datetime-local"):
            control.fill(now(kind))
        elif name.count("-") != 2:
            control.fill("见案卷材料")
        elif name.split("-")[1] in "01":
            control.fill(("其木格", "阿古拉")[int(name.split("-")[1])])
    page.get_by_role("button", name="存为草稿并预览").click()
    page.wait_for_selector(".paper")
    assert page.locator(".note-late").count() == 0, f"{link}: {visitor.text}"
    page.get_by_role("button", name="签发").click()
    page.wait_for_selector(".hash")
