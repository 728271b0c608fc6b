"""C11r: review and suit beside the performance; they pause the surcharge and nothing else."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Step
from tracker.core.errors import N_
from tracker.workflows.penalties.flow.asks import on
from tracker.workflows.penalties.flow.states import BUREAU, STANDING
from tracker.workflows.penalties.guards import ending
from tracker.workflows.penalties.rows import REMEDY_RESULTS

_LEGAL = (Role.LEGAL_REVIEWER,)
_TRACKS = {"ordinary": N_("普通程序"), "summary": N_("简易程序")}
_RESULT = (
    on(N_("收到结果的日期")),
    Ask("result", N_("结果"), AskKind.CHOICE, choices=REMEDY_RESULTS),
    Ask("new_fine", N_("变更后的罚款（元）"), AskKind.MONEY, required=False,
        hint=N_("变更的必须写；不能高于原决定")),
    Ask("document", N_("决定书（裁判文书）文号"), most=80),
)  # fmt: skip

# fmt: off
STEPS = (
    Step(
        "record_review", N_("登记行政复议"), N_("复议已登记，加处罚款暂停计算。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.never_reviewed, ending.never_suited),
        stops=("T14", "T20"), starts=("T15", "T15A"), tells=("handler",), internal=True,
        asks=(on(N_("复议机关收到申请的日期")), Ask("organ", N_("复议机关"), most=120)),
        hint=N_("复议期间处罚决定不停止执行"),
    ),
    Step(
        "review_correction", N_("复议机关通知补正"), N_("补正期限起算。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.review_open, ending.correction_wanted),
        stops=("T15", "T15A"), starts=("T15B",), internal=True,
        asks=(on(N_("收到补正通知的日期")),),
    ),
    Step(
        "review_accepted", N_("复议机关受理"), N_("复议期限起算。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.review_open,), stops=("T15", "T15A", "T15B"),
        starts=("T17", "T17A"), internal=True,
        asks=(on(N_("受理日期")), Ask("track", N_("程序"), AskKind.CHOICE, choices=_TRACKS)),
    ),
    Step(
        "review_copy", N_("收到复议申请书副本"), N_("答复期限起算。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.review_open,), starts=("T16",), tells=("handler",),
        internal=True, asks=(on(N_("收到副本的日期")),),
        hint=N_("逾期不答复，视为处罚没有证据"),
    ),
    Step(
        "review_replied", N_("提交答复和证据"), N_("已答复复议机关。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.reply_owed,), proof=N_("行政复议答复书"),
        stops=("T16",), internal=True, asks=(on(N_("提交日期")),),
    ),
    Step(
        "review_extended", N_("复议机关延长期限"), N_("复议期限已延长。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.review_takes_time,), extends=("T17",), internal=True,
        asks=(
            Ask("days", N_("延长几天"), AskKind.COUNT),
            Ask("document", N_("延长通知的文号"), most=80),
        ),
    ),
    Step(
        "review_result", N_("登记复议结果"), N_("复议结果已登记。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.review_open,),
        stops=("T15", "T15A", "T15B", "T16", "T17", "T17A"), starts=("T19", "T20", "T25"),
        tells=("handler",), internal=True, asks=_RESULT,
    ),
    Step(
        "record_suit", N_("登记行政诉讼"), N_("诉讼已登记，加处罚款暂停计算。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.never_suited, ending.no_remedy_open),
        stops=("T14", "T18", "T19", "T20"), tells=("handler",), internal=True,
        asks=(on(N_("法院收到起诉状的日期")), Ask("organ", N_("受理的法院"), most=120)),
        hint=N_("诉讼期间处罚决定不停止执行"),
    ),
    Step(
        "suit_result", N_("登记诉讼结果"), N_("诉讼结果已登记。"), STANDING, None,
        _LEGAL, BUREAU, guards=(ending.suit_open,), starts=("T25",), tells=("handler",),
        internal=True, asks=_RESULT,
    ),
    Step(
        "review_lapsed", N_("复议期限届满"), N_("复议期限届满，没有申请。"), STANDING, None,
        (Role.REGISTRAR, Role.LEGAL_REVIEWER), BUREAU, guards=(ending.review_limit_over,),
        stops=("T14",), internal=True, hint=N_("当事人没有申请行政复议"),
    ),
    Step(
        "suit_lapsed", N_("起诉期限届满"), N_("起诉期限届满，没有起诉。"), STANDING, None,
        (Role.REGISTRAR, Role.LEGAL_REVIEWER), BUREAU, guards=(ending.suit_limit_over,),
        stops=("T18", "T19"), internal=True, hint=N_("当事人没有提起行政诉讼"),
    ),
    Step(
        "end_revoked", N_("撤销后了结"), N_("已登记，转报结。"),
        ("performing", "demanded", "court", "court_trial", "court_refused", "court_objection"),
        "finishing", (Role.HEAD,), BUREAU, guards=(ending.was_revoked, ending.no_remedy_open),
        stops=("T10", "OWN-INSTALMENT", "T20", "T21", "T22", "T22A", "T22B", "T22C"),
        tells=("handler",), internal=True, hint=N_("已经缴纳的罚款依法退还"),
        needs_note=True,
    ),
    Step(
        "withdraw_publication", N_("撤回公示"), N_("公示已撤回。"), STANDING, None,
        (Role.INSPECTOR,), BUREAU, part="handler", guards=(ending.must_unpublish,),
        stops=("T25", "T23A"), internal=True,
        asks=(
            on(N_("撤回日期")),
            Ask("public_reason", N_("公开说明的理由"), AskKind.LONG, most=1000),
        ),
    ),
)
# fmt: on
