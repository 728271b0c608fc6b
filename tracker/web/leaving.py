"""Handing over the work of somebody who leaves: to whom, what stands against it, in one act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from types import SimpleNamespace

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.cases import handing_over, lending
from tracker.core.cases.arranging import ARRANGING_ROLES
from tracker.core.cases.flow import flows
from tracker.core.cases.handing_over import Choice, Planned
from tracker.core.cases.leaving import InHand
from tracker.core.cases.models import Case
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.web.access import current_actor, needs, request_id
from tracker.web.acting import guarded
from tracker.web.delegations import bp
from tracker.web.errors import tell
from tracker.web.security import clean_text, row_id
from tracker.web.shell import today

_LONGEST_REASON = 200
# A list of names stands beside each case while the page stays small; the rest goes by kind.
_MOST_OPTIONS = 800
_MOST_ROWS = 100


class _Problems:
    """Where a refusal is shown: beside the field it speaks of, else beside the choice for all."""

    def __init__(self) -> None:
        self.all = SimpleNamespace(id="all", errors=[])
        self.reason = SimpleNamespace(id="reason", errors=[])

    def __iter__(self) -> Iterator[SimpleNamespace]:
        return iter((self.all, self.reason))

    def listed(self) -> list[tuple[str, str]]:
        """Field and sentence, for the summary on top."""
        return [(f.id, text) for f in (self.all, self.reason) for text in f.errors]


@bp.get("/leaving")
@needs(*ARRANGING_ROLES)
def choose_leaver() -> ResponseReturnValue:
    """The people of the house, with what each has in hand."""
    people = handing_over.leavers(db.session(), current_actor(), today())
    return render_template("delegations/leaving.html", people=people)


@bp.route("/leaving/<int:user_id>", methods=["GET", "POST"])
@needs(*ARRANGING_ROLES)
def hand_over(user_id: int) -> ResponseReturnValue:
    """What somebody has in hand, given to others; it is checked before it is done."""
    problems = _Problems()
    if request.method == "GET" or request.form.get("go") == "check":
        return _page(user_id, problems, checked=request.method == "POST")

    def work(session: Session, fresh: Actor) -> str:
        done = handing_over.hand_over(
            session,
            fresh,
            user_id,
            _choice(),
            reason=clean_text(request.form.get("reason", ""), _LONGEST_REASON, field="reason"),
            now=utc_now(),
            request_id=request_id(),
        )
        gone = sum(one.goes for one in done)
        flash(gettext("已交接 %(n)s 件。", n=gone), "done")
        if left := len(done) - gone:
            flash(gettext("还有 %(n)s 件没有交接，仍列在下面。", n=left), "info")
        return url_for("delegations.hand_over", user_id=user_id)

    return guarded(work, lambda: _page(user_id, problems, checked=True, status=422), problems)


def _choice() -> Choice:
    """Who takes what, as the form says it; what is no number was not chosen."""
    kinds = {flow.kind: request.form.get(f"kind-{flow.kind}", type=row_id) for flow in flows.all()}
    cases = {
        int(name[5:]): request.form.get(name, type=row_id)
        for name in request.form
        if name.startswith("case-") and name[5:].isascii() and name[5:].isdigit()
    }
    return Choice(
        everything=request.form.get("all", type=row_id),
        kinds={kind: to for kind, to in kinds.items() if to},
        cases={case_id: to for case_id, to in cases.items() if to is not None},
    )


def _page(
    user_id: int, problems: _Problems, *, checked: bool = False, status: int = 200
) -> Response:
    session, actor, now = db.session(), current_actor(), utc_now()
    leaver, rows, hidden = handing_over.work_of(session, actor, user_id, now)
    people = handing_over.colleagues_of(session, actor, user_id, today())
    planned = _planned(session, rows, leaver, now)
    most = min(_MOST_ROWS, _MOST_OPTIONS // max(len(people), 1))
    # What cannot go comes first, so that it is seen however long the list is.
    shown = sorted(planned, key=lambda p: p.why_not is None)[:most]
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row.case.kind] = kinds.get(row.case.kind, 0) + 1
    body = render_template(
        "delegations/hand_over.html",
        leaver=leaver,
        planned=shown,
        more=len(planned) - len(shown),
        total=len(rows),
        hidden=hidden,
        kinds=[(flows.get(kind), n) for kind, n in kinds.items()],
        people=people,
        names={p.id: p.name for p in people},
        flow_of=lambda case: flows.get(case.kind),
        state_of=_state_of,
        checked=checked,
        going=sum(one.goes for one in planned),
        refused=sum(one.why_not is not None for one in planned),
        desks=handing_over.empty_desks(session, actor, user_id, today()),
        loans=[
            row
            for row in (*lending.lent_by(session, user_id), *lending.lent_to(session, user_id))
            if row.standing(today()) in ("now", "coming")
        ],
        form=request.form,
        problems=problems,
    )
    return Response(body, status)


def _planned(
    session: Session, rows: Sequence[InHand], leaver: User, now: datetime
) -> list[Planned]:
    choice = _choice() if request.method == "POST" else Choice()
    return handing_over.plan(session, current_actor(), rows, leaver.id, choice, now)


def _state_of(case: Case) -> str:
    return tell(flows.get(case.kind).state(case.state).label)
