"""What offices send is read as text and days; what the product writes stays as it was."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from tracker.core.errors import BadInput
from tracker.core.sheets import weighing
from tracker.core.sheets.reading import as_day, as_number, at_cell, read
from tracker.core.sheets.writing import Sheet, workbook

LIMITS: dict[str, Any] = {"most_rows": 10, "most_bytes": 100_000}
DAY = date(2026, 3, 2)


def _book(cells, sheets=("名册",), hidden=()):
    """A workbook with these cells on its last sheet: (row, column, value)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        pages = [book.add_worksheet(name) for name in sheets]
        for n in hidden:
            pages[n].hide()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        hour = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        pages[-1].activate()
        for row, column, value in cells:
            if isinstance(value, str) and value.startswith("="):
                pages[-1].write_formula(row, column, value, None, "#DIV/0!")
            elif isinstance(value, date | time):
                moment = isinstance(value, datetime | time)
                pages[-1].write_datetime(row, column, value, hour if moment else day)
            else:
                pages[-1].write(row, column, value)
    return out.getvalue()


def _grid(*rows):
    return [(r, c, v) for r, row in enumerate(rows) for c, v in enumerate(row) if v is not None]


def _unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_sheet_is_read_as_text_and_days_with_the_rows_own_numbers():
    data = _book(
        _grid(
            ["2026年名册"],
            [],
            ["姓名", " 代码", None, "日期"],
            [" 高娃 ", 150602101000, "x", DAY],
            [None, "", " "],
            ["巴图", 40.5, None, datetime.combine(DAY, time(9, 5))],
            ["青格", True, None, "2026.3.2"],
        ),
        sheets=("旧", "名册"),
        hidden=(0,),
    )
    table = read(data, "名册.xlsx", heads=("姓名", "代码", "日期"), **LIMITS)
    assert (table.heads, table.head_row) == (("姓名", "代码", "", "日期"), 3)
    assert list(table.records()) == [
        (4, {"姓名": "高娃", "代码": "150602101000", "日期": DAY}),
        (6, {"姓名": "巴图", "代码": "40.5", "日期": "2026-03-02 09:05"}),
        (7, {"姓名": "青格", "代码": "是", "日期": "2026.3.2"}),
    ]


def test_a_cell_that_lost_its_digits_or_shows_an_error_is_named():
    data = _book(
        _grid(
            ["姓名", "代码", "和"],
            ["一", 123456789012345, 1],  # 15 digits are kept
            ["二", 1234567890123456, "=1/0"],
            ["三", "1.23457E+17", 2],
            ["四", "123456789012345678", 3],
        )
    )
    table = read(data, "x.xlsx", keep_faults=True, **LIMITS)
    assert [(f.row, f.head) for f in table.faults] == [(3, "代码"), (3, "和"), (4, "代码")]
    assert table.rows[3].cells[1] == "123456789012345678"
    with pytest.raises(BadInput) as refused:
        read(data, "x.xlsx", **LIMITS)
    assert str(refused.value.message) == str(at_cell(table.faults[0]))
    assert str(refused.value.message).startswith("第 3 行“代码”：")


def test_csv_of_both_encodings_and_a_table_pasted_with_tabs():
    rows = '姓名,代码\r\n高娃,007\r\n\r\n"巴\n图",008\r\n'
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        table = read(rows.encode(encoding), "a.csv", **LIMITS)
        assert [(r.number, *r.cells) for r in table.rows] == [
            (2, "高娃", "007"), (4, "巴\n图", "008"),
        ]  # fmt: skip
    table = read("姓名\t代码\n高娃\t007\n".encode(), "a.txt", **LIMITS)
    assert table.rows[0].cells == ("高娃", "007")


def test_what_is_no_table_or_too_much_is_refused():
    full = _grid(["姓名"], *([str(n)] for n in range(11)))
    for data, name, words in (
        (b"x" * 100_001, "a.csv", "100,000"),
        (_book(full), "a.xlsx", "最多 10 行"),
        (_book(_grid(["姓名", "姓名"], ["a", "b"])), "a.xlsx", "两列"),
        (_book([]), "a.xlsx", "空的"),
        (b"", "a.csv", "空的"),
        (b"\xff\xff\xff", "a.csv", "编码"),
        (b"a,b\r\n1,2", "a.xlsx", "打不开"),
        (b"PK\x03\x04" + b"0" * 99, "a.xlsx", "打不开"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 999, "a.xls", "另存为 xlsx"),
        (_packed({"a.txt": b"x"}), "a.xlsx", "打不开"),
        (b"\x00\x01", "a.csv", "打不开"),
    ):
        with pytest.raises(BadInput, match=words):
            read(data, name, **LIMITS)


