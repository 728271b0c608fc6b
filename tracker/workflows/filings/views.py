"""The pages of filings: the kit's, the handover list, signatures, reassigning, yearly figures."""

from __future__ import annotations

from typing import cast

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms import Field

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, Side, Step, flows
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import N_, BadInput, NotVisible
from tracker.core.files.names import download_headers
from tracker.core.norms.board import Cure, Standing
from tracker.core.registers.models import OrgKind
from tracker.core.registers.places import contains
from tracker.core.sheets.writing import Sheet, workbook
from tracker.web.access import current_actor, logged_in, needs, request_id
from tracker.web.acting import guarded, staged_uploads
from tracker.web.desk import Column, Desk, desk_blueprint, show
from tracker.web.desk.blueprint import hang_all
from tracker.web.desk.forms import Staff, form_of
from tracker.web.desk.page import sent_form
from tracker.web.desk.reads import read_case
from tracker.web.errors import tell
from tracker.web.norms import offer_remedy
from tracker.web.shell import today
from tracker.workflows.filings import (
    change,
    choices,
    handover,
    lines,
    panels,
    papers,
    queries,
    service,
    stepforms,
)
from tracker.workflows.filings.flow import CLERKS, FLOW, UNIT_PEOPLE
from tracker.workflows.filings.lines import SCAN, Entry
from tracker.workflows.filings.models import CHANGES, ITEMS, SIGNERS, Filing, HandoverItem

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_YEARS = range(2000, 2100)

DESK = Desk(
    flow=FLOW,
    model=Filing,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(
        Column(N_("变动类型"), lambda row: CHANGES[row.change], cls="nowrap"),
        Column(
            N_("生效日期"),
            lambda row: row.effective_on.isoformat(),
            cls="nowrap",
            cell=lambda row: row.effective_on,
        ),
    ),
    picks=choices.picks,
)
bp = desk_blueprint(DESK, __name__)


def _case(session: Session, case_id: int) -> Filing:
    return cast(Filing, read_case(DESK, session, current_actor(), case_id))


def _here(case_id: int, part: str) -> str:
    return f"{url_for('.show_case', case_id=case_id)}#{part}"


# ---------------------------------------------------------------- the handover list


@bp.route("/<int:case_id>/handover", methods=["GET", "POST"])
@logged_in
def show_list(case_id: int) -> ResponseReturnValue:
    """The whole list as one form; it is saved as often as one likes, also half done."""
    session = db.session()
    case = _case(session, case_id)
    if not lines.may_fill(current_actor(), case):
        raise NotVisible("handover")
    posted = request.method == "POST"
    rows = [_typed(row.item) if posted else Entry(row.state, row.detail) for row in _rows(case)]
    errors: dict[str, str] = {}

    def again() -> ResponseReturnValue:
        body = render_template(
            "filings/list.html",
            case=case,
            rows=list(zip(ITEMS, rows, strict=True)),
            labels=ITEMS,
            hints=_HINTS,
            errors=errors,
            work=len(handover.work_of_leaver(db.session(), case)),
        )
        return Response(body, 422 if errors else 200)

    def work(session: Session, fresh: Actor) -> str:
        try:
            void = service.save_list(
                session,
                fresh,
                case_id,
                dict(zip(ITEMS, rows, strict=True)),
                seen=request.form.get("version", 0, type=int),
                now=utc_now(),
                request_id=request_id(),
            )
        except BadInput as error:
            errors[error.field_name] = tell(error.message)
            raise
        flash(gettext("交接清单已保存。"))
        if void:
            flash(gettext("清单有改动，签字已作废，请各人重新签字。"), "warning")
        return _here(case_id, "handover")

    return guarded(work, again, _NoField()) if posted else again()


_HINTS = {
    "cycles": N_("例如：2026 年 3 月月报已报，一季度季报 4 月 10 日前报"),
    "ledgers": N_("例如：2021—2026 年纸质台账 6 册，电子台账 1 份"),
    "records": N_("例如：原始记录 3 盒，已点交"),
    "accounts": N_("写明哪些账号移交、哪些停用；不写密码"),
    "units": N_("例如：名录库 1,532 户，截至 2026 年 3 月"),
    "work": N_("系统查出的事项用“改派”交给别人，这里自动填写"),
    "seals": N_("例如：统计专用章 1 枚"),
    "media": N_("例如：涉密 U 盘 1 个，编号"),
    "certificates": N_("例如：普查员证 1 本，已收回"),
}


