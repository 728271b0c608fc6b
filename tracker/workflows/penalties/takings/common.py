"""What several takings need: officers, services, days, and the words for what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tracker.core.accounts.models import User
from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases import clocks
from tracker.core.cases.clocks import When, rule_for
from tracker.core.cases.engine import Taking
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import CaseExcludedOrg
from tracker.core.cases.scope import RECUSED
from tracker.core.cases.taking import Asked
from tracker.core.deadlines.due import Start, count
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import BadInput, say
from tracker.core.registers.officers import uncertified
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import Service
from tracker.workflows.penalties.standing import running_clock, window_of

PenaltyAsked = Asked[Penalty]
Takings = dict[str, Callable[[PenaltyAsked], Taking]]


def person(asked: PenaltyAsked, name: str, role: Role) -> User:
    """Somebody of the case's bureau with a role, named in an answer; unfit ones are refused."""
    session, case = asked.session, asked.case
    user_id = asked.inputs.get(name)
    known = {u.id: u for u in people_in(session, case.bureau_id or 0, role, asked.today)}
    user = known.get(int(user_id)) if user_id else None
    if user is None:
        raise BadInput(name, say("请选本单位合适的人员。"))
    shut = session.get(CaseExcludedOrg, (case.id, case.bureau_id)) is not None
    if shut or user.clearance < case.confidentiality:
        raise BadInput(name, say("%(who)s 的涉密权限不够办理本件。", who=user.name))
    if user.id in part_holders(session, case.id, RECUSED):
        raise BadInput(name, say("%(who)s 已经回避，不能办理本案。", who=user.name))
    return user


def officer(asked: PenaltyAsked, name: str, *, other_than: int | None = None) -> User:
    """An inspector whose certificate is valid today (行政处罚法 42)."""
    user = person(asked, name, Role.INSPECTOR)
    if uncertified(asked.session, [user.id], asked.today):
        raise BadInput(name, say("%(who)s 的统计执法证今天无效。", who=user.name))
    if user.id == other_than:
        raise BadInput(name, say("承办和协办须是两个人。"))
    return user


def holder(asked: PenaltyAsked, part: str) -> int | None:
    """Who holds a part now."""
    return next(iter(part_holders(asked.session, asked.case.id, part)), None)


def day(asked: PenaltyAsked, name: str = "on") -> date:
    """A day that was given, else today; never in the future."""
    found = asked.day(name) or asked.today
    if found > asked.today:
        raise BadInput(name, say("日期不能晚于今天。"))
    return found


def not_before(on: date, first: date | None, name: str = "on") -> None:
    """Refuse a day before what it follows."""
    if first is not None and on < first:
        raise BadInput(name, say("日期不能早于 %(first)s。", first=first))


def service(asked: PenaltyAsked, what: str) -> Service:
    """The service of a paper as it was answered (民诉法 87 to 92, 处罚法 61, 办法 40)."""
    manner = asked.required("manner", "请选送达方式。")
    found = Service(
        case_id=asked.case.id,
        what=what,
        manner=manner,
        recipient=asked.required("recipient", "请写受送达人或者签收人。"),
        place=asked.required("place", "请写送达地点。"),
        served_on=day(asked),
        refusal=asked.text("refusal"),
        witness=asked.text("witness"),
        consented=bool(asked.inputs.get("consented")),
        recorded_by_id=asked.actor.user_id,
    )
    if (manner == "left" or found.refusal) and not found.witness:
        raise BadInput("witness", say("拒绝签收、留置送达的，要写见证人。"))
    if manner == "electronic" and not found.consented:
        raise BadInput("consented", say("电子送达须有当事人的书面同意。"))
    return found


def limitation_ends(asked: PenaltyAsked, act_to: date, *, graver: bool) -> date:
    """The last day on which an act could be discovered in time (处罚法 36, rules T12 and T12A)."""
    # Today's text: 处罚法 36 takes over the two years of the one before.
    rule = rule_for(asked.case, "T12A" if graver else "T12", asked.today)
    if rule.term is None:
        raise ValueError(f"{rule.id} has no length")
    found = count(Start(act_to), [rule.term], [], rule.roll, store.load(asked.session))
    return found.due or act_to


def refuse_too_late(asked: PenaltyAsked, act_to: date, found_on: date, *, graver: bool) -> date:
    """The last day for discovery; BadInput when the act was discovered after it."""
    last = limitation_ends(asked, act_to, graver=graver)
    if found_on > last:
        raise BadInput(
            "act_to",
            say(
                "违法行为 %(end)s 终了，%(last)s 以前没有发现，超过追究时效，不能处罚。",
                end=act_to,
                last=last,
            ),
        )
    return last


def begin(
    asked: PenaltyAsked,
    rule_id: str,
    on: date,
    *,
    due: date | None = None,
    label: str | None = None,
) -> Deadline:
    """Start a clock that counts from another day than the step, or has a date of its own."""
    return clocks.begin(
        asked.session,
        asked.case,
        rule_id,
        on=on,
        actor_id=asked.actor.user_id,
        now=asked.now,
        due=due,
        label=label,
    )


def end(asked: PenaltyAsked, rule_id: str, on: date) -> None:
    """Stop the clock of a rule, if it runs."""
    deadline = running_clock(asked.session, asked.case.id, rule_id)
    if deadline is not None:
        clocks.end(
            asked.session,
            asked.case,
            deadline,
            on=max(on, deadline.started_on),
            actor_id=asked.actor.user_id,
            now=asked.now,
        )


def count_again(asked: PenaltyAsked, on: date) -> None:
    """The months for the court begin at another day than before (处罚法 72(2), 行诉法 45)."""
    window = window_of(asked.session, asked.case)
    known = running_clock(asked.session, asked.case.id, "T20")
    if window is not None and known is not None and known.started_on == window.counted_from:
        return
    end(asked, "T20", on)
    if window is not None:
        begin(asked, "T20", window.counted_from)


def dated(asked: PenaltyAsked, **columns: object) -> Taking:
    """A step on a day that sets columns of the case."""
    on = day(asked)

    def apply() -> None:
        for name, value in columns.items():
            setattr(asked.case, name, on if value is None else value)

    return Taking(when=When(on=on), apply=apply)
