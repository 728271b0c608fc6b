"""What must hold of money, remedies, the court, publication and the file."""

from __future__ import annotations

from tracker.core.cases.flow import Context
from tracker.core.cases.opening import openings
from tracker.core.errors import Refusal, say
from tracker.workflows.penalties.dossier import items_of
from tracker.workflows.penalties.guards.team import latest, penalty_of
from tracker.workflows.penalties.rows import (
    instalments_of,
    open_announcement,
    open_remedy,
    remedies_of,
)
from tracker.workflows.penalties.standing import clock, ledger_of, running_clock, window_of
from tracker.workflows.penalties.window import why_not_apply

_PLAN = ("ask_instalments", "approve_instalments", "refuse_instalments")


# ---------------------------------------------------------------- service


def not_announced(context: Context) -> Refusal | None:
    """One public notice at a time."""
    if open_announcement(context.session, context.case.id) is None:
        return None
    return Refusal(say("已经公告，公告期满视为送达。"))


def announcement_over(context: Context) -> Refusal | None:
    """The time of the public notice is over (民事诉讼法 95)."""
    deadline = running_clock(context.session, context.case.id, "T09")
    if deadline is None:
        return Refusal(say("没有公告送达。"))
    if deadline.due_on is not None and deadline.due_on >= context.today:
        return Refusal(say("公告期到 %(on)s 才届满。", on=deadline.due_on))
    return None


# ---------------------------------------------------------------- money


def owes(context: Context) -> Refusal | None:
    """Something is still to be paid."""
    found = ledger_of(context.session, penalty_of(context), context.today)
    if found is not None and not found.settled:
        return None
    return Refusal(say("没有应缴的罚款。"))


def settled(context: Context) -> Refusal | None:
    """Fine and surcharge are paid, or nothing was fined (行政处罚法 66, 72)."""
    penalty = penalty_of(context)
    found = ledger_of(context.session, penalty, context.today)
    if penalty.fine == 0 or (found is not None and found.settled):
        return None
    owed = found.balance if found is not None else penalty.fine
    return Refusal(say("还欠 %(yuan)s 元。", yuan=f"{owed:,.2f}"), instead=say("先登记缴款"))


def nothing_collected_open(context: Context) -> Refusal | None:
    """Cash taken on the spot has been handed in and paid to the bank (行政处罚法 71)."""
    for rule_id in ("T13", "T13A"):
        if running_clock(context.session, context.case.id, rule_id) is not None:
            return Refusal(say("当场收缴的罚款还没有上交、缴付银行。"))
    return None


def collected(context: Context) -> Refusal | None:
    """The officer holds cash that was taken on the spot."""
    if running_clock(context.session, context.case.id, "T13") is not None:
        return None
    return Refusal(say("没有待上交的当场收缴罚款。"))


def handed_in(context: Context) -> Refusal | None:
    """The bureau holds cash that belongs into the bank."""
    if running_clock(context.session, context.case.id, "T13A") is not None:
        return None
    return Refusal(say("没有待缴付银行的罚款。"))


def plan_not_asked(context: Context) -> Refusal | None:
    """One plan at a time, and only one."""
    if instalments_of(context.session, context.case.id):
        return Refusal(say("已经批准过分期（延期）缴纳。"))
    if latest(context.session, context.case.id, _PLAN) == "ask_instalments":
        return Refusal(say("分期（延期）缴纳的申请正等着审批。"))
    return None


def plan_asked(context: Context) -> Refusal | None:
    """A plan waits for the head."""
    if latest(context.session, context.case.id, _PLAN) == "ask_instalments":
        return None
    return Refusal(say("没有待审批的分期（延期）缴纳申请。"), instead=say("由承办人先申请"))


# ---------------------------------------------------------------- review and suit


def no_remedy_open(context: Context) -> Refusal | None:
    """No review or suit is going on."""
    if open_remedy(context.session, context.case.id) is None:
        return None
    return Refusal(say("复议或者诉讼还没有结果。"))


