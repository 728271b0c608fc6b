"""Official numbers drawn at the same moment have no gaps and no doubles."""

from __future__ import annotations

import re
from functools import partial

from sqlalchemy import select

from tests.concurrency.racing import House, at_once, traces
from tracker.core.db import db
from tracker.core.documents.models import Number
from tracker.core.errors import ChangedMeanwhile

MANY = 16


def test_sixteen_receipts_at_once_are_numbered_one_to_sixteen(house: House) -> None:
    leads = [house.lead(upto="sent") for _ in range(MANY)]
    seen = traces(db.session(), leads[0]).version
    registrar = house.office.people["registrar"]
    jobs = [partial(house.take, registrar, lead_id, "receive", seen) for lead_id in leads]
    drawn = at_once(house.app, jobs)
    assert not [d for d in drawn if isinstance(d, Exception)]
    serials = sorted(int(re.findall(r"〕(\d+)号", text)[0]) for text in drawn)
    assert serials == list(range(1, MANY + 1))


def test_a_receipt_that_comes_too_late_gives_its_number_back(house: House) -> None:
    leads = [house.lead(upto="sent") for _ in range(4)]
    seen = traces(db.session(), leads[0]).version
    registrar = house.office.people["registrar"]
    jobs = [partial(house.take, registrar, n, "receive", seen) for n in leads for _ in range(3)]
    outcomes = at_once(house.app, jobs)
    assert len([o for o in outcomes if isinstance(o, ChangedMeanwhile)]) == 8, outcomes
    rows = db.session.execute(
        select(Number.serial, Number.case_id).where(Number.type == "线").order_by(Number.serial)
    ).all()
    assert [row.serial for row in rows] == [1, 2, 3, 4]
    assert sorted(row.case_id for row in rows) == sorted(leads)
