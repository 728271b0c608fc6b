"""However many press the button, one step is taken, and the others read who was quicker."""

from __future__ import annotations

from collections import Counter
from functools import partial

from tests.concurrency.racing import House, Traces, at_once, traces
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.db import db
from tracker.core.errors import ChangedMeanwhile, StepRefused

MANY = 32


def once_more(before: Traces, *, notices: int) -> Traces:
    """The traces after exactly one step more."""
    return Traces(
        "sent", before.version + 1, before.moves + 1, before.audit + 1, before.notices + notices
    )


def test_of_many_approvals_one_is_taken_and_the_others_say_who_was_quicker(house: House) -> None:
    approvers = house.hire("quick", 8, Role.DEPT_APPROVER, house.office.departments[0])
    lead_id = house.lead()
    before = traces(db.session(), lead_id)
    names = {db.session.get_one(User, n).name for n in approvers}
    outcomes = at_once(
        house.app,
        [
            partial(house.take, approvers[n % 8], lead_id, "approve", before.version)
            for n in range(MANY)
        ],
    )
    refused = [o for o in outcomes if isinstance(o, ChangedMeanwhile | StepRefused)]
    assert len(refused) == MANY - 1, [o for o in outcomes if isinstance(o, Exception)][:3]
    assert outcomes.count("") == 1, "one took the step, and it gives no number yet"
    for error in refused:
        words = str(error.what if isinstance(error, ChangedMeanwhile) else error.refusals[0].why)
        assert any(name in words for name in names), words
        assert "批准并移送" in words
        assert "待接收" in words
    # The next holder and the drafter are told, each once.
    assert traces(db.session(), lead_id) == once_more(before, notices=2)


def test_the_same_through_the_pages(house: House) -> None:
    approvers = house.hire("quick", MANY // 2, Role.DEPT_APPROVER, house.office.departments[0])
    lead_id = house.lead()
    before = traces(db.session(), lead_id)
    cookies = [house.cookie(user_id) for user_id in approvers for _ in range(2)]
    send = partial(house.post, lead_id=lead_id, step="approve", version=before.version)
    answers = at_once(house.app, [partial(send, cookie) for cookie in cookies])
    assert not [a for a in answers if isinstance(a, Exception)]
    assert Counter(a.status_code for a in answers) == {303: 1, 409: MANY - 1}
    for answer in answers:
        if answer.status_code == 409:
            assert "刚刚办了“批准并移送”，现在是“待接收”" in answer.text
    assert traces(db.session(), lead_id) == once_more(before, notices=2)


def test_opposite_steps_at_once_leave_one_of_them(house: House) -> None:
    approvers = house.hire("quick", 8, Role.DEPT_APPROVER, house.office.departments[0])
    lead_id = house.lead()
    before = traces(db.session(), lead_id)
    steps = ("approve", "send_back", "withdraw")
    outcomes = at_once(
        house.app,
        [
            partial(house.take, user_id, lead_id, steps[n % 3], before.version, note="见附件")
            for n, user_id in enumerate(approvers)
        ],
    )
    assert len([o for o in outcomes if isinstance(o, ChangedMeanwhile)]) == 7, outcomes
    after = traces(db.session(), lead_id)
    assert (after.moves, after.audit) == (before.moves + 1, before.audit + 1)
    assert after.version == before.version + 1


def test_a_withdrawal_and_a_receipt_at_once_leave_no_number_behind(house: House) -> None:
    lead_id = house.lead(upto="sent")
    before = traces(db.session(), lead_id)
    people = house.office.people
    jobs = [
        partial(house.take, people["registrar"], lead_id, "receive", before.version),
        partial(house.take, people["liaison0"], lead_id, "withdraw", before.version, note="误报"),
    ] * 4
    outcomes = at_once(house.app, jobs)
    won = [o for o in outcomes if not isinstance(o, Exception)]
    assert len(won) == 1, outcomes
    after = traces(db.session(), lead_id)
    assert (after.state == "registered") == bool(won[0])
