"""Excel in and out: who is to come, and who came with which mark.

A line is found by its number, else by a name that only one of the people there has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from tracker.core.clock import OFFICE_ZONE, office_time
from tracker.core.errors import BadInput, Sentence, say
from tracker.core.sheets.reading import Table, Value, read
from tracker.core.sheets.writing import Sheet, workbook
from tracker.core.staff.models import Person
from tracker.workflows.trainings import content
from tracker.workflows.trainings.content import STANDING_LABELS
from tracker.workflows.trainings.lines import Attendance, Marks
from tracker.workflows.trainings.models import MUST_LABELS, Training
from tracker.workflows.trainings.queries import Line, Offered

NUMBER, NAME, UNIT, COMES = "编号", "姓名", "单位", "报名"
CAME, LEFT, SCORE, RESIT = "签到时间", "签退时间", "成绩", "补考成绩"
PEOPLE_HEADS = (NUMBER, NAME, UNIT, COMES, "参加原因", "名单状态", "请假理由")
RESULT_HEADS = (NUMBER, NAME, UNIT, CAME, LEFT, SCORE, RESIT)
_YES = frozenset({"是", "√", "y", "Y", "1"})
_NO = frozenset({"", "否", "n", "N", "0"})
_MOST_ROWS, _MOST_BYTES = 5000, 5_000_000
_MOST_FAULTS = 50
_CLOCK, _MOMENT = "%H:%M", "%Y-%m-%d %H:%M"


# ---------------------------------------------------------------- out


def people_sheet(lines: Sequence[Line], offered: Sequence[Offered]) -> bytes:
    """The list, and below it everybody else who could be put on it; to fill in and send back."""
    there = {one.person.id for one in lines}
    rows = [
        (
            one.person.id,
            one.person.name,
            one.unit,
            "是" if one.row.standing in (content.LISTED, content.WAITING) else "否",
            MUST_LABELS[one.row.must],
            STANDING_LABELS[one.row.standing],
            one.row.excuse,
        )
        for one in lines
    ]
    rows += [
        (one.person.id, one.person.name, one.place, "否", "", "", "")
        for one in offered
        if one.person.id not in there
    ]
    sheet = Sheet(
        "报名表", PEOPLE_HEADS, rows, widths=(8, 12, 28, 8, 12, 12, 30), choices={3: ("是", "否")}
    )
    return workbook([sheet])


def result_sheet(lines: Sequence[Line]) -> bytes:
    """Signatures and marks of those who have a place; to fill in and send back."""
    rows = [
        (
            one.person.id,
            one.person.name,
            one.unit,
            _written(one.row.signed_in_at),
            _written(one.row.signed_out_at),
            one.row.score,
            one.row.resit,
        )
        for one in lines
        if one.row.standing == content.LISTED
    ]
    widths = (8, 12, 28, 18, 18, 10, 10)
    return workbook([Sheet("签到和成绩", RESULT_HEADS, rows, widths, text_columns=(3, 4))])


def _written(moment: datetime | None) -> str:
    return f"{office_time(moment):{_MOMENT}}" if moment else ""


# ---------------------------------------------------------------- in


def chosen_people(data: bytes, name: str, people: Iterable[Person]) -> list[int]:
    """The ids of those a file wants on the list; BadInput names every row that is wrong."""
    table = _table(data, name)
    find, faults = _finder(people), list[Sentence]()
    found = []
    for number, cells in table.records():
        says = str(cells.get(COMES, "是"))
        if says in _NO:
            continue
        if says not in _YES:
            faults.append(_at(number, COMES, say("要填“是”或者“否”。")))
            continue
        person_id = find(number, cells, faults)
        if person_id is not None:
            found.append(person_id)
    _refuse(faults)
    if not found:
        raise BadInput("file", say("表里没有要报名的人。"))
    return found


def entered_results(
    data: bytes, name: str, training: Training, lines: Sequence[Line], now: datetime
) -> tuple[dict[int, Attendance], dict[int, Marks]]:
    """What a file says by enrolment id; an empty cell says nothing. BadInput names every fault."""
    table = _table(data, name)
    rows = {one.person.id: one.row for one in lines}
    find, faults = _finder(one.person for one in lines), list[Sentence]()
    came: dict[int, Attendance] = {}
    marks: dict[int, Marks] = {}
    for number, cells in table.records():
        person_id = find(number, cells, faults)
        if person_id is None:
            continue
        row = rows[person_id]
        start = _moment(number, CAME, cells, training.starts_at, now, faults)
        end = _moment(number, LEFT, cells, training.ends_at, now, faults)
        if start or end:
            came[row.id] = Attendance(start or row.signed_in_at, end or row.signed_out_at)
        score = _score(number, SCORE, cells, faults)
        resit = _score(number, RESIT, cells, faults)
        if score is not None or resit is not None:
            marks[row.id] = Marks(
                row.score if score is None else score, row.resit if resit is None else resit
            )
    _refuse(faults)
    return came, marks


def _table(data: bytes, name: str) -> Table:
    if not data:
        raise BadInput("file", say("请选一个文件。"))
    table = read(
        data,
        name,
        most_rows=_MOST_ROWS,
        most_bytes=_MOST_BYTES,
        heads={*PEOPLE_HEADS, *RESULT_HEADS},
    )
    if not {NUMBER, NAME} & set(table.heads):
        raise BadInput("file", say("表头里没有“编号”或者“姓名”这一列。"))
    return table


_Find = Callable[[int, Mapping[str, Value], list[Sentence]], int | None]


def _finder(people: Iterable[Person]) -> _Find:
    """Finds whom a row means, and each of them once."""
    by_id = {p.id: p for p in people}
    by_name: dict[str, list[int]] = {}
    for person in by_id.values():
        by_name.setdefault(person.name, []).append(person.id)
    seen: dict[int, int] = {}

    def find(row: int, cells: Mapping[str, Value], faults: list[Sentence]) -> int | None:
        number, name = str(cells.get(NUMBER, "")), str(cells.get(NAME, ""))
        found = _by_number(number, by_id) if number else by_name.get(name, [])
        head = NUMBER if number else NAME
        if not found:
            faults.append(
                _at(row, head, say("“%(what)s”不在可以办理的人员里。", what=number or name))
            )
            return None
        if len(found) > 1:
            faults.append(_at(row, NAME, say("有 %(n)s 个人叫“%(who)s”，请填编号。",
                                             n=len(found), who=name)))  # fmt: skip
            return None
        person_id = found[0]
        if name and by_id[person_id].name != name:
            faults.append(_at(row, NAME, say("编号 %(n)s 的人是“%(who)s”。", n=number,
                                             who=by_id[person_id].name)))  # fmt: skip
            return None
        if person_id in seen:
            faults.append(_at(row, head, say("和第 %(n)s 行是同一个人。", n=seen[person_id])))
            return None
        seen[person_id] = row
        return person_id

    return find


def _by_number(text: str, people: Collection[int]) -> list[int]:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    return [number] if number in people else []


def _moment(
    row: int,
    head: str,
    cells: Mapping[str, Value],
    usual: datetime | None,
    now: datetime,
    faults: list[Sentence],
) -> datetime | None:
    """When somebody signed; “是” means at the session's own time."""
    value = cells.get(head, "")
    text = value.isoformat() if isinstance(value, date) else value
    if text in _NO or usual is None:
        return None
    if text in _YES:
        return min(usual, now)
    for shape in (_MOMENT, "%Y-%m-%dT%H:%M", _CLOCK):
        try:
            read_as = datetime.strptime(text, shape).replace(tzinfo=OFFICE_ZONE)
        except ValueError:
            continue
        day = office_time(usual)
        on_day = read_as.replace(year=day.year, month=day.month, day=day.day)
        return on_day if shape == _CLOCK else read_as
    faults.append(_at(row, head, say("要填时间，例如 09:05，或者填“是”。")))
    return None


def _score(row: int, head: str, cells: Mapping[str, Value], faults: list[Sentence]) -> int | None:
    text = str(cells.get(head, ""))
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= content.FULL_MARKS:
        return int(text)
    faults.append(_at(row, head, say("要填 0 至 %(most)s 的整数。", most=content.FULL_MARKS)))
    return None


def _at(row: int, head: str, why: Sentence) -> Sentence:
    return say("第 %(n)s 行“%(head)s”：%(what)s", n=row, head=head, what=why)


def _refuse(faults: Sequence[Sentence]) -> None:
    """All faults in one refusal; then nothing of the file is taken."""
    if not faults:
        return
    words = faults[0]
    for fault in faults[1:_MOST_FAULTS]:
        words = say("%(some)s %(more)s", some=words, more=fault)
    if len(faults) > _MOST_FAULTS:
        words = say("%(some)s 还有 %(n)s 处。", some=words, n=len(faults) - _MOST_FAULTS)
    raise BadInput("file", words)


def usual_times(training: Training, now: datetime) -> tuple[datetime, datetime]:
    """What the two ticks of the list mean: the session's own times, as far as they are past."""
    return min(training.starts_at or now, now), min(training.ends_at or now, now)
