"""The chapter of a workflow, written from its table: states, clocks, steps, papers, refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from tracker.core.accounts.roles import ROLE_LABELS
from tracker.core.cases.flow import Flow, Guard, Side, State, Step
from tracker.core.documents.kinds import kind_of
from tracker.core.errors import N_, Sentence, say
from tracker.web import drawing
from tracker.web.desk.way import main_line
from tracker.web.errors import tell
from tracker.web.manual.words import Shown, Why, why_state

SIDE_LABELS: dict[Side, str] = {
    Side.ORIGIN: N_("来源单位"),
    Side.VIA: N_("转报单位"),
    Side.BUREAU: N_("统计机构"),
    Side.ABOVE: N_("上级统计机构"),
}
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[A-Za-z]{3}")
_PLACE = re.compile(r"%\(\w+\)s")


@dataclass(frozen=True, slots=True)
class StepText:
    """One step told: who, what must be there, where it leads, what a refusal would say."""

    step: Step
    who: Shown
    to: str
    needs: tuple[Shown, ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateText:
    """One state told: whose turn, what to do, why and by when, and every step out of it.

    A step is told in the first state it leaves; in the others it stands in `also` by its name.
    """

    state: State
    who: Shown
    why: Why
    steps: tuple[StepText, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A whole workflow told."""

    flow: Flow
    drawn: Markup
    opening: tuple[StepText, ...]
    states: tuple[StateText, ...]
    papers: tuple[tuple[str, Shown], ...]


def chapter(flow: Flow, region: str = "") -> Chapter:
    """The chapter of a workflow, with the rules of a region."""
    return Chapter(
        flow=flow,
        drawn=_drawn(flow),
        opening=tuple(_step(flow, step) for step in flow.steps if not step.source),
        states=tuple(
            StateText(
                state,
                _turn(state),
                why_state(flow, state, region),
                tuple(_step(flow, s) for s in flow.steps if s.source[:1] == (state.name,)),
                tuple(s.label for s in flow.steps if state.name in s.source[1:]),
            )
            for state in flow.states
        ),
        papers=tuple(
            (kind_of(use.kind).title, either([ROLE_LABELS[role] for role in use.by]))
            for use in flow.papers
        ),
    )


def either(labels: list[str]) -> Shown:
    """Some names in one phrase: one or another."""
    found: Shown = say(labels[0]) if labels else ""
    for label in labels[1:]:
        found = say(N_("%(one)s或%(other)s"), one=found, other=say(label))
    return found


def _turn(state: State) -> Shown:
    if state.final or state.side is None or state.role is None:
        return say(N_("已经结束"))
    side, role = say(SIDE_LABELS[state.side]), say(ROLE_LABELS[state.role])
    if state.holder:
        return say(N_("%(side)s的%(role)s（本件的承办人）"), side=side, role=role)
    return say(N_("%(side)s的%(role)s"), side=side, role=role)


def _step(flow: Flow, step: Step) -> StepText:
    roles = either([ROLE_LABELS[role] for role in step.by])
    who: Sentence = say(N_("%(side)s的%(role)s"), side=say(SIDE_LABELS[step.side]), role=roles)
    stays = step.dest is None or step.source == (step.dest,)
    return StepText(
        step=step,
        who=who,
        to="" if stays or step.dest is None else flow.state(step.dest).label,
        needs=tuple(_needs(flow, step)),
        refusals=tuple(dict.fromkeys(r for g in step.guards for r in refusals_of(g))),
    )


def _needs(flow: Flow, step: Step) -> Iterator[Shown]:
    """What the table itself asks for before a step, in words."""
    if step.part is not None:
        yield say(N_("由本件的承办人办理"))
    makers = {name for subject in step.checks for name in flow.makers_of(subject)}
    if makers:
        labels = list(dict.fromkeys(s.label for s in flow.steps if s.name in makers))
        yield say(N_("办过“%(step)s”的人不能办，代行职务也不行"), step=either(labels))
    for paper in step.papers:
        yield say(N_("先制作并签发《%(paper)s》"), paper=say(kind_of(paper).title))
    if step.proof:
        yield say(N_("要附上：%(what)s"), what=say(step.proof))
    if step.needs_note:
        yield say(N_("要写理由"))
    if step.suspends:
        yield say(N_("办理以后期限停表"))
    if step.resumes:
        yield say(N_("办理以后恢复计时"))


# ---------------------------------------------------------------- refusals in words


@cache
def refusals_of(guard: Guard) -> tuple[str, ...]:
    """Every sentence a guard may refuse with: the Chinese sentences in it and what it asks."""
    seen: set[Any] = set()
    return tuple(dict.fromkeys(_sentences(guard, seen, deep=True)))


def _sentences(function: Any, seen: set[Any], *, deep: bool) -> Iterator[str]:
    if function in seen:
        return
    seen.add(function)
    yield from _of_code(function.__code__)
    inner = [cell.cell_contents for cell in function.__closure__ or ()]
    named = [function.__globals__.get(name) for name in function.__code__.co_names] if deep else []
    for other in (*inner, *named):
        if getattr(other, "__module__", "") == function.__module__ and hasattr(other, "__code__"):
            yield from _sentences(other, seen, deep=False)


def _of_code(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _of_code(constant)
        elif isinstance(constant, str) and _is_refusal(constant):
            yield constant


def _is_refusal(text: str) -> bool:
    bare = _PLACE.sub("", text)
    return bare.endswith("。") and bool(_CHINESE.search(bare)) and not _LATIN.search(bare)


def plain(text: str) -> str:
    """A refusal in the reader's language, with dots where a case would fill in its own."""
    return _PLACE.sub("……", str(gettext(text)))


# ---------------------------------------------------------------- the drawing


def _drawn(flow: Flow) -> Markup:
    line = main_line(flow)
    stations = [drawing.Station(tell(s.label), "todo", "", "") for s in line]
    if not stations:
        return Markup()
    words = tell("、").join(s.label for s in stations)
    return drawing.path(
        stations,
        words=gettext("办理路径：%(all)s", all=words),
        uid=f"flow-{flow.kind}",
    )
