"""People, posts and learning: what is kept, what is refused, who reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.core.staff.bureau import COUNTY, FAR, KEK, NEXT, NOW, TODAY, TOWN, Bureau, number
from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible, Unavailable
from tracker.core.staff import numbers, register, scope
from tracker.core.staff.models import Holding, Person
from tracker.core.staff.register import PersonData, PostData, TrainingData
from tracker.core.vault.keys import Kek

A, B = number(1), number(2)
SINCE = date(2026, 1, 5)
DAY = timedelta(days=1)


@pytest.fixture
def bureau(session):
    with transaction():
        return Bureau(session)


@pytest.fixture
def by(bureau):
    return {"actor_id": bureau.user.id, "now": NOW}


def _person(session, by, name="王示例", code="", place=TOWN, **more):
    data = PersonData(name, place, number=code, **more)
    with transaction():
        return register.add_person(session, data, kek=KEK, **by)


def _post(session, by, person, **more):
    with transaction():
        return register.add_holding(
            session, person.id, replace(PostData(TOWN, "statistician", SINCE), **more), **by
        )


def _train(session, by, person, held_on, kind="induction", hours="8", **more):
    data = TrainingData(held_on, kind, "岗前培训", Decimal(hours), **more)
    with transaction():
        return register.record_training(session, person.id, data, source="hand", **by)


def _in_post(session, day):
    return session.scalars(select(Holding.id).where(register.in_post(day))).all()


# ---------------------------------------------------------------- numbers


@pytest.mark.once
def test_a_number_is_checked_masked_and_never_repeated():
    # The example of GB 11643-1999 itself.
    assert numbers.check("11010519491231002x") == "11010519491231002X"
    assert numbers.check(" 11010519491231002ｘ") == "11010519491231002X"
    assert numbers.mask(A) == f"{A[:6]}********{A[-4:]}"
    for wrong in ("", "1", A[:17], A + "1", "X" + A[1:], A[:6] + "20260230" + A[14:],
                  A[:6] + "18990101" + A[14:], A[:17] + "1X"[A[17] == "1"]):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            numbers.check(wrong)
        assert not wrong or len(wrong) < 3 or wrong not in str(refused.value)


@pytest.mark.once
def test_a_sealed_number_opens_at_its_own_person_with_its_own_key_only():
    sealed = numbers.seal(A, 7, KEK)
    assert numbers.unseal(sealed, 7, KEK) == A
    assert A not in str(sealed)
    other = Kek(KEK.key_id, bytes(32))
    for person_id, kek in ((8, KEK), (7, other), (7, Kek("ff", KEK.secret))):
        with pytest.raises(Unavailable):
            numbers.unseal(sealed, person_id, kek)
    assert numbers.unseal(numbers.seal(A, 7, KEK, alg="sm4-gcm"), 7, KEK) == A
    assert numbers.digest(A, KEK) == numbers.digest(A, KEK) != numbers.digest(B, KEK)
    assert numbers.digest(A, KEK) != numbers.digest(A, other)


# ---------------------------------------------------------------- people


def test_a_person_is_entered_changed_and_known_again(session, bureau, by):
    person = _person(session, by, code=A, phone=" 0477 ", rank="junior")
    assert (person.phone, person.name_key, person.number_mask[-4:]) == ("0477", "王示例", A[-4:])
    with pytest.raises(BadInput, match=r"王示例（.*罕台镇）"), transaction():
        register.add_person(session, PersonData("李示例", TOWN, number=A), kek=KEK, **by)
    other = _person(session, by, "李示例", B)
    with transaction():
        register.change_person(session, person.id, PersonData("王例", TOWN), kek=KEK, **by)
    assert (person.name, person.phone, numbers.unseal(person.number_seal, person.id, KEK)) == (
        "王例", "", A,
    )  # fmt: skip
    for data, field in (
        (PersonData(" ", TOWN), "name"),
        (PersonData("王例", "150602999000"), "region_code"),
        (PersonData("王例", TOWN, rank="chief"), "rank"),
        (PersonData("王例", TOWN, number=A[:17]), "number"),
        (PersonData("王例", TOWN, number=B), "number"),
        (PersonData("王例", TOWN, user_id=999), "user_id"),
    ):
        with pytest.raises(BadInput) as refused, transaction():
            register.change_person(session, person.id, data, kek=KEK, **by)
        assert refused.value.field_name == field
    with transaction():
        data = PersonData("王例", TOWN, user_id=bureau.user.id)
        register.change_person(session, person.id, data, kek=KEK, **by)
    data = PersonData("李示例", TOWN, user_id=bureau.user.id)
    with pytest.raises(BadInput, match="王例"), transaction():
        register.change_person(session, other.id, data, kek=KEK, **by)


def test_reading_a_number_leaves_a_trace_first(session, bureau, by):
    person, bare = _person(session, by, code=A), _person(session, by, "李示例")
    who = bureau.actor(Role.REGISTRAR)
    with transaction():
        assert register.reveal_number(session, who, person.id, "核对", now=NOW, kek=KEK) == A
    row = session.scalars(select(AuditRow).where(AuditRow.tag == "staff.number.read")).one()
    assert (row.object, row.reason, row.actor_id) == (f"person:{person.id}", "核对", who.user_id)
    for person_id, reason, actor, error in (
        (person.id, " ", who, BadInput),
        (bare.id, "核对", who, BadInput),
        (person.id, "核对", bureau.actor(Role.REGISTRAR, "far bureau"), NotVisible),
    ):
        with pytest.raises(error), transaction():
            register.reveal_number(session, actor, person_id, reason, now=NOW, kek=KEK)
    assert not session.scalars(select(AuditRow).where(AuditRow.canonical.contains(A))).all()
    assert not session.scalars(select(AuditRow).where(AuditRow.canonical.contains("王示例"))).all()


# ---------------------------------------------------------------- posts


def test_nobody_is_in_post_without_an_induction(session, by):
    person = _person(session, by)
    post = _post(session, by, person)
    assert _in_post(session, TODAY) == []
    _train(session, by, person, SINCE + 10 * DAY, passed=False)
    _train(session, by, person, SINCE + 20 * DAY)
    for day in (SINCE - DAY, SINCE, SINCE + 19 * DAY):
        with pytest.raises(BadInput), transaction():
            register.confirm(session, post, day, **by)
    with transaction():
        register.confirm(session, post, SINCE + 20 * DAY, **by)
    assert [_in_post(session, SINCE + n * DAY) for n in (19, 20)] == [[], [post.id]]
    with pytest.raises(BadInput, match="已经"), transaction():
        register.confirm(session, post, TODAY, **by)
    other = _person(session, by, "李示例")
    with pytest.raises(BadInput), transaction():
        register.add_holding(
            session, other.id, PostData(TOWN, "lead", SINCE),
            confirmed_on=TODAY, **by,
        )  # fmt: skip


def test_leave_and_the_last_day_bound_a_post(session, by):
    person, next_one = _person(session, by), _person(session, by, "李示例")
    _train(session, by, person, SINCE)
    post = _post(session, by, person)
    with transaction():
        register.confirm(session, post, SINCE, **by)
        register.set_leave(session, post, SINCE + 5 * DAY, SINCE + 7 * DAY, **by)
    seen = [bool(_in_post(session, SINCE + n * DAY)) for n in (4, 5, 7, 8)]
    assert seen == [True, False, False, True]
    with transaction():
        register.set_leave(session, post, SINCE + 5 * DAY, **by)
    assert _in_post(session, TODAY) == []
    with transaction():
        register.set_leave(session, post, None, **by)
        register.end_holding(session, post, TODAY, "out", successor_id=next_one.id, **by)
    assert [bool(_in_post(session, TODAY + n * DAY)) for n in (0, 1)] == [True, False]
    assert [p.name for p, _ in register.people_at(session, TOWN, TODAY)] == ["王示例"]
    assert register.people_at(session, TOWN, TODAY + DAY) == []
    assert register.people_at(session, COUNTY, TODAY) == []
    later = _post(session, by, person, since=TODAY + DAY, duty="lead")
    for held, last, reason, more in (
        (post, TODAY, "out", {}),  # ended already
        (later, TODAY, "out", {}),  # before it began
        (later, TODAY + DAY, "", {}),
        (later, TODAY + DAY, "retired", {"successor_id": person.id}),
    ):
        with pytest.raises(BadInput), transaction():
            register.end_holding(session, held, last, reason, **more, **by)


def test_a_post_is_refused_where_it_cannot_be(session, bureau, by):
    person = _person(session, by)
    first = _post(session, by, person)
    with transaction():
        register.end_holding(session, first, TODAY, "move", **by)
    for more, field in (
        ({"duty": "chief"}, "duty"),
        ({"region_code": "150602999000"}, "region_code"),
        ({"org_id": 999}, "org_id"),
        ({"title": "长" * 61}, "title"),
        ({"since": TODAY}, "since"),  # the first still has this day
    ):
        with pytest.raises(BadInput) as refused:
            _post(session, by, person, **more)
        assert refused.value.field_name == field
    _post(session, by, person, since=TODAY + DAY, region_code=NEXT)
    assert person.region_code == NEXT
    _post(session, by, person, since=SINCE - 90 * DAY, duty="helper", region_code=COUNTY)
    assert person.region_code == NEXT  # an older post moves nobody
    since = [h.since for h in register.holdings_of(session, person.id)]
    assert since == sorted(since, reverse=True)


# ---------------------------------------------------------------- learning


def test_a_mistaken_post_gives_the_record_back(session, by):
    person = _person(session, by)
    _post(session, by, person)
    wrong = _post(session, by, person, region_code=NEXT, since=SINCE + DAY)
    assert person.region_code == NEXT
    with transaction():
        register.end_holding(session, wrong, wrong.since, "mistake", **by)
    assert person.region_code == TOWN


def test_hours_count_in_their_year_when_passed(session, by):
    one, two = _person(session, by), _person(session, by, "李示例")
    _train(session, by, one, date(2025, 12, 31), "law", "4")
    _train(session, by, one, date(2026, 1, 1), "law", "4.5")
    _train(session, by, one, date(2026, 2, 1), "skills", "8")
    _train(session, by, one, date(2026, 2, 2), "skills", "8", passed=False)
    found = register.hours_in(session, [one.id, two.id], 2026)
    assert found == {one.id: Decimal("12.5"), two.id: Decimal(0)}
    _train(session, by, one, date(2026, 2, 5))
    _train(session, by, one, date(2026, 2, 3))
    assert register.inducted(session, [one.id, two.id], TODAY) == {one.id: date(2026, 2, 3)}
    assert register.inducted(session, [one.id], date(2026, 2, 2)) == {}
    for change, field in (
        ({"held_on": TODAY + DAY}, "held_on"),
        ({"kind": "party"}, "kind"),
        ({"title": ""}, "title"),
        ({"hours": Decimal(-1)}, "hours"),
        ({"hours": Decimal("NaN")}, "hours"),
        ({"score": -1}, "score"),
    ):
        data = replace(TrainingData(TODAY, "law", "统计法", Decimal(4)), **change)
        with pytest.raises(BadInput) as refused, transaction():
            register.record_training(session, one.id, data, source="hand", **by)
        assert refused.value.field_name == field
    with transaction():
        register.add_qualification(session, one.id, "统计师", SINCE, number="1", **by)
    for name, number_, day, expires in (
        ("统计师", "1", SINCE, None),
        ("", "2", SINCE, None),
        ("统计师", "2", TODAY + DAY, None),
        ("统计师", "2", SINCE, SINCE - DAY),
    ):
        with pytest.raises(BadInput), transaction():
            register.add_qualification(
                session, one.id, name, day, number=number_, expires_on=expires, **by
            )


# ---------------------------------------------------------------- who reads


def test_who_reads_whom(session, bureau, by):
    """Domain 3.9: a bureau its region, a township itself, a department its own, nobody else."""
    people = {
        "town": _person(session, by),
        "next": _person(session, by, "李示例", place=NEXT),
        "far": _person(session, by, "张示例", place=FAR),
    }
    for name in ("dept", "other dept"):
        people[name] = _person(session, by, name, place=COUNTY)
        _post(session, by, people[name], region_code=COUNTY, org_id=bureau.orgs[name].id)
    county = {"town", "dept", "other dept"}
    bodies = {Role.REGISTRAR, Role.TRAINER, Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD}
    own = {Role.LIAISON, Role.DEPT_APPROVER, Role.TOWNSHIP_CLERK}
    for at, roles, wanted in (
        ("bureau", bodies, county),
        ("far bureau", bodies, {"far"}),
        ("town", own, {"town"}),
        ("dept", own, {"dept"}),
        ("bureau", own, set()),
        ("town", bodies, set()),
        ("dept", bodies, set()),
        *((at, {*ADMIN_ROLES, Role.LEGAL_REVIEWER}, set()) for at in ("bureau", "town", "dept")),
    ):
        for role in roles:
            actor = bureau.actor(role, at)
            ids = set(session.scalars(select(Person.id).where(scope.readable(actor))))
            assert ids == {people[name].id for name in wanted}, (role, at)
            seen = {name for name, p in people.items() if scope.may_read(session, actor, p.id)}
            assert seen == wanted, (role, at)
    for role in Role:
        writes = role in (Role.REGISTRAR, Role.TRAINER)
        assert scope.may_write(bureau.actor(role), TOWN) is writes
        assert not scope.may_write(bureau.actor(role), NEXT)
        assert not scope.may_write(bureau.actor(role, "town"), TOWN)
    with pytest.raises(NotVisible):
        scope.get_person(session, bureau.actor(Role.REGISTRAR), people["far"].id)
