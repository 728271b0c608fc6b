"""A whole case file as one ZIP: index, papers, evidence, timeline, workings of clocks, hashes.

The same content gives the same bytes: nothing in it depends on when it was packed.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.answers import from_json
from tracker.core.cases.file_index import IndexItem, index_items, origins
from tracker.core.cases.flow import Flow, flows
from tracker.core.cases.links import links_of
from tracker.core.cases.means import means
from tracker.core.cases.models import Attachment, Case, Move
from tracker.core.cases.scope import LEADING_ROLES, may_see
from tracker.core.clock import office_date, office_time
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines import spoken
from tracker.core.deadlines.account import FactLine, fact_lines
from tracker.core.deadlines.due import day_row
from tracker.core.deadlines.models import Deadline
from tracker.core.documents.kinds import kind_of
from tracker.core.documents.models import DOCUMENT_STATE_LABELS, Document, DocumentState
from tracker.core.documents.preview import lay_out
from tracker.core.documents.values import take
from tracker.core.documents.word import render_docx
from tracker.core.errors import N_, NotVisible, say
from tracker.core.files.names import clean_filename
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import region_range

__all__ = ["IndexItem", "bundle", "index_items", "may_export"]

_CHUNK = 256 * 1024
_IN_MEMORY = 16 * 1024 * 1024
_UNKNOWN = "—"
# Who reads a case from the bureau's side; a trainer or an administrator there does not.
_INSIDE_ROLES = frozenset({Role.REGISTRAR, Role.INSPECTOR, *LEADING_ROLES})


def may_export(actor: Actor, case: Case) -> bool:
    """Whether the file is this actor's to carry away: from inside the bureau, not from outside."""
    return any(
        (power.org_id == case.bureau_id and power.role in _INSIDE_ROLES)
        or (
            power.role in LEADING_ROLES
            and power.org_kind == "bureau"
            and bool(case.scope_code)
            and _covers(power.region_code, case.scope_code)
        )
        for power in actor.powers
    )


def _covers(region: str, code: str) -> bool:
    low, high = region_range(region)
    return low <= code <= high


def bundle(session: Session, actor: Actor, case: Case, now: datetime) -> tuple[str, BinaryIO]:
    """The name of the file and a stream at its start; NotVisible for whoever may not have it.

    A file that is no longer what was stored is packed as it is and marked in the manifest.
    """
    if not may_see(session, actor, case.id) or not may_export(actor, case):
        raise NotVisible(f"case {case.id}")
    flow = flows.get(case.kind)
    # Papers of the inspection a case came from belong to its file, if the actor may see them.
    ids = [case.id, *(o for o in origins(session, case.id) if may_see(session, actor, o))]
    stream = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed over
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        pack = _Pack(archive)
        people = _names(session)
        papers = _papers(session, ids)
        files = _files(session, ids)
        _pack_papers(pack, papers)
        _pack_files(pack, files)
        _pack_index(session, pack, case, {*ids})
        _pack_timeline(pack, flow, _moves(session, case.id), papers, files, people)
        _pack_clocks(session, pack, case, flow)
        pack.json("关联事项.json", _links(session, case, actor))
        pack.finish(_case_row(case, flow))
    stream.seek(0)
    number = case.number or say(N_("未编号%(id)s"), id=case.id)
    return clean_filename(f"{number}案卷_{office_date(now):%Y%m%d}.zip"), stream  # type: ignore[return-value]


# ---------------------------------------------------------------- packing


@dataclass(slots=True)
class _Pack:
    """The archive being written, and what has been put into it."""

    archive: zipfile.ZipFile
    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, path: str, source: IO[bytes], **about: Any) -> str:
        """Copy a stream in; returns its digest. Nothing is held in memory."""
        digest, size = hashlib.sha256(), 0
        with self.archive.open(_entry(path), "w", force_zip64=True) as out:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        found = digest.hexdigest()
        self.entries.append({"path": path, "sha256": found, "size": size, **about})
        return found

    def text(self, path: str, text: str) -> None:
        self.bytes(path, text.encode())

    def json(self, path: str, value: Any) -> None:
        self.text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    def bytes(self, path: str, content: bytes, **about: Any) -> None:
        self.add(path, io.BytesIO(content), **about)

    def stored(self, path: str, store_id: str, sha256: str, **about: Any) -> None:
        """A file of the store; one that is gone or altered is said to be."""
        try:
            source = means().files.open(store_id)
        except NotVisible:
            self.entries.append({"path": path, "sha256": sha256, "intact": False, **about})
            return
        with source:
            found = self.add(path, source, **about)
        self.entries[-1]["stored_sha256"] = sha256
        self.entries[-1]["intact"] = found == sha256

    def finish(self, case: Mapping[str, Any]) -> None:
        """The manifest, then the hashes of everything before, as `sha256sum -c` reads them."""
        self.json("manifest.json", {"case": case, "entries": self.entries})
        sums = [f"{e['sha256']}  {e['path']}\n" for e in self.entries if "size" in e]
        self.archive.writestr(_entry("SHA256SUMS"), "".join(sums))


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path)  # dated 1980: the time of packing is no content
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


