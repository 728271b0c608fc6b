"""Saved views: one's own in order, shared with the house, and nobody else's."""

from __future__ import annotations

import pytest

from tests.workflows.leads.walking import Office
from tracker.core.cases.views import (
    MOST_VIEWS,
    ViewData,
    change_view,
    delete_view,
    houses,
    move_view,
    own_view,
    save_view,
    set_start,
    start_view,
    views_of,
)
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible


@pytest.fixture
def office(session):
    with transaction():
        yield Office(session)


def names(office, who):
    return [v.name for v in views_of(office.session, office.actor(who))]


def save(office, who, name, args="view=late", org=None):
    data = ViewData(name, args, office.orgs[org] if org else None)
    return save_view(office.session, office.actor(who), data, office.now)


def test_views_have_an_order_and_one_to_begin_with(office):
    session, me = office.session, office.actor("handler")
    views = {name: save(office, "handler", name) for name in ("甲", "乙", "丙")}
    assert names(office, "handler") == ["甲", "乙", "丙"]
    assert start_view(session, me) is None
    move_view(session, me, views["丙"].id, -1)
    move_view(session, me, views["甲"].id, -1)
    assert names(office, "handler") == ["甲", "丙", "乙"]
    for name in ("乙", "丙"):
        set_start(session, me, views[name].id)
        assert start_view(session, me) is views[name]
    assert names(office, "handler") == ["丙", "乙", "甲"]
    move_view(session, me, views["丙"].id, 1)
    move_view(session, me, views["甲"].id, -5)
    assert names(office, "handler") == ["丙", "甲", "乙"]
    set_start(session, me, None)
    assert start_view(session, me) is None
    assert names(office, "handler") == ["丙", "甲", "乙"]
    delete_view(session, me, views["甲"].id)
    assert names(office, "handler") == ["丙", "乙"]


def test_a_shared_view_is_seen_by_the_house_and_changed_by_its_owner_alone(office):
    view = save(office, "supervisor@bureau", " 本季度  逾期 ", org="bureau")
    own = save(office, "supervisor@bureau", "自己的")
    assert view.name == "本季度 逾期"
    assert names(office, "head@bureau") == ["本季度 逾期"]
    assert names(office, "handler's deputy") == ["本季度 逾期"]
    assert names(office, "liaison@dept") == names(office, "supervisor@foreign bureau") == []
    for other in ("head@bureau", "liaison@dept"):
        stranger = office.actor(other)
        for act in (
            lambda who: delete_view(office.session, who, view.id),
            lambda who: change_view(office.session, who, view.id, "x", None),
            lambda who: set_start(office.session, who, view.id),
            lambda who: move_view(office.session, who, view.id, 1),
            lambda who: own_view(office.session, who, own.id),
        ):
            with pytest.raises(NotVisible):
                act(stranger)
    change_view(office.session, office.actor("supervisor@bureau"), view.id, "改名", None)
    assert names(office, "head@bureau") == []
    assert names(office, "supervisor@bureau") == ["改名", "自己的"]


def test_the_same_name_replaces_and_what_is_wrong_is_named(office):
    first = save(office, "handler", "甲", "view=late")
    again = save(office, "handler", "甲", "view=soon")
    assert again is first
    assert first.args == "view=soon"
    other = save(office, "handler", "乙")
    me = office.actor("handler")
    wrong = [
        lambda: save(office, "handler", "  "),
        lambda: save(office, "handler", "长" * 41),
        lambda: save(office, "handler", "丙", "x" * 1001),
        lambda: save(office, "handler", "丙", org="dept"),
        lambda: change_view(office.session, me, other.id, "甲", None),
        lambda: save(office, "handler's deputy", "丙", org="dept"),
    ]
    for act in wrong:
        with pytest.raises(BadInput):
            act()
    assert set(houses(office.actor("handler's deputy"))) == {office.orgs["bureau"]}
    for n in range(MOST_VIEWS - 2):
        save(office, "handler", f"第{n}")
    with pytest.raises(BadInput, match="最多存"):
        save(office, "handler", "多了")


def test_a_house_shares_no_more_than_a_list_can_count(office):
    for n in range(MOST_VIEWS // 2):
        save(office, "handler", f"甲{n}", org="bureau")
        save(office, "co_officer", f"乙{n}", org="bureau")
    own, bureau = save(office, "co_officer", "自己的"), office.orgs["bureau"]
    with pytest.raises(BadInput, match="最多存"):
        save(office, "co_officer", "多了", org="bureau")
    with pytest.raises(BadInput, match="最多存"):
        change_view(office.session, office.actor("co_officer"), own.id, "自己的", bureau)
    # What is shared already may be named and asked anew.
    assert save(office, "handler", "甲0", "view=soon", org="bureau").args == "view=soon"
