"""Every route of a case of the inspectors' workflows: strangers find what does not exist.

The routes are read from the application, so that a new one is asked too. What is restricted is
looked for on every page that has no case in its address.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from tests.security.world import TODAY, Door, World, bare, key, vault_key
from tests.workflows.crimes.walking import CrimeOffice
from tests.workflows.inspections.walking import COAL, ORDERED
from tests.workflows.penalties.walking import REGISTER
from tests.workflows.plans.walking import CONTENT
from tests.workflows.recognitions.walking import RecognitionOffice
from tests.workflows.sanctions.walking import SanctionOffice
from tracker.core.cases.attaching import attach
from tracker.core.cases.attachments import Staged
from tracker.core.cases.figures import write_figures
from tracker.core.cases.flow import flows
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.documents import service as documents
from tracker.core.notices.feeds import create_feed
from tracker.jobs import deliver_notices, sweep_reminders
from tracker.workflows.crimes import service as crimes
from tracker.workflows.inspections import service as inspections
from tracker.workflows.penalties import service as penalties
from tracker.workflows.plans import service as plans
from tracker.workflows.recognitions import service as recognitions
from tracker.workflows.sanctions import service as sanctions

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]

AREAS = {
    "plans": "plan", "inspections": "inspection", "penalties": "penalty", "sanctions": "sanction",
    "crimes": "crime", "recognitions": "recognition",
}  # fmt: skip
UNIT, MATTER = "秘密矿业有限公司", "秘密抽查事项"
# No part in any of the cases, and no office that leads there.
STRANGERS = (
    "inspector@bureau", "trainer@bureau", "system_admin@bureau", "security_admin@bureau",
    "liaison@dept", "dept_approver@dept", "township_clerk@town",
    "liaison@excluded", "registrar@county", "head@county", "inspector@city", "registrar@city",
    "head@foreign bureau", "registrar@foreign bureau", "supervisor@team", "excluded's deputy",
)  # fmt: skip
# Who looks at every page for what is restricted: one of each way of being outside.
LOOKING = (
    "inspector@bureau", "registrar@bureau", "legal_reviewer@bureau", "head@city", "liaison@dept",
    "registrar@foreign bureau",
)  # fmt: skip
# Each route is asked by every so-manieth stranger, each time beginning with another one.
APART = 6
# Before a unit is told, not even these of the bureau and of the city above it know.
UNINFORMED = (
    *STRANGERS, "registrar@bureau", "legal_reviewer@bureau", "supervisor@city", "head@city",
    "legal_reviewer@city",
)  # fmt: skip
# Pages an insider does not have in these states: nothing is drawn, nobody is sent to the unit yet.
NOT_YET = {
    "plans.show_draw", "plans.show_record", "plans.get_record", "inspections.open_site",
    "inspections.show_site", "inspections.new_line", "penalties.new_figure",
}  # fmt: skip


@pytest.fixture
def place(app, session):
    """One case of each workflow with a file, a clock, a figure and a draft; and who is there."""
    vault_key()
    with transaction():
        world = World(session)
        cases = {area: _case(world, area) for area in AREAS}
        numbers = {area: _numbers(world, case) for area, case in cases.items()}
    people = {name: world.people[name] for name in world.people}
    return Door(app, people), numbers, {area: case.number or "" for area, case in cases.items()}


def _case(world: World, area: str) -> Any:
    session, now = world.session, world.now
    about = {"unit_name": UNIT, "matter": MATTER}
    handler = {"handler": world.people["handler"]}
    if area == "plans":
        given = {**CONTENT, "title": UNIT, "aims": MATTER}
        return plans.draft(
            session, world.actor("handler"), given, now=now, org_id=world.orgs["bureau"]
        )
    if area == "inspections":
        head = world.actor("supervisor@bureau")
        return inspections.open_new(session, head, "order", {**ORDERED, **about}, now=now)
    if area == "penalties":
        given = {**REGISTER, **about, **handler}
        return penalties.open_new(
            session, world.actor("registrar@bureau"), "register", given, now=now
        )
    opener = world.actor("handler")
    office: Any = {"sanctions": SanctionOffice, "crimes": CrimeOffice,
                   "recognitions": RecognitionOffice}[area]  # fmt: skip
    verbs: Any = {"sanctions": sanctions, "crimes": crimes, "recognitions": recognitions}[area]
    given = {**office.opening(world), **about}
    return verbs.open_new(session, opener, "open", given, now=now)


def _numbers(world: World, case: Any) -> dict[str, Any]:
    """A value for every part of an address, of things that are there."""
    session, now = world.session, world.now
    insider = world.actor("handler" if case.kind != "inspection" else "supervisor@bureau")
    staged = Staged("材料.pdf", 1, "0" * 64, "application/pdf", f"示例-{case.id}")
    file = attach(session, insider, case, staged, now=now)
    write_figures(session, case.id, [COAL])
    flow = flows.get(case.kind)
    kind = flow.papers[0].kind
    paper = documents.draft(
        session, case_id=case.id, org_id=world.orgs["bureau"], kind=kind, values={},
        by=insider.user_id, now=now,
    )  # fmt: skip
    clock = session.scalars(select(Deadline.id).where(Deadline.case_id == case.id)).first()
    step = next(s.name for s in flow.steps if s.source)
    return {
        "case_id": case.id, "file_id": file.id, "paper_id": paper.id, "deadline_id": clock or 1,
        "kind": kind, "step": step, "doing": "add", "line": 1, "seq": 1,
    }  # fmt: skip


def _addresses(app, area, numbers):
    """Every route of an area that names a case, with its methods."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{area}.") and "case_id" in rule.arguments:
            with app.test_request_context():
                values = {name: numbers[name] for name in rule.arguments}
                path = rule.build(values, append_unknown=False)
            assert path is not None
            yield rule.endpoint, path[1], rule.methods or set()


