"""The 19 items of a penalty file, and which of them are there (domain 8.1).

Source: the file index of 石家庄市新华区统计局, 2025-07-21.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.evidence import evidence_of
from tracker.core.cases.models import Attachment
from tracker.core.documents.service import issued_kinds
from tracker.core.errors import N_
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import missing_of, payments_of, services_of


@dataclass(frozen=True, slots=True)
class _File:
    """What is known of a file when its items are looked for."""

    papers: frozenset[str]
    labels: frozenset[str]
    served: frozenset[str]
    evidence: bool
    performed: bool
    published: bool


_Finds = Callable[[_File], bool]


def _paper(*kinds: str) -> _Finds:
    return lambda file: all(kind in file.papers for kind in kinds)


def _labelled(label: str) -> _Finds:
    return lambda file: label in file.labels


LICENCE = N_("营业执照或者单位代码证")
IDENTITY = N_("法定代表人身份证明或者授权")
CERTIFICATES = N_("执法证复印件")
COOPERATION = N_("关于配合统计执法检查的通知")
WORK_PLAN = N_("检查工作方案")
CHECK_NOTICE = N_("开展检查的通知")

INDEX: tuple[tuple[str, _Finds], ...] = (
    (N_("立案审批表"), _paper("opening_approval")),
    (N_("现场笔录"), _paper("site_record")),
    (N_("询问笔录"), _paper("interview_record")),
    (CERTIFICATES, _labelled(CERTIFICATES)),
    (LICENCE, _labelled(LICENCE)),
    (IDENTITY, _labelled(IDENTITY)),
    (COOPERATION, _labelled(COOPERATION)),
    (N_("统计、会计、税务资料等证据"), lambda file: file.evidence),
    (N_("调查终结审批表和调查终结报告"), _paper("investigation_report")),
    (
        N_("事先告知书和送达回执"),
        lambda file: "prior_notice" in file.papers and "notice" in file.served,
    ),
    (N_("法制审核意见表"), _paper("legal_review")),
    (N_("集体讨论记录"), _paper("discussion_record")),
    (N_("处罚决定审批表"), _paper("decision_approval")),
    (
        N_("处罚决定书和送达回执"),
        lambda file: "penalty_decision" in file.papers and "decision" in file.served,
    ),
    (N_("执行情况记录"), lambda file: file.performed),
    (N_("决定公示情况"), lambda file: file.published),
    (N_("结案报告"), _paper("closing_report")),
    (WORK_PLAN, _labelled(WORK_PLAN)),
    (CHECK_NOTICE, _labelled(CHECK_NOTICE)),
)
# What one can hang on the case under an item's own name.
LABELS = (CERTIFICATES, LICENCE, IDENTITY, COOPERATION, WORK_PLAN, CHECK_NOTICE)
ITEM_CHOICES = {str(no): title for no, (title, _) in enumerate(INDEX, start=1)}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the index: there, or missing with or without a reason."""

    no: int
    title: str
    there: bool
    reason: str

    @property
    def answered(self) -> bool:
        """Whether it is there, or it is said why not."""
        return self.there or bool(self.reason)


def items_of(session: Session, penalty: Penalty) -> list[Item]:
    """The index of a case, in its order."""
    labels = session.scalars(select(Attachment.label).where(Attachment.case_id == penalty.id))
    file = _File(
        papers=issued_kinds(session, penalty.id),
        labels=frozenset(labels),
        served=frozenset(s.what for s in services_of(session, penalty.id) if s.served_on),
        evidence=bool(evidence_of(session, penalty.id)),
        performed=bool(payments_of(session, penalty.id)) or penalty.performed_on is not None,
        published=penalty.published_on is not None,
    )
    reasons = missing_of(session, penalty.id)
    return [
        Item(no, title, finds(file), reasons.get(no, ""))
        for no, (title, finds) in enumerate(INDEX, start=1)
    ]
