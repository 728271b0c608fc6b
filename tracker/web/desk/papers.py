"""The documents of a case: what is required, what is there, what can be drawn up; their form."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import Flow
from tracker.core.cases.models import Case
from tracker.core.cases.papers import drawable, may_read, may_void
from tracker.core.documents import service as documents
from tracker.core.documents.kinds import Field, FieldKind, Kind, kind_of
from tracker.core.documents.models import DOCUMENT_STATE_LABELS, Document, DocumentState
from tracker.core.documents.values import take
from tracker.core.errors import BadInput
from tracker.web.desk.fields import parse_money
from tracker.web.errors import tell

_BLANK_ROWS = 2
_MOST_ROWS = 200
_CELL = re.compile(r"-([0-9]{1,4})-")


# ---------------------------------------------------------------- the panel on the page


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One document of the panel: a kind that is wanted, or a version that is there."""

    kind: Kind
    document: Document | None
    wanted_by: tuple[str, ...] = ()
    onward: bool = False  # a step further along the main line waits for it
    may_draw: bool = False
    may_issue: bool = False
    may_void: bool = False

    @property
    def missing(self) -> bool:
        """A step from here requires it, and it is not issued."""
        return bool(self.wanted_by) and not self.issued

    @property
    def issued(self) -> bool:
        """It is there and holds."""
        return self.document is not None and self.document.state == DocumentState.ISSUED.value

    @property
    def void(self) -> bool:
        """It was declared void."""
        return self.document is not None and self.document.state == DocumentState.VOID.value

    @property
    def state_label(self) -> str:
        """Where it stands."""
        if self.document is None:
            return ""
        return DOCUMENT_STATE_LABELS[DocumentState(self.document.state)]


@dataclass(frozen=True, slots=True)
class PaperPanel:
    """Next: what the steps from here require. Then what else is there, and what may be drawn."""

    wanted: Sequence[PaperLine]
    others: Sequence[PaperLine]
    offered: Sequence[Kind]
    issued: int


def paper_panel(session: Session, flow: Flow, case: Case, actor: Actor) -> PaperPanel | None:
    """The documents of a case for one actor; None for a workflow that has none. One query."""
    if not flow.papers:
        return None
    there = [d for d in documents.documents_of(session, case.id) if may_read(flow, case, actor, d)]
    can = set(drawable(flow, case, actor))
    wanted: dict[str, list[str]] = {}
    onward: set[str] = set()
    here = flow.state(case.state).stage or 0
    for step in flow.from_state(case.state):
        for kind in step.papers:
            wanted.setdefault(kind, []).append(step.label)
        if step.dest is not None and (flow.state(step.dest).stage or 0) > here:
            onward.update(step.papers)

    def line(kind: str, document: Document | None) -> PaperLine:
        state = document.state if document is not None else ""
        return PaperLine(
            kind_of(kind),
            document,
            tuple(wanted.get(kind, ())),
            onward=kind in onward,
            may_draw=kind in can,
            may_issue=kind in can and state == DocumentState.DRAFT.value,
            may_void=state in (DocumentState.DRAFT.value, DocumentState.ISSUED.value)
            and may_void(flow, case, actor, kind),
        )

    newest = {d.kind: d for d in there if d.state == DocumentState.DRAFT.value}
    newest |= {d.kind: d for d in there if d.state == DocumentState.ISSUED.value}
    first = [line(kind, newest.get(kind)) for kind in wanted]
    shown = {x.document.id for x in first if x.document is not None}
    others = [line(d.kind, d) for d in there if d.id not in shown]
    drafts = {d.kind for d in there if d.state == DocumentState.DRAFT.value}
    missing = {x.kind.id for x in first if not x.issued}
    return PaperPanel(
        first,
        others,
        [kind_of(k) for k in drawable(flow, case, actor) if k not in drafts | missing],
        sum(d.state == DocumentState.ISSUED.value for d in there),
    )


# ---------------------------------------------------------------- the form of a paper