def test_strangers_find_nothing_at_any_route_of_any_case(app, place):
    door, numbers, _ = place
    wrong, asked = [], set()
    for area in AREAS:
        there = list(_addresses(app, area, numbers[area]))
        none = {e: p for e, p, _ in _addresses(app, area, {**numbers[area], "case_id": 987654})}
        outside = UNINFORMED if area in ("plans", "inspections") else STRANGERS
        for n, (endpoint, path, methods) in enumerate(there):
            asked.add(endpoint)
            for who in outside if endpoint.endswith("show_case") else outside[n % APART :: APART]:
                client = door.of(who)
                for method in methods & {"GET", "POST"}:
                    data = {"_once": key(), "version": "1", "reason": "x"}
                    ask = {"data": data} if method == "POST" else {}
                    answer = client.open(path, method=method, **ask)
                    if answer.status_code != 404:
                        wrong.append(f"{method} {endpoint} by {who}: {answer.status_code}")
            one = door.of(outside[n % len(outside)])
            if "GET" in methods and bare(one.get(path)) != bare(one.get(none[endpoint])):
                wrong.append(f"{endpoint}: not the page of a case that does not exist")
    assert not wrong, "\n".join(wrong)
    assert len(asked) > 70, "the routes were not read"


def test_those_who_may_see_a_case_reach_what_the_strangers_were_asked(app, place):
    """Otherwise the addresses above might be wrong, and everybody would find nothing."""
    door, numbers, _ = place
    client, wrong = door.of("head@bureau"), []
    for area in AREAS:
        for endpoint, path, methods in _addresses(app, area, numbers[area]):
            page = endpoint.partition(".")[2]
            if "GET" not in methods or endpoint in NOT_YET or page in ("make_paper", "get_file"):
                continue
            if page == "show_why" and area == "plans":
                continue  # a draft has no clock
            status = client.get(path).status_code
            if status != 200:
                wrong.append(f"{endpoint}: {status}")
    assert not wrong, "\n".join(wrong)


def test_what_is_restricted_leaks_on_no_page(app, place, session):
    door, numbers, documents_no = place
    while deliver_notices(utc_now()):
        pass
    sweep_reminders(utc_now())
    pages = sorted(
        str(rule) for rule in app.url_map.iter_rules()
        if not rule.arguments and "GET" in (rule.methods or ())
        and rule.endpoint not in ("login.show_login", "health.healthz")
    )  # fmt: skip
    pages += [f"/{area}/?q=秘密" for area in AREAS]
    pages += [f"/board/{kind}" for kind in ("plan", "inspection", "penalty")]
    pages += [f"/units/{_unit(session)}", "/dates/agenda/?days=90"]
    secret = [
        f"/{area}/{numbers[area]['case_id']}{end}"
        for area in ("plans", "inspections") for end in ('"', "#", "?", "/")
    ] + [documents_no["inspections"], MATTER + "0"]  # fmt: skip
    wrong = []
    for n, who in enumerate(LOOKING):
        client = door.of(who)
        with transaction() as writing:
            feed = create_feed(writing, door.people[who], utc_now())
        # Every page is looked at by every other of them, lists and the search by all.
        mine = [p for k, p in enumerate(pages) if "秘密" in p or k % 2 == n % 2]
        for page in (*mine, f"/feeds/{feed}.ics"):
            answer = client.get(page)
            if answer.status_code == 404:
                continue
            assert answer.status_code < 500, page
            said = plain(answer)
            found = [s for s in secret if s and s in said]
            wrong += [f"{who} at {page}: {found}"] if found else []
    assert not wrong, "\n".join(wrong)
    told = door.of("supervisor@bureau").get("/inspections/").text
    assert documents_no["inspections"] in told or secret[4] in told


def plain(answer):
    """What an answer says; of a workbook, all that stands in its parts."""
    if not answer.data.startswith(b"PK"):
        return answer.text
    with ZipFile(BytesIO(answer.data)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist())


def _unit(session):
    from tracker.core.registers.models import Unit

    found = session.scalars(select(Unit.id).where(Unit.name == UNIT)).first()
    session.rollback()
    return found


def test_the_unit_of_a_case_under_way_is_not_told_of_a_coming_check(app, place, session):
    """The history of a unit counts what may be known: the coming check is not in it."""
    door, numbers, _ = place
    path = f"/inspections/{numbers['inspections']['case_id']}"
    page = f"/units/{_unit(session)}"
    assert path in door.of("supervisor@bureau").get(page).text
    for who in ("registrar@bureau", "legal_reviewer@bureau", "supervisor@city"):
        assert path not in door.of(who).get(page).text, who
