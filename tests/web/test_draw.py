"""Drawings: every number also in words, nothing unescaped, no inline style, text large enough."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tracker.web.drawing import Cell, Piece, Station, bar, custody_bar, path, ruler

_CELLS = [
    Cell("used", "29"),
    Cell("held", "6"),
    Cell("today", "11"),
    Cell("free", "12"),
    Cell("late", "14"),
]
_WAY = [
    Station("登记", "done", "4月20日", "苏日娜"),
    Station("初审", "current"),
    Station("办结", "todo"),
]
_NASTY = '<script>"&'
DRAWINGS = {
    "small ruler": ruler(_CELLS, tone="soon", words="剩 2 个工作日", uid="a"),
    "large ruler": ruler(_CELLS, tone="late", words="逾期", uid="b", large=True, today_mark="今"),
    "bar": bar(0.4, tone="ok", words="剩 33 天"),
    "late bar": bar(1.7, tone="late", words="逾期 6 天", large=True),
    "path": path(
        _WAY,
        branches=[("不予受理", True), ("转立案", False)],
        returns=[(1, 0, "退回补证据")],
        note="轮到您",
        branch_words="也可以转向",
        words="办理路径",
        uid="c",
    ),
    "custody": custody_bar([Piece(3, 1), Piece(2, 2, stopped=True)], words="经手", uid="d"),
    "nasty path": path([Station(_NASTY, "current", _NASTY, _NASTY)], words=_NASTY, uid="e"),
}


@pytest.fixture(params=DRAWINGS)
def svg(request):
    return ET.fromstring(DRAWINGS[request.param])  # noqa: S314 - our own text


def test_it_says_in_words_what_it_shows(svg):
    assert svg.get("role") == "img"
    assert svg.get("aria-label")


def test_it_keeps_to_the_content_policy(svg):
    for node in svg.iter():
        assert not {k for k in node.attrib if k == "style" or k.startswith("on")}
        assert node.tag.rpartition("}")[2] not in {"style", "script", "image", "foreignObject"}


def test_it_has_a_size_and_fits_in_it(svg):
    width, height = float(svg.get("width")), float(svg.get("height"))
    for node in svg.iter():
        if node.tag.endswith("rect") and not node.get("fill", "").startswith("url"):
            far = float(node.get("x", 0)) + float(node.get("width"))
            assert far <= width + 0.01
            assert float(node.get("y", 0)) + float(node.get("height")) <= height + 1.01


def test_colours_come_from_classes(svg):
    fills = {n.get("fill") for n in svg.iter()} | {n.get("stroke") for n in svg.iter()}
    assert all(f is None or f == "none" or re.fullmatch(r"url\(#\w+\)", f) for f in fills)


def test_ids_are_the_callers():
    ids = [re.findall(r' id="(\w+)"', str(d)) for d in DRAWINGS.values()]
    flat = [one for each in ids for one in each]
    assert len(flat) == len(set(flat))


def test_late_days_stand_behind_the_flag():
    text = str(ruler(_CELLS, tone="late", words="逾期", uid="z"))
    assert text.index("g-line-ink") < text.index("g-late")


def test_what_is_typed_is_escaped():
    assert "<script>" not in DRAWINGS["nasty path"]
    assert "&lt;script&gt;" in DRAWINGS["nasty path"]


def test_a_bar_never_runs_over_its_frame():
    widths = re.findall(r'class="g-late"[^>]*width="([\d.]+)"', str(DRAWINGS["late bar"]))
    assert [float(w) for w in widths] == [150.0]
