"""The verifier proves the lead flow, and finds every defect planted in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tracker.core.accounts.roles import Role
from tracker.core.cases import guards
from tracker.core.cases.flow import Ask, AskKind, Flow, PaperUse, State, Step
from tracker.core.cases.guards import Taken
from tracker.core.cases.verify import Finding, verify
from tracker.core.errors import Sentence
from tracker.workflows.leads.flow import FLOW


def with_step(flow: Flow, name: str, **changes: Any) -> Flow:
    assert name in flow.step_map
    steps = tuple(replace(s, **changes) if s.name == name else s for s in flow.steps)
    return replace(flow, steps=steps)


def with_state(flow: Flow, name: str, **changes: Any) -> Flow:
    assert name in flow.state_map
    states = tuple(replace(s, **changes) if s.name == name else s for s in flow.states)
    return replace(flow, states=states)


def without(flow: Flow, *names: str) -> Flow:
    return replace(flow, steps=tuple(s for s in flow.steps if s.name not in names))


def plus(flow: Flow, *more: Step | State) -> Flow:
    return replace(
        flow,
        states=flow.states + tuple(m for m in more if isinstance(m, State)),
        steps=flow.steps + tuple(m for m in more if isinstance(m, Step)),
    )


def a_step(like: str, name: str, **changes: Any) -> Step:
    return replace(FLOW.step(like), name=name, guards=(), **changes)


def the(findings: list[Finding], rule: str) -> Finding:
    """The one finding of a rule; nothing else was found."""
    assert {f.rule for f in findings} == {rule}, [str(f.message) for f in findings]
    return findings[0]


def taken_steps(finding: Finding) -> list[str]:
    return [line.split(":")[0] for line in finding.path]


def test_the_lead_flow_is_proved() -> None:
    assert verify(FLOW) == []


# ---------------------------------------------------------------- the table by itself


def test_a_step_name_used_twice() -> None:
    flow = plus(FLOW, a_step("submit", "approve"))
    assert "same_name" in {f.rule for f in verify(flow)}


def test_a_state_name_used_twice() -> None:
    flow = plus(FLOW, FLOW.state("closing"))
    assert "same_name" in {f.rule for f in verify(flow)}


def test_a_step_to_nowhere() -> None:
    flow = with_step(FLOW, "receive", dest="registred")
    assert "registred" in str(the(verify(flow), "unknown_state").message)


def test_a_state_without_a_role() -> None:
    found = the(verify(with_state(FLOW, "result", role=None)), "no_turn")
    assert str(found.message) == "“结果审定”没有写明由谁办理。"


def test_a_turn_whose_role_can_do_nothing() -> None:
    flow = without(FLOW, "supply")
    assert the(verify(flow), "idle_turn").message.params["name"] == "补充材料"


def test_a_state_without_a_clock_or_a_reason() -> None:
    bare = with_state(FLOW, "closing", clock=None)
    the(verify(bare), "no_clock")
    assert verify(with_state(bare, "closing", no_clock="办结不计时")) == []


def test_a_clock_that_the_rulebook_lacks() -> None:
    found = the(verify(with_state(FLOW, "sent", clock="OWN-RECIEVE")), "unknown_clock")
    assert found.message.params["clock"] == "OWN-RECIEVE"
    the(verify(with_step(FLOW, "intake", starts=("OWN-SUPERIER",))), "unknown_clock")


def test_an_extension_of_a_clock_that_does_not_run_there() -> None:
    found = the(verify(with_step(FLOW, "extend_verifying", source=("triage",))), "not_running")
    assert found.message.params["clock"] == "L16"
    carried = with_step(FLOW, "extend_verifying", source=("result",))
    assert "not_running" not in {f.rule for f in verify(carried)}
    unknown = with_step(FLOW, "extend_verifying", extends=("L61",))
    assert {f.rule for f in verify(unknown)} == {"unknown_clock", "not_running"}


def test_a_step_without_a_label_and_one_without_a_role() -> None:
    the(verify(with_step(FLOW, "bounce", done="")), "no_label")
    the(verify(with_step(FLOW, "bounce", by=())), "no_role")


def test_an_end_that_goes_on() -> None:
    flow = plus(FLOW, a_step("withdraw", "reopen", source=("withdrawn",), dest="drafted"))
    the(verify(flow), "end_goes_on")


# ---------------------------------------------------------------- beginnings and ends


def test_an_unreachable_state() -> None:
    flow = without(FLOW, "hand_inside")
    found = the(verify(flow), "unreachable")
    assert found.message.params["name"] == "转业务科室"


def test_a_flow_that_nobody_can_open() -> None:
    flow = without(FLOW, "draft", "intake")
    assert "unreachable" in {f.rule for f in verify(flow)}


def test_a_dead_end_shows_the_shortest_way_into_it() -> None:
    flow = without(FLOW, "approve_referral", "return_referral")
    findings = verify(flow)
    found = next(f for f in findings if f.rule == "dead_end")
    assert found.path == (
        "intake: · → registered (registrar)",
        "assign: registered → triage (registrar)",
        "propose_referral: triage → refer (inspector)",
    )


def test_a_circle_that_reaches_no_end() -> None:
    again = replace(FLOW.state("closing"), name="again", requires=())
    flow = plus(
        FLOW,
        again,
        a_step("return_feedback", "loop_out", source=("closing",), dest="again"),
        a_step("return_feedback", "loop_round", source=("again",), dest="closing"),
    )
    assert verify(flow) == []  # still a way out
    flow = with_step(flow, "loop_round", dest="again_2", source=("again",))
    second = replace(again, name="again_2")
    flow = plus(
        flow, second, a_step("return_feedback", "loop_back", source=("again_2",), dest="again")
    )
    findings = verify(flow)
    found = the(findings, "no_end")
    assert len(findings) == 2
    assert taken_steps(found)[-2:] == ["give_feedback", "loop_out"]


# ---------------------------------------------------------------- parts and clocks


def test_a_turn_of_a_part_that_nobody_was_given() -> None:
    flow = with_step(FLOW, "verify", gives=("handler",))
    findings = verify(flow)
    found = the(findings, "no_holder")
    assert found.message.params == {"name": "核查会签", "part": "co_officer"}
    assert taken_steps(found) == ["intake", "assign", "verify", "submit_findings"]


def test_a_part_that_one_of_two_ways_does_not_give() -> None:
    flow = with_step(FLOW, "intake", gives=())
    found = the(verify(flow), "no_holder")
    assert taken_steps(found) == ["intake"]  # the way over `receive` does give it


def test_a_clock_suspended_and_never_resumed() -> None:
    flow = with_step(FLOW, "supply", resumes=())
    found = the(verify(flow), "clock_stands")
    assert found.message.params["clock"] == "T01"
    assert taken_steps(found) == ["intake", "assign", "ask_supplement", "supply"]


def test_a_suspended_clock_that_an_end_cuts_off() -> None:
    flow = plus(FLOW, a_step("merge_at_triage", "merge_waiting", source=("supplement",)))
    found = the(verify(flow), "clock_stands")
    assert taken_steps(found)[-1] == "merge_waiting"


# ---------------------------------------------------------------- four eyes: holes in the table


def test_an_approval_that_does_not_ask_who_drafted() -> None:
    found = the(verify(with_step(FLOW, "approve", checks=())), "unchecked")
    assert found.message.params == {"name": "待接收", "subject": "handover"}
    assert taken_steps(found) == ["draft", "submit", "approve"]


def test_a_way_around_the_approval() -> None:
    hasty = a_step("submit", "send_at_once", source=("drafted",), dest="sent")
    found = the(verify(plus(FLOW, hasty)), "unchecked")
    assert taken_steps(found) == ["draft", "send_at_once"]


def test_a_change_after_the_approval() -> None:
    late = a_step("edit", "edit_sent", source=("sent",))
    found = the(verify(plus(FLOW, late)), "unchecked")
    assert taken_steps(found) == ["draft", "submit", "approve", "edit_sent"]


def test_a_check_of_something_that_was_never_made() -> None:
    hollow = a_step("submit", "ask_result", source=("verifying",), dest="result", makes=())
    hollow = replace(hollow, side=FLOW.step("verify").side, part=None)
    found = the(verify(plus(FLOW, hollow)), "unchecked")
    assert taken_steps(found)[-2:] == ["ask_result", "confirm_result"]


def test_a_check_of_something_that_no_step_makes() -> None:
    flow = with_step(FLOW, "close", checks=("feedback", "seal"))
    assert the(verify(flow), "never_made").message.params["subject"] == "seal"


def test_a_maker_left_out_of_the_table() -> None:
    flow = FLOW
    for name in ("draft", "submit", "edit"):
        flow = with_step(flow, name, makes=())
    assert {"never_made", "unchecked"} >= {f.rule for f in verify(flow)} != set()


# ---------------------------------------------------------------- four eyes: holes in the rule


def test_a_rule_blind_to_delegation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "persons_of", lambda actor, _on_behalf_of: frozenset({actor}))
    findings = verify(FLOW)
    found = the(findings, "own_work")
    assert found.message.params["subject"] == "handover"
    # 甲 submits; 乙 may not approve in 甲's place.
    assert found.path == (
        "draft: · → drafted (另一人)",
        "submit: drafted → approval (甲)",
        "approve: approval → sent (乙代甲)",
    )
    assert {f.message.params["subject"] for f in findings} == {
        "handover",
        "outcome",
        "findings",
        "filing",
        "feedback",
    }


def test_a_history_blind_to_delegation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        guards, "taken", lambda moves: [Taken(m.step, frozenset({m.actor_id})) for m in moves]
    )
    found = the(verify(FLOW), "own_work")
    # 甲 submitted in 乙's place; 乙 may not approve it.
    assert found.path[1] == "submit: drafted → approval (甲代乙)"
    assert found.path[-1] == "approve: approval → sent (乙)"


def test_a_rule_that_remembers_the_last_maker_only(monkeypatch: pytest.MonkeyPatch) -> None:
    right = guards.own_work

    def forgetful(flow: Flow, step: Step, past: Sequence[Taken], persons: Collection[int]) -> bool:
        return right(flow, step, past[-1:], persons)

    monkeypatch.setattr(guards, "own_work", forgetful)
    found = the(verify(FLOW), "own_work")
    assert found.path == (
        "draft: · → drafted (甲)",
        "submit: drafted → approval (乙)",
        "approve: approval → sent (甲)",
    )


def test_no_rule_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "own_work", lambda *_: False)
    found = the(verify(FLOW), "own_work")
    assert isinstance(found.message, Sentence)
    assert taken_steps(found) == ["draft", "submit", "approve"]
    assert found.path[-1].endswith("(甲)")


# ---------------------------------------------------------------- questions and papers


@pytest.mark.parametrize(
    ("ask", "rule"),
    [
        (Ask("note", "备注"), "same_ask"),
        (Ask("ground", "理由", AskKind.CHOICE), "empty_ask"),
        (Ask("who", "承办人", AskKind.OFFICER), "empty_ask"),
        (Ask("what", ""), "empty_ask"),
    ],
)
def test_a_question_that_nobody_can_answer(ask: Ask, rule: str) -> None:
    the(verify(with_step(FLOW, "close", asks=(ask,))), rule)


def test_a_question_asked_twice() -> None:
    twice = (Ask("what", "内容"), Ask("what", "又一个"))
    assert "what" in str(the(verify(with_step(FLOW, "close", asks=twice)), "same_ask").message)


def test_a_paper_that_is_required_can_be_drawn_up_before() -> None:
    flow = with_step(FLOW, "close", papers=("feedback_letter",))
    assert the(verify(flow), "no_paper").message.params["kind"] == "feedback_letter"
    early = replace(flow, papers=(PaperUse("feedback_letter", ("triage",), (Role.INSPECTOR,)),))
    assert verify(early) == []
    late = replace(flow, papers=(PaperUse("feedback_letter", ("closed",), (Role.INSPECTOR,)),))
    the(verify(late), "no_paper")
