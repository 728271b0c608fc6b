"""A lead opens a penalty case (domain 3.3, L5b): who proposes, who approves, who learns what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.security.world import TODAY, Door, World, key, vault_key
from tracker.core.cases.models import CaseLink
from tracker.core.cases.opening import SeedFigure, openings
from tracker.core.db import transaction
from tracker.core.errors import BadInput, StepRefused, say
from tracker.core.registers.models import Unit
from tracker.web.once import FIELD
from tracker.workflows.leads.models import CASE_KIND, CRITERIA, Lead

pytestmark = pytest.mark.at_time(TODAY)
ALL_MET = list(CRITERIA)
UNIT = "示例煤业有限公司"


@pytest.fixture
def world(app, session):
    vault_key()
    with transaction():
        return World(session)


@pytest.fixture
def seeds(session, monkeypatch):
    """What the stub workflow was asked to open; its case is a row with a number and a name."""
    asked = []

    def open_from(session, actor, seed, now, request_id):
        asked.append(seed)
        case = Lead(
            kind="lead",
            number="东统立字〔2026〕1号",
            title="绝密案件名",
            state="triage",
            flow_version=1,
            region_code=seed.region_code,
            origin_org_id=seed.origin.bureau_id,
            bureau_id=seed.origin.bureau_id,
            scope_code=seed.origin.scope_code,
            channel=seed.source,
            opened_at=now,
            opened_on=date(2026, 3, 2),
            holder_since=date(2026, 3, 2),
            created_by_id=actor.user_id,
            unit_name=seed.unit_name,
            unit_key="",
            period="2026",
            matter=seed.matter,
            found_in="",
            found_on=seed.found_on,
            survey_owner="bureau",
            facts=seed.facts,
        )
        session.add(case)
        session.flush()
        return case

    monkeypatch.setitem(openings._openers, CASE_KIND, open_from)
    return asked


def _at(world, state):
    return world.lead_about(UNIT, state)


def _links(session):
    return session.scalars(select(CaseLink).where(CaseLink.kind == "opened")).all()


def test_from_triage_to_a_case_and_on_to_feedback(world, seeds, session):
    with transaction():
        lead = _at(world, "triage")
        met = {"criteria": ALL_MET, "note": "台账齐全"}
        lead = world.take(lead, "handler", "propose_case", **met)
        assert (lead.state, lead.outcome, _links(session)) == ("opening", "open_case", [])
        lead = world.take(lead, "head@bureau", "approve_case")
    assert (lead.state, lead.case_opened_on) == ("feedback", date(2026, 3, 2))
    (link,) = _links(session)
    (seed,) = seeds
    assert (link.from_id, seed.origin.id, seed.unit_id) == (lead.id, lead.id, lead.unit_id)
    assert (seed.source, seed.matter, seed.uscc) == ("department", lead.matter, lead.uscc)
    assert seed.more["criteria"] == tuple(CRITERIA)
    assert seed.people == {"handler": world.people["handler"]}
    # Not verified: what the department knew stands for what was due.
    assert seed.figures == (
        SeedFigure(
            "原煤产量", "万吨", lead.period, Decimal("12.86"), Decimal("9.64"), "调度台账",
            "non_value",
        ),
    )  # fmt: skip
    with transaction():
        lead = world.take(lead, "handler", "give_feedback", feedback_sender="已经立案。")
        lead = world.take(lead, "supervisor@bureau", "close")
    assert lead.state == "closed"
    assert session.get_one(Lead, link.to_id).closed_at is None


def test_after_a_verification_the_verified_figures_go_along(world, seeds, session):
    with transaction():
        lead = _at(world, "countersign")
        lead.indicators[0].verified = Decimal("9.70")
        lead = world.take(lead, "co_officer", "countersign")
        lead = world.take(lead, "supervisor@bureau", "propose_case_found", criteria=ALL_MET)
        assert lead.state == "opening_found"
        lead = world.take(lead, "head@bureau", "return_case_found")
        assert lead.state == "result"
        lead = world.take(lead, "supervisor@bureau", "propose_case_found", criteria=ALL_MET)
        lead = world.take(lead, "head@bureau", "approve_case")
    (seed,) = seeds
    assert seed.figures[0].due == Decimal("9.70")
    assert seed.facts.endswith(lead.findings)
    assert set(seed.people) == {"handler", "co_officer"}
    assert lead.state == "feedback"


def test_no_case_without_every_criterion_a_finding_and_a_workflow(world, session, monkeypatch):
    monkeypatch.delitem(openings._openers, CASE_KIND, raising=False)
    with transaction():
        lead = _at(world, "triage")
        for missing in CRITERIA:
            some = [c for c in CRITERIA if c != missing]
            with pytest.raises(BadInput) as refused:
                world.take(lead, "handler", "propose_case", criteria=some)
            assert refused.value.field_name == "criteria"
        lead = world.take(lead, "handler", "propose_case", criteria=ALL_MET)
        with pytest.raises(StepRefused, match="没有启用"):
            world.take(lead, "head@bureau", "approve_case")
        other = world.lead_about("示例水泥有限公司", "countersign")
        other.found = False
        other = world.take(other, "co_officer", "countersign")
        with pytest.raises(StepRefused, match="没有查实"):
            world.take(other, "supervisor@bureau", "propose_case_found", criteria=ALL_MET)
    assert _links(session) == []


def test_a_case_that_cannot_be_opened_leaves_the_lead_where_it_was(world, session, monkeypatch):
    def refuse(*_args):
        raise BadInput("unit", say("不行"))

    monkeypatch.setitem(openings._openers, CASE_KIND, refuse)
    with transaction():
        lead = world.take(_at(world, "triage"), "handler", "propose_case", criteria=ALL_MET)
    with pytest.raises(BadInput), transaction():
        world.take(lead, "head@bureau", "approve_case")
    lead = session.get_one(Lead, lead.id)
    assert (lead.state, lead.case_opened_on, _links(session)) == ("opening", None, [])


def test_the_sender_learns_that_there_is_a_case_and_nothing_of_it(world, seeds, session, app):
    with transaction():
        lead = _at(world, "triage")
        lead = world.take(lead, "handler", "propose_case", criteria=ALL_MET, note="机密理由")
    door = Door(app, world.people)
    address = f"/leads/{lead.id}"
    before = door.of("drafter").get(address).text
    assert "立案" not in before
    sent = door.of("head@bureau").post(
        f"{address}/steps/approve_case", data={"version": lead.version, FIELD: key()}
    )
    assert sent.status_code == 303
    (link,) = _links(session)
    outside = door.of("drafter").get(address).text
    assert "3月4日 已转" in outside
    assert "转立案审查" in outside
    for secret in ("东统立字", "绝密案件名", f'/leads/{link.to_id}"', "机密理由", "报请立案"):
        assert secret not in outside, secret
    assert door.of("drafter").get(f"/leads/{link.to_id}").status_code == 404
    inside = door.of("supervisor@bureau").get(address).text
    assert f"/leads/{link.to_id}" in inside
    assert "东统立字〔2026〕1号" in inside
    assert "初审" in inside


def test_the_page_comes_back_with_the_ticks(world, session, app):
    with transaction():
        lead = _at(world, "triage")
    data = {
        "version": lead.version,
        "propose_case-criteria": ALL_MET[:3],
        "propose_case-note": "写好的理由",
        FIELD: key(),
    }
    door = Door(app, world.people).of("handler")
    answer = door.post(f"/leads/{lead.id}/steps/propose_case", data=data)
    assert answer.status_code == 422
    assert answer.text.count('name="propose_case-criteria"') == 5
    assert "写好的理由" in answer.text
    assert "还缺“属于本机关职权范围，由本机关管辖”" in answer.text


def test_a_unit_is_recorded_when_the_bureau_has_its_lead_not_before(world, session):
    with transaction():
        lead = _at(world, "sent")
        assert (lead.unit_id, session.scalars(select(Unit)).all()) == (None, [])
        world.take(lead, "registrar@bureau", "receive")
        again = _at(world, "registered")
    (unit,) = session.scalars(select(Unit)).all()
    assert (lead.unit_id, again.unit_id) == (unit.id, unit.id)
    assert (unit.name, unit.region_code) == (UNIT, lead.region_code)
