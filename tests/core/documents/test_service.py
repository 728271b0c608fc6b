"""Papers of a case: drawn up, issued with all the law wants, numbered gapless, voided, verified."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_case, a_person, an_office
from tests.core.documents.reading import opened, text_of
from tests.core.documents.samples import told_mark, values_for
from tracker.config import Settings
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.documents import letters, service
from tracker.core.documents.kinds import KINDS, Layout, kind_of
from tracker.core.documents.models import Document, Number
from tracker.core.documents.preview import Cell, Paragraph, Preview, Signature, Table
from tracker.core.errors import BadInput, NotVisible, StepRefused, Unavailable
from tracker.core.registers.models import Organisation

HOSTILE = (
    "\x00\x0b<w:p>&amp;</w:p> {{ ''.__class__ }} {% for x in y %} \u202e倒写\u202c =HYPERLINK(1) "
    "\"引号' \ufffe" + "长" * 200
)
SAFE = (
    "<w:p>&amp;</w:p> {{ ''.__class__ }} {% for x in y %} \u202e倒写\u202c =HYPERLINK(1) \"引号' "
    + "长" * 200
)


class Desk:
    """A bureau, a case, two people, and short words for what they do."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.org = an_office(session, "鄂尔多斯市统计局")
        session.get_one(Organisation, self.org).doc_prefix = "鄂统"
        self.by = a_person(session, "li")
        self.case = a_case(session, self.org, self.by)

    def draft(self, kind: str, case: int | None = None, **change: Any) -> Document:
        values = {**values_for(kind_of(kind)), **change}
        return service.draft(
            self.session,
            case_id=case or self.case,
            org_id=self.org,
            kind=kind,
            values=values,
            by=self.by,
            now=NOW,
        )

    def issue(self, document: Document, now=NOW) -> Document:
        return service.issue(self.session, document, by=self.by, now=now)

    def void(self, document: Document, reason: str = "写错了金额") -> Document:
        return service.void(self.session, document, by=self.by, now=NOW, reason=reason)


@pytest.fixture
def desk(session: Session) -> Desk:
    with transaction():
        return Desk(session)


# ---------------------------------------------------------------- every kind


def test_every_kind_is_issued_and_says_all_it_was_given(session, desk):
    with transaction():
        issued = [desk.issue(desk.draft(kind)) for kind in KINDS]
    for document in issued:
        kind = kind_of(document.kind)
        text = text_of(service.open_bytes(document))
        lacking = [f.name for f in kind.fields if not f.filled and told_mark(f) not in text]
        assert not lacking, f"{kind.id}: {lacking}"
        assert kind.title in text
        if any(f.name == "organ" for f in kind.fields) or kind.layout is Layout.LETTER:
            assert "鄂尔多斯市统计局" in text, kind.id
        if kind.seal and kind.field("dated"):
            assert "2026年11月23日" in text, kind.id
        assert (document.number is not None) == (kind.letter is not None), kind.id
        assert document.number is None or document.number in text, kind.id
    assert service.issued_kinds(session, desk.case) == frozenset(KINDS)
    audited = session.scalar(select(func.count()).where(AuditRow.tag == "document.issue"))
    assert audited == len(KINDS) == 50


def test_hostile_text_stays_text_in_every_field(desk):
    assert len(HOSTILE) > len(SAFE)
    with transaction():
        for kind in KINDS.values():
            values = values_for(kind, text=HOSTILE)
            preview = service.preview_values(desk.session, kind.id, values, org_id=desk.org)
            texts = _texts(preview)
            free = [f for f in kind.fields if told_mark(f) == f"[{f.name}]" and not f.filled]
            for field in free:
                assert any(f"[{field.name}]{SAFE.strip()[:40]}" in t for t in texts), field.name
        document = desk.issue(
            desk.draft(
                "penalty_decision",
                **{
                    f.name: values_for(kind_of("penalty_decision"), text=HOSTILE)[f.name]
                    for f in kind_of("penalty_decision").fields
                    if not f.filled
                },
            )
        )
    text = text_of(service.open_bytes(document))
    assert text.count(SAFE) >= 10
    assert "\x00" not in text
    assert "\ufffe" not in text


