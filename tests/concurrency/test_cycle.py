"""Workers in processes of their own begin each bureau's training year once."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from tests.concurrency.racing import House
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.audit.verify import verify
from tracker.core.cases.models import Case
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction
from tracker.core.documents.models import Number
from tracker.core.registers.models import Organisation
from tracker.workflows.programmes import cycle, yearly
from tracker.workflows.programmes.models import Programme

PROCESSES, BUREAUS = 3, 4
# A fork costs no imports; what it takes over holds no connection.
_FORK = multiprocessing.get_context("fork")


def test_workers_at_once_begin_each_year_once(house: House) -> None:
    bureaus = _bureaus(house)
    db.session.remove()
    db.engine.dispose()  # no process inherits a connection
    together = _FORK.Barrier(PROCESSES)
    said: Any = _FORK.SimpleQueue()
    workers = [_FORK.Process(target=_work, args=(house, together, said)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    words = [said.get() for _ in range(PROCESSES)]
    years = yearly.years_due("150602000000", office_date(utc_now()))
    wanted = {(bureau, year) for bureau in bureaus for year in years}
    assert sum(int(word.removeprefix("made ")) for word in words if word) == len(wanted)
    rows = db.session.execute(select(Programme.house_id, Programme.year)).all()
    assert Counter((house_id, year) for house_id, year in rows) == Counter(wanted)
    # Nothing is left of the attempts that came too late: no case without its plan, no number.
    cases = db.session.scalar(
        select(func.count()).select_from(Case).where(Case.kind == "programme")
    )
    numbers = db.session.execute(
        select(Number.org_id, Number.serial).where(Number.type == "训计")
    ).all()
    assert cases == len(numbers) == len(wanted)
    assert {(o, n) for o, n in numbers} == {
        (bureau, serial) for bureau in bureaus for serial in range(1, len(years) + 1)
    }
    db.session.remove()
    with db.engine.connect() as connection:
        assert verify(connection) == []


def _work(house: House, together: Any, said: Any) -> None:
    """One run of the job, begun when all are there."""
    with house.app.app_context():
        together.wait(30)
        said.put(cycle.make_next(utc_now()))
        db.session.remove()


def _bureaus(house: House) -> list[int]:
    """The house's own bureau and more of them, each with a trainer."""
    with transaction() as session:
        made = [house.office.bureau]
        for n in range(BUREAUS - 1):
            org = Organisation(
                name=f"示例{n}区统计局", short_name=f"示例{n}", kind="bureau",
                region_code="150603000000", doc_prefix=f"示{n}",
            )  # fmt: skip
            session.add(org)
            session.flush()
            made.append(org.id)
        for n, org_id in enumerate(made):
            user = User(
                username=f"trainer{n}", name="示例", active=True, clearance=0, must_change=False,
                created_at=utc_now(),
            )  # fmt: skip
            session.add(user)
            session.flush()
            session.add(
                Grant(
                    user_id=user.id, org_id=org_id, role=Role.TRAINER.value,
                    valid_from=office_date(utc_now()),
                )
            )  # fmt: skip
    return made
