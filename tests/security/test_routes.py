"""Every route, every role, every relation: who gets in, written down by hand (AZ2, AZ6, PD5).

The tables are not made from the product's rules; a route that they do not name fails.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from typing import Any, cast

import pytest
from sqlalchemy import inspect, select

from tests.security.world import TODAY, Door, World, bare, key, rows_of, vault_key
from tests.workflows.leads.walking import a_lead_data
from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.vault import service as vault
from tracker.workflows.leads import service

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]

ORGS = ("dept", "bureau", "city", "excluded")
LENT = {"drafter's deputy", "handler's deputy", "excluded's deputy"}
EVERYBODY = {f"{r.value}@{o}" for o in ORGS for r in Role} | LENT | {
    "drafter", "handler", "co_officer", "supervisor@team", "registrar@team",
    "supervisor@foreign bureau", "registrar@foreign bureau", "supervisor@county", "head@county",
    "registrar@county", "inspector@county", "liaison@foreign dept",
    "township_clerk@town",
}  # fmt: skip
WRITING = {f"{r}@{o}" for o in ORGS for r in ("liaison", "township_clerk", "registrar")} | {
    "drafter", "drafter's deputy", "excluded's deputy", "registrar@team",
    "registrar@foreign bureau", "registrar@county", "liaison@foreign dept", "township_clerk@town",
}  # fmt: skip

# A lead of `dept`, in the hands of `handler` at `bureau`; `excluded` answers for the accused unit.
OUTSIDE = {"liaison@dept", "dept_approver@dept", "township_clerk@dept", "drafter",
           "drafter's deputy"}  # fmt: skip
OFFICERS = {"handler", "co_officer", "handler's deputy"}
INSIDE = OFFICERS | {
    "registrar@bureau", "supervisor@bureau", "head@bureau", "legal_reviewer@bureau",
    "supervisor@city", "head@city", "legal_reviewer@city",
}  # fmt: skip
COMPARING = OFFICERS | {"registrar@bureau", "supervisor@bureau", "supervisor@city"}
DECIDING = OFFICERS | {"supervisor@bureau", "head@bureau"}
SEEING = OUTSIDE | INSIDE
WHERE = "/leads/{lead}"

# route -> (address, who does not get a 404)
READING = {
    "leads.show_case": (WHERE, SEEING),
    "leads.edit_lead": (WHERE + "/edit", SEEING),
    "leads.get_file": (WHERE + "/files/{file}", SEEING),
    "leads.get_file, internal": (WHERE + "/files/{internal}", INSIDE),
    "leads.show_receipt": (WHERE + "/receipt", SEEING),
    "leads.show_letter": (WHERE + "/handover-letter", SEEING),
    "leads.show_why": (WHERE + "/why/{deadline}", INSIDE),
    "leads.show_duplicates": (WHERE + "/duplicates", COMPARING),
}
WRITING_TO = {
    "leads.take_step": (WHERE + "/steps/submit_findings", SEEING),
    "leads.edit_lead": (WHERE + "/edit", SEEING),
    "leads.add_file": (WHERE + "/files", SEEING),
    "leads.show_duplicates": (WHERE + "/duplicates", COMPARING),
    "leads.open_reporter": (WHERE + "/reporter", INSIDE),
    "leads.ask_reporter": (WHERE + "/reporter/request", INSIDE),
    "leads.decide_reporter": (WHERE + "/reporter/requests/{grant}", DECIDING),
}
FOR_ALL = {"work.list_work": "/work/", "work.list_views": "/work/views",
           "work.export_work": "/work/export", "leads.export_cases": "/leads/export",
           "search.show_results": "/search/?q=示例", "search.show_typed": "/search/typed?q=示例",
           "help.show_contents": "/help/", "help.show_topic": "/help/topic/login",
           "help.show_role": "/help/role/inspector", "help.show_flow": "/help/flow/lead",
           "help.show_glossary": "/help/glossary", "help.print_manual": "/help/print",
           "help.show_tour": "/help/tour/inspector", "bulk.list_runs": "/bulk/",
           "agenda.export_agenda": "/dates/agenda/export",
           "reminders.export_forecast": "/dates/reminders/export",
           "reminders.export_backcast": "/dates/reminders/sent/export",
           "rules.export_rules": "/dates/rules/export", "inbox.export_inbox": "/notices/export",
           "home.show_home": "/", "inbox.show_inbox": "/notices/", "leads.list_cases": "/leads/",
           "login.show_me": "/me", "login.show_password": "/me/password",
           "tell.show_choices": "/me/notices",
           "inbox.open_notice": "/notices/1", "rules.list_rules": "/dates/rules/",
           "rules.show_rule": "/dates/rules/T01",
           "calendar.show_calendar": "/dates/calendar", "calculator.show_calculator": "/dates/",
           "agenda.show_agenda": "/dates/agenda/",
           "reminders.show_forecast": "/dates/reminders/",
           "reminders.show_backcast": "/dates/reminders/sent"}  # fmt: skip
# Routes whose rule is tested with accounts, or that belong to nobody in particular.
ELSEWHERE_TESTED = {
    "static", "health.healthz", "health.livez", "security.csp_report",
    "login.show_login", "login.do_login",
    "login.logout", "login.end_one", "login.choose_display", "login.change_password",
    "delegations.show_delegations", "delegations.lend", "delegations.end",
    "delegations.choose_leaver", "delegations.hand_over", "inbox.read_all", "leads.new_lead",
    "tell.save_choices", "tell.send_test", "tell.make_feed", "tell.end_feed", "feed.show_feed",
    "messages.list_messages", "messages.decide_messages",
    "rules.change_rungs", "rules.reset_rungs",
    "calendar_admin.list_editions", "calendar_admin.preview_notice",
    "calendar_admin.apply_notice", "calendar_admin.show_revert", "calendar_admin.revert",
    "grading.show_grading", "grading.list_tables",
    "operations.show_operations", "operations.retry_reminder", "operations.release_hold",
    "units.list_units", "units.show_unit", "units.new_unit", "units.add_unit", "units.edit_unit",
    "units.change_unit", "units.show_import", "units.get_template", "units.import_units",
    "units.show_caps", "units.set_cap", "officers.list_officers", "officers.show_officer",
    "officers.add_certificate", "officers.change_validity", "layouts.list_layouts",
    "layouts.show_layout", "layouts.upload_layout", "layouts.use_layout", "layouts.retire_layout",
    "layouts.set_letter", "layouts.get_layout", "board.show_first", "board.show_board",
    "board.export_board", "messages.export_messages", "officers.export_officers",
    "units.export_units", "inspections.export_evidence", "penalties.export_evidence",
    "sanctions.export_overdue", "help.close_tour",
    *(f"bulk.{page}" for page in (
        "choose", "show_run", "show_steps", "answer", "work_on", "drop", "try_again",
        "get_result")),
    *(f"reports.{page}" for page in (
        "list_reports", "show_report", "print_report", "export_report", "word_report")),
    *(f"dashboards.{page}" for page in (
        "show_overview", "show_page", "export_page", "explore_data")),
    *(f"work.{page}" for page in (
        "open_start", "mark_read", "save_named", "rename_view", "place_view", "drop_view")),
    *(f"staff.{page}" for page in (
        "list_people", "export_people", "show_person", "show_number", "new_person", "add_person",
        "edit_person", "change_person", "add_post", "confirm_post", "end_post", "set_leave",
        "add_training", "add_qualification", "show_import", "get_template", "start_import",
        "show_run", "check_run", "write_run", "drop_run", "get_faults", "show_counts",
        "save_counts")),
    "norms.show_board", "norms.print_board", "norms.export_board",
    "coverage.show_coverage", "coverage.print_coverage", "coverage.export_coverage",
    "plans.show_board", "plans.show_objects", "plans.upload_objects", "plans.show_draw",
    "plans.show_record", "plans.get_record", "programmes.show_board",
    "programmes.export_board",
    "inspections.open_site", "inspections.show_site", "inspections.save_site_line",
    "inspections.add_site_photo", "inspections.new_line", "inspections.show_sheet",
    "sanctions.list_overdue",
    *(f"filings.{page}" for page in (
        "show_list", "sign_handover", "sign_on_paper", "reassign_work", "show_figures",
        "export_figures")),
    *(f"trainings.{page}" for page in (
        "show_people", "enrol_people", "upload_people", "leave_list", "get_people",
        "show_results", "save_results", "upload_results", "get_results", "show_code",
        "show_poster", "show_sign", "sign_now", "show_mine")),
    "penalties.new_figure", "penalties.drop_figure", "penalties.show_settings",
    *(f"{a}.{page}" for a in ("inspections", "penalties")
      for page in ("show_evidence", "do_evidence")),
}  # fmt: skip

# What the kit makes for every workflow; who gets in is asked of each page in tests/web/test_desk.
KIT_AREAS = ("plans", "inspections", "penalties", "sanctions", "crimes", "recognitions",
             "programmes", "vacancies", "trainings", "filings")  # fmt: skip
KIT_READING = ("list_cases", "export_cases", "show_case", "get_file", "show_why", "get_bundle",
               "show_paper", "get_paper")  # fmt: skip
KIT_WRITING = {
    "new_case": "/new/open",
    "take_step": "/1/steps/close",
    "add_file": "/1/files",
    "make_paper": "/1/papers/new/demand",
    "issue_paper": "/1/papers/1/issue",
    "void_paper": "/1/papers/1/void",
}
# These have no documents, and so no pages of them.
PAPERLESS = ("vacancies",)


def has(area, page):
    return area not in PAPERLESS or "paper" not in page


KIT = {f"{a}.{p}" for a in KIT_AREAS for p in (*KIT_READING, *KIT_WRITING) if has(a, p)}


@pytest.fixture
def place(app, session):
    """The lead, and the numbers the addresses need."""
    vault_key()
    with transaction():
        world = World(session)
        lead = service.draft(
            session,
            world.actor("drafter"),
            a_lead_data(
                competent_org_id=world.orgs["excluded"],
                reporter="named",
                identity={"name": "示例举报人"},
            ),
            now=world.now,
            org_id=world.orgs["dept"],
        )
        drafter = world.actor("drafter")
        own = service.attach(session, drafter, lead.id, "台账.csv", b"a,b\r\n", now=world.now)
        for who, name, inputs in world._way("verifying"):
            lead = world.take(lead, who, name, **inputs)
        paper = service.attach(
            session, world.actor("handler"), lead.id, "笔录.txt", b"x", now=world.now, internal=True
        )
        asked = vault.request(
            session, lead.id, world.people["legal_reviewer@bureau"], "核对", world.now
        )
        deadline = session.scalars(
            select(Deadline.id).where(Deadline.case_id == lead.id, Deadline.rule_id == "L16")
        ).one()
        numbers = {"lead": lead.id, "file": own.id, "internal": paper.id, "deadline": deadline,
                   "grant": asked.id}  # fmt: skip
    return Door(app, world.people), numbers


def _missing(address, numbers):
    return address.format(**{**numbers, "lead": 987654})


def _a_request(lead_id, asker):
    with transaction() as session:
        return vault.request(session, lead_id, asker, "核对", utc_now()).id


def _send(client, address):
    return client.post(address, data={"reason": "核对", "_once": key()})


def test_the_tables_name_every_route(app):
    named = {r.partition(",")[0] for r in (*READING, *WRITING_TO, *FOR_ALL)} | ELSEWHERE_TESTED
    assert {r.endpoint for r in app.url_map.iter_rules()} == named | KIT


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_gets_in_and_all_others_find_nothing(place, method):
    door, numbers = place
    asker = door.people["legal_reviewer@bureau"]
    wrong = []
    table = READING if method == "GET" else WRITING_TO
    for who in sorted(EVERYBODY):
        client = door.of(who)
        send = client.get if method == "GET" else lambda a, c=client: _send(c, a)
        nothing = bare(send(WHERE.format(lead=987654) + ("/files" if method == "POST" else "")))
        if method == "POST":
            numbers["grant"] = _a_request(numbers["lead"], asker)
        for route, (address, may) in table.items():
            answer = send(address.format(**numbers))
            if (answer.status_code != 404) != (who in may):
                wrong.append(f"{route} by {who}: {answer.status_code}")
            if answer.status_code >= 500:
                wrong.append(f"{route} by {who}: {answer.status_code}")
            if answer.status_code == 303:
                client.get("/healthz-not")  # shows what was said, so that no later page does
            if who not in may and bare(answer) != nothing:
                wrong.append(f"{route} by {who}: not the page of a lead that does not exist")
    assert not wrong, "\n".join(wrong)


def test_a_new_lead_is_for_those_who_write(place):
    door, _ = place
    wrong = []
    for who in sorted(EVERYBODY):
        status = door.of(who).get("/leads/new").status_code
        if status != (200 if who in WRITING else 404):
            wrong.append(f"leads.new_lead by {who}: {status}")
    assert not wrong, "\n".join(wrong)


def test_a_user_of_another_region_gets_the_same_404_for_anothers_lead_as_for_none(place):
    """Whoever may read the lead still sees no other lead's file, date or request through it."""
    door, numbers = place
    for who, address in (
        ("supervisor@foreign bureau", WHERE),
        ("handler", WHERE + "/files/987654"),
        ("handler", WHERE + "/why/987654"),
        ("supervisor@bureau", WHERE + "/steps/no_such_step"),
        ("handler", WHERE + "/steps/edit"),
    ):
        client = door.of(who)
        send = client.post if "steps" in address else client.get
        answer = send(address.format(**numbers))
        assert answer.status_code == 404
        assert bare(answer) == bare(send(_missing(address, numbers)))
    for number in ("0", "-1", "99999999999999999999", "١"):
        assert door.of("handler").get(f"/leads/{number}").status_code == 404


