"""The code of the room: whose it is, how long it holds."""

from __future__ import annotations

import hmac
from datetime import timedelta

import pytest

from tests.workflows.onward import at
from tracker.workflows.trainings.window import holds, new_key, poster_code, screen_code

NOW = at("2026-03-05 09:00")
KEY, OTHER = new_key(), new_key()


@pytest.mark.parametrize(
    ("later", "good"),
    [
        ({"seconds": -1}, False),
        ({"seconds": 0}, True),
        ({"seconds": 59}, True),
        ({"minutes": 2, "seconds": 59}, True),
        ({"minutes": 3}, False),
        ({"days": 1}, False),
    ],
)
def test_the_code_of_the_screen_is_soon_worth_nothing(later, good):
    assert holds(KEY, 7, screen_code(KEY, 7, NOW), NOW + timedelta(**later)) is good


def test_the_code_on_paper_holds_for_its_day():
    code = poster_code(KEY, 7, NOW)
    assert holds(KEY, 7, code, at("2026-03-05 23:59"))
    assert not holds(KEY, 7, code, at("2026-03-06 00:00"))
    assert not holds(KEY, 7, code, at("2026-03-04 23:59"))


@pytest.mark.parametrize("make", [screen_code, poster_code])
def test_a_code_is_of_one_key_and_one_session(make):
    code = make(KEY, 7, NOW)
    assert holds(KEY, 7, code, NOW)
    assert not holds(OTHER, 7, code, NOW)
    assert not holds(KEY, 8, code, NOW)
    assert not holds("", 7, code, NOW)
    for wrong in ("", "s", code[:-1], code + "0", code.upper(), "码" * 41, code[1:]):
        assert not holds(KEY, 7, wrong, NOW)
    # The letter in front says which kind it is; one does not pass for the other.
    assert not holds(KEY, 7, ("p" if code[0] == "s" else "s") + code[1:], NOW)


def test_every_candidate_is_compared_in_constant_time(monkeypatch):
    seen: list[str] = []

    def compare(one: str, other: str) -> bool:
        seen.append(other)
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert holds(KEY, 7, screen_code(KEY, 7, NOW), NOW)
    assert len(seen) == 4
