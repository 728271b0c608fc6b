"""Text into tokens, names into what is typed for them, and what is marked in a result."""

from __future__ import annotations

import pytest

from tracker.core.search.bigrams import Part, query_parts, tokens
from tracker.core.search.marking import pieces
from tracker.core.search.pinyin import LONG_SURNAMES, SURNAMES, initials, spoken


def test_characters_are_kept_in_pairs_and_words_whole():
    assert tokens("张伟 A4纸") == ["张伟", "伟", "a4", "a", "4", "纸"]
    assert tokens("91150602MA7XQ8K25J") == ["91150602ma7xq8k25j"]
    assert tokens("买买提·吐尔逊") == tokens("买买提吐尔逊")


def test_a_number_is_one_thing_whatever_its_brackets():
    wanted = {Part("n2026x3"), Part("鄂统"), Part("统线")}
    for typed in (
        "鄂统线〔2026〕3号",
        "鄂统线[2026]3号",
        "鄂统线（2026）03号",
        "鄂统线【2026】第3号",
    ):
        assert set(query_parts(typed)) == wanted, typed
    indexed = tokens("鄂统线〔2026〕3号")
    assert {"n2026x3", "20263"} <= set(indexed)
    assert query_parts("〔2026〕3")[0] == Part("n2026x3", begins=True), "still being typed"
    assert "n2026x3" not in tokens("鄂统线〔2026〕30号")


def test_what_says_nothing_is_not_asked_for_beside_what_does():
    assert query_parts("3 号") == [Part("3", begins=True)]
    assert query_parts("号") == [Part("号", begins=True)]
    assert query_parts("《》，。") == []


# Read by hand in 《现代汉语词典》 under each surname, not from the library.
READ = {
    "曾国藩": "zengguofan", "仇英": "qiuying", "解缙": "xiejin", "区寄": "ouji", "翟让": "zhairang",
    "朴正": "piaozheng", "覃塘": "qintang", "单雄信": "shanxiongxin", "尉迟恭": "yuchigong",
    "乐毅": "yueyi", "任我行": "renwoxing", "查良镛": "zhaliangyong", "缪昌期": "miaochangqi",
    "种师道": "chongshidao", "折德扆": "shedeyi", "万俟卨": "moqixie", "单于信": "chanyuxin",
    "长孙无忌": "zhangsunwuji", "令狐冲": "linghuchong", "澹台明": "tantaiming", "盖聂": "genie",
    "佴伟": "naiwei", "逄伟": "pangwei", "隗嚣": "weixiao", "卜伟": "buwei", "那英": "naying",
}  # fmt: skip


def test_a_surname_is_found_as_it_is_read():
    for name, typed in READ.items():
        ways = spoken(name)
        assert typed in ways, (name, ways)
        assert ways[0] == typed, f"{name}: the surname's own reading comes first"


def test_every_surname_of_the_tables_is_found_with_any_given_name():
    for surname, reading in SURNAMES.items():
        assert f"{reading}wei" in spoken(f"{surname}伟"), surname
    for long, readings in LONG_SURNAMES.items():
        assert "".join(readings) + "wei" in spoken(f"{long}伟"), long


def test_syllables_initials_and_other_readings_count_too():
    ways = spoken("曾晓单")
    assert {"zengxiaodan", "xiaodan", "dan", "zxd", "cengxiaodan", "zxs", "shan"} <= set(ways)
    assert spoken("Smith") == []
    assert spoken("") == []
    assert initials("东胜煤业") == "dsmy"


def test_no_name_makes_too_many_words():
    assert len(spoken("单单单单单单单单单单单单")) < 250


@pytest.mark.parametrize(
    ("text", "query", "wanted"),
    [
        ("罕台煤业虚报", "煤业 报", [("罕台", False), ("煤业", True), ("虚", False), ("报", True)]),
        ("ＧＤＰ核算", "gdp", [("ＧＤＰ", True), ("核算", False)]),
        ("统计局造假", "统计造假", [("统计", True), ("局", False), ("造假", True)]),
        ("<b>煤</b>", "煤", [("<b>", False), ("煤", True), ("</b>", False)]),
        ("鄂统线〔2026〕13号", "2026 3", [("鄂统线〔", False), ("2026", True), ("〕13号", False)]),
    ],
)  # fmt: skip
def test_what_was_looked_for_is_marked(text, query, wanted):
    assert pieces(text, query) == wanted


def test_a_spoken_name_is_marked_whole_and_long_texts_are_cut():
    assert pieces("曾国藩", "zengguo", name=True) == [("曾国藩", True)]
    assert pieces("曾国藩", "zengguo") == [("曾国藩", False)]
    cut = pieces("前" * 300 + "张伟" + "后" * 300, "张伟", around=30)
    assert ("张伟", True) in cut
    assert cut[0] == ("…", False)
    assert cut[-1] == ("…", False)
    assert sum(len(t) for t, _ in cut) < 50
