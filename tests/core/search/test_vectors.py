"""What a search finds among very many cases: names, codes, numbers and words typed together.

`TRACKER_SEARCH_CASES=200000` makes as many cases and prints how long each query takes.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.helpers.databases import backend
from tests.workflows.leads.walking import Office
from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.finding import CaseHit, find_cases, found
from tracker.core.cases.finding import newest as find_newest
from tracker.core.cases.indexing import row_of
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.cases.scope import visible
from tracker.core.cases.words import Word
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.search.index import write_rows
from tracker.workflows.leads.models import Lead

COUNT = int(os.environ.get("TRACKER_SEARCH_CASES", "400"))
_TODAY = date(2026, 3, 2)
_SYLLABLES = "鼎盛恒泰瑞丰华信安达宏远金源通汇佳和利民广润德昌隆兴永顺"
_TALK = (
    "经核对调度台账与联网直报平台的数据，该单位报送的产值与纳税申报存在差异，统计人员称按上级"
    "下达的任务数填报，现场未能提供原始记录，需要进一步核实固定资产投资项目的入库资料和进度情况"
)
_GIVEN = "建国志强丽娟晓明海燕文博雪梅永刚秀英子涵浩然"
_SURNAMES = "王李赵刘陈杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈吕苏卢蒋蔡"


@dataclass
class Planted:
    """One case with words of its own, and what must find it; nothing else may."""

    said: list[Word]
    by: tuple[str, ...]
    not_by: tuple[str, ...] = ()
    id: int = field(default=0)


def person(name: str) -> Word:
    return Word("人员", name, spoken=True)


PLANTED = (
    # Two characters, whole and with other words.
    Planted([person("张伟"), Word("标题", "罕台镇虚报产值")],
            ("张伟", "zhangwei", "zhang wei", "ZhangWei", "zhangwe", "罕台 张伟", "张伟 虚报",
             "虚报zhangwei", "ｚｈａｎｇｗｅｉ"), ("张炜", "伟张", "zhangweii")),
    Planted([person("尉迟恭")], ("尉迟", "尉迟恭", "yuchigong", "yuchi", "ycg", "yu chi gong"),
            ("尉恭",)),
    # Surnames that are read otherwise than the character mostly is.
    Planted([person("曾贤鹤")], ("zengxianhe", "zxh", "zeng xian he", "cengxianhe")),
    Planted([person("仇贤琛")], ("qiuxianchen", "qxc", "仇贤")),
    Planted([person("解贤琪")], ("xiexianqi", "xxq")),
    Planted([person("区贤璋")], ("ouxianzhang", "oxz")),
    Planted([person("盖贤珂")], ("gexianke", "gaixianke")),
    Planted([person("翟贤瑀")], ("zhaixianyu", "dixianyu")),
    Planted([person("朴贤璐")], ("piaoxianlu", "pxl")),
    Planted([person("覃贤瑭")], ("qinxiantang", "tanxiantang")),
    Planted([person("单贤琮")], ("shanxiancong", "sxc")),
    Planted([person("乐贤琦")], ("yuexianqi", "lexianqi")),
    Planted([person("任贤珩")], ("renxianheng", "rxh")),
    Planted([person("查贤瑾")], ("zhaxianjin",)),
    Planted([person("单于贤")], ("chanyuxian", "cyx", "单于")),
    Planted([person("长孙贤")], ("zhangsunxian", "zsx")),
    Planted([person("买买提·吐尔逊")], ("买买提", "吐尔逊", "maimaiti", "tuerxun", "买买提吐尔逊")),
    Planted([person("吕贤绿")], ("lvxianlv", "LÜ", "lvxian")),
    # Codes, whole and from their beginning; capitals and full width are typing.
    Planted([Word("信用代码", "91150602MA7XQ8K25J")],
            ("91150602MA7XQ8K25J", "91150602ma7xq8k25j", "91150602MA7XQ", "９１１５０６０２ＭＡ７"),
            ("91150602MA7XQ8K25K", "150602MA7XQ")),
    # Numbers, however their brackets are typed, or without any.
    Planted([Word("编号", "鄂统线〔2026〕730号")],
            ("鄂统线〔2026〕730号", "鄂统线[2026]730号", "鄂统线（2026）730号", "鄂统线2026730号",
             "鄂统线2026 730", "〔2026〕730", "〔2026〕0730号", "2026 730 鄂统线",
             "【2026】第730号"),
            ("鄂统线〔2026〕73号", "鄂统线〔2027〕730号", "〔2026〕7300")),
    Planted([Word("编号", "鄂统线〔2026〕7301号")], ("鄂统线〔2026〕7301号", "〔2026〕7301")),
    # Letters, figures and characters mixed.
    Planted([Word("单位", "罕台A2号矿区GDP核算中心")],
            ("A2号矿区", "a2 gdp", "GDP核算", "gdp核算中心 罕台", "矿区"), ("A3号矿区", "gdp预算")),
    # Of characters beyond the first plane, one at a time.
    Planted([person("𠮷野")], ("𠮷野", "𠮷"), ("𠮷田",)),
)  # fmt: skip


@pytest.fixture(scope="module")
def filled(
    _worker_app: Flask, all_databases: Any, test_settings: Callable[..., Any]
) -> Iterator[tuple[Flask, int]]:
    """An office with many cases in a database of its own; the supervisor's id."""
    from tests.conftest import _make_app

    url = all_databases.create()
    app = _make_app(test_settings(url))
    with app.app_context():
        with transaction() as session:
            office = Office(session)
        with transaction() as session:
            _fill(session, office)
        if backend() == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
                plain.exec_driver_sql("ANALYZE")
        supervisor = office.people["supervisor@bureau"]
        yield app, supervisor
        db.session.remove()
        db.engine.dispose()
    all_databases.drop(url)


