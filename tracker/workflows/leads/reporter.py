"""The sealed reporter: open with a reason, or ask somebody else's leave."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.service import record
from tracker.core.cases.means import means
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import get_visible
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.errors import N_, BadInput, NotVisible, StepRefused
from tracker.core.vault import service as vault
from tracker.web.access import current_actor, needs, request_id
from tracker.web.errors import tell
from tracker.web.security import clean_text
from tracker.workflows.leads import sealed
from tracker.workflows.leads.models import Lead
from tracker.workflows.leads.views import bp

_BUREAU = (Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER)
_LONGEST = 200
FIELD_LABELS = {
    "name": N_("姓名"),
    "phone": N_("电话"),
    "id_no": N_("身份信息"),
    "address": N_("地址"),
}


def _lead(session: Session, actor: Actor, case_id: int) -> Lead:
    """A lead whose box the actor may at least know of: from the bureau's side only."""
    lead = get_visible(session, Lead, actor, case_id)
    if outside(actor, lead):
        raise NotVisible("reporter")
    return lead


@bp.post("/<int:case_id>/reporter")
@needs(*_BUREAU)
def open_reporter(case_id: int) -> ResponseReturnValue:
    """One view; its log row is committed before anything is shown."""
    reason = ""
    try:
        reason = clean_text(request.form.get("reason", ""), _LONGEST, field="reason")
        with transaction() as session:
            actor = current_actor(session)
            lead = _lead(session, actor, case_id)
            title, number = lead.title, lead.number
            identity = vault.open_(
                session,
                case_id,
                actor.user_id,
                reason,
                utc_now(),
                means().kek(),
                allowed_readers=sealed.vault_readers(session, lead),
                request_id=request_id(),
                origin=request.remote_addr,
            )
    except BadInput as error:
        flash(tell(error.message), "refusal")
        return redirect(url_for("leads.show_case", case_id=case_id) + "#reporter", 303)
    except StepRefused as error:
        _note_refused(case_id, reason)
        flash(" ".join(tell(r.why) for r in error.refusals), "refusal")
        return redirect(url_for("leads.show_case", case_id=case_id) + "#reporter", 303)
    return render_template(
        "leads/reporter.html",
        case_id=case_id,
        title=title,
        number=number,
        fields=[(label, identity[key]) for key, label in FIELD_LABELS.items() if key in identity],
        seen_at=utc_now(),
        seen_by=actor.name,
    )


def _note_refused(case_id: int, reason: str) -> None:
    """The refusal has rolled its transaction back, so who tried is written in one of its own."""
    with transaction() as session:
        record(
            session,
            tag="vault.open",
            at=utc_now(),
            actor_id=current_actor(session).user_id,
            case_id=case_id,
            object=f"vault:{case_id}",
            result="refused",
            reason=reason,
            request_id=request_id(),
            origin=request.remote_addr,
        )


@bp.post("/<int:case_id>/reporter/request")
@needs(*_BUREAU)
def ask_reporter(case_id: int) -> ResponseReturnValue:
    """Ask for leave to see the identity; somebody else decides."""
    try:
        reason = clean_text(request.form.get("reason", ""), _LONGEST, field="reason")
        with transaction() as session:
            actor = current_actor(session)
            _lead(session, actor, case_id)
            vault.request(session, case_id, actor.user_id, reason, utc_now())
        flash(gettext("申请已提交，由负责人批准；批准后 15 分钟内可以看 3 次。"))
    except BadInput as error:
        flash(tell(error.message), "refusal")
    return redirect(url_for("leads.show_case", case_id=case_id) + "#reporter", 303)


@bp.post("/<int:case_id>/reporter/requests/<int:grant_id>")
@needs(Role.SUPERVISOR, Role.HEAD)
def decide_reporter(case_id: int, grant_id: int) -> ResponseReturnValue:
    """Answer a request; never one's own."""
    try:
        with transaction() as session:
            actor = current_actor(session)
            lead = _lead(session, actor, case_id)
            powers = [
                p
                for p in actor.powers
                if p.role in (Role.SUPERVISOR, Role.HEAD) and p.org_id == lead.bureau_id
            ]
            if not powers or grant_id not in {w.id for w in vault.waiting(session, case_id)}:
                raise NotVisible("grant")
            approve = request.form.get("approve") == "yes"
            vault.decide(
                session,
                grant_id,
                actor.user_id,
                utc_now(),
                approve=approve,
                on_behalf_of_id=powers[0].on_behalf_of,
            )
        flash(gettext("已批准查看。") if approve else gettext("已拒绝查看。"))
    except StepRefused as error:
        flash(" ".join(tell(r.why) for r in error.refusals), "refusal")
    return redirect(url_for("leads.show_case", case_id=case_id) + "#reporter", 303)
