"""An identity is in the database as ciphertext only, and each view has its row first."""

from __future__ import annotations

import copy
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_case, a_person, an_office, count
from tracker.core.audit.models import AuditRow
from tracker.core.audit.verify import verify
from tracker.core.db import Model, db, transaction
from tracker.core.errors import (
    BadInput,
    ChangedMeanwhile,
    NotVisible,
    SetupError,
    StepRefused,
    Unavailable,
)
from tracker.core.vault import service
from tracker.core.vault.ciphers import PROFILES, cipher
from tracker.core.vault.envelope import Identity, close, unclose
from tracker.core.vault.keys import Kek, create_key, load_key
from tracker.core.vault.models import VaultGrant, VaultRecord

KEK = Kek("k1", bytes(range(32)))
WHO = {"name": "金丝雀举报人", "phone": "13900001111", "identity": "canary-150626", "address": " "}
CANARIES = [WHO["name"], WHO["phone"], WHO["identity"]]


@pytest.fixture
def people(session: Session) -> dict[str, int]:
    with transaction():
        found = {name: a_person(session, name) for name in ("li", "wu", "gao")}
        found["case"] = a_case(session, an_office(session), found["li"])
        service.seal(session, found["case"], WHO, taken_by=found["li"], now=NOW, kek=KEK)
    return found


def look(session: Session, people: dict[str, int], who: str, now=NOW, kek: Kek = KEK) -> Identity:
    with transaction():
        return service.open_(
            session,
            people["case"],
            people[who],
            "核实情况",
            now,
            kek,
            allowed_readers={people["li"]},
        )


def tags(session: Session, people: dict[str, int]) -> list[str]:
    return [row.tag for row in service.reads(session, people["case"])]


# ---------------------------------------------------------------- ciphers


@pytest.mark.parametrize("alg", PROFILES.values())
def test_a_record_opens_only_where_it_was_sealed(alg: str):
    sealed, keys = close(7, 1, {"name": "甲", "phone": "1"}, alg, KEK)
    assert dict(unclose(7, 1, alg, sealed, keys, KEK)) == {"name": "甲", "phone": "1"}
    other = copy.deepcopy(sealed)
    other["name"], other["phone"] = other["phone"], other["name"]
    for arguments in (
        (8, 1, alg, sealed, keys, KEK),
        (7, 2, alg, sealed, keys, KEK),
        (7, 1, alg, other, keys, KEK),
        (7, 1, alg, sealed, keys, Kek("k1", bytes(32))),
        (7, 1, alg, sealed, keys, Kek("k2", KEK.secret)),
    ):
        with pytest.raises(Unavailable) as caught:
            unclose(*arguments)
        assert "甲" not in str(caught.value)
        assert caught.value.__cause__ is None


