"""What is seen and sent on the pages of filings: forms, handover, signatures, figures."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest

from tests.workflows.filings.walking import FULL, FilingOffice
from tests.workflows.leads.walking import a_lead_data
from tests.workflows.onward import Pages, at
from tracker.core.cases import papers as case_papers
from tracker.core.cases.flow import AskKind, Context
from tracker.core.db import transaction
from tracker.core.documents import service as documents
from tracker.core.errors import StepRefused
from tracker.core.sheets.reading import read
from tracker.workflows.filings import guards, handover, papers
from tracker.workflows.filings.flow import FLOW
from tracker.workflows.filings.models import Filing
from tracker.workflows.leads import service as leads
from tracker.workflows.trainings import service as trainings
from tracker.workflows.trainings.models import Enrolment

TODAY = "2026-03-02 15:00"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d4944415478da63fcffff3f030005fe02fea7d6059b0000000049454e44ae426082"
)
COURSE = {
    "title": "新任统计人员岗前培训", "topic": "induction", "audience": "all",
    "content": "统计法和基层统计业务。", "venue": "局三楼会议室", "teacher": "示例教师",
    "starts_at": at("2026-03-10 09:00"), "ends_at": at("2026-03-10 17:00"),
    "enrol_by": date(2026, 3, 9), "hours": Decimal(8), "quota": 10, "pass_mark": 60,
}  # fmt: skip
pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]


@pytest.fixture
def office(session):
    with transaction():
        return FilingOffice(session)


def latest(office) -> Filing:
    office.session.expire_all()
    return office.session.query(Filing).order_by(Filing.id.desc()).first()


def test_a_clerk_writes_a_change_down_and_sees_mode_source_and_effect(app, office):
    pages = Pages(app, office)
    form = pages.get("clerk", "/new/draft")
    for words in (
        "示例统计员leaver，统计人员，专职",
        "示例统计员newcomer",
        "九成功村委会",
        "事前征得同意：中华人民共和国统计法实施条例第三十二条第二款",
        "不选就按本地规定",
    ):
        assert words in form  # fmt: skip
    asked = {ask.name: "" for ask in FLOW.step("draft").asks if ask.kind is not AskKind.YES}
    given = {f"draft-{k}": str(v) for k, v in {**asked, **office.opening()}.items()}
    wrong = pages.post("clerk", "/new/draft", given | {"draft-holding": ""})
    assert wrong.status_code == 422
    assert "请选变动人员" in wrong.text
    assert "调往示例局工作" in wrong.text  # what was typed is still there
    assert pages.post("clerk", "/new/draft", given).status_code == 303
    case = latest(office)
    page = pages.get("clerk", f"/{case.id}")
    for words in (
        "示例统计员leaver",
        "示例统计员newcomer",
        "鄂尔多斯市人民政府办公室文件",
        "也可以：",
        "对配备标准的影响",
        "变动后",
        "确认上岗以后才算到岗",
    ):
        assert words in page  # fmt: skip
    assert "先报乡镇" not in page  # steps for other sorts of filings are left out
    for who in ("registrar", "foreign registrar", "liaison", "system_admin"):
        assert pages.door.of(who).get(f"/filings/{case.id}").status_code == 404, who
    assert pages.post("trainer", "/new/draft", given).status_code == 404
    assert "登记未经报备的变动" in pages.get("inspector")
    assert "示例统计员leaver" in pages.get("inspector", "/new/find")


def test_the_handover_is_one_form_and_each_signs_for_themselves(app, office):
    with transaction():
        lead = leads.draft(office.session, office.actor("leaver"), a_lead_data(), now=office.now,
                           org_id=office.orgs["town"])  # fmt: skip
        case = office.filed("handover")
    pages, here = Pages(app, office), f"/{case.id}"
    page = pages.get("approver", here)
    for words in ("清单 0 / 9", "清单填完才能签字", lead.title, "改派这 1 件", "还没有签字"):
        assert words in page
    assert lead.title not in pages.get("registrar", here)  # another's case is not shown
    rows = {f"{item}-state": e.state for item, e in FULL.items()}
    rows |= {f"{item}-detail": e.detail for item, e in FULL.items()}
    rows["version"] = str(case.version)
    bad = pages.post("clerk", f"{here}/handover", rows | {"units-detail": ""})
    assert bad.status_code == 422
    assert "请写明“调查单位名录”移交了什么" in bad.text
    assert bad.text.count('value="已点交"') == 6  # the other lines are still typed
    assert pages.post("clerk", f"{here}/handover", rows).status_code == 303
    stale = pages.post("clerk", f"{here}/handover", rows | {"units-detail": "1,532 户"})
    assert stale.status_code == 409
    assert "1,532 户" in stale.text
    assert "等您签字" in pages.get("leaver", here)
    assert pages.post("leaver", f"{here}/handover/sign/outgoing", {}).status_code == 303
    assert pages.post("clerk", f"{here}/handover/sign/incoming", {}).status_code == 409
    assert pages.post("clerk", f"{here}/handover/sign/nobody", {}).status_code == 404
    missing = pages.post("clerk", f"{here}/handover/paper/incoming", {})
    assert missing.status_code == 422
    assert "请上传" in missing.text
    scan = {"paper-name": "", "paper-files": (io.BytesIO(PNG), "清单.png")}
    assert pages.post("clerk", f"{here}/handover/paper/incoming", scan).status_code == 303
    office.session.expire_all()
    signed = handover.signatures(office.session, case.id)
    assert {p: (s.name, s.user_id is None) for p, s in signed.items()} == {
        "outgoing": ("示例1", False), "incoming": ("示例统计员newcomer", True),
    }  # fmt: skip
    # The leaver's work, given away in one form; to somebody who cannot, nothing.
    form = pages.get("approver", f"{here}/reassign")
    assert f'value="{office.people["newcomer"]}" selected' in form
    sent = {"case": str(lead.id), "to": str(office.people["registrar"])}
    cannot = pages.post("approver", f"{here}/reassign", sent)
    assert cannot.status_code == 422
    assert "不能接办" in cannot.text
    sent["to"] = str(office.people["newcomer"])
    assert pages.post("approver", f"{here}/reassign", sent).status_code == 303
    assert "交示例3" in pages.get("approver", here)
    for who, path in (("clerk", "reassign"), ("registrar", "handover"), ("village clerk", "")):
        assert pages.door.of(who).get(f"/filings{here}/{path}".rstrip("/")).status_code == 404


def test_the_gate_says_why_and_where_to_go(app, office, at_time):
    with transaction():
        case = office.filed("gate")
    pages = Pages(app, office)
    page = pages.get("trainer", f"/{case.id}")
    for words in ("还不能上岗", "必须事先参加培训", "眼下没有能看到的岗前培训班", "交接清单"):
        assert words in page
    with transaction():
        course = trainings.open_new(
            office.session, office.actor("trainer"), "open", COURSE, now=office.now
        )
        trainer = office.actor("trainer")
        why = guards.inducted(Context(office.session, case, trainer, office.now, office.today))
        assert why is not None
        assert "给本人报名“新任统计人员岗前培训”" in str(why.instead)
    page = pages.get("trainer", f"/{case.id}")
    assert f'href="/trainings/{course.id}"' in page
    assert "已报名" not in page
    with transaction():
        office.session.add(
            Enrolment(
                case_id=course.id, person_id=case.incoming_id, standing="listed", must="new",
                enrolled_by_id=office.people["trainer"], enrolled_at=office.now,
            )
        )  # fmt: skip
    assert "已报名" in pages.get("trainer", f"/{case.id}")
    with transaction():
        office.train(office.staff["newcomer"], date(2026, 3, 2))
    page = pages.get("trainer", f"/{case.id}")
    assert "可以确认上岗" in page
    at_time("2026-03-13 09:00")
    answer = Pages(app, office).step("trainer", case, "confirm", start_on="2026-03-12")
    assert answer.status_code == 303
    assert latest(office).state == "closing"


def test_the_figures_of_a_year_on_the_page_and_as_a_workbook(app, office):
    with transaction():
        office.find(holding=None)
        office.filed("handover")
    pages = Pages(app, office)
    page = pages.get("head", "/figures?year=2026")
    assert "罕台镇" in page
    assert "这一年没有变动报备" in pages.get("head", "/figures?year=2025")
    assert "罕台镇" not in pages.get("foreign supervisor", "/figures?year=2026")
    answer = pages.door.of("head").get("/filings/figures.xlsx?year=2026")
    table = read(answer.data, "figures.xlsx", most_rows=10, most_bytes=100_000)
    assert [str(c) for c in table.rows[0].cells][:5] == [
        office.town_code, "鄂尔多斯市东胜区罕台镇", "0", "1", "1",
    ]  # fmt: skip
    assert pages.door.of("clerk").get("/filings/figures").status_code == 404
    assert "年度情况" in pages.get("head")
    assert "年度情况" not in pages.get("clerk")


def test_the_papers_begin_with_what_the_case_knows(office):
    lacking, said = {}, {}

    def drawn(case, kind):
        given = papers.values(office.session, case, kind, office.now)
        draft = documents.draft(
            office.session, case_id=case.id, org_id=case.bureau_id or case.origin_org_id,
            kind=kind, values=given, by=office.people["clerk"], now=office.now,
        )  # fmt: skip
        lacking[kind] = {f.name for f in documents.missing(kind, draft.values)}
        said[kind] = draft.values

    with transaction():
        case = office.consented("draft")
        drawn(case, "staff_filing")
        office.walk(case, office.way("opinion"))
        drawn(case, "consent_reply")
        office.take(case, "clerk", "withdraw")
        case = office.filed("arrived")
        drawn(case, "filing_receipt")
        office.take(case, "registrar", "accept")
        office.hand_over(case)
        drawn(case, "handover_list")
        drawn(office.find(holding=None), "correction_order_staff")
    assert {kind: names for kind, names in lacking.items() if names} == {}
    assert "变动后 1 人" in said["staff_filing"]["norm_effect"]
    assert said["staff_filing"]["induction"] == "尚未参加，上岗前参加"
    assert said["consent_reply"]["basis"].startswith("中华人民共和国统计法实施条例")
    assert [row["name"] for row in said["handover_list"]["signatures"]] == [
        "示例1", "示例3", "示例4",
    ]  # fmt: skip
    assert said["correction_order_staff"]["due_on"] == "2026-03-16"


def test_each_house_draws_up_and_issues_its_own_papers(office):
    with transaction():
        case = office.consented("draft")
        given = papers.values(office.session, case, "staff_filing", office.now)
        args = (office.session, FLOW, case)
        row = case_papers.draft(*args, office.actor("clerk"), "staff_filing", given, now=office.now)
        issued = case_papers.issue(*args, office.actor("clerk"), row.id, now=office.now)
    assert (issued.state, issued.org_id) == ("issued", office.orgs["town"])
    assert office.why_not(case, "clerk", "submit") == ""
    for who in ("registrar", "liaison", "village clerk"):
        with pytest.raises(StepRefused):
            case_papers.draft(*args, office.actor(who), "staff_filing", given, now=office.now)
    with transaction():
        office.walk(case, office.way("opinion"))
        given = papers.values(office.session, case, "consent_reply", office.now)
        row = case_papers.draft(
            *args, office.actor("supervisor"), "consent_reply", given, now=office.now
        )
        reply = case_papers.issue(*args, office.actor("supervisor"), row.id, now=office.now)
    assert (reply.number, reply.org_id) == ("示统复字〔2026〕1号", office.orgs["bureau"])


def test_a_page_asks_the_database_no_more_with_more_work(app, office, count_queries):
    with transaction():
        leads.draft(office.session, office.actor("leaver"), a_lead_data(), now=office.now,
                    org_id=office.orgs["town"])  # fmt: skip
        case = office.filed("handover")
    pages = Pages(app, office)
    pages.get("approver", f"/{case.id}")
    with count_queries() as few:
        pages.get("approver", f"/{case.id}")
    with transaction():
        for n in range(8):
            leads.draft(office.session, office.actor("leaver"),
                        a_lead_data(unit_name=f"示例煤业{n}"), now=office.now,
                        org_id=office.orgs["town"])  # fmt: skip
    with count_queries() as many:
        pages.get("approver", f"/{case.id}")
    assert many.count == few.count, str(many)
