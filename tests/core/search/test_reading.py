"""The text of files: what is read, what is left, and what breaks alone."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from docx import Document

from tracker.core.search import reading
from tracker.core.search.reading import LONGEST, kinds, read_apart, read_text

pytestmark = pytest.mark.once


def docx(*paragraphs):
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx(rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("台账")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def packed(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def pdf(words):
    """A page with some words, and the table of places that readers ask for."""
    page = f"BT /F1 12 Tf 10 100 Td ({words}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(page)}>>\nstream\n{page}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    text, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    table = f"xref\n0 6\n0000000000 65535 f \n{rows}trailer\n<</Root 1 0 R/Size 6>>\n"
    return f"{text}{table}startxref\n{len(text)}\n%%EOF".encode()


def test_each_kind_gives_its_text():
    assert read_text(docx("询问笔录", "产量 <9.64> 万吨"), "docx") == "询问笔录 产量 <9.64> 万吨"
    assert read_text(xlsx([["月份", "产量"], ["1月", 9.64], ["合计", 12]]), "xlsx").split("\n") == [
        "台账", "月份 产量", "1月 9.64", "合计 12",
    ]  # fmt: skip
    assert read_text("原煤,产量".encode("gb18030"), "csv") == "原煤,产量"
    assert read_text("原煤产量".encode("utf-8-sig"), "txt") == "原煤产量"
    page = "<ofd:Page><ofd:TextCode X='1'>调度台账</ofd:TextCode></ofd:Page>"
    assert read_text(packed(Doc_0__Pages__Page_0__Content_xml=page), "ofd") == "调度台账"
    assert "Raw coal 9640 t" in read_text(pdf("Raw coal 9640 t"), "pdf")
    assert kinds() >= {"docx", "xlsx", "csv", "txt", "pdf", "ofd"}
    assert not kinds() & {"png", "jpg", "zip", "mp4"}


def test_only_the_beginning_is_kept():
    assert len(read_text(("煤" * 100_000).encode(), "txt")) == LONGEST
    assert len(read_text(docx(*["一段很长的话" * 50] * 100), "docx")) <= LONGEST
    bomb = packed(word__document_xml="<w:t>" + "0" * 40_000_000 + "</w:t>")
    assert read_text(bomb, "docx") == "", "nothing is unpacked beyond the limit"


def test_a_file_that_is_torn_or_takes_too_long_is_left_alone(tmp_path, monkeypatch):
    good = tmp_path / "a"
    good.write_bytes(docx("询问笔录"))
    assert read_apart(good, "docx") == "询问笔录"
    torn = tmp_path / "b"
    torn.write_bytes(docx("询问笔录")[:200])
    assert read_apart(torn, "docx") is None
    assert read_apart(tmp_path / "nowhere", "pdf") is None
    monkeypatch.setattr(reading, "_SECONDS", 0.001)
    assert read_apart(good, "docx") is None
