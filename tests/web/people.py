"""A few invented statisticians at the places of the small country."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from tests.security.world import TOWN, World
from tracker.core.cases.means import means
from tracker.core.staff import register
from tracker.core.staff.models import Holding, Person

# Invented, with a check digit that fits (GB 11643).
NUMBER = "150602199001011238"
TRAINED_ON = date(2025, 3, 3)


def cells_of(answer: TestResponse, sheet: int = 0) -> list[list[Any]]:
    """The rows of a sheet of a workbook that was sent, its heads first."""
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    return book.get_sheet_by_index(sheet).to_python()


class People:
    """Writes people down as the registrar of the bureau does."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.writer: dict[str, Any] = {
            "actor_id": world.people["registrar@bureau"],
            "now": world.now,
        }

    def add(self, name: str, code: str = TOWN, *, trained: bool = True, **more: Any) -> Person:
        data = register.PersonData(name, code, **more)
        person = register.add_person(self.world.session, data, kek=means().kek(), **self.writer)
        if trained:
            self.train(person, "induction", 16)
        return person

    def train(self, person: Person, kind: str, hours: int, on: date = TRAINED_ON) -> None:
        data = register.TrainingData(on, kind, "新任统计人员培训", Decimal(hours))
        register.record_training(self.world.session, person.id, data, source="hand", **self.writer)

    def post(
        self, person: Person, *, confirmed: bool = True, duty: str = "statistician", **more: Any
    ) -> Holding:
        since = more.pop("since", date(2025, 4, 1))
        code = more.pop("region_code", person.region_code)
        return register.add_holding(
            self.world.session,
            person.id,
            register.PostData(code, duty, since, **more),
            confirmed_on=since if confirmed else None,
            **self.writer,
        )
