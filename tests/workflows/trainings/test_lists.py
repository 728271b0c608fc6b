"""Excel in and out: what a file says of people, signatures and marks, and every fault in it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.workflows.onward import at
from tracker.core.errors import BadInput
from tracker.core.sheets.reading import read
from tracker.core.sheets.writing import Sheet, workbook
from tracker.core.staff.models import Person
from tracker.workflows.trainings.lines import Attendance, Marks
from tracker.workflows.trainings.lists import (
    PEOPLE_HEADS,
    RESULT_HEADS,
    chosen_people,
    entered_results,
    people_sheet,
    result_sheet,
)
from tracker.workflows.trainings.models import Enrolment, Training
from tracker.workflows.trainings.queries import Line, Offered

PEOPLE = [Person(id=3, name="高娃"), Person(id=7, name="巴特尔"), Person(id=9, name="高娃")]
TRAINING = Training(
    id=1, title="示例", starts_at=at("2026-03-05 09:00"), ends_at=at("2026-03-05 17:00"),
    pass_mark=60, hours=Decimal(8), quota=10,
)  # fmt: skip
NOW = at("2026-03-05 20:00")


def a_line(person, number, **more):
    return Line(Enrolment(id=number, person_id=person.id, standing="listed", must="",
                          excuse="", sign_way="", **more), person, "示镇")  # fmt: skip


def a_file(heads, *rows):
    return workbook([Sheet("表", heads, rows)])


def why_not(*rows, heads=("编号", "姓名", "报名")):
    with pytest.raises(BadInput) as why:
        chosen_people(a_file(heads, *rows), "表.xlsx", PEOPLE)
    assert why.value.field_name == "file"
    return str(why.value.message)


def test_people_are_found_by_number_or_by_a_name_only_one_has():
    def chosen(*rows, heads=("编号", "姓名", "报名")):
        return chosen_people(a_file(heads, *rows), "表.xlsx", PEOPLE)

    assert chosen((3, "高娃", "是"), (7, "", "√"), (9, "高娃", "否")) == [3, 7]
    assert chosen(("巴特尔",), heads=("姓名",)) == [7]
    csv = "姓名,报名\r\n巴特尔,是\r\n".encode("gb18030")
    assert chosen_people(csv, "表.csv", PEOPLE) == [7]


def test_every_fault_of_a_list_is_named_by_row_and_column():
    said = why_not(
        (3, "高娃", "是"), (4, "", "是"), ("", "高娃", "是"), ("", "外人", "是"),
        (7, "高娃", "是"), (3, "", "是"), (9, "", "也许"),
    )  # fmt: skip
    for part in (
        "第 3 行“编号”：“4”不在可以办理的人员里",
        "第 4 行“姓名”：有 2 个人叫“高娃”",
        "第 5 行“姓名”：“外人”不在可以办理的人员里",
        "第 6 行“姓名”：编号 7 的人是“巴特尔”",
        "第 7 行“编号”：和第 2 行是同一个人",
        "第 8 行“报名”：要填“是”或者“否”",
    ):
        assert part in said, part
    assert "没有要报名的人" in why_not((3, "高娃", "否"))
    assert "没有“编号”或者“姓名”" in why_not(("x",), heads=("单位",))
    with pytest.raises(BadInput, match="请选一个文件"):
        chosen_people(b"", "", PEOPLE)


def test_results_are_read_by_person_and_empty_cells_say_nothing():
    start, end = at("2026-03-05 09:00"), at("2026-03-05 17:00")
    lines = [
        a_line(PEOPLE[0], 11, signed_in_at=at("2026-03-05 09:05"), score=50),
        a_line(PEOPLE[1], 12),
        a_line(PEOPLE[2], 13),
    ]
    data = a_file(
        RESULT_HEADS,
        (3, "高娃", "", "", "16:58", "", 61),
        (7, "巴特尔", "", "是", "2026-03-05 17:10", 88, ""),
        (9, "高娃", "", "", "", "", ""),
    )
    came, marks = entered_results(data, "表.xlsx", TRAINING, lines, NOW)
    assert came == {
        11: Attendance(at("2026-03-05 09:05"), at("2026-03-05 16:58")),
        12: Attendance(start, at("2026-03-05 17:10")),
    }
    assert marks == {11: Marks(50, 61), 12: Marks(88, None)}
    # “是” means at the session's own time, never later than now.
    came, _ = entered_results(
        a_file(RESULT_HEADS, (7, "", "", "是", "是", "", "")), "表.xlsx", TRAINING, lines,
        end - timedelta(hours=1),
    )  # fmt: skip
    assert came == {12: Attendance(start, end - timedelta(hours=1))}


def test_every_fault_of_results_is_named_by_row_and_column():
    data = a_file(
        RESULT_HEADS,
        (7, "", "", "早上", "", 101, ""),
        (3, "", "", "", "25:00", "", "不及格"),
        (8, "", "", "", "", 80, ""),
    )
    lines = [a_line(person, n) for n, person in enumerate(PEOPLE, 11)]
    with pytest.raises(BadInput) as why:
        entered_results(data, "表.xlsx", TRAINING, lines, NOW)
    said = str(why.value.message)
    for part in (
        "第 2 行“签到时间”", "第 2 行“成绩”", "第 3 行“签退时间”", "第 3 行“补考成绩”",
        "第 4 行“编号”",
    ):  # fmt: skip
        assert part in said, part


def test_what_goes_out_comes_back_as_it_was():
    lines = [
        a_line(PEOPLE[0], 11, signed_in_at=at("2026-03-05 09:05"),
               signed_out_at=at("2026-03-05 17:00"), score=50, resit=70),
        a_line(PEOPLE[1], 12),
    ]  # fmt: skip
    out = result_sheet(lines)
    assert read(out, "x.xlsx", most_rows=9, most_bytes=10**6).heads == RESULT_HEADS
    came, marks = entered_results(out, "x.xlsx", TRAINING, lines, NOW)
    assert came == {11: Attendance(at("2026-03-05 09:05"), at("2026-03-05 17:00"))}
    assert marks == {11: Marks(50, 70)}
    out = people_sheet(lines[:1], [Offered(PEOPLE[1], "示例镇")])
    table = read(out, "x.xlsx", most_rows=9, most_bytes=10**6)
    assert table.heads == PEOPLE_HEADS
    assert [row.cells[:4] for row in table.rows] == [
        ("3", "高娃", "示镇", "是"), ("7", "巴特尔", "示例镇", "否"),
    ]  # fmt: skip
    assert chosen_people(out, "x.xlsx", PEOPLE) == [3]
