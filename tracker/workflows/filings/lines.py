"""The handover at work: its list saved, its signatures given, the leaver's work reassigned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.audit.service import record
from tracker.core.cases.leaving import hand_to
from tracker.core.cases.models import Attachment
from tracker.core.cases.scope import get_visible
from tracker.core.documents import service as documents
from tracker.core.errors import N_, BadInput, ChangedMeanwhile, Refusal, StepRefused, say
from tracker.core.registers.names import name_key
from tracker.workflows.filings import change, handover
from tracker.workflows.filings.flow import UNIT_PEOPLE
from tracker.workflows.filings.models import (
    ITEMS,
    SIGNERS,
    Filing,
    HandoverSignature,
    HandoverWork,
)

OPEN = "handover"
_SIGNED_TAG = "filing.handover.signature"
SCAN = N_("交接清单签字扫描件")
_STATES = ("", "handed", "none")
# Who may oversee from the bureau; the head of the unit always may.
_OVERSEERS = (Role.SUPERVISOR, Role.HEAD, Role.REGISTRAR)
_LIST_STALE = N_("交接清单已修改，要重新制作")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list as it was typed."""

    state: str
    detail: str = ""


def of_the_unit(actor: Actor, case: Filing) -> bool:
    """Whether somebody works at the unit that hands over."""
    return any(actor.has(role, case.origin_org_id) for role in UNIT_PEOPLE)


def may_fill(actor: Actor, case: Filing) -> bool:
    """Whether somebody fills the list now."""
    return case.state == OPEN and of_the_unit(actor, case)


def may_reassign(actor: Actor, case: Filing) -> bool:
    """Whether somebody gives the leaver's work to others: the unit's head, and the bureau's."""
    return case.state == OPEN and (
        actor.has(Role.DEPT_APPROVER, case.origin_org_id)
        or actor.has(Role.SUPERVISOR, case.bureau_id)
    )


# ---------------------------------------------------------------- the list


def save_list(
    session: Session,
    actor: Actor,
    case_id: int,
    entries: Mapping[str, Entry],
    *,
    seen: int,
    now: datetime,
    request_id: str | None = None,
) -> bool:
    """Write the lines down; whether that made signatures void because the list is another now.

    BadInput names the line; ChangedMeanwhile when somebody else saved it after `seen`.
    """
    case = _locked(session, actor, case_id)
    if not of_the_unit(actor, case):
        raise StepRefused([Refusal(say("交接清单由本单位填写。"))], "save_list")
    if case.version != seen:
        raise ChangedMeanwhile(say("交接清单刚刚被别人改过。您填的内容没有保存，也没有丢。"))
    changed = []
    for row in handover.items(session, case_id):
        entry = entries.get(row.item)
        if entry is None:
            continue
        _check(row.item, entry)
        if (entry.state, entry.detail.strip()) == (row.state, row.detail):
            continue
        row.state, row.detail = entry.state, entry.detail.strip()
        row.noted_by_id = actor.user_id if row.state else None
        row.noted_at = now if row.state else None
        changed.append(row.item)
    if not changed:
        return False
    session.flush()
    signed = bool(handover.signatures(session, case_id))
    session.execute(delete(HandoverSignature).where(HandoverSignature.case_id == case_id))
    documents.void_all(
        session, case_id, "handover_list", by=actor.user_id, now=now, reason=_LIST_STALE
    )
    _note(session, actor, case, "list", now, request_id, items=changed, signatures_void=signed)
    return signed


def _check(item: str, entry: Entry) -> None:
    if entry.state not in _STATES:
        raise BadInput(item, say("请选“已移交”或者“没有”。"))
    if entry.state == "handed" and not entry.detail.strip():
        raise BadInput(item, say("请写明“%(item)s”移交了什么。", item=say(ITEMS[item])))
    if entry.detail.strip() and not entry.state:
        raise BadInput(item, say("“%(item)s”写了说明，还没有选。", item=say(ITEMS[item])))


# ---------------------------------------------------------------- the signatures


def sign(
    session: Session,
    actor: Actor,
    case_id: int,
    part: str,
    *,
    now: datetime,
    request_id: str | None = None,
) -> HandoverSignature:
    """One's own signature by one's own login; StepRefused says whose it is instead."""
    case = _locked(session, actor, case_id)
    _refuse_incomplete(session, case, part)
    why = may_sign(session, actor, case, part)
    if why is not None:
        raise StepRefused([why], "sign")
    name = session.get_one(User, actor.user_id).name
    lender = None
    if part not in change.accounts(session, case):
        lender = _free(session, case, _powers(actor, case, part))[0].on_behalf_of
    return _signed(session, actor, case, part, name, actor.user_id, now, request_id, lender=lender)