def test_ten_thousand_characters_in_every_text(desk):
    kind = kind_of("interview_record")
    long = "字" * 10_000
    with transaction():
        document = desk.issue(desk.draft(kind.id, **values_for(kind, text=long)))
    assert text_of(service.open_bytes(document)).count(long) >= 8


def _texts(preview: Preview) -> list[str]:
    found: list[str] = []
    for block in preview.blocks:
        match block:
            case Paragraph(text=text):
                found.append(text)
            case Table(rows=rows):
                found += [cell.text for row in rows for cell in row]
            case Signature(lines=lines):
                found += lines
    return found


# ---------------------------------------------------------------- what is refused


def test_a_refusal_names_every_missing_field_and_draws_no_number(session, desk):
    with transaction():
        document = desk.draft("penalty_decision", facts=None, court=" ", evidence=[])
        with pytest.raises(StepRefused) as refused:
            desk.issue(document)
        spot = desk.draft("spot_decision", officers=["独一人"])
        with pytest.raises(StepRefused) as alone:
            desk.issue(spot)
    said = [str(r.why) for r in refused.value.refusals]
    assert said == [
        "“行政处罚决定书”还缺：事实。",
        "“行政处罚决定书”还缺：证据。",
        "“行政处罚决定书”还缺：有管辖权的人民法院。",
    ]
    assert [str(r.why) for r in alone.value.refusals] == [
        "“当场行政处罚决定书”还缺：执法人员及执法证号（至少2人）。"
    ]
    assert session.scalar(select(func.count()).select_from(Number)) == 0
    assert service.issued_kinds(session, desk.case) == frozenset()


def test_each_required_field_is_asked_for():
    for kind in KINDS.values():
        values = values_for(kind)
        assert service.missing(kind.id, values) == []
        for field in kind.fields:
            wanted = [field.name] if field.required and not field.filled else []
            left = {k: v for k, v in values.items() if k != field.name}
            assert [f.name for f in service.missing(kind.id, left)] == wanted, kind.id


def test_what_is_issued_is_not_issued_again_nor_changed(desk):
    with transaction():
        document = desk.issue(desk.draft("chaser"))
        with pytest.raises(StepRefused):
            desk.issue(document)
        desk.void(document)
        for again in (desk.issue, desk.void):
            with pytest.raises(StepRefused):
                again(document)


def test_the_table_itself_keeps_the_promises(session, desk):
    with transaction():
        document = desk.draft("chaser")
    for broken in (
        {"state": "issued"},
        {"state": "void"},
        {"state": "lost"},
        {"number": "鄂统催办字〔2026〕9号"},
    ):
        with pytest.raises(IntegrityError), transaction():
            session.execute(update(Document).where(Document.id == document.id).values(**broken))
    twin = Document(
        case_id=desk.case,
        org_id=desk.org,
        kind="chaser",
        seq=2,
        title="催办函",
        values={},
        made_by_id=desk.by,
        made_at=NOW,
    )
    with pytest.raises(IntegrityError), transaction():
        session.add(twin)


# ---------------------------------------------------------------- versions and numbers


def test_a_new_draft_takes_the_place_of_the_open_one(session, desk):
    with transaction():
        first = desk.draft("chaser", request="第一稿")
        second = desk.draft("chaser", request="第二稿")
        with pytest.raises(StepRefused):
            desk.issue(first)
        desk.issue(second)
        third = desk.draft("chaser", request="第三稿")
    assert [(d.seq, d.state) for d in (first, second, third)] == [
        (1, "replaced"),
        (2, "issued"),
        (3, "draft"),
    ]
    assert first.values["request"] == "第一稿"
    assert "第一稿" in str(service.preview(session, first).blocks)
    assert service.documents_of(session, desk.case) == [second, third]
    assert service.documents_of(session, desk.case, replaced=True) == [first, second, third]
    assert service.open_draft(session, desk.case, "chaser") == third


