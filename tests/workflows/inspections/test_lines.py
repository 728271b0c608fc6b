"""The indicator table of the field, and evidence with its clocks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from tests.workflows.inspections.walking import Office
from tracker.core.cases import evidence, preserving
from tracker.core.cases.attachments import Staged, hang
from tracker.core.cases.evidence import EvidenceData, Keeping
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.workflows.inspections import lines
from tracker.workflows.inspections.lines import ChangedLine, LineInput
from tracker.workflows.inspections.models import LineChange

KEY = "0123456789abcdef"


@pytest.fixture
def office(session, monkeypatch):
    with transaction():
        yield Office(session, monkeypatch)


def test_a_line_is_written_once_and_never_over_anothers_work(office):
    session, task = office.session, office.at("onsite")
    mine, other = office.actor("handler"), office.actor("co_officer")
    (shown,) = lines.site_lines(session, task)
    data = LineInput(Decimal(186420), Decimal(151906), ("weighbills", "ledger"))

    def save(actor, given, seen, key):
        return lines.save_line(
            session, actor, task.id, 1, given, seen=seen, device_key=key, now=office.now
        )

    first = save(mine, data, shown.mark, KEY)
    # 34,514 / 151,906 = 22.72%, the example of the look's picture 8b.
    assert (first.figure.difference, round((first.figure.ratio or 0) * 100, 2)) == (
        Decimal(34514), Decimal("22.72"),
    )  # fmt: skip
    assert (first.state, first.grounds) == ("done", ("weighbills", "ledger"))
    # Somebody else had seen the line as it was before.
    with pytest.raises(ChangedLine) as caught:
        save(other, LineInput(Decimal(1), Decimal(2)), shown.mark, KEY + "b")
    assert caught.value.now.figure.due == Decimal(151906)
    withheld = LineInput(Decimal(186420), None, (), "不让看台账", withheld=True, witness="李某")
    second = save(other, withheld, first.mark, KEY + "c")
    assert (second.state, second.witness) == ("withheld", "李某")
    # The first device sends again what it has sent: answered, not written.
    again = save(mine, data, shown.mark, KEY)
    assert again.mark == second.mark
    assert session.scalar(select(func.count()).select_from(LineChange)) == 2
    for bad in (
        LineInput(None, None, ("hearsay",)),
        LineInput(None, None, (), "不让看", withheld=True),
        LineInput(None, None, (), "", withheld=True, witness="李某"),
    ):
        with pytest.raises(BadInput):
            save(mine, bad, second.mark, KEY + "d")
    with pytest.raises(BadInput, match="device_key"):
        save(mine, data, second.mark, "短")
    with pytest.raises(StepRefused):
        save(office.actor("supervisor@bureau"), data, second.mark, KEY + "e")
    with pytest.raises(NotVisible):
        save(office.actor("third"), data, second.mark, KEY + "e")
    office.walk(task, ["record_site", "finish_site"])
    save(mine, data, second.mark, KEY + "f")
    office.walk(task, ["propose_clean"])
    with pytest.raises(StepRefused):
        save(mine, data, second.mark, KEY + "g")


def test_indicators_are_added_until_the_result(office):
    session, task = office.session, office.at("preparing")
    wanted = {"measure": "千元", "nature": "value", "period": "2026年1月", "source": "直报"}

    def add(**more):
        return lines.add_line(
            session, office.actor("co_officer"), task.id, now=office.now, reported=Decimal(7),
            **(wanted | {"name": "营业收入"} | more),
        )  # fmt: skip

    assert (add().line, add(name="从业人员").line) == (2, 3)
    for field, bad in (("name", " "), ("nature", "guess")):
        with pytest.raises(BadInput, match=field):
            add(**{field: bad})
    office.walk(task, ["submit_check", "approve_check", "serve_notice"])
    with pytest.raises(StepRefused):
        lines.save_line(
            session, office.actor("handler"), task.id, 1, LineInput(None, None),
            seen="", device_key=KEY, now=office.now,
        )  # fmt: skip


def test_a_photograph_becomes_evidence_with_its_hash_once(office):
    session, task = office.session, office.at("onsite")
    photo = Staged("1.jpg", 3, "a" * 64, "image/jpeg", "示例")

    def send(staged, key=KEY):
        return lines.add_photo(
            session, office.actor("handler"), task.id, 1, staged, place="过磅房",
            device_key=key, now=office.now,
        )  # fmt: skip

    item = send(photo)
    assert send(photo).id == item.id
    assert (item.form, item.sha256, item.figure_line) == ("photo", "a" * 64, 1)
    assert [line.photos for line in lines.site_lines(session, task)] == [1]
    with pytest.raises(BadInput, match="photo"):
        send(Staged("1.pdf", 3, "a" * 64, "application/pdf", "示例"), KEY + "b")


# ---------------------------------------------------------------- preserved evidence


def an_item(office, task, name):
    data = EvidenceData(name, "original", "3 册", "财务室", "王某", office.now)
    return evidence.add_evidence(
        office.session, office.actor("co_officer"), task, data, now=office.now
    )


def running(office, task):
    return [(d.rule_id, d.label, d.due_on) for d in deadlines.running(office.session, task.id)]


def test_every_preserved_item_has_a_clock_of_its_own(office):
    """行政处罚法 56 and 85 (T04): seven working days from each registration."""
    session, task = office.session, office.at("onsite")
    team, head = office.actor("handler"), office.actor("head@bureau")
    ledger, stamps = (an_item(office, task, name) for name in ("产量台账", "过磅单"))
    ids = [ledger.id, stamps.id]

    def keep(item, on):
        return preserving.keep(
            session, team, task, item.id, kept_at="财务室", keeper="王某", on=on, now=office.now
        )

    def decide(actor, item, *, approve=True):
        return preserving.decide_preservation(
            session, actor, task, item.id, approve=approve, now=office.now
        )

    def dispose(actor, item, on):
        return preserving.dispose(
            session, actor, task, item.id, "filed", "作为证据", on=on, now=office.now
        )

    with pytest.raises(StepRefused):
        preserving.ask_preservation(
            session, office.actor("head@bureau"), task, ids, "可能灭失", now=office.now
        )
    other = office.actor("co_officer")
    preserving.ask_preservation(session, other, task, ids, "可能灭失", now=office.now)
    with pytest.raises(StepRefused, match="待负责人批准"):
        keep(ledger, office.today)
    # The leading officer is a head too, and has not asked; still it is the team's own work.
    for officer in ("handler", "co_officer", "supervisor@bureau"):
        with pytest.raises(StepRefused):
            decide(office.actor(officer), ledger)
    assert "登记保存还没有经负责人批准" in str(evidence.why_not_settled(session, task.id))
    for item in (ledger, stamps):
        decide(head, item)
    with pytest.raises(StepRefused, match="已经审批过"):
        decide(head, ledger)
    with pytest.raises(BadInput, match="on"):
        keep(ledger, office.today - timedelta(days=1))
    monday = office.today
    keep(ledger, monday)
    office.now += timedelta(days=2)
    keep(stamps, office.today)
    # 2 March 2026 is a Monday: the 7th working day after it is the 11th, after the 4th the 13th.
    found = {label: due for rule, label, due in running(office, task) if rule == "T04"}
    assert found == {
        "处理登记保存的证据：产量台账": date(2026, 3, 11),
        "处理登记保存的证据：过磅单": date(2026, 3, 13),
    }
    with pytest.raises(StepRefused):
        dispose(office.actor("handler"), ledger, office.today)
    with pytest.raises(BadInput, match="on"):
        dispose(head, ledger, monday - timedelta(days=1))
    assert dispose(office.actor("supervisor@bureau"), ledger, office.today).keeping is (
        Keeping.DISPOSED
    )
    assert [label for rule, label, _ in running(office, task) if rule == "T04"] == [
        "处理登记保存的证据：过磅单"
    ]
    assert "《过磅单》" in str(evidence.why_not_settled(session, task.id))
    dispose(head, stamps, office.today)
    assert evidence.why_not_settled(session, task.id) is None


def test_what_is_urgent_is_kept_first_and_approved_within_a_day(office):
    """T30: 24 hours as the list of Tianjin has it; elsewhere a default of the product."""
    session, task = office.session, office.at("onsite")
    team, head = office.actor("handler"), office.actor("head@bureau")

    def keep_at_once(name):
        item = an_item(office, task, name)
        preserving.preserve_at_once(
            session, team, task, [item.id], "正在销毁", kept_at="财务室", keeper="王某",
            at=office.now - timedelta(hours=1), now=office.now,
        )  # fmt: skip
        return item

    first = keep_at_once("台账")
    (clock,) = [d for d in deadlines.running(session, task.id) if d.rule_id == "OWN-MAKEUP"]
    assert clock.due_at == office.now + timedelta(hours=23)
    task.scope_code = "120101000000"
    second = keep_at_once("凭证")
    assert "T30" in [rule for rule, _, _ in running(office, task)]
    row = preserving.decide_preservation(
        session, head, task, first.id, approve=True, now=office.now
    )
    assert row.keeping is Keeping.KEPT
    # Refused afterwards: what was kept is released at once, and no clock of it runs on.
    row = preserving.decide_preservation(
        session, head, task, second.id, approve=False, now=office.now
    )
    assert (row.keeping, row.disposal) == (Keeping.DISPOSED, "released")
    left = [
        label for rule, label, _ in running(office, task) if rule in ("T04", "T30", "OWN-MAKEUP")
    ]
    assert left == ["处理登记保存的证据：台账"]


def test_evidence_is_the_teams_and_says_what_file_it_is(office):
    session, task = office.session, office.at("onsite")
    other = office.order(unit_name="另一家示例企业")
    staged = Staged("台账.pdf", 3, "b" * 64, "application/pdf", "示例")
    file = hang(session, task.id, staged, actor_id=office.people["handler"], now=office.now)

    def add(who="handler", case=task, **more):
        given = {
            "name": "台账", "form": "copy", "quantity": "1 份", "place": "财务室",
            "keeper": "王某", "taken_at": office.now, "attachment_id": file.id,
        } | more  # fmt: skip
        return evidence.add_evidence(
            session, office.actor(who), case, EvidenceData(**given), now=office.now
        )

    assert add().sha256 == "b" * 64
    assert add("co_officer").line == 2
    for field, bad in (
        ("form", "hearsay"), ("quantity", " "), ("place", ""), ("keeper", ""), ("name", ""),
        ("taken_at", office.now + timedelta(minutes=1)), ("attachment_id", 10_000),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            add(**{field: bad})
    for who in ("supervisor@bureau", "head@bureau", "third"):
        with pytest.raises(StepRefused):
            add(who)
    with pytest.raises(StepRefused):
        add(case=other)  # nobody is on its team yet
    with pytest.raises(NotVisible):
        evidence.item_of(session, other, 1)
