"""A page asks the database as often for forty rows as for five."""

from __future__ import annotations

from collections.abc import Callable

from tests.performance.conftest import Bureau
from tests.performance.looking import statements

# So many that every list below has some rows here, and a full page there.
FEW, MANY = 70, 560
MIX = {"drafted": 1, "approval": 1, "sent": 2, "triage": 2, "verifying": 3, "closed": 2}
PAGES = (
    ("/", "inspector1"),
    ("/", "liaison0"),
    ("/leads/", "supervisor"),
    ("/leads/?state=sent", "registrar"),
    ("/leads/?view=closed", "head"),
    ("/leads/?q=煤业", "supervisor"),
    ("/leads/", "liaison0"),
    ("/work/", "supervisor"),
    ("/work/?group=holder", "registrar"),
    ("/?by=kind", "inspector1"),
    ("/dates/reminders/?days=90", "supervisor"),
    ("/dates/reminders/sent", "supervisor"),
    ("/dates/rules/", "supervisor"),
    ("/notices/", "inspector1"),
)


def asked(bureau: Bureau, part: str, address: str) -> list[str]:
    """The statements of the second opening: what a process loads once does not count."""
    browser = bureau.browser(part)
    assert browser.get(address).status_code == 200
    with statements(bureau.app) as seen:
        answer = browser.get(address)
    assert answer.status_code == 200
    return [text for text, _values in seen]


def test_lists_and_home(bureau: Callable[..., Bureau]) -> None:
    small, large = bureau(FEW, MIX), bureau(MANY, MIX)
    for address, part in PAGES:
        few, many = asked(small, part, address), asked(large, part, address)
        assert len(many) == len(few), f"{part} {address}\n" + "\n\n".join(many)
        assert len(many) <= 24, f"{part} {address}\n" + "\n\n".join(many)


def test_the_page_of_a_lead_with_a_longer_history_and_more_neighbours(
    bureau: Callable[..., Bureau],
) -> None:
    counts = []
    for count in (5, 40):
        house = bureau(count, {"verifying": 1})
        counts.append(asked(house, "supervisor", "/leads/1"))
    assert len(counts[0]) == len(counts[1]), "\n\n".join(counts[1])
    assert len(counts[1]) <= 40, "\n\n".join(counts[1])
