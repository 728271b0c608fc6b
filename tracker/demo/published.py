"""A dozen of the published cases on their way through the new procedures.

Facts, figures and published days are those of `data/cases.json`. The days between them, the
steps and the amounts nobody published are arranged, and each case says so in its own text.
Penalty procedure is told from 2021-07-15 on, when the present Administrative Penalty Law took
effect: what was found before is entered afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.core.cases.opening import SeedFigure
from tracker.core.registers.uscc import make_uscc
from tracker.demo.cases import facts_of, published
from tracker.demo.walks import Walk
from tracker.workflows.recognitions.data import DESTINATIONS

_AFTERWARDS = "补录：案发在2021年7月15日以前，处罚程序从补录之日起按现行行政处罚法演示。"
_NO_AMOUNT = "罚款数额没有公布，这里的数额是演示安排。"
_EXAMPLE_CODE = "当事人名称没有公布，统一社会信用代码由程序生成，是示例。"


def _case(case_id: str) -> dict[str, Any]:
    return next(case for case in published() if case["id"] == case_id)


def _told(case_id: str, *more: str) -> str:
    return "\n".join([facts_of(_case(case_id)), *more])


def _figures(case: Mapping[str, Any]) -> list[SeedFigure]:
    return [
        SeedFigure(
            figure["indicator"], figure["unit"], figure["period"],
            Decimal(str(figure["reported"])), Decimal(str(figure["checked"])), case["publisher"],
        )
        for figure in case["figures"]
    ]  # fmt: skip


def _example_code(region: str, number: int) -> str:
    return make_uscc(f"91{region[:6]}MAEP{number:05d}")


def published_walks() -> Iterator[Walk]:
    """The published cases as penalties, proposals and a recognition."""
    yield from (_suzhou(), _sanya(), _taishan(), _chenyang(), _yugu(), _hebei(), _hechuan())
    yield from _bozhou()
    yield from (_yunxiao(), _haidong(), _lingwu(), _dishonest())


# ---------------------------------------------------------------- penalty cases


def _suzhou() -> Walk:
    """Fined 2,000 and warned; told to the public on 2023-07-03."""
    case_id = "suzhou-ah-2023-false-data"
    fine = {"fine": Decimal(2000)}
    return Walk(
        case_id, "penalty", ".341300",
        "register@2023-05-22 propose_opening@2023-05-23 approve_opening@2023-05-25 "
        "~evidence@2023-05-30 submit_report@2023-06-02 approve_report@2023-06-05 "
        "serve_notice@2023-06-06 lapse@2023-06-12 propose_decision@2023-06-12 decide@2023-06-13 "
        "serve_decision@2023-06-14 record_payment@2023-06-19 complete_performance@2023-06-19 "
        "publish@2023-06-20 propose_closing@2023-06-25 close@2023-06-26 ~dossier@2023-07-03 "
        "archive@2023-07-03",
        {
            "register": {
                "unit_name": "宿州市某企业（示例信用代码）",
                "uscc": _example_code("341302000000", 1),
                "matter": "提供不真实统计资料", "source": "inspection",
                "facts": _told(case_id, _EXAMPLE_CODE),
            },
            "submit_report": fine, "propose_decision": fine,
            "record_payment": {"amount": Decimal(2000)},
        },
    )  # fmt: skip


def _sanya() -> Walk:
    """Two months not reported; inspected in 2021-11, told to the public on 2022-08-19."""
    case_id = "sanya-2021-refuse-investment"
    none = {"fine": None}
    return Walk(
        case_id, "penalty", ".460200",
        "register@2021-11-15 propose_opening@2021-11-17 approve_opening@2021-11-19 "
        "~evidence@2021-11-29 submit_report@2021-12-06 approve_report@2021-12-07 "
        "serve_notice@2021-12-09 lapse@2021-12-17 propose_decision@2021-12-20 decide@2021-12-22 "
        "serve_decision@2021-12-24 publish@2021-12-30 complete_performance@2022-01-10 "
        "propose_closing@2022-01-12 close@2022-01-14 ~dossier@2022-01-20 archive@2022-01-20",
        {
            "register": {
                "unit_name": "三亚市某投资有限公司（示例信用代码）",
                "uscc": _example_code("460200000000", 2),
                "matter": "拒绝提供统计资料", "source": "inspection",
                "source_from": "2021年11月统计执法检查",
                "facts": _told(case_id, "罚款数额没有公布，不推算，这里只记警告和通报。",
                               _EXAMPLE_CODE),
            },
            "submit_report": {"act": "refused", "circular": True, **none},
            "propose_decision": none,
        },
    )  # fmt: skip


def _taishan() -> Walk:
    """Late at every period and refusing on 2021-04-09; how it ended was not seen."""
    case_id = "taishan-2021-late"
    return Walk(
        case_id, "penalty", ".440781",
        "register@2021-07-15 propose_opening@2021-07-16 approve_opening@2021-07-20 "
        "~evidence@2021-08-02 submit_report@2021-08-10 approve_report@2021-08-11 "
        "serve_notice@2021-08-16 record_defence@2021-08-18",
        {
            "register": {
                "unit_name": "台山市某规上工业企业", "matter": "拒绝提供统计资料、屡次迟报",
                "facts": _told(case_id, _AFTERWARDS, _NO_AMOUNT,
                               "最终是否处罚没有见到，演示停在陈述申辩。"),
            },
            "propose_opening": {"found_on": _day("2021-04-09"), "act_to": _day("2021-04-09")},
            "submit_report": {"act": "refused", "act_to": _day("2021-04-09"),
                              "fine": Decimal(5000)},
        },
    )  # fmt: skip


def _suqian(case_id: str, course: str, words: dict[str, dict[str, Any]], *more: str) -> Walk:
    """The first nine months of 2020; checked from 2021-04-28 to 30, told on 2021-08-03."""
    case = _case(case_id)
    found = {"found_on": _day("2021-04-28"), "act_to": _day("2020-10-15")}
    return Walk(
        case_id, "penalty", ".321300", course,
        {
            "register": {
                "unit_name": case["lead"]["unit"], "matter": "提供不真实统计资料",
                "source": "handed_down", "source_from": "江苏省统计局统计督察反馈",
                "facts": _told(case_id, _AFTERWARDS, *more),
            },
            "~figures": {"rows": _figures(case)},
            "propose_opening": found,
            **words,
        },
    )  # fmt: skip


def _chenyang() -> Walk:
    """18.94 % as its figures give it, not the 18.5 % that was published; not punished."""
    return _suqian(
        "suqian-2021-chenyang",
        "register@2021-07-15 propose_opening@2021-07-15 approve_opening@2021-07-15 "
        "~figures@2021-07-16 ~evidence submit_report@2021-07-19 approve_report@2021-07-20 "
        "propose_no_penalty@2021-07-21 decide_no_penalty@2021-07-23 serve_no_penalty@2021-07-26 "
        "propose_closing@2021-07-28 close@2021-07-30 ~dossier@2021-08-03 archive@2021-08-03",
        {
            "submit_report": {"outcome": "no_penalty", "warning": False, "fine": None,
                              "ground": "first", "act_to": _day("2020-10-15")},
            "propose_closing": {"reason": "no_penalty"},
        },
        "处罚结果没有见到：初次、轻微并已改正、不予处罚是演示安排。",
    )  # fmt: skip


def _yugu() -> Walk:
    """32.2 % too low; the way to the court is arranged."""
    fine = {"fine": Decimal(20000)}
    return _suqian(
        "suqian-2021-yugu",
        "register@2021-07-15 propose_opening@2021-07-15 approve_opening@2021-07-15 "
        "~figures@2021-07-16 ~evidence submit_report@2021-07-19 approve_report@2021-07-20 "
        "serve_notice@2021-07-21 lapse@2021-07-29 propose_decision@2021-07-30 decide@2021-08-02 "
        "serve_decision@2021-08-03 serve_demand@2021-09-06 apply_court@2022-02-21",
        {
            "submit_report": {"act_to": _day("2020-10-15"), **fine},
            "propose_decision": fine,
            "apply_court": {"court": "宿迁市宿豫区人民法院（示例）"},
        },
        _NO_AMOUNT, "催告和申请强制执行是演示安排。",
    )  # fmt: skip


def _hebei() -> Walk:
    """Told on 2020-06-28, before the present law: entered afterwards and not opened again."""
    case_id = "hebei-2020-contract-revenue"
    case = _case(case_id)
    return Walk(
        case_id, "penalty", ".130000",
        "register@2021-07-15 ~figures propose_declining@2021-07-19 approve_declining@2021-07-21",
        {
            "register": {
                "unit_name": case["lead"]["unit"], "matter": "提供不真实统计资料",
                "source": "handed_down", "source_from": "国家统计局转办",
                "found_on": _day("2020-03-16"), "act_to": _day("2018-12-31"),
                "facts": _told(case_id, _AFTERWARDS,
                               "本案2020年6月28日以前已经认定和处理，补录时不再立案。"),
            },
            "~figures": {"rows": _figures(case)},
            "propose_declining": {
                "ground": "decided",
                "note": "2020年6月28日以前已经作出处理；补录时距2018年的行为也已满两年。",
            },
        },
    )  # fmt: skip


def _hechuan() -> Walk:
    """One of the two that were warned; the circular is of 2022-07-15."""
    case_id = "cq-2022-hechuan"
    none = {"fine": None}
    return Walk(
        case_id, "penalty", ".chongqing",
        "register@2022-04-11 propose_opening@2022-04-13 approve_opening@2022-04-15 "
        "~evidence@2022-05-09 ~papers@2022-05-16 submit_report@2022-05-20 "
        "approve_report@2022-05-23 serve_notice@2022-05-25 lapse@2022-06-02 "
        "propose_decision@2022-06-06 decide@2022-06-08 serve_decision@2022-06-10 "
        "publish@2022-06-15 complete_performance@2022-06-20 propose_closing@2022-06-27 "
        "close@2022-06-29 ~dossier@2022-07-15 archive@2022-07-15",
        {
            "register": {
                "unit_name": "合川区被警告的两家企业之一（示例信用代码）",
                "uscc": _example_code("500117000000", 3),
                "matter": "提供不真实统计资料", "source": "handed_down",
                "source_from": "国家统计督察移交",
                "facts": _told(case_id, "这里只办47家中被警告的一家。", _EXAMPLE_CODE),
            },
            "propose_opening": {"found_on": _day("2020-09-02"), "act_to": _day("2020-06-30")},
            "~papers": {"kinds": ("correction_order",)},
            "submit_report": {"act_to": _day("2020-06-30"), **none},
            "propose_decision": none,
        },
    )  # fmt: skip


# ---------------------------------------------------------------- sanction proposals

# 厅局级, 县处级, 乡科级及以下, and those whose rank was not published.
_RANKS = {
    "prefecture": "厅局级",
    "county": "县处级",
    "township": "乡科级及以下",
    "other": "级别未公布",
}


def _persons(counts: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """As many persons of each rank as were published; no name was, and none is kept."""
    told: dict[str, dict[str, Any]] = {}
    ranks = [rank for rank, count in counts.items() for _ in range(count)]
    for line, rank in enumerate(ranks, start=1):
        told[f"add_person#{line}" if line > 1 else "add_person"] = {
            "name": f"责任人{line}", "post": f"{_RANKS[rank]}（姓名、职务不收）", "rank": rank,
            "responsibility": "direct" if rank in ("township", "other") else "main_leader",
            "facts": "见通报。", "evidence": "见案卷。", "proposal": "给予处分处理",
        }  # fmt: skip
    return told


def _results(count: int) -> dict[str, dict[str, Any]]:
    return {
        f"record_result#{line}" if line > 1 else "record_result": {
            "line": line, "level": "未公布", "document": f"文号未公布（责任人{line}）",
        }
        for line in range(1, count + 1)
    }  # fmt: skip


def _times(step: str, count: int) -> str:
    return " ".join([step] * count)


def _bozhou() -> Iterator[Walk]:
    """33 enterprises punished and 16 persons sanctioned; circular of 2022-06-24."""
    case_id = "nbs-2022-bozhou"
    fine = {"fine": Decimal(20000)}
    yield Walk(
        case_id, "penalty", ".340000",
        "register@2021-07-15 propose_opening@2021-07-16 approve_opening@2021-07-20 "
        "~evidence@2021-08-02 submit_report@2021-08-16 approve_report@2021-08-17 "
        "serve_notice@2021-08-19 lapse@2021-08-27 propose_decision@2021-08-30 "
        "decide@2021-09-01 serve_decision@2021-09-03 publish@2021-09-08 "
        "open_sanction@2021-09-10 record_payment@2021-09-13",
        {
            "register": {
                "unit_name": "亳州市33家企业之一（示例信用代码）",
                "uscc": _example_code("341600000000", 4), "matter": "提供不真实统计资料",
                "source": "report",
                "facts": _told(case_id, _AFTERWARDS, "这里只办33家中的一家。", _NO_AMOUNT,
                               _EXAMPLE_CODE),
            },
            "propose_opening": {"found_on": _day("2020-06-08"), "act_to": _day("2020-05-29")},
            "submit_report": {"act_to": _day("2020-05-29"), **fine}, "propose_decision": fine,
            "record_payment": {"amount": Decimal(20000)},
            "open_sanction": {"note": "有关部门、乡镇编造虚假入库资料、代填代报。"},
        },
    )  # fmt: skip
    yield Walk(
        f"{case_id}-persons", "sanction", ".340000",
        f"{_times('add_person@2021-09-13', 16)} submit@2021-09-16 pass_review@2021-09-22 "
        "pass_discussion@2021-10-08 send@2021-10-12 record_receipt@2021-10-15 chase@2021-12-15 "
        f"{_times('record_result@2022-04-12', 16)} finish@2022-04-14 confirm_results@2022-04-19 "
        "circulate@2022-06-24 close@2022-06-24",
        {
            **_persons({"prefecture": 1, "county": 5, "township": 10}), **_results(16),
            "submit": {"addressee": "安徽省有关任免机关"},
            "circulate": {"document": "国家统计局通报（2022年6月24日）", "scope": "公开通报"},
        },
        parent=case_id,
    )  # fmt: skip


def _opened(case_id: str, unit: str, matter: str, *more: str) -> dict[str, Any]:
    return {"unit_name": unit, "matter": matter, "facts": _told(case_id, *more)}


def _yunxiao() -> Walk:
    """43 persons; the circular is of 2022-06-24, this stands at its legal review."""
    case_id = "nbs-2022-yunxiao-dongshan"
    return Walk(
        case_id, "sanction", ".350000",
        f"open@2020-11-16 {_times('add_person@2020-11-18', 43)} submit@2020-12-01",
        {
            "open": _opened(case_id, "云霄县、东山县有关部门和乡镇", "授意、强令编造统计资料",
                            "演示停在法制审核：公布的处分43人按级别列为责任人，姓名不收。"),
            **_persons({"prefecture": 5, "county": 10, "township": 28}),
            "submit": {"addressee": "福建省有关任免机关"},
        },
    )  # fmt: skip


def _haidong() -> Walk:
    """Handed over in 2018-02; by the end of 2019-03 not all results had come."""
    case_id = "nbs-2019-haidong-xining"
    return Walk(
        case_id, "sanction", ".630000",
        f"open@2018-01-08 {_times('add_person@2018-01-10', 3)} submit@2018-01-12 "
        "pass_review@2018-01-18 pass_discussion@2018-01-30 send@2018-02-05 "
        "record_receipt@2018-02-08 chase@2018-05-08 chase@2018-08-02 record_result@2018-08-06 "
        "report_overdue@2018-08-10 chase@2018-12-10 record_result@2019-01-15 chase@2019-03-29",
        {
            "open": _opened(case_id, "平安区、城东区、甘河工业园区有关部门",
                            "干预独立报送、编造代报",
                            "责任人数没有公布，列三人是演示安排；截至2019年3月底没有收到全部结果。"),
            **_persons({"other": 3}), **_results(2),
            "submit": {"addressee": "青海省有关任免机关"},
            "report_overdue": {"superior": "国家统计局"},
        },
    )  # fmt: skip


def _lingwu() -> Walk:
    """42 persons; first circular 2018-09-18, the results told on 2019-05-21."""
    case_id = "nbs-2018-lingwu"
    return Walk(
        case_id, "sanction", ".640100",
        f"open@2018-09-18 {_times('add_person@2018-09-19', 42)} submit@2018-09-20 "
        "pass_review@2018-09-25 pass_discussion@2018-10-09 send@2018-10-12 "
        f"record_receipt@2018-10-16 chase@2019-01-15 extend@2019-04-10 "
        f"{_times('record_result@2019-05-14', 42)} finish@2019-05-15 confirm_results@2019-05-17 "
        "circulate@2019-05-21 close@2019-05-21",
        {
            "open": _opened(case_id, "灵武市有关部门", "非法干预、指令企业报送虚假数据",
                            "处分42人：厅局级4人、县处级8人，其余30人级别没有公布。"),
            **_persons({"prefecture": 4, "county": 8, "other": 30}), **_results(42),
            "submit": {"addressee": "宁夏回族自治区有关任免机关"},
            "circulate": {"document": "国家统计局公开通报（2019年5月21日）",
                          "scope": "公开通报"},
        },
    )  # fmt: skip


# ---------------------------------------------------------------- recognition


def _dishonest() -> Walk:
    """One of the 97 in a province that had not pushed to the national platform by 2018-10-22."""
    case_id = "nbs-2018-97-dishonest"
    return Walk(
        case_id, "recognition", ".340000",
        "open@2018-08-06 propose@2018-08-08 approve_notice@2018-08-10 serve_notice@2018-08-14 "
        "record_defence@2018-08-17 conclude@2018-08-20 recognise@2018-09-03 "
        f"serve_decision@2018-09-05 {_times('record_push@2018-10-22', len(DESTINATIONS) - 1)}",
        {
            "open": {
                "unit_name": "97家统计严重失信企业之一（示例信用代码）",
                "uscc": _example_code("340000000000", 5), "address": "示例路97号",
                "person": "示例人", "matter": "编造不真实数据、虚报瞒报",
                "facts": _told(case_id, "六省没有按规定推送国家平台：缺最后一份回执。",
                               _EXAMPLE_CODE),
            },
            "record_push": {"receipt": "省级网站公示（示例）"},
        },
    )  # fmt: skip


def _day(text: str) -> date:
    return date.fromisoformat(text)
