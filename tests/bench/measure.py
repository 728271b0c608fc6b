"""Who is measured against whom: turn by turn in one process, and the median is what counts."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient

from tests.bench import raw
from tests.bench.bare import bare_app
from tests.bench.instances import Instance

GROWTH, LIST, STEP = 1.3, 2.5, 3.0
# A unit that few leads name, and a trade that every tenth does.
_RARE, _COMMON = "罕台鼎鼎鼎", "煤业"
# Name, address, who asks, and by how much it may exceed the bare page.
PAGES: tuple[tuple[str, str, str, float | None], ...] = (
    ("home", "/", "inspector1", LIST),
    ("list", "/leads/", "supervisor", LIST),
    ("by state", "/leads/?state=verifying", "supervisor", LIST),
    ("rare word", f"/leads/?q={_RARE}", "supervisor", LIST),
    ("common word", f"/leads/?q={_COMMON}", "supervisor", LIST),
    ("department", "/leads/", "liaison0", LIST),
    ("closed", "/leads/?view=closed", "supervisor", LIST),
    ("late", "/leads/?view=late", "supervisor", LIST),
)


@dataclass
class Cost:
    """One thing on one instance: medians in milliseconds."""

    name: str
    product: float
    raw: float
    bare: float
    goal: float | None
    size: int


class Bench:
    """All measurements on one instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.shown: dict[str, list[Any]] = {}
        self.bare = bare_app(self.shown).test_client()
        with instance.cursor() as cursor:
            sql = raw.Sql(cursor, instance.kind)
            ids = "SELECT id FROM cases WHERE state = ? ORDER BY id"
            self.case_id = int(sql(ids, "verifying")[0][0])
            self.waiting = [int(row[0]) for row in sql(ids, "sent")]
            sql.commit() if instance.kind == "postgresql" else None

    def contests(self, repeats: int) -> list[tuple[str, float | None, list[Callable[[], Any]]]]:
        """Each thing to measure as product, raw SQL and bare page."""
        found: list[tuple[str, float | None, list[Callable[[], Any]]]] = []
        for name, address, part, goal in PAGES:
            client, _token = self.instance.browser(part)
            found.append(
                (name, goal, [self._get(client, address), self._raw(name), self._bare(name)])
            )
        inspector, _token = self.instance.browser("supervisor")
        page = self._get(inspector, f"/leads/{self.case_id}")
        found.append(("case", None, [page, self._raw("case"), self._bare("case")]))
        assert len(self.waiting) >= 2 * repeats + 2, "too few leads that wait to be received"
        found.append(("step", STEP, [self._receive, self._raw("step"), self._bare("case")]))
        return found

    def sizes(self, name: str) -> int:
        """Bytes of the product's page."""
        for known, address, part, _goal in PAGES:
            if known == name:
                return len(self.instance.browser(part)[0].get(address).data)
        return 0

    # ------------------------------------------------------------ the three sides

    @staticmethod
    def _get(client: FlaskClient, address: str) -> Callable[[], Any]:
        def run() -> None:
            answer = client.get(address)
            assert answer.status_code == 200, f"{address}: {answer.status}"

        return run

    def _bare(self, name: str) -> Callable[[], Any]:
        return self._get(self.bare, f"/?page={name}")

    def _receive(self) -> None:
        client, token = self.instance.browser("registrar")
        case_id = self.waiting.pop()
        answer = client.post(
            f"/leads/{case_id}/steps/receive",
            data={"csrf_token": token, "_once": secrets.token_urlsafe(24), "version": "3"},
        )
        assert answer.status_code == 303, answer.text[-2000:]

    def _raw(self, name: str) -> Callable[[], Any]:
        def run() -> None:
            instance = self.instance
            with instance.cursor() as cursor:
                sql = raw.Sql(cursor, instance.kind)
                if name == "step":
                    raw.receive(instance, sql, self.waiting.pop())
                else:
                    self.shown[name] = _read(instance, sql, name, self.case_id)

        return run


def _read(instance: Instance, sql: raw.Sql, name: str, case_id: int) -> list[Any]:
    match name:
        case "home":
            return raw.home(instance, sql)
        case "by state":
            return raw.listed(instance, sql, " AND c.state = ?", "verifying")
        case "rare word" | "common word":
            return raw.searched(instance, sql, _RARE if name == "rare word" else _COMMON)
        case "department":
            more = " AND c.origin_org_id = ?"
            return raw.listed(instance, sql, more, instance.office.departments[0])
        case "closed":
            return raw.closed(instance, sql)
        case "late":
            return raw.listed(instance, sql, " AND c.due_order < ?", instance.today)
        case "case":
            return raw.case(sql, case_id)
        case _:
            return raw.listed(instance, sql)


def measure(benches: list[Bench], repeats: int) -> list[list[Cost]]:
    """Every contest on every instance, interleaved; one list of costs per instance."""
    found: list[list[Cost]] = [[] for _ in benches]
    for contest in zip(*(b.contests(repeats) for b in benches), strict=True):
        times: list[list[list[float]]] = [[[], [], []] for _ in benches]
        for turn in range(repeats + 1):
            for place, (_name, _goal, sides) in enumerate(contest):
                # Raw first: it reads the rows the bare page shows.
                for side in (1, 0, 2):
                    gc.collect(0)
                    begin = perf_counter()
                    sides[side]()
                    if turn:  # the first turn warms caches and compiles templates
                        times[place][side].append((perf_counter() - begin) * 1000)
        for place, (name, goal, _sides) in enumerate(contest):
            product, sql, bare = (median(t) for t in times[place])
            size = benches[place].sizes(name)
            found[place].append(Cost(name, product, sql, bare, goal, size))
    return found
