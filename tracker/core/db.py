"""The database: one engine, one way to write.

Returning commits, raising rolls back: `transaction()` is the only place in the product that
says `commit` or `rollback`. Readers need no ceremony; the session ends with the request.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session

from tracker.core.errors import SetupError

# The first release whose WAL cannot lose committed pages with two connections, and backports.
_WAL_FIXED = (3, 51, 3)
_WAL_BACKPORTS = {(3, 50): 7, (3, 44): 6}
_WRITER_WAIT_SECONDS = 30.0


class Base(DeclarativeBase):
    """Declarative base; constraints have fixed names, so that batch migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: take the time from core.clock")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# ---------------------------------------------------------------- the writer's door

_writing: ContextVar[bool] = ContextVar("writing", default=False)
# What is done last in every transaction, with all it has written flushed.
_at_the_end: list[Callable[[Session], None]] = []


def before_commit(work: Callable[[Session], None]) -> None:
    """Have something done last in every transaction; the same again is harmless."""
    if work not in _at_the_end:
        _at_the_end.append(work)


class _FairLock:
    """A lock that serves threads in the order they came; SQLite's own busy wait does not."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, seconds: float) -> bool:
        with self._guard:
            if not self._held and not self._queue:
                self._held = True
                return True
            turn = threading.Event()
            self._queue.append(turn)
        if turn.wait(seconds):
            return True
        with self._guard:
            if turn.is_set():  # handed over between the time-out and here
                return True
            self._queue.remove(turn)
            return False

    def release(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False


_writer_lock = _FairLock()


@contextmanager
def _writer_queue(engine: Engine) -> Iterator[None]:
    """Queue writers of one SQLite file: in order within a process, by file lock between them."""
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    if path is None:
        yield
        return
    if not _writer_lock.acquire(_WRITER_WAIT_SECONDS):
        from tracker.core.errors import Unavailable

        raise Unavailable("the writer queue did not move")
    try:
        with ExitStack() as stack:
            if path not in ("", ":memory:"):
                stack.enter_context(_file_lock(Path(f"{path}.writer")))
            yield
    finally:
        _writer_lock.release()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # Windows: SQLite's busy timeout alone
        yield
        return
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def transaction() -> Iterator[Session]:
    """One entry, one transaction: leaving the block commits, any exception rolls back.

    Whatever the session read before is forgotten first, so rights and rows are read again
    inside the writing transaction. Blocks do not nest.
    """
    if _writing.get():
        raise RuntimeError("transaction() does not nest: one entry, one transaction")
    session = db.session()
    session.rollback()
    with _writer_queue(db.engine):
        token = _writing.set(True)
        try:
            session.connection()  # BEGIN IMMEDIATE now, not at the first statement
            yield session
            session.flush()
            for work in _at_the_end:
                work(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            _writing.reset(token)


# ---------------------------------------------------------------- engine set-up


def sqlite_module() -> Any:
    """The SQLite driver: pysqlite3 (a fixed library) where it is installed, else Python's own."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2
    return dbapi2


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite release is free of the WAL-reset defect (fixed in 3.51.3)."""
    if version >= _WAL_FIXED:
        return True
    backport = _WAL_BACKPORTS.get(version[:2])
    return backport is not None and version[2] >= backport


def engine_options(uri: str) -> dict[str, Any]:
    """Options for `create_engine`; refuses addresses this product does not run on."""
    url = make_url(uri)
    backend = url.get_backend_name()
    if backend == "sqlite":
        return {
            "module": sqlite_module(),
            "connect_args": {
                "isolation_level": None,
                "timeout": _WRITER_WAIT_SECONDS,
                "check_same_thread": False,
            },
        }
    if backend == "postgresql":
        return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 24}
    raise SetupError(f"database {backend!r}: use sqlite or postgresql+psycopg")


def prepare_engine(engine: Engine) -> None:
    """Attach the pragmas and our own BEGIN to a SQLite engine; PostgreSQL needs neither."""
    if engine.dialect.name != "sqlite":
        return
    module = sqlite_module()
    version: tuple[int, int, int] = module.sqlite_version_info[:3]
    journal = "WAL" if wal_is_safe(version) else "DELETE"

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "temp_store=MEMORY",
            "cache_size=-16000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def init_db(app: Flask) -> None:
    """Bind the database to an app whose config names `SQLALCHEMY_DATABASE_URI`."""
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
