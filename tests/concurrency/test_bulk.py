"""Two tabs that work on the same run take every case once between them."""

from __future__ import annotations

import secrets
from collections import Counter

from sqlalchemy import select

from tests.concurrency.racing import House, at_once
from tracker.core.cases.models import Move
from tracker.core.cases.workplace import BulkRow, BulkRun
from tracker.core.db import db

CASES, TABS = 6, 4


def test_tabs_share_the_work_and_double_nothing(house: House) -> None:
    ids = [house.lead(upto="sent") for _ in range(CASES)]
    cookie = house.cookie(house.office.people["registrar"])

    def post(path: str, **form: object) -> str:
        client = house.app.test_client()
        client.set_cookie("tracker_session", cookie)
        answer = client.post(path, data={"_once": secrets.token_urlsafe(24), **form})
        assert answer.status_code == 303, answer.text
        return answer.location

    run = post("/bulk/", case_id=[str(n) for n in ids])
    assert post(f"{run}/lead/receive") == run
    outcomes = at_once(house.app, [lambda: post(f"{run}/run")] * TABS)
    assert outcomes == [run] * TABS
    session = db.session()
    taken = session.scalars(select(Move.case_id).where(Move.step == "receive")).all()
    assert Counter(taken) == dict.fromkeys(ids, 1)
    assert set(session.scalars(select(BulkRow.result))) == {"done"}
    assert session.scalars(select(BulkRun.state)).one() == "done"
