"""One step on many cases: chosen, looked at, then taken case by case through the same door.

A case is taken and its row of the run marked in one transaction, or neither. So a row is done once
however often a request comes, from however many pages, and whatever dies.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.audit.service import record
from tracker.core.cases.answers import as_json, from_json
from tracker.core.cases.bulk_steps import refusals_in, workers
from tracker.core.cases.flow import Step, flows
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.cases.workplace import BulkRow, BulkRun
from tracker.core.errors import (
    BadInput,
    NotVisible,
    Refusal,
    Sentence,
    StepRefused,
    TrackerError,
    say,
)
from tracker.core.notices.wording import pack, unpack

# More than a person can look through before; a list this long is narrowed first.
MOST = 2000
_OPEN = ("chosen", "running")
_KEEP = timedelta(days=7)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Count:
    """How the rows of a run stand."""

    waiting: int
    done: int
    refused: int

    @property
    def all(self) -> int:
        """Every row."""
        return self.waiting + self.done + self.refused


# ---------------------------------------------------------------- choosing


def choose(
    session: Session,
    actor: Actor,
    where: ColumnElement[bool],
    *,
    now: datetime,
    back: str = "",
    seen: Mapping[int, int] | None = None,
) -> BulkRun:
    """Note the cases that meet a condition, with their versions; `back` is where to return to.

    `seen` are the versions that stood on a page, where they are known. BadInput when there is no
    case, or more than can be looked through.
    """
    rows = session.execute(
        select(Case.id, Case.version)
        .where(where, visible(actor))
        .order_by(Case.due_order, Case.id)
        .limit(MOST + 1)
    ).all()
    if not rows:
        raise BadInput("case_id", say("请先选要办的事项。"))
    if len(rows) > MOST:
        raise BadInput("case_id", say("一次最多选 %(most)s 件，请先缩小范围。", most=MOST))
    run = BulkRun(user_id=actor.user_id, kind="", step="", args=back[:1000], made_at=now)
    session.add(run)
    session.flush()
    known = seen or {}
    session.execute(
        insert(BulkRow),
        [
            {"run_id": run.id, "seq": n, "case_id": row.id, "seen": known.get(row.id, row.version)}
            for n, row in enumerate(rows, 1)
        ],
    )
    return run


def settle(
    session: Session,
    actor: Actor,
    run_id: int,
    kind: str,
    step: Step,
    inputs: Mapping[str, Any],
) -> BulkRun:
    """Say which step is meant and how its questions are answered, as often as one likes before."""
    run = mine(session, actor, run_id)
    changed = session.execute(
        update(BulkRun)
        .where(BulkRun.id == run.id, BulkRun.state == "chosen")
        .values(kind=kind, step=step.name, inputs=as_json(inputs))
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise StepRefused([Refusal(say("这一批已经开始办理，不能再改。"))], "bulk")
    session.refresh(run)
    return run


def mine(session: Session, actor: Actor, run_id: int) -> BulkRun:
    """A run of the actor's own; NotVisible for any other."""
    query = select(BulkRun).where(BulkRun.id == run_id, BulkRun.user_id == actor.user_id)
    run = session.scalars(query).one_or_none()
    if run is None:
        raise NotVisible(f"bulk {run_id}")
    return run


def latest(session: Session, actor: Actor, limit: int = 20) -> Sequence[tuple[BulkRun, Count]]:
    """The actor's own runs, the newest first, and how far each is."""
    runs = session.scalars(
        select(BulkRun)
        .where(BulkRun.user_id == actor.user_id)
        .order_by(BulkRun.id.desc())
        .limit(limit)
    ).all()
    counted = _counts(session, [run.id for run in runs])
    return [(run, counted[run.id]) for run in runs]


def count(session: Session, run: BulkRun) -> Count:
    """How the rows of a run stand now."""
    return _counts(session, [run.id])[run.id]


