"""The installation's database, for commands that read it without starting the web."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.core.calendar.days import Calendar

_EDITIONS = (
    "SELECT id, digest, known_on, source, reverts_id FROM calendar_editions ORDER BY known_on, id"
)
_DAYS = "SELECT edition_id, day_on, kind, name, status FROM calendar_days"
_PATIENCE_SECONDS = 5
# Reading the calendar takes no key; the settings want one.
_NO_KEY = "-" * 32


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads; a database that is away or empty is a sentence."""
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import OperationalError, ProgrammingError
    from sqlalchemy.orm import Session

    from tracker.config import load_settings
    from tracker.core.db import engine_options
    from tracker.core.errors import Unavailable

    uri = load_settings().database_uri
    url = make_url(uri)
    if url.drivername.startswith("sqlite") and not Path(url.database or "").is_file():
        # Opening it would make an empty one.
        raise Unavailable(_no_database(url.database or ""))
    engine = create_engine(uri, **engine_options(uri))
    try:
        with Session(engine) as session:
            yield session
    except (OperationalError, ProgrammingError) as error:
        raise Unavailable(_no_use(error.orig)) from error
    finally:
        engine.dispose()


def _no_database(path: str) -> str:
    from tracker.core.errors import say

    return str(say("没有数据库 %(path)s：请先运行 tracker init。", path=path))


def _no_use(why: object) -> str:
    from tracker.core.errors import say

    lines = str(why).splitlines() or [type(why).__name__]
    return str(say("数据库现在不能用（%(why)s）：请先运行 tracker init。", why=lines[0]))


# ---------------------------------------------------------------- the calendar alone


@dataclass(frozen=True, slots=True)
class Known:
    """A calendar, and the newest edition it rests on."""

    calendar: Calendar
    known_on: date
    source: str


def stored_calendar(known_on: date | None) -> Known | None:
    """What the installation knows of working days; None where there is no installation.

    Only the driver is loaded: the framework and the models would take longer than the question.
    An installation that is there and cannot be read raises SetupError or Unavailable.
    """
    from tracker.config import load_settings
    from tracker.core.errors import SetupError, Unavailable

    try:
        uri = load_settings(secret_key=_NO_KEY).database_uri
    except OSError as error:
        raise SetupError(str(error)) from error
    scheme, _, rest = uri.partition("://")
    path = rest.partition("?")[0].removeprefix("/")
    if scheme.startswith("sqlite") and not Path(path).is_file():
        if _is_set_up():
            raise Unavailable(_no_database(path))
        return None
    try:
        editions, days = _from_sqlite(path) if scheme.startswith("sqlite") else _from_server(uri)
        return _known(editions, days, known_on)
    except (OSError, ValueError) as error:
        raise Unavailable(_no_use(error)) from error


def _is_set_up() -> bool:
    """Whether somebody has installed the product here, or named a database."""
    from tracker.config import default_instance_path

    instance = default_instance_path()
    files = (instance / name for name in ("config.toml", "secret"))
    return "TRACKER_DATABASE_URI" in os.environ or any(f.exists() for f in files)


def _from_sqlite(path: str) -> tuple[Sequence[Any], Sequence[Any]]:
    from tracker.core.errors import Unavailable

    driver = _sqlite()
    try:
        with closing(driver.connect(path, timeout=_PATIENCE_SECONDS)) as connection:
            # Editions never change: one that comes in between brings days that nobody asks for.
            editions = connection.execute(_EDITIONS).fetchall()
            return editions, connection.execute(_DAYS).fetchall()
    except driver.Error as error:
        raise Unavailable(_no_use(error)) from error


def _sqlite() -> Any:
    # As core.db chooses it, without the framework that core.db brings.
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2
    return dbapi2


def _from_server(uri: str) -> tuple[Sequence[Any], Sequence[Any]]:
    from tracker.core.errors import Unavailable

    if not re.match(r"postgresql(\+psycopg)?://", uri):
        raise Unavailable(_no_use(uri.partition("://")[0]))
    import psycopg

    address = "postgresql://" + uri.partition("://")[2]
    try:
        with psycopg.connect(address, connect_timeout=_PATIENCE_SECONDS) as connection:
            editions = connection.execute(_EDITIONS).fetchall()
            return editions, connection.execute(_DAYS).fetchall()
    except psycopg.Error as error:
        raise Unavailable(_no_use(error)) from error


def _known(editions: Sequence[Any], rows: Sequence[Any], known_on: date | None) -> Known:
    from tracker.core.calendar.days import Day, DayKind, DayStatus
    from tracker.core.calendar.layers import EditionRow, chosen_rows, laid_over
    from tracker.core.errors import Unavailable

    named = [EditionRow(n, digest, _date(on), *rest) for n, digest, on, *rest in editions]
    chosen = chosen_rows(named, known_on, None)
    if not chosen:
        raise Unavailable("数据库里没有工作日历：请先运行 tracker init。")
    sources = {row.id: row.source for row in chosen}
    kinds = {kind.value: kind for kind in DayKind}
    statuses = {status.value: status for status in DayStatus}
    days: dict[int, list[Day]] = {row.id: [] for row in chosen}
    for edition, on, kind, name, status in rows:
        if edition in days:
            source = sources[edition]
            days[edition].append(Day(_date(on), kinds[kind], name, statuses[status], source))
    gone = {row.reverts_id for row in chosen}
    used = [row for row in chosen if row.reverts_id is None and row.id not in gone]
    newest = (used or chosen)[-1]
    return Known(laid_over(chosen, days), newest.known_on, newest.source)


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
