"""The work list: what it shows whom, counts that agree, unread marks, views, workbooks."""

from __future__ import annotations

import html
import io
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from tests.security.world import TODAY, Door, World, key, lead_links
from tests.workflows.leads.walking import a_lead_data
from tracker.core.audit.models import AuditRow
from tracker.core.cases.workplace import CaseSeen
from tracker.core.db import transaction
from tracker.core.errors import Unavailable

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
WALKED = {
    "drafted": "甲山煤业", "sent": "乙河化工厂", "triage": "丙岭电力公司",
    "verifying": "丁原粮油公司", "closed": "己湖建筑公司",
}  # fmt: skip


@pytest.fixture
def place(app, session):
    with transaction():
        world = World(session)
        ids = {at: world.lead_about(unit, at).id for at, unit in WALKED.items()}
        report = a_lead_data(unit_name="示例水泥有限公司", channel="report")
        ids["report"] = world.intake_at("bureau", report).id
    return Door(app, world.people), world, ids


def only(pattern, page):
    """The one part of a page that a pattern finds."""
    (found,) = re.findall(pattern, page, re.S)
    return found


def listed(page):
    """How many the foot of a list says it has; none when it is empty."""
    found = re.search(r"符合条件 (\d+) 条", page)
    return int(found[1]) if found else 0


def links_with_counts(page, cls):
    """Addresses of the work list below an element of a class, with the figure beside each."""
    part = only(rf'class="[^"]*{cls}[^"]*".*?</(?:nav|ul)>', page)
    pairs = re.findall(r'href="([^"]+)"[^>]*>.*?<b>(\d+)\+?</b>', part, re.S)
    return [(html.unescape(address), int(count)) for address, count in pairs]


def rows(answer):
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return book.get_sheet_by_index(0).to_python()


def post(client, address, **fields):
    return client.post(address, data={"_once": key(), **fields})


# ---------------------------------------------------------------- what is shown, and counts


def test_every_number_is_the_length_of_the_list_it_opens(place):
    door, _, ids = place
    for who in ("supervisor@bureau", "drafter", "handler", "registrar@bureau"):
        client = door.of(who)
        home = client.get("/").text
        figures = links_with_counts(home, "wk-kpis")
        assert len(figures) == 6
        tabs = links_with_counts(client.get("/work/").text, "wk-tabs")
        assert len(tabs) == 8
        for address, count in [*figures, *tabs]:
            assert listed(client.get(address).text) == count, (who, address)
    supervisor = door.of("supervisor@bureau")
    everything = set(ids.values()) - {ids["drafted"]}
    assert lead_links(supervisor.get("/work/?view=all").text) == everything
    assert lead_links(door.of("security_admin@bureau").get("/work/?view=all").text) == set()
    for address in ("/work/?view=all", "/work/?view=waiting&group=kind", "/work/?text=无"):
        assert len(supervisor.get(address).data) < 150_000


def test_chips_say_in_words_what_is_asked_and_leave_it_out_again(place):
    door, world, _ = place
    handler, dept = world.people["handler"], world.orgs["dept"]
    address = (
        f"/work/?view=all&kind=lead&state=lead.triage,lead.verifying&holder={handler}"
        f"&origin={dept}&took=lead.receive&when_from=2026-03-01&clock=L16&outcome=kept&q=煤"
        f"&region=150602000000&channel=department&due_to=2026-12-31&group=state&cols=due"
    )
    page = door.of("supervisor@bureau").get(address).text
    name = world.actor("handler").name
    chips = only(r'<ul class="wk-chips".*?</ul>', page)
    for words in (
        "初审", "核查", name, "东胜区发展和改革委员会", "接收登记", "按期办结", "东胜区",
        "部门移送", "3月1日及以后", "12月31日及以前",
    ):  # fmt: skip
        assert words in chips, words
    without = [dict(parse_qsl(urlsplit(html.unescape(a)).query)) for a in
               re.findall(r'href="(/work/[^"]+)"', chips)]  # fmt: skip
    asked = dict(parse_qsl(urlsplit(address).query))
    for left, gone in zip(without, ("kind", "state", "channel", "took"), strict=False):
        assert gone not in left
        assert {k: v for k, v in left.items() if k in asked} == left
        assert left["group"] == "state"
    # Somebody of another house asks for a person by number and is not told a name.
    outside = door.of("drafter").get(f"/work/?holder={handler}").text
    assert name not in outside.replace(f">{world.actor('drafter').name}<", "")
    assert "某人" in outside
    # Whoever reads from inside is told the names that stand in the cases, and no others.
    for asks, who, said in (
        ("holder", "inspector@foreign bureau", "某人"),
        ("maker", "drafter", world.actor("drafter").name),
    ):
        address = f"/work/?view=all&{asks}={world.people[who]}"
        chips = only(
            r'<ul class="wk-chips".*?</ul>', door.of("supervisor@bureau").get(address).text
        )
        assert said in chips, (asks, chips)