def answers_of(run: BulkRun) -> dict[str, Any]:
    """The answers of the form, the same for every case."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in from_json(run.inputs).items()}


# ---------------------------------------------------------------- doing


def start(
    session: Session, actor: Actor, run_id: int, *, now: datetime, request_id: str | None = None
) -> BulkRun:
    """Let a settled run begin; once, however often it is asked."""
    run = mine(session, actor, run_id)
    if not run.step:
        raise StepRefused([Refusal(say("还没有选要办的一步。"))], "bulk")
    if _turn(session, run, ("chosen",), "running", None):
        rows = count(session, run).all
        _note(session, run, actor, "start", now, request_id, {"rows": rows})
    return run


def work_some(
    session: Session,
    actor: Actor,
    run_id: int,
    most: int,
    *,
    now: datetime,
    request_id: str | None = None,
) -> int:
    """Take the step on the next few cases of a running run; how many, 0 when none is left.

    Each has a savepoint of its own: what stands against a case is noted with its row and stops
    no other. Only a database that does not answer is raised; then all of these wait again.
    """
    run = mine(session, actor, run_id)
    if run.state != "running":
        return 0
    rows = session.scalars(
        select(BulkRow)
        .where(BulkRow.run_id == run.id, BulkRow.result == "waiting")
        .order_by(BulkRow.seq)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    answers = answers_of(run)
    against = [_take(session, actor, run, row, answers, now, request_id) for row in rows]
    # Marked together behind the last: they are of one transaction with what was done.
    for row, why in zip(rows, against, strict=True):
        row.result, row.why = ("refused" if why else "done"), _packed(why)
    session.flush()
    return len(rows)


def finish(
    session: Session, actor: Actor, run_id: int, *, now: datetime, request_id: str | None = None
) -> BulkRun:
    """Close a running run that has no case left to take; until then nothing happens."""
    run = mine(session, actor, run_id)
    counted = count(session, run)
    if not counted.waiting and _turn(session, run, ("running",), "done", now):
        details = {"done": counted.done, "refused": counted.refused}
        _note(session, run, actor, "end", now, request_id, details)
    return run


def drop(
    session: Session, actor: Actor, run_id: int, *, now: datetime, request_id: str | None = None
) -> BulkRun:
    """Give a run up: what has been done stays done, the rest is not touched."""
    run = mine(session, actor, run_id)
    begun = run.state == "running"
    if _turn(session, run, _OPEN, "dropped", now) and begun:
        counted = count(session, run)
        details = {"done": counted.done, "refused": counted.refused, "left": counted.waiting}
        _note(session, run, actor, "drop", now, request_id, details)
    return run


def again(session: Session, actor: Actor, run_id: int, *, now: datetime) -> BulkRun:
    """A new run of the cases that were not done, as they are now, with the same step and answers.

    BadInput when none of them is there any more, StepRefused while the run is not over.
    """
    old = mine(session, actor, run_id)
    if old.state in _OPEN:
        raise StepRefused([Refusal(say("这一批还没有办完。"))], "bulk")
    left = select(BulkRow.case_id).where(BulkRow.run_id == old.id, BulkRow.result != "done")
    run = choose(session, actor, Case.id.in_(left), now=now, back=old.args)
    run.kind, run.step, run.inputs = old.kind, old.step, old.inputs
    session.flush()
    return run


def forget_old_runs(session: Session, now: datetime) -> int:
    """Give up what was chosen and not gone on with for a week."""
    gone = session.execute(
        update(BulkRun)
        .where(BulkRun.state == "chosen", BulkRun.made_at < now - _KEEP)
        .values(state="dropped", ended_at=now)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


# ---------------------------------------------------------------- one row


def refusals_of(row: BulkRow) -> tuple[Refusal, ...]:
    """Why a row was refused; empty for any other."""
    said = json.loads(row.why) if row.why else []
    return tuple(
        Refusal(*(None if part is None else unpack(part[0], part[1]) for part in parts))  # type: ignore[arg-type]
        for parts in said
    )


def _packed(refusals: Sequence[Refusal]) -> str:
    if not refusals:
        return ""
    said = [[_parted(r.why), _parted(r.who), _parted(r.instead)] for r in refusals]
    return json.dumps(said, ensure_ascii=False)


def _parted(sentence: Sentence | None) -> list[Any] | None:
    return None if sentence is None else [sentence.text, pack(sentence)]


def _take(
    session: Session,
    actor: Actor,
    run: BulkRun,
    row: BulkRow,
    answers: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> tuple[Refusal, ...]:
    """Take the step on one case; why not, where it cannot."""
    worker = workers.get(run.kind)
    if worker is None:
        return (Refusal(say("这类事项不能批量办理。")),)
    flow = flows.get(run.kind)
    case_id, step = row.case_id, flow.step(run.step)
    try:
        with session.begin_nested():
            worker.take(
                session, actor, case_id, step.name, answers,
                seen=row.seen, now=now, request_id=request_id,
            )  # fmt: skip
    except TrackerError as error:
        if isinstance(error, StepRefused):
            _note_refusal(session, actor, run, case_id, error, now, request_id)
        # Read anew: the savepoint has put the row back, and not what was read of it.
        case = session.scalar(
            select(Case)
            .where(Case.id == case_id, visible(actor))
            .execution_options(populate_existing=True)
        )
        return refusals_in(error, flow, step, case, actor)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # One bad case stops no other; the savepoint has undone what it began.
        log.exception("bulk run %s failed at case %s", run.id, case_id)
        words = say("这件出了意外，没有办成，编号 %(id)s。", id=request_id or "—")
        return (Refusal(words, instead=say("请单独办理，或者把编号告诉管理员")),)
    return ()


def _note_refusal(
    session: Session,
    actor: Actor,
    run: BulkRun,
    case_id: int,
    error: StepRefused,
    now: datetime,
    request_id: str | None,
) -> None:
    record(
        session,
        tag="step.refused",
        at=now,
        actor_id=actor.user_id,
        object=f"bulk:{run.id}:{error.step}"[:120],
        result="refused",
        reason="；".join(str(r.why) for r in error.refusals),
        request_id=request_id,
        details={"case": case_id},
    )


# ---------------------------------------------------------------- the run


def _turn(
    session: Session, run: BulkRun, before: Sequence[str], after: str, ended: datetime | None
) -> bool:
    """Move a run on; False when somebody has been quicker."""
    changed = session.execute(
        update(BulkRun)
        .where(BulkRun.id == run.id, BulkRun.state.in_(before))
        .values(state=after, ended_at=ended)
        .execution_options(synchronize_session=False)
    )
    session.refresh(run)
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _counts(session: Session, run_ids: Sequence[int]) -> dict[int, Count]:
    found = {run_id: dict.fromkeys(("waiting", "done", "refused"), 0) for run_id in run_ids}
    for run_id, result, n in session.execute(
        select(BulkRow.run_id, BulkRow.result, func.count())
        .where(BulkRow.run_id.in_(run_ids))
        .group_by(BulkRow.run_id, BulkRow.result)
    ):
        found[run_id][result] = n
    return {run_id: Count(**by_result) for run_id, by_result in found.items()}


def _note(
    session: Session,
    run: BulkRun,
    actor: Actor,
    what: str,
    now: datetime,
    request_id: str | None,
    details: Mapping[str, Any],
) -> None:
    record(
        session,
        tag=f"bulk.{what}",
        at=now,
        actor_id=actor.user_id,
        object=f"bulk:{run.id}",
        request_id=request_id,
        details={"kind": run.kind, "step": run.step, **details},
    )
