"""What people, and others, type: kept when wrong, escaped when shown, never obeyed (IN1-IN9)."""

from __future__ import annotations

import contextlib
import io
import random
import re
import zipfile
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.security.world import TODAY, Door, World, key, rows_of, step, vault_key
from tests.workflows.leads.walking import HERE
from tracker.core.cases.models import Attachment, Case
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput
from tracker.web.desk.fields import parse_number
from tracker.web.security import clean_text
from tracker.workflows.leads.models import Lead

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]

FORBIDDEN = {
    "state": "closed", "version": "999", "flow_version": "7", "kind": "other", "number": "假线1号",
    "letter_number": "假函1号", "bureau_id": "4", "origin_org_id": "4", "org_id": "4",
    "scope_code": "220102000000", "turn_org_id": "4", "turn_role": "head", "assignee": "1",
    "assignee_id": "1", "created_by_id": "1", "created_by": "1", "opened_at": "2020-01-01",
    "opened_on": "2020-01-01", "closed_at": "2020-01-01", "holder_since": "2020-01-01",
    "next_due_on": "2099-01-01", "due_order": "2099-01-01", "next_due_provisional": "1",
    "audit_n": "99", "id": "99", "case_id": "99", "channel": "handed_down", "title": "假题目",
    "unit_key": "x", "received_at": "2020-01-01", "received_by_id": "1", "sent_at": "2020-01-01",
    "duplicates_seen_at": "2020-01-01", "outcome": "refuse", "outcome_reason": "x",
    "found": "1", "findings": "x", "feedback_at": "2020-01-01", "reported_up_at": "2020-01-01",
    "superior_due_on": "2020-01-01", "approve": "yes", "user_id": "1", "on_behalf_of": "1",
    "drafter": "1", "registrar": "1", "parts": "1",
}  # fmt: skip
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


def a_form(**changes):
    return {
        "unit_name": "示例煤业有限公司", "uscc": "", "region_code": HERE, "competent_org_id": "",
        "matter": "虚报原煤产量", "found_in": "能源生产月度调度", "found_on": "2026-02-27",
        "period": "2026-01", "survey_owner": "bureau", "confidentiality": "1",
        "facts": "上报产量高于台账。", "indicators-0-name": "原煤产量", "indicators-0-unit": "万吨",
        "indicators-0-reported": "12.86", "indicators-0-known": "9.64",
        "indicators-0-source": "调度台账", "reporter": "none", "go": "submit", "_once": key(),
        "files": (io.BytesIO(b"a,b\r\n1,2\r\n"), "台账.csv"), **changes,
    }  # fmt: skip


@pytest.fixture
def office(app, session):
    vault_key()
    with transaction():
        world = World(session)
    return world, Door(app, world.people)


def last(session):
    session.rollback()
    return session.scalars(select(Lead).order_by(Lead.id.desc())).first()


def columns(session, case_id):
    """Everything stored of a lead, as one dictionary."""
    session.rollback()
    found: dict[Any, Any] = {}
    for name in ("cases", "leads"):
        row = next(r for r in rows_of(session.connection(), name) if r.id == case_id)
        found |= {f"{name}.{column}": value for column, value in row._mapping.items()}
    session.rollback()
    return found


# ---------------------------------------------------------------- what no form may set


def _differing(one, other):
    """What two leads differ in, apart from what tells any two leads apart."""
    own = {"cases.id", "leads.id", "leads.letter_number", "cases.number"}
    return {k: (one[k], other[k]) for k in one if k not in own and one[k] != other[k]}