def test_numbers_are_gapless_and_a_void_one_stays_taken(session, desk):
    with transaction():
        other = a_case(session, desk.org, desk.by, "另一件")
        papers = [desk.issue(desk.draft("penalty_decision")) for _ in range(2)]
        desk.void(papers[1])
        papers.append(desk.issue(desk.draft("penalty_decision")))
        papers.append(desk.issue(desk.draft("penalty_decision", case=other)))
        papers.append(desk.issue(desk.draft("prior_notice")))
        next_year = desk.draft("penalty_decision")
        papers.append(desk.issue(next_year, now=NOW + timedelta(days=60)))
    assert [p.number for p in papers] == [
        "鄂统罚字〔2026〕1号",
        "鄂统罚字〔2026〕2号",
        "鄂统罚字〔2026〕3号",
        "鄂统罚字〔2026〕4号",
        "鄂统告字〔2026〕1号",
        "鄂统罚字〔2027〕1号",
    ]
    voided = session.scalars(select(Number.text).where(Number.voided_at.is_not(None))).all()
    assert voided == ["鄂统罚字〔2026〕2号"]
    assert papers[1].number == "鄂统罚字〔2026〕2号"
    assert service.preview(session, papers[1]).void
    # The file of what was voided stays what it was.
    assert "鄂统罚字〔2026〕2号" in text_of(service.open_bytes(papers[1]))


def test_an_issue_that_fails_gives_its_number_back(session, desk, monkeypatch):
    def fails(*args: object, **kwargs: object) -> bytes:
        raise Unavailable("no room")

    with transaction():
        document = desk.draft("chaser")
    with monkeypatch.context() as patched:
        patched.setattr(service, "render_docx", fails)
        with pytest.raises(Unavailable), transaction():
            desk.issue(document)
    with transaction():
        assert desk.issue(document).number == "鄂统催办字〔2026〕1号"


def test_a_void_needs_a_reason_and_frees_the_step(session, desk):
    with transaction():
        document = desk.issue(desk.draft("legal_review"))
        assert service.issued_kinds(session, desk.case) == {"legal_review"}
        for reason in ("", "  ", "长" * 401):
            with pytest.raises(BadInput):
                desk.void(document, reason)
        desk.void(document)
        assert service.issued_kinds(session, desk.case) == frozenset()
    assert (document.state, document.void_reason) == ("void", "写错了金额")


def test_a_bureau_numbers_with_its_own_letters(session, desk):
    with transaction():
        letters.set_letter(
            session, org_id=desk.org, kind_id="chaser", letter="督字", by=desk.by, now=NOW
        )
        assert desk.issue(desk.draft("chaser")).number == "鄂统督字〔2026〕1号"
        for wrong in ("", "督1", "〔2026〕", "长" * 9):
            with pytest.raises(BadInput):
                letters.set_letter(
                    session, org_id=desk.org, kind_id="chaser", letter=wrong, by=desk.by, now=NOW
                )
        with pytest.raises(BadInput):  # a kind without a number
            letters.set_letter(
                session, org_id=desk.org, kind_id="site_record", letter="录", by=desk.by, now=NOW
            )
        other = an_office(session, "别处统计局")
    assert letters.letter_of(session, desk.org, "chaser") == "督字"
    assert letters.letter_of(session, other, "chaser") == "催办字"
    assert letters.own_letters(session, desk.org) == {"chaser": "督字"}


# ---------------------------------------------------------------- reading


