"""`tracker search`: making the index of the search anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from tracker.commands.speaking import answer, refuse


@click.group(name="search", help="搜索的索引。")
def search() -> None:
    """What an administrator does about the search."""


@search.command(name="rebuild", help="重新建立全部事项和人名的搜索索引；网站可以照常使用。")
def rebuild() -> None:
    """Every case and every name, in small transactions, with the count in between."""
    from sqlalchemy import func, select

    from tracker.core.cases import indexing
    from tracker.core.cases.models import Case
    from tracker.core.db import db, transaction
    from tracker.core.search import names

    with _product():
        total = db.session().scalar(select(func.count()).select_from(Case)) or 0
        done, after = 0, 0
        while True:
            with transaction() as session:
                portion = indexing.reindex(session, after)
            if not portion.count:
                break
            done, after = done + portion.count, portion.last
            if done % 1000 < portion.count:
                answer(f"事项 {done}/{total}")
        people = sum(sum(indexing.write_names(kind)) for kind in names.known_kinds())
        answer(f"已重建索引：事项 {done} 件，名称 {people} 个。")


@contextmanager
def _product() -> Iterator[None]:
    """The product, inside an app context; a database that is away is a sentence."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from tracker.app import create_app
    from tracker.core.db import db

    with create_app().app_context():
        try:
            yield
        except (OperationalError, ProgrammingError) as error:
            why = str(error.orig).splitlines()[0]
            refuse(f"数据库现在不能用（{why}）：请先运行 tracker init。", 1)
        finally:
            db.session.remove()
            db.engine.dispose()
