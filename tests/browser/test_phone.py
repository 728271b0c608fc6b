"""On a phone: nothing sticks out, fingers hit what they aim at, the next action is at the thumb."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

# What a finger aims at; what is hidden from sight is no target.
_SMALL = """() => {
  const small = [];
  for (const node of document.querySelectorAll(
      "button, .btn, nav a, select, textarea, " +
      "input:not([type=hidden], [type=radio], [type=checkbox])")) {
    const box = node.getBoundingClientRect();
    if (!box.width || node.closest(".sr, .skip") || !node.checkVisibility()) continue;
    const least = node.matches("nav a:not(.btn)") ? 24 : 44;
    if (box.height < least - 0.5 || box.width < Math.min(least, 40) - 0.5)
      small.push(`${node.tagName} ${node.className} “${node.innerText || node.name}” ` +
        `${Math.round(box.width)}x${Math.round(box.height)}`);
  }
  return small;
}"""


@pytest.fixture
def phone(visit: Visit) -> Visit:
    def open_one(account: str) -> Visitor:
        return visit(
            account,
            viewport={"width": PHONE[0], "height": PHONE[1]},
            has_touch=True,
            is_mobile=True,
        )

    return open_one


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("inspector", "/"),
        ("inspector", "/leads/"),
        ("inspector", "/work/"),
        ("liaison", "/leads/new"),
        ("inspector", "triage"),
        ("inspector", "findings"),
        ("registrar", "twin"),
        ("inspector", "sealed"),
        ("liaison", "closed"),
        ("liaison", "/me"),
        ("liaison", "/notices/"),
    ],
)
def test_fingers_hit_what_they_aim_at(phone: Visit, site: Site, who: str, where: str) -> None:
    visitor = phone(who)
    visitor.open(where if where.startswith("/") else site.lead(where))
    assert visitor.sticks_out() == 0
    small = visitor.page.evaluate(_SMALL)
    assert not small, "\n" + "\n".join(small)


def test_what_can_be_done_is_at_the_thumb(phone: Visit, site: Site) -> None:
    visitor = phone("inspector")
    page = visitor.open(site.lead("triage"))
    dock = page.locator(".dock")
    assert dock.is_visible()
    box = dock.bounding_box()
    assert box is not None
    assert box["y"] > PHONE[1] / 2
    dock.tap()
    dock.wait_for(state="hidden")
    first = page.locator("input[name=pick]").first
    assert first.is_visible()
    page.tap(".pick >> nth=1")
    button = page.locator(".act-body:visible .btn-primary")
    button.scroll_into_view_if_needed()
    assert button.is_visible()


def test_the_button_of_a_step_covers_no_field(phone: Visit, site: Site) -> None:
    """The button stays in sight, but a field under the caret is never behind it."""
    visitor = phone("inspector")
    page = visitor.open(site.lead("findings"))
    for field in page.locator(".act-body:visible textarea, .act-body:visible input").all():
        if not field.is_visible():
            continue
        field.evaluate("node => node.scrollIntoView({block: 'nearest', behavior: 'instant'})")
        covered = field.evaluate(
            """node => { const b = node.getBoundingClientRect();
              const down = b.y + Math.min(b.height / 2, 12);
              const at = document.elementFromPoint(b.x + b.width / 2, down);
              const free = at && (at === node || at.closest("label")?.contains(node));
              return free ? "" : `${at?.outerHTML.slice(0, 90)} at ${Math.round(b.y)}`; }"""
        )
        assert not covered, f"{field.get_attribute('name')} is behind {covered}"


def test_every_field_of_a_row_says_what_it_is(phone: Visit) -> None:
    """The table's head is gone on a phone, so each cell carries its name."""
    visitor = phone("liaison")
    page = visitor.open("/leads/new")
    for end in ("name", "unit", "reported", "known", "source"):
        cell = page.locator(f"[name='indicators-0-{end}']").locator("xpath=ancestor::td")
        label = cell.evaluate("node => getComputedStyle(node, '::before').content")
        assert label not in ("none", "normal", '""'), f"{end} has no visible name"


def test_a_list_stands_before_what_narrows_it(phone: Visit) -> None:
    visitor = phone("inspector")
    page = visitor.open("/work/")
    kinds, more = page.locator("#fk"), page.locator(".filters-more")
    assert kinds.is_hidden()
    assert more.get_attribute("aria-expanded") == "false"
    more.click()
    assert kinds.is_visible()
    kinds.select_option("lead")
    page.locator("form.filters .btn:not(.filters-more)").first.click()
    page.wait_for_url("**kind=lead*")
    # What is asked stays in sight.
    assert page.locator("#fk").is_visible()
    assert page.locator("#fk").input_value() == "lead"
