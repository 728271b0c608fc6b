"""The table of periodic jobs, and the worker that runs them.

APScheduler is a ticker only: what is due lies in our own tables, and each row is claimed in a
transaction. Any number of workers may run; none leads. A worker whose clock jumped does nothing
until its clock is right again or an administrator has confirmed it.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.core.accounts.lockout import forget_old
from tracker.core.accounts.parked import forget_parked
from tracker.core.accounts.sessions import close_worn_out
from tracker.core.cases import expiry, file_text, indexing
from tracker.core.cases.bulk import forget_old_runs
from tracker.core.cases.outside import about
from tracker.core.cases.people import Rights, may_see, recipients
from tracker.core.clock import OFFICE_ZONE, utc_now
from tracker.core.db import db, transaction
from tracker.core.notices import sending
from tracker.core.notices import service as notices
from tracker.core.notices.channels.settings import load_channels
from tracker.core.reminders import outages
from tracker.core.reminders import sweep as reminders
from tracker.core.reminders.clockwatch import ClockWatch
from tracker.core.reminders.heartbeat import beat
from tracker.core.reminders.reconcile import reconcile
from tracker.core.reminders.timetable import EVERY, RECONCILE, SWEEP
from tracker.core.staff.importing import forget_old_imports
from tracker.web.once import forget_old_keys
from tracker.workflows.programmes import cycle
from tracker.workflows.vacancies import watching

# A quiet job says so no oftener than this; a failure or a recovery is said at once.
_BEAT_EVERY = timedelta(seconds=30)
# One run ends after so many rows, or so long, and says that it lives.
_MOST_ROWS = 500
_SWEEP_SECONDS = 45.0
_MOST_FILES, _FILE_SECONDS = 40, 15.0

logger = logging.getLogger(__name__)


class Differs(Exception):
    """A job has done its work and found something that should not be: it is red, with this note."""


@dataclass(frozen=True, slots=True)
class Job:
    """A name, how often, and what to do: answers a word on what it did, empty if nothing."""

    name: str
    every: float
    run: Callable[[datetime], str]


# Each takes (session, now), removes what is out of date, and answers how many rows that were.
CLEANERS: list[Callable[[Session, datetime], int]] = [
    close_worn_out,
    forget_old,
    forget_parked,
    forget_old_keys,
    forget_old_imports,
    forget_old_runs,
]


def deliver_notices(now: datetime) -> str:
    """Empty the outbox."""
    if not notices.anything_queued(db.session(), now):
        return ""
    done: dict[str, int] = {}
    for _row in range(_MOST_ROWS):
        with transaction() as session:
            state = notices.deliver_one(session, now, may_see)
        if state is None:
            break
        done[state] = done.get(state, 0) + 1
    return _said(done)


def send_messages(now: datetime) -> str:
    """Send what is queued for outside; without settings there is no way out and nothing to do."""
    if not sending.anything_to_send(db.session(), now):
        return ""
    settings: Settings = current_app.config["TRACKER_SETTINGS"]
    channels = load_channels(settings.instance_path)
    house = sending.House(channels, may_see, about, utc_now)
    return _said(sending.send_due(house, most=_MOST_ROWS))


def sweep_reminders(now: datetime) -> str:
    """Send the reminders that are due; after a silence, write down how long it was first."""
    if outages.silent_since(db.session(), now) is not None:
        with transaction() as session:
            outages.note_return(session, now)
    if not reminders.anything_due(db.session(), now):
        return ""
    done: dict[str, int] = {}
    for swept in reminders.sweep(now, recipients, Rights(now), seconds=_SWEEP_SECONDS):
        done[swept.state] = done.get(swept.state, 0) + 1
    return _said(done)


def reconcile_reminders(now: datetime) -> str:
    """Compare what should be in the ledger with what is, and with what people got."""
    found = reconcile(now)
    if found.count:
        raise Differs(found.words)
    return ""


def post_expiries(now: datetime) -> str:
    """Tell of enforcement certificates that run out."""
    if not expiry.anything_expiring(db.session(), now):
        return ""
    with transaction() as session:
        return _said({"queued": expiry.post_expiries(session, now)})


def index_files(now: datetime) -> str:
    """Read new files for the search, and index what an earlier release had indexed its way."""
    done = file_text.read_files(now, most=_MOST_FILES, seconds=_FILE_SECONDS)
    done["indexed"] = indexing.catch_up(_FILE_SECONDS)
    return _said({name: count for name, count in done.items() if count})


def clean(now: datetime) -> str:
    """Remove what nobody needs any more; one cleaner that fails does not stop the others."""
    done: dict[str, int] = {}
    failed: list[Exception] = []
    for cleaner in CLEANERS:
        try:
            with transaction() as session:
                done[cleaner.__name__] = cleaner(session, now)
        except Exception as error:
            logger.exception("cleaner %s failed", cleaner.__name__)
            failed.append(error)
    if failed:
        raise ExceptionGroup("cleaners failed", failed)
    return _said({name: count for name, count in done.items() if count})


_RUNS: dict[str, Callable[[datetime], str]] = {
    "deliver_notices": deliver_notices,
    "send_messages": send_messages,
    SWEEP: sweep_reminders,
    RECONCILE: reconcile_reminders,
    "post_expiries": post_expiries,
    "plan_years": cycle.make_next,
    "watch_norms": watching.watch,
    "index_files": index_files,
    "clean": clean,
}
# The timetable says which jobs there are and how often; here is what they do.
JOBS: tuple[Job, ...] = tuple(Job(name, EVERY[name], run) for name, run in _RUNS.items())


class Runner:
    """Runs a job in an app context, and writes its heartbeat."""

    def __init__(self, app: Flask, watch: ClockWatch | None = None) -> None:
        self._app = app
        self._watch = watch
        self._beats: dict[str, tuple[datetime, bool]] = {}

    def run(self, job: Job) -> bool:
        """Whether the job went well. Never raises: the next tick comes in any case."""
        with self._app.app_context():
            try:
                note, ok = self._do(job)
            except Differs as found:
                note, ok = str(found), False
            except Exception as error:
                logger.exception("job %s failed", job.name)
                note, ok = type(error).__name__, False
            finally:
                db.session.remove()
            try:
                self._beat(job.name, self._now(), ok=ok, note=note)
            except Exception:
                # The database is away: silence is what the others will see.
                logger.exception("heartbeat of %s failed", job.name)
                ok = False
            finally:
                db.session.remove()
            return ok

    def _do(self, job: Job) -> tuple[str, bool]:
        if self._watch is not None and self._watch.suspicious():
            with transaction() as session:
                believed = self._watch.look(session)
            if not believed:
                return "clock_hold", False
        return job.run(self._now()), True

    def _now(self) -> datetime:
        return utc_now() if self._watch is None else self._watch.now()

    def _beat(self, name: str, now: datetime, *, ok: bool, note: str) -> None:
        before = self._beats.get(name)
        quiet = before is not None and before[1] and ok and not note
        if quiet and before is not None and now - before[0] < _BEAT_EVERY:
            return
        with transaction() as session:
            beat(session, name, now, ok=ok, note=note)
        self._beats[name] = (now, ok)


def run_worker(
    app: Flask,
    stop_event: threading.Event | None = None,
    *,
    once: bool = False,
    jobs: tuple[Job, ...] = JOBS,
) -> bool:
    """Run the jobs until told to stop (SIGTERM, SIGINT or the event); `once` runs each one time.

    Answers whether every job of a single run went well.
    """
    runner = Runner(app, ClockWatch())
    if once:
        went_well = [runner.run(job) for job in jobs]
        return all(went_well)
    stop = stop_event or threading.Event()
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # two lines for every tick
    scheduler = _ticker(jobs, runner)
    restore = _stop_on_signals(stop)
    scheduler.start()
    logger.info("worker started: %s", ", ".join(job.name for job in jobs))
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)  # a row that is being sent is finished first
        restore()
        logger.info("worker stopped")
    return True


def _ticker(jobs: tuple[Job, ...], runner: Runner) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(max(len(jobs), 1))},
        # The default grace of one second would drop late runs without a word.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=OFFICE_ZONE,
    )
    for job in jobs:
        scheduler.add_job(
            runner.run,
            IntervalTrigger(seconds=job.every, timezone=OFFICE_ZONE),
            args=[job],
            id=job.name,
            next_run_time=utc_now(),
        )
    return scheduler


def _stop_on_signals(stop: threading.Event) -> Callable[[], None]:
    """Let SIGTERM and SIGINT end the worker between two rows; answers how to undo that."""
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    before = {
        number: signal.signal(number, lambda _number, _frame: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return restore


def _said(done: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(done.items()))
