"""How penalty cases of the demo are usually handled: who takes each step, with which answers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.evidence import EvidenceData, add_evidence, evidence_of
from tracker.core.cases.models import Case
from tracker.core.cases.opening import SeedFigure
from tracker.core.cases.preserving import (
    ask_preservation,
    decide_preservation,
    dispose,
    keep,
)
from tracker.core.clock import at_office
from tracker.demo.walking import Custom, Moment, Trade, hang_file, issue
from tracker.workflows.penalties import service
from tracker.workflows.penalties.dossier import CERTIFICATES, IDENTITY, LICENCE, items_of
from tracker.workflows.penalties.flow.opening import CRITERIA
from tracker.workflows.penalties.models import Penalty

_WHERE = "当事人住所"
_TAKEN = (("总账和明细账", "copy", "3 册"), ("统计台账", "original", "1 册"))
_REASONS = {
    2: "事实由账册和回函查清，没有另作现场笔录",
    3: "当事人已书面说明，没有另作询问",
    7: "直接送达检查通知，没有另发配合通知",
    10: "本案没有作出处罚",
    11: "不属于应当法制审核的情形",
    12: "案情不复杂，没有集体讨论",
    13: "本案没有作出处罚",
    14: "本案没有作出处罚",
    15: "没有需要缴纳的罚款",
    16: "不予处罚的不公示",
    18: "案源不是专项检查，没有方案",
    19: "案源不是专项检查，没有通知",
}


def _nothing(_moment: Moment) -> Mapping[str, Any]:
    return {}


def _note(text: str) -> Custom:
    return Custom("head", lambda _m: {"note": text})


def served(moment: Moment) -> dict[str, Any]:
    """The service of a paper today, by hand."""
    return {"on": moment.today, "manner": "direct", "recipient": "示例人（办公室主任）",
            "place": _WHERE}  # fmt: skip


def _register(moment: Moment) -> dict[str, Any]:
    return {
        "subject": "enterprise",
        "address": "示例路1号",
        "legal_person": "示例人",
        "phone": "000-0000-0000",
        "source": "monitoring",
        "found_on": moment.today,
        "act_to": moment.day(-40),
        "handler": moment.who("inspector1"),
    }


def _opening(moment: Moment) -> dict[str, Any]:
    return {
        **dict.fromkeys(CRITERIA, True),
        **{f"{name}_why": "见案源材料" for name in CRITERIA},
        "found_on": moment.day(-3),
        "act_to": moment.day(-40),
        "level": "own",
        "area": "own",
        "co_officer": moment.who("inspector2"),
    }


def _report(moment: Moment) -> dict[str, Any]:
    return {
        "outcome": "penalty", "act": "untrue", "act_to": moment.day(-60), "table": "statute",
        "warning": True, "fine": Decimal(60000),
    }  # fmt: skip


def _talk(moment: Moment) -> dict[str, Any]:
    return {"on": moment.today, "present": 5, "in_favour": 5,
            "conclusion": "同意调查终结报告的处理意见。"}  # fmt: skip


def _hearing(moment: Moment) -> dict[str, Any]:
    return {
        "hearing_at": at_office(moment.day(12), 9, 30),
        "place": "三楼会议室",
        "presider": moment.who("legal2"),
        "recorder": "示例记录人",
        "openness": "public",
    }


def _on(account: str, **more: Any) -> Custom:
    return Custom(account, lambda m: {"on": m.today, **more})


def _says(account: str, **more: Any) -> Custom:
    return Custom(account, lambda _m: dict(more))


_HANDLER = "inspector1"
CUSTOMS: dict[str, Custom] = {
    "register": Custom("registrar", _register),
    "spot": Custom(
        _HANDLER,
        lambda m: {**_register(m), "act": "late", "act_to": m.day(-1), "warning": True,
                   "fine": Decimal(1000), "co_officer": m.who("inspector2")},
    ),
    "propose_opening": Custom(_HANDLER, _opening),
    "propose_declining": _says(_HANDLER, ground="no_conduct", note="核对后没有违法行为。"),
    "propose_transfer": _says(
        _HANDLER, ground="first_opened", to_organ="包头市统计局", note="对方先立案。"
    ),
    "approve_opening": _on("head"),
    "approve_declining": _says("head", informed="书面告知来源单位"),
    "approve_transfer": _on("head"),
    "serve_inquiry": Custom(_HANDLER, lambda m: {**served(m), "reply_on": m.day(7)}),
    "inquiry_answered": _on(_HANDLER, answer="answered"),
    "ask_recusal": Custom(
        "inspector2",
        lambda m: {"person": m.who("inspector2"), "asked_by": "self",
                   "reason": "与当事人的统计负责人是亲属。"},
    ),
    "ask_extension": _says(_HANDLER, months=3, reason="需要向外地单位调取凭证。"),
    "approve_extension": _says("head"),
    "propose_move": _says(
        _HANDLER, ground="first_opened", to_organ="包头市统计局", note="对方先立案。"
    ),
    "propose_withdrawal": _says(_HANDLER, exit="withdraw", note="案源材料有误，查无此事。"),
    "suspend_case": _note("当事人正在重整，账册由管理人封存。"),
    "submit_report": Custom(_HANDLER, _report),
    "approve_report": Custom("supervisor", _nothing),
    "send_to_review": Custom(_HANDLER, _nothing),
    "pass_review": _says("legal", opinion="事实清楚，程序合法，同意。"),
    "pass_review_heard": _says("legal", opinion="事实清楚，程序合法，同意。"),
    "send_to_discussion": Custom(_HANDLER, _nothing),
    "conclude_discussion": Custom("head", _talk),
    "conclude_discussion_heard": Custom("head", _talk),
    "serve_notice": Custom(_HANDLER, lambda m: {**served(m), "defence_days": 3}),
    "record_defence": _on(
        _HANDLER, points="不采纳：企业称是口径理解有误；报表说明已经写明口径"
    ),
    "request_hearing": _on(_HANDLER, asked_by="当事人的委托代理人（示例）"),
    "waive": _on(_HANDLER),
    "lapse": Custom(_HANDLER, _nothing),
    "set_hearing": Custom("supervisor", _hearing),
    "serve_hearing_notice": Custom(_HANDLER, served),
    "hold_hearing": _on("legal2", opinion="事实清楚，建议按原意见处罚。"),
    "propose_decision": _says(_HANDLER, notice_result="已告知当事人，没有收到新的意见。",
                              fine=Decimal(60000)),
    "propose_no_penalty": _says(_HANDLER, ground="first", note="初次违法，已经改正。"),
    "decide": _on("head", six_items=True),
    "decide_no_penalty": _on("head"),
    "serve_decision": Custom(_HANDLER, served),
    "serve_no_penalty": Custom(
        _HANDLER, lambda m: {**served(m), "education": "当面说明指标口径并留下填报说明。"}
    ),
    "file_spot": _on(_HANDLER, place="现场", recipient="示例人（统计员）"),
    "accept_filing": Custom("supervisor", _nothing),
    "hand_in": _on("registrar"),
    "record_payment": _on("registrar", amount=Decimal(60000), way="bank", voucher="示例回单1"),
    "ask_instalments": _on(_HANDLER, reason="企业资金周转困难，有银行流水为证。"),
    "approve_instalments": _says("head"),
    "complete_performance": Custom("registrar", _nothing),
    "serve_demand": Custom(_HANDLER, served),
    "apply_court": _on("head", court="东胜区人民法院（示例）"),
    "court_accepts": _on(_HANDLER, court_no="示例行审1号"),
    "court_refuses": _on(_HANDLER, note="法院认为送达证据不足。"),
    "court_object": _on("head", note="送达回证有签收人和见证人。"),
    "record_review": _on("legal", organ="鄂尔多斯市人民政府（示例）"),
    "review_accepted": _on("legal", track="ordinary"),
    "review_copy": _on("legal"),
    "publish": _on(_HANDLER, site="本局网站行政处罚公示栏"),
    "propose_closing": _says(_HANDLER, reason="performed"),
    "close": Custom("head", _nothing),
    "archive": Custom("registrar", _nothing),
    "open_crime": _says(_HANDLER, note="企业负责人以暴力阻碍检查，涉嫌妨害公务。"),
    "open_sanction": _says(_HANDLER, note="有关负责人授意虚报，应当追究责任。"),
    "open_recognition": _says(_HANDLER, note="提供不真实统计资料，情节严重。"),
}  # fmt: skip


# ---------------------------------------------------------------- beside the steps


def _figures(session: Session, moment: Moment) -> None:
    """The indicator table: the walk's own, else revenue that is a third too high."""
    rows = moment.walk.words.get("~figures", {}).get("rows") or [
        SeedFigure("营业收入", "千元", f"{moment.today.year}年", Decimal(86320), Decimal(61740),
                   "联网直报")
    ]  # fmt: skip
    actor = moment.by(session, _HANDLER)
    service.set_figures(session, actor, moment.case_id or 0, list(rows), now=moment.now)


