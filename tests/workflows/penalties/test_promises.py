"""What the database keeps even when a verb forgets: each defect is planted and caught."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import Table, insert, text, update
from sqlalchemy.exc import IntegrityError

from tests.workflows.penalties.walking import Office
from tracker.core.db import transaction
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import Hearing, Payment, Remedy, Service

TODAY = date(2026, 3, 2)
TABLE = cast(Table, Penalty.__table__)
# Where the case stands, the columns that are forced on it, and the promise they break.
BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("noticed", {"subject": "organ"}, "organs_and_persons"),
    (
        "deciding",
        {"proposed_fine": Decimal(100001), "range_reason": "多次"},
        "fine_within_statute",
    ),
    ("deciding", {"range_min": Decimal(70000), "range_max": Decimal(80000)}, "outside_range"),
    ("deciding", {"decided_on": TODAY}, "decided_iff"),
    # The fine was told as 60,000: nothing raises it, before a defence or after.
    ("decided", {"decision_fine": Decimal(60001)}, "never_more_than_was_told"),
    ("decided", {"notice_on": None, "notice_fine": None}, "never_more_than_was_told"),
    ("decided", {"outcome": "no_penalty", "no_penalty_ground": "minor"}, "no_penalty_is_no_fine"),
    ("deciding", {"served_on": TODAY}, "served_is_decided"),
    ("performing", {"served_on": date(2026, 3, 1)}, "served_after"),
    ("performing", {"changed_fine": Decimal(60001), "changed_on": TODAY}, "review_is_never"),
    ("finishing", {"published_on": TODAY}, "published_is_a_units"),
    ("closing", {"unpublished_on": TODAY}, "withdrawn_with_reason"),
    ("closing", {"uscc": None}, "published_is_a_units"),
    ("noticed", {"defended_on": TODAY, "notice_on": None, "notice_fine": None}, "heard_after"),
    ("investigating", {"filed_by_id": None}, "filed_by_somebody"),
    ("weighing", {"outcome": "no_penalty"}, "no_penalty_has_ground"),
]


def test_the_promises_of_a_case(session):
    wrong = []
    with transaction():
        office = Office(session)

        def look(case: Penalty) -> None:
            for at, columns, promise in BROKEN:
                if at != case.state:
                    continue
                with office.undone():
                    try:
                        session.execute(
                            update(TABLE).where(TABLE.c.id == case.id).values(**columns)
                        )
                        wrong.append(f"{at}: {columns} went through")
                    except IntegrityError as error:
                        if promise not in str(error.orig):
                            wrong.append(f"{at}: {columns}: {error.orig}")

        office.each_state(look, only={row[0] for row in BROKEN})
    assert not wrong, "\n".join(wrong)


def test_a_person_is_never_published(session):
    with transaction():
        office = Office(session)
        case = office.case("closing")
        as_if = text(
            "UPDATE penalties SET subject = 'person', proposed_fine = 0, decision_fine = 0,"
            " notice_fine = 0 WHERE id = :id"
        )
        with pytest.raises(IntegrityError, match="published_is_a_units"), session.begin_nested():
            session.execute(as_if, {"id": case.id})


ROWS: list[tuple[type, dict[str, Any], str]] = [
    (Service, {"what": "notice", "manner": "left", "served_on": TODAY}, "left_before_a_witness"),
    (Service, {"what": "notice", "manner": "electronic", "served_on": TODAY}, "by_consent"),
    (Service, {"what": "decision", "manner": "public"}, "announced_with_cause"),
    (Service, {"what": "decision", "manner": "direct"}, "served_on_a_day"),
    (Payment, {"paid_on": TODAY, "amount": Decimal(0), "voucher": "1"}, "payment_positive"),
    (
        Hearing,
        {"seq": 1, "place": "x", "recorder": "x", "notice_by": TODAY,
         "served_on": date(2026, 3, 3)},
        "told_in_time",
    ),
    (
        Hearing,
        {"seq": 1, "place": "x", "recorder": "x", "notice_by": TODAY, "public": False},
        "closed_for_a_reason",
    ),
    (
        Remedy,
        {"kind": "review", "organ": "x", "filed_on": TODAY, "result": "upheld"},
        "result_has_day",
    ),
]  # fmt: skip


def test_the_promises_of_what_hangs_on_a_case(session):
    with transaction():
        office = Office(session)
        case = office.case("performing")
        user = office.people["handler"]
        for model, columns, promise in ROWS:
            more: dict[str, Any] = {}
            if model in (Service, Payment):
                more["recorded_by_id"] = user
            if model is Hearing:
                more |= {"presider_id": user, "hearing_at": office.now}
            row = insert(model).values(case_id=case.id, **columns, **more)
            with pytest.raises(IntegrityError, match=promise), session.begin_nested():
                session.execute(row)
