"""Values for every field of every kind, each with a mark of its own that can be found again."""

from __future__ import annotations

from typing import Any

from tracker.core.documents.kinds import Field, FieldKind, Kind


def values_for(kind: Kind, *, only_required: bool = False, text: str = "") -> dict[str, Any]:
    """A value for each field of a kind; `text` is added to whatever takes free text."""
    return {
        field.name: value_for(field, text)
        for field in kind.fields
        if not field.filled and (field.required or not only_required)
    }


def value_for(field: Field, text: str = "") -> Any:
    said = mark_of(field) + text
    match field.kind:
        case FieldKind.MONEY:
            return "12000"
        case FieldKind.DATE:
            return "2026-03-02"
        case FieldKind.MOMENT:
            return "2026-03-02T09:05"
        case FieldKind.LINES:
            return [said, "第二项"]
        case FieldKind.PEOPLE:
            return [
                {"name": f"{said}{n}", "number": f"统执{n}", "post": "科员"}
                for n in range(1, field.least + 1)
            ]
        case FieldKind.TABLE:
            return [{c.name: f"{said}{c.name}" for c in field.columns}] * 2
        case FieldKind.TEXT:
            return f"{said}\n第二段"
        case _:
            return said


def mark_of(field: Field) -> str:
    return f"[{field.name}]"


def told_mark(field: Field) -> str:
    """What must be found in the paper when the field has its sample value."""
    return {
        FieldKind.MONEY: "壹万贰仟元整",
        FieldKind.DATE: "2026年3月2日",
        FieldKind.MOMENT: "2026年3月2日9时05分",
    }.get(field.kind, mark_of(field))
