"""Read a notice of a year's days off: the State Council office's own text, CSV or JSON.

Every fault is named by its line together with what to do; with one fault nothing is taken over.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.core.calendar.days import Day, DayKind, each_day, firm_until
from tracker.core.calendar.table import packaged_calendar, statutory_days, year_days
from tracker.core.errors import N_, Sentence, TrackerError, say

LONGEST_TEXT = 20_000
_LONGEST_NAME = 40
_WEEKDAYS = "一二三四五六日"
_KINDS = {
    "holiday": DayKind.HOLIDAY,
    "放假": DayKind.HOLIDAY,
    "节假日": DayKind.HOLIDAY,
    "makeup": DayKind.MAKEUP,
    "上班": DayKind.MAKEUP,
    "调休上班": DayKind.MAKEUP,
}
_YEAR = re.compile(r"(\d{4})年(?:部分)?(?:节假日|元旦|放假)")
_NUMBER = re.compile(r"国办发(?:明电)?〔\d{4}〕\d+号")
_SIGNED = re.compile(r"国务院办公厅(\d{4})年(\d{1,2})月(\d{1,2})日")
_SECTION = re.compile(r"(?=[一二三四五六七八九十]+、[^，。：]{2,12}：)")
_HEAD = re.compile(r"[一二三四五六七八九十]+、([^，。：]{2,12})：(.*)")
_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（([^（）]*)）)?")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_COUNT = re.compile(r"(?:共|放假)(\d+)天")


class UnreadableNotice(TrackerError):
    """A notice that cannot be taken over; carries every fault."""

    def __init__(self, faults: Sequence[Sentence]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(str(f) for f in self.faults))


@dataclass(frozen=True, slots=True)
class Notice:
    """A year's arrangements: the days taken out of the plain week, and the paper they stand on."""

    year: int
    special: Mapping[date, tuple[DayKind, str]]
    number: str = ""
    signed_on: date | None = None

    def days(self, source: str) -> list[Day]:
        """Every day that the notice makes firm."""
        return year_days(self.year, self.special, source)


@dataclass(slots=True)
class _Reading:
    """What has been read so far, each day with the line it stood on."""

    special: dict[date, tuple[DayKind, str]] = field(default_factory=dict)
    places: dict[date, Sentence] = field(default_factory=dict)
    faults: list[Sentence] = field(default_factory=list)

    def put(self, on: date, kind: DayKind, name: str, place: Sentence) -> None:
        before = self.special.get(on)
        if before is not None and before[0] is not kind:
            self.fault(N_("%(place)s：%(on)s 既放假又上班，请留下对的一种。"), place, on=on)
        elif before is not None and before[1] != name:
            self.fault(N_("%(place)s：%(on)s 写了两次，请留下一次。"), place, on=on)
        self.special[on] = (kind, name)
        self.places[on] = place

    def fault(self, text: str, place: Sentence, **params: object) -> None:
        self.faults.append(say(text, place=place, **params))


def read_notice(text: str, year: int | None = None) -> Notice:
    """The arrangements a text holds; UnreadableNotice with every fault when it is not right."""
    if len(text) > LONGEST_TEXT:
        raise UnreadableNotice(
            [say(N_("通知最多 %(max)s 个字，请只贴放假安排的部分。"), max=LONGEST_TEXT)]
        )
    if not text.strip():
        raise UnreadableNotice([say(N_("还没有内容：请粘贴通知全文，或选择文件。"))])
    reading = _Reading()
    number, signed_on = "", None
    if text.lstrip().startswith(("[", "{")):
        _read_json(text, reading)
        year = year or _most_common_year(reading)
    elif _looks_like_csv(text):
        _read_csv(text, reading)
        year = year or _most_common_year(reading)
    else:
        flat = _flat(text)
        year = year or _year_of(flat)
        if year is None:
            raise UnreadableNotice(
                [
                    say(
                        N_(
                            "看不出是哪一年的安排：请连同“关于2027年部分节假日安排的通知”的标题一起粘贴。"
                        )
                    )
                ]
            )
        if _year_fault(year) is None:
            _read_text(text, year, reading)
        number = (_NUMBER.search(flat) or [""])[0]
        signed_on = _signed(flat)
    if year is not None and not reading.faults:
        _check(year, reading)
    if reading.faults or year is None:
        raise UnreadableNotice(reading.faults or [say(N_("这里没有任何日期，请检查内容。"))])
    return Notice(year, dict(sorted(reading.special.items())), number, signed_on)