def may_sign(session: Session, actor: Actor, case: Filing, part: str) -> Refusal | None:
    """Why a login does not stand for a part: whose it is, and that nobody signs twice."""
    concerned = change.accounts(session, case)
    there = handover.signatures(session, case.id).values()
    if any(s.user_id == actor.user_id for s in there):
        return Refusal(say("您已经签过，一个人不能签两处。"))
    if actor.user_id in _stood_in_for(session, case, [s.user_id for s in there]):
        return Refusal(say("已经有人代您签过，一个人不能签两处，代行职务也不行。"))
    if part in concerned:
        return (
            None
            if concerned[part] == actor.user_id
            else Refusal(say("%(part)s由本人登录签字。", part=say(SIGNERS[part])))
        )
    if part == "outgoing" or (part == "incoming" and case.incoming_id is not None):
        return Refusal(
            say("%(part)s没有对应的账号。", part=say(SIGNERS[part])),
            instead=say("请登记纸面签字，上传扫描件"),
        )
    if actor.user_id in concerned.values():
        return Refusal(say("移交人和接收人不能监交。"))
    fit = _powers(actor, case, part)
    if not fit:
        return Refusal(say("监交由本单位负责人或者统计机构派人。"))
    if not _free(session, case, fit):
        return Refusal(say("一个人不能签两处，代行职务也不行。"))
    return None


def _free(session: Session, case: Filing, fit: Sequence[Power]) -> list[Power]:
    """The powers that are not lent by one of the two concerned, or by who has signed already."""
    signed = [s.user_id for s in handover.signatures(session, case.id).values()]
    taken = {*change.accounts(session, case).values(), *signed}
    taken |= _stood_in_for(session, case, signed)
    return [p for p in fit if p.on_behalf_of is None or p.on_behalf_of not in taken]


def _powers(actor: Actor, case: Filing, part: str) -> list[Power]:
    """By what somebody signs for a part that is nobody's by name, one's own powers first."""
    if part == "incoming":  # nobody is named yet: somebody of the unit keeps it meanwhile
        wanted: set[tuple[Role, int | None]] = {(role, case.origin_org_id) for role in UNIT_PEOPLE}
    else:
        wanted = {(role, case.bureau_id) for role in _OVERSEERS}
        wanted.add((Role.DEPT_APPROVER, case.origin_org_id))
    fit = [p for p in actor.powers if (p.role, p.org_id) in wanted]
    return sorted(fit, key=lambda p: p.on_behalf_of is not None)


def _stood_in_for(session: Session, case: Filing, signed: Sequence[int | None]) -> set[int | None]:
    """For whom those who have signed by their login have done so, where their power was lent."""
    rows = session.execute(
        select(AuditRow.actor_id, AuditRow.on_behalf_of_id).where(
            AuditRow.case_id == case.id, AuditRow.tag == _SIGNED_TAG
        )
    )
    return {lender for actor_id, lender in rows if lender is not None and actor_id in signed}


def sign_on_paper(
    session: Session,
    actor: Actor,
    case_id: int,
    part: str,
    name: str,
    *,
    now: datetime,
    request_id: str | None = None,
) -> HandoverSignature:
    """Note a signature that stands on paper; its scan lies in the file under `SCAN`."""
    case = _locked(session, actor, case_id)
    _refuse_incomplete(session, case, part)
    if not of_the_unit(actor, case):
        raise StepRefused([Refusal(say("纸面签字由本单位登记。"))], "sign")
    name = expected_name(session, case, part) or name.strip()
    if not name:
        raise BadInput("name", say("请填签字人的姓名。"))
    if any(
        name_key(s.name) == name_key(name) for s in handover.signatures(session, case_id).values()
    ):
        raise BadInput("name", say("%(who)s已经签过，一个人不能签两处。", who=name))
    if not scan_there(session, case_id):
        raise BadInput("files", say("请上传签了字的交接清单扫描件。"))
    return _signed(session, actor, case, part, name, None, now, request_id)


def scan_there(session: Session, case_id: int) -> bool:
    """Whether a scan of the signed list lies in the file."""
    query = select(Attachment.id).where(Attachment.case_id == case_id, Attachment.label == SCAN)
    return session.scalar(query.limit(1)) is not None


def expected_name(session: Session, case: Filing, part: str) -> str:
    """The name a part must have; empty where anybody fit may do it."""
    people = {"outgoing": change.outgoing, "incoming": change.incoming}
    person = people[part](session, case) if part in people else None
    return person.name if person is not None else ""


