"""A township's statistician leaves: consent, handover, training, start; the norm is met again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.browser.conftest import Visit
from tests.browser.deskwork import at, now, send, state, take
from tests.browser.office import HERE, PDF
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor
from tracker.core.clock import utc_now
from tracker.workflows.trainings.window import screen_code

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
LEAVER, SUCCESSOR, PLACE = "乌日娜", "哈斯", "罕台镇"
SIGNERS = (("clerk", "outgoing"), ("clerk2", "incoming"), ("mayor", "overseer"))


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    path = tmp_path / "回执.pdf"
    path.write_bytes(PDF)
    return path


def here(visitor: Visitor) -> str:
    """The path of the page in front of somebody."""
    return visitor.page.url.removeprefix(visitor.site.address).partition("#")[0]


def short_of(visitor: Visitor) -> str:
    """What the norm board says of the township; empty when it is not among the short."""
    at(visitor, f"/norms/?region={HERE}&kind=township")
    rows = visitor.page.locator("tr", has_text=PLACE)
    return rows.first.inner_text() if rows.count() else ""


def file_and_consent(visit: Visit, site: Site, proof: Path) -> str:
    """The clerk drafts, the head of the township signs, the county agrees; the filing's path."""
    clerk, mayor = visit("clerk"), visit("mayor")
    registrar, supervisor = visit("registrar"), visit("supervisor")
    tomorrow = date.fromisoformat(now("date")) + timedelta(days=1)
    page = at(clerk, "/filings/new/draft")
    consent = page.locator("[name='draft-mode_rule'] option", has_text="征得同意").first
    send(
        clerk, page.locator("main form"), "draft-", change="out", holding=LEAVER,
        effective_on=tomorrow, reason="调到区发展改革委", incoming=SUCCESSOR,
        mode_rule=consent.get_attribute("value"), overseer="宝音",
    )  # fmt: skip
    filing = here(clerk)
    assert "第三十二条" in clerk.page.content()
    take(clerk, filing, "报请签批", proof)
    take(mayor, filing, "签批并报送", proof)
    take(registrar, filing, "登记并送请审核", proof)
    take(supervisor, filing, "同意", proof, effective_on=tomorrow)
    assert state(supervisor) == "工作交接"
    site.days_pass(int(filing.rsplit("/", 1)[-1]), 3)
    return filing


def hand_over(visit: Visit, filing: str, proof: Path) -> None:
    """The list line by line, three signatures by three logins, then it is closed."""
    clerk = visit("clerk")
    page = at(clerk, f"{filing}/handover")
    form = page.locator("main form")
    for box in form.locator("input[name$='-state'][value=handed]").all():
        box.check()
    for text in form.locator("input[name$='-detail']").all():
        text.fill("已点交，见清单")
    form.locator("button.btn-primary").click()
    assert "交接清单已保存" in clerk.text
    for who, part in SIGNERS:
        visitor = visit(who)
        page = at(visitor, filing)
        page.locator(f"form[action$='/handover/sign/{part}'] button").click()
        assert "已签字" in visitor.text
    take(visit("mayor"), filing, "交接办结", proof)


def train(visit: Visit, site: Site, proof: Path) -> None:
    """One session: announced, the newcomer on its list, signed in with the code, hours on file."""
    trainer, newcomer, registrar = visit("trainer"), visit("clerk2"), visit("registrar")
    page = at(trainer, "/trainings/new/open")
    this_minute = datetime.fromisoformat(now("moment"))
    midnight = this_minute.replace(hour=0, minute=0)
    # It began a while ago and ends at once: whoever comes now may sign out in its second half.
    start = max(this_minute - timedelta(minutes=6), midnight)
    send(
        trainer, page.locator("main form"), "open-", title="新任统计人员岗前培训",
        topic="induction", audience="township", content="统计法和报表制度", venue="三楼会议室",
        teacher="娜仁", starts_at=f"{start:%Y-%m-%dT%H:%M}",
        ends_at=f"{this_minute + timedelta(minutes=1):%Y-%m-%dT%H:%M}", enrol_by=now("date"),
        hours="4", quota="30",
    )  # fmt: skip
    session = here(trainer)
    take(trainer, session, "发出培训通知", proof)
    assert SUCCESSOR in at(trainer, f"{session}/people").content()
    for label in ("截止报名", "开始签到"):
        take(trainer, session, label, proof)
    assert at(trainer, f"{session}/code").locator("main svg").count()
    number = int(session.rsplit("/", 1)[-1])
    for told in ("已签到", "已签退"):
        code = screen_code(site.sign_key(number), number, utc_now())
        phone = newcomer.open(f"{session}/sign?t={code}", size=PHONE)
        phone.locator("main form button").first.click()
        assert told in newcomer.text
    take(trainer, session, "结束培训（不考试）", proof)
    take(registrar, session, "记入个人档案", proof)
    assert state(registrar) == "总结"


def test_from_the_leaver_to_the_successor_in_post(visit: Visit, site: Site, proof: Path) -> None:
    supervisor, trainer = visit("supervisor"), visit("trainer")
    assert not short_of(supervisor)
    filing = file_and_consent(visit, site, proof)
    hand_over(visit, filing, proof)
    assert "缺" in short_of(supervisor)
    page = at(trainer, filing)
    assert state(trainer) == "岗前培训"
    assert not page.locator("input[name=pick][value=confirm]").count()
    assert "岗前培训" in page.locator("main").inner_text()
    train(visit, site, proof)
    take(trainer, filing, "确认上岗", proof)
    assert not short_of(supervisor)
    registrar = visit("registrar")
    take(registrar, filing, "办结", proof)
    assert "已办结" in registrar.text