def test_forbidden_fields_added_to_a_form_change_nothing(office, session):
    world, door = office
    drafter = door.of("drafter")
    clean: list[Any] = []
    dirty: list[Any] = []
    # `found` and `channel` are fields of other forms; here nobody asks for them.
    for leads, more in ((clean, {}), (dirty, FORBIDDEN)):
        assert drafter.post("/leads/new", data={**more, **a_form(go="draft")}).status_code == 303
        lead = last(session)
        leads.append(columns(session, lead.id))
        where = f"/leads/{lead.id}"
        body = {**{k: v for k, v in more.items() if k != "version"}, **a_form(version="1")}
        assert drafter.post(f"{where}/edit", data=body).status_code == 303
        for who, name, fields in (
            ("dept_approver@dept", "approve", {}),
            ("registrar@bureau", "receive", {}),
            ("registrar@bureau", "duplicates", None),
            ("registrar@bureau", "assign", {"handler": world.people["handler"]}),
            ("handler", "ask_supplement", {"note": "补"}),
            ("drafter", "supply", {"note": "复"}),
        ):
            fresh = last(session)
            address, body = step(fresh, name, **fields or {})
            if fields is None:
                address, body = f"{where}/duplicates", {}
            extra = {k: v for k, v in more.items() if k != "version"}
            extra |= {f"{name}-{k}": v for k, v in extra.items()}
            assert door.of(who).post(address, data={**extra, **body}).status_code == 303, name
            leads.append(columns(session, lead.id))
    for before, after in zip(clean, dirty, strict=True):
        assert not _differing(before, after)


def test_a_version_that_jumps_ahead_or_a_label_too_high_is_refused(office, session):
    world, door = office
    with transaction():
        from tracker.core.accounts.models import User

        session.get_one(User, world.people["drafter"]).clearance = 1
    answer = door.of("drafter").post("/leads/new", data=a_form(confidentiality="3"))
    assert answer.status_code == 422
    assert 'is-invalid" id="confidentiality"' in answer.text
    assert last(session) is None
    door.of("drafter").post("/leads/new", data=a_form())
    lead = last(session)
    address, body = step(lead, "approve")
    answer = door.of("dept_approver@dept").post(address, data={**body, "version": "99"})
    assert answer.status_code == 409
    assert last(session).state == "approval"


# ---------------------------------------------------------------- text


BAD_TEXT = {
    "bidi": "示例\u202e煤业", "isolate": "示例\u2067煤业", "bell": "示例\x07煤业",
    "zero": "示例\x00煤业", "separator": "示例\u2028煤业", "piled": "a" + "\u0301" * 40,
    "long": "长" * 5000,
}  # fmt: skip
TEXT_FIELDS = ("unit_name", "matter", "found_in", "facts", "indicators-0-name",
               "indicators-0-source")  # fmt: skip


@pytest.mark.parametrize("what", BAD_TEXT)
def test_text_that_may_not_be_in_is_refused_with_a_sentence_and_kept(office, session, what):
    _, door = office
    for name in TEXT_FIELDS:
        answer = door.of("drafter").post("/leads/new", data=a_form(**{name: BAD_TEXT[what]}))
        assert answer.status_code == 422, name
        assert 'class="err"' in answer.text, name
        kept = unescape(answer.text)
        assert BAD_TEXT[what].replace("\x00", "") in kept.replace("\x00", ""), name
        assert "上报产量高于台账" in kept or name == "facts"
    assert last(session) is None


def test_every_validator_is_quick_at_full_length():
    import time

    for sample in ("长" * 4000, "e\u0301" * 2000, "a" + "\u0301" * 2_000_000, "\u202e" * 4000):
        begun = time.perf_counter()
        with contextlib.suppress(BadInput):
            clean_text(sample, 4000, multiline=True)
        assert time.perf_counter() - begun < (0.5 if len(sample) > 10_000 else 0.05)