class _NoField:
    """A form whose errors are shown by the page itself."""

    def __iter__(self) -> object:
        return iter((_Sink(),))


class _Sink:
    errors: tuple[str, ...] = ()


def _rows(case: Filing) -> list[HandoverItem]:
    return handover.items(db.session(), case.id)


def _typed(item: str) -> Entry:
    state = request.form.get(f"{item}-state", "")
    return Entry(state, request.form.get(f"{item}-detail", "").strip()[:400])


# ---------------------------------------------------------------- signatures


@bp.post("/<int:case_id>/handover/sign/<string:part>")
@logged_in
def sign_handover(case_id: int, part: str) -> ResponseReturnValue:
    """One's own signature by one's own login."""
    _case(db.session(), case_id)
    if part not in SIGNERS:
        raise NotVisible(part)

    def work(session: Session, fresh: Actor) -> str:
        service.sign(session, fresh, case_id, part, now=utc_now(), request_id=request_id())
        flash(gettext("已签字：%(part)s。", part=tell(SIGNERS[part])))
        return _here(case_id, "handover")

    return guarded(work, lambda: show(DESK, case_id), _NoField())


_PAPER = Step(
    "paper", N_("登记纸面签字"), N_("纸面签字已登记。"), (), None, UNIT_PEOPLE, Side.ORIGIN,
    proof=SCAN,
    asks=(
        Ask("name", N_("签字人"), required=False, most=60, hint=N_("和纸面上的签名一致")),
    ),
)  # fmt: skip


@bp.route("/<int:case_id>/handover/paper/<string:part>", methods=["GET", "POST"])
@logged_in
def sign_on_paper(case_id: int, part: str) -> ResponseReturnValue:
    """A signature that stands on paper, with the scan of the list."""
    session = db.session()
    case = _case(session, case_id)
    if part not in SIGNERS or not lines.may_fill(current_actor(), case):
        raise NotVisible(part)
    posted = request.method == "POST"
    name = lines.expected_name(session, case, part) or case.overseer
    there = lines.scan_there(session, case_id)
    staff = Staff(session, case.origin_org_id, today())
    form = form_of(
        _PAPER, staff, sent=sent_form() if posted else None, filled={"name": name},
        proof_there=there,
    )  # fmt: skip

    def again() -> ResponseReturnValue:
        body = render_template(
            "filings/paper.html",
            case=case,
            step=_PAPER,
            form=form,
            part_label=SIGNERS[part],
            there=there,
            problems=form.problems(),
        )
        return Response(body, 422 if posted else 200)

    if not posted or not form.validate():
        return again()
    try:
        staged = staged_uploads(form["files"].name)
    except BadInput as error:
        cast(Field, form["files"]).errors = [tell(error.message)]
        return again()

    def work(session: Session, fresh: Actor) -> str:
        locked = read_case(DESK, session, fresh, case_id, lock=True)
        hang_all(session, fresh, locked, staged, label=SCAN)
        service.sign_on_paper(
            session, fresh, case_id, part, form.inputs().get("name", ""), now=utc_now(),
            request_id=request_id(),
        )  # fmt: skip
        flash(tell(_PAPER.done))
        return _here(case_id, "handover")

    return guarded(work, again, form)


# ---------------------------------------------------------------- the leaver's work


