"""What is seen and sent on the pages of training years."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflows.onward import Pages
from tests.workflows.programmes.walking import ProgrammeOffice, at
from tracker.core.db import transaction
from tracker.core.sheets.reading import read
from tracker.workflows.programmes import cycle, standing

pytestmark = [pytest.mark.at_time("2026-11-20 10:00"), pytest.mark.once]
LINE = {
    "kind": "general", "title": "年度综合业务培训", "audience": "all", "month": "12", "times": "1",
    "hours": "8", "people": "60", "budget": "3万",
}  # fmt: skip


@pytest.fixture
def office(session):
    with transaction():
        return ProgrammeOffice(session)


def test_a_trainer_plans_the_year_at_the_screen(app, office):
    with transaction():
        office.person("示例甲", "150602001000", date(2020, 1, 1))
    pages = Pages(app, office)
    trainer, new = "trainer@bureau", "/new/draft"
    assert "建立年度培训计划" in pages.get(trainer)
    page = pages.get(trainer, new)
    assert page.count('<option value="202') == 2
    sent = {"draft-year": "2026"}
    assert pages.post(trainer, new, sent).status_code == 303
    assert '<option value="2026"' not in pages.get(trainer, new)
    assert pages.post(trainer, new, sent).status_code == 422
    [programme] = office.programmes()
    page = pages.get(trainer, f"/{programme.id}")
    # The form of the needs begins with what the register says.
    assert "其中 1 人没有岗前培训记录，1 人2026年度继续教育不满 90 学时" in page
    assert "计划里还没有培训项目" in page
    bad = pages.step(trainer, programme, "add_line", **{**LINE, "month": "13"})
    assert bad.status_code == 422
    assert "月份填 1 至 12" in bad.text
    assert 'value="年度综合业务培训"' in bad.text
    assert pages.step(trainer, programme, "add_line", **LINE).status_code == 303
    office.session.expire_all()
    line = office.line(programme)
    page = pages.get(trainer, f"/{programme.id}?step=change_line&line={line}")
    assert f'<option selected value="{line}">' in page
    assert page.count('value="年度综合业务培训"') == 1
    changed = pages.step(trainer, programme, "change_line", **{**LINE, "times": "2", "line": line})
    assert changed.status_code == 303
    assert pages.step(trainer, programme, "write_needs", needs="按名册").status_code == 303
    office.session.expire_all()
    page = pages.get(trainer, f"/{programme.id}")
    assert "0 / 120" in page
    assert "年度综合业务培训" in page  # told in the history by its name, not by a number
    assert pages.step(trainer, programme, "submit").status_code == 303
    for who in ("liaison@dept", "head@foreign bureau", "system_admin@bureau"):
        assert pages.door.of(who).get(f"/programmes/{programme.id}").status_code == 404, who


def test_the_board_sets_planned_beside_done(app, office):
    with transaction():
        programme = office.case("running")
        for _ in range(2):
            line = office.line(programme)
            office.take(programme, "trainer@bureau", "open_session", line=line)
        person = office.person("示例甲", "150602001000", date(2020, 1, 1))
        held = standing.done(office.session, programme).lines[1].sessions[0].session
        office.learned(person, "general", date(2026, 3, 1), 8, held)
    assert cycle.make_next(office.now) == "met 1"
    pages = Pages(app, office)
    board = pages.get("head@bureau", "/board?year=2026")
    assert '<progress max="3" value="1">' in board
    assert "已办" in board
    book = pages.door.of("head@bureau").get("/programmes/board.xlsx?year=2026")
    [(_row, cells)] = read(book.data, "总览.xlsx", most_rows=9, most_bytes=99_999).records()
    assert (cells["单位"], cells["计划期数"], cells["参训人次"], cells["全员培训办结"]) == (
        "东胜区统计局", "3", "1", date(2026, 3, 1),
    )  # fmt: skip
    page = pages.get("trainer@bureau", f"/{programme.id}")
    assert "1 / 60" in page
    assert f'href="/trainings/{held.id}"' in page
    assert (
        "2026年旗区统计人员综合业务培训" in pages.door.of("trainer@bureau").get("/trainings/").text
    )
    assert "3月1日 已办" in page
    assert "系统自动" not in page
    assert "您能看到的培训计划" in pages.get("head@foreign bureau", "/board")
    assert pages.door.of("liaison@dept").get("/programmes/board").status_code in (403, 404)


def test_a_plan_for_a_year_to_come_is_shown_before_the_year(app, office):
    assert cycle.make_next(at("2026-11-20 09:00")) == "made 2"
    following = office.programmes()[1]
    pages = Pages(app, office)
    page = pages.get("trainer@bureau", f"/{following.id}")
    assert "系统自动" in page
    assert "年内举办全员业务培训" in page
    for clock in office.clocks(following).values():
        why = pages.get("trainer@bureau", f"/{following.id}/why/{clock.id}")
        assert clock.label in why
    assert following.title in pages.get("trainer@bureau", "/?view=open")