def test_scripts_come_back_as_text_on_every_page(office, session):
    world, door = office
    texts = dict.fromkeys(TEXT_FIELDS, SCRIPT[:60]) | {"facts": SCRIPT, "found_in": SCRIPT}
    answer = door.of("drafter").post(
        "/leads/new",
        data=a_form(**texts, files=(io.BytesIO(b"x"), "<img src=x onerror=alert(3)>.txt")),
    )
    assert answer.status_code == 303
    lead = last(session)
    for who, name, fields in (
        ("dept_approver@dept", "approve", {"note": SCRIPT}),
        ("registrar@bureau", "receive", {"note": SCRIPT}),
        ("registrar@bureau", "assign", {"handler": world.people["handler"], "note": SCRIPT}),
        ("handler", "verify", {"handler": world.people["handler"], "note": SCRIPT,
                               "co_officer": world.people["co_officer"]}),
        ("handler", "submit_findings", {"note": SCRIPT, "found": "yes"}),
        ("co_officer", "countersign", {"note": SCRIPT}),
        ("supervisor@bureau", "confirm_result", {"note": SCRIPT}),
        ("handler", "give_feedback", {"feedback_sender": SCRIPT, "note": SCRIPT}),
    ):  # fmt: skip
        address, body = step(last(session), name, **fields)
        assert door.of(who).post(address, data=body).status_code == 303, name
    here = f"/leads/{lead.id}"
    pages = 0
    for who in ("drafter", "handler", "registrar@bureau", "supervisor@city"):
        client = door.of(who)
        seen = {here, f"{here}/receipt", f"{here}/handover-letter", f"{here}/duplicates", "/",
                "/leads/", "/notices/", "/leads/?q=" + SCRIPT[:40]}  # fmt: skip
        seen |= set(re.findall(rf'href="({here}/why/\d+)"', client.get(here).text))
        for address in seen:
            answer = client.get(address)
            pages += answer.status_code == 200
            assert "<script>alert" not in answer.text, (who, address)
            assert "<img src=x" not in answer.text, (who, address)
            assert "{{7*7}}" in answer.text or "7*7" not in answer.text
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert pages > 20


# ---------------------------------------------------------------- files


