"""The manual keeps step with the product: every state and field is explained, every lead leads."""

from __future__ import annotations

import re

import pytest

from tests.helpers.databases import ROOT
from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, Side, State, Step, flows
from tracker.web.manual import words
from tracker.web.manual.flowtext import refusals_of
from tracker.web.manual.manual import duties, glossary, intro_of, topics_all
from tracker.web.manual.tours import tours
from tracker.workflows.leads.forms import STEP_FORMS, IntakeForm
from tracker.workflows.leads.guards import both_certified

pytestmark = pytest.mark.once
# Fields that are no question: tokens, notes of a step, the table of indicators with its own head.
_NO_QUESTION = {"csrf_token", "note", "indicators"}
_PICTURES = ROOT / "tracker" / "static" / "manual"


def test_every_state_and_question_is_explained(app):
    missing = [name for flow in flows.all() for name in words.unexplained(flow)]
    assert not missing, f"say in tracker/web/manual/states.toml or asks.toml: {missing}"


def test_an_unexplained_state_and_question_are_listed():
    ask = Ask("unheard_of", "没有说过的问题")
    known = Ask("on", "日期", AskKind.DATE)
    step = Step("go", "办", "办了", ("x",), "y", (Role.HEAD,), Side.BUREAU, asks=(ask, known))
    flow = Flow("lead", "线索", 1, (State("x", "甲"), State("drafted", "草拟")), (step,))
    assert words.unexplained(flow) == ["lead.x", "lead.go.unheard_of"]


def test_every_field_of_a_written_form_is_explained(app):
    with app.test_request_context():
        forms = {"draft": IntakeForm()} | {name: form() for name, form in STEP_FORMS.items()}
        missing = [
            f"{step}: {field.short_name}"
            for step, form in forms.items()
            for field in form
            if field.short_name not in _NO_QUESTION
            and words.why_of("lead", step, field.short_name) is None
        ]
    assert not missing
    evidence = re.findall(
        r'\bAsk\(\s*"(\w+)"', (ROOT / "tracker/web/evidence.py").read_text("utf-8")
    )
    assert len(evidence) > 8
    assert set(evidence) == set(words._table("asks")["evidence"])


def test_nothing_is_explained_that_is_not_there(app):
    states = {(f.kind, s.name) for f in flows.all() for s in f.states}
    told = {(kind, name) for kind, rows in words._table("states").items() for name in rows}
    assert not told - states
    steps = {f"{f.kind}.{s.name}" for f in flows.all() for s in f.steps}
    groups = set(words._table("asks")) - {f.kind for f in flows.all()} - {"any", "evidence"}
    assert not groups - steps


def test_sources_are_cited_and_cited_sources_are_listed(app):
    used = {
        name
        for table in ("states", "asks")
        for rows in words._table(table).values()
        for row in rows.values()
        for name in row.law
    } | {name for _, terms in glossary() for term in terms for name in term.law}
    assert used == set(words.sources())


def test_what_was_not_read_says_so():
    assert "未核实" in str(words.sources()["shixin"])
    assert str(words.sources()["tongji37"]) == "中华人民共和国统计法第三十七条"


def test_a_question_is_looked_up_from_its_step_outwards(app):
    penalty = flows.get("penalty")
    step = penalty.step("record_review")
    why = words.why_ask(penalty, step, step.asks[0])
    assert why is not None
    assert "复议机关收到申请" in str(why.says[0])
    other = words.why_of("penalty", "court_accepts", "on")
    assert other is not None
    assert "当日不计" in str(other.says[0])
    assert words.why_of("penalty", "court_accepts", "no_such") is None


def test_every_role_workflow_and_page_has_its_chapter(app):
    assert set(duties()) == set(Role) == set(tours())
    assert not [f.kind for f in flows.all() if not intro_of(f.kind)]
    topics = {topic.name for topic in topics_all()}
    for duty in duties().values():
        assert set(duty.topics) <= topics, duty.role
        assert set(duty.kinds) <= {f.kind for f in flows.all()}, duty.role


def test_what_the_manual_leads_to_is_there(app):
    pages = [topic.page for topic in topics_all() if topic.page]
    pages += [stop.page for stops in tours().values() for stop in stops]
    kinds = {f"case:{f.kind}" for f in flows.all()}
    endpoints = {page.partition("?")[0] for page in pages if page not in kinds}
    assert not endpoints - set(app.view_functions)


def test_the_pictures_of_the_manual_are_there_and_small():
    wanted = {topic.picture for topic in topics_all() if topic.picture}
    there = {path.stem: path.stat().st_size for path in _PICTURES.glob("*.png")}
    assert not wanted - set(there), "run `make screenshots`"
    assert all(size <= 120_000 for size in there.values()), there
    assert sum(there.values()) < 3_000_000


def test_refusals_are_read_out_of_a_guard():
    found = refusals_of(both_certified)
    assert "核查须有两名执法人员，现在不足两人。" in found
    assert not [text for text in found if re.search("[A-Za-z]{3}", text.replace("%(who)s", ""))]
