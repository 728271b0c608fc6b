"""A reader who follows every link and tries every form of the demo, and tells what is wrong.

The crawler knows no page: it begins at the home page of a person and goes where pages lead. Links
of one kind (an endpoint with the same names in its query, a case in the same state) are the same to
it; of each kind it opens a few.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

HERE = "http://localhost"
# Measured uncompressed, as everything that a phone on a slow line has to unpack.
HTML_LIMIT = 150_000
# Leaving, and the switch of language, which would change what is being looked at.
_NOT_FOLLOWED = {"login.logout", "login.choose_display", "static"}
_WAYS_OUT = "//main//a[@href] | //header//*[@class='crumb']//a[@href] | //nav//a[@href]"
_REFUSALS = "//*[contains(@class,'err') or contains(@class,'flash') or @role='alert']"
_CONTROLS = "self::input or self::select or self::textarea or self::button"
Reader: TypeAlias = Callable[[Any], list[str]]
"""What is wrong with a parsed page, in the eyes of one who reads it."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address, the endpoint that answers it, and the page it was found on."""

    path: str
    endpoint: str
    arguments: Mapping[str, Any]
    found_on: str

    @property
    def query(self) -> list[tuple[str, str]]:
        """The names and values of the query."""
        return parse_qsl(urlsplit(self.path).query, keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on a page: where it goes, and what it sends when nothing is filled."""

    method: str
    action: str
    values: tuple[tuple[str, str], ...]
    found_on: str


@dataclass
class Found:
    """What a walk saw: pages opened, endpoints met, and what is wrong with them."""

    pages: int = 0
    forms: int = 0
    heaviest: tuple[int, str] = (0, "")
    endpoints: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def say(self, where: str, fault: str) -> None:
        """Note a fault of a page."""
        self.faults.append(f"{where}: {fault}")


class Crawler:
    """Walks the product as one person; `examples` links of a kind are opened.

    Looked at widely, each page of a case is another one in each state, and each way to narrow a
    list another list; otherwise only the page of a case itself is. With `others`, what other
    people's walks opened: of what they met as well, one link of each endpoint is opened again,
    for everybody has pages of their own.
    """

    def __init__(
        self,
        app: Flask,
        client: FlaskClient,
        states: Mapping[int, str],
        *,
        examples: int = 2,
        wide: bool = True,
        others: Counter[object] | None = None,
        readers: tuple[Reader, ...] = (),
    ) -> None:
        self._client, self._states, self._examples = client, states, examples
        self._wide, self._others, self._readers = wide, others, readers
        self._ways = app.url_map.bind("localhost")
        self._met: Counter[object] = Counter()
        self._known: set[str] = set()
        self._waiting: deque[Link] = deque()
        self._forms: dict[object, Form] = {}
        self._ids: dict[str, set[str]] = {}
        self._anchors: list[tuple[str, str, str]] = []
        self.found = Found()

    def walk(self, start: str = "/", *, submit: bool = True) -> Found:
        """Open everything that can be reached; then send every form once, as it stands."""
        self._notice(start, "the start")
        while self._waiting:
            self._open(self._waiting.popleft())
        self._check_anchors()
        if submit:
            # What moves a case comes last: afterwards its other forms may be gone.
            for form in sorted(self._forms.values(), key=lambda form: "/steps/" in form.action):
                self._submit(form)
            if self._others is not None:
                self._others.update(self._forms.keys())
        return self.found

    def look(self, *paths: str) -> None:
        """Open these, however many of their kind were opened."""
        for path in paths:
            self._known.add(path)
            target = self._match(urlsplit(path).path, "GET", "the start", path)
            if target is not None:
                self._open(Link(path, *target, "the start"))

    # ------------------------------------------------------------ where to

    def _notice(self, address: str, page: str) -> None:
        """Take a link into the plan, unless enough of its kind are there."""
        whole = urlsplit(urljoin(HERE + page if page.startswith("/") else HERE, address))
        if whole.scheme not in ("http", "https"):
            return
        if whole.netloc != "localhost":
            self.found.say(page, f"leads out of the house: {address}")
            return
        path = whole.path + (f"?{whole.query}" if whole.query else "")
        if whole.fragment:
            self._anchors.append((page, path, whole.fragment))
        if path in self._known:
            return
        self._known.add(path)
        target = self._match(whole.path, "GET", page, address)
        if target is None or target[0] in _NOT_FOLLOWED:
            return
        link = Link(path, target[0], target[1], page)
        if self._wanted(link):
            self._waiting.append(link)

    def _wanted(self, link: Link) -> bool:
        kind = self._kind(link)
        self._met[kind] += 1
        if self._others is None:
            return self._met[kind] <= self._examples
        self._met[link.endpoint] += 1
        self._others[kind] += 1
        return self._met[link.endpoint] == 1 or self._others[kind] <= self._examples

    def _match(
        self, path: str, method: str, page: str, address: str
    ) -> tuple[str, Mapping[str, Any]] | None:
        try:
            found: tuple[str, Mapping[str, Any]] = self._ways.match(path, method)
        except RequestRedirect as moved:
            return self._match(urlsplit(moved.new_url).path, method, page, address)
        except MethodNotAllowed:
            self.found.say(page, f"{method} {address} is not allowed there")
        except HTTPException:
            self.found.say(page, f"no such address: {method} {address}")
        else:
            return found
        return None

    def _kind(self, link: Link) -> object:
        """Links of the same kind are examples of each other."""
        case = link.arguments.get("case_id") or link.arguments.get("lead_id")
        state = self._states.get(case, "") if isinstance(case, int) else ""
        if not self._wide and not link.endpoint.endswith(("show_case", "take_step")):
            state = ""
        words = tuple(
            (k, str(v))
            for k, v in sorted(link.arguments.items())
            if isinstance(v, str) and v.isalpha()
        )
        names = tuple(sorted({k if k != "view" else f"view={v}" for k, v in link.query}))
        if not self._wide and len(names) > 1:
            names = ("many",)
        return link.endpoint, state, words, names

    # ------------------------------------------------------------ looking

    def _open(self, link: Link) -> None:
        answer = self._client.get(link.path)
        hops = 0
        while answer.status_code in (301, 302, 303, 308) and hops < 4:
            answer = self._client.get(answer.headers["Location"])
            hops += 1
        self.found.pages += 1
        self.found.endpoints[link.endpoint] += 1
        if answer.status_code == 422 and link.query:
            self._hear(link.path, answer)
        elif answer.status_code != 200:
            self.found.say(link.path, f"{answer.status_code}, linked from {link.found_on}")
            return
        if answer.mimetype == "text/html":
            self._read(link.path, answer)

    def _read(self, path: str, answer: TestResponse) -> None:
        size = len(answer.data)
        self.found.heaviest = max(self.found.heaviest, (size, path))
        if size > HTML_LIMIT:
            self.found.say(path, f"{size} bytes of HTML")
        tree = html.document_fromstring(answer.text)
        ids = Counter(tree.xpath("//@id"))
        self._ids[path] = set(ids)
        for name in sorted(n for n, times in ids.items() if times > 1):
            self.found.say(path, f"the id {name} stands {ids[name]} times")
        if not tree.xpath("//title[normalize-space(.) != '']") or not tree.xpath("//h1"):
            self.found.say(path, "no title, or no first heading")
        if not any(a.get("href", "").partition("#")[0] for a in tree.xpath(_WAYS_OUT)):
            self.found.say(path, "a dead end: no way back and none forward")
        for reader in self._readers:
            for fault in reader(tree):
                self.found.say(path, fault)
        for address in tree.xpath("//a/@href | //img/@src | //iframe/@src"):
            self._notice(str(address), path)
        for node in tree.xpath("//form"):
            self._take(tree, node, path)

    def _check_anchors(self) -> None:
        for page, path, fragment in self._anchors:
            if path in self._ids and fragment not in self._ids[path]:
                self.found.say(page, f"{path}#{fragment} leads to no such place")

    # ------------------------------------------------------------ forms

    def _take(self, tree: Any, node: Any, page: str) -> None:
        """Plan a form: a search is a link; what writes is sent after everything was read."""
        method = (node.get("method") or "get").upper()
        action = urljoin(HERE + page, node.get("action") or page)
        values = tuple(_values(tree, node))
        if method == "GET":
            query = urlencode([pair for pair in values if pair[1]])
            self._notice(action.partition("?")[0] + (f"?{query}" if query else ""), page)
            return
        for sent_to in {action, *(urljoin(action, a) for a in node.xpath(".//@formaction"))}:
            path = urlsplit(sent_to).path
            target = self._match(path, "POST", page, sent_to)
            if target is None or target[0] in _NOT_FOLLOWED:
                continue
            kind = ("form", self._kind(Link(path, *target, page)))
            if kind not in self._forms and not (self._others and self._others.get(kind)):
                self._forms[kind] = Form(method, sent_to.removeprefix(HERE), values, page)

    def _submit(self, form: Form) -> None:
        """Send a form as it stands: done, or refused with a sentence; never an error."""
        body: dict[str, Any] = {}
        for name, value in form.values:
            body.setdefault(name, []).append(value)
        answer = self._client.post(form.action, data=body)
        self.found.forms += 1
        where = f"POST {form.action} from {form.found_on}"
        if answer.status_code in (302, 303):
            after = self._client.get(answer.headers["Location"])
            if after.status_code != 200:
                self.found.say(where, f"leads to {after.status_code} {after.request.path}")
        elif answer.status_code not in (200, 409, 422):
            self.found.say(where, f"{answer.status_code}")
        elif answer.mimetype == "text/html" and answer.status_code != 200:
            self._hear(where, answer)

    def _hear(self, where: str, answer: TestResponse) -> None:
        """A refusal says in a sentence what is wrong."""
        tree = html.document_fromstring(answer.text)
        if not any(node.text_content().strip() for node in tree.xpath(_REFUSALS)):
            self.found.say(where, f"{answer.status_code} without a sentence that says why")


def _values(tree: Any, node: Any) -> Iterator[tuple[str, str]]:
    """What a browser would send of a form that nobody has touched; its main button pressed."""
    outside = tree.xpath("//*[@form=$id]", id=node.get("id")) if node.get("id") else []
    primary = node.xpath(".//button[contains(@class,'btn-primary')][@name]")[:1]
    pressed = bool(primary)
    yield from ((button.get("name"), button.get("value") or "") for button in primary)
    for control in [*node.xpath(f".//*[{_CONTROLS}]"), *outside]:
        name, kind = control.get("name"), control.get("type") or ""
        if not name or control.get("disabled") is not None or kind == "file":
            continue
        if control.tag == "select":
            options = control.xpath(".//option")
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            yield from ((name, o.get("value") or "") for o in chosen)
        elif control.tag == "textarea":
            yield name, control.text or ""
        elif control.tag == "button" or kind == "submit":
            if not pressed:
                yield name, control.get("value") or ""
            pressed = True
        elif kind not in ("checkbox", "radio") or control.get("checked") is not None:
            yield name, control.get("value") or ""


# ---------------------------------------------------------------- what the demo holds


def states_of(database: Path) -> dict[int, str]:
    """Kind and state of every case by its number."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT id, kind, state FROM cases")
        return {number: f"{kind}.{state}" for number, kind, state in rows}


