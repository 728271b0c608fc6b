"""Four eyes, proved: nobody checks what they made, and no state goes without the check.

The walk asks the very functions that the door asks, so a hole in the rule shows here as well as a
hole in the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from tracker.core.cases import guards
from tracker.core.cases.flow import Flow, State, Step
from tracker.core.cases.models import Move
from tracker.core.cases.walk import Finding, Walk
from tracker.core.errors import say

# Two people and every way they can act, also for each other. Everybody else is one stranger who
# is never remembered: a rule can only become stricter by what it remembers of others.
_A, _B, _STRANGER = 1, 2, 3
_ACTINGS: tuple[tuple[int, int | None], ...] = (
    (_STRANGER, None),
    (_A, None),
    (_B, None),
    (_A, _B),
    (_B, _A),
)
_NAMES = {_A: "甲", _B: "乙", _STRANGER: "另一人"}
_REMEMBERED = 2
_Fact = tuple[str, int, int | None]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a way has left behind of one subject: who made it, and whether another checked it."""

    made: tuple[_Fact, ...] = ()
    exists: bool = False
    checked: bool = False
    own: str = ""


def four_eyes(flow: Flow) -> Iterator[Finding]:
    """Everything wrong with who makes and who checks."""
    for subject in dict.fromkeys(s for step in flow.steps for s in (*step.makes, *step.checks)):
        yield from _about(flow, subject)
    yield from _never_made(flow)


def _about(flow: Flow, subject: str) -> Iterator[Finding]:
    walk = Walk(flow, _Seen(), _Subject(flow, subject).advance)
    own: set[str] = set()
    bare: set[str] = set()
    for node in walk:
        state, seen = flow.state(node[0]), node[1]
        if seen.own:
            if seen.own not in own:
                own.add(seen.own)
                yield Finding(
                    "own_work",
                    say(
                        "同一个人既办理又复核“%(subject)s”（步骤“%(step)s”）。",
                        subject=subject,
                        step=flow.step(seen.own).label,
                    ),
                    walk.way_to(node),
                )
        elif subject in state.requires and not seen.checked and state.name not in bare:
            bare.add(state.name)
            yield Finding(
                "unchecked",
                say(
                    "到“%(name)s”时“%(subject)s”没有经另一人复核。",
                    name=state.label,
                    subject=subject,
                ),
                walk.way_to(node),
            )


class _Subject:
    """How the memory of one subject changes with a step: the rule decides, the truth is noted."""

    def __init__(self, flow: Flow, subject: str) -> None:
        self._flow, self._subject = flow, subject
        self._allowed = cache(self._ask)

    def advance(
        self, step: Step, _before: State | None, _after: State, seen: _Seen
    ) -> Iterator[tuple[_Seen, str]]:
        """Every way to act that the product's own rule lets through."""
        if seen.own:
            return
        makes, checks = self._subject in step.makes, self._subject in step.checks
        if not makes and not checks:
            yield seen, ""
            return
        for actor, behalf in _ACTINGS:
            if actor == _B and not seen.made:
                continue  # the first of the two to appear is called 甲
            if checks and not self._allowed(step, seen.made, actor, behalf):
                continue
            who = _NAMES[actor] + (f"代{_NAMES[behalf]}" if behalf else "")
            persons = {actor, behalf} - {None}
            if checks and any(persons & {a, b} for _, a, b in seen.made):
                yield replace(seen, own=step.name), who
            elif not makes:
                yield replace(seen, checked=seen.exists), who  # what is not there is not checked
            elif actor == _STRANGER:
                yield _Seen(seen.made, exists=True), who
            elif len(made := _remember(seen.made, (step.name, actor, behalf))) <= _REMEMBERED:
                yield _Seen(made, exists=True), who

    def _ask(self, step: Step, made: tuple[_Fact, ...], actor: int, behalf: int | None) -> bool:
        moves = [Move(step=s, actor_id=a, on_behalf_of_id=b) for s, a, b in made]
        persons = guards.persons_of(actor, behalf)
        return not guards.own_work(self._flow, step, guards.taken(moves), persons)


def _remember(made: tuple[_Fact, ...], fact: _Fact) -> tuple[_Fact, ...]:
    return (*(m for m in made if m != fact), fact)


def _never_made(flow: Flow) -> Iterator[Finding]:
    """A state may not require, nor a step check, what no step makes."""
    made = {subject for step in flow.steps for subject in step.makes}
    wanted = [(s.label, subject) for s in flow.states for subject in s.requires]
    wanted += [(s.label, subject) for s in flow.steps for subject in s.checks]
    for where, subject in wanted:
        if subject not in made:
            yield Finding(
                "never_made",
                say(
                    "“%(where)s”要复核“%(subject)s”，却没有一步办理它。",
                    where=where,
                    subject=subject,
                ),
            )
