"""Many cases at once: what cannot is listed beside what is done, and each costs the same.

`TRACKER_BULK_CASES=500` makes it as many as an office moves in a day, against the clock.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable

from flask import Flask

from tests.bench.fill import fill
from tests.bench.office import open_office
from tests.bench.rows import Leads
from tests.performance.conftest import Bureau
from tests.performance.looking import statements
from tracker.core.calendar import store
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction

ALL = int(os.environ.get("TRACKER_BULK_CASES", "24"))
CANNOT = 37 if ALL >= 100 else 5
SECONDS = 10.0
# A case in hand of somebody else: read, judged, moved, told, found again.
MOST_STATEMENTS = 45
LARGEST_PAGE = 150_000


def leads_of(fresh_app: Callable[..., Flask]) -> Bureau:
    """A bureau whose leads wait for triage, but for a few that have only been sent."""
    app, now = fresh_app(), utc_now()
    with app.app_context():
        with transaction() as session:
            office = open_office(session, now)
        made = Leads(office, store.load(db.session()), office_date(now), mix={"triage": 1})
        db.session.remove()
        fill(db.engine, made.rows(ALL - CANNOT))
        made._mix = {"sent": 1}
        fill(db.engine, made.rows(CANNOT, first=ALL - CANNOT + 1))
    return Bureau(app, office)


def test_many_are_reassigned_and_the_rest_is_listed(fresh_app: Callable[..., Flask]) -> None:
    bureau = leads_of(fresh_app)
    browser = bureau.browser("supervisor")
    took: dict[str, float] = {}

    def timed(what: str, path: str, **form: object) -> str:
        begun = time.perf_counter()
        if form:
            sent = {"_once": secrets.token_urlsafe(24), **form}
            answer = browser.post(path, data=sent)
            text = answer.location
        else:
            answer = browser.get(path)
            text = answer.text
            assert len(answer.data) < LARGEST_PAGE, path
        assert answer.status_code in (200, 303), (path, answer.text)
        took[what] = took.get(what, 0) + time.perf_counter() - begun
        return text

    run = timed("choose", "/bulk/", all="1")
    assert f"{ALL - CANNOT} 件可以办，共 {ALL} 件" in timed("steps", run)
    handler = str(bureau.office.people["inspector3"])
    timed(
        "answer", f"{run}/lead/reassign",
        **{"reassign-handler": handler, "reassign-note": "岗位调整"},
    )  # fmt: skip
    assert f"办理这 {ALL - CANNOT} 件" in timed("look", run)
    page, rounds, seen, worked = "", 0, [], time.process_time()
    with statements(bureau.app) as sent:
        while not page or "data-go-on" in page:
            timed("run", f"{run}/run", go="1")
            page, rounds = timed("run", run), rounds + 1
            seen += re.findall(r'<progress[^>]*value="(\d+)"', page)
    assert re.findall(r"<dd>(\d+)</dd>", page) == [str(ALL - CANNOT), str(CANNOT), str(ALL)]
    assert "现在是“待接收”" in page
    assert len(sent) < ALL * MOST_STATEMENTS + rounds * 60
    words = ", ".join(f"{what} {seconds:.2f} s" for what, seconds in took.items())
    words += (
        f"; {time.process_time() - worked:.2f} s of work, {len(sent) / ALL:.1f} statements each"
    )
    print(f"{ALL} cases, {rounds} rounds, progress {seen}: {words}")  # noqa: T201 - a measurement
    if ALL >= 100:
        assert took["run"] < SECONDS, words
        assert seen, "no progress was shown"