def texts_of(database: Path) -> set[str]:
    """Every text that a database holds, also inside of JSON; not the index of the search."""
    found: set[str] = set()
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'"
        ).fetchall()
        for (name,) in tables:
            for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - our own
                for value in row:
                    found.update(_leaves(value))
    return found


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        try:
            inside = json.loads(value) if value[:1] in "[{" else None
        except ValueError:
            inside = None
        if inside is None:
            yield value
        else:
            yield from _leaves(inside)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)


# ---------------------------------------------------------------- language

CHINESE = re.compile("[\u3400-\u9fff]")
_RUN = re.compile("[^\u0000-\u00ff\u2010-\u201f\u3000-\u303f\uff00-\uff60]+")
_SAID = ("aria-label", "title", "placeholder", "alt")
# Examples of what is to be typed, numbers of documents, and what a file holds, one after another.
_QUOTED = re.compile(
    r'"[^"]*"|[\u3400-\u9fff]*〔\d{4}〕\d*号?|(?:[\u3400-\u9fff/]+[、,]\s*){3,}[\u3400-\u9fff/]+'
)
_LONGEST_NAME = 40
# Shorter runs of characters are parts of anything.
_TELLING = 4


class English:
    """Reads pages in English: what is Chinese there is data, or marked as Chinese.

    `data` is every text that the database holds; `sentences` is what the product says in Chinese.
    """

    def __init__(self, data: Iterable[str], sentences: Collection[str]) -> None:
        self._whole = {_bare(text) for text in data if CHINESE.search(text)}
        self._sentences = {_bare(text) for text in sentences} - self._whole
        runs = {run for text in self._whole for run in _RUN.findall(text)}
        self._names = {text for text in self._whole | runs if len(text) <= _LONGEST_NAME}
        self._names -= self._sentences
        self._corpus = "\n".join(self._whole)
        self._judged: dict[str, bool] = {}

    def __call__(self, tree: Any) -> list[str]:
        """Texts of a page that should be English."""
        return [f"not English: {words}" for words in _read_out(tree) if not self._fine(words)]

    def _fine(self, words: str) -> bool:
        if words not in self._judged:
            bare = _bare(_QUOTED.sub("", words))
            self._judged[words] = _bare(words) in self._whole or (
                bare not in self._sentences
                and (bare in self._corpus or self._is_made_of_data(bare))
            )
        return self._judged[words]

    def _is_made_of_data(self, text: str) -> bool:
        """Whether all Chinese of a text is names of the database and parts of its longer texts."""
        ends = {0}
        for start, sign in enumerate(text):
            if start not in ends:
                continue
            if not CHINESE.match(sign):
                ends.add(start + 1)
            stop = min(len(text), start + _LONGEST_NAME)
            ends |= {n for n in range(start + 1, stop + 1) if text[start:n] in self._names}
            run = _RUN.match(text, start)
            if run and len(run[0]) >= _TELLING and run[0] not in self._sentences:
                ends |= {run.end()} if run[0] in self._corpus else set()
        return len(text) in ends


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _read_out(tree: Any) -> Iterator[str]:
    """Every text with a Chinese character that a reader sees or hears, once."""
    seen = set()
    for node in tree.iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "textarea"):
            continue
        texts = [node.get(name) or "" for name in _SAID] + [node.text or ""]
        parent_text = node.tail or ""
        for text, of in [*((t, node) for t in texts), (parent_text, node.getparent())]:
            words = " ".join(text.split())
            if words in seen or not CHINESE.search(words) or _in_chinese(of):
                continue
            seen.add(words)
            yield words


def _in_chinese(node: Any) -> bool:
    """Whether the nearest element that names a language names Chinese."""
    while node is not None:
        language = node.get("lang")
        if language:
            return bool(language.startswith("zh"))
        node = node.getparent()
    return False
