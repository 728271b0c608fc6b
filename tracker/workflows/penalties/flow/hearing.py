"""C7: the hearing, from the date that is set to the signed record."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Step
from tracker.core.errors import N_
from tracker.workflows.penalties.flow.asks import on, service
from tracker.workflows.penalties.flow.states import BUREAU
from tracker.workflows.penalties.guards import course, team

OPENNESS = {"public": N_("公开举行"), "closed": N_("不公开举行")}
ABSENCE = {"withdrawn": N_("当事人撤回要求"), "absent": N_("无正当理由不出席或者中途退出")}

# fmt: off
STEPS = (
    Step(
        "set_hearing", N_("确定听证"), N_("听证已确定，请按时送达通知。"), ("arranging",),
        "summoned", (Role.SUPERVISOR,), BUREAU, guards=(team.supervisor_apart,),
        gives=("presider",), starts=("OWN-SUMMONS",), tells=("handler", "presider"),
        internal=True,
        asks=(
            Ask("hearing_at", N_("听证时间"), AskKind.MOMENT,
                hint=N_("通知要提前送达，系统按工作日倒数")),
            Ask("place", N_("听证地点"), most=120),
            Ask("presider", N_("主持人"), AskKind.PERSON, role=Role.LEGAL_REVIEWER,
                hint=N_("不能是本案的调查人员")),
            Ask("recorder", N_("记录人"), most=60),
            Ask("openness", N_("是否公开"), AskKind.CHOICE, choices=OPENNESS),
            Ask("closed_why", N_("不公开的理由"), required=False,
                hint=N_("涉及国家秘密、商业秘密或者个人隐私的")),
        ),
    ),
    Step(
        "serve_hearing_notice", N_("送达听证通知"), N_("听证通知已送达。"), ("summoned",),
        "hearing", (Role.INSPECTOR,), BUREAU, part="handler", papers=("hearing_notice",),
        proof=N_("听证通知送达回证"), stops=("OWN-SUMMONS",), starts=("OWN-HEARING",),
        tells=("presider",), internal=True, asks=service(N_("通知送达日期")),
    ),
    Step(
        "reset_hearing", N_("重新确定日期"), N_("请重新确定听证日期。"), ("summoned",),
        "arranging", (Role.SUPERVISOR,), BUREAU, back=True, stops=("OWN-SUMMONS",),
        needs_note=True, internal=True, hint=N_("通知来不及送达的"),
    ),
    Step(
        "postpone_hearing", N_("延期听证"), N_("听证延期，请重新确定日期。"), ("hearing",),
        "arranging", (Role.LEGAL_REVIEWER,), BUREAU, part="presider",
        guards=(course.may_postpone,), back=True, stops=("OWN-HEARING",), needs_note=True,
        tells=("handler",), internal=True, hint=N_("本地规定允许的才行"),
    ),
    Step(
        "drop_hearing", N_("不再听证"), N_("已登记，转拟定决定。"),
        ("arranging", "summoned", "hearing"), "proposing", (Role.INSPECTOR,), BUREAU,
        part="handler", stops=("OWN-SUMMONS", "OWN-HEARING", "T07"), needs_note=True,
        internal=True,
        asks=(
            on(N_("日期")),
            Ask("why", N_("情形"), AskKind.CHOICE, choices=ABSENCE),
        ),
        hint=N_("当事人撤回或者无故缺席，视为放弃听证"),
    ),
    Step(
        "hold_hearing", N_("登记听证结果"), N_("听证已举行，转法制审核。"), ("hearing",),
        "reviewing", (Role.LEGAL_REVIEWER,), BUREAU, part="presider",
        guards=(team.presider_apart,), papers=("hearing_record",),
        stops=("OWN-HEARING", "T07"), tells=("handler",), internal=True,
        asks=(
            on(N_("举行日期")),
            Ask("opinion", N_("听证意见"), AskKind.LONG, most=2000),
        ),
        hint=N_("经过听证的，决定以前必须法制审核"),
    ),
)
# fmt: on