def _evidence(session: Session, moment: Moment) -> None:
    for name, form, quantity in (
        ("总账和明细账", "copy", "3 册"),
        ("统计台账", "original", "1 册"),
    ):
        data = EvidenceData(
            name, form, quantity, _WHERE, "示例保管人", moment.now, proves="应报数的来源"
        )
        add_evidence(
            session, moment.by(session, _HANDLER), moment.case(session), data, now=moment.now
        )


def _ask_keep(session: Session, moment: Moment) -> None:
    items = [i.id for i in evidence_of(session, moment.case_id or 0)]
    ask_preservation(
        session, moment.by(session, _HANDLER), moment.case(session), items[-1:],
        "台账原件可能被更换。", now=moment.now,
    )  # fmt: skip


def _preserved(session: Session, moment: Moment) -> int:
    return next(i.id for i in evidence_of(session, moment.case_id or 0) if i.preservation)


def _approve_keep(session: Session, moment: Moment) -> None:
    item = _preserved(session, moment)
    head = moment.by(session, "head")
    decide_preservation(
        session, head, moment.case(session, "head"), item, approve=True, now=moment.now
    )


def _keep(session: Session, moment: Moment) -> None:
    keep(
        session, moment.by(session, _HANDLER), moment.case(session), _preserved(session, moment),
        kept_at="本局证据室", keeper="示例保管人", on=moment.today, now=moment.now,
    )  # fmt: skip