# ---------------------------------------------------------------- reading changes nothing


def _fingerprint():
    """A hash of each table; logins, the audit and what one has read change by reading."""
    found = {}
    with db.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            if name in ("user_sessions", "audit_rows", "case_seen"):
                continue
            rows = sorted(repr(tuple(r)) for r in rows_of(connection, name))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def test_pages_of_ones_own_are_for_everybody_and_reading_changes_nothing(place, session):
    door, numbers = place
    before = _fingerprint()
    tags = Counter(session.scalars(select(AuditRow.tag)))
    session.rollback()
    others = [a.format(**numbers) for a, _ in READING.values()]
    others += ["/leads/new", "/login", "/healthz", "/no-such-page", "/leads/?view=closed&q=示例"]
    people = {f"{role.value}@bureau" for role in Role} | {"drafter", "handler"}
    wrong = []
    for who in sorted(people):
        client = door.of(who)
        for address in FOR_ALL.values():
            status = client.get(address).status_code
            if status not in (200, 303):
                wrong.append(f"{address} by {who}: {status}")
        for address in (*others, "/logout"):
            client.get(address)
        for address in (*FOR_ALL.values(), *others) if who == "handler" else ():
            client.head(address)
    assert not wrong, "\n".join(wrong)
    assert _fingerprint() == before
    noted = set(Counter(session.scalars(select(AuditRow.tag))) - tags)
    assert noted == {"lead.file.read", "case.export", "list.export"}


