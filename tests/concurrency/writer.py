"""One of several processes that write to one database: `python -m tests.concurrency.writer`."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from tests.bench.office import Office
from tests.concurrency.racing import House, at_once
from tracker.app import create_app
from tracker.config import load_settings


def main(instance: str, url: str, department: str, people: str, threads: str, each: str) -> int:
    """Write leads down from several threads; print what went wrong, as JSON."""
    app = create_app(load_settings(Path(instance), mode="test", database_uri=url))
    office = Office(departments=[int(department)], people=json.loads(people))
    house = House(app, office)

    def work() -> list[int]:
        with app.app_context():
            return [house.lead(upto="sent") for _ in range(int(each))]

    with app.app_context():
        outcomes = at_once(app, [partial(work)] * int(threads))
    wrong = [repr(o)[:300] for o in outcomes if isinstance(o, Exception)]
    made = [n for o in outcomes if not isinstance(o, Exception) for n in o]
    print(json.dumps({"wrong": wrong, "made": made}))  # noqa: T201 - the answer to the test
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