@dataclass(slots=True)
class Entry:
    """One field of a paper as it is typed: a text, or rows of cells."""

    field: Field
    value: str = ""
    rows: list[dict[str, str]] = dataclasses.field(default_factory=list)
    errors: list[str] = dataclasses.field(default_factory=list)
    lacking: bool = False

    @property
    def id(self) -> str:
        """The id of its input, or of the first cell."""
        return f"f-{self.field.name}"

    @property
    def has_rows(self) -> bool:
        """Whether it is typed as rows."""
        return bool(self.field.all_columns)


@dataclass(slots=True)
class PaperForm:
    """The fields of a kind of document, filled."""

    kind: Kind
    entries: list[Entry]

    def problems(self) -> list[tuple[str, str]]:
        """Every error with the id of its input."""
        return [(e.id, text) for e in self.entries for text in e.errors]

    def complain(self, error: BadInput) -> None:
        """Show what is wrong at the field it belongs to."""
        entry = next((e for e in self.entries if e.field.name == error.field_name), None)
        (entry or self.entries[0]).errors.append(tell(error.message))


def filled_form(kind: Kind, values: Mapping[str, Any]) -> PaperForm:
    """A form filled with values in any shape the kind takes."""
    kept = take(kind, values)
    lacking = {f.name for f in documents.missing(kind.id, kept)}
    return PaperForm(kind, [_entry(f, kept.get(f.name), f.name in lacking) for f in kind.fields])


def _entry(one: Field, value: Any, lacking: bool) -> Entry:  # noqa: FBT001
    if one.all_columns:
        rows = [dict(row) for row in value or []]
        return Entry(one, rows=rows + _blank(one), lacking=lacking)
    if one.kind is FieldKind.LINES:
        return Entry(one, "\n".join(value or []), lacking=lacking)
    if one.kind is FieldKind.MOMENT:
        return Entry(one, str(value or "")[:16], lacking=lacking)
    return Entry(one, str(value or ""), lacking=lacking)


def _blank(one: Field) -> list[dict[str, str]]:
    return [{c.name: "" for c in one.all_columns} for _ in range(_BLANK_ROWS)]


def sent_values(kind: Kind, sent: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, in the shape that `core.documents.service.draft` takes."""
    found: dict[str, Any] = {}
    for one in kind.fields:
        if one.all_columns:
            found[one.name] = list(_rows(one, sent))
        elif one.kind is FieldKind.MONEY:
            found[one.name] = _money(sent.get(one.name, ""))
        else:
            found[one.name] = sent.get(one.name, "")
    return found


def sent_form(kind: Kind, sent: MultiDict[str, str]) -> PaperForm:
    """The form as it was sent, whatever is wrong with it."""
    entries = []
    for one in kind.fields:
        if one.all_columns:
            entries.append(Entry(one, rows=[*_rows(one, sent), *_blank(one)]))
        else:
            entries.append(Entry(one, sent.get(one.name, "")))
    return PaperForm(kind, entries)


def _rows(one: Field, sent: MultiDict[str, str]) -> Iterator[dict[str, str]]:
    prefix = one.name
    numbers = {
        int(found[1])
        for name in sent
        if name.startswith(f"{prefix}-") and (found := _CELL.match(name[len(prefix) :]))
    }
    for number in sorted(numbers)[:_MOST_ROWS]:
        row = {c.name: sent.get(f"{prefix}-{number}-{c.name}", "") for c in one.all_columns}
        if any(cell.strip() for cell in row.values()):
            yield row


def _money(raw: str) -> str:
    """A sum typed as 6万 is a sum too; what is none is left to the kind's own complaint."""
    try:
        amount = parse_money(raw)
    except ValueError:
        return raw
    return "" if amount is None else str(amount)


def blocks_of(preview: Any) -> list[tuple[str, Any]]:
    """The blocks of a preview with the name of what each is, for a template."""
    return [(type(block).__name__.lower(), block) for block in preview.blocks]