def test_groups_and_columns_stand_in_the_address(place):
    door, _, ids = place
    client = door.of("supervisor@bureau")
    page = client.get("/work/?view=all&group=state&cols=opened&cols=channel").text
    heads = re.findall(r'scope="colgroup"[^>]*>([^<]+?) <span class="fine">(\d+) 件', page)
    assert sorted(heads) == sorted(
        [("线索 · 待接收", "1"), ("线索 · 登记查重", "1"), ("线索 · 初审", "1"),
         ("线索 · 核查", "1"), ("线索 · 办结", "1")]
    )  # fmt: skip
    assert "公众举报" in page
    assert 'class="cs-left"' not in page
    assert "cols=channel,opened" in page
    # From outside the inner states are one group under their one name.
    outside = door.of("drafter").get("/work/?view=all&group=state").text
    assert (
        re.findall(r'scope="colgroup"[^>]*>([^<]+?) <', outside).count("线索 · 统计机构办理中") == 1
    )
    assert lead_links(outside) == set(ids.values()) - {ids["report"]}


# ---------------------------------------------------------------- unread


def test_what_was_opened_is_read_until_it_moves_on(place, session, monkeypatch):
    door, _, ids = place
    client = door.of("supervisor@bureau")
    unread = "/work/?view=all&unread=1"
    everything = set(ids.values()) - {ids["drafted"]}
    assert lead_links(client.get(unread).text) == everything
    assert client.get(f"/leads/{ids['triage']}").status_code == 200
    assert lead_links(client.get(unread).text) == everything - {ids["triage"]}
    assert lead_links(door.of("head@bureau").get(unread).text) == everything
    page = client.get("/work/?view=all").text
    assert page.count("wk-unread") == len(everything) - 1
    # A page that is only looked at again writes nothing more.
    before = session.scalar(select(func.count()).select_from(CaseSeen))
    client.get(f"/leads/{ids['triage']}")
    assert session.scalar(select(func.count()).select_from(CaseSeen)) == before

    def refuse():
        raise Unavailable("busy")

    with monkeypatch.context() as patch:
        patch.setattr("tracker.web.work_seen.transaction", refuse)
        assert client.get(f"/leads/{ids['verifying']}").status_code == 200
    assert ids["verifying"] in lead_links(client.get(unread).text)
    answer = post(client, "/work/read", case_id=[ids["verifying"], ids["drafted"]], view="all")
    assert answer.status_code == 303
    assert "已标为已读：1 件" in client.get("/work/").text
    assert lead_links(client.get(unread).text) == everything - {ids["triage"], ids["verifying"]}
    post(client, "/work/read", all="1", state="lead.closed", view="all")
    assert ids["closed"] not in lead_links(client.get(unread).text)
    assert ids["sent"] in lead_links(client.get(unread).text)


# ---------------------------------------------------------------- views


