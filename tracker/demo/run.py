"""`tracker demo`: make the demo's data, or keep what is there, and serve it."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine, make_url

from tracker.config import Settings, ensure_secret
from tracker.core.accounts.passwords import Passwords
from tracker.core.accounts.roles import ROLE_LABELS
from tracker.core.clock import utc_now
from tracker.core.errors import SetupError, say
from tracker.demo import benchmarks
from tracker.demo.serving import serve

__all__ = ["prepare", "serve"]

Progress = Callable[[str], None]

# Says that this instance's database is a demo, and whether it was finished.
MARKER = "demo.json"
_ACTS_PER_TRANSACTION = 150


def prepare(
    settings: Settings,
    *,
    fresh: bool = False,
    progress: Progress = lambda _sentence: None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Make the demo, or keep a finished one; answers the accounts to log in with.

    A demo that was not finished is made again from the beginning, and so is any with `fresh`.
    A database that is no demo is never touched: SetupError.
    """
    if not settings.is_demo:
        raise SetupError(say("不是演示方式：演示数据只能放进演示库（mode = demo）。"))
    ensure_secret(settings.instance_path)
    found = what_is_there(settings)
    if found == "foreign":
        raise SetupError(
            say(
                "%(where)s 里有不是演示的数据，没有动它。演示请另用一个目录："
                "设置环境变量 TRACKER_INSTANCE。",
                where=make_url(settings.database_uri).database,
            )
        )
    if found == "ready" and not fresh:
        with _app(settings):
            _migrate()
        progress(str(say("演示数据已经有了，沿用。要从头再来，请加 --fresh。")))
        return _result(settings)
    if found != "nothing":
        progress(str(say("清除原来的演示数据。")))
        _wipe(settings)
    _mark(settings, "started")
    _ensure_vault_key(settings.vault_key_path)
    benchmarks.enter(settings.instance_path)
    leads, cases = _fill(settings, progress, now or utc_now())
    _mark(settings, "ready", leads=leads, cases=cases)
    progress(
        str(say("演示数据已备好：%(leads)s 条线索，%(cases)s 件案件。", leads=leads, cases=cases))
    )
    return _result(settings)


# ---------------------------------------------------------------- what is there


def what_is_there(settings: Settings) -> str:
    """ "nothing", "ready", "half" or "foreign"."""
    url = make_url(settings.database_uri)
    marker = _marker(settings)
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.exists() or path.stat().st_size == 0:
            return "nothing"
    demo, others = _count_users(settings)
    if others and not demo:
        return "foreign"
    if demo and marker is None:
        return "foreign"  # a copy of a demo, or somebody's own; not ours to delete
    if not demo and marker is None:
        return "nothing"  # set up by `tracker init`, still empty
    return "ready" if demo and marker and marker["state"] == "ready" else "half"


def _count_users(settings: Settings) -> tuple[int, int]:
    """Demo users and others; none where there is no such table."""
    with _engine(settings) as engine, engine.connect() as connection:
        if not inspect(connection).has_table("users"):
            return 0, 0
        rows = connection.execute(text("SELECT is_demo, count(*) FROM users GROUP BY is_demo"))
        counts = {bool(row[0]): int(row[1]) for row in rows}
    return counts.get(True, 0), counts.get(False, 0)


def _marker(settings: Settings) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((settings.instance_path / MARKER).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {"state": "started"}
    return found


def _mark(settings: Settings, state: str, **more: object) -> None:
    path = settings.instance_path / MARKER
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"state": state, **more}), "utf-8")
    draft.replace(path)


