"""Opening a case of the sample and taking its steps."""

from __future__ import annotations

from functools import partial

from tests.web.sample.flow import FLOW
from tests.web.sample.models import Sample
from tracker.core.accounts.roles import Role
from tracker.core.cases.engine import Taking, open_case
from tracker.core.cases.taking import take as take_step
from tracker.core.errors import BadInput, say
from tracker.core.registers.models import Organisation


def open_new(session, actor, step_name, inputs, *, now, request_id=None):
    org_id = next(p.org_id for p in actor.powers if p.role is Role.INSPECTOR)
    if inputs["title"] == "不许":
        raise BadInput("title", say("这个案名不行。"))
    place = session.get_one(Organisation, org_id).region_code
    case = Sample(
        kind=FLOW.kind, title=inputs["title"], region_code=place, scope_code=place,
        origin_org_id=org_id, bureau_id=org_id, channel="own",
    )  # fmt: skip
    taking = Taking(parts={"handler": actor.user_id}, fields=dict(inputs), request_id=request_id)
    open_case(session, case, step_name, actor, now=now, taking=taking)
    return case


def _report(asked):
    if asked.text("where") == "不详":
        raise BadInput("where", say("地点要写清楚。"))
    return Taking()


def take(session, actor, case_id, step, inputs, *, seen, now, request_id=None):
    verb = partial(take_step, session, Sample, actor, case_id, step, inputs)
    return verb(seen=seen, now=now, request_id=request_id, takings={"report": _report})
