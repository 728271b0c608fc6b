"""Inspection tasks of the demo: how they are usually done, and those of the three homes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.demo.penalty_walks import NOTE
from tracker.demo.units import party
from tracker.demo.walking import Custom, Moment, Trade
from tracker.demo.walks import Walk
from tracker.workflows.inspections.asks import CRITERIA
from tracker.workflows.inspections.lines import LineInput, add_line, save_line, site_lines
from tracker.workflows.inspections.models import Inspection

_HANDLER = "inspector1"
_WHERE = "厂区办公楼"
# Indicator, unit of measure, nature, reported, due.
_FIGURES = (
    ("工业总产值", "千元", "value", "86320", "61740"),
    ("营业收入", "千元", "value", "84110", "60255"),
    ("从业人员平均人数", "人", "non_value", "214", "208"),
    ("综合能源消费量", "吨标准煤", "non_value", "18450", "23160"),
)


def _nothing(_moment: Moment) -> Mapping[str, Any]:
    return {}


def _order(_moment: Moment) -> dict[str, Any]:
    return {
        "channel": "special",
        "matter": "工业统计数据质量",
        "reason": f"联网直报数与有关部门的数据相差较大。\n{NOTE}",
        "source_paper": "示例统发〔2026〕9号",
    }


def _team(moment: Moment) -> dict[str, Any]:
    return {"handler": moment.who(_HANDLER), "co_officer": moment.who("inspector2")}


def _check(moment: Moment) -> dict[str, Any]:
    return {
        "scope": "工业统计报表和能源统计报表",
        "content": "核对原始记录、统计台账和报表\n核对营业收入和总产值",
        "method": "site",
        "from_on": moment.today,
        "to_on": moment.day(15),
        "exemption": "none",
    }


def _served(moment: Moment) -> dict[str, Any]:
    return {"on": moment.today, "manner": "direct", "received_by": "示例人"}


def _enter(moment: Moment) -> dict[str, Any]:
    return {
        "at": moment.now - timedelta(minutes=5), "place": _WHERE,
        "received_by": "示例人（厂长）", "shown": True, "told": True,
    }  # fmt: skip


def _recorded(moment: Moment) -> dict[str, Any]:
    return {
        "started_at": moment.now - timedelta(minutes=4),
        "ended_at": moment.now - timedelta(minutes=1),
        "place": _WHERE,
        "recorder": "示例记录人",
        "signed": "yes",
    }


def _obstructed(moment: Moment) -> dict[str, Any]:
    return {
        "at": moment.now - timedelta(minutes=2), "kind": "refused", "person": "示例人（会计）",
        "what": "以负责人不在为由拒绝打开财务室，拒绝提供会计凭证。",
        "witness": "示例见证人（村民委员会）",
    }  # fmt: skip


def _suspected(moment: Moment) -> dict[str, Any]:
    return {
        "matter": "提供不真实的统计资料",
        "facts": f"上报的工业总产值和营业收入高于台账和凭证。\n{NOTE}",
        "criteria": tuple(CRITERIA),
        "act_from": moment.day(-80),
        "act_to": moment.day(-60),
        "found_on": moment.today,
    }


def _correction(moment: Moment) -> dict[str, Any]:
    return {
        "facts": "没有设置能源统计台账，综合能源消费量少报。",
        "basis": "《中华人民共和国统计法》第二十四条",
        "corrections": "设置能源统计台账\n更正综合能源消费量",
        "correct_by": moment.day(10),
    }


def _recheck(moment: Moment) -> dict[str, Any]:
    return {"at": moment.now - timedelta(minutes=3), "place": _WHERE,
            "findings": "台账已经设置，数据已经更正。", "signed": "yes"}  # fmt: skip


CUSTOMS: dict[str, Custom] = {
    "order": Custom("supervisor", _order),
    "assign": Custom("supervisor", _team),
    "submit_check": Custom(_HANDLER, _check),
    "approve_check": Custom("head", _nothing),
    "withdraw": Custom("supervisor", lambda _m: {"note": "企业已经停产注销，不再检查。"}),
    "serve_notice": Custom(_HANDLER, _served),
    "enter_site": Custom(_HANDLER, _enter),
    "enter_urgent": Custom(
        _HANDLER,
        lambda m: {**_enter(m), "makeup_by": m.day(1), "exemption": "suspicion",
                   "exemption_basis": "群众举报称正在销毁台账", "note": "台账有被销毁的危险。"},
    ),
    "record_site": Custom(
        _HANDLER,
        lambda m: {**_recorded(m), "present": "示例人（厂长）、示例人（统计员）",
                   "findings": "核对了一至本月的报表、台账和凭证，差异见指标核对表。"},
    ),
    "note_obstruction": Custom("inspector2", _obstructed),
    "finish_site": Custom(_HANDLER, lambda m: {"on": m.today}),
    "propose_clean": Custom(_HANDLER, lambda _m: {"note": "报表、台账和凭证一致。"}),
    "propose_order": Custom(_HANDLER, _correction),
    "propose_case": Custom(_HANDLER, _suspected),
    "confirm_result": Custom("supervisor", _nothing),
    "approve_order": Custom("head", _nothing),
    "open_penalty": Custom("head", _nothing),
    "serve_order": Custom(_HANDLER, _served),
    "recheck_passed": Custom(_HANDLER, _recheck),
    "give_feedback": Custom(
        _HANDLER, lambda m: {"on": m.today, "manner": "direct", "result": "检查情况已当面告知。"}
    ),
    "publish": Custom(_HANDLER, lambda m: {"on": m.today, "site": "本局网站执法检查公示栏"}),
    "close": Custom("supervisor", _nothing),
}  # fmt: skip


# ---------------------------------------------------------------- the indicator table


def _rows(session: Session, moment: Moment) -> None:
    """What was reported, before anybody goes there."""
    for name, measure, nature, reported, _due in _FIGURES:
        add_line(
            session, moment.by(session, _HANDLER), moment.case_id or 0, name=name,
            measure=measure, nature=nature, period="本年累计", reported=Decimal(reported),
            source="联网直报", now=moment.now,
        )  # fmt: skip


def _fill(session: Session, moment: Moment, lines: int, *, clean: bool = False) -> None:
    task: Inspection = moment.case(session, _HANDLER)
    shown = site_lines(session, task)
    for row, (_, _, _, reported, due) in list(zip(shown, _FIGURES, strict=False))[:lines]:
        save_line(
            session, moment.by(session, _HANDLER), task.id, row.figure.line,
            LineInput(Decimal(reported), Decimal(reported if clean else due), ("ledger",)),
            seen=row.mark, device_key=f"demo-{task.id}-{row.figure.line}-key", now=moment.now,
        )  # fmt: skip


def _withhold(session: Session, moment: Moment) -> None:
    """The papers for the last line were refused, before a witness."""
    task: Inspection = moment.case(session, _HANDLER)
    row = site_lines(session, task)[-1]
    save_line(
        session, moment.by(session, _HANDLER), task.id, row.figure.line,
        LineInput(row.figure.reported, None, (), "拒绝提供能源购进凭证", withheld=True,
                  witness="示例见证人"),
        seen=row.mark, device_key=f"demo-{task.id}-withheld", now=moment.now,
    )  # fmt: skip


TRADE = Trade(
    "inspection",
    Inspection,
    CUSTOMS,
    {
        "~rows": _rows,
        "~half": lambda session, moment: _fill(session, moment, 2),
        "~all": lambda session, moment: _fill(session, moment, len(_FIGURES)),
        "~clean": lambda session, moment: _fill(session, moment, len(_FIGURES), clean=True),
        "~withhold": _withhold,
    },
)


# ---------------------------------------------------------------- the tasks


def _approved(first: int) -> str:
    return f"order@-{first} assign@-{first - 1} ~rows submit_check@-{first - 2} " + (
        f"approve_check@-{first - 3}"
    )


def _onsite(first: int, there: int) -> str:
    return f"{_approved(first)} serve_notice@-{there + 1} enter_site@-{there}"


def _result(first: int, there: int, table: str = "~all") -> str:
    return f"{_onsite(first, there)} {table} record_site finish_site@-{there - 1}"


# Key, home, unit, course.
_TASKS = (
    ("i-ordered", "ordos", 40, "order@-1"),
    ("i-urgent", "ordos", 46, "order@-5 assign@-4 ~rows enter_urgent@-1"),
    ("i-refused", "ordos", 47, f"{_onsite(14, 4)} ~half ~withhold note_obstruction"),
    ("i-result", "ordos", 48, _result(16, 5)),
    ("i-confirming", "ordos", 49, f"{_result(18, 6, '~clean')} propose_clean@-2"),
    ("i-ordering", "ordos", 50, f"{_result(19, 7)} propose_order@-1"),
    ("i-serving", "ordos", 51, f"{_result(20, 8)} propose_order@-3 approve_order@-1"),
    ("i-recheck", "ordos", 53, f"{_result(28, 17)} propose_order@-12 approve_order@-11 "
     "serve_order@-10"),
    ("i-suspicion", "ordos", 54, f"{_result(22, 8)} propose_case@-3"),
    ("i-case", "ordos", 55, f"{_result(30, 16)} propose_case@-10 open_penalty@-7"),
    ("i-closing", "ordos", 56, f"{_result(32, 18, '~clean')} propose_clean@-12 "
     "confirm_result@-10 publish@-8 give_feedback@-1"),
    ("i-withdrawn", "ordos", 58, "order@-30 assign@-28 withdraw@-25"),
    ("i-j-onsite", "jilin", 6, f"{_onsite(11, 2)} ~half"),
    ("i-c-approval", "chongqing", 6, "order@-5 assign@-3 ~rows submit_check@-1"),
    ("i-c-suspicion", "chongqing", 7, f"{_result(20, 8)} propose_case@-2"),
)  # fmt: skip


_TEAMS: tuple[dict[str, str], ...] = (
    {"inspector1": "inspector6", "inspector2": "inspector7"},
    {"inspector1": "inspector5", "inspector2": "inspector4"},
    {},
)


def inspection_walks() -> Iterator[Walk]:
    """All invented tasks that were not drawn."""
    for n, (key, place, unit, course) in enumerate(_TASKS):
        told = party(place, unit)
        words = {"order": {"unit_name": told["unit_name"], "uscc": told["uscc"]}}
        others = _TEAMS[n % len(_TEAMS)]
        yield Walk(key, "inspection", f".{place}", course, words, who=others)
    yield Walk("p-from-check", "penalty", ".ordos", "propose_opening@-4", parent="i-case",
               drawn=True)  # fmt: skip
    yield Walk("p-from-lead", "penalty", ".ordos",
               "propose_opening@-6 approve_opening@-4 ~evidence@-2", parent="o-case")  # fmt: skip