def _wipe(settings: Settings) -> None:
    """Remove the demo's database and files; keys stay. The marker goes last of all: it is kept."""
    url = make_url(settings.database_uri)
    if url.get_backend_name() == "sqlite":
        for tail in ("", "-wal", "-shm", "-journal", ".writer"):
            Path(f"{url.database}{tail}").unlink(missing_ok=True)
    else:
        with _engine(settings) as engine, engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    if settings.files_path.is_relative_to(settings.instance_path):
        shutil.rmtree(settings.files_path, ignore_errors=True)


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    from tracker.core.db import engine_options

    engine = create_engine(settings.database_uri, **engine_options(settings.database_uri))
    try:
        yield engine
    finally:
        engine.dispose()


# ---------------------------------------------------------------- making it


@contextmanager
def _app(settings: Settings) -> Iterator[Flask]:
    from tracker.app import create_app
    from tracker.core.db import db

    app = create_app(settings)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def _fill(settings: Settings, progress: Progress, now: datetime) -> tuple[int, int]:
    from tracker.core.calendar import store
    from tracker.core.db import db, transaction
    from tracker.core.registers.places import seed_regions
    from tracker.core.vault.keys import load_key
    from tracker.demo import cases_told, leads, organisations, people, staff, telling, units
    from tracker.demo.walking import Office
    from tracker.workflows.programmes import cycle
    from tracker.workflows.vacancies import watching

    hashed = Passwords(
        memory_kib=settings.argon2_memory_kib,
        time_cost=settings.argon2_time_cost,
        parallelism=settings.argon2_parallelism,
    ).hash(people.PASSWORD)
    with _app(settings):
        progress(str(say("建立数据库。")))
        _migrate()
        progress(str(say("装入区划、工作日历、机构和人员。")))
        with transaction() as session:
            store.seed(session, now)
            seed_regions(session)
            calendar = store.load(session)
            orgs = organisations.found(session)
            users = people.settle(session, orgs, hashed, now)
            units.enter(session)
            units.publish_caps(session, orgs, users, now)
            known = staff.enter(session, orgs, users, load_key(settings.vault_key_path), now)
            told = leads.stories(calendar, now)
            base = leads.last_workday(calendar, now)
            world = leads.World(
                {key: org.id for key, org in orgs.items()},
                {name: user.id for name, user in users.items()},
                told,
            )
            office = Office(
                world.users,
                cases_told.walks(calendar, base),
                cases_told.trades(),
                calendar,
                base,
                leads=world.leads,
                orgs=world.orgs,
                people=known,
            )
        diary = telling.diary(world, office, now)
        done = 0
        with _no_collecting():
            for part in telling.chunks(diary, _ACTS_PER_TRANSACTION):
                words = say("办理线索和案件：%(done)s / %(all)s 步。", done=done, all=len(diary))
                progress(str(words))
                with transaction() as session:
                    telling.perform(session, world, office, part)
                db.session.remove()
                done += len(part)
        progress(str(say("查找人员缺口，建立培训计划。")))
        watching.watch(now)
        cycle.make_next(now)
        with transaction() as session:
            leads.settle_old_notices(session, now)
            leads.overtake_old_reminders(session, now)
    return len(world.leads), len(office.cases)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Thousands of short-lived rows keep the garbage collector busy for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _migrate() -> None:
    import flask_migrate

    flask_migrate.upgrade()


def _ensure_vault_key(path: Path) -> None:
    from tracker.core.vault.keys import create_key

    if not path.exists():
        create_key(path)


def _result(settings: Settings) -> dict[str, Any]:
    """Who can log in: the people a visitor wants to be, by territory."""
    from tracker.demo import organisations, people

    names = {body.key: body.name for body in organisations.bodies()}
    return {
        "logins": [
            {
                "username": person.username,
                "password": people.PASSWORD,
                "role": ROLE_LABELS[person.role],
                "role_name": person.role.value,
                "organisation": names[person.org],
                "remark": str(say("统计执法证已过期")) if person.certificate == "expired" else "",
            }
            for person in people.people()
            if person.shown
        ],
        "leads": (_marker(settings) or {}).get("leads", 0),
        "cases": (_marker(settings) or {}).get("cases", 0),
    }
