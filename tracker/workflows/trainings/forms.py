"""The forms that the kit does not make: people for the list, and files."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectMultipleField, StringField

from tracker.core.errors import BadInput, say

_LARGEST = 5_000_000


class ListForm(FlaskForm):
    """Whom somebody chose, why somebody is excused, a file instead; errors stand at their field."""

    people = SelectMultipleField(
        lazy_gettext("人员"), coerce=int, choices=[], validate_choice=False
    )
    reason = StringField(lazy_gettext("请假理由"))
    file = FileField(lazy_gettext("Excel 文件"))
    rows = StringField(lazy_gettext("名单"))

    def content(self) -> bytes:
        """The file. Raises BadInput("file") when there is none or it is too large."""
        found: bytes = self.file.data.stream.read(_LARGEST + 1) if self.file.data else b""
        if not found:
            raise BadInput("file", say("请选一个文件。"))
        if len(found) > _LARGEST:
            raise BadInput("file", say("文件太大，最大 %(n)s MB。", n=_LARGEST // 1_000_000))
        return found

    def file_name(self) -> str:
        """The name under which the file was sent."""
        return str(self.file.data.filename or "") if self.file.data else ""

    def problems(self) -> list[str]:
        """Every error, in the order of the fields."""
        return [str(e) for f in (self.people, self.reason, self.file, self.rows) for e in f.errors]
