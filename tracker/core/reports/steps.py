"""Which steps a report counts, by the names that the workflows' tables give them."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.core.errors import N_


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted of a period: cases that took a step, or of which all facts became true.

    Steps are "kind.step", facts "kind.fact".
    """

    label: str
    steps: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


Measures = tuple[Measure, ...]
DECIDED = Measure(N_("作出处罚决定"), facts=("penalty.decided", "penalty.punished"))

STEPS = N_("期内办过这一步的事项数，一件事项计一次；立案和处罚按决定日期计。点数字看清单。")
NOW = N_("按今天的情况计；点数字看清单。")

CHANGES: Measures = (
    Measure(N_("事前征得同意"), ("filing.agree", "filing.agree_in")),
    Measure(N_("备案并出具回执"), ("filing.accept", "filing.accept_in")),
    Measure(N_("发现没有报备的变动"), ("filing.find",)),
    Measure(N_("没有报备的变动已报送补办材料"), ("filing.rectify",)),
    Measure(N_("办完工作交接"), ("filing.close_handover", "filing.close_handover_gap")),
)
GAPS: Measures = (
    Measure(N_("已补齐的人员缺口"), ("vacancy.fill",)),
    Measure(N_("说明理由、不再催补的人员缺口"), ("vacancy.excuse",)),
)
LEADS: Measures = (
    Measure(N_("转核查"), ("lead.verify",)),
    Measure(N_("批准立案"), ("lead.approve_case",)),
    Measure(N_("批准转送其他机关"), ("lead.approve_referral",)),
    Measure(N_("批准不予受理"), ("lead.approve_refusal",)),
    Measure(N_("已反馈"), ("lead.give_feedback",)),
)
CHECKS: Measures = (
    Measure(N_("批准检查"), ("inspection.approve_check", "inspection.approve_afterwards")),
    Measure(N_("进入现场"), ("inspection.enter_site", "inspection.enter_urgent")),
    Measure(N_("提出未发现问题"), ("inspection.propose_clean",)),
    Measure(N_("批准责令改正"), ("inspection.approve_order",)),
    Measure(N_("转立案"), ("inspection.open_penalty",)),
    Measure(N_("检查归档"), ("inspection.close",)),
)
PENALTIES: Measures = (
    Measure(N_("立案"), facts=("penalty.filed",)),
    DECIDED,
    Measure(N_("不予处罚"), facts=("penalty.decided", "penalty.unpunished")),
    Measure(N_("公示"), ("penalty.publish",)),
    Measure(N_("结案"), ("penalty.close",)),
)
ONWARD: Measures = (
    Measure(N_("送出处分处理建议"), ("sanction.send",)),
    Measure(N_("处分处理结果齐全"), ("sanction.finish",)),
    Measure(N_("移送涉嫌犯罪"), ("crime.hand_over",)),
    Measure(N_("公安机关立案"), ("crime.police_opens", "crime.review_opens")),
    Measure(N_("认定严重失信"), ("recognition.recognise",)),
)
TRAININGS = Measure(N_("办完并记入学时的培训班"), ("training.record",))
RECEIVED = ("receive", "intake")
ANSWERED = ("give_feedback",)
# The limits within which a sanction proposal has to be answered: L04, and a province's own.
ANSWER_CLOCKS = ("L04", "L05")


def every() -> Measures:
    """Everything counted anywhere."""
    return (*CHANGES, *GAPS, *LEADS, *CHECKS, *PENALTIES, *ONWARD, TRAININGS)