def _refuse_incomplete(session: Session, case: Filing, part: str) -> None:
    if part not in SIGNERS:
        raise BadInput("part", say("请选签字的身份。"))
    if part in handover.signatures(session, case.id):
        raise StepRefused([Refusal(say("%(part)s已经签过。", part=say(SIGNERS[part])))], "sign")
    left = handover.open_items(session, case.id)
    if left:
        raise StepRefused(
            [
                Refusal(
                    say("交接清单还有 %(n)s 项没有办，办完才能签字。", n=len(left)),
                    instead=say("打开“交接清单”逐项填写"),
                )
            ],
            "sign",
        )


def _signed(
    session: Session,
    actor: Actor,
    case: Filing,
    part: str,
    name: str,
    user_id: int | None,
    now: datetime,
    request_id: str | None,
    *,
    lender: int | None = None,
) -> HandoverSignature:
    there = handover.signatures(session, case.id).values()
    if any(s.user_id is None and name_key(s.name) == name_key(name) for s in there):
        raise StepRefused([Refusal(say("%(who)s已经签过，一个人不能签两处。", who=name))], "sign")
    row = HandoverSignature(case_id=case.id, part=part, name=name, user_id=user_id, signed_at=now)
    session.add(row)
    session.flush()
    how = "login" if user_id is not None else "paper"
    _note(session, actor, case, "signature", now, request_id, lender=lender, part=part, way=how)
    return row


# ---------------------------------------------------------------- the leaver's work


def reassign(
    session: Session,
    actor: Actor,
    case_id: int,
    to_id: int | None,
    *,
    only: Collection[int] | None = None,
    now: datetime,
    request_id: str | None = None,
) -> int:
    """Give what the leaver has in hand to another person; how many cases that were.

    `only` are ids of cases; left out, all that the actor may see. BadInput("to") when that person
    cannot take one of them: then none is given.
    """
    case = _locked(session, actor, case_id)
    if not may_reassign(actor, case):
        raise StepRefused(
            [Refusal(say("改派由本单位负责人或者统计机构业务负责人办理。"))], "reassign"
        )
    leaver = change.accounts(session, case).get("outgoing")
    rows = handover.seen_by(session, actor, handover.work_of_leaver(session, case))
    chosen = [row for row in rows if only is None or row.case.id in only]
    if leaver is None or not chosen:
        raise BadInput("cases", say("没有要改派的事项。"))
    if to_id is None:
        raise BadInput("to", say("请选接办的人。"))
    count = hand_to(
        session, chosen, leaver, to_id, actor, now=now,
        reason=f"人员变动交接 {case.number or case.title}", request_id=request_id,
    )  # fmt: skip
    ids = [row.case.id for row in chosen]
    session.execute(
        delete(HandoverWork).where(HandoverWork.case_id == case_id, HandoverWork.other_id.in_(ids))
    )
    session.add_all(HandoverWork(case_id=case_id, other_id=i, to_id=to_id, at=now) for i in ids)
    _fill_work_line(session, case_id, actor, now)
    _note(session, actor, case, "reassign", now, request_id, to=to_id, cases=ids)
    return count


def _fill_work_line(session: Session, case_id: int, actor: Actor, now: datetime) -> None:
    """The line of the open work fills itself, unless somebody has filled it."""
    row = next(r for r in handover.items(session, case_id) if r.item == "work")
    if not row.state:
        count = len(handover.handed_on(session, case_id))
        row.state, row.detail = "handed", f"已改派 {count} 件"
        row.noted_by_id, row.noted_at = actor.user_id, now


# ---------------------------------------------------------------- common


def _locked(session: Session, actor: Actor, case_id: int) -> Filing:
    case = get_visible(session, Filing, actor, case_id, lock=True)
    if case.state != OPEN:
        raise StepRefused([Refusal(say("现在不在工作交接阶段。"))], "handover")
    return case


def _note(
    session: Session,
    actor: Actor,
    case: Filing,
    what: str,
    now: datetime,
    request_id: str | None,
    *,
    lender: int | None = None,
    **details: object,
) -> None:
    """Audit a write of the handover; pages that were open before are out of date."""
    case.version += 1
    record(
        session,
        tag=f"filing.handover.{what}",
        at=now,
        actor_id=actor.user_id,
        on_behalf_of_id=lender,
        case_id=case.id,
        object=f"filing:{case.id}",
        request_id=request_id,
        details=details,
    )
    session.flush()
