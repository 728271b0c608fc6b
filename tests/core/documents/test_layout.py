"""The page as LibreOffice sets it: A4, 22 lines of 28 characters, page numbers outside."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.core.documents.reading import squeezed
from tests.core.documents.samples import told_mark, values_for
from tracker.core.documents.kinds import KINDS, Layout
from tracker.core.documents.preview import lay_out
from tracker.core.documents.values import take
from tracker.core.documents.word import render_docx

# Paragraphs of three lines: 26 characters after the indent, then 28 and 28. As 22 is no multiple
# of three, pages end inside of them, where a setting against widows would leave lines empty.
LONG = "\n".join(["统计" * 41] * 36)
NEEDED = ("soffice", "pdftotext", "pdfinfo")


def paper(kind_id: str, *, number: str = "鄂统罚字〔2026〕1号", **change: object) -> bytes:
    kind = KINDS[kind_id]
    values = {**take(kind, {**values_for(kind), **change}), "dated": "2026-03-09"}
    return render_docx(lay_out(kind, values, organ="鄂尔多斯市统计局", number=number))


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, list[str]]:
    """All kinds and one long letter, turned to PDF at once; the text of each page by name."""
    if not os.environ.get("TRACKER_REQUIRE_BROWSER") and not all(map(shutil.which, NEEDED)):
        pytest.skip("libreoffice-writer and poppler-utils are not installed")
    folder: Path = tmp_path_factory.mktemp("papers")
    for kind_id in KINDS:
        (folder / f"{kind_id}.docx").write_bytes(paper(kind_id))
    (folder / "long.docx").write_bytes(paper("inspection_notice", duties=LONG))
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, sorted(folder.glob("*.docx"))),
        ],
        check=True,
        capture_output=True,
        timeout=110,
    )
    return {path.stem: _pages(path) for path in sorted(folder.glob("*.pdf"))}


def _pages(path: Path) -> list[str]:
    told = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", told)
    assert size, told
    # A4 is 595.28 by 841.89 points.
    assert [round(float(side)) for side in size.groups()] == [595, 842], path.stem
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return text.split("\f")[:-1]


def test_every_kind_opens_and_shows_its_fields_on_a4(pages):
    assert set(pages) == {*KINDS, "long"}
    for kind in KINDS.values():
        text = squeezed("".join(pages[kind.id]))
        short = [f for f in kind.fields if not f.filled and not f.columns]
        lacking = [f.name for f in short if squeezed(told_mark(f)) not in text]
        assert not lacking, f"{kind.id}: {lacking}"
        assert squeezed(kind.title) in text


def test_a_full_page_has_22_lines_of_28_characters(pages):
    full = pages["long"][2:-2]
    assert len(full) >= 3
    for n, page in enumerate(full, 3):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert re.fullmatch(rf"— ?{n} ?—", lines[-1])
        assert len(lines[:-1]) == 22, page
        assert {len(line) for line in lines[:-1]} == {26, 28}


def test_page_numbers_stand_outside(pages):
    columns = []
    for n, page in enumerate(pages["long"], 1):
        last = [line for line in page.splitlines() if line.strip()][-1]
        assert re.fullmatch(rf"\s*— ?{n} ?—\s*", last), last
        columns.append(len(last) - len(last.lstrip()))
    assert len(columns) >= 4
    assert min(columns[0::2]) > 20 > max(columns[1::2]), columns


def test_every_page_of_a_record_is_read_and_signed(pages):
    for kind in KINDS.values():
        for page in pages[kind.id]:
            signed = "签名：" in squeezed(page) and "日期：" in squeezed(page)
            assert signed or not kind.foot, kind.id
    assert sum(bool(kind.foot) for kind in KINDS.values()) == 6
    assert {k.layout for k in KINDS.values() if k.foot} == {Layout.RECORD}


def test_the_faces_of_the_standard_are_named(tmp_path):
    path = tmp_path / "letter.docx"
    path.write_bytes(paper("inspection_notice"))
    with ZipFile(path) as archive:
        body = archive.read("word/document.xml").decode()
        styles = archive.read("word/styles.xml").decode()
    for face in ("方正小标宋简体", "黑体"):
        assert f'w:eastAsia="{face}"' in body
    assert 'w:eastAsia="仿宋_GB2312"' in styles
    assert 'w:color w:val="E60012"' in body, "the head of a letter is red"
    assert "E60012" not in _body_of(paper("penalty_decision"), tmp_path)


def _body_of(content: bytes, folder: Path) -> str:
    path = folder / "other.docx"
    path.write_bytes(content)
    with ZipFile(path) as archive:
        return archive.read("word/document.xml").decode()
