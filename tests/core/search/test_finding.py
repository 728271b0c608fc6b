"""Who finds a case, by which words, and from when on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, select, text

from tests.security.world import World, vault_key
from tests.workflows.leads.walking import a_lead_data
from tracker.core.accounts.models import User
from tracker.core.cases import indexing
from tracker.core.cases.finding import find_cases, find_files, found, newest
from tracker.core.cases.inside import inside
from tracker.core.cases.models import Case
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import get_visible, visible
from tracker.core.cases.workplace import FileText
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.registers.models import Officer
from tracker.core.search.index import MARK
from tracker.core.search.names import SpokenName
from tracker.jobs import index_files
from tracker.workflows.leads import service
from tracker.workflows.leads.models import Lead

NAMES = {"handler": "曾令狐", "co_officer": "单于信", "drafter": "仇慧", "registrar@bureau": "覃文"}
IDENTITY = {"name": "鸢尾丑寅卯", "phone": "13900017731", "id_no": "", "address": "戊己庚辛号"}


@pytest.fixture
def world(session):
    vault_key()
    with transaction():
        world = World(session)
        for part, name in NAMES.items():
            session.get_one(User, world.people[part]).name = name
    return world


def finds(session, world, who, words):
    session.rollback()
    return set(newest(session, world.actor(who), words))


def test_a_lead_is_found_by_either_side_by_what_that_side_knows(session, world):
    with transaction():
        lead = world.lead("verifying")
        handler = world.actor("handler")
        paper = "询问提纲内部.txt"
        service.attach(session, handler, lead.id, paper, b"1", now=world.now, internal=True)
    lead_id, everybody = lead.id, ("drafter", "supervisor@bureau", "registrar@bureau", "handler")
    for who in everybody:
        for words in (
            "示例煤业",
            "原煤 产量",
            "调度",
            "台账.csv",
            "台账 高于",
            "仇慧",
            "qiuhui",
            "东胜区",
        ):
            assert finds(session, world, who, words) == {lead_id}, (who, words)
    for words in ("曾令狐", "zenglinghu", "单于", "cyx", "覃文", "询问提纲", "内部 提纲"):
        assert finds(session, world, "supervisor@bureau", words) == {lead_id}, words
        assert finds(session, world, "handler's deputy", words) == {lead_id}, words
        assert finds(session, world, "drafter", words) == set(), words
        assert finds(session, world, "drafter's deputy", words) == set(), words
    for who in (
        "supervisor@foreign bureau",
        "liaison@foreign dept",
        "registrar@city",
        "inspector@bureau",
    ):
        assert finds(session, world, who, "示例煤业") == set(), who
    hits = find_cases(session, world.actor("drafter"), "仇慧 csv", [lead_id], most=5)
    assert [w.field for w in hits[0].reasons] == ["人员", "材料名称"]
    told = find_cases(session, world.actor("drafter"), "询问提纲", [lead_id], most=5)
    assert told[0].reasons == [], "why it was found says nothing of the other side's words either"
    assert find_files(session, world.actor("drafter"), "提纲", [lead_id], most=5) == ([], 0)
    assert find_files(session, world.actor("handler"), "提纲", [lead_id], most=5)[1] == 1


def test_what_the_lists_find_is_what_the_search_finds(session, world):
    with transaction():
        lead = world.lead("triage")
    actor = world.actor("supervisor@bureau")
    condition = visible(actor) & found(session, actor, "zenglinghu 煤业")
    assert list(session.scalars(select(Case.id).where(condition))) == [lead.id]


def test_every_change_is_found_when_its_transaction_is_over(session, world):
    head = "supervisor@bureau"
    with transaction():
        lead = world.lead("triage")
        other = world.people["inspector@bureau"]
        session.get_one(User, other).name = "解珍"
    number = lead.number
    assert finds(session, world, head, number) == {lead.id}
    assert finds(session, world, head, "曾令狐") == {lead.id}
    with transaction():
        lead = get_visible(session, Lead, world.actor(head), lead.id)
        session.add(_certificate(other))
        world.take(lead, head, "reassign", handler=other, note="工作调整换人")
    assert finds(session, world, head, "xiezhen") == {lead.id}
    assert finds(session, world, head, "曾令狐") == set(), "no part any more"
    assert finds(session, world, head, "工作调整") == {lead.id}
    with pytest.raises(ZeroDivisionError):
        _break_off(session, lead.id)
    assert finds(session, world, head, "拒绝提供") == set(), "rolled back, words and all"
    with transaction():
        session.get_one(Lead, lead.id).matter = "拒绝提供资料"
    assert finds(session, world, head, "拒绝提供") == {lead.id}


def _break_off(session, lead_id):
    with transaction():
        session.get_one(Lead, lead_id).matter = "拒绝提供资料"
        session.flush()
        raise ZeroDivisionError


def _certificate(user_id):
    return Officer(
        user_id=user_id, certificate_no="示例-其他", valid_from=date(2025, 1, 1),
        valid_to=date(2030, 1, 1),
    )  # fmt: skip


def test_nobody_finds_a_lead_by_its_reporter(session, world):
    with transaction():
        lead = world.intake_at(
            "bureau", a_lead_data(channel="report", reporter="named", identity=IDENTITY)
        )
    for who in ("registrar@bureau", "supervisor@bureau", "head@bureau"):
        assert finds(session, world, who, "示例煤业") == {lead.id}
        for words in (
            "鸢尾丑寅卯",
            "鸢尾",
            "丑寅",
            "yuanwei",
            "13900017731",
            "1390001",
            "戊己",
        ):
            assert finds(session, world, who, words) == set(), (who, words)


def test_whose_side_one_is_on_is_asked_alike_of_one_case_and_of_many(session, world):
    with transaction():
        for state in ("drafted", "sent", "triage", "closed"):
            world.lead_about(f"示例{state}商贸公司", state)
        world.intake_at("city", a_lead_data(unit_name="示例市直单位"))
    cases = list(session.scalars(select(Case)))
    compared = 0
    for who in world.people:
        actor = world.actor(who)
        within = set(session.scalars(select(Case.id).where(inside(actor))))
        seen = set(session.scalars(select(Case.id).where(visible(actor))))
        for case in cases:
            if case.id in seen:
                assert (case.id in within) is not outside(actor, case), (who, case.id)
                compared += 1
    assert compared > 40


def test_the_job_reads_files_and_mends_rows_of_another_release(session, world):
    head = "supervisor@bureau"
    with transaction():
        lead = world.lead("triage")
        drafter = world.actor("handler")
        for name, content in (("说明.txt", "采掘进尺记录"), ("坏.csv", "x"), ("图.png", None)):
            data = content.encode() if content else _PIXEL
            service.attach(session, drafter, lead.id, name, data, now=world.now)
    assert finds(session, world, head, "采掘进尺") == set()
    index_files(utc_now())
    session.rollback()
    assert finds(session, world, head, "采掘进尺") == {lead.id}
    states = set(session.scalars(select(FileText.state)))
    assert states == {"read", "none"}
    hits, count = find_files(session, world.actor(head), "采掘", [lead.id], most=5)
    assert (count, hits[0].file.name, hits[0].text) == (1, "说明.txt", "采掘进尺记录")
    # A row as an earlier release left it, and names that it did not write down.
    with transaction():
        session.execute(text("DELETE FROM cases_fts"))
        session.execute(delete(SpokenName))
    indexing._complete.clear()
    assert finds(session, world, head, "煤业") == set()
    index_files(utc_now())
    assert finds(session, world, head, "煤业 采掘") == {lead.id}
    words = select(SpokenName.ref).where(SpokenName.kind == "user", SpokenName.word == "zlh")
    assert list(session.scalars(words)) == [world.people["handler"]]
    assert index_files(utc_now()) == "", "nothing is left to do"


def test_the_mark_of_a_row_is_nothing_one_finds(session, world):
    with transaction():
        world.lead("drafted")
    for typed in (MARK[0], "zz"):
        assert finds(session, world, "drafter", typed) == set(), typed


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "000002000001e221bc330000000049454e44ae426082"
)
