"""What each state and each question of a form is for, with the law it rests on. Data, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tracker.core.cases.flow import Ask, AskKind, Flow, State, Step, flows
from tracker.core.errors import N_, Sentence, SetupError, say
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.model import Rule, Source, Verified

Shown = str | Sentence
# The questions whose answer is the day or moment from which the clocks of their step count.
_FACTS = ("on", "at")


@dataclass(frozen=True, slots=True)
class Words:
    """One explanation: what to say, and the sources it rests on, which may be none."""

    says: str
    law: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """What a page says when it is asked why: sentences, sources, and the rules of its clocks."""

    title: Shown
    says: tuple[Shown, ...]
    law: tuple[Shown, ...] = ()
    rules: tuple[Rule, ...] = ()


# ---------------------------------------------------------------- reading


def read_data(name: str) -> dict[str, Any]:
    """One of the data files of the manual."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))


@cache
def sources() -> Mapping[str, Shown]:
    """Every source by its short name, as it is cited; what nobody read says so."""
    found: dict[str, Shown] = {}
    for name, row in read_data("sources")["sources"].items():
        verified = Verified(row.pop("verified", Verified.READ))
        words = Source(**row).words
        if verified is Verified.UNVERIFIED:
            words = say(N_("%(source)s（未核实，使用前请查对原文）"), source=words)
        found[name] = words
    return found


@cache
def _table(name: str) -> Mapping[str, Mapping[str, Words]]:
    found = {
        group: {key: Words(row["says"], tuple(row.get("law", ()))) for key, row in rows.items()}
        for group, rows in read_data(name).items()
    }
    cited = {law for rows in found.values() for words in rows.values() for law in words.law}
    if unknown := cited - set(sources()):
        raise SetupError(f"{name}.toml cites sources that are not listed: {sorted(unknown)}")
    return found


def state_words(kind: str, state: str) -> Words | None:
    """What is said of a state; None when nothing is."""
    return _table("states").get(kind, {}).get(state)


def ask_words(kind: str, step: str, name: str) -> Words | None:
    """What is said of a question: for its step, else its workflow, else wherever it is asked."""
    groups = _table("asks")
    for group in (f"{kind}.{step}", kind, "any"):
        if name in groups.get(group, {}):
            return groups[group][name]
    return None


def cited(words: Words) -> tuple[Shown, ...]:
    """The sources of an explanation, as they are cited."""
    return tuple(sources()[name] for name in words.law)


# ---------------------------------------------------------------- the rules of a clock


def rule_for(rule_id: str, region: str = "") -> Rule | None:
    """The version of a rule to speak of: that of a region, else the first there is."""
    variants = default_rulebook().variants(rule_id)
    here = [r for r in variants if r.applies_to(region) and not r.superseded_by]
    return max(here, key=lambda r: len(r.jurisdiction), default=variants[0] if variants else None)


def rules_of(ids: Sequence[str], region: str = "") -> tuple[Rule, ...]:
    """The rules of some clocks; an id the rulebook does not know is left out."""
    return tuple(rule for i in dict.fromkeys(ids) if (rule := rule_for(i, region)) is not None)


# ---------------------------------------------------------------- answers


def why_state(flow: Flow, state: State, region: str = "") -> Why:
    """Why a case waits in a state, by which rule, and what stands in the law about it."""
    words = state_words(flow.kind, state.name)
    says: list[Shown] = [words.says] if words else []
    if state.no_clock:
        says.append(say(N_("没有时限：%(why)s。"), why=say(state.no_clock)))
    return Why(
        title=state.label,
        says=tuple(says),
        law=cited(words) if words else (),
        rules=rules_of([state.clock], region) if state.clock else (),
    )


def why_ask(flow: Flow, step: Step, ask: Ask) -> Why | None:
    """Why a question is asked, and which clocks count from its answer; None without a word."""
    words = ask_words(flow.kind, step.name, ask.name)
    if words is None:
        return None
    says: list[Shown] = [words.says]
    fact = ask.kind in (AskKind.DATE, AskKind.MOMENT) and ask.name in _FACTS
    started = rules_of(step.starts) if fact else ()
    if started:
        says.append(say(N_("从这一天起算的期限：")))
    return Why(title=ask.label, says=tuple(says), law=cited(words), rules=started)


def why_field(kind: str, step: str, name: str, label: str) -> Why | None:
    """Why a field of a form is there, for forms that are not made from a table of questions."""
    words = ask_words(kind, step, name)
    return None if words is None else Why(str(label), (words.says,), cited(words))


def why_of(kind: str, step_name: str, name: str, label: str = "") -> Why | None:
    """Why a field is there, by the names a page knows: of the table, else of a written form."""
    flow = next((f for f in flows.all() if f.kind == kind), None)
    step = flow.step_map.get(step_name) if flow else None
    ask = next((a for a in step.asks if a.name == name), None) if step else None
    if flow is not None and step is not None and ask is not None:
        return why_ask(flow, step, ask)
    return why_field(kind, step_name, name, label)


def why_clock(rule_id: str, region: str = "") -> Why | None:
    """What a clock is, how long, and on what ground."""
    rule = rule_for(rule_id, region)
    return None if rule is None else Why(rule.title, (), rules=(rule,))


def unexplained(flow: Flow) -> list[str]:
    """Every state and question of a workflow of which nothing is said, by its full name."""
    states = [
        f"{flow.kind}.{s.name}" for s in flow.states if state_words(flow.kind, s.name) is None
    ]
    asks = [
        f"{flow.kind}.{step.name}.{ask.name}"
        for step in flow.steps
        for ask in step.asks
        if ask_words(flow.kind, step.name, ask.name) is None
    ]
    return states + asks
