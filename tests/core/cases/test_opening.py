"""One workflow opens a case of another through the registry, and the link says so."""

from __future__ import annotations

import pytest

from tests.workflows.leads.walking import HERE, Office, a_lead_data
from tracker.core.cases.links import links_of
from tracker.core.cases.opening import Openings, Seed
from tracker.core.db import transaction
from tracker.core.errors import SetupError, StepRefused
from tracker.workflows.leads import service


def _opener(office):
    def open_from(session, actor, seed, now, request_id):
        data = a_lead_data(unit_name=seed.unit_name, region_code=seed.region_code)
        return service.draft(session, actor, data, now=now, org_id=office.orgs["dept"])

    return open_from


def test_the_new_case_is_linked_to_the_one_it_came_from(session):
    with transaction():
        office = Office(session)
        first = office.lead(at="triage")
        openings = Openings()
        openings.add("lead", _opener(office))
        seed = Seed(first, "示例煤业有限公司", HERE, "虚报", "report")
        actor = office.actor("drafter")
        opened = openings.open(session, "lead", actor, seed, now=office.now, note="立案")
        (link,) = links_of(session, first.id, actor)
        assert (link.kind, link.case.id, link.outgoing) == ("opened", opened.id, True)


def test_a_kind_that_nobody_opens_is_refused(session):
    with transaction():
        office = Office(session)
        actor, seed = office.actor("drafter"), Seed(None, "", HERE, "", "")
        with pytest.raises(StepRefused):
            Openings().open(session, "nothing", actor, seed, now=office.now)


def test_two_openers_of_one_kind_are_a_mistake_of_ours():
    openings = Openings()
    openings.add("lead", _opener(None))
    with pytest.raises(SetupError):
        openings.add("lead", _opener(None))