# ---------------------------------------------------------------- every change is asked for


KEEPING_STAFF = {
    "add_person": "/new",
    "change_person": "/1/edit",
    "add_post": "/1/posts",
    "confirm_post": "/1/posts/1/confirm",
    "end_post": "/1/posts/1/end",
    "set_leave": "/1/posts/1/leave",
    "add_training": "/1/trainings",
    "add_qualification": "/1/qualifications",
    "save_counts": "/counts",
    "start_import": "/import",
    "check_run": "/import/1/check",
    "write_run": "/import/1/write",
    "drop_run": "/import/1/drop",
}
UNSAFE = {
    **{r: a for r, (a, _) in WRITING_TO.items()},
    **{
        f"{a}.{page}": f"/{a}{rest}"
        for a in KIT_AREAS
        for page, rest in KIT_WRITING.items()
        if has(a, page)
    },
    "leads.new_lead": "/leads/new",
    "plans.upload_objects": "/plans/1/objects",
    "inspections.save_site_line": "/inspections/1/site/1",
    "inspections.add_site_photo": "/inspections/1/site/1/photos",
    "inspections.new_line": "/inspections/1/lines/new",
    "inspections.do_evidence": "/inspections/1/evidence/add",
    "trainings.enrol_people": "/trainings/1/people",
    "trainings.upload_people": "/trainings/1/people/file",
    "trainings.leave_list": "/trainings/1/people/1/leave",
    "trainings.save_results": "/trainings/1/results",
    "trainings.upload_results": "/trainings/1/results/file",
    "trainings.sign_now": "/trainings/1/sign",
    "filings.show_list": "/filings/1/handover",
    "filings.sign_handover": "/filings/1/handover/sign/outgoing",
    "filings.sign_on_paper": "/filings/1/handover/paper/outgoing",
    "filings.reassign_work": "/filings/1/reassign",
    "penalties.do_evidence": "/penalties/1/evidence/add",
    "penalties.new_figure": "/penalties/1/figures/new",
    "penalties.drop_figure": "/penalties/1/figures/1/drop",
    "penalties.show_settings": "/penalties/settings",
    "inbox.read_all": "/notices/read",
    "calendar_admin.preview_notice": "/operations/calendar",
    "calendar_admin.apply_notice": "/operations/calendar/apply",
    "calendar_admin.revert": "/operations/calendar/1/revert",
    "login.do_login": "/login",
    "login.logout": "/logout",
    "login.end_one": "/me/sessions/1/end",
    "login.choose_display": "/me/display",
    "login.change_password": "/me/password",
    "bulk.choose": "/bulk/",
    "bulk.answer": "/bulk/1/lead/assign",
    "bulk.work_on": "/bulk/1/run",
    "bulk.drop": "/bulk/1/drop",
    "bulk.try_again": "/bulk/1/again",
    "work.mark_read": "/work/read",
    "work.save_named": "/work/views",
    "work.rename_view": "/work/views/1",
    "work.place_view": "/work/views/1/place",
    "work.drop_view": "/work/views/1/delete",
    "help.close_tour": "/help/tour/close",
    "delegations.lend": "/delegations/lend",
    "delegations.end": "/delegations/1/end",
    "delegations.hand_over": "/delegations/leaving/1",
    "tell.save_choices": "/me/notices",
    "tell.send_test": "/me/notices/test",
    "tell.make_feed": "/me/notices/feed",
    "tell.end_feed": "/me/notices/feed/end",
    "messages.decide_messages": "/operations/messages",
    "operations.retry_reminder": "/operations/reminders/retry",
    "operations.release_hold": "/operations/holds/1/release",
    "rules.change_rungs": "/dates/rules/T01/reminders",
    "rules.reset_rungs": "/dates/rules/T01/reminders/reset",
    "units.add_unit": "/units/new",
    "units.change_unit": "/units/1/edit",
    "units.import_units": "/units/import",
    "units.set_cap": "/units/caps",
    "officers.add_certificate": "/officers/1/certificates",
    "officers.change_validity": "/officers/1/certificates/1",
    "layouts.upload_layout": "/documents/demand/templates",
    "layouts.use_layout": "/documents/demand/templates/1/use",
    "layouts.retire_layout": "/documents/demand/templates/1/retire",
    "layouts.set_letter": "/documents/demand/letter",
    **{f"staff.{page}": f"/staff{rest}" for page, rest in KEEPING_STAFF.items()},
    "staff.show_number": "/staff/1/number",
}

