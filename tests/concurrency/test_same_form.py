"""A double click, a form that comes back changed, and a tab that was left open."""

from __future__ import annotations

import secrets
from collections import Counter
from functools import partial

from tests.concurrency.racing import House, at_once, traces
from tracker.core.accounts.roles import Role
from tracker.core.db import db

CLICKS = 8


def test_a_double_click_does_its_work_once(house: House) -> None:
    lead_id = house.lead()
    before = traces(db.session(), lead_id)
    cookie = house.cookie(house.office.people["approver0"])
    form = {"_once": secrets.token_urlsafe(24), "version": before.version}
    answers = at_once(house.app, [partial(house.post, cookie, lead_id, "approve", **form)] * CLICKS)
    assert not [a for a in answers if isinstance(a, Exception)]
    assert Counter((a.status_code, a.headers.get("Location")) for a in answers) == {
        (303, f"/leads/{lead_id}"): CLICKS
    }
    after = traces(db.session(), lead_id)
    assert (after.moves, after.audit) == (before.moves + 1, before.audit + 1)


def test_a_used_key_with_other_contents_is_refused(house: House) -> None:
    lead_id = house.lead()
    before = traces(db.session(), lead_id)
    cookie = house.cookie(house.office.people["approver0"])
    form = {"_once": secrets.token_urlsafe(24), "version": before.version}
    assert house.post(cookie, lead_id, "approve", **form).status_code == 303
    taken = traces(db.session(), lead_id)
    other = house.post(cookie, lead_id, "approve", **form, **{"approve-note": "另写一句"})
    assert other.status_code == 422
    assert traces(db.session(), lead_id) == taken


def test_a_tab_left_open_is_told_what_changed_and_keeps_its_text(house: House) -> None:
    lead_id = house.lead()
    stale = traces(db.session(), lead_id).version
    first, second = house.hire("other", 2, *_approvers(house))
    assert house.post(
        house.cookie(first), lead_id, "send_back", version=stale, **{"send_back-note": "缺台账"}
    ).status_code == 303  # fmt: skip
    liaison = house.office.people["liaison0"]
    assert house.take(liaison, lead_id, "submit", stale + 1) == ""
    before = traces(db.session(), lead_id)
    answer = house.post(
        house.cookie(second),
        lead_id,
        "send_back",
        version=stale,
        **{"send_back-note": "我写了很久的退回理由"},
    )
    assert answer.status_code == 409
    assert "我写了很久的退回理由" in answer.text
    assert "刚刚办了“提交审批”" in answer.text
    assert traces(db.session(), lead_id) == before


def test_the_text_is_kept_even_when_the_step_is_gone(house: House) -> None:
    lead_id = house.lead()
    stale = traces(db.session(), lead_id).version
    first, second = house.hire("other", 2, *_approvers(house))
    assert house.post(house.cookie(first), lead_id, "approve", version=stale).status_code == 303
    answer = house.post(
        house.cookie(second),
        lead_id,
        "send_back",
        version=stale,
        **{"send_back-note": "我写了很久的退回理由"},
    )
    assert answer.status_code == 409
    assert "我写了很久的退回理由" in answer.text


def _approvers(house: House) -> tuple[Role, int]:
    return Role.DEPT_APPROVER, house.office.departments[0]
