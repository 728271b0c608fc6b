"""The README says what is so."""

from __future__ import annotations

import re

from tests.helpers.databases import ROOT
from tracker.core.cases.diagram import mermaid
from tracker.workflows.leads.flow import FLOW

README = (ROOT / "README.md").read_text("utf-8")


def test_the_diagram_is_the_table():
    drawn = re.search(r"^```mermaid\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert drawn, "README.md needs the output of `tracker flows show lead` in a mermaid block"
    assert drawn[1].strip() == mermaid(FLOW).strip(), "run `tracker flows show lead` and paste it"


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    assert named, "the README names no make target"
    assert named <= targets, f"README.md names targets that are not there: {named - targets}"


def test_the_picture_is_there():
    for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / link).is_file(), f"README.md shows {link}, which is not there"