# ---------------------------------------------------------------- papers and files


def _papers(session: Session, ids: list[int]) -> list[Document]:
    return list(
        session.scalars(
            select(Document)
            .where(Document.case_id.in_(ids), Document.store_id.is_not(None))
            .order_by(Document.id)
        )
    )


def _files(session: Session, ids: list[int]) -> list[Attachment]:
    return list(
        session.scalars(
            select(Attachment).where(Attachment.case_id.in_(ids)).order_by(Attachment.id)
        )
    )


def _pack_papers(pack: _Pack, papers: Iterable[Document]) -> None:
    for n, paper in enumerate(papers, 1):
        void = paper.state == DocumentState.VOID.value
        name = f"{paper.title}{paper.number or ''}{'（已作废）' if void else ''}.docx"
        pack.stored(
            f"文书/{n:03}_{clean_filename(name)}",
            paper.store_id or "",
            paper.sha256 or "",
            kind=paper.kind,
            version=paper.seq,
            number=paper.number,
            state=paper.state,
            void_reason=paper.void_reason or None,
            case=paper.case_id,
        )


def _pack_files(pack: _Pack, files: Iterable[Attachment]) -> None:
    for n, file in enumerate(files, 1):
        pack.stored(
            f"证据/{n:03}_{clean_filename(file.name)}",
            file.store_id,
            file.sha256,
            label=file.label,
            added_at=_iso(file.added_at),
            case=file.case_id,
        )


# ---------------------------------------------------------------- index


def _pack_index(session: Session, pack: _Pack, case: Case, seen: set[int]) -> None:
    items = index_items(session, case)
    lines, rows, told = [], [], []
    for item in items:
        papers = [d for d in item.documents if d.case_id in seen]
        files = [f for f in item.files if f.case_id in seen]
        state = _item_state(item)
        lines.append(f"{item.no}. {item.title}：{state}")
        lines += [f"   {_paper_line(d)}" for d in papers]
        lines += [f"   {f.name}（{f.label}）" if f.label else f"   {f.name}" for f in files]
        rows.append([item.no, item.title, _numbers(papers), _dates(papers), "", state])
        told.append(
            {
                "no": item.no,
                "title": item.title,
                "missing": item.missing,
                "documents": [d.id for d in papers],
                "files": [f.name for f in files],
            }
        )
    pack.text("案卷目录.txt", "\n".join(lines) + "\n")
    pack.json("案卷目录.json", told)
    pack.bytes("案卷目录.docx", _index_paper(session, case, rows))


def _item_state(item: IndexItem) -> str:
    if not item.missing:
        return "齐全"
    return "缺" if item.always else "无（本案不一定需要）"


def _paper_line(paper: Document) -> str:
    state = DOCUMENT_STATE_LABELS[DocumentState(paper.state)]
    return f"{paper.title} {paper.number or ''}（{state}，{paper.issued_on}）"


def _numbers(papers: Iterable[Document]) -> str:
    return "\n".join(d.number for d in papers if d.number)


def _dates(papers: Iterable[Document]) -> str:
    return "\n".join(str(d.issued_on) for d in papers if d.issued_on)


def _index_paper(session: Session, case: Case, rows: list[list[Any]]) -> bytes:
    kind = kind_of("file_index")
    organ = session.get(Organisation, case.bureau_id) if case.bureau_id else None
    values = take(kind, {"case_number": case.number, "matter": case.title, "items": rows})
    name = organ.name if organ else ""
    return render_docx(lay_out(kind, {"organ": name, **values}, organ=name))


# ---------------------------------------------------------------- timeline


def _moves(session: Session, case_id: int) -> list[Move]:
    return list(session.scalars(select(Move).where(Move.case_id == case_id).order_by(Move.seq)))


@dataclass(frozen=True, slots=True)
class _Happening:
    at: datetime
    what: str
    who: str
    more: str
    data: Mapping[str, Any]


def _pack_timeline(
    pack: _Pack,
    flow: Flow,
    moves: Iterable[Move],
    papers: Iterable[Document],
    files: Iterable[Attachment],
    people: Mapping[int, str],
) -> None:
    happened = sorted(
        [
            *_of_moves(flow, moves, people),
            *_of_papers(papers, people),
            *_of_files(files, people),
        ],
        key=lambda h: h.at,
    )
    pack.json(
        "经过.json",
        [
            {"at": _iso(h.at), "what": h.what, "who": h.who, "more": h.more, "data": h.data}
            for h in happened
        ],
    )
    lines = [
        f"{office_time(h.at):%Y-%m-%d %H:%M}  {h.who}  {h.what}" + (f"：{h.more}" if h.more else "")
        for h in happened
    ]
    pack.text("经过.txt", "\n".join(lines) + "\n")


