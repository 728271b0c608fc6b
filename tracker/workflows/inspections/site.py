"""What the page for the field shows of each line, and what it sends back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from tracker.web import wording
from tracker.web.desk.fields import parse_number
from tracker.web.security import clean_text
from tracker.web.shell import local_time
from tracker.workflows.inspections.lines import ChangedLine, LineInput, SiteLine


@dataclass
class Entry:
    """One line as it was typed: what is right, what is wrong, and who was quicker."""

    values: dict[str, Any]
    seen: str
    device_key: str
    data: LineInput | None = None
    errors: dict[str, str] = field(default_factory=dict)
    changed: ChangedLine | None = None

    def as_json(self) -> dict[str, Any]:
        """What a page that sends in the background needs to know."""
        found: dict[str, Any] = {"errors": self.errors}
        if self.changed is not None:
            found["changed"] = {
                "who": self.changed.who,
                "at": local_time(self.changed.at),
                **answered(self.changed.now),
            }
        return found


@dataclass(frozen=True, slots=True)
class Shown:
    """One indicator of the page: as it is kept, and what its inputs hold."""

    line: SiteLine
    values: dict[str, Any]
    seen: str
    device_key: str
    errors: dict[str, str]
    changed: ChangedLine | None
    previous: int | None
    following: int | None


def typed_line(form: MultiDict[str, str]) -> Entry:
    """Read one sent line; `data` stays None while something in it cannot be read."""
    texts = ("reported", "due", "remark", "witness")
    values: dict[str, Any] = {name: form.get(name, "") for name in texts}
    values["grounds"] = form.getlist("grounds")
    values["withheld"] = bool(form.get("withheld"))
    entry = Entry(values, form.get("seen", ""), form.get("device_key", ""))
    figures = {}
    for name, label in (("reported", gettext("上报数")), ("due", gettext("应报数"))):
        try:
            figures[name] = parse_number(values[name])
        except ValueError:
            entry.errors[name] = gettext("“%(what)s”要填数字，例如 208，最多四位小数", what=label)
    if not entry.errors:
        entry.data = LineInput(
            reported=figures["reported"],
            due=figures["due"],
            grounds=tuple(values["grounds"]),
            remark=clean_text(values["remark"].strip(), 200, field="remark"),
            withheld=values["withheld"],
            witness=clean_text(values["witness"].strip(), 60, field="witness"),
        )
    return entry


def kept_values(line: SiteLine) -> dict[str, Any]:
    """What the inputs of a line hold when nothing was typed."""
    return {
        "reported": wording.number(line.figure.reported),
        "due": wording.number(line.figure.due),
        "remark": line.remark,
        "witness": line.witness,
        "grounds": list(line.grounds),
        "withheld": line.withheld,
    }


def answered(line: SiteLine) -> dict[str, Any]:
    """A line as it is kept, with the computed columns, for a page in the background."""
    ratio = line.figure.ratio
    return {
        **kept_values(line),
        "seen": line.mark,
        "state": line.state,
        "difference": wording.number(line.figure.difference, signed=True),
        "ratio": wording.percent(ratio * 100) if ratio is not None else "",
    }


def entries(rows: Sequence[SiteLine], chosen: int, typed: Entry | None) -> list[Shown]:
    """Every line of the page; the one that was just sent comes back as it was typed."""
    numbers = [row.figure.line for row in rows]
    found = []
    for n, row in enumerate(rows):
        mine = typed if row.figure.line == chosen else None
        found.append(
            Shown(
                line=row,
                values=mine.values if mine else kept_values(row),
                # Whoever has read what the other wrote may write over it; nobody else.
                seen=mine.seen if mine and mine.changed is None else row.mark,
                device_key=secrets.token_hex(16),
                errors=mine.errors if mine else {},
                changed=mine.changed if mine else None,
                previous=numbers[n - 1] if n else None,
                following=numbers[n + 1] if n + 1 < len(numbers) else None,
            )
        )
    return found
