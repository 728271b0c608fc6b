"""A bureau's own Word layouts: checked when uploaded, filled in a sandbox, with text only."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from docxtpl import DocxTemplate
from jinja2 import TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.documents.kinds import FieldKind, Kind, kind_of
from tracker.core.documents.models import DocumentTemplate
from tracker.core.documents.shelf import files
from tracker.core.documents.values import clean, told
from tracker.core.errors import BadInput, NotVisible, Refusal, Sentence, StepRefused, say
from tracker.core.files.guard import inspect_upload
from tracker.core.files.names import clean_filename

# What every paper has beside its fields.
_ALWAYS = frozenset({"title", "number", "organ", "dated"})
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
_LOOP = frozenset({"index", "first", "last"})
_MARK = re.compile(r"\{[{%#]")


def environment() -> SandboxedEnvironment:
    """Where templates are filled in: nothing but text reaches them, and all of it is escaped."""
    return SandboxedEnvironment(autoescape=True)


def context(kind: Kind, values: Mapping[str, Any], *, organ: str, number: str) -> dict[str, Any]:
    """What a template may name: text, lists of text, lists of rows of text. Never an object."""
    found: dict[str, Any] = {}
    for field in kind.fields:
        value = values.get(field.name)
        if field.kind in (FieldKind.TABLE, FieldKind.PEOPLE):
            found[field.name] = [dict(row) for row in value or []]
        elif field.kind is FieldKind.LINES:
            found[field.name] = list(value or [])
        else:
            found[field.name] = told(field, values)
    found["organ"] = found.get("organ") or organ
    return {"dated": "", **found, "title": kind.title, "number": number}


def render(
    kind: Kind, template: DocumentTemplate, values: Mapping[str, Any], *, organ: str, number: str
) -> bytes:
    """A paper by a bureau's template; StepRefused names what went wrong in it."""
    with files().open(template.store_id) as handle:
        content = handle.read()
    try:
        return _filled(content, context(kind, values, organ=organ, number=number))
    except TemplateError as error:
        raise StepRefused([Refusal(_failed(error))], "issue") from error


# ---------------------------------------------------------------- the bureau's shelf


