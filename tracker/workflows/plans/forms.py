"""The one form that the kit does not make: a list of units as a file."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from tracker.core.errors import BadInput, say

_LARGEST = 1_000_000
# What spreadsheets of Chinese offices save.
_ENCODINGS = ("utf-8-sig", "gb18030")


class ListForm(FlaskForm):
    """A CSV file of units."""

    list = FileField(lazy_gettext("名单文件"))

    def text(self) -> str:
        """The file as text. Raises BadInput("list") when it is none, too large or no text."""
        content: bytes = self.list.data.stream.read(_LARGEST + 1) if self.list.data else b""
        if not content:
            raise BadInput("list", say("请选一个 CSV 文件。"))
        if len(content) > _LARGEST:
            raise BadInput("list", say("文件太大，最大 %(n)s MB。", n=_LARGEST // 1_000_000))
        for encoding in _ENCODINGS:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise BadInput("list", say("这不是文本文件，请另存为 CSV 再上传。"))
