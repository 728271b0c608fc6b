"""A list taken over in the browser's words: checked in parts, then written whole or not at all."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from tests.security.world import TODAY, TOWN, Door, World, key, vault_key
from tests.web.people import NUMBER, cells_of
from tracker.core.db import transaction
from tracker.core.sheets.writing import Sheet, workbook
from tracker.core.staff.columns import COLUMNS, TEXT_COLUMNS
from tracker.core.staff.models import ImportRun, Person
from tracker.web.once import FIELD

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]


@pytest.fixture
def door(app, session):
    vault_key()
    with transaction():
        world = World(session)
    return Door(app, world.people)


def _form(**fields):
    return {FIELD: key(), **fields}


def _row(name, **cells):
    given = {
        "name": name, "region_code": TOWN, "duty": "统计人员", "since": "2025-05-01",
        "full_time": "专职", "inducted_on": "2025-04-01", **cells,
    }  # fmt: skip
    return [given.get(field, "") for field in COLUMNS.values()]


def _book(*rows):
    sheet = Sheet("名册", list(COLUMNS), rows, text_columns=TEXT_COLUMNS)
    return BytesIO(workbook([sheet]))


def _names(count):
    digits = "零一二三四五六七八九"
    return ["测" + "".join(digits[int(d)] for d in str(n)) for n in range(count)]


def _send(client, *rows):
    return client.post("/staff/import", data=_form(file=(_book(*rows), "名册.xlsx")))


def test_a_list_is_checked_in_parts_and_written_once(door, session):
    registrar = door.of("registrar@bureau")
    rows = [_row(name) for name in _names(501)]
    rows[0][1] = NUMBER
    page = _send(registrar, *rows).location
    seen, shown = [], ""
    for _ in range(5):
        shown = registrar.get(page).text
        if not (bar := re.search(r'<progress[^>]*max="(\d+)" value="(\d+)"', shown)):
            break
        seen.append(tuple(map(int, bar.groups())))
        assert shown.count("data-go-on") == 1
        assert registrar.post(f"{page}/check", data=_form()).location == page
    assert seen == [(501, 0), (501, 500)]
    assert "可以写入" in shown
    assert session.scalars(select(Person)).all() == []
    write = _form()
    assert registrar.post(f"{page}/write", data=write).status_code == 303
    assert registrar.post(f"{page}/write", data=write).status_code == 303
    assert len(session.scalars(select(Person)).all()) == 501
    done = registrar.get(page).text
    assert ("已写入" in done, NUMBER in done) == (True, False)
    twice = registrar.post(f"{page}/write", data=_form())
    assert (twice.status_code, "已经写入" in twice.text) == (422, True)
    run = session.scalars(select(ImportRun)).one()
    assert (run.phase, run.sealed) == ("written", None)


def test_every_fault_is_named_by_row_and_column(door, session):
    registrar = door.of("registrar@bureau")
    page = _send(
        registrar,
        _row("测甲"),
        _row("测乙", number=NUMBER[:-1]),
        _row("测丙", since="明年"),
        _row("测丁", duty="皇帝"),
    ).location
    registrar.post(f"{page}/check", data=_form())
    shown = registrar.get(page).text
    assert "有 3 处要改，没有写入任何一行" in shown
    assert "data-go-on" not in shown
    listed = re.findall(r"第 (\d+) 行</td><td class=\"nowrap\">([^<]+)</td>", shown)
    assert listed == [("3", "身份证号"), ("4", "任职日期"), ("5", "岗位")]
    _, *faults = cells_of(registrar.get(f"{page}/faults"))
    assert [(int(row[0]), row[1]) for row in faults] == [
        (3, "身份证号"), (4, "任职日期"), (5, "岗位")
    ]  # fmt: skip
    refused = registrar.post(f"{page}/write", data=_form())
    assert refused.status_code == 422
    assert session.scalars(select(Person)).all() == []


def test_only_who_keeps_the_register_hands_lists_in(door, session):
    registrar, trainer = door.of("registrar@bureau"), door.of("trainer@bureau")
    page = _send(registrar, _row("测甲")).location
    for who in ("head@bureau", "township_clerk@town", "liaison@dept", "system_admin@bureau"):
        for address in ("/staff/import", "/staff/import/template", page):
            assert door.of(who).get(address).status_code == 404, (who, address)
        assert _send(door.of(who), _row("测甲")).status_code == 404, who
    # A colleague sees nothing of it, nor does he move it on.
    assert trainer.get(page).status_code == 404
    for verb in ("check", "write", "drop"):
        assert trainer.post(f"{page}/{verb}", data=_form()).status_code == 404, verb
    dropped = registrar.post(f"{page}/drop", data=_form())
    assert dropped.location.endswith("/staff/import")
    assert session.scalars(select(ImportRun)).one().phase == "dropped"
    assert "已经放弃" in registrar.get(page).text


def test_what_is_no_list_is_refused_where_it_was_chosen(door):
    registrar = door.of("registrar@bureau")
    head, *_ = cells_of(registrar.get("/staff/import/template"))
    assert head == list(COLUMNS)
    for data, words in (
        (_form(), "请选一个文件"),
        (_form(file=(BytesIO(b"\x89PNG\xff\x00"), "名册.xlsx")), "id=\"file-e1\""),
        (_form(file=(_book(), "名册.xlsx")), "表格里没有人员"),
        (_form(file=(BytesIO("甲,乙\r\n1,2\r\n".encode()), "名册.csv")), "id=\"file-e1\""),
    ):  # fmt: skip
        answer = registrar.post("/staff/import", data=data)
        assert (answer.status_code, words in answer.text) == (422, True), words
