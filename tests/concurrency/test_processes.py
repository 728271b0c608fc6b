"""Several processes and threads write to one database: nobody is turned away."""

from __future__ import annotations

import json
import subprocess
import sys

from sqlalchemy import func, select

from tests.concurrency.racing import House, all_cases
from tests.helpers.databases import ROOT
from tracker.config import Settings
from tracker.core.audit.models import AuditRow
from tracker.core.audit.verify import verify
from tracker.core.cases.models import Move
from tracker.core.db import db

PROCESSES, THREADS, EACH = 2, 4, 3


def test_two_processes_with_threads_write_without_a_locked_database(house: House) -> None:
    settings: Settings = house.app.config["TRACKER_SETTINGS"]
    office = house.office
    command = [
        sys.executable, "-m", "tests.concurrency.writer", str(settings.instance_path),
        settings.database_uri, str(office.departments[0]), json.dumps(office.people),
        str(THREADS), str(EACH),
    ]  # fmt: skip
    writers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]
    made: list[int] = []
    for writer in writers:
        out, err = writer.communicate(timeout=90)
        assert writer.returncode == 0, err.decode()[-2000:]
        answer = json.loads(out)
        assert answer["wrong"] == []
        made += answer["made"]
    assert sorted(made) == all_cases(db.session())
    assert len(made) == PROCESSES * THREADS * EACH
    assert db.session.scalar(select(func.count()).select_from(Move)) == 3 * len(made)
    tags = select(func.count()).where(AuditRow.tag.like("lead.move.%"))
    assert db.session.scalar(tags) == 3 * len(made)
    db.session.remove()
    with db.engine.connect() as connection:
        assert verify(connection) == []