def decode(data: bytes) -> str:
    """The text of a file as offices save it: UTF-8, or GB18030 from older programs."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableNotice(
        [say(N_("文件不是文本：请存成 TXT、CSV 或 JSON，或者把通知全文粘贴进来。"))]
    )


# ---------------------------------------------------------------- rows


def _looks_like_csv(text: str) -> bool:
    first = text.strip().splitlines()[0].strip().lstrip("\ufeff")
    return bool(re.match(r"on\s*,|\d{4}-\d{1,2}-\d{1,2}\s*[,，]", first))


def _read_csv(text: str, reading: _Reading) -> None:
    lines = text.lstrip("\ufeff").replace("，", ",").splitlines()
    for n, line in enumerate(lines, start=1):
        cells = [c.strip() for c in next(csv.reader([line]), [])]
        if not any(cells) or (cells[0] == "on" and "kind" in cells):
            continue
        place = say(N_("第%(n)s行"), n=n)
        if len(cells) != 3:
            reading.fault(
                N_("%(place)s：要有三项，用逗号隔开，例如 2027-01-01,holiday,元旦。"), place
            )
            continue
        _row(cells[0], cells[1], cells[2], place, reading)


def _read_json(text: str, reading: _Reading) -> None:
    try:
        rows = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        reading.fault(
            N_("%(place)s：不是完整的 JSON，请检查括号和引号。"), say(N_("第%(n)s行"), n=line)
        )
        return
    if not isinstance(rows, list):
        reading.faults.append(say(N_("JSON 要是一个列表，每项有 on、kind、name 三个字段。")))
        return
    for n, row in enumerate(rows, start=1):
        place = say(N_("第%(n)s项"), n=n)
        if not isinstance(row, dict) or not {"on", "kind", "name"} <= row.keys():
            reading.fault(N_("%(place)s：要有 on、kind、name 三个字段。"), place)
            continue
        _row(str(row["on"]), str(row["kind"]), str(row["name"]), place, reading)


def _row(on: str, kind: str, name: str, place: Sentence, reading: _Reading) -> None:
    try:
        day = date.fromisoformat(on)
    except ValueError:
        reading.fault(
            N_("%(place)s：“%(on)s”不是日期，请写成 2027-01-01 的样子。"), place, on=on[:20]
        )
        return
    if kind not in _KINDS:
        reading.fault(
            N_("%(place)s：不认识“%(kind)s”，请写 holiday（放假）或 makeup（调休上班）。"),
            place,
            kind=kind[:20],
        )
        return
    if not name or len(name) > _LONGEST_NAME:
        reading.fault(N_("%(place)s：请写节日名称，最多 %(max)s 个字。"), place, max=_LONGEST_NAME)
        return
    if day in reading.special:
        reading.fault(N_("%(place)s：%(on)s 写了两次，请留下一次。"), place, on=day)
        return
    reading.put(day, _KINDS[kind], name, place)


def _most_common_year(reading: _Reading) -> int | None:
    years = Counter(d.year for d in reading.special)
    return years.most_common(1)[0][0] if years else None


# ---------------------------------------------------------------- the notice's own words


def _flat(text: str) -> str:
    """Without white space, and with the marks written one way."""
    marks = str.maketrans("():,;０１２３４５６７８９", "（）：，；0123456789")
    return re.sub(r"\s+", "", text).translate(marks)


def _year_of(flat: str) -> int | None:
    found = _YEAR.search(flat)
    return int(found[1]) if found else None


def _signed(flat: str) -> date | None:
    found = _SIGNED.search(flat)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _read_text(text: str, year: int, reading: _Reading) -> None:
    sections = 0
    for n, line in enumerate(text.splitlines(), start=1):
        place = say(N_("第%(n)s行"), n=n)
        for part in _SECTION.split(_flat(line)):
            head = _HEAD.match(part)
            if head is not None:
                sections += 1
                _Section(head[1], year, place, reading).read(head[2])
            elif _DATE.search(part) and re.search("放假|上班|补休", part):
                reading.fault(
                    N_("%(place)s：看不出是哪个节日，请写成“一、元旦：1月1日放假”的样子。"), place
                )
    if not sections and not reading.faults:
        reading.faults.append(say(N_("没有找到“一、元旦：……”这样的段落，请粘贴通知的全文。")))


@dataclass(slots=True)
class _Section:
    """One festival of the notice, e.g. `一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。`"""

    name: str
    year: int
    place: Sentence
    reading: _Reading
    month: int = 0
    own_year: int = 0
    off: list[date] = field(default_factory=list)

    def read(self, body: str) -> None:
        for sentence in re.split("[。；]", body):
            # An encouragement to take leave gives nobody a day off.
            if not sentence.startswith("鼓励") and not _SIGNED.search(sentence):
                self._sentence(sentence)
        if not self.off:
            self.reading.fault(
                N_("%(place)s：“%(name)s”没有写放假的日期，请查对。"), self.place, name=self.name
            )

    def _sentence(self, sentence: str) -> None:
        # A comma inside brackets parts nothing.
        for clause in re.split("，(?![^（]*）)", sentence):
            dates = list(self._dates(clause))
            if "连休" in clause:
                self._join_weekend()
            elif "上班" in clause and "不上班" not in clause:
                for on in dates:
                    self.reading.put(on, DayKind.MAKEUP, self.name, self.place)
            elif re.search("放假|补休|调休|休息", clause):
                self._rest(dates)
            elif dates:
                self.reading.fault(
                    N_("%(place)s：“%(words)s”看不出是放假还是上班，请补上。"),
                    self.place,
                    words=clause[:30],
                )
            self._counted(clause)

    def _rest(self, dates: list[date]) -> None:
        self.off += dates
        for on in dates:
            self.reading.put(on, DayKind.HOLIDAY, self.name, self.place)

    def _join_weekend(self) -> None:
        """`与周末连休`: the days of rest that touch the day off."""
        for step in (-1, 1):
            on = (min(self.off) if step < 0 else max(self.off)) if self.off else None
            while on is not None:
                on += timedelta(days=step)
                if on.isoweekday() <= 5 or on in self.reading.special:
                    break
                if on >= packaged_calendar().first:
                    self.reading.put(on, DayKind.HOLIDAY, self.name, self.place)

    def _counted(self, clause: str) -> None:
        found = _COUNT.search(clause)
        if found is not None and int(found[1]) != len(self.off):
            self.reading.fault(
                N_("%(place)s：“%(name)s”写的是%(said)s天，按日期数是%(counted)s天，请查对。"),
                self.place,
                name=self.name,
                said=found[1],
                counted=len(self.off),
            )

    def _dates(self, clause: str) -> Iterator[date]:
        """All days a clause names, a span from one to the other in full."""
        last: date | None = None
        end = 0
        for found in _DATE.finditer(clause):
            on = self._date(found)
            between = clause[end : found.start()]
            end = found.end()
            if on is None:
                last = None
                continue
            if between in ("至", "到", "-", "—", "～", "~") and last is not None:
                if on <= last or (on - last).days > 31:
                    self.reading.fault(
                        N_("%(place)s：%(a)s 至 %(b)s 前后颠倒或太长，请查对。"),
                        self.place,
                        a=last,
                        b=on,
                    )
                    continue
                yield from each_day(last + timedelta(days=1), on)
            else:
                yield on
            last = on

    def _date(self, found: re.Match[str]) -> date | None:
        if found[2]:
            self.month = int(found[2])
            # New Year's days off may begin in the December before.
            december = self.month == 12 and "元旦" in self.name
            self.own_year = int(found[1] or (self.year - 1 if december else self.year))
        try:
            on = date(self.own_year or self.year, self.month, int(found[3]))
        except ValueError:
            self.reading.fault(
                N_("%(place)s：没有“%(words)s”这一天，请查对。"), self.place, words=found[0][:30]
            )
            return None
        said = _WEEKDAY.search(found[4] or "")
        if said is not None and _WEEKDAYS.index(said[1].replace("天", "日")) != on.weekday():
            self.reading.fault(
                N_("%(place)s：%(on)s 是星期%(real)s，写的是星期%(said)s，请查对。"),
                self.place,
                on=on,
                real=_WEEKDAYS[on.weekday()],
                said=said[1],
            )
        return on


# ---------------------------------------------------------------- the whole


def _year_fault(year: int) -> Sentence | None:
    calendar = packaged_calendar()
    if calendar.first.year < year <= calendar.last.year:
        return None
    return say(
        N_("只能导入 %(first)s 年至 %(last)s 年的安排，这里是 %(year)s 年，请查对年份。"),
        first=calendar.first.year + 1,
        last=calendar.last.year,
        year=year,
    )


def _check(year: int, reading: _Reading) -> None:
    fault = _year_fault(year)
    if fault is not None:
        reading.faults.append(fault)
        return
    first = firm_until(year - 1) + timedelta(days=1)
    for on, (kind, _name) in sorted(reading.special.items()):
        place = reading.places[on]
        if not first <= on <= date(year, 12, 31):
            reading.fault(
                N_("%(place)s：%(on)s 不在 %(year)s 年的安排里（%(first)s 起），请删去或改正。"),
                place,
                on=on,
                year=year,
                first=first,
            )
        elif kind is DayKind.MAKEUP and on.isoweekday() <= 5:
            reading.fault(
                N_("%(place)s：%(on)s 本来就是工作日（星期%(day)s），调休上班只能在周末，请查对。"),
                place,
                on=on,
                day=_WEEKDAYS[on.weekday()],
            )
    for on, name in statutory_days(year).items():
        if on not in reading.special or reading.special[on][0] is not DayKind.HOLIDAY:
            reading.faults.append(
                say(
                    N_("%(on)s（%(name)s）是法定放假的日子，这里没有放假：请补全这一年的安排。"),
                    on=on,
                    name=name,
                )
            )