@pytest.mark.parametrize("alg", PROFILES.values())
def test_every_flipped_bit_is_noticed(alg: str):
    box = cipher(alg)
    key = bytes(box.key_bytes)
    nonce, sealed = box.seal(key, b"x", b"case")
    assert box.open(key, nonce, sealed, b"case") == b"x"
    for place in range(len(sealed) * 8):
        bent = bytearray(sealed)
        bent[place // 8] ^= 1 << place % 8
        with pytest.raises(Unavailable):
            box.open(key, nonce, bytes(bent), b"case")
    with pytest.raises(Unavailable):
        box.open(key, nonce, b"", b"case")


def test_nothing_is_sealed_twice_alike():
    first, _ = close(7, 1, {"name": "甲"}, "aes-256-gcm", KEK)
    second, _ = close(7, 1, {"name": "甲"}, "aes-256-gcm", KEK)
    assert first != second


def test_an_unknown_algorithm_is_refused():
    with pytest.raises(Unavailable, match="rot13"):
        cipher("rot13")


# ---------------------------------------------------------------- the key file


def test_the_key_file_is_its_owners_alone(tmp_path: Path):
    path = tmp_path / "keys" / "vault.key"
    made = create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_key(path) == made
    assert made.secret.hex() not in repr(made)
    with pytest.raises(SetupError, match="exists"):
        create_key(path)
    path.chmod(0o640)
    with pytest.raises(SetupError, match="chmod 600"):
        load_key(path)


@pytest.mark.parametrize("content", ["", "k1", "k1 zz", "k1 00ff", "k1 " + "00" * 32 + " more"])
def test_a_misshapen_key_file_is_refused(tmp_path: Path, content: str):
    path = tmp_path / "vault.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(SetupError, match="not a key file"):
        load_key(path)


def test_a_missing_or_linked_key_file_is_refused(tmp_path: Path):
    with pytest.raises(SetupError, match="cannot be read"):
        load_key(tmp_path / "vault.key")
    create_key(tmp_path / "real.key")
    (tmp_path / "vault.key").symlink_to(tmp_path / "real.key")
    with pytest.raises(SetupError, match="cannot be read"):
        load_key(tmp_path / "vault.key")


# ---------------------------------------------------------------- who may look


def test_the_handler_sees_it_and_the_row_came_first(session: Session, people: dict[str, int]):
    seen = look(session, people, "li")
    assert seen == {name: value for name, value in WHO.items() if value.strip()}
    assert WHO["name"] not in f"{seen} {seen!r} {[seen]}"
    assert tags(session, people) == ["vault.seal", "vault.open"]
    row = service.reads(session, people["case"])[-1]
    assert (row.actor_id, row.result, row.reason) == (people["li"], "read", "核实情况")


def test_no_row_no_view(session: Session, people: dict[str, int], monkeypatch: pytest.MonkeyPatch):
    def broken(*_args: object, **_values: object) -> None:
        raise Unavailable("audit")

    opened: list[object] = []
    monkeypatch.setattr(service, "record", broken)
    monkeypatch.setattr(service, "unclose", lambda *args: opened.append(args))
    with pytest.raises(Unavailable, match="audit"):
        look(session, people, "li")
    assert opened == []


def test_anybody_else_asks_and_another_approves(session: Session, people: dict[str, int]):
    with pytest.raises(StepRefused, match="登记人和承办人"):
        look(session, people, "wu")
    with transaction():
        grant = service.request(session, people["case"], people["wu"], "协查", NOW)
        assert service.request(session, people["case"], people["wu"], "再问", NOW) is grant
        assert service.waiting(session, people["case"]) == [grant]
        grant_id = grant.id
    with pytest.raises(StepRefused):
        look(session, people, "wu")
    for who, for_whom in (("wu", None), ("gao", people["wu"])):
        with pytest.raises(StepRefused, match="自己的申请"), transaction():
            service.decide(
                session, grant_id, people[who], NOW, approve=True, on_behalf_of_id=for_whom
            )
    with transaction():
        service.decide(session, grant_id, people["gao"], NOW, approve=True)
    with pytest.raises(ChangedMeanwhile), transaction():
        service.decide(session, grant_id, people["li"], NOW, approve=False)
    for _ in range(3):
        assert look(session, people, "wu")["phone"] == WHO["phone"]
    with pytest.raises(StepRefused):
        look(session, people, "wu")
    assert tags(session, people) == [
        "vault.seal",
        "vault.request",
        "vault.approve",
        *["vault.open"] * 3,
    ]
    with db.engine.connect() as connection:
        assert verify(connection) == []


def test_a_grant_runs_out_and_opens_for_its_person_only(session: Session, people: dict[str, int]):
    with transaction():
        grant = service.request(session, people["case"], people["wu"], "协查", NOW)
        service.decide(session, grant.id, people["gao"], NOW, approve=True)
    with pytest.raises(StepRefused):
        look(session, people, "gao")
    assert look(session, people, "wu", NOW + timedelta(minutes=14))
    with pytest.raises(StepRefused):
        look(session, people, "wu", NOW + timedelta(minutes=15))


def test_a_denied_request_opens_nothing(session: Session, people: dict[str, int]):
    with transaction():
        grant = service.request(session, people["case"], people["wu"], "协查", NOW)
        service.decide(session, grant.id, people["gao"], NOW, approve=False, note="无必要")
    with pytest.raises(StepRefused):
        look(session, people, "wu")
    assert tags(session, people)[-1] == "vault.deny"


def test_what_is_asked_wrongly_is_refused(session: Session, people: dict[str, int]):
    with transaction():
        for call, error in (
            (lambda: service.request(session, people["case"], people["wu"], " ", NOW), BadInput),
            (lambda: service.request(session, 999, people["wu"], "x", NOW), NotVisible),
            (lambda: service.decide(session, 999, people["wu"], NOW, approve=True), NotVisible),
            (
                lambda: service.open_(
                    session, people["case"], people["li"], "", NOW, KEK, allowed_readers=()
                ),
                BadInput,
            ),
            (
                lambda: service.open_(
                    session, 999, people["li"], "x", NOW, KEK, allowed_readers=()
                ),
                NotVisible,
            ),
            (
                lambda: service.seal(
                    session, people["case"], WHO, taken_by=people["li"], now=NOW, kek=KEK
                ),
                StepRefused,
            ),
        ):
            with pytest.raises(error):
                call()


def test_an_anonymous_report_leaves_no_record(session: Session, people: dict[str, int]):
    with transaction():
        assert (
            service.seal(session, 999, {"name": " "}, taken_by=people["li"], now=NOW, kek=KEK)
            is None
        )
    assert count(session, VaultRecord) == 1


@pytest.mark.parametrize(
    "change",
    ["approver_id = requester_id", "views_left = 4", "approved = NULL", "expires_at = NULL"],
)
def test_the_database_keeps_the_promise_too(session: Session, people: dict[str, int], change: str):
    with transaction():
        grant = service.request(session, people["case"], people["wu"], "协查", NOW)
        service.decide(session, grant.id, people["gao"], NOW, approve=True)
    with pytest.raises(IntegrityError), transaction():
        session.execute(text(f"UPDATE vault_grants SET {change}"))  # noqa: S608
    assert count(session, VaultGrant) == 1


# ---------------------------------------------------------------- canaries


def test_no_canary_outside_the_ciphertext(
    session: Session, people: dict[str, int], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    look(session, people, "li")
    with pytest.raises(Unavailable) as caught:
        look(session, people, "li", kek=Kek("k1", bytes(32)))
    dump = "\n".join(
        repr(tuple(row))
        for table in Model.metadata.sorted_tables
        for row in session.execute(select(table))
    )
    assert "vault.open" in dump
    path = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    files = b""
    if path:
        where = Path(path)
        files = b"".join(f.read_bytes() for f in where.parent.glob(f"{where.name}*"))
    for canary in CANARIES:
        assert canary not in dump
        assert canary.encode() not in files
        assert canary not in caplog.text + str(caught.value) + repr(caught.value)
    assert session.scalars(select(AuditRow.reason).where(AuditRow.tag == "vault.open")).all() == [
        "核实情况"
    ]