def _fill(session: Session, office: Office) -> None:
    draw = random.Random(20260302)  # noqa: S311 - the same cases each time
    planted = dict(zip(range(7, 10_000, 11), PLANTED, strict=False))
    for begin in range(1, COUNT + 1, 2000):
        cases, rows = [], []
        for number in range(begin, min(begin + 2000, COUNT + 1)):
            cases.append(_case(number, office))
            if number in planted:
                planted[number].id = number
                rows.append(row_of(number, planted[number].said))
            else:
                rows.append(row_of(number, _filler(number, draw)))
        session.execute(insert(cast(Any, Case.__table__)), cases)
        session.execute(insert(cast(Any, Lead.__table__)), [_lead(case["id"]) for case in cases])
        write_rows(session, rows)


def _case(number: int, office: Office) -> dict[str, Any]:
    return {
        "id": number, "kind": "lead", "number": None, "title": f"第{number}件", "state": "triage",
        "flow_version": 1, "version": 1, "region_code": "150602000000",
        "origin_org_id": office.orgs["dept"], "bureau_id": office.orgs["bureau"],
        "scope_code": "150602000000", "turn_org_id": office.orgs["bureau"],
        "turn_role": Role.INSPECTOR.value, "confidentiality": 1, "restricted": False,
        "channel": "department", "next_due_provisional": False, "due_order": LAST_DAY,
        "opened_at": utc_now(), "opened_on": _TODAY, "holder_since": _TODAY,
        "created_by_id": office.people["drafter"], "audit_n": 0,
    }  # fmt: skip


def _lead(number: int) -> dict[str, Any]:
    return {
        "id": number, "unit_name": "示例", "unit_key": "示例", "period": "2026年1月",
        "matter": "迟报", "found_in": "核对", "found_on": _TODAY, "survey_owner": "bureau",
        "facts": "", "reporter": "none", "reply_wanted": False,
    }  # fmt: skip


def _filler(number: int, draw: random.Random) -> list[Word]:
    unit = "".join(draw.choices(_SYLLABLES, k=4))
    begin = draw.randrange(40)
    name = draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=2))
    inspector = draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=2))
    return [
        Word("编号", f"东统线〔2014〕{number}号"),
        Word("标题", f"{unit}有限公司涉嫌统计造假"),
        Word("情况", _TALK[begin : begin + 60]),
        person(name),
        Word("人员", inspector, inside=True, spoken=True),
    ]


def ids_of(session: Session, actor: Any, text: str) -> set[int]:
    query = select(Case.id).where(visible(actor), found(session, actor, text)).limit(50)
    return set(session.scalars(query))


def test_every_vector_finds_its_case_and_no_other(filled: tuple[Flask, int]):
    _app, supervisor = filled
    session = db.session()
    actor = load_actor(session, supervisor, _TODAY)
    wrong = []
    for planted in PLANTED:
        assert planted.id, "more cases are needed than there are vectors"
        wrong += [f"misses {t}" for t in planted.by if planted.id not in ids_of(session, actor, t)]
        wrong += [f"finds {t}" for t in planted.not_by if planted.id in ids_of(session, actor, t)]
    assert not wrong


def test_whole_names_and_codes_find_one_case_alone(filled: tuple[Flask, int]):
    _app, supervisor = filled
    session = db.session()
    actor = load_actor(session, supervisor, _TODAY)
    for text in (
        "张伟",
        "尉迟恭",
        "zengxianhe",
        "91150602MA7XQ8K25J",
        "鄂统线〔2026〕730号",
        "a2 gdp",
    ):
        assert len(ids_of(session, actor, text)) == 1, text


QUERIES = (
    "张伟", "统计造假", "固定资产投资项目", "张伟 虚报", "龙", "鼎盛恒泰", "zhangwei", "zw", "wang",
    "鄂统线〔2026〕730号", "东统线〔2014〕3号", "91150602MA7XQ8K25J", "王建国", "联网直报 建国",
)  # fmt: skip


def test_the_newest_are_found_first_and_soon(filled: tuple[Flask, int], capsys: Any):
    _app, supervisor = filled
    session = db.session()
    actor = load_actor(session, supervisor, _TODAY)
    lines = []
    for text in QUERIES:
        spent, counted = [], []
        where = visible(actor) & found(session, actor, text)
        query = select(Case.id).where(where).order_by(Case.id.desc()).limit(20)
        newest: list[int] = []
        ids: list[int] = []
        hits: list[CaseHit] = []
        for _ in range(5):
            begin = perf_counter()
            newest = list(session.scalars(query))
            spent.append(perf_counter() - begin)
        assert newest == sorted(newest, reverse=True)
        for _ in range(3):
            begin = perf_counter()
            ids = find_newest(session, actor, text)
            hits = find_cases(session, actor, text, ids, most=6)
            counted.append(perf_counter() - begin)
            session.rollback()
        total = len(ids)
        assert ids[:20] == newest
        assert [h.case.id for h in hits] == newest[:6]
        assert total >= len(newest)
        lines.append(
            f"{text:24} {total:>6} {sorted(spent)[2] * 1000:8.1f} ms newest 20"
            f" {sorted(counted)[1] * 1000:8.1f} ms with count and reasons"
        )
    if COUNT >= 10_000:
        with capsys.disabled():
            print(f"\n{backend()}, {COUNT} cases\n" + "\n".join(lines))  # noqa: T201 - asked for by whoever measures
