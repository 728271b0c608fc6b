"""Evidence files: checked and stored first, then hung on a case in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO, BinaryIO, cast

from sqlalchemy.orm import Session

from tracker.core.cases.means import means
from tracker.core.cases.models import Attachment
from tracker.core.files.guard import inspect_upload
from tracker.core.files.names import clean_filename


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that lies in the store and belongs to no case yet."""

    name: str
    size: int
    sha256: str
    media_type: str
    store_id: str


def stage(name: str, upload: IO[bytes], *, field: str = "files") -> Staged:
    """Check one upload and store it; BadInput names the file and what is wrong with it."""
    content = cast(BinaryIO, upload)
    kind = inspect_upload(name, content, field=field)
    stored = means().files.save(content, limit=kind.limit, name=name)
    return Staged(clean_filename(name), stored.size, stored.sha256, kind.mime, stored.id)


def hang(
    session: Session,
    case_id: int,
    staged: Staged,
    *,
    actor_id: int,
    now: datetime,
    label: str = "",
    internal: bool = False,
) -> Attachment:
    """Hang a stored file on a case; the caller has asked whether it may, and writes the audit."""
    row = Attachment(
        case_id=case_id,
        name=staged.name,
        label=label,
        size=staged.size,
        sha256=staged.sha256,
        media_type=staged.media_type,
        store_id=staged.store_id,
        internal=internal,
        added_by_id=actor_id,
        added_at=now,
    )
    session.add(row)
    session.flush()
    return row
