"""The register of respondent units: who reads it, what is written, what a table does, the caps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests.security.world import NEXT_COUNTY, World
from tests.workflows.leads.walking import ELSEWHERE, HERE
from tracker.core.audit.models import AuditRow
from tracker.core.cases import caps, unitbook, unitcsv
from tracker.core.cases.unitbook import UnitData
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.core.registers.models import Unit
from tracker.core.registers.uscc import make_uscc

CODE, OTHER = make_uscc("91150602MA0000001"), make_uscc("91150602MA0000002")
WORKS = UnitData("示例煤业有限公司", HERE, uscc=CODE, stratum="industry", above_threshold=True)


@pytest.fixture
def world(session):
    with transaction():
        return World(session)


def _save(world, who, data, **more):
    with transaction():
        return unitbook.save_unit(world.session, world.actor(who), data, now=world.now, **more)


def _names(world, who, *args):
    return [u.name for u in unitbook.search_units(world.session, world.actor(who), *args).rows]


def test_a_unit_is_written_down_changed_and_audited(world, session):
    unit = _save(world, "registrar@bureau", WORKS)
    assert (unit.uscc, unit.name_key, unit.stratum) == (CODE, "示例煤业公司", "industry")
    moved = replace(WORKS, address="示例路 1 号", active=False)
    again = _save(world, "head@bureau", moved, unit_id=unit.id)
    assert (again.id, again.address, again.active) == (unit.id, "示例路 1 号", False)
    added, changed = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(2)).all()[
        ::-1
    ]
    assert (added.tag, changed.tag) == ("unit.add", "unit.change")
    assert '"before":{"active":true,"address":""}' in changed.details.replace(" ", "")


def test_what_is_wrong_is_named_by_its_field(world, session):
    _save(world, "registrar@bureau", WORKS)
    _save(world, "registrar@bureau", UnitData("示例商店", HERE))
    for change, field in (
        ({"name": " （ ）"}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"uscc": CODE[:-1]}, "uscc"),
        ({"uscc": CODE}, "uscc"),
        ({"uscc": None, "name": "示例煤业（有限公司）"}, "name"),
        ({"uscc": None, "name": "示例商店"}, "name"),
        ({"region_code": "150602999999"}, "region_code"),
        ({"region_code": NEXT_COUNTY}, "region_code"),
        ({"subject_type": "king"}, "subject_type"),
        ({"stratum": "gold"}, "stratum"),
    ):
        fresh = replace(WORKS, uscc=OTHER, name="另一家示例公司")
        with pytest.raises(BadInput) as refused:
            _save(world, "registrar@bureau", replace(fresh, **change))
        assert refused.value.field_name == field, change
    assert session.scalar(select(func.count()).select_from(Unit)) == 2


def test_who_reads_and_who_writes(world):
    unit = _save(world, "registrar@bureau", WORKS)
    here = {"registrar", "inspector", "supervisor", "head", "legal_reviewer"}
    may_read = {f"{role}@{org}" for role in here for org in ("bureau", "city", "team")}
    writers = {who for who in may_read if not who.startswith("legal")}
    for who in world.people:
        reads = _may(unitbook.get_unit, world.session, world.actor(who), unit.id)
        assert reads == (who in may_read or who in ("handler", "co_officer", "handler's deputy"))
        try:
            listed = bool(_names(world, who))
        except NotVisible:
            listed = False
        assert listed == reads, who
        writes = _may(_save, world, who, replace(WORKS, address=who), unit_id=unit.id)
        assert writes == (reads and who in writers | set(world.people) - may_read), who


def _may(ask, *args, **more):
    try:
        ask(*args, **more)
    except (NotVisible, StepRefused, BadInput):
        return False
    return True


def test_a_unit_is_found_by_words_and_code_within_a_place(world):
    _save(world, "registrar@bureau", WORKS)
    _save(world, "registrar@bureau", UnitData("东方百货商店", HERE, stratum="trade"))
    _save(world, "registrar@county", UnitData("康巴什示例煤矿", NEXT_COUNTY))
    _save(world, "registrar@foreign bureau", UnitData("南关示例煤业", ELSEWHERE))
    assert _names(world, "head@bureau", "示例 煤") == ["示例煤业有限公司"]
    assert _names(world, "head@bureau", CODE[:10].lower()) == ["示例煤业有限公司"]
    assert _names(world, "head@bureau", "%") == []
    assert set(_names(world, "head@city", "煤")) == {"示例煤业有限公司", "康巴什示例煤矿"}
    assert _names(world, "head@city", "煤", NEXT_COUNTY) == ["康巴什示例煤矿"]
    assert _names(world, "head@city", "南关") == []


def test_pages_follow_each_other_without_gap_or_repeat(world, session):
    with transaction():
        for n in range(unitbook.PAGE * 2 + 5):
            unitbook.write(session, None, UnitData(f"示例第{n:03}厂", HERE))
    actor, seen, after = world.actor("head@bureau"), [], ""
    while True:
        page = unitbook.search_units(session, actor, "", "", after)
        seen += [u.name for u in page.rows]
        if page.after is None:
            break
        after = page.after
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == page.total == unitbook.PAGE * 2 + 5
    assert len(unitbook.search_units(session, actor, "", "", "示例第999厂.1").rows) == 0


# ---------------------------------------------------------------- tables

HEAD = "单位名称,统一社会信用代码,区划代码,主体类型,行业,四上,法定代表人,详细地址\r\n"


def _import(world, text, who="registrar@bureau"):
    with transaction():
        return unitcsv.import_units(world.session, world.actor(who), text, now=world.now)


def test_a_table_adds_and_updates_and_leaves_empty_cells_alone(world, session):
    unit = _save(world, "registrar@bureau", replace(WORKS, address="老地址", active=False))
    table = (
        unitcsv.template()
        + f"示例煤业股份有限公司,{CODE},150602,企业,,,张三,\r\n"
        + "东方百货商店,,150602000000,个体工商户,批发和零售业,否,,示例街 2 号\r\n"
        + ",,,,,,,\r\n"
    )
    assert _import(world, table) == unitcsv.Written(1, 1, 0)
    session.refresh(unit)
    assert (unit.name, unit.legal_representative) == ("示例煤业股份有限公司", "张三")
    assert (unit.address, unit.stratum, unit.above_threshold) == ("老地址", "industry", True)
    assert unit.active is False
    shop = session.scalars(select(Unit).where(Unit.uscc.is_(None))).one()
    assert (shop.subject_type, shop.stratum, shop.region_code) == ("self_employed", "trade", HERE)
    assert _import(world, table) == unitcsv.Written(0, 0, 2)
    code_learnt = HEAD + f"东方百货商店,{OTHER},150602,个体工商户,批发和零售业,,,\r\n"
    assert _import(world, code_learnt) == unitcsv.Written(0, 1, 0)
    assert shop.uscc == OTHER


def test_a_wrong_table_names_every_row_and_writes_none(world, session):
    wrong = (
        HEAD
        + "示例一厂,,150602,企业,工业,是,,\r\n"
        + "示例二厂,123,150602,企业,工业,是,,\r\n"
        + "示例三厂,,1.50602E+11,企业,工业,是,,\r\n"
        + "示例四厂,,150602,公司,工业,是,,\r\n"
        + "示例五厂,,150602,企业,矿业,是,,\r\n"
        + "示例六厂,,150602,企业,工业,也许,,\r\n"
        + "示例七厂,,220102,企业,工业,是,,\r\n"
        + "示例一厂,,150602,企业,工业,是,,\r\n"
        + ",,150602,企业,工业,是,,\r\n"
        + "示例八厂,,150602,企业,工业,是,,,多\r\n"
    )
    with pytest.raises(unitcsv.BadTable) as refused:
        _import(world, wrong)
    said = [str(f) for f in refused.value.faults]
    assert [int(s.split("行")[0].split()[-1]) for s in said] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    for number, word in (
        (3, "18 位"), (4, "设成文本"), (5, "个体工商户"), (6, "批发和零售业"), (7, "是”或“否"),
        (8, "不在您的地区"), (9, "和第 2 行是同一家"), (10, "请填单位名称"), (11, "比表头多"),
    ):  # fmt: skip
        assert word in said[number - 3], said[number - 3]
    assert session.scalars(select(Unit)).all() == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "没有“单位名称”"),
        ("单位名称,电话\r\n甲,1\r\n", "没有“区划代码”"),
        (HEAD, "表格里没有单位"),
        (HEAD.strip() + ",电话\r\n", "“电话”不是模板里的列"),
        (HEAD + '"没有合上的引号,,150602\r\n', "没有区划代码|不是 6 位"),
        (HEAD + "厂,,150602,,,,,\r\n" * (unitcsv.MOST_ROWS + 1), "一次最多 5000 行|同一家单位"),
    ],
    ids=["nothing", "no place", "no row", "odd column", "open quote", "too many"],
)
def test_tables_that_are_none(world, text, fault):
    with pytest.raises(unitcsv.BadTable) as refused:
        _import(world, text)
    assert any(word in str(f) for f in refused.value.faults for word in fault.split("|"))


def test_only_who_keeps_the_register_imports(world):
    for who in ("legal_reviewer@bureau", "liaison@dept", "system_admin@bureau"):
        with pytest.raises(StepRefused):
            _import(world, HEAD + "示例一厂,,150602,企业,工业,是,,\r\n", who)


# ---------------------------------------------------------------- caps


def _cap(world, who, org, year, most, where="东统公告〔2026〕1号"):
    with transaction():
        caps.set_cap(
            world.session, world.actor(who), world.orgs[org], year, most, where, now=world.now
        )


def test_the_cap_is_the_bodys_own_else_that_of_the_one_above(world, session):
    county, city, team = (world.orgs[o] for o in ("bureau", "city", "team"))
    assert caps.cap_of(session, county, 2026) is None
    _cap(world, "head@city", "city", 2026, 3)
    _cap(world, "head@foreign bureau", "foreign bureau", 2026, 9)
    assert [caps.cap_of(session, o, 2026) for o in (county, city, team)] == [3, 3, None]
    _cap(world, "head@bureau", "bureau", 2026, 0)
    assert (caps.cap_of(session, county, 2026), caps.cap_of(session, city, 2026)) == (0, 3)
    assert caps.cap_of(session, county, 2027) is None
    _cap(world, "head@bureau", "bureau", 2026, 2)
    assert [(c.year, c.most) for c in caps.caps_of(session, county)] == [(2026, 2)]
    rows = session.scalars(select(AuditRow).where(AuditRow.tag == "cap.set")).all()
    assert '"before":0' in rows[-1].details.replace(" ", "")


def test_only_the_head_sets_a_cap_and_says_where_it_stands(world, session):
    for who in ("supervisor@bureau", "registrar@bureau", "head@city", "liaison@dept"):
        with pytest.raises(StepRefused):
            _cap(world, who, "bureau", 2026, 2)
    for year, most, where, field in (
        (26, 2, "公告", "year"), (2026, -1, "公告", "most"), (2026, 367, "公告", "most"),
        (2026, 2, " ", "published_in"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            _cap(world, "head@bureau", "bureau", year, most, where)
        assert refused.value.field_name == field
    assert caps.caps_of(session, world.orgs["bureau"]) == []
