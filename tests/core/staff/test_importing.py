"""The office list: every fault by row and column, nothing written before all is right."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from tests.core.staff.bureau import (
    COUNTY,
    FAR,
    KEK,
    NEXT,
    NOW,
    SURNAMES,
    TODAY,
    TOWN,
    Bureau,
    many_numbers,
    number,
    xlsx,
)
from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.core.registers.models import Region
from tracker.core.staff import importing, numbers, register
from tracker.core.staff.models import (
    Holding,
    ImportRun,
    Person,
    Qualification,
    TrainingRecord,
)
from tracker.core.staff.register import PersonData

ROWS = 5000
A, B, C = number(1), number(2), number(3)
SINCE = date(2024, 5, 6)


@pytest.fixture
def bureau(session):
    with transaction():
        return Bureau(session)


def _row(**more):
    return {"姓名": "王示例", "身份证号": A, "区划代码": TOWN, "岗位": "统计人员",
            "任职日期": SINCE} | more  # fmt: skip


def _check(bureau, rows, *, who=None, name="名册.xlsx", data=None, at_once=500):
    """The run of a list after as many checks as it takes."""
    who = who or bureau.actor(Role.REGISTRAR)
    with transaction() as session:
        data = xlsx(rows) if data is None else data
        run = importing.start(session, who, name, data, now=NOW, kek=KEK)
    while run.phase == "checking":
        done = run.rows_done
        with transaction() as session:
            run = importing.check_some(session, who, run.id, now=NOW, kek=KEK, at_once=at_once)
        assert run.rows_done > done or run.phase != "checking"
    return run


def _write(bureau, run):
    with transaction() as session:
        return importing.write(session, bureau.actor(Role.REGISTRAR), run.id, now=NOW, kek=KEK)


def _take(bureau, rows):
    run = _check(bureau, rows)
    assert run.phase == "checked", run.faults
    return _write(bureau, run)


def _faults(run):
    return [(f.row, f.column) for f in importing.faults_of(run)]


def _count(session, model):
    return session.scalar(select(func.count()).select_from(model))


# ---------------------------------------------------------------- the big list


def _big_list(session):
    """5,000 rows as an office has them, spread over the townships of the county."""
    towns = session.scalars(
        select(Region.code)
        .where(Region.parent_code == COUNTY, Region.level == "township")
        .order_by(Region.code)
    ).all()
    rows = []
    for n, code in enumerate(many_numbers(ROWS)):
        since = SINCE + timedelta(days=n % 300)
        rows.append(
            _row(
                姓名=SURNAMES[n % 10] + f"示{chr(0x4E00 + n // 10)}",
                身份证号=code,
                区划代码=towns[n % len(towns)],
                职务="科员",
                学历="本科",
                职称="初级" if n % 3 else "无",
                联系电话=f"0477{n:07d}",
                任职日期=since,
                岗前培训日期=since - timedelta(days=10),
                本年学时=n % 90,
                证书名称="统计专业技术资格" if n % 5 == 0 else None,
                证书编号=f"示例{n:06d}" if n % 5 == 0 else None,
                证书日期=date(2020, 10, 18) if n % 5 == 0 else None,
            )
            | {"专职/兼职": "专职" if n % 2 else "兼职", "在编": "是"}
        )
    return rows


# Ten kinds of mistake: the column, what an office writes there, in which rows of the sheet.
_MISTAKES = (
    ("身份证号", "wrong check digit", (2, 640, 2500, 5001)),
    ("身份证号", "kept as a number", (17, 501, 502, 3333)),
    ("身份证号", "one digit short", (99, 1000, 4100)),
    ("身份证号", "that of the row before", (1200, 2200, 3200, 4200)),
    ("离任日期", "before the first day", (66, 1666, 2666, 4666)),
    ("区划代码", "150602999000", (18, 777, 1777, 2777)),
    ("区划代码", FAR, (1001, 2002, 3003)),
    ("岗位", "统计局长", (33, 1500, 3500, 4999)),
    ("任职日期", "2024年2月30日", (44, 1444, 2444, 3444)),
    ("姓名", "", (55, 1555, 2555)),
)


def _mistaken(mistake, row, before):
    """What stands in the cell instead."""
    code = row["身份证号"]
    made = {
        "wrong check digit": code[:17] + ("0" if code[17] != "0" else "1"),
        "kept as a number": int(code[:17] + "0"),
        "one digit short": code[:17],
        "that of the row before": before["身份证号"],
        "before the first day": row["任职日期"] - timedelta(days=1),
    }
    return made.get(mistake, mistake)


@pytest.mark.once
def test_all_mistakes_of_a_big_list_are_named_and_nothing_is_written(bureau, session):
    rows = _big_list(session)
    right, given = xlsx(rows), [row["身份证号"] for row in rows]
    planted = []
    for head, mistake, numbers_of_rows in _MISTAKES:
        for n in numbers_of_rows:
            rows[n - 2] = rows[n - 2] | {head: _mistaken(mistake, rows[n - 2], rows[n - 3])}
            planted.append((n, head))
    run = _check(bureau, rows, at_once=ROWS)
    assert len(planted) == 37
    assert _faults(run) == sorted(planted)
    assert (run.phase, run.rows_done, run.sealed) == ("refused", ROWS, None)
    assert [_count(session, m) for m in (Person, Holding, TrainingRecord)] == [0, 0, 0]
    with pytest.raises(BadInput):
        _write(bureau, run)

    run = _check(bureau, [], data=right, at_once=2500)
    assert (run.phase, importing.faults_of(run)) == ("checked", [])
    assert json.loads(run.summary)["new"] == ROWS
    assert _count(session, Person) == 0  # the dry run
    assert _write(bureau, run).new == ROWS
    session.expire_all()
    kept = session.scalars(select(Person).order_by(Person.id)).all()
    assert len(kept) == _count(session, Holding) == ROWS
    assert len({p.number_hash for p in kept}) == ROWS
    for n in (0, 2499, 4999):
        assert numbers.unseal(kept[n].number_seal, kept[n].id, KEK) == given[n]
    assert _count(session, Qualification) == ROWS // 5
    run = session.get_one(ImportRun, run.id)
    assert (run.phase, run.sealed) == ("written", None)


# ---------------------------------------------------------------- one row


def test_what_a_row_says_stands_in_the_register(bureau, session):
    done = _take(
        bureau,
        [
            _row(区划代码=None, 单位="东胜区罕台镇", 离任日期=date(2025, 12, 31), 接任人="李示例",
                 学历="大专", 职称="统计师", 联系电话=4778888888, 岗前培训日期="2024.5.1",
                 本年学时=12.5, 证书名称="统计师", 证书编号="0012", 证书日期="2019/6/1")
            | {"专职/兼职": "专职", "在编": "是"},
            _row(姓名="李示例", 身份证号=B.lower(), 区划代码=None, 机构="东胜区发展和改革委员会",
                 岗位="统计联络员", 职务="科长"),
            _row(姓名="张示例", 身份证号=None, 区划代码=None, 单位="东胜区罕台镇人民政府"),
        ],
    )  # fmt: skip
    assert (done.new, done.changed, done.same, done.posts, done.unconfirmed) == (3, 0, 0, 3, 2)
    wang, li, zhang = session.scalars(select(Person).order_by(Person.id)).all()
    assert (wang.region_code, wang.education, wang.rank, wang.phone) == (
        TOWN, "大专", "middle", "4778888888",
    )  # fmt: skip
    assert (wang.number_mask, wang.name_key) == (f"{A[:6]}********{A[-4:]}", "王示例")
    assert A not in json.dumps(wang.number_seal)
    post = register.holdings_of(session, wang.id)[0]
    assert (post.since, post.confirmed_on, post.until, post.end_reason) == (
        SINCE, SINCE, date(2025, 12, 31), "out",
    )  # fmt: skip
    assert (post.full_time, post.on_payroll, post.successor_id) == (True, True, li.id)
    assert register.inducted(session, [wang.id], SINCE) == {wang.id: date(2024, 5, 1)}
    assert register.hours_in(session, [wang.id], 2026)[wang.id] == Decimal("12.5")
    certificate = register.qualifications_of(session, wang.id)[0]
    assert (certificate.number, certificate.obtained_on) == ("0012", date(2019, 6, 1))
    post = register.holdings_of(session, li.id)[0]
    assert (post.region_code, post.org_id) == (COUNTY, bureau.orgs["dept"].id)
    assert (post.duty, post.title, post.confirmed_on) == ("liaison", "科长", None)
    assert (zhang.region_code, zhang.number_hash) == (TOWN, None)
    tags = session.scalars(select(AuditRow.tag).order_by(AuditRow.id)).all()
    assert tags == ["staff.import.start", "staff.import.write"]


def test_the_same_list_again_changes_nothing_and_an_empty_cell_neither(bureau, session):
    row = _row(学历="本科", 岗前培训日期=SINCE, 本年学时=8, 职务="科员")
    _take(bureau, [row])
    again = _take(bureau, [row])
    assert (again.new, again.changed, again.same) == (0, 0, 1)
    bare = _take(bureau, [_row()])
    assert (bare.new, bare.changed, bare.same) == (0, 0, 1)
    more = _take(bureau, [_row(学历="硕士", 本年学时=10, 离任日期=date(2026, 2, 27))])
    assert (more.new, more.changed, more.same) == (0, 1, 0)
    person = session.scalars(select(Person)).one()
    post = session.scalars(select(Holding)).one()
    assert (person.education, post.title, post.until) == ("硕士", "科员", date(2026, 2, 27))
    assert register.hours_in(session, [person.id], 2026)[person.id] == 10
    # A second post of the same person, and a number for somebody entered without one.
    _take(bureau, [_row(任职日期=date(2026, 3, 1)), _row(姓名="张示例", 身份证号=None)])
    _take(bureau, [_row(姓名="张示例", 身份证号=C)])
    assert [_count(session, m) for m in (Person, Holding)] == [2, 3]
    zhang = session.scalars(select(Person).where(Person.name == "张示例")).one()
    assert numbers.unseal(zhang.number_seal, zhang.id, KEK) == C


def test_what_the_register_contradicts_is_named(bureau, session):
    with transaction():
        for name, code, where in (("赵示例", A, TOWN), ("钱示例", B, FAR)):
            register.add_person(
                session, PersonData(name, where, number=code), actor_id=bureau.user.id,
                now=NOW, kek=KEK,
            )  # fmt: skip
    _take(bureau, [_row(姓名="周示例", 身份证号=C, 本年学时=9)])
    cases = (
        (_row(), "身份证号"),  # another name with a known number
        (_row(姓名="钱示例", 身份证号=B), "身份证号"),  # belongs to another county
        (_row(姓名="周示例", 身份证号=C, 任职日期=date(2025, 1, 6)), "任职日期"),
        (_row(姓名="周示例", 身份证号=C, 本年学时=8), "本年学时"),
        (_row(身份证号=number(9), 区划代码=NEXT), "区划代码"),
        (_row(身份证号=number(9), 区划代码=None, 单位="示例乡"), "单位"),
        (_row(身份证号=number(9), 单位="交通街道"), "单位"),  # and the code of another
        (_row(身份证号=number(9), 机构="东胜区财政局"), "机构"),
        (_row(身份证号=number(9), 机构="东胜区教育体育局"), "机构"),  # not in that town
        (_row(身份证号=number(9), 离任日期=TODAY, 接任人="无名氏"), "接任人"),
    )
    run = _check(bureau, [row for row, _ in cases[:1]])
    assert "赵示例" in str(importing.faults_of(run)[0].why)
    for row, column in cases:
        run = _check(bureau, [row])
        assert _faults(run) == [(2, column)], (row, run.faults)


def test_what_a_cell_may_not_say_is_named(bureau):
    cases = (
        ({"姓名": "王1"}, "姓名"),
        ({"姓名": "长" * 61}, "姓名"),
        ({"身份证号": "19850312"}, "身份证号"),
        ({"身份证号": number(5, "19851301")}, "身份证号"),
        ({"区划代码": None}, "区划代码"),
        ({"区划代码": "15060"}, "区划代码"),
        ({"岗位": None}, "岗位"),
        ({"专职/兼职": "全职"}, "专职/兼职"),
        ({"在编": "有"}, "在编"),
        ({"任职日期": None}, "任职日期"),
        ({"任职日期": date(2026, 3, 3)}, "任职日期"),  # tomorrow
        ({"职称": "教授"}, "职称"),
        ({"联系电话": "办公室"}, "联系电话"),
        ({"岗前培训日期": "去年"}, "岗前培训日期"),
        ({"本年学时": -1}, "本年学时"),
        ({"证书编号": "1"}, "证书名称"),
        ({"证书名称": "统计师"}, "证书日期"),
        ({"接任人": "李示例"}, "离任日期"),
    )
    rows = [_row(身份证号=number(100 + n)) | more for n, (more, _) in enumerate(cases)]
    run = _check(bureau, rows)
    wanted = [(n, column) for n, (_, column) in enumerate(cases, start=2)]
    assert _faults(run) == wanted, run.faults


def test_rows_that_contradict_each_other_are_named(bureau):
    run = _check(
        bureau,
        [
            _row(),
            _row(),  # twice
            _row(姓名="李示例"),  # one number, two names
            _row(任职日期=date(2025, 1, 6)),  # the first has not ended
            _row(身份证号=None),  # the same person without the number, and the same post
            _row(身份证号=B, 任职日期=SINCE),  # a namesake with another number
            _row(岗位="统计负责人"),  # another post
        ],
    )
    assert _faults(run) == [(3, "姓名"), (4, "身份证号"), (5, "任职日期"), (6, "姓名")]


# ---------------------------------------------------------------- the file and the run


def test_a_file_that_is_no_list_is_refused_at_once(bureau):
    heads = ("姓名", "岗位", "任职日期", "区划代码")
    for data, words in (
        (xlsx([_row()], heads[1:]), "姓名"),
        (xlsx([_row()], heads[:3]), "区划代码"),
        (xlsx([_row()], (*heads, "星座")), "星座"),
        (xlsx([]), "没有人员"),
        (xlsx([_row()] * 5001), "5000"),
        (b"\x00\x01", "打不开"),
    ):
        with pytest.raises(BadInput, match=words), transaction() as session:
            importing.start(session, bureau.actor(Role.TRAINER), "x.xlsx", data, now=NOW, kek=KEK)
    for role, at in ((Role.INSPECTOR, "bureau"), (Role.TOWNSHIP_CLERK, "town")):
        with pytest.raises(StepRefused), transaction() as session:
            importing.start(
                session, bureau.actor(role, at), "x.xlsx", xlsx([_row()]), now=NOW, kek=KEK
            )


def test_the_template_taken_as_it_is_holds_every_column(bureau):
    book = CalamineWorkbook.from_filelike(io.BytesIO(importing.template()))
    assert book.get_sheet_by_index(0).to_python()[0] == list(importing.COLUMNS)
    csv = "姓名,身份证号,单位,岗位,任职日期\r\n王示例," + A + ",罕台镇,统计人员,2024-5-6\r\n"
    for encoding in ("utf-8-sig", "gb18030"):
        run = _check(bureau, [], name="名册.csv", data=csv.encode(encoding))
        assert run.phase == "checked", run.faults


def test_the_rows_lie_sealed_belong_to_one_person_and_go_when_done(bureau, session):
    who = bureau.actor(Role.REGISTRAR)
    with transaction():
        run = importing.start(session, who, "名册.xlsx", xlsx([_row()]), now=NOW, kek=KEK)
    assert not any(text.encode() in (run.sealed or b"") for text in (A, "王示例"))
    assert run.sealed
    stranger = Actor(who.user_id + 1, "别人", 1, who.powers)
    with pytest.raises(NotVisible), transaction():
        importing.check_some(session, stranger, run.id, now=NOW, kek=KEK)
    second = _check(bureau, [_row(姓名="李示例", 身份证号=B)])
    first = session.get_one(ImportRun, run.id)
    assert (first.phase, first.sealed) == ("dropped", None)
    with transaction():
        importing.drop(session, who, second.id, now=NOW)
    assert (second.phase, second.sealed) == ("dropped", None)
    with pytest.raises(BadInput):
        _write(bureau, second)


def test_what_nobody_goes_on_with_is_gone_after_a_day(bureau, session):
    run = _check(bureau, [_row()])
    for hours, gone in ((23, 0), (25, 1), (49, 0)):
        with transaction():
            assert importing.forget_old_imports(session, NOW + timedelta(hours=hours)) == gone
    assert (run.phase, run.sealed) == ("dropped", None)


def test_what_changed_after_the_check_stops_the_writing(bureau, session):
    run = _check(bureau, [_row(), _row(姓名="李示例", 身份证号=B)])
    with transaction():
        register.add_person(
            session, PersonData("赵示例", TOWN, number=B), actor_id=bureau.user.id, now=NOW, kek=KEK
        )
    with pytest.raises(BadInput, match="第 3 行"):
        _write(bureau, run)
    assert [_count(session, m) for m in (Person, Holding)] == [1, 0]


def test_faults_keep_no_number(bureau):
    run = _check(bureau, [_row(), _row(姓名="李示例"), _row(身份证号=A[:17] + "Y")])
    assert len(importing.faults_of(run)) == 2
    assert A[6:14] not in run.faults
    # The columns have slipped: the number stands where something else should.
    slipped = _check(
        bureau,
        [_row(姓名=A), _row(岗位=A), _row(任职日期=A), _row(单位=A, 区划代码=""), _row(联系电话=A)],
    )
    assert len(importing.faults_of(slipped)) >= 5
    assert A[6:14] not in slipped.faults