# Who gets as far as the token; the handler of the lead does for the rest.
WHO_SENDS = {
    "leads.new_lead": "registrar@bureau",
    "messages.decide_messages": "system_admin@bureau",
    "calendar_admin.preview_notice": "system_admin@bureau",
    "calendar_admin.apply_notice": "system_admin@bureau",
    "calendar_admin.revert": "system_admin@bureau",
    "operations.retry_reminder": "system_admin@bureau",
    "operations.release_hold": "system_admin@bureau",
    "rules.change_rungs": "supervisor@bureau",
    "rules.reset_rungs": "supervisor@bureau",
    "units.add_unit": "registrar@bureau",
    "units.change_unit": "registrar@bureau",
    "units.import_units": "registrar@bureau",
    "units.set_cap": "head@bureau",
    "officers.add_certificate": "head@bureau",
    "officers.change_validity": "head@bureau",
    "layouts.upload_layout": "head@bureau",
    "layouts.use_layout": "head@bureau",
    "layouts.retire_layout": "head@bureau",
    "layouts.set_letter": "head@bureau",
    **{f"staff.{page}": "registrar@bureau" for page in KEEPING_STAFF},
}


def test_the_list_of_writing_routes_is_complete(app):
    writing = {r.endpoint for r in app.url_map.iter_rules() if "POST" in r.methods}
    assert writing == {*UNSAFE, "security.csp_report"}