def test_the_stored_hash_notices_one_changed_byte(app, desk):
    settings: Settings = app.config["TRACKER_SETTINGS"]
    with transaction():
        document = desk.issue(desk.draft("chaser"))
    assert service.is_intact(document)
    path = settings.files_path / document.store_id[:2] / document.store_id
    content = bytearray(path.read_bytes())
    assert len(content) == document.size
    content[100] ^= 1
    path.write_bytes(content)
    assert not service.is_intact(document)
    with pytest.raises(Unavailable):
        service.open_bytes(document)
    path.unlink()
    assert not service.is_intact(document)


def test_kinds_issued_are_one_query(session, desk, count_queries):
    with transaction():
        for kind in ("chaser", "legal_review", "chaser"):
            desk.issue(desk.draft(kind))
        desk.draft("closing_report")
    with count_queries() as seen:
        assert service.issued_kinds(session, desk.case) == {"chaser", "legal_review"}
    assert seen.count == 1 + sum("BEGIN" in s for s in seen.statements), str(seen)


def test_a_paper_is_found_in_its_own_case_only(session, desk):
    with transaction():
        other = a_case(session, desk.org, desk.by, "另一件")
        document = desk.draft("chaser")
    assert service.document_of(session, desk.case, document.id) == document
    for case, number in ((other, document.id), (desk.case, document.id + 1)):
        with pytest.raises(NotVisible):
            service.document_of(session, case, number)
    with pytest.raises(NotVisible):
        service.open_bytes(document)


def test_the_preview_and_the_word_file_say_the_same(session, desk):
    with transaction():
        for kind in ("penalty_decision", "opening_approval", "site_record", "draw_record"):
            document = desk.draft(kind)
            shown = service.preview(session, document)
            word = text_of(service.render(session, document, now=NOW))
            for text in _texts(shown):
                assert text in word, kind
            assert shown.lacking == ()
    bare = service.preview_values(session, "chaser", {"about": "某事"}, org_id=desk.org)
    assert [f.name for f in bare.lacking][:2] == ["addressee", "sent_number"]
    assert bare.number == ""


def test_what_says_nothing_leaves_no_empty_sentence(session, desk):
    kind = kind_of("prior_notice")
    values = values_for(kind, only_required=True)
    texts = _texts(service.preview_values(session, kind.id, values, org_id=desk.org))
    assert not any("要求听证" in t or "拟罚款数额" in t for t in texts)
    values = {**values, "hearing_days": 5, "defence_days": 3}
    texts = _texts(service.preview_values(session, kind.id, values, org_id=desk.org))
    assert any("要求听证的，应当自收到本告知书之日起5个工作日内提出" in t for t in texts)
    assert any("有权进行陈述和申辩。请自收到本告知书之日起3个工作日内" in t for t in texts)
    report = kind_of("investigation_report")
    values = values_for(report, only_required=True)
    texts = _texts(service.preview_values(session, report.id, values, org_id=desk.org))
    assert "八、不同意见" not in texts
    assert "七、处理建议" in texts


def test_a_form_without_opinions_has_room_for_them(session, desk):
    values = values_for(kind_of("opening_approval"), only_required=True)
    preview = service.preview_values(session, "opening_approval", values, org_id=desk.org)
    table = preview.blocks[0]
    assert isinstance(table, Table)
    assert table.rows[-1][0] == Cell("机关负责人意见", label=True)
    assert all(sum(cell.span for cell in row) == 4 for row in table.rows)


def test_the_same_paper_has_the_same_bytes_and_names_no_program(session, desk):
    with transaction():
        document = desk.draft("chaser")
        one, two = (service.render(session, document, now=NOW) for _ in range(2))
    assert one == two
    properties = opened(one).core_properties
    assert (properties.author, properties.title) == ("鄂尔多斯市统计局", "催办函")
    assert properties.comments == ""
    with ZipFile(BytesIO(one)) as archive:
        assert not [n for n in archive.namelist() if "thumbnail" in n or "customXml" in n]