def _zip(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


_BOOK = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
HOSTILE = {
    "木马.exe": b"MZ\x90\x00", "页面.html": b"<script>alert(1)</script>",
    "图.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "假.pdf": b"MZ\x90\x00not a pdf", "假.png": b"<html>", "空.pdf": b"",
    "宏.xlsx": _zip(_BOOK | {"xl/vbaProject.bin": b"x"}),
    "外链.xlsx": _zip(_BOOK | {"xl/_rels/workbook.xml.rels":
        b'<Relationships><Relationship Id="a" Type="http://x/externalLink" '
        b'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'}),
    "实体.xlsx": _zip(_BOOK | {"xl/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    "上级.zip": _zip({"../../etc/cron.d/x.pdf": b"%PDF-1.4"}),
    "炸弹.zip": _zip({"a.txt": b"0" * (60 << 20)}),
    "套中套.zip": _zip({"b.zip": _zip({"c.txt": b"x"})}),
}  # fmt: skip


def test_hostile_files_are_refused_by_name_and_the_text_is_kept(office, session):
    _, door = office
    for name, data in HOSTILE.items():
        answer = door.of("drafter").post("/leads/new", data=a_form(files=(io.BytesIO(data), name)))
        assert answer.status_code == 422, name
        assert name in unescape(answer.text), name
        assert "上报产量高于台账" in answer.text
    assert last(session) is None
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_good_file_comes_back_as_a_download_only(office, session):
    _, door = office
    door.of("drafter").post("/leads/new", data=a_form())
    lead = last(session)
    row = session.scalars(select(Attachment)).one()
    answer = door.of("drafter").get(f"/leads/{lead.id}/files/{row.id}")
    assert answer.data == b"a,b\r\n1,2\r\n"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


# ---------------------------------------------------------------- figures and dates


GOOD_NUMBERS = {
    "1,234,567.89": "1234567.89", "１２３．４": "123.4", "-5": "-5", "+7": "7", " 12 ": "12",
    "1，000": "1000", "0.0001": "0.0001", "99999999999.9999": "99999999999.9999",
    "-999999999999999": "-999999999999999", "": None,
}  # fmt: skip
BAD_NUMBERS = ("NaN", "inf", "-Infinity", "1e5", "1E400", "0x10", "--1", "1.2.3", "九", "12万",
               "1" * 16, "999999999999999.9999", "10²",
               "0.00001", "1_000", "½", "²", "1;DROP", "\x00")  # fmt: skip


def test_figures_are_read_as_people_write_them():
    for raw, value in GOOD_NUMBERS.items():
        assert parse_number(raw) == (None if value is None else Decimal(value)), raw
    for raw in BAD_NUMBERS:
        with pytest.raises(ValueError):  # noqa: PT011 - the form says the sentence
            parse_number(raw)


def test_figures_survive_the_way_through_form_and_database(office, session):
    _, door = office
    for raw, value in GOOD_NUMBERS.items():
        changes = {"indicators-0-reported": raw, "indicators-0-known": "0"}
        answer = door.of("drafter").post("/leads/new", data=a_form(**changes))
        assert answer.status_code == 303, raw
        lead = last(session)
        assert lead.indicators[0].reported == (None if value is None else Decimal(value)), raw
        assert lead.indicators[0].ratio is None, "nothing is divided by zero"
        assert door.of("drafter").get(f"/leads/{lead.id}").status_code == 200
    for raw in BAD_NUMBERS:
        changes = {"indicators-0-reported": raw}
        answer = door.of("drafter").post("/leads/new", data=a_form(**changes))
        assert answer.status_code == 422, raw
        assert "要填数字" in answer.text


def test_dates_outside_all_calendars_are_refused_with_a_sentence(office, session):
    _, door = office
    for day in ("9999-12-31", "0001-01-01", "2026-02-30", "明天", "2026-03-04T10:00", ""):
        body = a_form(channel="handed_down", superior_name="市局", superior_due_on=day)
        answer = door.of("registrar@bureau").post("/leads/new", data=body)
        assert answer.status_code == 422, day
        assert 'class="err"' in answer.text, day
    for day in ("9999-12-31", "0001-01-01", "2026-03-05", "x"):
        answer = door.of("drafter").post("/leads/new", data=a_form(found_on=day))
        assert answer.status_code in (303, 422), day
    lead = last(session)
    assert lead is None or door.of("drafter").get(f"/leads/{lead.id}").status_code == 200


# ---------------------------------------------------------------- anything at all


NASTY = ["", " ", "0", "-1", "²", "１", "99999999999999999999999", "9" * 5000, "\x00", "\u202e",
         "NaN", "1e309", "null", "[]", "{}", "../..", "%00", "' OR 1=1 --", "%", "_", "\\", SCRIPT,
         "{{7*7}}", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\ufffe",
         "yes", "named", "on", "2026-01-01", "9999-99-99", "长" * 9000]  # fmt: skip
FUZZ, SEED = 200, 7


def test_no_form_answers_anything_with_a_broken_page(office, session):
    world, door = office
    with transaction():
        states = ("drafted", "approval", "registered", "triage", "verifying", "feedback")
        units = ("赤峰甲厂", "包头乙矿", "通辽丙店", "乌海丁社", "满洲里戊行", "海拉尔己馆")
        leads = [world.lead_about(u, s) for u, s in zip(units, states, strict=True)]
        ids = [x.id for x in leads]
    rng = random.Random(SEED)  # noqa: S311 - the same draw every time
    steps = ("submit", "approve", "assign", "merge", "link", "verify", "hand_inside",
             "propose_refusal", "propose_referral", "submit_findings", "give_feedback",
             "reassign", "withdraw", "ask_supplement", "report_up", "extend_verifying")  # fmt: skip
    fields = ("note", "handler", "co_officer", "number", "kind", "handed_to", "ground", "found",
              "feedback_sender", "feedback_reporter", "days", "document")  # fmt: skip
    people = ("drafter", "registrar@bureau", "handler", "supervisor@bureau", "dept_approver@dept")
    broken = []
    for _ in range(FUZZ):
        who, number = rng.choice(people), rng.choice(ids)
        name, body = rng.choice(steps), {}
        target = rng.randrange(8)
        if target < 4:
            address = f"/leads/{number}/steps/{name}"
            body = {f"{name}-{f}": rng.choice(NASTY) for f in rng.sample(fields, 4)}
            body[f"{name}-verified-{rng.choice(['1', '²', '99999999999', 'x'])}"] = rng.choice(
                NASTY
            )
        elif target < 6:
            address = rng.choice(("/leads/new", f"/leads/{ids[0]}/edit"))
            body = a_form(**{f: rng.choice(NASTY) for f in rng.sample(sorted(a_form()), 3)
                             if f != "files"})  # fmt: skip
            body[f"indicators-{rng.choice(['²', '9' * 5000, '39', 'x', '-1'])}-name"] = "x"
            body["kept"], body["as"] = rng.choice(NASTY), rng.choice(NASTY)
            body["go"] = rng.choice(("draft", "submit", "add_row"))
        else:
            address = rng.choice((
                f"/leads/{number}/reporter", f"/leads/{number}/reporter/request", "/notices/read",
                f"/leads/{number}/reporter/requests/1", f"/leads/{number}/files",
                f"/leads/{number}/duplicates", "/delegations/lend", "/me/display",
            ))  # fmt: skip
            body = {
                f: rng.choice(NASTY)
                for f in (
                    "reason",
                    "approve",
                    "to_user_id",
                    "valid_from",
                    "valid_to",
                    "lang",
                    "theme",
                    "internal",
                )
            }
        body = {
            **body,
            "_once": rng.choice([key(), key(), rng.choice(NASTY)]),
            "_page": rng.choice(NASTY),
            "version": rng.choice(["1", "2", rng.choice(NASTY)]),
        }
        answer = door.of(who).post(address, data=body)
        if answer.status_code >= 500:
            short = {k: str(v)[:20] for k, v in body.items()}
            broken.append(f"{answer.status_code} {who} {address} {short}")
    assert not broken, "\n".join(broken)


def test_no_address_answers_anything_with_a_broken_page(office):
    _, door = office
    client, broken = door.of("registrar@bureau"), []
    asked = (("/leads/", ("q", "region", "org", "state", "view", "after")),
             ("/leads/", ("before",)), ("/notices/", ("after",)), ("/login", ("next", "parked")),
             ("/leads/new", ("as", "parked")))  # fmt: skip
    for value in NASTY:
        for address, names in asked:
            answer = client.get(address, query_string=dict.fromkeys(names, value[:300]))
            if answer.status_code >= 500:
                broken.append(f"{address} {names} {value[:30]!r}")
    for mark in ("2026-01-01.²", "2026-01-01.99999999999999999999", "9999-12-31.1"):
        answer = client.get("/leads/", query_string={"after": mark})
        if answer.status_code >= 500:
            broken.append(mark)
    assert not broken, "\n".join(broken)


def test_strangers_may_type_anything_at_the_door(client):
    for value in NASTY:
        answer = client.post("/login", data={"username": value, "password": value[:200]})
        assert answer.status_code in (401, 429), repr(value[:20])


def test_forty_lines_are_the_most_a_form_grows_to(office):
    _, door = office
    lines = {f"indicators-{n}-name": "原煤" for n in range(45)}
    answer = door.of("drafter").post("/leads/new", data=a_form(**lines, go="add_row"))
    assert answer.status_code == 422
    assert len(re.findall(r'name="indicators-\d+-name"', answer.text)) == 40


def test_a_like_search_takes_no_wildcards(office, session):
    _, door = office
    door.of("drafter").post("/leads/new", data=a_form())
    lead = last(session)
    for query in ("%", "_", "%%", "*", '"', "示例*", "NOT 示例"):
        page = door.of("drafter").get("/leads/", query_string={"q": query})
        assert page.status_code == 200
        if query in ("%", "_", "%%", "*", '"'):
            assert f'href="/leads/{lead.id}"' not in page.text
    assert session.scalar(select(func.count()).select_from(Case)) == 1
    assert db.engine.dialect.name in ("sqlite", "postgresql")
