"""The lead handoff as a table (domain 3.3, L0 to L8).

Read it from top to bottom: a department drafts and approves, the bureau receives, triages,
verifies by two officers, decides, answers the sender, and closes.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Flow, Side, State, Step
from tracker.core.errors import N_
from tracker.workflows.leads import guards

DEPT, BUREAU = Side.ORIGIN, Side.BUREAU
IN_HAND = N_("统计机构办理中")

# One line of the table stays on as few lines of the file as it can be read on.
# fmt: off
STATES = (
    State(
        "drafted", N_("草拟"), DEPT, Role.LIAISON, mark=N_("登记"),
        holder="drafter", clock="OWN-DRAFT", stage=1,
        does=N_("补齐内容并提交审批"),
    ),
    State(
        "approval", N_("部门审批"), DEPT, Role.DEPT_APPROVER, mark=N_("审批"),
        clock="OWN-APPROVE", stage=2,
        does=N_("审批移送"),
    ),
    State(
        "sent", N_("待接收"), BUREAU, Role.REGISTRAR, mark=N_("移送"),
        clock="OWN-RECEIVE", stage=3,
        does=N_("接收并出具回执"), requires=("handover",),
    ),
    State(
        "registered", N_("登记查重"), BUREAU, Role.REGISTRAR, holder="registrar",
        mark=N_("接收登记"), clock="OWN-ASSIGN", stage=4, does=N_("查重并分办"), outside=IN_HAND,
    ),
    State(
        "triage", N_("初审"), BUREAU, Role.INSPECTOR, holder="handler", clock="T01", stage=5,
        does=N_("写初审意见"), outside=IN_HAND,
    ),
    State(
        "supplement", N_("补充材料"), DEPT, Role.LIAISON, holder="drafter", clock="OWN-SUPPLY",
        carries=("T01",),
        does=N_("补充材料并复函"),
    ),
    State(
        "verifying", N_("核查"), BUREAU, Role.INSPECTOR, holder="handler", clock="L16", stage=6,
        does=N_("两名执法人员核查"), outside=IN_HAND,
    ),
    State(
        "countersign", N_("核查会签"), BUREAU, Role.INSPECTOR, holder="co_officer", clock="L16",
        does=N_("会签核查结果"), outside=IN_HAND,
    ),
    State(
        "result", N_("结果审定"), BUREAU, Role.SUPERVISOR, mark=N_("结果"),
        clock="OWN-REVIEW", stage=7,
        carries=("L16",),
        does=N_("审定核查结果"), outside=IN_HAND,
    ),
    State(
        "inside", N_("转业务科室"), BUREAU, Role.SUPERVISOR, clock="OWN-INSIDE", carries=("T01",),
        does=N_("核准转办单"), outside=IN_HAND,
    ),
    State(
        "refer", N_("转送其他机关"), BUREAU, Role.HEAD, clock="OWN-HEAD", carries=("T01",),
        does=N_("批准转送"), outside=IN_HAND,
    ),
    State(
        "refuse", N_("不予受理"), BUREAU, Role.HEAD, clock="OWN-HEAD", carries=("T01",),
        does=N_("批准不予受理"), outside=IN_HAND,
    ),
    State(
        "opening", N_("报请立案"), BUREAU, Role.HEAD, clock="OWN-HEAD", carries=("T01",),
        does=N_("批准立案"), outside=IN_HAND,
    ),
    State(
        "opening_found", N_("核查后报请立案"), BUREAU, Role.HEAD, clock="OWN-HEAD",
        carries=("L16",), does=N_("批准立案"), outside=IN_HAND,
    ),
    State(
        "feedback", N_("反馈"), BUREAU, Role.INSPECTOR, holder="handler", clock="OWN-FEEDBACK",
        stage=8, does=N_("反馈移送部门和举报人"), requires=("outcome",), outside=IN_HAND,
    ),
    State(
        "closing", N_("待办结"), BUREAU, Role.SUPERVISOR, clock="OWN-REVIEW",
        does=N_("核对反馈并办结"), outside=N_("已反馈"),
    ),
    State("closed", N_("办结"), final=True, stage=9, requires=("outcome", "feedback")),
    State("merged", N_("已并入其他线索"), final=True, outside=N_("已并案办理")),
    State("withdrawn", N_("已撤回"), final=True),
)

STEPS = (
    # ------------------------------------------------------------ L0, L1: the department
    Step(
        "draft", N_("登记线索"), N_("线索已登记为草稿。"), (), "drafted",
        (Role.LIAISON, Role.TOWNSHIP_CLERK), DEPT, makes=("handover",), gives=("drafter",),
        form="lead",
    ),
    Step(
        "intake", N_("登记收到的线索"), N_("线索已登记，回执可以打印。"), (), "registered",
        (Role.REGISTRAR,), BUREAU, starts=("OWN-SUPERIOR",), gives=("registrar",), form="lead",
        internal=True,
    ),
    Step(
        "submit", N_("提交审批"), N_("已提交部门审批。"), ("drafted",), "approval",
        (Role.LIAISON, Role.TOWNSHIP_CLERK), DEPT, part="drafter", makes=("handover",),
        guards=(guards.complete,), hint=N_("由本部门另一人审批，您不能审批自己登记的线索"),
    ),
    Step(
        "edit", N_("修改内容"), N_("修改已保存。"), ("drafted",), None,
        (Role.LIAISON, Role.TOWNSHIP_CLERK), DEPT, part="drafter", makes=("handover",), form="lead",
    ),
    Step(
        "approve", N_("批准并移送"), N_("已批准，线索已移送。"), ("approval",), "sent",
        (Role.DEPT_APPROVER,), DEPT, checks=("handover",), guards=(guards.has_recipient,),
        tells=("drafter",), hint=N_("送同级统计机构；调查队的调查送调查队"),
    ),
    Step(
        "send_back", N_("退回修改"), N_("已退回登记人。"), ("approval",), "drafted",
        (Role.DEPT_APPROVER,), DEPT, back=True, needs_note=True, tells=("drafter",),
        hint=N_("写明要补什么"),
    ),
    Step(
        "withdraw", N_("撤回线索"), N_("线索已撤回。"), ("drafted", "approval", "sent"),
        "withdrawn", (Role.LIAISON, Role.DEPT_APPROVER, Role.TOWNSHIP_CLERK), DEPT,
        needs_note=True, tells=("drafter",), hint=N_("统计机构接收以前可以撤回"),
    ),
    # ------------------------------------------------------------ L2, L3: receipt
    Step(
        "receive", N_("接收登记"), N_("已接收，编号已生成，回执可以打印。"), ("sent",),
        "registered", (Role.REGISTRAR,), BUREAU, tells=("drafter",), gives=("registrar",),
        hint=N_("给编号、出回执，移送部门同时收到通知"),
    ),
    Step(
        "bounce", N_("退回移送部门"), N_("已退回移送部门。"), ("sent",), "drafted",
        (Role.REGISTRAR,), BUREAU, back=True, needs_note=True, tells=("drafter",),
        hint=N_("写明缺什么，部门补正后可以再移送"),
    ),
    Step(
        "assign", N_("分办"), N_("已分给承办人。"), ("registered",), "triage",
        (Role.REGISTRAR,), BUREAU, guards=(guards.duplicates_looked_at,), gives=("handler",),
        form="assign", internal=True, hint=N_("选一名执法人员初审"),
    ),
    Step(
        "merge", N_("并入其他线索"), N_("已并入。"), ("registered",), "merged",
        (Role.REGISTRAR,), BUREAU, form="merge", needs_note=True, tells=("drafter",),
        internal=True, hint=N_("同一单位、同一时期、同一指标的线索并到一件"),
    ),
    Step(
        "link", N_("关联其他线索"), N_("已关联。"), ("registered", "triage", "verifying"), None,
        (Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR), BUREAU, form="link", internal=True,
        hint=N_("两件各办各的，互相看得到"),
    ),
    # ------------------------------------------------------------ L4: triage, six outcomes
    Step(
        "verify", N_("转核查"), N_("初审完成，转核查。"), ("triage",), "verifying",
        (Role.INSPECTOR,), BUREAU, part="handler", gives=("handler", "co_officer"),
        form="verify", needs_note=True, internal=True,
        hint=N_("派两名执法人员查实"),
    ),
    Step(
        "propose_case", N_("报请立案"), N_("已报局长批准立案。"), ("triage",), "opening",
        (Role.INSPECTOR,), BUREAU, part="handler", makes=("outcome", "filing"), form="open_case",
        needs_note=True, internal=True, hint=N_("线索已经清楚，五个条件都具备；局长批准"),
    ),
    Step(
        "hand_inside", N_("转业务科室"), N_("已提请转业务科室。"), ("triage",), "inside",
        (Role.INSPECTOR,), BUREAU, part="handler", makes=("outcome",), form="inside",
        needs_note=True, internal=True, hint=N_("属统计工作，不涉违法；科室负责人核准"),
    ),
    Step(
        "propose_referral", N_("转送其他机关"), N_("已报局长批准转送。"), ("triage",), "refer",
        (Role.INSPECTOR,), BUREAU, part="handler", makes=("outcome",), form="refer",
        needs_note=True, internal=True, hint=N_("不归本局管辖，局长批准"),
    ),
    Step(
        "propose_refusal", N_("不予受理"), N_("已报局长批准不予受理。"), ("triage",), "refuse",
        (Role.INSPECTOR,), BUREAU, part="handler", makes=("outcome",), form="refuse",
        needs_note=True, internal=True, hint=N_("须选理由，局长批准"),
    ),
    Step(
        "merge_at_triage", N_("并入其他线索"), N_("已并入。"), ("triage",), "merged",
        (Role.INSPECTOR,), BUREAU, part="handler", form="merge", needs_note=True,
        tells=("drafter", "registrar"), internal=True, hint=N_("和另一件一起办"),
    ),
    Step(
        "ask_supplement", N_("发函补充材料"), N_("已发函，初审停表。"), ("triage",), "supplement",
        (Role.INSPECTOR,), BUREAU, part="handler", guards=(guards.sent_by_department,),
        suspends=("T01",), needs_note=True, tells=("drafter",), back=True,
        hint=N_("等移送部门复函期间停表"),
    ),
    Step(
        "supply", N_("复函补充"), N_("已复函，初审恢复计时。"), ("supplement",), "triage",
        (Role.LIAISON, Role.TOWNSHIP_CLERK), DEPT, resumes=("T01",), needs_note=True,
        form="supply", tells=("handler",), hint=N_("写复函内容，可以附文件"),
    ),
    Step(
        "stop_waiting", N_("不再等待"), N_("已恢复初审。"), ("supplement",), "triage",
        (Role.INSPECTOR,), BUREAU, part="handler", resumes=("T01",), needs_note=True,
        internal=True, hint=N_("部门答复不了时继续初审"),
    ),
    # ------------------------------------------------------------ L5a, L6: two officers
    Step(
        "submit_findings", N_("提交核查结果"), N_("核查结果已送会签。"), ("verifying",),
        "countersign", (Role.INSPECTOR,), BUREAU, part="handler", makes=("findings", "outcome"),
        guards=(guards.both_certified,), form="findings", needs_note=True, internal=True,
        hint=N_("写查到什么，协办人会签后送审定"),
    ),
    Step(
        "countersign", N_("会签同意"), N_("已会签，送负责人审定。"), ("countersign",), "result",
        (Role.INSPECTOR,), BUREAU, part="co_officer", checks=("findings",), makes=("outcome",),
        guards=(guards.both_certified,), internal=True, hint=N_("核查须两名执法人员共同确认"),
    ),
    Step(
        "disagree", N_("退回再核"), N_("已退回主办人员再核。"), ("countersign",), "verifying",
        (Role.INSPECTOR,), BUREAU, part="co_officer", back=True, needs_note=True,
        tells=("handler",), internal=True, hint=N_("写明不同意见"),
    ),
    Step(
        "confirm_result", N_("审定结果"), N_("结果已审定，转反馈。"), ("result",), "feedback",
        (Role.SUPERVISOR,), BUREAU, checks=("outcome",), tells=("handler",), internal=True,
        hint=N_("核查人员不能审定自己的结果"),
    ),
    Step(
        "propose_case_found", N_("审定并报请立案"), N_("结果已审定，已报局长批准立案。"),
        ("result",), "opening_found", (Role.SUPERVISOR,), BUREAU, checks=("outcome",),
        makes=("filing",), guards=(guards.found_true,), form="open_case", needs_note=True,
        internal=True, hint=N_("核查属实，五个条件都具备；局长批准"),
    ),
    Step(
        "return_result", N_("退回补查"), N_("已退回补查。"), ("result",), "verifying",
        (Role.SUPERVISOR,), BUREAU, back=True, needs_note=True, tells=("handler",),
        internal=True, hint=N_("写明还要查什么"),
    ),
    Step(
        "extend_verifying", N_("延长核查期限"), N_("核查期限已延长。"),
        ("verifying", "countersign"), None, (Role.SUPERVISOR, Role.HEAD), BUREAU,
        guards=(guards.not_an_officer, guards.verifying_may_go_on), extends=("L16",),
        form="extend", needs_note=True, tells=("handler", "co_officer"), internal=True,
        hint=N_("届满以前批准；核查人员不能批准自己的"),
    ),
    # ------------------------------------------------------------ L5b to L5e: approvals
    Step(
        "approve_case", N_("批准立案"), N_("已批准立案，案件已生成，转反馈。"),
        ("opening", "opening_found"), "feedback", (Role.HEAD,), BUREAU,
        checks=("outcome", "filing"), guards=(guards.cases_can_be_opened,), tells=("handler",),
        internal=True, hint=N_("生成处罚案件；线索接着反馈，可以先于案件办结"),
    ),
    Step(
        "return_case", N_("退回初审"), N_("已退回初审。"), ("opening",), "triage",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
    Step(
        "return_case_found", N_("退回审定"), N_("已退回审定。"), ("opening_found",), "result",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
    Step(
        "confirm_inside", N_("核准转办"), N_("已转业务科室，转反馈。"), ("inside",), "feedback",
        (Role.SUPERVISOR,), BUREAU, checks=("outcome",), tells=("handler",), internal=True,
        hint=N_("转办单送业务科室"),
    ),
    Step(
        "return_inside", N_("退回初审"), N_("已退回初审。"), ("inside",), "triage",
        (Role.SUPERVISOR,), BUREAU, back=True, needs_note=True, tells=("handler",),
        internal=True, hint=N_("写明理由"),
    ),
    Step(
        "approve_referral", N_("批准转送"), N_("已批准转送，转反馈。"), ("refer",), "feedback",
        (Role.HEAD,), BUREAU, checks=("outcome",), tells=("handler",), internal=True,
        hint=N_("转送函送受理机关"),
    ),
    Step(
        "return_referral", N_("退回初审"), N_("已退回初审。"), ("refer",), "triage",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
    Step(
        "approve_refusal", N_("批准不予受理"), N_("已批准不予受理，转反馈。"), ("refuse",),
        "feedback", (Role.HEAD,), BUREAU, checks=("outcome",), tells=("handler",), internal=True,
        hint=N_("须告知移送部门和举报人"),
    ),
    Step(
        "return_refusal", N_("退回初审"), N_("已退回初审。"), ("refuse",), "triage",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
    # ------------------------------------------------------------ L7, L8: answer and close
    Step(
        "give_feedback", N_("送出反馈"), N_("已反馈，送负责人办结。"), ("feedback",), "closing",
        (Role.INSPECTOR,), BUREAU, part="handler", makes=("feedback",), form="feedback",
        tells=("drafter",), internal=True, hint=N_("只写可以告知的内容，不写办案细节和举报人"),
    ),
    Step(
        "report_up", N_("向上级报告结果"), N_("已报上级。"), ("feedback", "closing"), None,
        (Role.INSPECTOR, Role.SUPERVISOR), BUREAU, guards=(guards.owes_report_up,),
        stops=("OWN-SUPERIOR",), form="report_up", needs_note=True, internal=True,
        hint=N_("上级转办的线索须书面报结果"),
    ),
    Step(
        "close", N_("办结线索"), N_("线索已办结。"), ("closing",), "closed", (Role.SUPERVISOR,),
        BUREAU, checks=("feedback",), guards=(guards.report_up_made,), tells=("handler", "drafter"),
        hint=N_("反馈人不能自己办结"),
    ),
    Step(
        "return_feedback", N_("退回重写反馈"), N_("已退回重写反馈。"), ("closing",), "feedback",
        (Role.SUPERVISOR,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明哪里不妥"),
    ),
    Step(
        "reassign", N_("改派"), N_("已改派。"), ("triage", "verifying", "feedback"), None,
        (Role.SUPERVISOR,), BUREAU, gives=("handler",), form="assign", needs_note=True,
        tells=("handler",), internal=True, hint=N_("原承办人随即看不到本件"),
    ),
    Step(
        "reassign_partner", N_("改派协办"), N_("已改派协办人员。"), ("verifying", "countersign"),
        None, (Role.SUPERVISOR,), BUREAU, gives=("co_officer",), form="assign", needs_note=True,
        tells=("handler", "co_officer"), internal=True, hint=N_("原协办人随即看不到本件"),
    ),
)

# fmt: on
FLOW = Flow(
    kind="lead",
    label=N_("线索"),
    version=1,
    states=STATES,
    steps=STEPS,
    icon="inbox",
)
