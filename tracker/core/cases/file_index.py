"""The index of a penalty file: nineteen items, what is there, and what is missing.

Order and titles: 石家庄市新华区统计局, 2025-07-21 (domain 8.1). Which papers and files satisfy an
item is data here; a bureau's labels of files are matched by the words they contain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.models import Attachment, Case, CaseLink
from tracker.core.documents.models import Document, DocumentState
from tracker.core.errors import N_

_PROOF = "送达回证"
_DECISIONS = ("penalty_decision", "no_penalty_decision", "spot_decision")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing an item asks for: any of some kinds of papers, or a file labelled so."""

    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    serving: str = ""  # the proof of service of a paper whose title contains this word
    before: tuple[str, ...] = ()  # a proof that names no paper counts until one of these is issued


@dataclass(frozen=True, slots=True)
class ItemRule:
    """One item of the index; all its needs have to be met."""

    no: int
    title: str
    needs: tuple[Need, ...]
    always: bool = True  # whether every penalty file has it


ITEMS: tuple[ItemRule, ...] = (
    ItemRule(1, N_("立案审批表"), (Need(("opening_approval",), ("立案审批",)),)),
    ItemRule(2, N_("现场检查笔录"), (Need(("site_record",), ("现场检查笔录", "现场笔录")),)),
    ItemRule(3, N_("询问笔录"), (Need(("interview_record",), ("询问笔录",)),)),
    ItemRule(4, N_("执法证复印件"), (Need(labels=("执法证",)),)),
    ItemRule(5, N_("营业执照或者代码证书"), (Need(labels=("营业执照", "代码证")),)),
    ItemRule(
        6,
        N_("法定代表人身份证明、授权委托书"),
        (Need(labels=("身份证", "身份证明", "授权委托")),),
    ),
    ItemRule(
        7, N_("关于认真配合统计执法检查的通知"), (Need(("inspection_notice",), ("检查通知",)),)
    ),
    ItemRule(
        8,
        N_("统计、会计、税务等证据资料"),
        (
            Need(
                ("inquiry", "preservation_notice"),
                ("证据", "统计资料", "会计", "税务", "报表", "台账"),
            ),
        ),
    ),
    ItemRule(
        9, N_("调查终结审批表和调查终结报告"), (Need(("investigation_report",), ("调查终结",)),)
    ),
    ItemRule(
        10,
        N_("事先告知书和送达回证"),
        (Need(("prior_notice",), ("事先告知书",)), Need(serving="告知", before=_DECISIONS)),
    ),
    ItemRule(11, N_("法制审核意见表"), (Need(("legal_review",), ("法制审核",)),), always=False),
    ItemRule(12, N_("集体讨论记录"), (Need(("discussion_record",), ("集体讨论",)),), always=False),
    ItemRule(13, N_("处罚决定审批表"), (Need(("decision_approval",), ("决定审批",)),)),
    ItemRule(
        14,
        N_("处罚决定书和送达回证"),
        (
            Need(_DECISIONS, ("处罚决定书",)),
            Need(serving="决定"),
        ),
    ),
    ItemRule(
        15,
        N_("执行情况记录"),
        (
            Need(
                ("instalment_approval", "demand", "court_application"),
                ("缴款", "缴纳", "执行", "履行"),
            ),
        ),
        always=False,
    ),
    ItemRule(16, N_("决定公示情况"), (Need(("publication_record",), ("公示",)),), always=False),
    ItemRule(17, N_("结案报告"), (Need(("closing_report",), ("结案",)),)),
    ItemRule(
        18,
        N_("检查工作方案"),
        (Need(("annual_plan", "inspection_approval"), ("工作方案", "检查方案")),),
        always=False,
    ),
    ItemRule(
        19,
        N_("对县（市、区）开展检查的通知"),
        (Need(labels=("开展检查的通知", "对县")),),
        always=False,
    ),
)


@dataclass(frozen=True, slots=True)
class IndexItem:
    """One item of the index as a case stands: its papers and files, and whether it lacks some."""

    no: int
    title: str
    kinds: tuple[str, ...]
    documents: tuple[Document, ...]
    files: tuple[Attachment, ...]
    missing: bool
    always: bool


@dataclass(frozen=True, slots=True)
class _Holdings:
    documents: tuple[Document, ...]
    files: tuple[Attachment, ...]


def index_items(session: Session, case: Case) -> list[IndexItem]:
    """The nineteen items in order; papers of the inspection a case came from count too.

    Void papers are listed but satisfy nothing.
    """
    ids = [case.id, *origins(session, case.id)]
    held = _Holdings(
        tuple(
            session.scalars(
                select(Document)
                .where(
                    Document.case_id.in_(ids),
                    Document.store_id.is_not(None),
                )
                .order_by(Document.id)
            )
        ),
        tuple(
            session.scalars(
                select(Attachment).where(Attachment.case_id.in_(ids)).order_by(Attachment.id)
            )
        ),
    )
    return [_item(rule, held) for rule in ITEMS]


def origins(session: Session, case_id: int) -> list[int]:
    """The cases that this one was opened from, and those they were opened from."""
    found: list[int] = []
    last = [case_id]
    while last:
        last = [
            one
            for one in session.scalars(
                select(CaseLink.from_id).where(CaseLink.to_id.in_(last), CaseLink.kind == "opened")
            )
            if one not in found and one != case_id
        ]
        found += last
    return found


def _item(rule: ItemRule, held: _Holdings) -> IndexItem:
    documents: dict[int, Document] = {}
    files: dict[int, Attachment] = {}
    met = True
    for need in rule.needs:
        papers = [d for d in held.documents if _is_meant(need, d)]
        pieces = [f for f in held.files if _is_labelled(need, f) or _serves(rule, need, f, held)]
        documents |= {d.id: d for d in papers}
        files |= {f.id: f for f in pieces}
        met = met and bool(_valid(papers) or pieces)
    return IndexItem(
        rule.no,
        rule.title,
        tuple(kind for need in rule.needs for kind in need.kinds),
        tuple(documents.values()),
        tuple(files.values()),
        not met,
        rule.always,
    )


def _valid(papers: Iterable[Document]) -> list[Document]:
    return [d for d in papers if d.state == DocumentState.ISSUED.value]


def _is_meant(need: Need, document: Document) -> bool:
    if need.serving:
        served = str(document.values.get("served_title", ""))
        return document.kind == "service_proof" and need.serving in served
    return document.kind in need.kinds


def _is_labelled(need: Need, file: Attachment) -> bool:
    said = f"{file.label} {file.name}"
    if need.serving:
        return _PROOF in said and need.serving in said
    # A proof of service names the paper that was served; it is not that paper.
    return _PROOF not in said and any(word in said for word in need.labels)


def _serves(rule: ItemRule, need: Need, file: Attachment, held: _Holdings) -> bool:
    """Whether a proof that names no paper was uploaded while the item's own was being served."""
    said = f"{file.label} {file.name}"
    if not need.serving or _PROOF not in said or "告知" in said or "决定" in said:
        return False
    own = [kind for other in rule.needs for kind in other.kinds]
    begun = _first_issue(held, own)
    ended = _first_issue(held, need.before)
    return begun is not None and begun <= file.added_at and (ended is None or file.added_at < ended)


def _first_issue(held: _Holdings, kinds: Iterable[str]) -> datetime | None:
    times = [d.issued_at for d in _valid(held.documents) if d.kind in kinds and d.issued_at]
    return min(times, default=None)
