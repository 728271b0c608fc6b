"""The indicator table as the team fills it in the field: written once, never over another's work.

A change carries a key of the device and the mark of what the officer saw. The key makes a second
sending harmless; the mark shows when somebody else was quicker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.audit.service import record
from tracker.core.cases.attaching import attach
from tracker.core.cases.attachments import Staged
from tracker.core.cases.evidence import (
    EvidenceData,
    EvidenceItem,
    add_evidence,
    evidence_of,
    team_power,
)
from tracker.core.cases.figures import NATURES, CaseFigure, figures_of
from tracker.core.cases.scope import get_visible
from tracker.core.errors import N_, BadInput, NotVisible, Refusal, StepRefused, TrackerError, say
from tracker.workflows.inspections.models import GROUNDS, Inspection, InspectionLine, LineChange

# While the table may still change: before the result is proposed.
OPEN_STATES = ("preparing", "approval", "notice", "served", "onsite", "result")
ON_SITE = ("onsite", "result")
PHOTO_LABEL = N_("现场照片")
_MOST_LINES = 60


class ChangedLine(TrackerError):
    """Somebody else changed the line since it was shown: how it is now, and by whom."""

    def __init__(self, now: SiteLine, who: str, at: datetime | None) -> None:
        self.now, self.who, self.at = now, who, at
        super().__init__(f"line {now.figure.line}")


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One indicator with what the team noted beside it; `mark` changes with its content."""

    figure: CaseFigure
    grounds: tuple[str, ...] = ()
    remark: str = ""
    withheld: bool = False
    witness: str = ""
    photos: int = 0

    @property
    def mark(self) -> str:
        """A short name of the content, to tell whether it has changed."""
        figures = (_plain(self.figure.reported), _plain(self.figure.due))
        said = (*figures, *self.grounds, self.remark, str(self.withheld), self.witness)
        return sha256("\n".join(said).encode()).hexdigest()[:16]

    @property
    def state(self) -> str:
        """done, withheld or open."""
        if self.withheld:
            return "withheld"
        return "open" if self.figure.due is None else "done"


@dataclass(frozen=True, slots=True)
class LineInput:
    """What an officer writes on one line; difference and ratio are never among it."""

    reported: Decimal | None
    due: Decimal | None
    grounds: Sequence[str] = field(default_factory=tuple)
    remark: str = ""
    withheld: bool = False
    witness: str = ""


