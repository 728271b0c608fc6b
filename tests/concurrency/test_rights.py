"""Rights count at the moment of the act, not when the page was opened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from tests.concurrency.racing import House, traces
from tracker.core.accounts.models import Grant
from tracker.core.db import db, transaction
from tracker.workflows.leads import stepforms, views


def revoke(house: House, user_id: int) -> None:
    """Take all roles from a person, in another thread as an administrator's request would."""

    def work() -> None:
        with house.app.app_context(), transaction() as session:
            session.execute(delete(Grant).where(Grant.user_id == user_id))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.parametrize("moment", ["before the form is sent", "while the form is read"])
def test_a_role_taken_between_page_and_act_refuses(
    house: House, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    lead_id = house.lead()
    before = traces(db.session(), lead_id)
    approver = house.office.people["approver0"]
    cookie = house.cookie(approver)
    if moment == "before the form is sent":
        revoke(house, approver)
    else:
        _when_read(monkeypatch, lambda: revoke(house, approver))
    answer = house.post(cookie, lead_id, "approve", version=before.version)
    assert answer.status_code in (404, 409)
    assert traces(db.session(), lead_id) == before


def _when_read(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something after the request knows its person and before its transaction begins."""
    real = stepforms.fill_step_form

    def fill(*args: Any, **kwargs: Any) -> Any:
        act()
        return real(*args, **kwargs)

    monkeypatch.setattr(views, "fill_step_form", fill)
