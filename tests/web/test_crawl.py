"""Each role of the demo opens what it can reach and tries what is offered: nothing is broken.

`make crawl` walks wide: two examples of each kind of page, and everybody in both languages.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import IsolatedClient
from tests.helpers.crawler import Crawler, English, states_of, texts_of
from tests.helpers.demo import DemoOffice
from tests.house.test_translations import catalogue
from tracker.core.accounts.roles import Role

# How many of each kind of page are opened; nothing stands for the thin walk of every run.
EXAMPLES = int(os.environ.get("TRACKER_CRAWL", "0"))
WIDE = EXAMPLES > 0
# Who walks widely, and in which language each is most at home.
WALKS = {
    "inspector1.ordos": "zh",
    "supervisor.ordos": "en",
    "head.ordos": "zh",
    "registrar.ordos": "en",
    "legal.ordos": "en",
    "trainer.ordos": "en",
    "liaison.ordos": "zh en",
    "approver.ordos": "zh en",
    "clerk.ordos": "zh en",
    "sysadmin.ordos": "zh en",
    "security.ordos": "zh en",
    "audit.ordos": "zh en",
}
# The thin walk of every run; `make crawl` is everybody, in both languages.
_THIN = [("liaison.ordos", "zh"), ("clerk.ordos", "en"), ("audit.ordos", "en")]
_EVERY = [(who, tongue) for who in WALKS for tongue in ("zh", "en")] if WIDE else _THIN

pytestmark = pytest.mark.timeout(3000 if WIDE else 600)
_opened: Counter[object] = Counter()


@pytest.fixture(scope="session")
def english(demo_office: DemoOffice) -> English:
    sentences = {str(message.id) for message in catalogue() if message.id}
    tables = [p.read_text("utf-8") for p in demo_office.instance.glob("benchmarks/*.toml")]
    entered = {words for table in tables for words in re.findall(r'"([^"]*)"', table)}
    return English(texts_of(demo_office.database) | entered | {"中文", "统"}, sentences)


def test_everybody_walks(demo_office: DemoOffice) -> None:
    roles = {login["username"]: login["role_name"] for login in demo_office.result["logins"]}
    assert {roles[who] for who in WALKS} == {role.value for role in Role}


@pytest.mark.parametrize(("who", "language"), _EVERY)
def test_nothing_is_broken(
    demo_app: Flask,
    demo_office: DemoOffice,
    demo_client: Callable[..., IsolatedClient],
    english: English,
    who: str,
    language: str,
) -> None:
    crawler = Crawler(
        demo_app,
        demo_client(who, language=language),
        states_of(demo_office.database),
        examples=EXAMPLES or 1,
        wide=WIDE,
        others=None if WIDE else _opened,
        readers=(english,) if language == "en" else (),
    )
    found = crawler.walk()
    print(who, language, found.pages, "pages,", found.forms, "forms; heaviest", *found.heaviest)  # noqa: T201
    assert found.pages > 10, "hardly a page: not logged in?"
    assert not found.faults, "\n".join(found.faults)