def _plain(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


# ---------------------------------------------------------------- reading


def site_lines(session: Session, task: Inspection) -> list[SiteLine]:
    """The indicator table of a task with the team's notes and photographs, in its order."""
    notes = {
        n.line: n
        for n in session.scalars(select(InspectionLine).where(InspectionLine.case_id == task.id))
    }
    photos: dict[int, int] = {}
    for item in evidence_of(session, task.id):
        if item.figure_line is not None:
            photos[item.figure_line] = photos.get(item.figure_line, 0) + 1
    return [
        _with_notes(f, notes.get(f.line), photos.get(f.line, 0))
        for f in figures_of(session, task.id)
    ]


def _with_notes(figure: CaseFigure, note: InspectionLine | None, photos: int) -> SiteLine:
    if note is None:
        return SiteLine(figure, photos=photos)
    grounds = tuple(g for g in note.grounds.split(",") if g)
    return SiteLine(figure, grounds, note.remark, note.withheld, note.witness, photos)


def _line(session: Session, task: Inspection, line: int) -> SiteLine:
    found = next((x for x in site_lines(session, task) if x.figure.line == line), None)
    if found is None:
        raise NotVisible(f"line {line}")
    return found


def may_fill(task: Inspection) -> bool:
    """Whether due figures are being taken down now."""
    return task.state in ON_SITE


# ---------------------------------------------------------------- writing


def save_line(
    session: Session,
    actor: Actor,
    case_id: int,
    line: int,
    data: LineInput,
    *,
    seen: str,
    device_key: str,
    now: datetime,
    request_id: str | None = None,
) -> SiteLine:
    """Write one line on site; the same change sent again is answered and not written again.

    Raises ChangedLine when the content is not what `seen` names.
    """
    task = get_visible(session, Inspection, actor, case_id, lock=True)
    power = team_power(session, actor, task, "save_line")
    shown = _line(session, task, line)
    if _known(session, task.id, device_key):
        return shown
    if not may_fill(task):
        raise StepRefused([Refusal(say("现在不在现场检查，指标不能改。"))], "save_line")
    data = _checked(data)
    if shown.mark != seen:
        raise _changed(session, task, shown)
    figure = shown.figure
    figure.reported, figure.due, figure.device_key = data.reported, data.due, device_key
    _note(session, task, line, data)
    session.add(
        LineChange(
            case_id=task.id,
            line=line,
            device_key=device_key,
            user_id=actor.user_id,
            at=now,
            reported=data.reported,
            due=data.due,
        )
    )
    session.flush()
    _audit(session, actor, task, "save", line, now, request_id, power.on_behalf_of)
    return _line(session, task, line)


def add_line(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    name: str,
    measure: str,
    nature: str,
    period: str,
    reported: Decimal | None,
    source: str,
    now: datetime,
    request_id: str | None = None,
) -> CaseFigure:
    """One more indicator to check, with what was reported and where that stands."""
    task = get_visible(session, Inspection, actor, case_id, lock=True)
    power = team_power(session, actor, task, "add_line")
    _refuse_late(task)
    if not name.strip() or len(name.strip()) > 80:
        raise BadInput("name", say("请写指标名称，不超过 80 字。"))
    if nature not in NATURES:
        raise BadInput("nature", say("请选指标种类。"))
    last = session.scalar(select(func.max(CaseFigure.line)).where(CaseFigure.case_id == task.id))
    if (last or 0) >= _MOST_LINES:
        raise BadInput("name", say("一件检查最多 %(most)s 个指标。", most=_MOST_LINES))
    row = CaseFigure(
        case_id=task.id,
        line=(last or 0) + 1,
        name=name.strip(),
        measure=measure.strip(),
        nature=nature,
        period=period.strip(),
        reported=reported,
        due=None,
        source=source.strip(),
    )
    session.add(row)
    session.flush()
    _audit(session, actor, task, "add", row.line, now, request_id, power.on_behalf_of)
    return row


def add_photo(
    session: Session,
    actor: Actor,
    case_id: int,
    line: int,
    staged: Staged,
    *,
    place: str,
    device_key: str,
    now: datetime,
    request_id: str | None = None,
) -> EvidenceItem:
    """A photograph taken on site for one indicator: a file with its hash, and evidence."""
    task = get_visible(session, Inspection, actor, case_id, lock=True)
    team_power(session, actor, task, "add_photo")
    if not may_fill(task):
        raise StepRefused([Refusal(say("现在不在现场检查，不能取证。"))], "add_photo")
    shown = _line(session, task, line)
    known = session.scalars(
        select(EvidenceItem).where(
            EvidenceItem.case_id == task.id, EvidenceItem.device_key == device_key
        )
    ).one_or_none()
    if known is not None:
        return known
    if not staged.media_type.startswith("image/"):
        raise BadInput("photo", say("请选照片。"))
    file = attach(
        session, actor, task, staged, now=now, label=PHOTO_LABEL, internal=True,
        request_id=request_id,
    )  # fmt: skip
    data = EvidenceData(
        name=f"{shown.figure.name}现场照片"[:120],
        form="photo",
        quantity="1 张",
        place=place or task.unit_name,
        keeper=actor.name,
        taken_at=now,
        attachment_id=file.id,
        figure_line=line,
        device_key=device_key,
    )
    return add_evidence(session, actor, task, data, now=now, request_id=request_id)


def _known(session: Session, case_id: int, device_key: str) -> bool:
    if not 8 <= len(device_key) <= 64 or not device_key.isascii():
        raise BadInput("device_key", say("页面不完整，请重新打开后再提交"))
    query = select(LineChange.id).where(
        LineChange.case_id == case_id, LineChange.device_key == device_key
    )
    return session.scalar(query) is not None


def _checked(data: LineInput) -> LineInput:
    if any(ground not in GROUNDS for ground in data.grounds):
        raise BadInput("grounds", say("请选依据。"))
    if len(data.remark) > 200 or len(data.witness) > 60:
        raise BadInput("remark", say("写得太长。"))
    if data.withheld and not data.remark.strip():
        raise BadInput("remark", say("请写明对方怎样拒绝提供。"))
    if data.withheld and not data.witness.strip():
        raise BadInput("witness", say("请写见证人。"))
    return data


def _changed(session: Session, task: Inspection, shown: SiteLine) -> ChangedLine:
    last = session.execute(
        select(LineChange.at, User.name)
        .join(User, User.id == LineChange.user_id)
        .where(LineChange.case_id == task.id, LineChange.line == shown.figure.line)
        .order_by(LineChange.id.desc())
        .limit(1)
    ).first()
    return ChangedLine(shown, last.name if last else "", last.at if last else None)


def _note(session: Session, task: Inspection, line: int, data: LineInput) -> None:
    row = session.get(InspectionLine, (task.id, line))
    if row is None:
        row = InspectionLine(case_id=task.id, line=line)
        session.add(row)
    row.grounds = ",".join(g for g in GROUNDS if g in data.grounds)
    row.remark, row.withheld = data.remark.strip(), data.withheld
    row.witness = data.witness.strip() if data.withheld else ""


def _refuse_late(task: Inspection) -> None:
    if task.state not in OPEN_STATES:
        raise StepRefused([Refusal(say("检查结果已经提出，指标核对表不能再加。"))], "add_line")


def _audit(
    session: Session,
    actor: Actor,
    task: Inspection,
    what: str,
    line: int,
    now: datetime,
    request_id: str | None,
    lender: int | None,
) -> None:
    record(
        session,
        tag=f"inspection.figure.{what}",
        at=now,
        actor_id=actor.user_id,
        on_behalf_of_id=lender,
        case_id=task.id,
        object=f"inspection:{task.id}",
        request_id=request_id,
        details={"line": line},
    )
