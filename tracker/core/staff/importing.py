"""The office list taken over: read, checked in parts, then written whole or not at all."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.audit.service import record
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, NotVisible, Refusal, Sentence, StepRefused, say
from tracker.core.sheets.reading import Table, Value, read
from tracker.core.sheets.writing import Sheet, workbook
from tracker.core.staff.columns import CHOICES, HEADS, TEXT_COLUMNS, WIDTHS
from tracker.core.staff.columns import COLUMNS as COLUMNS
from tracker.core.staff.entries import Entry, Fault, read_entry
from tracker.core.staff.models import ImportRun
from tracker.core.staff.numbers import hidden
from tracker.core.staff.planning import Summary, make_plan
from tracker.core.staff.scope import WRITING_ROLES, ranges
from tracker.core.staff.takeover import write_plan
from tracker.core.vault.ciphers import PROFILES, cipher
from tracker.core.vault.keys import Kek

MOST_ROWS = 5000
MOST_BYTES = 8_000_000
MOST_FAULTS = 5000
_NEEDED = ("name", "duty", "since")
_PLACES = ("region_code", "place", "org")
_LONGEST_NAME = 200
_OPEN = ("checking", "checked")
_KEEP = timedelta(days=1)
# Row number, cells by field, and the fields known to be wrong.
_Rows = list[tuple[int, dict[str, str], list[str]]]
_GUIDE: tuple[tuple[str, str], ...] = (
    ("name", "必填"),
    ("number", "18 位，列已设成文本；已登记的人按它找到"),
    ("region_code", "6 位、9 位或 12 位，和“单位”“机构”至少填一项"),
    ("place", "地方的全称，例如 鄂尔多斯市东胜区罕台镇"),
    ("org", "部门的全称；乡镇、园区、社区自己的人员不填"),
    ("duty", "必填：" + "、".join(CHOICES["duty"])),
    ("full_time", "、".join(CHOICES["full_time"])),
    ("on_payroll", "是、否"),
    ("since", "必填，例如 2026-03-02"),
    ("until", "已经离任的才填"),
    ("rank", "、".join(CHOICES["rank"])),
    ("inducted_on", "岗前培训合格的日期；没有的，登记后不算在岗"),
    ("hours", "本年已经修满的学时"),
    ("certified_on", "填了证书名称就要填"),
    ("successor", "已经离任的，接任人的姓名"),
)


def template() -> bytes:
    """The empty list as an xlsx: code columns are text, columns with few answers offer them."""
    fields = list(COLUMNS.values())
    choices = {fields.index(name): values for name, values in CHOICES.items()}
    sheet = Sheet("名册", list(COLUMNS), widths=WIDTHS, text_columns=TEXT_COLUMNS, choices=choices)
    guide = [[HEADS[name], words] for name, words in _GUIDE]
    return workbook([sheet, Sheet("填表说明", ["列", "怎么填"], guide, widths=(16, 60))])


# ---------------------------------------------------------------- the run


def start(
    session: Session,
    actor: Actor,
    name: str,
    data: bytes,
    *,
    now: datetime,
    kek: Kek,
    request_id: str | None = None,
) -> ImportRun:
    """Read a list and put its rows away sealed; what this person had not finished is dropped.

    BadInput when the file or its head row cannot be read; faults of cells come with the check.
    """
    org_id = _house(actor)
    table = read(
        data, name, most_rows=MOST_ROWS, most_bytes=MOST_BYTES, heads=COLUMNS, keep_faults=True
    )
    _check_heads(table)
    rows = _rows(table)
    if not rows:
        raise BadInput("file", say("表格里没有人员。"))
    for old in session.scalars(
        select(ImportRun).where(ImportRun.user_id == actor.user_id, ImportRun.phase.in_(_OPEN))
    ):
        _close(old, "dropped", now)
    faults = [Fault(f.row, COLUMNS[f.head], f.why) for f in table.faults if f.head in COLUMNS]
    run = ImportRun(
        user_id=actor.user_id,
        org_id=org_id,
        file_name=name[-_LONGEST_NAME:],
        rows_total=len(rows),
        faults=_as_json(faults),
        sealed=b"",
        created_at=now,
        changed_at=now,
    )
    session.add(run)
    session.flush()
    run.sealed = _seal(rows, run.id, kek)
    session.flush()
    _note(session, run, "start", actor, now, request_id, {"rows": len(rows)})
    return run


def check_some(
    session: Session,
    actor: Actor,
    run_id: int,
    *,
    now: datetime,
    kek: Kek,
    at_once: int = 500,
) -> ImportRun:
    """Check the next rows, the last time also all rows against each other; nothing is written.

    The run ends up checked, with a summary, or refused, with every fault and without its rows.
    """
    run = _mine(session, actor, run_id)
    if run.phase != "checking":
        return run
    today = office_date(now)
    rows = _unseal(run, kek)
    some = rows[run.rows_done : run.rows_done + at_once]
    entries, faults = _read(some, today)
    found = _from_json(run.faults)
    plan = make_plan(session, actor, entries, today, kek)
    found += faults + plan.faults
    run.rows_done += len(some)
    if run.rows_done >= run.rows_total:
        if len(some) < len(rows):
            plan = make_plan(session, actor, _read(rows, today)[0], today, kek)
        found += plan.twins
        run.summary = json.dumps(asdict(plan.summary))
        if found:
            _close(run, "refused", now)
        else:
            run.phase = "checked"
    run.faults = _as_json(found)
    run.changed_at = now
    session.flush()
    return run


def write(
    session: Session,
    actor: Actor,
    run_id: int,
    *,
    now: datetime,
    kek: Kek,
    request_id: str | None = None,
) -> Summary:
    """Write every row of a checked list, in the caller's one transaction.

    Checked again first: BadInput, with nothing written, when the register has moved since.
    """
    run = _mine(session, actor, run_id)
    if run.phase != "checked":
        raise BadInput("file", say("这份名册没有通过检查，或者已经写入。"))
    today = office_date(now)
    entries, faults = _read(_unseal(run, kek), today)
    plan = make_plan(session, actor, entries, today, kek)
    if wrong := faults + plan.faults + plan.twins:
        raise BadInput(
            "file",
            say(
                "检查之后登记有了变化，%(n)s 处不再正确（%(first)s），请重新上传检查。",
                n=len(wrong),
                first=in_words(wrong[0]),
            ),
        )
    summary = plan.summary
    write_plan(session, plan, now=now, kek=kek)
    _close(run, "written", now)
    run.summary = json.dumps(asdict(summary))
    session.flush()
    _note(session, run, "write", actor, now, request_id, asdict(summary))
    return summary


def drop(
    session: Session, actor: Actor, run_id: int, *, now: datetime, request_id: str | None = None
) -> ImportRun:
    """Give a run up that has not been written; its rows are gone."""
    run = _mine(session, actor, run_id)
    if run.phase in _OPEN:
        _close(run, "dropped", now)
        session.flush()
        _note(session, run, "drop", actor, now, request_id, {})
    return run


def forget_old_imports(session: Session, now: datetime) -> int:
    """Give up what nobody has gone on with for a day; the sealed rows are gone with it."""
    runs = session.scalars(
        select(ImportRun).where(ImportRun.phase.in_(_OPEN), ImportRun.changed_at < now - _KEEP)
    ).all()
    for run in runs:
        _close(run, "dropped", now)
    return len(runs)


def faults_of(run: ImportRun) -> list[Fault]:
    """What a run found, by row and then by column."""
    return _from_json(run.faults)


def in_words(fault: Fault) -> Sentence:
    """A fault with its row and column."""
    return say(
        "第 %(n)s 行“%(column)s”：%(what)s", n=fault.row, column=fault.column, what=fault.why
    )


def _mine(session: Session, actor: Actor, run_id: int) -> ImportRun:
    query = select(ImportRun).where(ImportRun.id == run_id, ImportRun.user_id == actor.user_id)
    run = session.scalars(query.with_for_update()).one_or_none()
    if run is None:
        raise NotVisible(f"import {run_id}")
    _house(actor)
    return run


def _house(actor: Actor) -> int:
    """The body for which somebody keeps the register."""
    if not ranges(actor, WRITING_ROLES):
        raise StepRefused(
            [Refusal(say("统计人员名册由统计机构的登记员和培训管理员导入。"))], "import"
        )
    return next(p.org_id for p in actor.powers if p.role in WRITING_ROLES)


def _close(run: ImportRun, state: str, now: datetime) -> None:
    run.phase, run.sealed, run.changed_at = state, None, now


def _note(
    session: Session,
    run: ImportRun,
    what: str,
    actor: Actor,
    now: datetime,
    request_id: str | None,
    details: Mapping[str, Any],
) -> None:
    record(
        session,
        tag=f"staff.import.{what}",
        at=now,
        actor_id=actor.user_id,
        object=f"import:{run.id}",
        request_id=request_id,
        details=details,
    )


# ---------------------------------------------------------------- rows


def _check_heads(table: Table) -> None:
    missing = [HEADS[name] for name in _NEEDED if HEADS[name] not in table.heads]
    if not any(HEADS[name] in table.heads for name in _PLACES):
        missing.append(HEADS["region_code"])
    if missing:
        raise BadInput(
            "file",
            say(
                "第 %(n)s 行没有“%(heads)s”这一列，请用模板。",
                n=table.head_row,
                heads="”“".join(missing),
            ),
        )
    unknown = [head for head in table.heads if head and head not in COLUMNS]
    if unknown:
        raise BadInput(
            "file",
            say(
                "第 %(n)s 行的“%(heads)s”不是模板里的列，请删去或者改名。",
                n=table.head_row,
                heads="”“".join(unknown),
            ),
        )


def _rows(table: Table) -> _Rows:
    bad: dict[int, list[str]] = {}
    for fault in table.faults:
        bad.setdefault(fault.row, []).append(COLUMNS[fault.head])
    return [
        (number, {COLUMNS[h]: _text(v) for h, v in cells.items() if v != ""}, bad.get(number, []))
        for number, cells in table.records()
    ]


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else value


def _read(rows: _Rows, today: date) -> tuple[list[Entry], list[Fault]]:
    entries, faults = [], []
    for number, cells, bad in rows:
        entry, found = read_entry(number, cells, bad, today)
        entries.append(entry)
        faults += found
    return entries, faults


def _seal(rows: _Rows, run_id: int, kek: Kek, alg: str = PROFILES["intl"]) -> bytes:
    box = cipher(alg)
    packed = zlib.compress(json.dumps(rows, ensure_ascii=False).encode())
    key = kek.for_cipher(_sealing(alg), box.key_bytes)
    nonce, sealed = box.seal(key, packed, _context(run_id, alg))
    return alg.encode() + b"\n" + bytes([len(nonce)]) + nonce + sealed


def _unseal(run: ImportRun, kek: Kek) -> _Rows:
    name, _, rest = (run.sealed or b"").partition(b"\n")
    alg = name.decode()
    box = cipher(alg)
    key = kek.for_cipher(_sealing(alg), box.key_bytes)
    nonce, sealed = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
    packed = box.open(key, nonce, sealed, _context(run.id, alg))
    return [(number, cells, bad) for number, cells, bad in json.loads(zlib.decompress(packed))]


def _sealing(alg: str) -> str:
    return f"{alg}|staff import"


def _context(run_id: int, alg: str) -> bytes:
    return f"staff import {run_id}|{alg}".encode()


# ---------------------------------------------------------------- faults


def _as_json(faults: Sequence[Fault]) -> str:
    ordered = sorted(faults, key=lambda f: (f.row, list(HEADS).index(f.field)))
    return json.dumps(
        [{"row": f.row, "column": f.column, **_pack(f.why)} for f in ordered[:MOST_FAULTS]],
        ensure_ascii=False,
    )


def _from_json(text: str) -> list[Fault]:
    return [Fault(f["row"], COLUMNS[f["column"]], _unpack(f)) for f in json.loads(text)]


def _pack(why: Sentence) -> dict[str, Any]:
    return {
        "text": why.text,
        "params": {
            k: _pack(v) if isinstance(v, Sentence) else v if isinstance(v, int) else hidden(str(v))
            for k, v in why.params.items()
        },
    }


def _unpack(packed: Mapping[str, Any]) -> Sentence:
    return Sentence(
        packed["text"],
        {k: _unpack(v) if isinstance(v, dict) else v for k, v in packed["params"].items()},
    )