@bp.route("/<int:case_id>/reassign", methods=["GET", "POST"])
@logged_in
def reassign_work(case_id: int) -> ResponseReturnValue:
    """What the leaver has in hand, given to another person in one go."""
    session, actor = db.session(), current_actor()
    case = _case(session, case_id)
    if not lines.may_reassign(actor, case):
        raise NotVisible("reassign")
    posted = request.method == "POST"
    all_work = handover.work_of_leaver(session, case)
    seen = handover.seen_by(session, actor, all_work)
    errors: list[str] = []

    def again() -> ResponseReturnValue:
        body = render_template(
            "filings/reassign.html",
            case=case,
            rows=[(r, flows.get(r.case.kind).state(r.case.state).label) for r in seen],
            hidden=len(all_work) - len(seen),
            offered=_takers(db.session(), case),
            ticked=_ticked() if posted else {r.case.id for r in seen},
            chosen=request.form.get("to", "") or _successor(db.session(), case),
            errors=errors,
        )
        return Response(body, 422 if errors else 200)

    def work(session: Session, fresh: Actor) -> str:
        try:
            count = service.reassign(
                session,
                fresh,
                case_id,
                request.form.get("to", type=int),
                only=_ticked(),
                now=utc_now(),
                request_id=request_id(),
            )
        except BadInput as error:
            errors.append(tell(error.message))
            raise
        flash(gettext("已改派 %(n)s 件。", n=count))
        return _here(case_id, "handover")

    return guarded(work, again, _NoField()) if posted else again()


def _ticked() -> set[int]:
    return set(request.form.getlist("case", type=int))


def _takers(session: Session, case: Filing) -> list[tuple[str, str]]:
    """Everybody of the unit and the bureau, the newcomer first; never the leaver."""
    concerned = change.accounts(session, case)
    people = handover.colleagues(session, case, today())
    first = concerned.get("incoming")
    return [
        (str(p.id), p.name)
        for p in sorted(people, key=lambda p: p.id != first)
        if p.id != concerned.get("outgoing")
    ]


def _successor(session: Session, case: Filing) -> str:
    return str(change.accounts(session, case).get("incoming", ""))


# ---------------------------------------------------------------- figures of a year


@bp.get("/figures")
@needs(Role.REGISTRAR, Role.SUPERVISOR, Role.HEAD, Role.TRAINER, Role.INSPECTOR)
def show_figures() -> ResponseReturnValue:
    """Filings and irregular moves of a year by place, for its assessment."""
    year = _year()
    session, actor = db.session(), current_actor()
    rows = queries.yearly_figures(session, actor, year)
    known = queries.years(session, actor)
    return render_template(
        "filings/figures.html", rows=rows, year=year, years=sorted({*known, year}, reverse=True)
    )


@bp.get("/figures.xlsx")
@needs(Role.REGISTRAR, Role.SUPERVISOR, Role.HEAD, Role.TRAINER, Role.INSPECTOR)
def export_figures() -> ResponseReturnValue:
    """The same as a workbook."""
    year = _year()
    rows = queries.yearly_figures(db.session(), current_actor(), year)
    heads = (
        gettext("区划代码"),
        gettext("地方或部门"),
        gettext("事前征得同意"),
        gettext("事后报备"),
        gettext("未经报备"),
        gettext("按期补办"),
        gettext("逾期补办"),
        gettext("还没有补办"),
    )
    sheet = Sheet(
        str(year),
        heads,
        [
            (f.region_code, f.name, f.consent, f.filing, f.irregular, f.in_time, f.late,
             f.unrectified)
            for f in rows
        ],
        widths=(16, 28, 12, 12, 12, 12, 12, 12),
        text_columns=(0, 1),
    )  # fmt: skip
    name = gettext("%(year)s年统计人员变动报备情况.xlsx", year=year)
    return Response(workbook([sheet]), mimetype=_XLSX, headers=download_headers(name, _XLSX))


def _year() -> int:
    asked = request.args.get("year", 0, type=int)
    return asked if asked in _YEARS else today().year


# ---------------------------------------------------------------- from the board of norms


@offer_remedy
def draft_for_a_gap(actor: Actor, standing: Standing, cure: Cure) -> str | None:
    """Where the unit that is short drafts the filing that ends it; None for everybody else."""
    if cure.change not in CHANGES:
        return None
    mine = any(
        p.org_id == standing.org_id
        if standing.org_id is not None
        else p.org_kind != OrgKind.DEPARTMENT and contains(p.region_code, standing.region_code)
        for p in actor.powers
        if p.role in CLERKS
    )
    return url_for("filings.new_case", step="draft") if mine else None
