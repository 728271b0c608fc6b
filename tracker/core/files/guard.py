"""What may be uploaded: a short list, on which extension, first bytes and inside must agree."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from tracker.core.errors import N_, BadInput, say
from tracker.core.files.containers import MACRO, ODD, Suspicious, check_contents, opened
from tracker.core.files.names import clean_filename, extension_of

_MB = 1024 * 1024
_HEAD = 4096
_TAIL = 4096
_TEXT_LIMIT = 10 * _MB
_NOT_WHAT_IT_SAYS = N_("的内容和扩展名不一致")
_EMPTY = N_("是空的")
_NOT_TEXT = N_("不是 UTF-8 或 GB18030 编码的文本")

Check = Callable[[BinaryIO], None]


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind on the list."""

    extension: str
    mime: str
    limit: int
    check: Check


def inspect_upload(
    filename: str,
    content: BinaryIO,
    *,
    allowed: frozenset[str] | None = None,
    field: str = "file",
) -> FileKind:
    """The kind of an upload, or a refusal that names the file. Leaves the stream at its start.

    `allowed` narrows the list for one field, by extension.
    """
    name = clean_filename(filename)
    extension = extension_of(name)
    kind = KINDS.get(extension)
    offered = sorted(KINDS if allowed is None else allowed & KINDS.keys())
    if kind is None or extension not in offered:
        raise BadInput(
            field,
            say(
                "“%(name)s”不能上传，可以传：%(kinds)s",
                name=name,
                kinds="、".join(offered),
            ),
        )
    content.seek(0, 2)
    size = content.tell()
    if size > kind.limit:
        raise BadInput(
            field,
            say("“%(name)s”太大，这类文件最多 %(mb)s MB", name=name, mb=kind.limit // _MB),
        )
    content.seek(0)
    try:
        if size == 0:
            raise Suspicious(_EMPTY)
        kind.check(content)
    except Suspicious as why:
        raise BadInput(field, say("“%(name)s”%(why)s", name=name, why=say(str(why)))) from None
    finally:
        content.seek(0)
    return kind


# ---------------------------------------------------------------- one check a kind


def _starts(*magics: bytes) -> Check:
    def check(content: BinaryIO) -> None:
        if not content.read(_HEAD).startswith(magics):
            raise Suspicious(_NOT_WHAT_IT_SAYS)

    return check


def _pdf(content: BinaryIO) -> None:
    _starts(b"%PDF-1.", b"%PDF-2.")(content)
    if b"%%EOF" not in _tail(content):
        raise Suspicious(N_("不完整，可能没有传完"))


def _jpg(content: BinaryIO) -> None:
    _starts(b"\xff\xd8\xff")(content)
    if b"\xff\xd9" not in _tail(content):
        raise Suspicious(N_("不完整，可能没有传完"))


def _png(content: BinaryIO) -> None:
    head = content.read(_HEAD)
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR":
        raise Suspicious(_NOT_WHAT_IT_SAYS)
    if b"IEND" not in _tail(content):
        raise Suspicious(N_("不完整，可能没有传完"))


def _tail(content: BinaryIO) -> bytes:
    content.seek(0, 2)
    content.seek(max(0, content.tell() - _TAIL))
    return content.read()


def _wav(content: BinaryIO) -> None:
    head = content.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise Suspicious(_NOT_WHAT_IT_SAYS)


def _mp4(content: BinaryIO) -> None:
    if content.read(8)[4:] != b"ftyp":
        raise Suspicious(_NOT_WHAT_IT_SAYS)


def _mp3(content: BinaryIO) -> None:
    head = content.read(4)
    # An ID3 tag, or a frame: eleven set bits, then layer III.
    frame = len(head) == 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    if not head.startswith(b"ID3") and not frame:
        raise Suspicious(_NOT_WHAT_IT_SAYS)


def _xls(content: BinaryIO) -> None:
    data = content.read()
    if not data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Suspicious(_NOT_WHAT_IT_SAYS)
    if _wide("Workbook") not in data and _wide("Book") not in data:
        raise Suspicious(_NOT_WHAT_IT_SAYS)
    if any(_wide(mark) in data for mark in ("_VBA_PROJECT", "VBA")):
        raise Suspicious(MACRO)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _text(content: BinaryIO) -> None:
    data = content.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(c) == "Cc" and c not in "\t\r\n\f\x1a" for c in text):
            return
    raise Suspicious(_NOT_TEXT)


def _office(main: str) -> Check:
    def check(content: BinaryIO) -> None:
        _starts(b"PK\x03\x04")(content)
        with opened(content) as archive:
            names = set(archive.namelist())
            if main not in names or (main != _OFD and "[Content_Types].xml" not in names):
                raise Suspicious(_NOT_WHAT_IT_SAYS)
            check_contents(archive)

    return check


def _zip(content: BinaryIO) -> None:
    _starts(b"PK\x03\x04")(content)
    with opened(content) as archive:
        for entry in archive.infolist():
            if not entry.is_dir() and extension_of(entry.filename) not in _IN_ZIP:
                raise Suspicious(N_("里面有不能上传的文件，请分开上传"))
        if not archive.infolist():
            raise Suspicious(ODD)
        check_contents(archive)


_OFD = "OFD.xml"
# A zip carries plain files; documents that are archives themselves are uploaded one by one.
_IN_ZIP = frozenset({"pdf", "jpg", "jpeg", "png", "csv", "txt", "mp3", "wav", "mp4"})
_OPEN_XML = "application/vnd.openxmlformats-officedocument"

KINDS: dict[str, FileKind] = {
    kind.extension: kind
    for kind in (
        FileKind("pdf", "application/pdf", 50 * _MB, _pdf),
        FileKind("jpg", "image/jpeg", 20 * _MB, _jpg),
        FileKind("jpeg", "image/jpeg", 20 * _MB, _jpg),
        FileKind("png", "image/png", 20 * _MB, _png),
        FileKind("xlsx", f"{_OPEN_XML}.spreadsheetml.sheet", 20 * _MB, _office("xl/workbook.xml")),
        FileKind("xls", "application/vnd.ms-excel", 20 * _MB, _xls),
        FileKind(
            "docx",
            f"{_OPEN_XML}.wordprocessingml.document",
            20 * _MB,
            _office("word/document.xml"),
        ),
        FileKind("csv", "text/csv", _TEXT_LIMIT, _text),
        FileKind("txt", "text/plain", _TEXT_LIMIT, _text),
        FileKind("ofd", "application/ofd", 50 * _MB, _office(_OFD)),
        FileKind("zip", "application/zip", 50 * _MB, _zip),
        FileKind("mp3", "audio/mpeg", 50 * _MB, _mp3),
        FileKind("wav", "audio/wav", 50 * _MB, _wav),
        FileKind("mp4", "video/mp4", 50 * _MB, _mp4),
    )
}
