"""Colours as used: every pair below is readable in both themes, by the style sheet's own tokens."""

from __future__ import annotations

import re

import pytest

from tests.helpers.databases import ROOT

_SHEET = (ROOT / "tracker" / "static" / "app.css").read_text("utf-8")
TEXT, SHAPE = 4.5, 3.0

# Ink by the grounds it stands on.
_TEXT_ON: dict[str, str] = {
    "ink": "page surface sunken hover azure-bg late-bg soon-bg hold-bg done-bg"
    " seq-0 seq-1 seq-2 seq-3",
    "ink-2": "page surface sunken hover azure-bg late-bg soon-bg hold-bg",
    "ink-3": "page surface sunken hover",
    "azure-ink": "page surface sunken hover azure-bg soon-bg late-bg",
    "late-ink": "surface sunken late-bg hover azure-bg",
    "soon-ink": "surface sunken soon-bg hover azure-bg",
    "hold-ink": "surface sunken hold-bg hover azure-bg",
    "done-ink": "surface sunken done-bg hover",
    "on": "azure azure-2 neutral",
    "rail-ink": "rail",
    "rail-on": "rail rail-sel",
    "seq-4-ink": "seq-4",
}
# Borders, cells and lines that alone carry a meaning.
_SHAPE_ON: dict[str, str] = {
    "field": "surface page sunken",
    "azure": "surface page",
    "late": "surface late-bg",
    "soon": "surface soon-bg",
    "hold": "surface hold-bg",
    "done": "surface done-bg",
    "used": "surface soon-bg late-bg",
}
PAIRS = [
    (ink, ground, least)
    for table, least in ((_TEXT_ON, TEXT), (_SHAPE_ON, SHAPE))
    for ink, grounds in table.items()
    for ground in grounds.split()
]


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme; dark changes only what it names."""
    found: dict[str, str] = {}
    for selector, body in re.findall(
        r"^([^{}\n]*data-bs-theme[^{]*)\{(.*?)^\}", _SHEET, re.M | re.S
    ):
        if f'"{theme}"' in selector or (":root" in selector and '"light"' in selector):
            found |= re.findall(r"--c-([\w-]+):\s*(#[0-9a-fA-F]{6})", body)
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_is_readable(theme):
    colours = tokens(theme)
    faint = [
        f"--c-{ink} on --c-{ground}: {ratio:.2f}, needs {least}"
        for ink, ground, least in PAIRS
        if (ratio := contrast(colours[ink], colours[ground])) < least
    ]
    assert not faint, f"{theme}:\n" + "\n".join(faint)


def test_dark_changes_every_colour_it_should():
    light, dark = tokens("light"), tokens("dark")
    assert set(light) == set(dark)
    assert light != dark


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)]
)
def test_the_measure_is_the_known_one(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_nothing_in_the_sheets_loads_from_elsewhere():
    for sheet in (ROOT / "tracker" / "static").rglob("*.css"):
        text = sheet.read_text("utf-8")
        assert "@import" not in text, sheet.name
        assert not re.search(r"url\(\s*[\"']?(https?:)?//", text), sheet.name
        assert "sourceMappingURL" not in text, sheet.name
    assert "url(data:" not in _SHEET
    assert 'url("data:' not in _SHEET