def _of_moves(flow: Flow, moves: Iterable[Move], people: Mapping[int, str]) -> Iterator[_Happening]:
    for move in moves:
        step = flow.step_map.get(move.step)
        who = people.get(move.actor_id, _UNKNOWN)
        if move.on_behalf_of_id is not None:
            who += f"（代{people.get(move.on_behalf_of_id, _UNKNOWN)}）"
        data = {
            "step": move.step,
            "from": move.from_state,
            "to": move.to_state,
            "answers": {k: str(v) for k, v in from_json(move.data).items()},
        }
        yield _Happening(move.at, step.label if step else move.step, who, move.note, data)


def _of_papers(papers: Iterable[Document], people: Mapping[int, str]) -> Iterator[_Happening]:
    for paper in papers:
        data = {"kind": paper.kind, "number": paper.number, "sha256": paper.sha256}
        name = f"{paper.title}{paper.number or ''}"
        if paper.issued_at is not None:
            who = people.get(paper.issued_by_id or 0, _UNKNOWN)
            yield _Happening(paper.issued_at, "签发文书", who, name, data)
        if paper.voided_at is not None:
            who = people.get(paper.voided_by_id or 0, _UNKNOWN)
            said = f"{name}，{paper.void_reason}"
            yield _Happening(paper.voided_at, "作废文书", who, said, data)


def _of_files(files: Iterable[Attachment], people: Mapping[int, str]) -> Iterator[_Happening]:
    for file in files:
        who = people.get(file.added_by_id, _UNKNOWN)
        data = {"label": file.label, "sha256": file.sha256}
        yield _Happening(file.added_at, "上传材料", who, file.name, data)


def _names(session: Session) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(User.id, User.name))}


# ---------------------------------------------------------------- clocks, links


def _pack_clocks(session: Session, pack: _Pack, case: Case, flow: Flow) -> None:
    clocks = deadlines.of_case(session, case.id)
    labels = {name: step.label for name, step in flow.step_map.items()}
    facts = fact_lines(session, [c.id for c in clocks], labels)
    rows, lines = [], []
    for n, clock in enumerate(clocks, 1):
        row, told = _clock(session, n, clock, facts[clock.id])
        rows.append(row)
        lines += told
    pack.json("期限.json", rows)
    pack.text("期限.txt", "\n".join(lines) + "\n")


def _clock(
    session: Session, n: int, clock: Deadline, facts: list[FactLine]
) -> tuple[dict[str, Any], list[str]]:
    calendar = calendar_store.load(session, upto=clock.calendar_edition)
    working = deadlines.working(session, clock, calendar)
    rule = deadlines.rule_of(clock)
    due = (clock.due_at and _iso(clock.due_at)) or (clock.due_on and clock.due_on.isoformat())
    row = {
        "label": clock.label,
        "rule": rule.id,
        "rule_version": rule.version,
        "source": str(rule.source),
        "verified": rule.verified.value,
        "state": clock.state,
        "due": due,
        "stopped_on": clock.stopped_on and clock.stopped_on.isoformat(),
        "sum": spoken.sum_line(working),
        "facts": [_fact(f) for f in facts],
        "days": [day_row(day) for day in working.days],
    }
    told = [
        f"{n}. {clock.label}：{spoken.sum_line(working)}",
        f"   {rule.source}",
        *(f"   {f.on} {f.label} {f.reason} {f.document} {f.actor}".rstrip() for f in facts),
        *spoken.day_lines(working.days),
    ]
    return row, told


def _fact(fact: FactLine) -> dict[str, Any]:
    return {
        "kind": fact.kind.value,
        "on": fact.on.isoformat(),
        "term": fact.term and str(fact.term),
        "due": fact.due and fact.due.isoformat(),
        "reason": fact.reason,
        "document": fact.document,
        "actor": fact.actor,
        "approver": fact.approver,
        "made_at": _iso(fact.made_at),
    }


def _links(session: Session, case: Case, actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "kind": link.kind,
            "label": str(link.label),
            "note": link.note,
            "number": link.case.number,
            "title": link.case.title,
            "outgoing": link.outgoing,
        }
        for link in links_of(session, case.id, actor)
    ]


def _case_row(case: Case, flow: Flow) -> dict[str, Any]:
    return {
        "number": case.number,
        "title": case.title,
        "kind": case.kind,
        "state": case.state,
        "state_label": flow.state(case.state).label,
        "opened_on": case.opened_on.isoformat(),
        "closed_at": case.closed_at and _iso(case.closed_at),
    }


def _iso(at: datetime) -> str:
    return office_time(at).isoformat(timespec="seconds")
