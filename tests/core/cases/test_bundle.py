"""A whole case file in one archive: complete, hashed, the same twice, and nobody else's."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy.orm import Session

from tests.core.documents.reading import text_of
from tests.core.documents.samples import values_for
from tests.workflows.leads.walking import Office
from tracker.config import Settings
from tracker.core.cases import attachments
from tracker.core.cases.bundle import bundle, index_items
from tracker.core.cases.file_index import ITEMS
from tracker.core.cases.links import add_link
from tracker.core.cases.models import Case
from tracker.core.db import transaction
from tracker.core.documents import service
from tracker.core.documents.kinds import KINDS, kind_of
from tracker.core.documents.models import Document
from tracker.core.errors import NotVisible
from tracker.workflows.leads.models import Lead

# 石家庄市新华区统计局, 2025-07-21, in its order.
PRINTED = [
    "立案审批表",
    "现场检查笔录",
    "询问笔录",
    "执法证复印件",
    "营业执照或者代码证书",
    "法定代表人身份证明、授权委托书",
    "关于认真配合统计执法检查的通知",
    "统计、会计、税务等证据资料",
    "调查终结审批表和调查终结报告",
    "事先告知书和送达回证",
    "法制审核意见表",
    "集体讨论记录",
    "处罚决定审批表",
    "处罚决定书和送达回证",
    "执行情况记录",
    "决定公示情况",
    "结案报告",
    "检查工作方案",
    "对县（市、区）开展检查的通知",
]
ALL = set(range(1, 20))


class File:
    """A lead at the bureau, and short words for what is put into its file."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.office = Office(session)
        self.case: Case = self.office.lead("verifying")
        self.by = self.office.people["handler"]

    def paper(self, kind: str, *, case: Case | None = None, **change: Any) -> Document:
        self.office.now += timedelta(hours=1)
        draft = service.draft(
            self.session,
            case_id=(case or self.case).id,
            org_id=self.office.orgs["bureau"],
            kind=kind,
            values={**values_for(kind_of(kind)), **change},
            by=self.by,
            now=self.office.now,
        )
        return service.issue(self.session, draft, by=self.by, now=self.office.now)

    def file(self, name: str, label: str = "", content: bytes = b"evidence") -> None:
        self.office.now += timedelta(hours=1)
        staged = attachments.stage(name, io.BytesIO(content))
        attachments.hang(
            self.session,
            self.case.id,
            staged,
            actor_id=self.by,
            now=self.office.now,
            label=label,
        )

    def lacking(self) -> set[int]:
        return {item.no for item in index_items(self.session, self.case) if item.missing}

    def packed(self, who: str = "supervisor@bureau") -> tuple[str, ZipFile, bytes]:
        name, stream = bundle(self.session, self.office.actor(who), self.case, now=self.office.now)
        with stream:
            content = stream.read()
        return name, ZipFile(io.BytesIO(content)), content


@pytest.fixture
def file(session: Session) -> File:
    with transaction():
        return File(session)


def test_the_index_is_the_printed_one_and_names_known_kinds():
    assert [rule.no for rule in ITEMS] == list(range(1, 20))
    assert [rule.title for rule in ITEMS] == PRINTED
    named = {kind for rule in ITEMS for need in rule.needs for kind in (*need.kinds, *need.before)}
    assert named <= set(KINDS)


def test_an_item_is_there_when_all_it_asks_for_is(session, file):
    with transaction():
        assert file.lacking() == ALL - {8}, "the department sent a ledger with its lead"
        file.paper("opening_approval")
        file.file("a.txt", "营业执照复印件")
        file.file("执法证.txt")
        assert file.lacking() == ALL - {1, 4, 5, 8}
        notice = file.paper("prior_notice")
        assert 10 in file.lacking(), "served is not proven yet"
        file.paper("service_proof", served_title="行政处罚事先告知书")
        assert 10 not in file.lacking()
        decision = file.paper("penalty_decision")
        assert 14 in file.lacking(), "the proof of the notice proves nothing for the decision"
        file.file("proof.txt", "送达回证")
        assert 14 not in file.lacking()
        for paper, item in ((notice, 10), (decision, 14)):
            service.void(session, paper, by=file.by, now=file.office.now, reason="作废")
            assert item in file.lacking()
    tenth = index_items(session, file.case)[9]
    assert [d.state for d in tenth.documents] == ["void", "issued"]
    assert tenth.kinds == ("prior_notice",)


def test_a_proof_that_names_nothing_belongs_to_what_was_being_served(file):
    with transaction():
        file.file("early.txt", "送达回证")
        file.paper("prior_notice")
        assert 10 in file.lacking(), "it lay there before anything was served"
        file.file("proof.txt", "送达回证")
        assert 10 not in file.lacking()
        file.paper("penalty_decision")
        assert 14 in file.lacking()


