"""Looking into archives before any parser does: how many, how large, how odd.

Returns a short reason or nothing; `guard` turns it into the sentence with the file's name.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from tracker.core.errors import N_

_MAX_ENTRIES = 2000
_MAX_ENTRY = 100 * 1024 * 1024
_MAX_TOTAL = 200 * 1024 * 1024
# Honest sheets of equal cells compress a hundredfold: the ratio counts for large entries only.
_MAX_RATIO, _RATIO_FROM = 100, 10 * 1024 * 1024
_CHUNK = 64 * 1024
_LOCAL_HEADER = 30
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_NESTED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\xd0\xcf\x11\xe0",
)
_XML_NAMES = (".xml", ".rels", ".vml")
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>", re.IGNORECASE)
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']\s*External\s*[\"']", re.IGNORECASE)
_LINK_TYPE = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)
_LINK_TARGET = re.compile(rb"Target\s*=\s*[\"'](?:https?://|mailto:)", re.IGNORECASE)

BROKEN = N_("打不开，文件可能已损坏")
ODD = N_("的内部结构不正常")
TOO_MUCH = N_("解开后太大或文件太多")
LOCKED = N_("设了打开密码，请去掉密码后再传")
NESTED = N_("里面还有压缩包或嵌入的文件，请分开上传")
MACRO = N_("带有宏，请另存为不带宏的格式后再传")
OUTSIDE = N_("引用了外部文件，请断开链接后再传")


class Suspicious(Exception):
    """Why an archive is not taken."""


@contextmanager
def opened(handle: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The archive, after its table of contents has been judged."""
    handle.seek(0, 2)
    size = handle.tell()
    handle.seek(0)
    try:
        with zipfile.ZipFile(handle) as archive:
            _check_table(archive, size)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Suspicious(BROKEN) from error
    except (ValueError, RuntimeError, UnicodeError) as error:
        raise Suspicious(ODD) from error


def _check_table(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise Suspicious(TOO_MUCH)
    total = 0
    names: set[str] = set()
    end_of_last = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        _check_entry(entry)
        total += entry.file_size
        names.add(entry.filename.lower())
        # Entries that share bytes unpack to far more than the file could hold.
        if entry.header_offset < end_of_last:
            raise Suspicious(ODD)
        end_of_last = entry.header_offset + _LOCAL_HEADER + entry.compress_size
    if total > _MAX_TOTAL or end_of_last > size:
        raise Suspicious(TOO_MUCH)
    if len(names) != len(entries):
        raise Suspicious(ODD)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    if (
        "\\" in name
        or "\0" in name
        or name.startswith("/")
        or ":" in parts[0]
        or ".." in parts
        or stat.S_ISLNK(entry.external_attr >> 16)
        or entry.compress_type not in _METHODS
    ):
        raise Suspicious(ODD)
    if entry.flag_bits & 0x1:
        raise Suspicious(LOCKED)
    if entry.file_size > _MAX_ENTRY:
        raise Suspicious(TOO_MUCH)
    if entry.file_size > _RATIO_FROM and entry.file_size > _MAX_RATIO * max(1, entry.compress_size):
        raise Suspicious(TOO_MUCH)


def check_contents(archive: zipfile.ZipFile) -> None:
    """Read every entry once, in pieces: true sizes, nesting, DTDs, outside links, macros."""
    total = 0
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        low = entry.filename.lower()
        if low.endswith(("vbaproject.bin", "vbadata.xml")):
            raise Suspicious(MACRO)
        if "/embeddings/" in f"/{low}" or "/activex/" in f"/{low}":
            raise Suspicious(NESTED)
        total += _check_stream(archive, entry)
        if total > _MAX_TOTAL:
            raise Suspicious(TOO_MUCH)


def _check_stream(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    low = entry.filename.lower()
    is_xml = low.endswith(_XML_NAMES)
    read, tail, whole = 0, b"", bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            if read == 0:
                _check_head(chunk, is_xml=is_xml)
            read += len(chunk)
            if read > _MAX_ENTRY:
                raise Suspicious(TOO_MUCH)
            if is_xml and _DTD.search(tail + chunk):
                raise Suspicious(ODD)
            tail = chunk[-16:]
            if low.endswith((".rels", "[content_types].xml")):
                whole += chunk
                if len(whole) > _RATIO_FROM:
                    raise Suspicious(TOO_MUCH)
    _check_declarations(bytes(whole))
    return read


def _check_head(chunk: bytes, *, is_xml: bool) -> None:
    if chunk.startswith(_NESTED):
        raise Suspicious(NESTED)
    # XML in another encoding would hide a DTD from the search above.
    if is_xml and not chunk.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise Suspicious(ODD)
    if is_xml and b"\0" in chunk[:16]:
        raise Suspicious(ODD)


def _check_declarations(text: bytes) -> None:
    if b"macroenabled" in text.lower() or b"vbaproject" in text.lower():
        raise Suspicious(MACRO)
    for relationship in _RELATIONSHIP.findall(text):
        # A link that a reader clicks is no danger by itself; anything fetched on opening is.
        if _EXTERNAL.search(relationship) and not (
            _LINK_TYPE.search(relationship) and _LINK_TARGET.search(relationship)
        ):
            raise Suspicious(OUTSIDE)
