"""Norms and filing rules as data: what ships, what an office adds, what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.core.errors import BadInput, SetupError
from tracker.core.norms.board import filing_modes, filing_rule
from tracker.core.norms.loader import default_norms, use_folder
from tracker.core.norms.model import Mode, PlaceKind
from tracker.core.rulebook.model import Verified

ORDOS, JILIN, CHONGQING = "150602101000", "220102001000", "500117001000"
PACK = """
jurisdiction = "150602"
name = "示例区"
[[norm]]
id = "own-park"
title = "园区配 3 人"
places = ["park"]
least = 3
valid_from = 2026-01-01
source = { instrument = "示例区统计工作办法", article = "第五条" }
verified = "V"
[[filing]]
id = "own-park-consent"
title = "园区人员调动征求意见"
places = ["park"]
changes = ["out"]
mode = "consent"
levels = ["county"]
source = { instrument = "示例区统计工作办法", article = "第六条" }
verified = "V"
"""


@pytest.fixture
def put(tmp_path):
    def write(text, name="own.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        use_folder(tmp_path)
        return default_norms()

    yield write
    use_folder(None)


# ---------------------------------------------------------------- what ships


def test_numbers_that_no_text_has_are_marked_as_our_reading():
    """Only the Ordos notice writes numbers; Jilin and Chongqing ask for people (domain 5)."""
    for norm in default_norms().all():
        ordos = norm.jurisdiction == "1506"
        assert norm.verified is (Verified.READ if ordos else Verified.UNVERIFIED), norm.id
        assert ordos or "本系统的理解" in norm.note, norm.id
        assert norm.source.instrument, norm.id
        assert norm.source.article, norm.id
        assert norm.valid_from is not None
    asked = {
        n.id: (n.least, n.from_units) for n in default_norms().all() if n.jurisdiction == "1506"
    }
    assert asked == {
        "ordos-township-full-time": (1, None), "ordos-township-1500": (2, 1500),
        "ordos-park": (1, None), "ordos-community": (1, None), "ordos-village": (1, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "ways"),
    [
        (ORDOS, [("filing", "二（二）"), ("consent", "第三十二条第二款")]),
        (JILIN, [("filing", "一"), ("consent", "第三十二条第二款")]),
        (CHONGQING, [("consent", "第三十四条第二款"), ("filing", "")]),
        ("310101001000", [("consent", "第三十二条第二款"), ("filing", "")]),
    ],
)
def test_both_modes_of_the_same_change_with_their_sources(code, ways):
    """实施条例 32(2); 重庆条例 34(2); 吉政办函〔2022〕82号 一; 鄂尔多斯 二（二）."""
    found = filing_modes(code, PlaceKind.TOWNSHIP, "out")
    assert [(rule.mode.value, rule.source.article) for rule in found] == ways
    assert all(rule == filing_rule(rule.id) for rule in found)
    if found[0].mode is Mode.FILING:
        assert "第三十二条第二款" in found[0].note  # the higher law asks consent
    # What no text speaks of is filed by our own default, and shown as such.
    assert [(r.ours, r.default) for r in found if not r.source.article] == [(True, False)] * (
        not ways[1][1]
    )


def test_other_changes_and_places():
    def ids(code, kind, change):
        return [rule.id for rule in filing_modes(code, kind, change)]

    # A transfer is more than a leave: consent is asked for going, not for coming or being away.
    for change in ("in", "leave"):
        assert ids(ORDOS, "township", change) == ["ordos-filing"]
        assert ids(JILIN, "township", change) == ["own-filing"]
    assert ids(ORDOS, "village", "out") == ["ordos-filing"]
    assert [t.value for t in filing_rule("ordos-filing").levels] == [
        "village",
        "township",
        "county",
    ]
    assert ids(JILIN, "park", "out") == ["own-filing"]
    assert ids(CHONGQING, "department", "lead") == ["chongqing-lead"]
    assert ids(JILIN, "department", "lead") == ["own-filing"]
    with pytest.raises(BadInput):
        filing_rule("nothing")
    with pytest.raises(BadInput):
        default_norms().norm("nothing")


# ---------------------------------------------------------------- what an office adds


def test_an_office_adds_its_own(put):
    before = len(default_norms().all())
    norms = put(PACK)
    assert len(norms.all()) == before + 1
    here, there = "150602400000", "150603400000"
    assert [n.id for n in norms.asked_of(here, PlaceKind.PARK)] == ["ordos-park", "own-park"]
    assert [n.id for n in norms.asked_of(there, PlaceKind.PARK)] == ["ordos-park"]
    own = norms.norm("own-park")
    assert (own.local, own.place, own.valid_on(date(2025, 12, 31))) == (True, "示例区", False)
    assert [r.id for r in norms.filing_modes(here, PlaceKind.PARK, "out")] == [
        "ordos-filing", "own-park-consent",
    ]  # fmt: skip
    use_folder(None)
    assert len(default_norms().all()) == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('jurisdiction = "150602"', 'jurisdiction = ""', "请写 jurisdiction"),
        ('jurisdiction = "150602"', 'jurisdiction = "15060"', "不是 2、4、6、9 或 12 位"),
        ("least = 3", "least = 0", "own-park：least 要写 1 以上的整数"),
        ("least = 3", "least = true", "least 要写 1 以上的整数"),
        ("least = 3", "", "own-park：缺少 least"),
        ("least = 3", "least = 3\nmost = 4", "不认识 most"),
        ("least = 3", 'least = 3\nduty = "boss"', "duty“boss”不认识"),
        ("least = 3", "least = 3\nfull_time = 1", "full_time 要写 true 或者 false"),
        ("least = 3", 'least = 3\nlevels = ["county"]', "levels 只用于"),
        ('places = ["park"]\nleast', 'places = ["zoo"]\nleast', "places“zoo”不认识"),
        ('places = ["park"]\nleast', "places = []\nleast", "请在 places 里写明"),
        ("2026-01-01", '"soon"', "valid_from 要写日期"),
        ("2026-01-01", "2026-01-01\nvalid_to = 2025-01-01", "不能晚于"),
        (
            'instrument = "示例区统计工作办法", article = "第五条"',
            'instrument = " "',
            "请在 source 里",
        ),
        ('mode = "consent"', 'mode = "asking"', "own-park-consent：mode“asking”不认识"),
        ('id = "own-park-consent"', 'id = "own-filing"', "national.toml 里已经有了"),
        ('id = "own-park"', 'id = "ordos-park"', "1506-ordos.toml 里已经有了"),
        ('id = "own-park-consent"', f'id = "{"x" * 33}"', "1 至 32 个字符"),
        ("[[norm]]", "[norm]", "每条标准以 [[norm]] 开头"),
        ("least = 3", "least = ", "不是正确的 TOML"),
    ],
)
def test_a_fault_stops_the_start_and_names_the_row(put, old, new, said):
    assert old in PACK
    with pytest.raises(SetupError) as why:
        put(PACK.replace(old, new, 1), "faulty.toml")
    assert "faulty.toml" in str(why.value)
    assert said in str(why.value)
    assert default_norms().norm("ordos-park").least == 1  # the shipped ones stay
