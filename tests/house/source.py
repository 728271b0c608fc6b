"""Reading the tree as the house tests do: which files there are, and their code without words."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.helpers.databases import ROOT

_NOT_OURS = {
    ".git", ".venv", ".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache",
    ".ruff_cache", "__pycache__", "build", "htmlcov", "instance", "node_modules",
}  # fmt: skip
_TEXT = {
    "", ".cfg", ".conf", ".css", ".csv", ".html", ".ini", ".js", ".json", ".lock", ".mako", ".md",
    ".mjs", ".po", ".pot", ".py", ".sh", ".svg", ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip


def text_files(top: Path = ROOT) -> Iterator[Path]:
    """Every text file that belongs to the project."""
    for path in sorted(top.iterdir()):
        if path.is_dir():
            if path.name not in _NOT_OURS and not path.name.endswith(".egg-info"):
                yield from text_files(path)
        elif path.suffix in _TEXT:
            yield path


def python_files(*folders: str) -> list[Path]:
    """The Python files below some folders of the tree."""
    return [p for f in folders for p in text_files(ROOT / f) if p.suffix == ".py"]


def templates() -> list[Path]:
    """The templates of all pages and documents."""
    return [p for p in text_files(ROOT / "templates") if p.suffix in {".html", ".txt", ".svg"}]


_WORDS = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


@cache
def code_only(text: str) -> str:
    """The same lines with comments and strings blanked out: a rule may be named in prose."""
    lines = [list(line) for line in text.splitlines(keepends=True)]
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _WORDS:
            (row, column), (last_row, last_column) = token.start, token.end
            while (row, column) < (last_row, last_column):
                line = lines[row - 1]
                end = last_column if row == last_row else len(line)
                for place in range(column, end):
                    if line[place] != "\n":
                        line[place] = " "
                row, column = row + 1, 0
    return "".join("".join(line) for line in lines)


def without_comments(template: str) -> str:
    """A template without what Jinja leaves out, line numbers kept."""
    return re.sub(r"\{#.*?#\}", lambda m: "\n" * m[0].count("\n"), template, flags=re.DOTALL)


def hits(pattern: str, text: str, flags: int = 0) -> list[tuple[int, str]]:
    """Line numbers and lines where a pattern is found."""
    lines = text.splitlines()
    return [
        (number, lines[number - 1].strip() if lines else "")
        for m in re.finditer(pattern, text, flags)
        for number in [text.count("\n", 0, m.start()) + 1]
    ]


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"
