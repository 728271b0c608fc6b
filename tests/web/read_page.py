"""A page as somebody reads it: its forms with what stands in them, its state, clocks and links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import html  # type: ignore[import-untyped]
from werkzeug.test import TestResponse


def squeezed(text: str) -> str:
    """A text on one line, without the blanks that only the markup has."""
    return re.sub(r"\s+", " ", text).strip()


@dataclass
class Form:
    """One form of a page: where it goes, what it would send untouched, and what can be chosen."""

    action: str
    label: str
    values: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)
    lacking: set[str] = field(default_factory=set)

    def answer(self, name: str, value: Any) -> None:
        """Fill one input as a person would; AssertionError when the form has no such input."""
        kind = self.kinds.get(name)
        assert kind is not None, f"“{self.label}” does not ask {name}: {sorted(self.kinds)}"
        if kind == "checkbox":
            self._tick(name, value)
        elif name in self.choices:
            self.values[name] = self._chosen(name, value)
        else:
            self.values[name] = str(value)

    def _tick(self, name: str, value: Any) -> None:
        there = self.choices[name]
        if value is True:
            assert len(there) == 1, f"{name}: {there}"
            self.values[name] = list(there)
        elif value is False:
            self.values.pop(name, None)
        else:
            self.values[name] = [self._chosen(name, one) for one in value]

    def _chosen(self, name: str, value: str) -> str:
        offered = self.choices[name]
        if value in offered:
            return value
        exact = [v for v, label in offered.items() if label == value]
        found = exact or [v for v, label in offered.items() if label.startswith(value)]
        assert len(found) == 1, f"{name}: “{value}” is not one of {offered}"
        return found[0]


class Page:
    """One page that was answered."""

    def __init__(self, answer: TestResponse, path: str) -> None:
        self.answer, self.path, self.status = answer, path, answer.status_code
        self.source = answer.text

    @cached_property
    def tree(self) -> Any:
        """The page as a tree."""
        return html.document_fromstring(self.source)

    @cached_property
    def text(self) -> str:
        """What can be read on it."""
        return squeezed(self.tree.xpath("string(//body)"))

    def says(self, *words: str) -> None:
        """AssertionError when something cannot be read on the page."""
        lost = [w for w in words if w not in self.text]
        assert not lost, f"{self.path} does not say {lost}"

    def hides(self, *words: str) -> None:
        """AssertionError when something is in the page, shown or not."""
        found = [w for w in words if w in self.source]
        assert not found, f"{self.path} tells {found}"

    @property
    def errors(self) -> list[str]:
        """Everything the page complains of."""
        wrong = "//*[contains(@class,'err') or contains(@class,'flash') or @role='alert']"
        found = (squeezed(n.text_content()) for n in self.tree.xpath(wrong))
        return [text for text in dict.fromkeys(found) if text]

    # ------------------------------------------------------------ a case

    @cached_property
    def answers(self) -> dict[str, str]:
        """The answers at the head: label and what is written large."""
        rows = self.tree.xpath("//dl[contains(@class,'answers')]/div")
        return {
            squeezed(r.findtext("dt") or ""): squeezed(r.xpath("string((dd[1]//b)[1])"))
            for r in rows
        }

    @property
    def state(self) -> str:
        """Where the case is."""
        return self.answers["到哪一步"]

    @property
    def turn(self) -> str:
        """Whose turn it is."""
        return self.answers["轮到谁"]

    @cached_property
    def clocks(self) -> dict[str, str]:
        """Every clock of the case: its label and its day, “停止” behind one that was stopped."""
        found = {}
        for row in self.tree.xpath("//ul[@class='clk']/li"):
            label = squeezed(row.xpath("string(.//div[@class='clk-what']/b)"))
            day = squeezed("".join(row.xpath(".//div[@class='clk-left']/a/text()")))
            found[label] = day.removesuffix("截止").strip()
        return found

    @property
    def number(self) -> str:
        """The number of the case."""
        return squeezed(self.tree.xpath("string((//*[contains(@class,'docno')])[1])"))

    @property
    def steps(self) -> dict[str, str]:
        """What can be done here: label and name of each step."""
        picks = self.tree.xpath("//input[@name='pick']")
        return {
            squeezed(p.getparent().xpath("string(span/text()[1])")): p.get("value") for p in picks
        }

    @property
    def not_now(self) -> str:
        """What cannot be done, with its reasons."""
        return squeezed(self.tree.xpath("string(//details[@class='cannot'])"))

    def papers(self, step: str) -> dict[str, str]:
        """Documents that a step wants and that are missing: title and where to make each, or ""."""
        found = {}
        for row in self.tree.xpath("//ul[@class='pp']/li"):
            wanting = re.search(r"“([^”]*)”要用", row.text_content())
            if wanting is None or step not in wanting[1].split("、"):
                continue
            if "已签发" in row.text_content():
                continue
            title = squeezed(row.xpath("string(div[@class='pp-what']/*[1])"))
            links = row.xpath(".//a[contains(@href,'/papers/new/')]/@href")
            found[title] = links[0] if links else ""
        return found

    @property
    def offered(self) -> dict[str, str]:
        """Documents that can be drawn up though no step waits for them: title and where."""
        links = self.tree.xpath("//ul[@class='pp-offer']//a")
        return {squeezed(a.text_content()): a.get("href") for a in links}

    @property
    def documents(self) -> dict[str, str]:
        """The documents of the case that are issued, with their numbers."""
        found = {}
        for row in self.tree.xpath("//ul[@class='pp']/li[not(@class='pp-void')]"):
            number = squeezed(row.xpath("string(.//*[contains(@class,'docno')])"))
            if "已签发" in row.text_content():
                found[squeezed(row.xpath("string(div[@class='pp-what']/*[1])"))] = number
        return found

    def linked(self, area: str) -> list[str]:
        """Addresses of the cases of an area that this case is linked to."""
        links = self.tree.xpath("//section[@aria-labelledby='lk']//a/@href")
        return [str(a) for a in links if str(a).startswith(f"/{area}/")]

    # ------------------------------------------------------------ forms

    def form(self, ending: str) -> Form:
        """The form whose address ends so; AssertionError when the page has none."""
        for node in self.tree.xpath("//form"):
            action = node.get("action") or self.path
            if action.partition("?")[0].endswith(ending):
                return _read(self.tree, node, action)
        raise AssertionError(f"{self.path} has no form for {ending}")


def _read(tree: Any, node: Any, action: str) -> Form:
    form = Form(action, node.get("aria-label") or squeezed(tree.xpath("string(//h1)")))
    inside = node.xpath(".//input|.//select|.//textarea")
    outside = tree.xpath("//*[@form=$id]", id=node.get("id") or "none")
    labels = {n.get("for"): n for n in node.xpath(".//label[@for]")}
    for control in [*inside, *outside]:
        name = control.get("name")
        if not name or control.get("disabled") is not None:
            continue
        _control(form, control, name)
        label = labels.get(control.get("id"))
        words = label.text_content() if label is not None else ""
        if "选填" in words or "签发时自动填" in words:
            form.optional.add(name)
        if "还没有填" in words:
            form.lacking.add(name)
    for group in node.xpath(".//fieldset[.//input]"):
        words = group.xpath("string(legend)")
        names = set(group.xpath(".//input/@name"))
        form.lacking |= names if "还没有填" in words else set()
        form.optional |= names if "选填" in words or "自动填" in words else set()
    return form


def _control(form: Form, control: Any, name: str) -> None:
    kind = control.tag if control.tag != "input" else control.get("type") or "text"
    form.kinds[name] = kind
    if kind == "select":
        options = control.xpath(".//option")
        form.choices[name] = {o.get("value", ""): squeezed(o.text_content()) for o in options}
        chosen = [o.get("value", "") for o in options if o.get("selected") is not None]
        form.values[name] = chosen[0] if chosen else next(iter(form.choices[name]), "")
    elif kind in ("checkbox", "radio"):
        value = control.get("value") or "on"
        label = squeezed(control.getparent().text_content())
        form.choices.setdefault(name, {})[value] = label
        if control.get("checked") is not None:
            form.values.setdefault(name, []).append(value)
    elif kind != "file":
        if control.get("inputmode") == "decimal":
            form.kinds[name] = "money"
        raw = control.text if kind == "textarea" else control.get("value")
        # A browser drops the line break that a textarea begins with.
        form.values[name] = (raw or "").removeprefix("\r\n").removeprefix("\n")


def body(form: Form, files: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """What the browser would send."""
    return {**form.values, **files}