ADMIN_PAGES = (
    "/operations/",
    "/operations/messages",
    "/operations/calendar",
    "/operations/calendar/1/revert",
)


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_the_running_of_the_house_is_the_system_administrators_alone(place, page):
    door, _numbers = place
    for role in Role:
        answer = door.of(f"{role.value}@bureau").get(page)
        inside = role is Role.SYSTEM_ADMIN
        # The edition of the last page is shipped: an answer to who may ask, no way to take it back.
        assert (answer.status_code != 404) == inside, f"{role} {page}: {answer.status_code}"


def test_without_a_token_or_from_a_foreign_page_nothing_is_taken(place, csrf):
    door, numbers = place
    for who in ("handler", *WHO_SENDS.values()):
        door.of(who).get("/")
    before = _fingerprint()
    for route, address in UNSAFE.items():
        client = door.of(WHO_SENDS.get(route, "handler"))
        body = {"reason": "核对", "_once": key()}
        there = address.format(**numbers)
        for token in ({}, {"csrf_token": "x"}, {"csrf_token": "ImEi.aaa.bbb"}):
            answer = client.post(there, data={**body, **token})
            assert answer.status_code in (303, 400), route
            if answer.status_code == 303:  # the login page is shown afresh, with a token
                assert "/login" in answer.headers["Location"], route
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"}):  # fmt: skip
            assert client.post(there, data=body, headers=headers).status_code == 403, route
    assert _fingerprint() == before
    assert door.of("handler").get("/").status_code == 200, "still logged in"


