"""The English texts: complete, in step with the source, and shown. The source is Chinese."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import IsolatedClient
from tests.helpers.databases import ROOT
from tests.house import source
from tests.workflows.leads.walking import Office
from tracker.core.accounts.models import User
from tracker.core.accounts.sessions import open_session
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.registers.models import Organisation, Region

pytestmark = pytest.mark.once
FOLDER = ROOT / "tracker" / "translations" / "en" / "LC_MESSAGES"
KEYWORDS = dict.fromkeys(("_", "gettext", "lazy_gettext", "N_", "say", "tell"))
AGAIN = "see README, Translating: pybabel extract, update, then compile"

PLACE = re.compile(r"%\((\w+)\)[sd]|%%")
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uff60]")
EXAMPLE = re.compile(r'"[^"]*"|\S*〔\d{4}〕\S*')


@cache
def extracted() -> frozenset[str]:
    """Every sentence of the tree that can reach a reader."""
    with (ROOT / "tracker/translations/babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = [
        message
        for top in ("tracker", "templates")
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / top,
            [(pattern.removeprefix(f"{top}/"), method) for pattern, method in methods],
            options,
            keywords=KEYWORDS,
        )
    ]
    return frozenset(text for text in found if isinstance(text, str) and text)


@cache
def catalogue() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def entries() -> Iterator[tuple[str, str]]:
    return ((str(m.id), str(m.string)) for m in catalogue() if m.id)


def test_the_catalogue_is_the_source_of_today():
    known = {text for text, _ in entries()}
    missing, stale = sorted(extracted() - known), sorted(known - extracted())
    assert not missing, f"no English yet ({AGAIN}):\n" + "\n".join(missing)
    assert not stale, f"no longer said ({AGAIN}):\n" + "\n".join(stale)
    assert not catalogue().obsolete


def test_the_extraction_reaches_every_kind_of_source():
    seen = {
        "登录系统": "a page",
        "没有找到这条线索，请核对编号。": "a sentence in code",
        "%(title)s（%(number)s）": "a sentence inside a sentence",
        "作出初审意见": "a rule pack",
        "中秋节、国庆节": "the calendar",
    }
    assert not {why for text, why in seen.items() if text not in extracted()}


def test_every_entry_is_translated():
    assert not [text for text, english in entries() if not english.strip()]
    assert not [m.id for m in catalogue() if m.id and m.fuzzy]


def test_places_are_kept():
    """Each filling of the source has its place in English, and English asks for no other."""
    wrong = [
        f"{text}\n  {english}"
        for text, english in entries()
        if set(PLACE.findall(text)) != set(PLACE.findall(english))
    ]
    assert not wrong, "\n".join(wrong)


def test_english_is_english():
    """No Chinese character or sign, except in a quoted example such as "鄂统线〔2026〕1号"."""
    found = [english for _, english in entries() if CHINESE.search(EXAMPLE.sub("", english))]
    assert not found, "\n".join(found)


def test_the_compiled_catalogue_is_of_this_source():
    compiled = read_mo(io.BytesIO((FOLDER / "messages.mo").read_bytes()))
    have = {m.id: m.string for m in compiled if m.id}
    assert have == dict(entries()), f"messages.mo is not of this messages.po: {AGAIN}"


def test_no_chinese_stands_bare_in_a_page():
    """Text of a template goes through `_()`; the name of the language itself does not."""
    bare = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
    allowed = {"中文", "统", "　", ""}
    found = [
        f"{path.relative_to(ROOT)}: {text.strip()}"
        for path in source.templates()
        for text in re.findall(r"[^<>\n]*", bare.sub("", path.read_text("utf-8")))
        if CHINESE.search(text.replace("　", "")) and text.strip() not in allowed
    ]
    assert not found, "\n".join(found)


# ---------------------------------------------------------------- pages in English


class _Words(HTMLParser):
    """What a reader of a page reads or hears, without what is marked as another language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._aside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        shown = ("aria-label", "title", "placeholder", "alt", "data-words")
        self.found += [text for name in shown if (text := given.get(name))]
        if tag in ("script", "style") or given.get("lang") == "zh-CN":
            self._aside += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "button", "option") and self._aside:
            self._aside -= 1

    def handle_data(self, text: str) -> None:
        if not self._aside and text.strip():
            self.found.append(text.strip())


def words_of(html: str) -> list[str]:
    reader = _Words()
    reader.feed(html)
    return reader.found


@pytest.fixture
def english(app):
    """A browser in English, of one person of a small office or of nobody."""

    def of(name: str) -> IsolatedClient:
        client = IsolatedClient(app, app.response_class, use_cookies=True)
        client.set_cookie("lang", "en")
        with app.app_context(), transaction() as session:
            people = Office(session).people
            session.execute(update(User).values(must_change=False))
            if name:
                raw = open_session(
                    session, people[name], privileged=False, user_agent="t", now=utc_now()
                )
                client.set_cookie("tracker_session", raw)
        return client

    return of


def names_of_data(session: Session) -> list[str]:
    """What stays as it is in any language: people, places, organisations; longest first."""
    found = {"统", "中文"}
    for column in (Organisation.name, Organisation.short_name, Region.name, User.name):
        found |= set(session.scalars(select(column)))
    found |= {name[:1] for name in found}
    return sorted(found - {""}, key=len, reverse=True)


@pytest.mark.at_time("2026-03-02 10:00")
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("", "/login"),
        ("", "/no-such-page"),
        ("liaison@dept", "/"),
        ("liaison@dept", "/leads/"),
        ("liaison@dept", "/leads/new"),
        ("registrar@bureau", "/leads/new"),
        ("inspector@bureau", "/leads/"),
        ("inspector@bureau", "/me"),
        ("inspector@bureau", "/notices/"),
    ],
)
def test_a_page_in_english_has_no_chinese_but_data(app, english, name, address):
    answer = english(name).get(address)
    assert answer.status_code == (404 if address == "/no-such-page" else 200)
    with app.app_context():
        data = names_of_data(db.session())
    left = []
    for words in words_of(answer.text):
        rest = words.replace("\u3000", "")
        for known in data:
            rest = rest.replace(known, "")
        if CHINESE.search(rest):
            left.append(words)
    assert not left, "\n".join(left)
