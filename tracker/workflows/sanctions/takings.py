"""What each step of a sanction proposal needs besides the move: checked, then written."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases import clocks
from tracker.core.cases.clocks import Extending, When
from tracker.core.cases.engine import Taking
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import Case
from tracker.core.cases.taking import Asked, Takings
from tracker.core.deadlines.service import longest_extension
from tracker.core.documents import service as documents
from tracker.core.errors import BadInput, say
from tracker.core.rulebook.loader import RuleMissing
from tracker.core.rulebook.terms import Term, Unit
from tracker.workflows.sanctions.guards import LOCAL, MONTHS, running_clock
from tracker.workflows.sanctions.models import Sanction, SanctionPerson, SanctionResult

_PERSON = ("name", "post", "rank", "responsibility", "facts", "evidence", "article", "proposal")


# ---------------------------------------------------------------- the persons


def _add_person(asked: Asked[Sanction]) -> Taking:
    sanction = asked.case
    given = {name: asked.text(name) for name in _PERSON}
    empty = next((name for name, value in given.items() if not value), None)
    if empty is not None:
        raise BadInput(empty, say("责任人的每一项都要填写。"))

    def apply() -> None:
        last = max((p.line for p in sanction.persons), default=0)
        sanction.persons.append(SanctionPerson(line=last + 1, **given))
        asked.session.flush()

    return Taking(details={"rank": given["rank"]}, apply=apply)


def _person(asked: Asked[Sanction]) -> SanctionPerson:
    line = asked.inputs.get("line")
    found = next((p for p in asked.case.persons if p.line == line), None)
    if found is None:
        raise BadInput("line", say("责任人表里没有这个序号。"))
    return found


def _drop_person(asked: Asked[Sanction]) -> Taking:
    sanction, person = asked.case, _person(asked)

    def apply() -> None:
        sanction.persons.remove(person)
        asked.session.flush()
        for line, other in enumerate(sanction.persons, start=1):
            other.line = line
        asked.session.flush()

    return Taking(details={"line": person.line}, apply=apply)


# ---------------------------------------------------------------- to whom, and when


def _to_whom(asked: Asked[Sanction]) -> Taking:
    sanction = asked.case
    kind, name = asked.text("addressee_kind"), asked.text("addressee")

    def apply() -> None:
        sanction.addressee_kind, sanction.addressee = kind, name

    return Taking(details={"to": kind}, apply=apply)


def _readdress(asked: Asked[Sanction]) -> Taking:
    """The letter to the wrong organ is void; a new one is drawn up for the right one."""
    taking = _to_whom(asked)
    change = taking.apply
    sanction = asked.case

    def apply() -> None:
        if change is not None:
            change()
        sanction.sent_on = None
        documents.void_all(
            asked.session,
            sanction.id,
            "sanction_proposal",
            by=asked.actor.user_id,
            now=asked.now,
            reason=asked.text("note"),
        )

    taking.apply = apply
    return taking


def _send(asked: Asked[Sanction]) -> Taking:
    sanction, on = asked.case, _day(asked)

    def apply() -> None:
        sanction.sent_on = on

    return Taking(when=When(on=on), apply=apply)


def _record_receipt(asked: Asked[Sanction]) -> Taking:
    """The months count from the day of the receipt; where a province has its own, both run."""
    sanction, on = asked.case, _day(asked)
    if sanction.sent_on is not None and on < sanction.sent_on:
        raise BadInput("on", say("收到日期不能早于送出日期。"))

    def apply() -> None:
        sanction.received_on = on
        if _has_local_rule(sanction, on):
            clocks.begin(
                asked.session, sanction, LOCAL, on=on, actor_id=asked.actor.user_id, now=asked.now
            )

    return Taking(when=When(on=on), apply=apply)


def _has_local_rule(case: Case, on: date) -> bool:
    try:
        clocks.rule_for(case, LOCAL, on)
    except RuleMissing:
        return False
    return True


def _day(asked: Asked[Any]) -> date:
    on = asked.day("on")
    if on is None:
        raise BadInput("on", say("请填写日期。"))
    return on


def _extend(asked: Asked[Sanction]) -> Taking:
    """A special cause in writing, a year in all at most (统计违纪违法责任人处分处理建议办法)."""
    session, case_id = asked.session, asked.case.id
    months = asked.inputs.get("months")
    if not isinstance(months, int) or months < 1:
        raise BadInput("months", say("要填月数，例如 6。"))
    clock = running_clock(session, case_id, MONTHS)
    handlers = part_holders(session, case_id, "handler")
    if clock is None or not handlers:
        raise BadInput("months", say("期限现在不走，没有可以延长的。"))
    most = longest_extension(session, clock)
    if most is not None and months > most.count:
        raise BadInput("months", say("依规则最多还能延长 %(most)s。", most=most.phrase))
    term, document = Term(months, Unit(clock.unit)), asked.text("document")
    return Taking(
        details={"term": str(term), "document": document},
        extending=Extending(term, asked.text("note"), document, handlers[0]),
    )


# ---------------------------------------------------------------- results


def _record_result(asked: Asked[Sanction]) -> Taking:
    person, on = _person(asked), asked.day("decided_on")
    kind, document = asked.text("kind"), asked.text("document")
    if on is None or on > asked.today:
        raise BadInput("decided_on", say("日期不能晚于今天。"))
    if not document:
        raise BadInput("document", say("请写决定文号。"))
    if any((r.kind, r.document) == (kind, document) for r in person.results):
        raise BadInput("document", say("这份决定已经登记过。"))

    def apply() -> None:
        person.no_result = ""
        person.results.append(
            SanctionResult(kind=kind, level=asked.text("level"), decided_on=on, document=document)
        )
        asked.session.flush()

    return Taking(details={"line": person.line, "kind": kind}, apply=apply)


def _explain(asked: Asked[Sanction]) -> Taking:
    person = _person(asked)
    if person.results:
        raise BadInput("line", say("%(who)s 已经有处理结果。", who=person.name))

    def apply() -> None:
        person.no_result = asked.text("note")

    return Taking(details={"line": person.line}, apply=apply)


def _strike(asked: Asked[Sanction]) -> Taking:
    person = _person(asked)
    if not person.answered:
        raise BadInput("line", say("%(who)s 还没有登记结果。", who=person.name))

    def apply() -> None:
        person.no_result = ""
        person.results.clear()
        asked.session.flush()

    return Taking(details={"line": person.line}, apply=apply)


def _finish(asked: Asked[Sanction]) -> Taking:
    sanction, on = asked.case, _day(asked)
    if sanction.received_on is not None and on < sanction.received_on:
        raise BadInput("on", say("收到结果的日期不能早于对方收到建议的日期。"))

    def apply() -> None:
        local = running_clock(asked.session, sanction.id, LOCAL)
        if local is not None:
            clocks.end(
                asked.session,
                sanction,
                local,
                on=on,
                actor_id=asked.actor.user_id,
                now=asked.now,
            )

    return Taking(when=When(on=on), apply=apply)


def _reassign(asked: Asked[Sanction]) -> Taking:
    user_id = asked.inputs.get("handler")
    sanction = asked.case
    officers = people_in(asked.session, sanction.bureau_id or 0, Role.INSPECTOR, asked.today)
    user = next((u for u in officers if u.id == user_id), None)
    if user is None or user.clearance < sanction.confidentiality:
        raise BadInput("handler", say("请选一名本单位的执法检查人员。"))
    return Taking(parts={"handler": user.id}, details={"handler": user.id})


TAKINGS: Takings = {
    "add_person": _add_person,
    "drop_person": _drop_person,
    "submit": _to_whom,
    "readdress": _readdress,
    "send": _send,
    "record_receipt": _record_receipt,
    "extend": _extend,
    "record_result": _record_result,
    "explain": _explain,
    "strike": _strike,
    "finish": _finish,
    "reassign": _reassign,
}
