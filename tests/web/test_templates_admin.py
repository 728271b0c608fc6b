"""A bureau's own layouts and letters: who keeps them, and what a bad one is told."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document as Word

from tests.security.world import TODAY, Door, World, key
from tracker.core.db import transaction
from tracker.core.documents import templates
from tracker.core.documents.kinds import kind_of
from tracker.core.documents.letters import letter_of
from tracker.core.documents.models import DocumentTemplate

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]


def layout(*left_out):
    """A Word file with every field of the demand."""
    word = Word()
    for name in ("number", *(f.name for f in kind_of("demand").fields)):
        if name not in left_out:
            word.add_paragraph("{{ " + name + " }}")
    held = BytesIO()
    word.save(held)
    return held.getvalue()


def test_a_bureau_keeps_layouts_and_letters_of_its_own(app, session):
    with transaction():
        world = World(session)
    door = Door(app, world.people)
    head, at = door.of("head@bureau"), "/documents/demand"

    def post(path, client=head, **body):
        answer = client.post(at + path, data={"_once": key(), **body}, follow_redirects=True)
        return answer.status_code, answer.text

    for who in ("inspector@bureau", "registrar@bureau", "liaison@dept", "head@dept"):
        client = door.of(who)
        assert client.get("/documents/").status_code == 404, who
        assert post("/letter", client, letter="催告字")[0] == 404, who
    assert head.get("/documents/").status_code == head.get(at).status_code == 200
    assert head.get("/documents/no_such_kind").status_code == 404

    assert "没有选文件" in post("/templates")[1]
    lacking = layout("contact")
    assert "contact" in post("/templates", template=(BytesIO(lacking), "催告书.docx"))[1]
    assert session.query(DocumentTemplate).count() == 0
    good = layout()
    assert "第 1 版" in post("/templates", template=(BytesIO(good), "催告书.docx"))[1]
    (row,) = templates.templates_of(session, world.orgs["bureau"], "demand")
    file = head.get(f"{at}/templates/{row.id}/file")
    assert file.data == good
    assert "attachment" in file.headers["Content-Disposition"]
    assert door.of("head@city").get(f"{at}/templates/{row.id}/file").status_code == 404
    assert post(f"/templates/{row.id}/use", door.of("head@city"))[0] == 404
    assert templates.in_use(session, world.orgs["bureau"], "demand") is None
    post(f"/templates/{row.id}/use")
    used = templates.in_use(session, world.orgs["bureau"], "demand")
    assert used is not None
    assert used.id == row.id
    post(f"/templates/{row.id}/retire")
    assert templates.in_use(session, world.orgs["bureau"], "demand") is None

    assert "一至八个汉字" in post("/letter", letter="abc")[1]
    post("/letter", letter="催告字")
    assert letter_of(session, world.orgs["bureau"], "demand") == "催告字"
    assert letter_of(session, world.orgs["city"], "demand") == "催字"
