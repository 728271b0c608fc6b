"""The list, its workbook and the training matrix: the same people, in few queries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tests.core.staff.bureau import COUNTY, FAR, KEK, NOW, TODAY, TOWN, Bureau, number
from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.errors import NotVisible
from tracker.core.sheets.reading import read
from tracker.core.staff import importing, register
from tracker.core.staff.coverage import coverage, short_hours
from tracker.core.staff.export import people_workbook
from tracker.core.staff.listing import PAGE, Filters, every, search
from tracker.core.staff.register import PersonData, PostData, TrainingData

STREET = "150602001000"
SINCE = date(2025, 3, 3)
DAY = timedelta(days=1)


# The name's end, the place, the department, the induction, and what else the post is.
_PEOPLE: tuple[tuple[str, str, str, date | None, dict[str, Any]], ...] = (
    ("阿一", TOWN, "", SINCE, {"full_time": True, "on_payroll": True}),
    ("阿二", TOWN, "", None, {"duty": "lead"}),
    ("阿三", STREET, "", SINCE + 400 * DAY, {}),
    ("阿四", COUNTY, "dept", SINCE, {"duty": "liaison"}),
    ("阿五", FAR, "", SINCE, {}),
)


@pytest.fixture
def world(session):
    """Six people: inducted and not, on leave, at a department, elsewhere, without a post."""
    with transaction():
        bureau = Bureau(session)
        by: dict[str, Any] = {"actor_id": bureau.user.id, "now": NOW + timedelta(days=60)}
        for n, (name, code, org, inducted, more) in enumerate(_PEOPLE):
            data = PersonData(name, code, number=number(n), phone=f"1390000000{n}",
                              rank={0: "senior", 3: "junior"}.get(n, ""))  # fmt: skip
            person = register.add_person(session, data, kek=KEK, **by)
            if inducted:
                register.record_training(
                    session, person.id,
                    TrainingData(inducted, "induction", "岗前培训", Decimal(16)),
                    source="hand", **by,
                )  # fmt: skip
            org_id = bureau.orgs[org].id if org else None
            said: dict[str, Any] = {
                "duty": "statistician",
                "since": SINCE,
                "org_id": org_id,
                **more,
            }
            post = PostData(code, **said)
            held = register.add_holding(session, person.id, post, **by)
            if inducted:
                register.confirm(session, held, max(SINCE, inducted), **by)
            if name == "阿三":
                register.set_leave(session, held, SINCE + 400 * DAY, **by)
            if name == "阿四":
                register.record_training(
                    session, person.id, TrainingData(TODAY, "law", "统计法", Decimal("89.9")),
                    source="hand", **by,
                )  # fmt: skip
        register.add_person(session, PersonData("阿六", TOWN), kek=KEK, **by)
    return bureau


# The third of the people was trained on 7 April 2026; the lists are of the day after.
ON = SINCE + 401 * DAY


def _names(world, on=ON, role=Role.REGISTRAR, at="bureau", **filters):
    found = search(world.session, world.actor(role, at), Filters(**filters), on)
    assert found.total == len(found.rows)
    return [line.person.name[-1] for line in found.rows]


def test_a_list_holds_who_meets_all_that_is_asked(world):
    everybody = ["一", "三", "二", "六", "四"]
    assert sorted(_names(world)) == sorted(everybody)
    for filters, wanted in (
        ({"text": "阿二"}, "二"),
        ({"text": "阿 13900000001"}, "二"),
        ({"text": number(3)[-4:]}, "四"),
        ({"text": "%"}, ""),
        ({"region": TOWN}, "一二六"),
        ({"region": FAR}, ""),
        ({"org": str(world.orgs["dept"].id)}, "四"),
        ({"duty": "lead"}, "二"),
        ({"state": "in_post"}, "一四"),
        ({"state": "unconfirmed"}, "二"),
        ({"state": "on_leave"}, "三"),
        ({"state": "none"}, "六"),
        ({"full_time": "yes"}, "一"),
        ({"full_time": "no", "region": TOWN}, "二"),
        ({"on_payroll": "yes"}, "一"),
        ({"inducted": "no"}, "二六"),
        ({"inducted": "yes"}, "一三四"),
        ({"hours": "short"}, "一四"),
        ({"hours": "met"}, ""),
        ({"rank": "senior"}, "一"),
        ({"duty": "nonsense", "org": "x", "full_time": "maybe"}, "一二三四六"),
        ({"region": TOWN, "inducted": "yes", "state": "in_post"}, "一"),
    ):
        assert sorted(_names(world, **filters)) == sorted(wanted), filters
    assert _names(world, SINCE - DAY, state="in_post") == []
    assert sorted(_names(world, role=Role.TOWNSHIP_CLERK, at="town")) == sorted("一二六")
    assert _names(world, role=Role.LIAISON, at="dept") == ["四"]
    with pytest.raises(NotVisible):
        _names(world, role=Role.AUDIT_ADMIN)


def test_pages_follow_each_other_in_few_queries(world, session, count_queries):
    with transaction():
        for n in range(PAGE * 2):
            data = PersonData("同名" if n % 2 else f"示例{n:02d}", TOWN)
            register.add_person(session, data, actor_id=world.user.id, now=NOW, kek=KEK)
    who, seen, after = world.actor(Role.TRAINER), [], ""
    for _ in range(3):
        with count_queries() as queries:
            found = search(session, who, Filters(region=TOWN), ON, after)
        assert queries.count <= 6, str(queries)
        seen += [line.person.id for line in found.rows]
        assert found.total == PAGE * 2 + 3
        after = found.after or ""
    assert (len(seen), len(set(seen)), after) == (PAGE * 2 + 3, PAGE * 2 + 3, "")
    assert seen == [line.person.id for line in every(session, who, Filters(region=TOWN), ON)]


def test_the_workbook_holds_exactly_the_list_with_masked_numbers(world, session):
    found = {}
    who = world.actor(Role.REGISTRAR)
    for filters in (Filters(), Filters(region=TOWN, state="in_post"), Filters(text="无此人")):
        with transaction():
            data = people_workbook(session, who, filters, ON, now=NOW)
        listed = [line.person for line in search(session, who, filters, ON).rows]
        table = read(data, "x.xlsx", most_rows=99, most_bytes=99_999, heads=importing.COLUMNS)
        rows = [cells for _, cells in table.records()]
        assert [(r["姓名"], r["身份证号"]) for r in rows] == [
            (p.name, p.number_mask) for p in listed
        ]
        found[filters] = rows
    assert found[Filters(text="无此人")] == []
    (one,) = found[Filters(region=TOWN, state="in_post")]
    assert (one["岗位"], one["专职/兼职"], one["在编"], one["职称"]) == (
        "统计人员", "专职", "是", "高级",
    )  # fmt: skip
    assert (one["区划代码"], one["岗前培训日期"]) == (TOWN, SINCE)
    tags = session.scalars(select(AuditRow).where(AuditRow.tag == "staff.export")).all()
    assert len(tags) == 3


def test_the_matrix_says_who_is_missing_and_whose_hours_are_short(world, session, count_queries):
    with count_queries() as queries:
        found = coverage(session, COUNTY, ON)
    assert queries.count <= 5, str(queries)  # with its BEGIN
    rows = {row.subject: row for row in found.rows}
    dept = f"org:{world.orgs['dept'].id}"
    assert set(rows) == {f"place:{TOWN}", f"place:{STREET}", dept}
    town = rows[f"place:{TOWN}"]
    assert (town.name, town.people) == ("鄂尔多斯市东胜区罕台镇", 2)
    cell = town.cells["induction"]
    assert (cell.should, cell.had, [w.name for w in cell.missing]) == (2, 1, ["阿二"])
    assert rows[dept].cells["law"].had == 1
    assert found.total.cells["law"].had == 1
    assert (found.total.people, found.total.cells["induction"].had) == (4, 3)
    # 90 hours a year: the rule on continuing education, Article 8 (P08).
    assert found.rule.id == "P08"
    (short,) = rows[dept].short
    # The second and third have no title, and owe no hours.
    assert (found.total.bound, len(found.total.short)) == (2, 2)
    assert (short.hours, short.least, short.missing) == (Decimal("89.9"), 90, Decimal("0.1"))
    by: dict[str, Any] = {"actor_id": world.user.id, "now": NOW + timedelta(days=60)}
    with transaction():
        register.record_training(
            session, short.person_id, TrainingData(TODAY, "skills", "业务", Decimal("0.1")),
            source="hand", **by,
        )  # fmt: skip
    assert short.person_id not in [s.person_id for s in short_hours(session, COUNTY, ON)]
    # An induction counts for ever, another training in its year only.
    before = coverage(session, COUNTY, ON, year=2025).total
    assert (before.cells["induction"].had, before.cells["law"].had) == (3, 0)
    assert coverage(session, COUNTY, SINCE - DAY).rows == ()
    own = coverage(session, COUNTY, ON, actor=world.actor(Role.LIAISON, "dept"))
    assert [row.subject for row in own.rows] == [dept]
