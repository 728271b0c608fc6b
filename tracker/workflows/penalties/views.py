"""Pages of penalty cases: the kit's, the evidence, the indicator table, the bureau's exits."""

from __future__ import annotations

from decimal import Decimal

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.evidence import on_the_team
from tracker.core.cases.figures import NATURES
from tracker.core.cases.flow import Ask, AskKind, Side, Step
from tracker.core.cases.opening import SeedFigure
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import N_, NotVisible
from tracker.web.access import current_actor, logged_in, needs, request_id
from tracker.web.acting import guarded
from tracker.web.desk import Column, Desk, desk_blueprint, show
from tracker.web.desk.forms import AskForm, Staff, form_of
from tracker.web.desk.page import sent_form
from tracker.web.desk.reads import read_case
from tracker.web.errors import tell
from tracker.web.evidence import add_evidence_views
from tracker.web.shell import today
from tracker.workflows.penalties import panels, papers, service, stepforms
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.guards.team import settings_of
from tracker.workflows.penalties.models import PROCEDURES, Penalty

DESK = Desk(
    flow=FLOW,
    model=Penalty,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(
        Column(N_("程序"), lambda row: PROCEDURES[row.procedure], cls="nowrap"),
        Column(N_("罚款（元）"), lambda row: _fine(row), cls="num", cell=lambda row: _amount(row)),
    ),
)
bp = desk_blueprint(DESK, __name__)
add_evidence_views(bp, DESK)


def _amount(row: Penalty) -> Decimal | None:
    return row.fine if row.decided_on else row.proposed_fine


def _fine(row: Penalty) -> str | None:
    amount = _amount(row)
    return None if amount is None else f"{amount:,.0f}"


# ---------------------------------------------------------------- the indicator table

_FIGURE = Step(
    "figure", N_("加入核对表"), N_("指标已加入核对表。"), (), None, (Role.INSPECTOR,), Side.BUREAU,
    asks=(
        Ask("name", N_("指标"), most=80),
        Ask("measure", N_("计量单位"), most=20),
        Ask("nature", N_("指标种类"), AskKind.CHOICE, choices=NATURES),
        Ask("period", N_("报告期"), hint=N_("例如：2026年1—4月"), most=20),
        Ask("reported", N_("上报数"), AskKind.NUMBER, required=False, hint=N_("没有上报就空着")),
        Ask("due", N_("应报数"), AskKind.NUMBER),
        Ask("source", N_("依据"), required=False, hint=N_("例如：总账、纳税申报表")),
    ),
)  # fmt: skip


@bp.route("/<int:case_id>/figures/new", methods=["GET", "POST"])
@logged_in
def new_figure(case_id: int) -> ResponseReturnValue:
    """One more indicator for the table; difference and ratio are computed."""
    session = db.session()
    case = read_case(DESK, session, current_actor(), case_id)
    if not on_the_team(session, current_actor(), case):
        raise NotVisible("figures")
    posted = request.method == "POST"
    staff = Staff(session, case.bureau_id or 0, today())
    form = form_of(_FIGURE, staff, sent=sent_form() if posted else None)

    def again() -> ResponseReturnValue:
        body = render_template(
            "penalties/figure.html", case=case, step=_FIGURE, form=form, problems=form.problems()
        )
        return Response(body, 422 if posted else 200)

    def work(session: Session, fresh: Actor) -> str:
        service.add_figure(
            session, fresh, case_id, _figure(form), now=utc_now(), request_id=request_id()
        )
        flash(tell(_FIGURE.done))
        return f"{url_for('.show_case', case_id=case_id)}#figures"

    return guarded(work, again, form) if posted and form.validate() else again()


def _figure(form: AskForm) -> SeedFigure:
    given = form.inputs()
    return SeedFigure(
        name=given["name"],
        measure=given["measure"],
        period=given["period"],
        reported=given.get("reported"),
        due=given["due"],
        source=given.get("source", ""),
        nature=given["nature"],
    )


@bp.post("/<int:case_id>/figures/<int:line>/drop")
@logged_in
def drop_figure(case_id: int, line: int) -> ResponseReturnValue:
    """Take a line out of the table."""
    here = f"{url_for('.show_case', case_id=case_id)}#figures"

    def work(session: Session, fresh: Actor) -> str:
        service.drop_figure(session, fresh, case_id, line, now=utc_now(), request_id=request_id())
        flash(tell(N_("指标已从核对表删除。")))
        return here

    return guarded(work, lambda: show(DESK, case_id), None)


# ---------------------------------------------------------------- which exits the bureau uses

_EXITS = Step(
    "exits", N_("保存"), N_("设置已保存。"), (), None, (Role.HEAD,), Side.BUREAU,
    asks=(
        Ask("withdrawal", N_("可以撤案"), AskKind.YES, required=False),
        Ask("termination", N_("可以终止"), AskKind.YES, required=False),
        Ask("suspension", N_("可以中止"), AskKind.YES, required=False,
            hint=N_("中止期间办案期限照走")),
    ),
)  # fmt: skip


@bp.route("/settings", methods=["GET", "POST"])
@needs(Role.HEAD)
def show_settings() -> ResponseReturnValue:
    """Withdrawal, termination and suspension: their grounds were not verified."""
    session, actor = db.session(), current_actor()
    power = next(p for p in actor.powers if p.role is Role.HEAD)
    row = settings_of(session, power.org_id)
    filled = {name: getattr(row, name) for name in ("withdrawal", "termination", "suspension")}
    posted = request.method == "POST"
    staff = Staff(session, power.org_id, today())
    form = form_of(_EXITS, staff, sent=sent_form() if posted else None, filled=filled)

    def again() -> ResponseReturnValue:
        return render_template(
            "penalties/settings.html", step=_EXITS, form=form, problems=form.problems(),
            org_name=power.org_name,
        )  # fmt: skip

    def work(session: Session, fresh: Actor) -> str:
        given = form.inputs()
        service.allow_exits(
            session,
            fresh,
            power.org_id,
            withdrawal=bool(given.get("withdrawal")),
            termination=bool(given.get("termination")),
            suspension=bool(given.get("suspension")),
            now=utc_now(),
            request_id=request_id(),
        )
        flash(tell(_EXITS.done))
        return url_for(".show_settings")

    return guarded(work, again, form) if posted and form.validate() else again()
