"""What must hold before a step of a filing: each answers with a sentence, or None."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from tracker.core.cases.flow import Context, flows
from tracker.core.cases.guards import side_org
from tracker.core.errors import Refusal, Sentence, say
from tracker.core.registers.models import Organisation
from tracker.workflows.filings import change, gate, handover, parties
from tracker.workflows.filings.models import SIGNERS, Filing

_SHOWN = 3


def _filing(context: Context) -> Filing:
    return cast(Filing, context.case)


def _origin(context: Context) -> Organisation:
    return context.session.get_one(Organisation, context.case.origin_org_id)


# ---------------------------------------------------------------- which sort of filing it is


def _moot(*, wanted: bool, why: Sentence) -> Refusal | None:
    return None if wanted else Refusal(why, moot=True)


def goes_straight(context: Context) -> Refusal | None:
    """No township stands between the unit and the bureau."""
    via = parties.via_of(context.session, _origin(context))
    return _moot(wanted=via is None, why=say("本单位的变动先报乡镇（街道）。"))


def goes_through(context: Context) -> Refusal | None:
    """A township stands between: filings go up level by level (鄂尔多斯通知 二(二))."""
    via = parties.via_of(context.session, _origin(context))
    return _moot(wanted=via is not None, why=say("本单位的变动直接报县级统计机构。"))


def regular(context: Context) -> Refusal | None:
    """What the bureau has found is not the unit's to take back."""
    return _moot(
        wanted=not _filing(context).irregular, why=say("统计机构查出的变动不能由单位撤回。")
    )


def is_filing(context: Context) -> Refusal | None:
    """The bureau is told of the change."""
    return _moot(wanted=_filing(context).mode == "filing", why=say("这件要先征得同意。"))


def is_consent(context: Context) -> Refusal | None:
    """The bureau is asked before the change (实施条例 32(2))."""
    return _moot(wanted=_filing(context).mode == "consent", why=say("这件是事后报备。"))


def somebody_leaves(context: Context) -> Refusal | None:
    """There is somebody who hands over."""
    return _moot(wanted=_filing(context).outgoing_id is not None, why=say("没有要移交的人。"))


def nobody_leaves(context: Context) -> Refusal | None:
    """Only somebody new comes: nothing is handed over."""
    return _moot(wanted=_filing(context).outgoing_id is None, why=say("先办交接。"))


def somebody_comes(context: Context) -> Refusal | None:
    """A newcomer is named."""
    return _moot(wanted=_filing(context).incoming_id is not None, why=say("接任人员还没有定。"))


def nobody_comes(context: Context) -> Refusal | None:
    """Nobody is named: there is no one to train."""
    return _moot(wanted=_filing(context).incoming_id is None, why=say("接任人员要先经岗前培训。"))


# ---------------------------------------------------------------- before it is sent


def complete(context: Context) -> Refusal | None:
    """Who, and a newcomer or a plan with a day to fill the post (domain F0)."""
    filing = _filing(context)
    edit = say("先补上变动的内容")
    if filing.outgoing_id is None and filing.incoming_id is None:
        return Refusal(say("还没有写明变动的是谁。"), instead=edit)
    if filing.incoming_id is None and (not filing.gap_plan or filing.gap_until is None):
        return Refusal(say("接任人员没有定，也没有补员安排和期限。"), instead=edit)
    return None


def has_bureau(context: Context) -> Refusal | None:
    """There is a bureau to send it to."""
    if parties.bureau_of(context.session, _origin(context)) is not None:
        return None
    return Refusal(say("系统里没有可以接收的统计机构。"), say("系统管理员"), say("请先登记该机构"))


def in_good_time(context: Context) -> Refusal | None:
    """Consent comes before the change (实施条例 32(2)): the day must still lie ahead."""
    filing = _filing(context)
    if filing.mode != "consent" or filing.effective_on > context.today:
        return None
    return Refusal(
        say(
            "要先征得同意，生效日期却是 %(day)s，赶不上。",
            day=filing.effective_on,
        ),
        instead=say("退回经办人，把生效日期改到同意以后"),
    )