def test_a_bomb_is_refused_before_it_is_parsed(monkeypatch):
    def never(data):
        raise AssertionError("parsed")

    monkeypatch.setattr("tracker.core.sheets.reading._sheet", never)
    parts = _unpacked(_book(_grid(["姓名"], ["高娃"])))
    sheet = parts["xl/worksheets/sheet1.xml"]
    cell = b'<c r="A1" t="s">'
    assert cell in sheet
    far = sheet.replace(cell, b'<c t="s" r="XFD1048576">')
    rows = sheet.replace(b'<row r="1"', b'<row r="9999999"').replace(cell, b'<c t="s">')
    ods = (
        b'<table:table><table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        b'office:value-type="string" table:number-columns-repeated="16000"/></table:table-row>'
    )
    big = b" " * (weighing.MOST_UNPACKED + 1)
    liar = bytearray(_packed(parts | {"big.xml": b" " * 1000}))
    at = liar.rindex(b"big.xml") - 46
    liar[at + 24 : at + 28] = (10).to_bytes(4, "little")  # its size in the directory
    for data in (
        _packed(parts | {"xl/worksheets/sheet1.xml": far}),
        _packed(parts | {"xl/worksheets/sheet1.xml": rows + b"<c><v>1</v></c>" * 9}),
        _packed({"content.xml": ods}),
        _packed(parts | {"big.xml": big}),
        bytes(liar),
    ):
        with pytest.raises(BadInput, match=r"展开后太大|打不开"):
            read(data, "a.xlsx", **LIMITS)
    # A formatted cell without content lies nowhere.
    last = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    blank = sheet.replace(b"</sheetData>", last)
    with pytest.raises(AssertionError, match="parsed"):
        read(_packed(parts | {"xl/worksheets/sheet1.xml": blank}), "a.xlsx", **LIMITS)


def test_days_and_numbers_as_offices_write_them():
    for text in ("2026-3-2", "2026/03/02", "2026.3.2", "2026年3月2日", "20260302", DAY):
        assert as_day(text) == DAY
    for text in ("", "2026-02-30", "3/2/2026", "2026-3", "二〇二六年"):
        assert as_day(text) is None
    assert as_number("40.5") == Decimal("40.5")
    assert [as_number(t) for t in ("", "x", "NaN", "Infinity", DAY)] == [None] * 5


def test_what_is_written_is_read_back_and_no_text_becomes_more():
    payloads = ["=1+1", "+1", "-1", "@SUM(1)", "=HYPERLINK(\"http://x\")", "http://x", "007",
                "123456789012345678", "\x01控制", "1e5"]  # fmt: skip
    rows = [[p, p, DAY, 8.5, None] for p in payloads]
    sheet = Sheet("名册/[1]", ["文本", "代码", "日期", "学时", "空"], rows, text_columns={1})
    data = workbook([sheet, Sheet("名册/[1]", ["a"], [[True], [Decimal("1.5")]])])
    table = read(data, "x.xlsx", most_rows=20, most_bytes=100_000)
    assert [(*r.cells[:2], r.cells[2], r.cells[3]) for r in table.rows] == [
        (p.replace("\x01", ""), p.replace("\x01", ""), DAY, "8.5") for p in payloads
    ]
    parts = _unpacked(data)
    assert b"<f>" not in parts["xl/worksheets/sheet1.xml"]
    assert not any("hyperlink" in name.lower() for name in parts)
    assert "名册" in parts["xl/workbook.xml"].decode()


def test_the_open_format_is_read_alike():
    namespaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    string = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    day = (
        '<table:table-cell office:value-type="date" office:date-value="2026-03-02">'
        "<text:p>2026/3/2</text:p></table:table-cell>"
    )
    rows = [[string.format(h) for h in ("姓名", "代码", "日期")],
            [string.format("高娃"), string.format("007"), day]]  # fmt: skip
    # As LibreOffice ends every sheet: all rows to the last, empty.
    empty = (
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    table_rows = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    content = (
        f"<office:document-content {namespaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="名册">{table_rows}{empty}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": manifest.encode(),
        "content.xml": content.encode(),
    }
    table = read(_packed(parts), "名册.ods", **LIMITS)
    assert list(table.records()) == [(2, {"姓名": "高娃", "代码": "007", "日期": DAY})]


def test_a_table_of_endless_columns_is_refused_at_once():
    for rows in (",".join(f"{n:x}" for n in range(1001)), "姓名\n王示例" + "," * 1000):
        with pytest.raises(BadInput, match="太大"):
            read(rows.encode(), "名册.csv", **LIMITS)
    assert len(read(("姓名" + "," * 999).encode(), "名册.csv", **LIMITS).heads) == 1000
