"""The kinds of official documents (domain 8.2), as data: id, title, fields, sentences, layout."""

from __future__ import annotations

from tracker.core.documents.kinds import inspection, onward, penalty, staff, training
from tracker.core.documents.kinds.shape import Column, Field, FieldKind, Kind, Layout
from tracker.core.errors import NotVisible

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (*inspection.KINDS, *penalty.KINDS, *onward.KINDS, *staff.KINDS, *training.KINDS)
}


def kind_of(kind_id: str) -> Kind:
    """The kind of that id; an unknown one is not visible."""
    found = KINDS.get(kind_id)
    if found is None:
        raise NotVisible(f"document kind {kind_id}")
    return found


__all__ = ["KINDS", "Column", "Field", "FieldKind", "Kind", "Layout", "kind_of"]
