"""C12 to C14, and the cases that grow out of this one (C15 to C17)."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Step
from tracker.core.errors import N_
from tracker.workflows.penalties.dossier import ITEM_CHOICES
from tracker.workflows.penalties.flow.asks import on
from tracker.workflows.penalties.flow.states import BUREAU, LIMITED, STANDING
from tracker.workflows.penalties.guards import ending, team
from tracker.workflows.penalties.models import CLOSING_REASONS

_REMEDY_LIMITS = ("T14", "T18", "T19", "T20")
_REASONS = {
    key: CLOSING_REASONS[key] for key in ("performed", "court_ruled", "no_penalty", "revoked")
}

# fmt: off
STEPS = (
    Step(
        "publish", N_("公示处罚决定"), N_("已公示，公示期起算。"), STANDING, None,
        (Role.INSPECTOR,), BUREAU, part="handler", guards=(ending.publishable,),
        papers=("publication_record",), stops=("T23", "T24"), starts=("T23A",), internal=True,
        asks=(
            on(N_("公示日期")),
            Ask("site", N_("公示的网站")),
        ),
        hint=N_("自然人不公示；按规定的项目公示"),
    ),
    Step(
        "propose_closing", N_("报请结案"), N_("已报单位负责人审批结案。"), ("finishing",),
        "closing", (Role.INSPECTOR,), BUREAU, part="handler", makes=("closing",),
        guards=(ending.is_over, ending.publication_done, ending.nothing_collected_open),
        papers=("closing_report",), stops=_REMEDY_LIMITS, internal=True,
        asks=(Ask("reason", N_("结案情形"), AskKind.CHOICE, choices=_REASONS),),
    ),
    Step(
        "close", N_("批准结案"), N_("已结案，转归档。"), ("closing",), "archiving",
        (Role.HEAD,), BUREAU, checks=("closing",), guards=(team.head_apart,),
        tells=("handler", "co_officer"), internal=True,
    ),
    Step(
        "return_closing", N_("退回报结"), N_("已退回承办人。"), ("closing",), "finishing",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
    Step(
        "explain_missing", N_("说明缺项"), N_("缺项已说明。"), ("archiving",), None,
        (Role.REGISTRAR,), BUREAU, guards=(ending.item_missing,), internal=True,
        asks=(
            Ask("item", N_("缺哪一项"), AskKind.CHOICE, choices=ITEM_CHOICES),
            Ask("reason", N_("为什么没有")),
        ),
    ),
    Step(
        "archive", N_("归档"), N_("案卷已归档。"), ("archiving",), "archived",
        (Role.REGISTRAR,), BUREAU, guards=(ending.dossier_complete,), papers=("file_index",),
        tells=("handler",), internal=True, hint=N_("目录19项都有材料或者说明"),
    ),
    Step(
        "open_crime", N_("移送涉嫌犯罪"), N_("已另立移送涉嫌犯罪一案，本案期限照走。"),
        (*LIMITED, *STANDING), None, (Role.INSPECTOR,), BUREAU, part="handler",
        guards=(ending.crime_there,), internal=True, needs_note=True,
        hint=N_("写明涉嫌的犯罪事实；本案的期限不停"),
    ),
    Step(
        "open_sanction", N_("建议处分责任人"), N_("已另立处分处理建议一案。"),
        (*LIMITED, *STANDING), None, (Role.INSPECTOR,), BUREAU, part="handler",
        guards=(ending.sanction_there,), internal=True, needs_note=True,
        hint=N_("对负有责任的领导人员和直接责任人员"),
    ),
    Step(
        "open_recognition", N_("提请认定严重失信"), N_("已另立严重失信认定一案。"), STANDING,
        None, (Role.INSPECTOR,), BUREAU, part="handler", guards=(ending.recognition_there,),
        internal=True, needs_note=True,
    ),
)
# fmt: on
