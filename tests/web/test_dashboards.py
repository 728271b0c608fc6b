"""Pages of figures over the demo: every number is the length of the list that it opens."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.models import User
from tracker.core.cases.asking import asked, read_question
from tracker.core.cases.models import Case
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db

pytestmark = pytest.mark.once

PAGES = (
    "", "places", "time?all=1", "hands?all=1", "leads", "penalties", "people",
    "explore?by=state&beside=turn&all=1", "explore?by=place&beside=holder&of=all",
    "explore?by=origin&beside=bureau&of=closed",
)  # fmt: skip
SOME = PAGES[:6] + PAGES[-1:]
# Who looks, what the address asks beside the page, and at which pages.
LOOKS = (
    ("supervisor.ordos", "", PAGES),
    ("supervisor.ordos", "p=2021&region=150602000000", SOME),
    ("head.jilin", "p=last12", SOME),
    ("legal.chongqing", "p=2026Q4", SOME),
    ("supervisor.150602", "", SOME),
)
MOST_BYTES = 150_000
# What numbers ask for, the rarer first.
ASKS = ("here", "fact", "outcome", "stayed", "took", "turn", "holder", "lacks", "region", "kind")
# Lists of people that are walked to their end.
FEW = 60


@dataclass(frozen=True)
class Shown:
    """A number on a page, and the address it opens."""

    page: str
    value: int
    href: str


def with_more(page: str, more: str) -> str:
    sign = "&" if "?" in page else "?"
    return f"/dashboards/{page}{sign}{more}" if more else f"/dashboards/{page}"


_LINK = re.compile(r'<a (?:class="[^"]*" )?href="(/[^"]*)"(?: aria-label="[^"]*")?>(.*?)</a>', re.S)
_NUMBERS = (
    re.compile(r'class="t t-16[^>]*>([\d,]+)<'),  # in a cell of the map
    re.compile(r"<b>([\d,]+)</b>"),  # in the strip at the top
    re.compile(r"^\s*([\d,]+)\s*$"),  # in a table
)


def numbers_on(page: str, text: str) -> Iterator[Shown]:
    main = text[text.index("<main") :]
    for href, inner in _LINK.findall(main):
        found = next((m for pattern in _NUMBERS if (m := pattern.search(inner))), None)
        if found is not None:
            yield Shown(page, int(found[1].replace(",", "")), html.unescape(href))


class Lists:
    """How many rows the lists have that addresses open, read as a person of the demo."""

    def __init__(self, app, client, username):
        self.app, self.client = app, client
        with app.app_context():
            user_id = db.session.scalars(select(User.id).where(User.username == username)).one()
            self.today = office_date(utc_now())
            self.actor = load_actor(db.session(), user_id, self.today)
        self._counted: dict[str, int] = {}

    def counted(self, href):
        """Rows of the work list, by the question that the address is read as."""
        if href not in self._counted:
            question = read_question(dict(parse_qsl(urlsplit(href).query)))
            with self.app.app_context():
                session = db.session()
                where = asked(session, self.actor, question, self.today)
                query = select(func.count()).select_from(Case.__table__).where(where)
                self._counted[href] = session.scalars(query).one()
        return self._counted[href]

    def rows(self, href):
        """Rows on the page itself, walked to its end."""
        text = self.client.get(href).text
        rows = len(re.findall(r" data-row>|<td class=\"nb-what\">", text[text.index("<main") :]))
        after = re.search(r'<a [^>]*rel="next"[^>]*href="([^"]+)"', text)
        after = after or re.search(r'<a [^>]*href="([^"]+)"[^>]*rel="next"', text)
        return rows + (self.rows(html.unescape(after[1])) if after else 0)


@pytest.mark.parametrize(("username", "more", "pages"), LOOKS)
def test_every_number_is_the_length_of_its_list(demo_app, demo_client, username, more, pages):
    client = demo_client(username)
    lists = Lists(demo_app, client, username)
    shown: list[Shown] = []
    for page in pages:
        answer = client.get(with_more(page, more))
        assert answer.status_code == 200, page
        if "all=1" not in page:
            assert len(answer.data) < MOST_BYTES, page
        shown += numbers_on(page, answer.text)
    cases = [s for s in shown if s.href.startswith("/work/")]
    wrong = [(s, n) for s in cases if (n := lists.counted(s.href)) != s.value]
    assert not wrong, wrong[:5]
    assert len(cases) > 60, "hardly any numbers were found"


def test_lists_have_the_rows_that_the_numbers_say(demo_app, demo_client):
    """One number of each sort is opened and its rows counted on the page, as a reader would."""
    client = demo_client("supervisor.ordos")
    lists = Lists(demo_app, client, "supervisor.ordos")
    shapes: dict[str, Shown] = {}
    for page in ("", "places", "time", "hands", "leads", "penalties"):
        for one in numbers_on(page, client.get(f"/dashboards/{page}").text):
            query = dict(parse_qsl(urlsplit(one.href).query))
            what = next((n for n in ASKS if n in query), query.get("view", ""))
            if one.value > 3:
                shapes.setdefault(what, one)
    assert {*ASKS[:6], "late"} <= shapes.keys()
    for one in shapes.values():
        assert lists.rows(one.href) == one.value, one


def test_numbers_of_people_are_the_length_of_their_lists(demo_app, demo_client):
    client = demo_client("supervisor.ordos")
    lists = Lists(demo_app, client, "supervisor.ordos")
    for more in ("region=150602000000", "region=150622000000&p=2025"):
        text = client.get(with_more("people", more)).text
        shown = [s for s in numbers_on("people", text) if not s.href.startswith("/work/")]
        assert {urlsplit(s.href).path for s in shown} >= {"/norms/", "/coverage/"}
        for one in (s for s in shown if s.value <= FEW):
            assert people_rows(client, lists, one.href) == one.value, one


def people_rows(client, lists, href):
    if not urlsplit(href).path.startswith("/coverage"):
        return lists.rows(href)
    text = client.get(href).text
    part = text[text.index('id="missing"') :]
    return part[: part.index("</section>")].count("data-row")


def test_a_department_sees_its_own_house_and_no_more(demo_app, demo_client):
    client = demo_client("approver.ordos")
    answer = client.get("/dashboards/")
    shown = list(numbers_on("", answer.text))
    lists = Lists(demo_app, client, "approver.ordos")
    assert [(s.href, lists.counted(s.href)) for s in shown] == [(s.href, s.value) for s in shown]
    assert len(shown) > 10
    # Neither the steps inside the bureau nor who has a case there.
    assert "核查会签" not in answer.text
    assert "在哪个单位手里" not in answer.text
    for page in ("places", "time", "hands", "leads", "penalties", "explore"):
        assert client.get(f"/dashboards/{page}").status_code == 404
        assert client.get(f"/dashboards/{page}/export").status_code == 404
    # A region in the address opens nothing to whom no region is open.
    assert client.get("/dashboards/?region=150603000000").text.count("<b>") == answer.text.count(
        "<b>"
    )


@pytest.mark.parametrize(
    "username", ["inspector1.ordos", "registrar.ordos", "liaison.ordos", "sysadmin.ordos"]
)
def test_others_find_no_figures(demo_client, username):
    client = demo_client(username)
    for page in ("", "places", "explore/data", "overview/export"):
        assert client.get(f"/dashboards/{page}").status_code == 404, page


def test_a_place_beyond_the_readers_own_is_not_asked(demo_client):
    # A legal reviewer reads no register of people.
    assert demo_client("legal.ordos").get("/dashboards/people").status_code == 404
    client = demo_client("supervisor.150602")
    own = client.get("/dashboards/places").text
    for region in ("150600000000", "220000000000", "15060", "'"):
        found = list(numbers_on("", client.get(f"/dashboards/places?region={region}").text))
        assert found == list(numbers_on("", own)), region


def test_the_workbook_holds_the_numbers_of_the_page(demo_client):
    client = demo_client("supervisor.ordos")
    for page, heads in (
        ("places", 1),
        ("overview", 4),
        ("penalties", 7),
        ("people", 4),
        ("explore", 1),
    ):
        answer = client.get(f"/dashboards/{page}/export?p=2026")
        assert answer.status_code == 200
        with ZipFile(io.BytesIO(answer.data)) as book:
            sheets = [n for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
            assert len(sheets) == heads, page
            cells = re.findall(r"<v>([\d.]+)</v>", "".join(book.read(n).decode() for n in sheets))
        address = "/dashboards/" if page == "overview" else f"/dashboards/{page}"
        shown = [s.value for s in numbers_on(page, client.get(address).text)]
        held = [float(cell) for cell in cells]
        assert all(held.count(n) >= shown.count(n) for n in set(shown)) or page == "places", page
        assert set(map(float, shown)) <= set(held), page


def test_the_drawing_has_the_numbers_of_the_table(demo_client):
    client = demo_client("supervisor.ordos")
    asks = "by=turn&beside=kind&of=open"
    data = client.get(f"/dashboards/explore/data?{asks}").get_json()
    table = client.get(f"/dashboards/explore?{asks}").text
    drawn = {
        url: value
        for one in data["series"]
        for value, url in zip(one["values"], one["urls"], strict=True)
        if value
    }
    assert len(data["labels"]) == len(data["series"][0]["values"])
    in_table = {s.href: s.value for s in numbers_on("explore", table)}
    assert drawn
    assert drawn.items() <= in_table.items()
    # Nonsense in the address asks the usual.
    assert client.get("/dashboards/explore/data?by=x&of=y&beside=z").status_code == 200


def test_the_parts_of_a_table_add_up(demo_client):
    client = demo_client("head.jilin")
    for page in ("", "places", "hands?all=1"):
        text = client.get(f"/dashboards/{page}").text
        for table in re.findall(r"<table.*?</table>", text, re.S):
            body, _, foot = table.partition("<tfoot>")
            if not foot:
                continue
            rows = [cells(row) for row in re.findall(r"<tr>.*?</tr>", body, re.S)[1:]]
            whole = cells(foot)
            counted = [n for n, head in enumerate(whole) if head is not None][:4]
            assert counted
            for n in counted:
                assert sum(row[n] or 0 for row in rows) == whole[n], page


def cells(row):
    found = [
        re.sub(r"<[^>]+>", "", c).strip() for c in re.findall(r'<td class="num".*?</td>', row, re.S)
    ]
    return [int(c.replace(",", "")) if re.fullmatch(r"[\d,]+", c) else None for c in found]