def _dispose(session: Session, moment: Moment) -> None:
    supervisor = moment.by(session, "supervisor")
    dispose(
        session, supervisor, moment.case(session, "supervisor"), _preserved(session, moment),
        "copied", "已复制并核对无误。", on=moment.today, now=moment.now,
    )  # fmt: skip


def _exits(session: Session, moment: Moment) -> None:
    """The head lets the bureau use the exits whose grounds it has looked up."""
    case = moment.case(session, "head")
    service.allow_exits(
        session, moment.by(session, "head"), case.bureau_id, withdrawal=True, termination=False,
        suspension=True, now=moment.now,
    )  # fmt: skip


def _dossier(session: Session, moment: Moment) -> None:
    """The index of the file is complete: papers hung on it, and the missing ones explained."""
    for label in (CERTIFICATES, LICENCE, IDENTITY):
        hang_file(session, moment, label)
    case: Penalty = moment.case(session, "registrar")
    actor: Actor = moment.by(session, "registrar")
    for item in items_of(session, case):
        if not item.answered:
            seen = session.scalars(select(Case.version).where(Case.id == case.id)).one()
            service.take(
                session, actor, case.id, "explain_missing",
                {"item": str(item.no), "reason": _REASONS.get(item.no, "本案没有这份材料")},
                seen=seen, now=moment.now,
            )  # fmt: skip


def _papers(session: Session, moment: Moment) -> None:
    for kind in moment.walk.words[moment.deed.named]["kinds"]:
        issue(session, moment, kind)


TRADE = Trade(
    "penalty",
    Penalty,
    CUSTOMS,
    {
        "~figures": _figures,
        "~evidence": _evidence,
        "~ask_keep": _ask_keep,
        "~approve_keep": _approve_keep,
        "~keep": _keep,
        "~dispose": _dispose,
        "~exits": _exits,
        "~dossier": _dossier,
        "~papers": _papers,
    },
    folder="penalties",
)
