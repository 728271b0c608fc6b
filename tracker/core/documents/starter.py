"""The packaged layout as a template to start from: field names where the values will stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from tracker.core.documents.kinds import Field, FieldKind, Kind, Layout, kind_of
from tracker.core.documents.preview import (
    FORM_WIDTHS,
    PLACE,
    Block,
    Cell,
    Paragraph,
    Preview,
    Signature,
    Style,
    Table,
    head_fields,
)
from tracker.core.documents.word import render_docx


def starter(kind_id: str) -> bytes:
    """A .docx that passes the check of an upload as it is, and prints what we would print."""
    kind = kind_of(kind_id)
    blocks: list[Block] = []
    if kind.layout in (Layout.FORM, Layout.RECEIPT, Layout.RECORD):
        blocks.append(_form(head_fields(kind)))
    blocks += _body(kind)
    blocks += [Signature((_filled(kind, line),)) for line in kind.closing]
    if kind.seal and kind.field("dated"):
        blocks.append(Signature(("{{ organ }}", "{{ dated }}"), seal=True))
    return render_docx(
        Preview(
            kind.id,
            kind.layout,
            "{{ title }}",
            "{{ organ }}",
            "{{ number }}" if kind.letter else "",
            tuple(blocks),
            kind.foot,
        )
    )


def _body(kind: Kind) -> Iterator[Block]:
    """Sections and lines that can do without their fields stand under a condition."""
    lines = kind.body.splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("# ")]
    section_of = [sum(start <= n for start in starts) for n in range(len(lines))]
    for _, group in groupby(range(len(lines)), key=section_of.__getitem__):
        section = [lines[n] for n in group]
        if section[0].startswith("# "):
            yield from _under(_optional(kind, section), _lines(kind, section))
        else:
            yield from _lines(kind, section)


def _lines(kind: Kind, section: Iterable[str]) -> Iterator[Block]:
    for line in section:
        yield from _under(_optional(kind, [line]), _line(kind, line))


def _line(kind: Kind, line: str) -> Iterator[Block]:
    if line.startswith("= "):
        field = kind.field(line[2:])
        if field is not None and field.all_columns:
            yield _listed(field)
        elif field is not None:
            yield Paragraph(f"{field.label}：{_place(field)}", Style.PLAIN)
        return
    for mark, style in (("# ", Style.HEADING), ("@ ", Style.ADDRESS), ("", Style.BODY)):
        if line.startswith(mark):
            yield Paragraph(_filled(kind, line.removeprefix(mark)), style)
            return


def _under(names: list[str], blocks: Iterable[Block]) -> Iterator[Block]:
    if names:
        yield Paragraph(f"{{%p if {' or '.join(names)} %}}", Style.PLAIN)
    yield from blocks
    if names:
        yield Paragraph("{%p endif %}", Style.PLAIN)


def _optional(kind: Kind, lines: Iterable[str]) -> list[str]:
    """The fields of some lines, when none of them must be there; else nothing."""
    named = [n for line in lines for n in re.findall(r"\{(\w+)\}|^= (\w+)", line)]
    fields = [f for pair in named if (f := kind.field(pair[0] or pair[1])) is not None]
    return [] if any(f.required for f in fields) else list(dict.fromkeys(f.name for f in fields))


def _filled(kind: Kind, line: str) -> str:
    def fill(match: re.Match[str]) -> str:
        field = kind.field(match[1])
        return _place(field) if field else match[0]

    return PLACE.sub(fill, line)


def _place(field: Field) -> str:
    match field.kind:
        case FieldKind.LINES:
            return _looped(field, "{{ loop.index }}. {{ one }}", "；")
        case FieldKind.PEOPLE:
            return _looped(field, "{{ one.name }}（{{ one.post }}，{{ one.number }}）", "、")
        case FieldKind.TABLE:
            cells = "，".join(f"{{{{ one.{c.name} }}}}" for c in field.columns)
            return _looped(field, cells, "；")
        case _:
            return f"{{{{ {field.name} }}}}"


def _looped(field: Field, one: str, between: str) -> str:
    more = f"{{% if not loop.last %}}{between}{{% endif %}}"
    return f"{{% for one in {field.name} %}}{one}{more}{{% endfor %}}"


def _listed(field: Field) -> Table:
    columns = field.all_columns
    whole = len(columns)
    return Table(
        (
            tuple(Cell(c.label, label=True) for c in columns),
            (Cell(f"{{%tr for one in {field.name} %}}", span=whole),),
            tuple(Cell(f"{{{{ one.{c.name} }}}}") for c in columns),
            (Cell("{%tr endfor %}", span=whole),),
        ),
        tuple(c.width for c in columns),
        field.label,
        header=True,
    )


def _form(fields: Iterable[Field]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for field in fields:
        if field.name == "approvals":
            rows += [
                (Cell("{%tr for one in approvals %}", span=4),),
                (
                    Cell("{{ one.step }}", label=True),
                    Cell("{{ one.opinion }}\n签名：{{ one.name }}　　{{ one.on }}", span=3),
                ),
                (Cell("{%tr endfor %}", span=4),),
            ]
        else:
            rows.append((Cell(field.label, label=True), Cell(_place(field), span=3)))
    return Table(tuple(rows), FORM_WIDTHS)
