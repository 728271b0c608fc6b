"""Values in, values out: what is refused, what is cleaned, how it is printed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tracker.core.documents.kinds import kind_of
from tracker.core.documents.values import (
    capital_money,
    clean,
    missing_fields,
    take,
    told,
    told_money,
)
from tracker.core.errors import BadInput

DECISION = kind_of("penalty_decision")
SPOT = kind_of("spot_decision")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1.05", "壹元零伍分"),
        ("10", "壹拾元整"),
        ("12000", "壹万贰仟元整"),
        ("10005", "壹万零伍元整"),
        ("100000", "壹拾万元整"),
        ("200001.10", "贰拾万零壹元壹角整"),
        ("1010101.01", "壹佰零壹万零壹佰零壹元零壹分"),
        ("100000000", "壹亿元整"),
        ("100010000", "壹亿零壹万元整"),
    ],
)
def test_amounts_in_capitals(amount, words):
    assert capital_money(Decimal(amount)) == words


def test_an_amount_is_printed_twice():
    assert told_money(Decimal("12000")) == "12,000.00元（大写：壹万贰仟元整）"


@pytest.mark.parametrize("raw", ["-1", "1.001", "abc", "NaN", "Infinity", "1e20", "1000000000000"])
def test_what_is_no_amount(raw):
    with pytest.raises(BadInput) as refused:
        take(DECISION, {"fine": raw})
    assert refused.value.field_name == "fine"


def test_taken_as_typed_values_and_as_text():
    taken = take(
        SPOT,
        {
            "fine": Decimal("3000"),
            "made_at": datetime(2026, 3, 2, 1, 5, tzinfo=UTC),
            "officers": ["巴图", {"name": "高娃", "number": "15-2"}],
            "party_name": " 甲\n公司 ",
            "facts": None,
            "basis": "",
        },
    )
    assert taken == {
        "fine": "3000.00",
        "made_at": "2026-03-02T09:05+08:00",
        "officers": [
            {"name": "巴图", "number": "", "post": ""},
            {"name": "高娃", "number": "15-2", "post": ""},
        ],
        "party_name": "甲 公司",
    }
    assert take(SPOT, {"made_at": "2026-03-02T09:05"})["made_at"] == "2026-03-02T09:05+08:00"
    fields = {field.name: field for field in SPOT.fields}
    assert told(fields["made_at"], taken) == "2026年3月2日9时05分"
    assert told(fields["officers"], taken) == "巴图、高娃（15-2）"
    # Taking what was taken changes nothing: a draft is edited from its own values.
    assert take(SPOT, taken) == taken
    notice = take(
        kind_of("inspection_notice"), {"from_on": date(2026, 3, 2), "content": "一\n\n二"}
    )
    assert notice == {"from_on": "2026-03-02", "content": ["一", "二"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nobody_knows", "x"),
        ("figures", "not a list"),
        ("figures", [{"colour": "red"}]),
        ("figures", [["1"] * 8]),
        ("figures", [{}] * 2001),
        ("evidence", 5),
        ("facts", "长" * 100_001),
        ("dated", "第二天"),
    ],
)
def test_another_shape_is_refused_by_name(name, value):
    with pytest.raises(BadInput) as refused:
        take(DECISION, {name: value})
    assert refused.value.field_name == name


def test_forbidden_characters_go_and_all_others_stay():
    assert clean("a\x00b\x08c\x0bd\ufffee\ud800f") == "abcdef"
    kept = "\u202e倒着写\u202c <w:p>{{ 7*7 }}{% x %} =1+1 & \"'\t😀"
    assert clean(kept) == kept
    assert clean("一\r\n二\u2028三\x85四") == "一\n二\n三\n四"


def test_one_officer_is_one_too_few():
    values = take(SPOT, {"officers": ["巴图"]})
    assert "officers" in [f.name for f in missing_fields(SPOT, values)]
    values = take(SPOT, {"officers": ["巴图", "高娃"]})
    assert "officers" not in [f.name for f in missing_fields(SPOT, values)]
    values = take(SPOT, {"officers": ["巴图", {"name": " ", "number": "2"}]})
    assert "officers" in [f.name for f in missing_fields(SPOT, values)]
