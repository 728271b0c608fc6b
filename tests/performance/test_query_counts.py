"""A page asks the database as often for forty rows as for five."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.performance.conftest import Bureau
from tests.performance.looking import statements

FEW, MANY = 5, 40
PAGES = (
    ("/", "inspector1", {"verifying": 1}),
    ("/", "liaison0", {"drafted": 1, "verifying": 1}),
    ("/leads/", "supervisor", {"verifying": 2, "sent": 1, "triage": 1}),
    ("/leads/?state=sent", "registrar", {"sent": 1}),
    ("/leads/?view=closed", "head", {"closed": 1}),
    ("/leads/?q=煤业", "supervisor", {"verifying": 1}),
    ("/leads/", "liaison0", {"verifying": 1}),
)


def asked(bureau: Bureau, part: str, address: str) -> list[str]:
    """The statements of the second opening: what a process loads once does not count."""
    browser = bureau.browser(part)
    assert browser.get(address).status_code == 200
    with statements(bureau.app) as seen:
        answer = browser.get(address)
    assert answer.status_code == 200
    return [text for text, _values in seen]


@pytest.mark.parametrize(("address", "part", "mix"), PAGES, ids=[f"{p}{a}" for a, p, _ in PAGES])
def test_lists_and_home(
    bureau: Callable[..., Bureau], address: str, part: str, mix: dict[str, int]
) -> None:
    # Every department sends one seventh, every inspector has one third.
    few = asked(bureau(FEW * 7, mix), part, address)
    many = asked(bureau(MANY * 7, mix), part, address)
    assert len(many) == len(few), "\n\n".join(sorted(set(many) - set(few)) or many)
    assert len(many) <= 24, "\n\n".join(many)


def test_the_page_of_a_lead_with_a_longer_history_and_more_neighbours(
    bureau: Callable[..., Bureau],
) -> None:
    counts = []
    for count in (FEW, MANY):
        house = bureau(count, {"verifying": 1})
        counts.append(asked(house, "supervisor", "/leads/1"))
    assert len(counts[0]) == len(counts[1]), "\n\n".join(counts[1])
    assert len(counts[1]) <= 40, "\n\n".join(counts[1])
