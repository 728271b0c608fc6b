"""How migrations run (migrations/env.py), tried on small ones: whole or not at all."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from tests.helpers.databases import alembic_config, backend
from tests.house.test_migrations import connected

_HEAD = '''"""A planted migration."""
import sqlalchemy as sa
from alembic import op
revision = "{revision}"
down_revision = {before!r}
branch_labels = depends_on = None
def upgrade():
{upgrade}
def downgrade():
    pass
'''
_FAMILY = """
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("name", sa.String(10)))
    op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("parent_id", sa.Integer,
                              sa.ForeignKey("parent.id", ondelete="CASCADE")))
    op.execute("INSERT INTO parent (id, name) VALUES (1, 'a')")
    op.execute("INSERT INTO child (id, parent_id) VALUES (1, 1)")
"""


@pytest.fixture
def url(fresh_db_url):
    return fresh_db_url(empty=True)


@pytest.fixture
def planted(tmp_path, url):
    """Write migrations from their bodies and run them on an empty database."""
    config = alembic_config(url, versions=tmp_path)

    def run(*bodies: str) -> None:
        for number, body in enumerate(bodies, 1):
            (tmp_path / f"{number:04d}_planted.py").write_text(
                _HEAD.format(
                    revision=f"{number:04d}",
                    before=f"{number - 1:04d}" if number > 1 else None,
                    upgrade=body,
                ),
                "utf-8",
            )
        command.upgrade(config, "heads")

    return run


def tables(url: str) -> set[str]:
    with connected(url) as connection:
        return set(inspect(connection).get_table_names())


def test_altering_a_parent_keeps_its_children(planted, url):
    planted(
        _FAMILY,
        """
    with op.batch_alter_table("parent") as batch:
        batch.alter_column("name", type_=sa.String(20), existing_type=sa.String(10))
        batch.create_unique_constraint("uq_parent_name", ["name"])
""",
    )
    with connected(url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM child")) == 1
        if backend() == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_failing_migration_leaves_nothing_behind(planted, url):
    with pytest.raises(DBAPIError):
        planted(
            _FAMILY,
            """
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO nowhere VALUES (1)")
""",
        )
    assert "half" not in tables(url)
    assert "parent" in tables(url), "the migration before it stays"
    with connected(url) as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"


def test_a_reference_that_would_point_nowhere_undoes_the_migration(planted, url):
    orphan = '\n    op.execute("DELETE FROM parent")\n'
    if backend() == "postgresql":  # which would delete the child; so point it nowhere instead
        orphan = '\n    op.execute("UPDATE child SET parent_id = 7")\n'
    with pytest.raises((RuntimeError, DBAPIError), match=r"point nowhere|foreign key"):
        planted(_FAMILY, orphan)
    with connected(url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM parent")) == 1
        assert connection.scalar(text("SELECT parent_id FROM child")) == 1


def test_full_text_tables_are_not_taken_for_leftovers(fresh_db_url):
    url = fresh_db_url(empty=True)
    config = alembic_config(url)
    command.upgrade(config, "heads")
    create = "CREATE VIRTUAL TABLE planted_fts USING fts5(words)"
    if backend() == "postgresql":
        create = "CREATE TABLE planted_fts (words text)"
    with connected(url) as connection:
        connection.execute(text(create))
    command.check(config)
