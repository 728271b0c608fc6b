"""Respondent units: their codes, their names, finding one again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from tracker.core.db import Model
from tracker.core.errors import BadInput
from tracker.core.registers.models import Officer
from tracker.core.registers.names import name_key, similar, similarity
from tracker.core.registers.units import certificate_on, find_unit, record_unit
from tracker.core.registers.uscc import check_uscc, clean_uscc, make_uscc

REGION = "150602000000"
# Made up; the prefix is no registered body's.
BODY = "91150602MA0000000"
CODE = make_uscc(BODY)


def test_a_code_known_to_be_right() -> None:
    # The worked example printed in many explanations of GB 32100.
    assert make_uscc("91350100M000100Y4") == "91350100M000100Y43"


def test_the_complaint_names_the_fault() -> None:
    assert check_uscc(CODE) is None
    wrong = BODY + ("8" if CODE[-1] != "8" else "7")
    assert str(check_uscc(wrong)) == (
        f"最后一位校验不符：填的是 {wrong[-1]}，按前 17 位应为 {CODE[-1]}，请对照营业执照"
    )
    assert "填的是 17 位" in str(check_uscc(BODY))
    for letter in "IOZSV":
        complaint = str(check_uscc(BODY[:9] + letter + CODE[10:]))
        assert f"第 10 位“{letter}”" in complaint
    assert "第 3 至 8 位" in str(check_uscc("91A50602MA00000000"))


def test_any_one_wrong_character_is_noticed() -> None:
    for place in range(17):
        for char in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if char != CODE[place]:
                assert check_uscc(CODE[:place] + char + CODE[place + 1 :]) is not None


def test_a_code_may_be_typed_loosely() -> None:
    assert clean_uscc(" 91150602-ma00 ００ａ") == "91150602MA0000A"
    assert check_uscc(CODE.lower()) is None
    with pytest.raises(BadInput):
        make_uscc("91150602MA000000")
    with pytest.raises(BadInput):
        make_uscc("I" * 17)


@pytest.mark.parametrize(
    "other",
    [
        "鄂尔多斯市（东胜）恒泰建材有限责任公司",
        "鄂尔多斯市(东胜)恒泰建材有限公司",
        " 鄂尔多斯市东胜恒泰建材 有限公司",
        "鄂尔多斯市东胜恒泰建材股份有限公司",
        "鄂尔多斯市【东胜】恒泰·建材公司",
    ],
)
def test_spellings_of_one_name(other: str) -> None:
    assert name_key(other) == name_key("鄂尔多斯市东胜恒泰建材有限公司")
    assert similarity(other, "鄂尔多斯市东胜恒泰建材有限公司") == 1.0


def test_similar_names_and_different_ones() -> None:
    assert similar("鄂尔多斯市恒泰建材有限公司", "鄂尔多斯市恒泰建材厂有限公司")
    assert not similar("鄂尔多斯市恒泰建材有限公司", "鄂尔多斯市鑫源煤炭有限公司")
    # The place is part of the name: the same word elsewhere is another unit.
    assert name_key("东胜区恒泰公司") != name_key("康巴什区恒泰公司")
    assert similar("甲", "甲")
    assert not similar("甲", "乙")
    assert not similar("", "")


def test_a_unit_is_found_again_and_recorded_once(session: Session) -> None:
    first = record_unit(session, "恒泰建材有限责任公司", None, REGION)
    # The code is learnt later; the name is typed otherwise.
    again = record_unit(session, "恒泰建材有限公司", CODE.lower(), REGION)
    assert (again.id, again.uscc) == (first.id, CODE)
    assert find_unit(session, "改了名的公司", CODE, REGION) is first
    other = record_unit(session, "恒泰建材有限公司", make_uscc("91150602MA0000001"), REGION)
    assert other.id != first.id
    assert find_unit(session, "恒泰建材有限公司", None, "150603000000") is None
    with pytest.raises(BadInput, match="18 位"):
        record_unit(session, "某公司", "123", REGION)


def test_a_certificate_holds_in_its_time(session: Session) -> None:
    users = Model.metadata.tables["users"]
    values = {
        "username": "li",
        "name": "李",
        "active": True,
        "clearance": 1,
        "must_change": False,
        "is_demo": False,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    user = session.execute(
        insert(users)
        .values({k: v for k, v in values.items() if k in users.c})
        .returning(users.c.id)
    ).scalar_one()
    session.add(
        Officer(
            user_id=user,
            certificate_no="蒙A-001",
            valid_from=date(2024, 1, 1),
            valid_to=date(2026, 6, 30),
        )
    )
    session.flush()
    found = certificate_on(session, user, date(2026, 6, 30))
    assert found is not None
    assert found.certificate_no == "蒙A-001"
    assert certificate_on(session, user, date(2026, 7, 1)) is None
