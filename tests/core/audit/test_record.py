"""An audit row says who did what, and its hash covers every word of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_case, a_person, an_office
from tracker.core.audit import service
from tracker.core.audit.hashing import FIELDS, canonical, canonical_json, row_hash
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.errors import NotVisible, SetupError


@pytest.fixture
def sm3() -> Iterator[None]:
    service.use_algorithm("sm3")
    yield
    service.use_algorithm("sha256")


def test_canonical_text_does_not_depend_on_order_or_composition():
    assert canonical_json({"b": 1, "a": "e\u0301"}) == canonical_json({"a": "\u00e9", "b": 1})
    assert canonical_json({"题": "乌审旗"}) == '{"题":"乌审旗"}'


def test_each_field_changes_the_hash():
    row: dict[str, object] = dict.fromkeys(FIELDS)
    row |= {"id": 1, "at": NOW, "details": "{}"}
    before = row_hash("sha256", "00ff", canonical(row))
    for name in FIELDS:
        other = {"details": '{"x":1}', "at": "2026-11-23 01:00:00.000001"}.get(name, "changed")
        assert row_hash("sha256", "00ff", canonical({**row, name: other})) != before, name
    assert row_hash("sha256", "01ff", canonical(row)) != before


def test_moment_reads_the_same_from_either_database():
    row: dict[str, object] = dict.fromkeys(FIELDS)
    row |= {"details": "{}"}
    stored = canonical({**row, "at": "2026-11-23 01:00:00.000000"})
    assert stored == canonical({**row, "at": NOW})


def test_unknown_algorithm_is_refused():
    with pytest.raises(ValueError, match="md5"):
        row_hash("md5", "", "")
    with pytest.raises(SetupError, match="md5"):
        service.use_algorithm("md5")


def test_record_writes_all_columns(session: Session):
    with transaction():
        by = a_person(session, "li")
        row = service.record(
            session, tag="login.done", at=NOW, actor_id=by, object="session", origin="10.0.0.9"
        )
        assert row.alg == "sha256"
        assert row.case_id is None
        assert json.loads(row.canonical)["actor_id"] == by
        assert row.row_hash == row_hash(row.alg, row.salt, row.canonical)


def test_text_no_database_can_hold_is_cleaned(session: Session):
    with transaction():
        row = service.record(
            session,
            tag="lead.note",
            at=NOW,
            object="x" * 500,
            reason="a\x00b\ud800c",
            details={"b": 1, "a": ["\ud800", NOW]},
        )
        assert row.reason == "ab?c"
        assert len(row.object) == 120


def test_case_numbers_run_on(session: Session):
    with transaction():
        case_id = a_case(session, an_office(session), a_person(session, "li"))
        for _ in range(3):
            service.record(session, tag="lead.read", at=NOW, object="lead", case_id=case_id)
        assert [row.n for row in service.history(session, case_id)] == [3, 2, 1]
        assert [row.n for row in service.history(session, case_id, before_n=3, limit=1)] == [2]


def test_counting_on_no_case_is_refused(session: Session):
    with transaction(), pytest.raises(NotVisible):
        service.next_n(session, 999)


@pytest.mark.parametrize(
    "wrong",
    [{"result": "maybe"}, {"on_behalf_of_id": 3}, {"object": ""}],
    ids=["result", "behalf", "object"],
)
def test_the_database_refuses_half_a_row(session: Session, wrong: dict[str, object]):
    values: dict[str, object] = {"tag": "lead.read", "at": NOW, "object": "lead", **wrong}
    with pytest.raises(IntegrityError), transaction():
        service.record(session, **values)  # type: ignore[arg-type]


def test_a_tag_has_a_shape(session: Session):
    with pytest.raises(ValueError, match=r"subject\.action"):
        service.record(session, tag="Something", at=NOW, object="x")


def test_the_gm_profile_writes_sm3(session: Session, sm3: None):
    with transaction():
        row = service.record(session, tag="lead.read", at=NOW, object="lead")
        assert (row.alg, len(row.row_hash)) == ("sm3", 64)
        assert session.get(AuditRow, row.id) is row
