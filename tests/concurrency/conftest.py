"""A house on a database of its own: threads commit, so nothing can be rolled back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.bench.office import open_office
from tests.concurrency.racing import House
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction


@pytest.fixture
def house(fresh_app: Callable[..., Flask]) -> Iterator[House]:
    app = fresh_app()
    with app.app_context():
        with transaction() as session:
            office = open_office(session, utc_now())
        yield House(app, office)
        db.session.remove()
