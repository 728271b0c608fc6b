"""All ways through a flow, breadth first: what the verifier stands on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from tracker.core.cases.flow import Flow, State, Step
from tracker.core.errors import Sentence

M = TypeVar("M", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a flow does not keep, and the shortest way to it."""

    rule: str
    message: Sentence
    path: tuple[str, ...] = ()


class Walk(Generic[M]):
    """All ways through a flow, breadth first, with what `advance` remembers along them.

    `advance(step, before, after, memory)` gives each memory the step can leave behind, and who
    took it. It gives none where the step cannot be taken. The first way found is the shortest.
    """

    def __init__(
        self,
        flow: Flow,
        start: M,
        advance: Callable[[Step, State | None, State, M], Iterable[tuple[M, str]]],
    ) -> None:
        self._came: dict[tuple[str, M], tuple[tuple[str, M] | None, str]] = {}
        queue: deque[tuple[str, M]] = deque()

        def visit(step: Step, node: tuple[str, M] | None) -> None:
            before = flow.state(node[0]) if node else None
            after = flow.state(step.dest or (node[0] if node else ""))
            for memory, who in advance(step, before, after, node[1] if node else start):
                reached = (after.name, memory)
                if reached not in self._came:
                    self._came[reached] = (node, _line(step, before, after, who))
                    queue.append(reached)

        for step in flow.steps:
            if not step.source:
                visit(step, None)
        while queue:
            node = queue.popleft()
            for step in flow.from_state(node[0]):
                visit(step, node)

    def __iter__(self) -> Iterator[tuple[str, M]]:
        return iter(self._came)

    def way_to(self, node: tuple[str, M]) -> tuple[str, ...]:
        """The steps that lead there from an opening step."""
        lines: list[str] = []
        at: tuple[str, M] | None = node
        while at is not None:
            at, line = self._came[at]
            lines.append(line)
        return tuple(reversed(lines))


def _line(step: Step, before: State | None, after: State, who: str) -> str:
    start = before.name if before else "·"
    return f"{step.name}: {start} → {after.name} ({who or '/'.join(step.by)})"