def review_open(context: Context) -> Refusal | None:
    """A review is going on."""
    if open_remedy(context.session, context.case.id, "review") is not None:
        return None
    return Refusal(say("没有正在进行的行政复议。"))


def suit_open(context: Context) -> Refusal | None:
    """A suit is going on."""
    if open_remedy(context.session, context.case.id, "suit") is not None:
        return None
    return Refusal(say("没有正在进行的行政诉讼。"))


def review_takes_time(context: Context) -> Refusal | None:
    """The review organ has a limit that can be extended (行政复议法 62)."""
    if running_clock(context.session, context.case.id, "T17") is not None:
        return None
    return Refusal(say("普通程序的复议期限现在不走，没有可以延长的。"))


def correction_wanted(context: Context) -> Refusal | None:
    """The review organ may still ask for a corrected application."""
    if running_clock(context.session, context.case.id, "T15A") is not None:
        return None
    return Refusal(say("复议申请已经受理或者已经补正。"))


def reply_owed(context: Context) -> Refusal | None:
    """The bureau owes the review organ a reply."""
    if running_clock(context.session, context.case.id, "T16") is not None:
        return None
    return Refusal(say("没有待答复的复议申请。"))


def review_limit_over(context: Context) -> Refusal | None:
    """The party let the time for a review pass (行政复议法 20)."""
    return _over(context, "T14")


def suit_limit_over(context: Context) -> Refusal | None:
    """The party let the time to sue pass; after a review the shorter one (行政诉讼法 45, 46)."""
    after_review = running_clock(context.session, context.case.id, "T19")
    return _over(context, "T18" if after_review is None else "T19")


def _over(context: Context, rule_id: str) -> Refusal | None:
    deadline = running_clock(context.session, context.case.id, rule_id)
    if deadline is None:
        return Refusal(say("这项期限现在不走。"))
    if deadline.due_on is not None and deadline.due_on >= context.today:
        return Refusal(say("期限到 %(on)s 才届满。", on=deadline.due_on))
    return None


def was_revoked(context: Context) -> Refusal | None:
    """The decision no longer stands."""
    if penalty_of(context).revoked:
        return None
    return Refusal(say("处罚决定没有被撤销。"))


def not_revoked(context: Context) -> Refusal | None:
    """The decision stands."""
    if not penalty_of(context).revoked:
        return None
    return Refusal(say("处罚决定已被撤销。"), instead=say("请办“撤销后了结”"))


# ---------------------------------------------------------------- demand and court


def overdue(context: Context) -> Refusal | None:
    """The time to pay is over and something is unpaid."""
    found = ledger_of(context.session, penalty_of(context), context.today)
    if found is None or found.settled:
        return Refusal(say("没有应缴的罚款。"))
    if found.overdue == 0:
        return Refusal(say("缴款期限还没有届满。"))
    return None


def court_window_open(context: Context) -> Refusal | None:
    """Not before review and suit have lapsed unused, nor before the demand has had its time.

    A late application is let through to the form, which asks for the good cause.
    """
    penalty = penalty_of(context)
    window = window_of(context.session, penalty)
    demand = clock(context.session, penalty.id, "T21")
    if window is None or demand is None or demand.due_on is None:
        return Refusal(
            say("经过诉讼的，由法院执行自己的裁判。") if window is None else say("还没有催告。")
        )
    return why_not_apply(window, demand.due_on, context.today, good_cause="…")


def court_heard_not(context: Context) -> Refusal | None:
    """The court has not decided yet to hear the parties."""
    if running_clock(context.session, context.case.id, "T22B") is None:
        return None
    return Refusal(say("法院已经在听取意见。"))


# ---------------------------------------------------------------- publication


