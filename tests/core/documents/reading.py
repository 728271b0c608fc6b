"""What a reader finds in a Word file: all of its text, and how it is set."""

from __future__ import annotations

import io
import re

import docx
from docx.document import Document
from docx.oxml.ns import qn


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """Every text of body and tables, one paragraph a line."""
    body = opened(content).element.body
    return "\n".join(
        "".join(_said(node) for node in paragraph.iter()) for paragraph in body.iter(qn("w:p"))
    )


def _said(node) -> str:
    if node.tag == qn("w:t"):
        return node.text or ""
    return "\n" if node.tag == qn("w:br") else ""


def squeezed(text: str) -> str:
    """Without spaces and line ends, as a page breaks them anywhere."""
    return re.sub(r"\s+", "", text)
