"""The evidence of a case over the web: the list, and what its team and its leaders do with it.

A workflow whose team gathers evidence adds these pages to its blueprint with one call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases import preserving
from tracker.core.cases.attaching import attach
from tracker.core.cases.attachments import Staged
from tracker.core.cases.evidence import (
    DISPOSALS,
    FORMS,
    KEEPING_LABELS,
    EvidenceData,
    EvidenceItem,
    Keeping,
    add_evidence,
    evidence_of,
    on_the_team,
)
from tracker.core.cases.flow import Ask, AskKind, Side, Step
from tracker.core.cases.models import Case
from tracker.core.clock import at_office, office_date, utc_now
from tracker.core.db import db
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import N_, BadInput, NotVisible, say
from tracker.web.access import current_actor, logged_in, request_id
from tracker.web.acting import guarded, staged_uploads
from tracker.web.desk.forms import FILES, AskForm, Staff, form_of
from tracker.web.desk.page import sent_form
from tracker.web.desk.reads import read_case
from tracker.web.desk.shape import Desk
from tracker.web.errors import tell
from tracker.web.list_sheets import list_sheet
from tracker.web.shell import today as office_today

LABEL = N_("证据")
_APPROVE = {"yes": N_("批准登记保存"), "no": N_("不批准")}


@dataclass(frozen=True, slots=True)
class Kept:
    """One item of evidence with what is said of its preservation."""

    item: EvidenceItem
    state: str
    due: date | None


@dataclass(frozen=True, slots=True)
class EvidencePanel:
    """The evidence of a case, and whether the actor adds to it."""

    rows: Sequence[Kept]
    on_the_team: bool
    waiting: int

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self.rows)


def evidence_panel(session: Session, actor: Actor, case: Case) -> EvidencePanel:
    """What the page of a case shows of its evidence; three queries."""
    items = evidence_of(session, case.id)
    ids = [i.preservation.deadline_id for i in items if i.preservation]
    due = {
        d.id: d.due_on
        for d in session.query(Deadline).where(Deadline.id.in_([i for i in ids if i]))
    }
    rows = [_kept(item, due) for item in items]
    return EvidencePanel(rows, on_the_team(session, actor, case), len(_waiting(items)))


def _kept(item: EvidenceItem, due: Mapping[int, date | None]) -> Kept:
    row = item.preservation
    if row is None:
        return Kept(item, "", None)
    return Kept(
        item,
        KEEPING_LABELS[row.keeping],
        due.get(row.deadline_id or 0) if row.keeping is Keeping.KEPT else None,
    )


# ---------------------------------------------------------------- what can be done


def _doings(session: Session, actor: Actor, case: Case) -> list[Step]:
    """Forms for what the actor can do with the evidence now, in the shape of steps."""
    if case.closed_at is not None:
        return []
    items = evidence_of(session, case.id)
    found: list[Step] = []
    if on_the_team(session, actor, case):
        found.append(_step("add", N_("登记证据"), N_("证据已登记。"), *_ADD))
        found += _teams(items)
    if actor.has(Role.HEAD, case.bureau_id) and (waiting := _waiting(items)):
        found.append(
            _step(
                "decide", N_("审批登记保存"), N_("登记保存已审批。"), _items(waiting),
                Ask("decision", N_("决定"), AskKind.CHOICE, choices=_APPROVE),
            )
        )  # fmt: skip
    leading = any(actor.has(r, case.bureau_id) for r in (Role.SUPERVISOR, Role.HEAD))
    if leading and (kept := _in(items, Keeping.KEPT)):
        found.append(
            _step(
                "dispose", N_("作出处理决定"), N_("处理决定已登记。"), _items(kept),
                Ask("disposal", N_("处理决定"), AskKind.CHOICE, choices=DISPOSALS),
                Ask("on", N_("日期"), AskKind.DATE),
                Ask("reason", N_("理由"), AskKind.LONG, most=400),
            )
        )  # fmt: skip
    return found


def _teams(items: Sequence[EvidenceItem]) -> list[Step]:
    found: list[Step] = []
    if fresh := [i for i in items if i.preservation is None] + _in(items, Keeping.REFUSED):
        reason = Ask("reason", N_("为什么要登记保存"), AskKind.LONG, most=400)
        found.append(
            _step("ask", N_("提请登记保存"), N_("已提请负责人批准。"), _items(fresh), reason)
        )
        found.append(
            _step(
                "keep_at_once", N_("紧急登记保存"), N_("已登记保存，请在时限内补办审批。"),
                _items(fresh), reason, *_WHERE, Ask("at", N_("时间"), AskKind.MOMENT),
            )
        )  # fmt: skip
    if approved := _in(items, Keeping.APPROVED):
        found.append(
            _step(
                "keep", N_("登记保存"), N_("已登记保存，请在期限内作出处理决定。"),
                _items(approved), *_WHERE, Ask("on", N_("日期"), AskKind.DATE),
            )
        )  # fmt: skip
    return found


_ADD = (
    Ask("name", N_("证据名称"), most=120),
    Ask("form", N_("形式"), AskKind.CHOICE, choices=FORMS),
    Ask("quantity", N_("数量"), hint=N_("例如：3 册"), most=40),
    Ask("place", N_("取得地点"), most=120),
    Ask("keeper", N_("保管人"), most=60),
    Ask("taken_on", N_("取得日期"), AskKind.DATE),
    Ask("proves", N_("证明什么"), required=False, most=200),
)
_WHERE = (
    Ask("kept_at", N_("保存地点"), most=120),
    Ask("keeper", N_("保管人"), most=60),
)


def _step(name: str, label: str, done: str, *asks: Ask) -> Step:
    return Step(name, label, done, (), None, (Role.INSPECTOR,), Side.BUREAU, asks=asks)


def _items(items: Sequence[EvidenceItem]) -> Ask:
    choices = {str(i.id): f"{i.line}. {i.name}（{i.quantity}）" for i in items}
    return Ask("items", N_("哪些证据"), AskKind.CHOICES, choices=choices)


def _in(items: Sequence[EvidenceItem], keeping: Keeping) -> list[EvidenceItem]:
    return [i for i in items if i.preservation and i.preservation.keeping is keeping]


def _waiting(items: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    return [i for i in items if i.preservation and i.preservation.awaits_approval]


# ---------------------------------------------------------------- pages


def add_evidence_views(bp: Blueprint, desk: Desk) -> None:
    """The page of the evidence of a case and the address that its forms go to."""

    @bp.get("/<int:case_id>/evidence")
    @logged_in
    def show_evidence(case_id: int) -> ResponseReturnValue:
        """The list of evidence, and what can be done with it now."""
        return _show(desk, case_id)

    @bp.get("/<int:case_id>/evidence/export")
    @logged_in
    def export_evidence(case_id: int) -> Response:
        """The list of evidence as a workbook, with the whole hash of each file."""
        session, actor = db.session(), current_actor()
        return _sheet(evidence_panel(session, actor, read_case(desk, session, actor, case_id)))

    @bp.post("/<int:case_id>/evidence/<string:doing>")
    @logged_in
    def do_evidence(case_id: int, doing: str) -> ResponseReturnValue:
        """Write down evidence, or ask for, decide on, register or end its preservation."""
        case = read_case(desk, db.session(), current_actor(), case_id)
        steps = {s.name: s for s in _doings(db.session(), current_actor(), case)}
        if doing not in steps:
            raise NotVisible(doing)
        return _do(desk, case, steps[doing])


def _sheet(panel: EvidencePanel) -> Response:
    return list_sheet(
        N_("证据清单"),
        (N_("序号"), N_("证据名称"), N_("形式"), N_("数量"), N_("取得日期"), N_("取得地点"),
         N_("保管人"), N_("证明什么"), N_("校验值"), N_("登记保存"), N_("登记保存截止")),
        [
            [
                row.item.line,
                row.item.name,
                say(FORMS[row.item.form]),
                row.item.quantity,
                office_date(row.item.taken_at),
                row.item.place,
                row.item.keeper,
                row.item.proves,
                row.item.sha256,
                say(row.state),
                row.due,
            ]
            for row in panel.rows
        ],
        widths=(6, 28, 12, 12, 14, 24, 14, 32, 66, 16, 14),
        text_columns={8},
    )  # fmt: skip


def _form(case: Case, step: Step, *, sent: bool) -> AskForm:
    staff = Staff(db.session(), case.bureau_id or 0, office_today())
    filled = {"taken_on": office_today(), "on": office_today(), "at": utc_now()}
    asked = {a.name for a in step.asks}
    if sent:
        return form_of(step, staff, sent=sent_form())
    return form_of(step, staff, filled={k: v for k, v in filled.items() if k in asked})


def _show(
    desk: Desk, case_id: int, form: AskForm | None = None, doing: str = "", status: int = 200
) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    case = read_case(desk, session, actor, case_id)
    steps = _doings(session, actor, case)
    body = render_template(
        "case/evidence.html",
        desk=desk,
        flow=desk.flow,
        case=case,
        panel=evidence_panel(session, actor, case),
        steps=steps,
        forms={s.name: form if s.name == doing and form else _form(case, s, sent=False)
               for s in steps},
        chosen=doing,
    )  # fmt: skip
    return Response(body, status)


def _do(desk: Desk, case: Case, step: Step) -> ResponseReturnValue:
    form = _form(case, step, sent=True)

    def again() -> ResponseReturnValue:
        return _show(desk, case.id, form, step.name, 422)

    if not form.validate():
        return again()
    try:
        staged = staged_uploads(f"{step.name}-{FILES}") if step.name == "add" else []
    except BadInput as error:
        flash(tell(error.message), "refusal")
        return again()

    def work(session: Session, fresh: Actor) -> str:
        locked = read_case(desk, session, fresh, case.id, lock=True)
        said = _Said(session, fresh, locked, form.inputs(), utc_now(), staged)
        _DO[step.name](said)
        flash(tell(step.done))
        return url_for(f"{desk.area}.show_evidence", case_id=case.id)

    return guarded(work, again, form)


@dataclass(frozen=True, slots=True)
class _Said:
    """One form about evidence as it was sent."""

    session: Session
    actor: Actor
    case: Case
    given: Mapping[str, Any]
    now: datetime
    staged: Sequence[Staged] = ()

    @property
    def ids(self) -> list[int]:
        return [int(i) for i in self.given["items"]]

    @property
    def note(self) -> dict[str, Any]:
        return {"now": self.now, "request_id": request_id()}


def _add(said: _Said) -> None:
    given, file = said.given, None
    for staged in said.staged[:1]:
        file = attach(said.session, said.actor, said.case, staged, label=LABEL, **said.note)
    day: date = given["taken_on"]
    taken = said.now if day == office_date(said.now) else at_office(day, 12)
    data = EvidenceData(
        name=given["name"],
        form=given["form"],
        quantity=given["quantity"],
        place=given["place"],
        keeper=given["keeper"],
        taken_at=taken,
        proves=given.get("proves", ""),
        attachment_id=file.id if file else None,
    )
    add_evidence(said.session, said.actor, said.case, data, **said.note)


def _ask(said: _Said) -> None:
    preserving.ask_preservation(
        said.session, said.actor, said.case, said.ids, said.given["reason"], **said.note
    )


def _keep_at_once(said: _Said) -> None:
    given = said.given
    preserving.preserve_at_once(
        said.session, said.actor, said.case, said.ids, given["reason"],
        kept_at=given["kept_at"], keeper=given["keeper"], at=given["at"], **said.note,
    )  # fmt: skip


def _keep(said: _Said) -> None:
    given = said.given
    for item_id in said.ids:
        preserving.keep(
            said.session, said.actor, said.case, item_id,
            kept_at=given["kept_at"], keeper=given["keeper"], on=given["on"], **said.note,
        )  # fmt: skip


def _decide(said: _Said) -> None:
    approve = said.given["decision"] == "yes"
    for item_id in said.ids:
        preserving.decide_preservation(
            said.session, said.actor, said.case, item_id, approve=approve, **said.note
        )


def _dispose(said: _Said) -> None:
    given = said.given
    for item_id in said.ids:
        preserving.dispose(
            said.session, said.actor, said.case, item_id, given["disposal"], given["reason"],
            on=given["on"], **said.note,
        )  # fmt: skip


_DO: dict[str, Callable[[_Said], None]] = {
    "add": _add,
    "ask": _ask,
    "keep_at_once": _keep_at_once,
    "keep": _keep,
    "decide": _decide,
    "dispose": _dispose,
}