def publishable(context: Context) -> Refusal | None:
    """Units only, once, and only what stands (国统字〔2023〕49号 6)."""
    penalty = penalty_of(context)
    if penalty.subject == "person":
        return Refusal(say("自然人的处罚信息不公示。"))
    if penalty.served_on is None or penalty.outcome != "penalty":
        return Refusal(say("没有已经送达的处罚决定。"))
    if penalty.revoked:
        return Refusal(say("处罚决定已被撤销，不再公示。"))
    if penalty.published_on is not None:
        return Refusal(say("已经公示过。"))
    if not penalty.uscc:
        return Refusal(say("公示要写统一社会信用代码，本件没有。"), instead=say("先补正当事人信息"))
    return None


def must_unpublish(context: Context) -> Refusal | None:
    """What was published was changed or revoked since (行政处罚法 48)."""
    if running_clock(context.session, context.case.id, "T25") is not None:
        return None
    return Refusal(say("没有须撤回的公示。"))


# ---------------------------------------------------------------- closing


def publication_done(context: Context) -> Refusal | None:
    """Published where it has to be, and withdrawn where it has to be."""
    penalty = penalty_of(context)
    if running_clock(context.session, penalty.id, "T25") is not None:
        return Refusal(say("处罚决定已经变更或者撤销，公示还没有撤回。"))
    if penalty.outcome != "penalty" or penalty.subject == "person" or penalty.revoked:
        return None
    if penalty.published_on is None:
        return Refusal(say("处罚决定还没有公示。"), instead=say("先办“公示处罚决定”"))
    return None


def is_over(context: Context) -> Refusal | None:
    """Fully performed, ruled on by the court, no penalty, or revoked (domain 3.2, C13)."""
    penalty = penalty_of(context)
    if open_remedy(context.session, penalty.id) is not None:
        return Refusal(say("复议或者诉讼还没有结果。"))
    over = (
        penalty.outcome == "no_penalty"
        or penalty.revoked
        or penalty.performed_on is not None
        or penalty.court_ruled_on is not None
    )
    return None if over else Refusal(say("处罚决定没有履行完毕，法院也没有裁定。"))


def dossier_complete(context: Context) -> Refusal | None:
    """Every item of the file index is there, or it is said why not (domain 8.1)."""
    missing = [i for i in items_of(context.session, penalty_of(context)) if not i.answered]
    if not missing:
        return None
    return Refusal(
        say(
            "案卷目录还有 %(n)s 项没有材料，也没有说明：%(what)s。",
            n=len(missing),
            what="、".join(f"{i.no} {i.title}" for i in missing[:4]),
        ),
        instead=say("补上材料，或者办“说明缺项”"),
    )


def item_missing(context: Context) -> Refusal | None:
    """There is an item to explain."""
    if any(not i.answered for i in items_of(context.session, penalty_of(context))):
        return None
    return Refusal(say("案卷目录没有待说明的缺项。"))


# ---------------------------------------------------------------- onward


def _can_open(kind: str) -> Refusal | None:
    return None if openings.has(kind) else Refusal(say("这类案件的流程还没有启用。"))


def crime_there(_context: Context) -> Refusal | None:
    """Transfers of suspected crime can be opened."""
    return _can_open("crime")


def sanction_there(_context: Context) -> Refusal | None:
    """Sanction proposals can be opened."""
    return _can_open("sanction")


def recognition_there(context: Context) -> Refusal | None:
    """Recognitions of serious dishonesty can be opened; enterprises only, once it is decided."""
    penalty = penalty_of(context)
    if penalty.subject != "enterprise" or penalty.decided_on is None:
        return Refusal(say("严重失信认定只对已经作出处罚决定的企业。"))
    return _can_open("recognition")


def never_suited(context: Context) -> Refusal | None:
    """No suit was brought yet."""
    if any(r.kind == "suit" for r in remedies_of(context.session, context.case.id)):
        return Refusal(say("已经登记过行政诉讼。"))
    return None


def never_reviewed(context: Context) -> Refusal | None:
    """No review was asked for yet."""
    if any(r.kind == "review" for r in remedies_of(context.session, context.case.id)):
        return Refusal(say("已经登记过行政复议。"))
    return None
