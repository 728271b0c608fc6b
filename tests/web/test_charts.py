"""Drawings of figures: what is longer is more, and nothing is drawn that is not said."""

from __future__ import annotations

import re

from tracker.web import charts


def widths(drawing):
    return [
        float(w) for w in re.findall(r'<rect class="\S+" x="\S+" y="0" width="([\d.]+)"', drawing)
    ]


def test_bars_are_as_long_as_their_part_of_the_greatest():
    assert widths(charts.bar(10, 20)) == [120.0]
    assert widths(charts.bar(20, 20)) == [240.0]
    assert widths(charts.bar(0, 20)) == []
    assert widths(charts.stack([(5, "a"), (0, "b"), (15, "c")], 20)) == [60.0, 180.0]


def test_a_dot_beyond_its_limit_is_marked_late():
    assert "g-line-late" in charts.dots(3, 9, 7, 9)
    assert "g-line-late" not in charts.dots(3, 7, 7, 9)
    assert "stroke-dasharray" not in charts.dots(3, 7, None, 9)


def test_lines_say_their_words_and_escape_them():
    series = [charts.Series("受理", "seq-f", [3, 0, 4]), charts.Series("办结", "g-done", [1, 1, 1])]
    drawn = charts.lines(series, ["10", "11", "12"], 'a "<b>"')
    assert 'role="img" aria-label="a &#34;&lt;b&gt;&#34;"' in drawn
    assert drawn.count("<circle") == 3
    assert drawn.count('<rect class="seq-f"') == 3


def test_a_map_links_where_there_is_something_and_says_it():
    def place(value, late, url):
        words = f"示例旗，在办 {value} 件"
        return charts.Hex(0, value % 3, "示例自治旗", value, late, f"逾期 {late}", words, url)

    drawn = charts.hexes([place(4, 1, "/x?a=1&b=2"), place(0, 0, "")], "地图")
    assert '<a href="/x?a=1&amp;b=2" aria-label="示例旗，在办 4 件">' in drawn
    assert drawn.count("<a ") == 1
    assert "逾期 1" in drawn
    assert "逾期 0" not in drawn
    assert charts.hexes([], "") == ""


def test_classes_of_a_map_hold_every_number():
    for most in (0, 1, 4, 5, 26, 1000):
        words = charts.level_words(most)
        levels = [charts.level(n, most) for n in range(most + 1)]
        assert levels == sorted(levels)
        assert [n for n, _ in words] == sorted(set(levels))
    assert charts.level_words(26) == [
        (0, "0—5"),
        (1, "6—11"),
        (2, "12—17"),
        (3, "18—23"),
        (4, "≥24"),
    ]


def test_names_are_cut_to_what_a_cell_holds():
    assert charts.short_name("石柱土家族自治县", 4) == "石柱"
    assert charts.short_name("前郭尔罗斯蒙古族自治县", 4) == "前郭"
    assert charts.short_name("九台区", 4) == "九台区"
    assert charts.short_name("鄂托克前旗", 5) == "鄂托克前旗"