def not_oneself(context: Context) -> Refusal | None:
    """Nobody signs for, consents to or confirms a change of their own, nor has a deputy do it."""
    concerned = change.accounts(context.session, _filing(context)).values()
    lenders = _lenders(context)
    if context.actor.user_id not in concerned and not (lenders and lenders <= set(concerned)):
        return None
    return Refusal(say("这是您自己的变动，不能由您办理。"), instead=say("请本单位另一人办理"))


def _lenders(context: Context) -> set[int | None]:
    """Whose powers the actor has for what is signed now; None for one's own."""
    case, flow = context.case, flows.get(context.case.kind)
    state = flow.state(case.state)
    if state.side is None:
        return set()
    house = side_org(case, state.side)
    roles = {
        role for step in flow.from_state(state.name) if not_oneself in step.guards
        for role in step.by
    }  # fmt: skip
    return {p.on_behalf_of for p in context.actor.powers if p.role in roles and p.org_id == house}


# ---------------------------------------------------------------- handover


def list_complete(context: Context) -> Refusal | None:
    """Every line of the list is settled (domain F3)."""
    left = handover.open_items(context.session, context.case.id)
    if not left:
        return None
    return Refusal(
        say("交接清单还有 %(n)s 项没有办：%(what)s。", n=len(left), what=_joined(left)),
        instead=say("打开“交接清单”逐项填写"),
    )


def three_signed(context: Context) -> Refusal | None:
    """The one who leaves, the one who takes over and the overseer have signed (domain F3)."""
    left = handover.unsigned(context.session, context.case.id)
    if not left:
        return None
    return Refusal(
        say("还没有签字：%(who)s。", who=_joined([SIGNERS[part] for part in left])),
        instead=say("各人登录后自己签，或者登记纸面签字并上传扫描件"),
    )


def nothing_in_hand(context: Context) -> Refusal | None:
    """Whatever the leaver had in hand has somebody else (domain F3, issue 5)."""
    filing = _filing(context)
    left = handover.work_of_leaver(context.session, filing)
    if not left:
        return None
    person = change.outgoing(context.session, filing)
    return Refusal(
        say(
            "%(who)s还有 %(n)s 件事项没有人接办。",
            who=person.name if person is not None else "",
            n=len(left),
        ),
        instead=say("点“改派”交给另一人"),
    )


def _joined(labels: Sequence[str]) -> Sentence:
    found = say(labels[0])
    for label in labels[1:_SHOWN]:
        found = say("%(some)s、%(one)s", some=found, one=say(label))
    if len(labels) > _SHOWN:
        found = say("%(some)s等", some=found)
    return found


# ---------------------------------------------------------------- the gate, and upward


def inducted(context: Context) -> Refusal | None:
    """Nobody starts without induction (鄂尔多斯通知 二(三); P06)."""
    session, filing = context.session, _filing(context)
    if gate.induction_of(session, filing, context.today) is not None:
        return None
    person = change.incoming(session, filing)
    who = person.name if person is not None else ""
    coming = gate.coming(session, filing, context.actor, context.now)
    if not coming:
        return Refusal(
            say("%(who)s还没有岗前培训合格的记录，不能上岗。", who=who),
            instead=say("眼下没有岗前培训班，请培训管理员安排"),
        )
    first = coming[0]
    if first.enrolled:
        hint = say("已经报名“%(course)s”，等培训合格", course=first.case.title)
    else:
        hint = say("给本人报名“%(course)s”", course=first.case.title)
    return Refusal(say("%(who)s还没有岗前培训合格的记录，不能上岗。", who=who), instead=hint)


def has_above(context: Context) -> Refusal | None:
    """There is a bureau above to report to."""
    bureau_id = context.case.bureau_id
    bureau = None if bureau_id is None else context.session.get(Organisation, bureau_id)
    if bureau is not None and parties.above_of(context.session, bureau) is not None:
        return None
    return Refusal(say("系统里没有上级统计机构，不用上报。"), instead=say("直接办结"))
