"""One question over all cases: what it holds, that an address keeps it, what outsiders learn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.security.world import NEXT_COUNTY, World
from tests.workflows.leads.walking import HERE, a_lead_data
from tracker.core.cases.asking import VIEWS, Question, asked, read_question
from tracker.core.cases.grouping import DUE, group_counts, keys_of, walk
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.cases.tally import tally
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.deadlines.models import Deadline

WALKED = {
    "drafted": "甲山煤业", "sent": "乙河化工厂", "triage": "丙岭电力公司",
    "verifying": "丁原粮油公司", "closing": "戊城商贸", "closed": "己湖建筑公司",
}  # fmt: skip


class Asking:
    """A world with leads in many states, and questions answered with their names."""

    def __init__(self, session):
        self.world = World(session)
        self.session = session
        self.ids = {at: self.world.lead_about(unit, at).id for at, unit in WALKED.items()}
        report = a_lead_data(unit_name="示例水泥有限公司", channel="report")
        self.ids["report"] = self.world.intake_at("bureau", report).id
        self.ids["foreign"] = self.world.intake_at("foreign bureau", report).id
        self.names = {number: name for name, number in self.ids.items()}
        self.today = office_date(self.world.now)

    def where(self, who, question):
        return asked(self.session, self.world.actor(who), question, self.today)

    def found(self, who, **fields):
        where = self.where(who, Question(**fields))
        return {self.names[n] for n in self.session.scalars(select(Case.id).where(where))}

    def row(self, name):
        return self.session.get(Case, self.ids[name])


@pytest.fixture
def ask(session):
    with transaction():
        return Asking(session)


MONDAY = date(2026, 3, 2)
HOUSE = {"sent", "triage", "verifying", "closing", "closed", "report"}


def each_view_and_each_field_finds_what_it_names(ask):
    """Typed by hand from how the leads were walked."""
    handler, registrar = ask.world.people["handler"], ask.world.people["registrar@bureau"]
    bureau, dept = ask.world.orgs["bureau"], ask.world.orgs["dept"]
    today = ask.today
    cases = [
        ("supervisor@bureau", {"view": "all"}, HOUSE),
        ("supervisor@bureau", {"view": "open"}, HOUSE - {"closed"}),
        ("supervisor@bureau", {"view": "closed"}, {"closed"}),
        # Closing waits for a supervisor, which the handler is, too.
        ("handler", {"view": "waiting"}, {"triage", "verifying", "closing"}),
        ("registrar@bureau", {"view": "waiting"}, {"sent", "report"}),
        ("registrar@bureau", {"view": "unit"}, HOUSE - {"closed"}),
        ("drafter", {"view": "unit"}, {"drafted"}),
        ("drafter", {"view": "others"}, {"sent", "triage", "verifying", "closing"}),
        ("drafter", {"view": "waiting"}, {"drafted"}),
        ("registrar@bureau", {"view": "others"}, set()),
        ("registrar@bureau", {"maker": registrar}, {"report"}),
        ("supervisor@bureau", {"kinds": ("lead",)}, HOUSE),
        ("supervisor@bureau", {"kinds": ("inspection",)}, set()),
        ("supervisor@bureau", {"states": ("lead.triage", "lead.closed")}, {"triage", "closed"}),
        ("supervisor@bureau", {"holder": handler}, {"triage", "verifying"}),
        ("supervisor@bureau", {"turn": bureau}, HOUSE - {"closed"}),
        ("supervisor@bureau", {"origin": dept}, HOUSE - {"report"}),
        ("supervisor@bureau", {"bureau": bureau}, HOUSE),
        ("supervisor@bureau", {"channel": "report"}, {"report"}),
        ("supervisor@bureau", {"text": "示例水泥"}, {"report"}),
        ("supervisor@bureau", {"region": HERE}, HOUSE),
        ("supervisor@bureau", {"region": NEXT_COUNTY}, set()),
        ("supervisor@city", {"region": HERE}, HOUSE),
        ("supervisor@county", {}, set()),
        ("supervisor@bureau", {"opened_from": today + timedelta(days=1)}, set()),
        # A step an hour: the last two were begun after midnight.
        ("supervisor@bureau", {"opened_from": today, "opened_to": today}, {"closed", "report"}),
        ("supervisor@bureau", {"opened_to": MONDAY}, HOUSE - {"closed", "report"}),
        ("supervisor@bureau", {"opened_to": MONDAY - timedelta(days=1)}, set()),
        ("supervisor@bureau", {"closed_from": today, "closed_to": today}, {"closed"}),
        ("supervisor@bureau", {"closed_from": today + timedelta(days=1)}, set()),
        ("supervisor@bureau", {"closed_to": today - timedelta(days=1)}, set()),
        ("supervisor@bureau", {"took": ("lead.verify",)}, {"verifying", "closing", "closed"}),
        ("supervisor@bureau", {"took": ("lead.close",), "when_from": today}, {"closed"}),
        (
            "supervisor@bureau",
            {"took": ("lead.close",), "when_from": today + timedelta(days=1)},
            set(),
        ),
        ("supervisor@bureau", {"stayed": ("lead.triage",)}, {"verifying", "closing", "closed"}),
        (
            "supervisor@bureau",
            {"stayed": ("lead.triage",), "when_to": MONDAY - timedelta(days=1)},
            set(),
        ),
        ("security_admin@bureau", {}, set()),
    ]
    for who, fields, wanted in cases:
        assert ask.found(who, **fields) == wanted, (who, fields)


def due_days_and_outcomes_of_clocks(ask):
    for name in HOUSE - {"closed"}:
        case = ask.row(name)
        if case.due_order == LAST_DAY:
            continue
        on = case.due_order
        who = "supervisor@bureau"
        assert name in ask.found(who, due_from=on, due_to=on), name
        assert name not in ask.found(who, due_from=on + timedelta(days=1)), name
        assert name not in ask.found(who, due_to=on - timedelta(days=1)), name
    registered = ask.session.scalars(
        select(Deadline).where(Deadline.case_id == ask.ids["closed"], Deadline.state == "stopped")
    ).all()
    rules = {d.rule_id for d in registered if d.due_on is not None}
    assert rules
    for rule in rules:
        who = "supervisor@bureau"
        assert "closed" in ask.found(who, clock=(rule,), outcome="kept"), rule
        assert "closed" not in ask.found(who, clock=(rule,), outcome="missed"), rule
        assert "closed" not in ask.found(who, clock=(rule,), outcome="running"), rule
    late = next(n for n in HOUSE if ask.row(n).due_order < LAST_DAY and n != "closed")
    ask.today = ask.row(late).due_order + timedelta(days=1)
    assert late in ask.found("supervisor@bureau", view="late")
    ask.today = ask.row(late).due_order
    assert late not in ask.found("supervisor@bureau", view="late")
    assert late in ask.found("supervisor@bureau", view="soon")


def the_side_it_came_from_learns_nothing_of_the_inside_by_asking(ask):
    handler = ask.world.people["handler"]
    assert ask.found("drafter") == {"drafted", *HOUSE} - {"report"}
    assert ask.found("drafter", holder=handler) == set()
    assert ask.found("drafter", states=("lead.triage", "lead.verifying")) == set()
    assert ask.found("drafter", took=("lead.verify",)) == set()
    assert ask.found("drafter", stayed=("lead.triage",)) == set()
    assert ask.found("drafter", clock=("L16",)) == set()
    # Who has what the bureau has is not known out there, whether somebody has it or nobody.
    assert ask.found("drafter", lacks=("holder",)) == set(HOUSE) - {"report"}
    assert "sent" in ask.found("supervisor@bureau", lacks=("holder",))
    # The page of a case tells the sender of no clock that runs in the bureau; nor does a question.
    for name in ("triage", "verifying"):
        due = ask.row(name).due_order
        assert due < LAST_DAY, name
        assert name not in ask.found("drafter", due_from=due, due_to=due), name
    own = ask.row("drafted").due_order
    assert ask.found("drafter", due_from=own, due_to=own) == {"drafted"}
    actor = ask.world.actor("drafter")
    where = ask.where("drafter", Question())
    due = keys_of(ask.session, actor, "due", ask.today)
    assert sorted(group_counts(ask.session, where, due).values()) == [1, 5]
    first = walk(ask.session, actor, where, due, size=1)
    assert first.rows[0].id == ask.ids["drafted"]
    second = walk(ask.session, actor, where, due, after=first.after, size=1)
    assert str(LAST_DAY) in (second.after or "")
    for group, most in (("holder", 3), ("state", 5)):
        keys = keys_of(ask.session, actor, group, ask.today)
        counts = group_counts(ask.session, where, keys)
        assert sum(counts.values()) == 6
        # Of the states: drafted, sent, closing and closed; what is inside is one group.
        assert len(counts) <= most, (group, counts)


def test_an_address_keeps_a_question_and_nonsense_asks_nothing(app):
    with app.app_context():
        questions = [
            Question(),
            Question(view="open"),
            Question(view="waiting", kinds=("lead", "inspection"), states=("lead.triage",)),
            Question(region=HERE, origin=3, bureau=4, turn=5, holder=6, maker=7, unit=8),
            Question(channel="report", text="水泥 厂", unread=True),
            Question(due_from=date(2026, 1, 2), due_to=date(2026, 2, 3)),
            Question(opened_from=date(2026, 1, 2), closed_to=date(2026, 2, 3)),
            Question(took=("lead.verify",), stayed=("lead.triage",), when_to=date(2026, 3, 1)),
            Question(clock=("L16", "T01"), outcome="missed", when_from=date(2026, 1, 1)),
        ]
        for question in questions:
            assert read_question(question.args()) == question, question.args()
        nonsense = {
            "view": "x", "kind": "x,y", "state": "lead.x", "region": "15'--", "holder": "-1",
            "unit": "9" * 30, "due_from": "2026-13-01", "took": "x.y", "outcome": "x",
            "unread": "yes", "closed_from": "0001-01-01", "when_to": "9999-12-31",
        }  # fmt: skip
        assert read_question(nonsense) == Question(view="open")
        assert read_question({"clock": "\x00L16", "q": "\x00", "channel": "a\x00"}) == Question(
            view="open", clock=("L16",), channel="a"
        )


def counts_are_the_lengths_of_their_lists_and_stop_past_the_cap(ask):
    for who in ("supervisor@bureau", "drafter", "handler", "registrar@bureau", "head@city"):
        actor = ask.world.actor(who)
        questions = {view: Question(view=view) for view in VIEWS}
        counts = tally(ask.session, actor, questions, ask.today)
        assert counts == {view: len(ask.found(who, view=view)) for view in VIEWS}, who
    head = ask.world.actor("head@city")
    assert tally(ask.session, head, {1: Question(), 2: Question()}, ask.today, 3) == {1: 4, 2: 4}
    assert tally(ask.session, head, {}, ask.today) == {}


def a_walk_shows_every_row_once_in_every_grouping_forwards_and_back(ask):
    actor = ask.world.actor("supervisor@bureau")
    where = ask.where("supervisor@bureau", Question())
    for group in ("", "kind", "state", "due", "holder", "region"):
        keys = keys_of(ask.session, actor, group, ask.today)
        pages, after = [], None
        while True:
            page = walk(ask.session, actor, where, keys, after=after, size=2)
            pages.append(page)
            after = page.after
            if after is None:
                break
        walked = [case.id for page in pages for case in page.rows]
        assert sorted(walked) == sorted(ask.ids[name] for name in HOUSE), group
        in_order = [key for page in pages for key in page.groups]
        assert in_order == sorted(in_order), group
        counts = group_counts(ask.session, where, keys)
        assert counts == ({k: in_order.count(k) for k in in_order} if group else {}), group
        back = walk(ask.session, actor, where, keys, before=pages[-1].before, size=2)
        assert [c.id for c in back.rows] == [c.id for c in pages[-2].rows], group
        assert pages[0].before is None
        for bad in ("x", "1~x~y", "~~", "1~2~3~4~5"):
            first = walk(ask.session, actor, where, keys, after=bad, size=2)
            assert len(first.rows) == 2, (group, bad)
    due = keys_of(ask.session, actor, "due", ask.today)
    found = walk(ask.session, actor, where, due, size=20)
    for case, key in zip(found.rows, found.groups, strict=True):
        label = DUE[int(key[0])]
        assert (label == "没有时限") == (case.due_order == LAST_DAY), (case.due_order, label)
        assert (label == "已逾期") == (case.due_order < ask.today)


def test_what_a_question_finds_counts_and_shows(ask):
    """One world for all of it: walking the leads there takes the time."""
    each_view_and_each_field_finds_what_it_names(ask)
    the_side_it_came_from_learns_nothing_of_the_inside_by_asking(ask)
    counts_are_the_lengths_of_their_lists_and_stop_past_the_cap(ask)
    a_walk_shows_every_row_once_in_every_grouping_forwards_and_back(ask)
    due_days_and_outcomes_of_clocks(ask)