@pytest.mark.parametrize(("state", "packed"), [("registered", True), ("drafted", False)])
def test_papers_of_what_a_case_came_from_count_and_go_along_if_one_may_see_them(
    session, file, state, packed
):
    with transaction():
        inspection: Lead = file.office.lead(state)
        file.paper("site_record", case=inspection)
        assert 2 in file.lacking()
        add_link(
            session,
            inspection.id,
            file.case.id,
            "opened",
            actor_id=file.by,
            now=file.office.now,
            note="",
        )
        assert 2 not in file.lacking()
        _, archive, _ = file.packed()
    assert any("现场检查笔录" in name for name in archive.namelist()) is packed


def test_everything_is_in_the_archive_with_its_hash(session, file):
    with transaction():
        void = file.paper("chaser")
        service.void(session, void, by=file.by, now=file.office.now, reason="对象写错")
        decision = file.paper("penalty_decision")
        file.file("银行流水.txt", "统计资料", "流水".encode())
        name, archive, _ = file.packed()
    assert name.endswith(f"案卷_{file.office.now:%Y%m%d}.zip")
    assert archive.testzip() is None
    held = set(archive.namelist())
    assert {
        "案卷目录.txt",
        "案卷目录.json",
        "案卷目录.docx",
        "经过.txt",
        "经过.json",
        "期限.txt",
        "期限.json",
        "关联事项.json",
        "manifest.json",
        "SHA256SUMS",
        f"文书/001_催办函{void.number}（已作废）.docx",
        f"文书/002_行政处罚决定书{decision.number}.docx",
    } <= held
    evidence = next(n for n in held if n.endswith("银行流水.txt"))
    assert archive.read(evidence) == "流水".encode()
    paper = archive.read(f"文书/002_行政处罚决定书{decision.number}.docx")
    assert paper == service.open_bytes(decision)
    sums = dict(
        reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines()
    )
    assert set(sums) == held - {"SHA256SUMS"}
    for path, digest in sums.items():
        assert hashlib.sha256(archive.read(path)).hexdigest() == digest, path
    assert decision.sha256 in sums.values()


def test_the_timeline_the_clocks_and_the_index_can_be_read(session, file):
    with transaction():
        decision = file.paper("penalty_decision")
        _, archive, _ = file.packed()
    timeline = json.loads(archive.read("经过.json"))
    assert [h["at"] for h in timeline] == sorted(h["at"] for h in timeline)
    assert timeline[-1]["what"] == "签发文书"
    assert timeline[-1]["data"]["sha256"] == decision.sha256
    told = archive.read("经过.txt").decode()
    assert "接收登记" in told
    assert decision.number in told
    clocks = json.loads(archive.read("期限.json"))
    assert clocks
    for clock in clocks:
        assert clock["source"]
        assert clock["days"]
        assert clock["sum"] in archive.read("期限.txt").decode()
        assert clock["facts"][0]["kind"] == "start"
    index = archive.read("案卷目录.txt").decode()
    assert "1. 立案审批表：缺" in index
    assert "11. 法制审核意见表：无（本案不一定需要）" in index
    assert decision.number in text_of(archive.read("案卷目录.docx"))
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["case"]["number"] == file.case.number
    assert all(e.get("intact", True) for e in manifest["entries"])


def test_the_same_file_packs_to_the_same_bytes(file):
    with transaction():
        file.paper("penalty_decision")
        file.file("a.txt")
        _, _, first = file.packed()
        file.office.now += timedelta(days=3)
        name, _, second = file.packed()
        file.file("b.txt")
        _, _, third = file.packed()
    assert first == second
    assert first != third
    assert name.endswith(f"_{file.office.now:%Y%m%d}.zip")


def test_an_altered_or_lost_file_is_named(app, file):
    settings: Settings = app.config["TRACKER_SETTINGS"]
    with transaction():
        altered, lost = file.paper("chaser"), file.paper("legal_review")
    for document in (altered, lost):
        path = settings.files_path / str(document.store_id)[:2] / str(document.store_id)
        if document is lost:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes() + b" ")
    _, archive, _ = file.packed()
    manifest = json.loads(archive.read("manifest.json"))
    marked = {e["kind"]: e["intact"] for e in manifest["entries"] if "kind" in e}
    assert marked == {"chaser": False, "legal_review": False}
    assert not any("法制审核" in name for name in archive.namelist())


def test_who_does_not_work_on_the_case_gets_no_file(file):
    for who in (
        "liaison@dept",
        "drafter",
        "supervisor@foreign bureau",
        "trainer@bureau",
        "inspector@bureau",
    ):
        with pytest.raises(NotVisible):
            file.packed(who)
    for who in ("handler", "registrar@bureau", "head@bureau"):
        file.packed(who)
