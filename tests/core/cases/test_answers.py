"""Answers come back from the history as what they were."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.workflows.leads.walking import Office
from tracker.core.cases.answers import answers, as_json, from_json
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction

GIVEN = {
    "text": "台账“一月”",
    "on": date(2026, 3, 2),
    "at": datetime(2026, 3, 2, 9, 30, tzinfo=OFFICE_ZONE),
    "amount": Decimal("60000.50"),
    "count": 3,
    "yes": True,
    "no": False,
    "several": ["a", "b"],
}


def test_every_kind_of_answer_comes_back():
    assert from_json(as_json(GIVEN)) == GIVEN


def test_what_was_not_answered_is_not_kept():
    assert as_json({"a": None, "b": "", "c": ()}) == ""
    assert from_json("") == {}


def test_a_text_that_looks_like_a_mark_stays_a_text():
    assert from_json(as_json({"a": '{"$": "date", "v": "x"}'})) == {"a": '{"$": "date", "v": "x"}'}


def test_an_answer_of_another_type_is_a_mistake_of_ours():
    with pytest.raises(TypeError):
        as_json({"a": object()})


def test_the_latest_answers_of_each_step(session):
    with transaction():
        office = Office(session)
        lead = office.lead(at="triage")
        before = answers(session, lead.id)
        assert set(before) == {"assign"}
