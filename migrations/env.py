"""How migrations run: each whole or not at all, on an engine of their own.

SQLite rebuilds a table to alter it. With foreign keys on, dropping the old one would delete every
child row, and the pragma is ignored inside a transaction: so they are off on this engine from the
start, and every migration is checked before it is committed. The product's own connections keep
them on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, Engine, NullPool, TypeDecorator, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.schema import SchemaItem

from tracker.app import import_models
from tracker.core.db import db, engine_options

# The tables in which SQLite keeps a full-text index; no model stands for them.
_FULL_TEXT = ("_fts", "_fts_data", "_fts_idx", "_fts_docsize", "_fts_content", "_fts_config")
# Rather a refused migration than an office that waits behind one.
_LOCK_SECONDS = 5


def _url() -> str:
    """The database named by the caller, else the one of the running app."""
    named = context.config.attributes.get("url")
    return str(named or current_app.config["SQLALCHEMY_DATABASE_URI"])


def _engine(url: str) -> Engine:
    options: dict[str, Any] = {"poolclass": NullPool}
    if make_url(url).get_backend_name() == "sqlite":
        product = engine_options(url)
        options |= {"module": product["module"], "connect_args": product["connect_args"]}
    else:
        options["connect_args"] = {"options": f"-c lock_timeout={_LOCK_SECONDS}s"}
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _before_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _before_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("foreign_keys=OFF", "secure_delete=ON", "synchronous=FULL", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_references(
    ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]
) -> None:
    """Runs inside the migration's transaction: raising undoes it."""
    connection = ctx.connection
    if connection is None or connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(
            f"{step.up_revision_id}: {len(broken)} references would point nowhere,"
            f" first in table {broken[0][0]}; the migration is undone"
        )


def _include(
    thing: SchemaItem, name: str | None, kind: str, reflected: bool, _compared: SchemaItem | None
) -> bool:
    return not (kind == "table" and reflected and name and name.endswith(_FULL_TEXT))


def _render(kind: str, thing: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the database knows them: migrations import no product."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


def _number(ctx: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    """Give a new migration the next number; write none when nothing changed."""
    if not directives:
        return
    script = directives[0]
    if getattr(context.config.cmd_opts, "autogenerate", False) and (
        script.upgrade_ops is None or script.upgrade_ops.is_empty()
    ):
        directives.clear()
        return
    head = ScriptDirectory.from_config(context.config).get_current_head()
    script.rev_id = f"{int(head or 0) + 1:04d}"


def _run() -> None:
    import_models()
    engine = _engine(_url())
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            transactional_ddl=True,
            transaction_per_migration=True,
            compare_type=True,
            include_object=_include,
            render_item=_render,
            on_version_apply=_check_references,
            process_revision_directives=_number,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("migrations run against a database: the checks after each one need it")
_run()