def upload(
    session: Session,
    *,
    org_id: int,
    kind_id: str,
    name: str,
    content: BinaryIO,
    by: int,
    now: datetime,
) -> DocumentTemplate:
    """Check and store the next version of a bureau's layout; it is used once activated."""
    kind = kind_of(kind_id)
    file_kind = inspect_upload(name, content, allowed=frozenset({"docx"}), field="template")
    data = content.read()
    check(kind, data)
    stored = files().save(io.BytesIO(data), limit=file_kind.limit, name=name)
    last = session.scalar(
        select(func.max(DocumentTemplate.version)).where(
            DocumentTemplate.org_id == org_id, DocumentTemplate.kind == kind_id
        )
    )
    row = DocumentTemplate(
        org_id=org_id,
        kind=kind_id,
        version=(last or 0) + 1,
        name=clean_filename(name),
        sha256=stored.sha256,
        size=stored.size,
        store_id=stored.id,
        uploaded_by_id=by,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()
    _audit(session, row, "upload", by, now)
    return row


def activate(session: Session, template: DocumentTemplate, *, by: int, now: datetime) -> None:
    """Use this layout from now on; the one in use before retires."""
    if template.retired_at is not None:
        raise BadInput("template", say("这个版本已经停用，请重新上传。"))
    before = in_use(session, template.org_id, template.kind)
    if before is not None and before.id != template.id:
        retire(session, before, by=by, now=now)
    template.active_from = template.active_from or now
    session.flush()
    _audit(session, template, "activate", by, now)


def retire(session: Session, template: DocumentTemplate, *, by: int, now: datetime) -> None:
    """Stop using a layout; papers issued with it stay as they are."""
    if template.retired_at is None:
        template.retired_at = now
        session.flush()
        _audit(session, template, "retire", by, now)


def in_use(session: Session, org_id: int, kind_id: str) -> DocumentTemplate | None:
    """The layout that a bureau uses for a kind; None for the packaged one."""
    return session.scalars(
        select(DocumentTemplate).where(
            DocumentTemplate.org_id == org_id,
            DocumentTemplate.kind == kind_id,
            DocumentTemplate.active_from.is_not(None),
            DocumentTemplate.retired_at.is_(None),
        )
    ).one_or_none()


def templates_of(
    session: Session, org_id: int, kind_id: str | None = None
) -> list[DocumentTemplate]:
    """All versions a bureau has uploaded, newest first."""
    query = select(DocumentTemplate).where(DocumentTemplate.org_id == org_id)
    if kind_id is not None:
        query = query.where(DocumentTemplate.kind == kind_id)
    return list(session.scalars(query.order_by(DocumentTemplate.id.desc())))


def template_of(session: Session, org_id: int, template_id: int) -> DocumentTemplate:
    """One template of a bureau; NotVisible when it is another's."""
    found = session.get(DocumentTemplate, template_id)
    if found is None or found.org_id != org_id:
        raise NotVisible(f"template {template_id}")
    return found


def template_bytes(template: DocumentTemplate) -> bytes:
    """The uploaded file, as it was."""
    with files().open(template.store_id) as handle:
        return handle.read()


# ---------------------------------------------------------------- checking


def check(kind: Kind, content: bytes) -> None:
    """BadInput says what is wrong: commands, unknown or missing fields, or it does not fill."""
    env = environment()
    try:
        trees = [env.parse(source) for source in _sources(content)]
    except (TemplateError, ValueError, KeyError) as error:
        raise _bad(_failed(error)) from error
    known = {f.name for f in kind.fields} | _ALWAYS
    used: set[str] = set()
    for tree in trees:
        used |= _names(kind, tree)
    if unknown := sorted(used - known):
        raise _bad(say("模板里有不认识的栏目：%(names)s。", names="、".join(unknown)))
    required = [f for f in kind.fields if f.required and not f.filled and f.name not in used]
    if required:
        names = "、".join(f"{f.label}（{f.name}）" for f in required)
        raise _bad(say("模板里缺少必须有的栏目：%(names)s。", names=names))
    if kind.letter is not None and "number" not in used:
        raise _bad(say("模板里缺少必须有的栏目：%(names)s。", names="文号（number）"))
    try:
        _filled(content, _sample(kind))
    except (TemplateError, ValueError, KeyError) as error:
        raise _bad(_failed(error)) from error


def _sources(content: bytes) -> Iterator[str]:
    """The text of body, headers and footers as the template engine reads it."""
    template = DocxTemplate(io.BytesIO(content))
    template.init_docx()
    yield template.patch_xml(template.get_xml())
    read = {template.docx.part.partname}
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(uri):
            read.add(part.partname)
            yield template.patch_xml(template.get_part_xml(part))
    for part in template.docx.part.package.iter_parts():
        if part.partname in read or not str(part.partname).endswith(".xml"):
            continue
        # Elsewhere (properties, footnotes) nothing is to be filled in.
        text = re.sub(r"<[^>]*>", "", part.blob.decode("utf-8", "replace"))
        if _MARK.search(text):
            raise _bad(say("模板的栏目只能放在正文、页眉和页脚里。"))


def _names(kind: Kind, tree: nodes.Template) -> set[str]:
    """The fields a template names; BadInput for anything but fields, loops and conditions."""
    used: set[str] = set()
    _walk(kind, tree, {}, used)
    return used


def _walk(kind: Kind, node: nodes.Node, rows: Mapping[str, str], used: set[str]) -> None:
    if not isinstance(node, _ALLOWED):
        raise _bad(say("模板里只能写栏目、循环和条件，不能写：%(what)s。", what=_named(node)))
    if isinstance(node, nodes.For):
        _walk_loop(kind, node, rows, used)
        return
    if isinstance(node, nodes.Getattr):
        _check_column(kind, node, rows)
        return
    if isinstance(node, nodes.Name):
        if node.name not in rows:
            used.add(node.name)
        return
    for child in node.iter_child_nodes():
        if isinstance(node, nodes.Output) and isinstance(child, nodes.Name):
            _check_printed(kind, child.name, rows)
        _walk(kind, child, rows, used)


def _check_printed(kind: Kind, name: str, rows: Mapping[str, str]) -> None:
    """A list is printed row by row, a row column by column."""
    field = kind.field(rows.get(name, name))
    rows_of = field is not None and bool(field.all_columns)
    if rows_of or (name not in rows and field is not None and field.kind is FieldKind.LINES):
        raise _bad(say("“%(name)s”是列表，要用循环逐行写出。", name=name))


def _walk_loop(kind: Kind, node: nodes.For, rows: Mapping[str, str], used: set[str]) -> None:
    source, target = node.iter, node.target
    if rows or not isinstance(source, nodes.Name) or not isinstance(target, nodes.Name):
        raise _bad(say("模板里的循环只能逐行取一个栏目，不能套在另一个循环里。"))
    if node.test or node.recursive:
        raise _bad(say("模板里的循环只能逐行取一个栏目，不能套在另一个循环里。"))
    used.add(source.name)
    inside = {target.name: source.name, "loop": ""}
    for child in (*node.body, *node.else_):
        _walk(kind, child, inside, used)


def _check_column(kind: Kind, node: nodes.Getattr, rows: Mapping[str, str]) -> None:
    owner = node.node.name if isinstance(node.node, nodes.Name) else ""
    field = kind.field(rows.get(owner, ""))
    known = {c.name for c in field.all_columns} if field else _LOOP if owner == "loop" else set()
    if owner not in rows or node.attr not in known:
        raise _bad(say("模板里有不认识的栏目：%(names)s。", names=f"{owner}.{node.attr}"))


def _named(node: nodes.Node) -> str:
    return type(node).__name__


def _filled(content: bytes, values: Mapping[str, Any]) -> bytes:
    template = DocxTemplate(io.BytesIO(content))
    template.render(_all_clean(dict(values)), jinja_env=environment())
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def _all_clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _all_clean(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_all_clean(item) for item in value]
    # What the template engine turns into a paragraph of its own, set like the one before.
    return clean(value).replace("\n", "\a")


def _sample(kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = {name: name for name in _ALWAYS}
    for field in kind.fields:
        if field.all_columns:
            found[field.name] = [{c.name: c.label for c in field.all_columns}] * 2
        elif field.kind is FieldKind.LINES:
            found[field.name] = [field.label] * 2
        else:
            found[field.name] = field.label
    return found


def _failed(error: Exception) -> Sentence:
    return say("模板填写不了：%(error)s", error=clean(str(error))[:200])


def _bad(message: Sentence) -> BadInput:
    return BadInput("template", message)


def _audit(session: Session, row: DocumentTemplate, what: str, by: int, now: datetime) -> None:
    record(
        session,
        tag=f"document.template.{what}",
        at=now,
        object=f"document template {row.id}",
        actor_id=by,
        details={"kind": row.kind, "version": row.version, "sha256": row.sha256},
    )