def test_every_change_leaves_a_row_with_a_known_tag(place, session):
    door, numbers = place

    def tags():
        found = Counter(session.scalars(select(AuditRow.tag)).all())
        session.rollback()
        return found

    def post(who, address, **body):
        files = body.pop("files", None)
        data = {"_once": key(), **body, **({"files": files} if files else {})}
        return door.of(who).post(address.format(**numbers), data=data)

    acts = [
        ("lead.file.add", "handler", WHERE + "/files", {"files": (io.BytesIO(b"x"), "记录.txt")}),
        ("lead.duplicates.seen", "registrar@bureau", WHERE + "/duplicates", {}),
        ("vault.open", "handler", WHERE + "/reporter", {"reason": "核对"}),
        ("vault.open", "supervisor@bureau", WHERE + "/reporter", {"reason": "核对"}),
        ("vault.request", "supervisor@bureau", WHERE + "/reporter/request", {"reason": "核对"}),
        ("vault.approve", "head@bureau", WHERE + "/reporter/requests/{grant}", {"approve": "yes"}),
        ("delegation.give", "registrar@bureau", "/delegations/lend",
         {"to_user_id": door.people["supervisor@bureau"], "valid_from": "2026-03-04",
          "valid_to": "2026-03-05", "reason": "出差"}),
        ("lead.move.submit_findings", "handler", WHERE + "/steps/submit_findings",
         {"submit_findings-note": "查实", "submit_findings-found": "yes", "version": 6}),
        ("login.logout", "head@bureau", "/logout", {}),
        ("login.failed", "liaison@dept", "/login", {"username": "p1", "password": "wrong"}),
    ]  # fmt: skip
    for tag, who, address, body in acts:
        before = tags()
        answer = post(who, address, **cast(dict[str, Any], body))
        new = tags() - before
        assert new == Counter({tag: 1}), f"{tag} by {who}: {answer.status_code} {dict(new)}"
    opened = select(AuditRow).where(AuditRow.tag == "vault.open").order_by(AuditRow.id)
    rows = session.scalars(opened).all()
    assert [r.result for r in rows] == ["read", "refused"]
    assert rows[1].actor_id == door.people["supervisor@bureau"]
    assert rows[1].reason == "核对"
    assert all(r.request_id for r in rows)
