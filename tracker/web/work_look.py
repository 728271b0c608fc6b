"""How one looks at the work list: what is asked, how it is grouped, which columns are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from tracker.core.cases.asking import Question, read_question
from tracker.core.cases.export import COLUMNS
from tracker.core.cases.grouping import GROUPS

USUAL = ("kind", "state", "holder", "held", "due", "region")


@dataclass(frozen=True, slots=True)
class Look:
    """A question with the manner in which its answer is laid out; an address holds it all."""

    question: Question
    group: str = ""
    columns: tuple[str, ...] = USUAL

    def args(self, **change: Any) -> dict[str, Any]:
        """The address's arguments, with fields of the question, `group` or `columns` changed."""
        own = {name: change.pop(name) for name in ("group", "columns") if name in change}
        look = replace(self, **own) if own else self
        found = look.question.args(**change)
        if look.group:
            found["group"] = look.group
        if look.columns != USUAL:
            found["cols"] = ",".join(look.columns)
        return found

    @property
    def address(self) -> str:
        """The arguments as a query string, the same for the same look."""
        return urlencode(self.args())


def read_look(args: Mapping[str, str]) -> Look:
    """The look an address asks for; what makes no sense is left out."""
    question = read_question(args)
    if question.kinds and question.states:
        # A state chosen before the kind was changed asks for nothing.
        kept = tuple(s for s in question.states if s.partition(".")[0] in question.kinds)
        question = replace(question, states=kept)
    group = args.get("group", "")
    asked = ",".join(args.getlist("cols")) if isinstance(args, MultiDict) else args.get("cols", "")
    chosen = set(asked.split(","))
    columns = tuple(name for name in COLUMNS if name in chosen)
    return Look(question, group if group in GROUPS else "", columns or USUAL)


def look_of(saved: str) -> Look:
    """The look that a saved view holds."""
    return read_look(dict(parse_qsl(saved)))