def test_a_view_is_kept_shared_ordered_and_begun_with(place):
    door, world, _ = place
    mine, head, outside = (door.of(n) for n in ("supervisor@bureau", "head@bureau", "drafter"))
    bureau = world.orgs["bureau"]
    sent = {"name": "举报", "channel": "report", "view": "all", "group": "state", "_once": key()}
    first = mine.post("/work/views", data={**sent, "org": bureau})
    assert first.headers["Location"] == "/work/?view=all&channel=report&group=state"
    assert mine.post("/work/views", data={**sent, "org": bureau}).status_code == 303
    post(mine, "/work/views", name="逾期的", view="late", csrf_token="x", after="1~2", case_id="3")
    page = mine.get("/work/").text
    saved = only(r'aria-labelledby="wk-own".*?</nav>', page)
    assert re.findall(r'class="ell">([^<]+)<', saved) == ["举报", "逾期的"]
    assert 'href="/work/?view=late"' in saved
    for reader in (mine, head):
        held = reader.get("/work/?view=all&channel=report&group=state").text
        assert re.search(r'aria-current="page"><span class="ell">举报</span> <b>1<', held)
    assert "举报</span>" not in outside.get("/work/").text
    assert mine.get("/work/start").headers["Location"] == "/work/"
    numbers = re.findall(r'action="/work/views/(\d+)"', mine.get("/work/views").text)
    assert post(mine, f"/work/views/{numbers[1]}/place", where="start").status_code == 303
    assert mine.get("/work/start").headers["Location"] == "/work/?view=late"
    for address in (f"/work/views/{numbers[0]}", f"/work/views/{numbers[0]}/place",
                    f"/work/views/{numbers[0]}/delete"):  # fmt: skip
        assert post(head, address, name="x", where="start").status_code == 404
    post(mine, f"/work/views/{numbers[0]}", name="公众举报", org="")
    assert "举报</span>" not in head.get("/work/").text
    assert "公众举报" in mine.get("/work/views").text
    post(mine, f"/work/views/{numbers[0]}", name="逾期的")
    assert "您已经有一个叫“逾期的”的视图" in mine.get("/work/views").text
    post(mine, f"/work/views/{numbers[0]}/delete")
    assert "公众举报" not in mine.get("/work/views").text


# ---------------------------------------------------------------- workbooks


def test_what_is_filtered_is_what_one_gets(place, session):
    door, _, _ = place
    client = door.of("supervisor@bureau")
    for page, export in (
        ("/work/?view=all&q=", "/work/export?view=all"),
        ("/work/?view=all&state=lead.triage", "/work/export?view=all&state=lead.triage"),
        ("/leads/?view=closed", "/leads/export?view=closed"),
        ("/leads/?channel=report", "/leads/export?channel=report"),
        ("/inspections/", "/inspections/export"),
        ("/filings/?view=late", "/filings/export?view=late"),
    ):
        got = rows(client.get(export))
        assert len(got) - 1 == listed(client.get(page).text), export
    heads = rows(client.get("/work/export?view=all&cols=region,kind"))[0]
    assert heads == ["编号", "事项", "类别", "地区"]
    outside = rows(door.of("drafter").get("/leads/export"))
    assert "统计机构办理中" in {row[3] for row in outside}
    assert "核查" not in {row[3] for row in outside}
    written = session.scalars(select(AuditRow).where(AuditRow.tag == "case.export")).all()
    assert len(written) == 8
    assert client.get("/leads/").text.count("/leads/export") == 1
    assert 'href="/work/?view=closed&amp;kind=lead"' in client.get("/leads/?view=closed").text


def test_what_no_row_and_no_day_can_be_asks_nothing_and_breaks_nothing(place):
    door, _, _ = place
    client = door.of("drafter")
    for address in (
        "/work/?closed_from=0001-01-01", "/work/?took=lead.verify&when_to=9999-12-31",
        "/work/?clock=%00&channel=%00", "/work/?group=region&after=%00~2026-01-01~5",
        "/delegations/lend?for=99999999999999999999",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
    assert post(client, "/work/read", case_id="9" * 20).status_code == 303
    # A view that a colleague shares is counted on everybody's list.
    post(client, "/work/views", name="旧视图", closed_to="9999-12-31")
    post(client, "/work/views", name="坏\x00视图")
    page = client.get("/work/")
    assert page.status_code == 200
    assert "旧视图" in page.text
    assert not re.findall(r'value="坏', client.get("/work/views").text)
