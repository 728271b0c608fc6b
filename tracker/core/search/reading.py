"""The text of a file, for the index: read in a process of its own, which may fail by itself.

What people upload may be torn or made to harm. The reader has little memory and little time, and
the worker only learns whether it got an answer.
"""

from __future__ import annotations

import html
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

# What the index takes of one file, in characters.
LONGEST = 8_000
_SECONDS = 20
_MEMORY = 1024 * 1024 * 1024
_MOST_PAGES = 40
# Of a packed file, so much is unpacked at most.
_UNPACKED = 30 * 1024 * 1024
_MOST_ROWS, _MOST_SHEETS = 2_000, 5
_SPOKEN = {
    "docx": re.compile(r"<w:t(?:\s[^>]*)?>([^<]*)</w:t>|(</w:p>|<w:tab/>|<w:br/>)"),
    "ofd": re.compile(r"<(?:ofd:)?TextCode[^>]*>([^<]*)<|(</(?:ofd:)?TextObject>)"),
}
_MEMBERS = {
    "docx": re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml"),
    "ofd": re.compile(r".*Content\.xml"),
}


def kinds() -> frozenset[str]:
    """The extensions of files in which there is text to read."""
    return frozenset(_READERS)


def read_apart(path: Path, extension: str) -> str | None:
    """The beginning of a file's text, read in another process; None when it could not be."""
    command = [sys.executable, "-m", __name__, str(path), extension]
    try:
        done = subprocess.run(  # noqa: S603 - this module, on a file of the store
            command, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    if done.returncode != 0:
        return None
    try:
        text = json.loads(done.stdout)
    except ValueError:
        return None
    return text if isinstance(text, str) else None


def read_text(data: bytes, extension: str) -> str:
    """The beginning of the text of a file; any exception of a reader comes through."""
    kept: list[str] = []
    left = LONGEST
    for piece in _READERS[extension](data):
        tidy = re.sub(r"[\x00-\x1f\ufffe\uffff\ud800-\udfff]+", " ", piece).strip()
        if tidy:
            kept.append(tidy[:left])
            left -= len(tidy) + 1
        if left <= 0:
            break
    return "\n".join(kept)


# ---------------------------------------------------------------- one reader a kind


def _plain(data: bytes) -> Iterator[str]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            # A character cut in two at the end of the piece is no reason to think it another code.
            yield data[: LONGEST * 4].decode(
                encoding, errors="strict" if len(data) <= LONGEST * 4 else "ignore"
            )
        except UnicodeDecodeError:
            continue
        return


def _packed(extension: str) -> Callable[[bytes], Iterator[str]]:
    def read(data: bytes) -> Iterator[str]:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            left = _UNPACKED
            for member in archive.infolist():
                if not _MEMBERS[extension].fullmatch(member.filename):
                    continue
                if member.file_size > left:
                    return
                left -= member.file_size
                text = archive.read(member).decode("utf-8", errors="replace")
                yield _between_tags(text, _SPOKEN[extension])

    return read


def _between_tags(text: str, spoken: re.Pattern[str]) -> str:
    words = (html.unescape(m[1]) if m[1] is not None else "\n" for m in spoken.finditer(text))
    return "".join(words)


def _workbook(data: bytes) -> Iterator[str]:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for name in book.sheet_names[:_MOST_SHEETS]:
            yield name
            for number, row in enumerate(book.get_sheet_by_name(name).iter_rows()):
                if number >= _MOST_ROWS:
                    break
                yield " ".join(_cell(cell) for cell in row)


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _pdf(data: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    for number, page in enumerate(reader.pages):
        if number >= _MOST_PAGES:
            return
        yield page.extract_text()


_READERS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "txt": _plain,
    "csv": _plain,
    "docx": _packed("docx"),
    "ofd": _packed("ofd"),
    "xlsx": _workbook,
    "xls": _workbook,
    "pdf": _pdf,
}


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit alone
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


if __name__ == "__main__":
    _limit_memory()
    answer = read_text(Path(sys.argv[1]).read_bytes(), sys.argv[2])
    sys.stdout.write(json.dumps(answer))
