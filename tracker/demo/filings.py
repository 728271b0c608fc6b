"""Staff changes of the demo: the same change in three places, in both ways, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.db import db
from tracker.core.staff.models import Holding
from tracker.demo.organisations import HOME_TOWNS, town
from tracker.demo.staff import identity_number
from tracker.demo.walking import Custom, Moment, Trade, hang_file
from tracker.demo.walks import Walk, on_day
from tracker.workflows.filings import lines
from tracker.workflows.filings.models import ITEMS, Filing

# The bureau above each county's; the accounts of the three homes are called after their place.
_ABOVE = {"ordos": "ordos", "jilin": "220100", "chongqing": "chongqing"}
_CONSENT = {
    "ordos": "consent-32-2", "jilin": "consent-32-2", "chongqing": "chongqing-consent",
}  # fmt: skip
_FILING = {"ordos": "ordos-filing", "jilin": "jilin-filing", "chongqing": "own-filing"}
_HANDED = {
    "cycles": "本月月报和本季度季报（示例）",
    "ledgers": "纸质台账三册，电子台账已改管理人",
    "records": "近三年原始记录",
    "accounts": "平台账号已停用，另开新账号",
    "units": "调查单位名录一份",
}
# Numbers of the register go to some hundreds; those who come by name have higher ones.
_FIRST_NEW = 970


def _nothing(_moment: Moment) -> Mapping[str, Any]:
    return {}


def _about(moment: Moment) -> Mapping[str, Any]:
    return moment.walk.words["about"]


def _day(moment: Moment, written: str) -> Any:
    return on_day(written, moment.office.calendar, moment.office.base)


def _holding(moment: Moment, who: str) -> str:
    """The post that somebody holds, as the form names it."""
    person_id = moment.office.people[who]
    query = select(Holding.id).where(Holding.person_id == person_id, Holding.until.is_(None))
    return str(db.session().scalars(query.order_by(Holding.id)).first())


def _change(moment: Moment) -> dict[str, Any]:
    """What the unit writes down."""
    about = _about(moment)
    said: dict[str, Any] = {
        "change": about.get("change", "out"),
        "effective_on": _day(moment, about["effective"]),
        "reason": about.get("reason", "工作需要，调往其他单位。（示例）"),
        "destination": about.get("destination", ""),
        "mode_rule": about.get("mode", ""),
    }
    if leaver := about.get("leaver"):
        said["holding"] = _holding(moment, leaver)
    if comer := about.get("comer"):
        said["incoming"] = str(moment.office.people[comer])
    if (number := about.get("new")) is not None:
        said["new_name"] = about["name"]
        said["identity_number"] = identity_number(_FIRST_NEW + number)
        said["engagement"], said["duty"] = "part_off", about["duty"]
    if until := about.get("gap"):
        said["gap_plan"] = "由综合办人员代办，招考补员。（示例）"
        said["gap_until"] = _day(moment, until)
    if until := about.get("leave_to"):
        said["leave_to"] = _day(moment, until)
    return said


def _found(moment: Moment) -> dict[str, Any]:
    about = _about(moment)
    return {
        "unit": str(moment.office.orgs[about["unit"]]),
        "change": "out",
        "holding": _holding(moment, about["leaver"]),
        "effective_on": _day(moment, about["effective"]),
        "found_on": moment.today,
        "reason": "报表由另一人报送，原统计员已调走，没有报备。（示例）",
    }


def _agreed(moment: Moment) -> dict[str, Any]:
    return {"effective_on": _day(moment, _about(moment)["effective"])}


def _started(moment: Moment) -> dict[str, Any]:
    return {"start_on": max(moment.today, _day(moment, _about(moment)["effective"]))}


CUSTOMS: dict[str, Custom] = {
    "draft": Custom("clerk", _change),
    "edit": Custom("clerk", _change),
    "submit": Custom("clerk", _nothing),
    "sign": Custom("approver3", _nothing),
    "sign_via": Custom("approver3", _nothing),
    "pass_on": Custom("via", _nothing),
    "ask_correction": Custom("registrar", lambda _m: {"note": "缺离任人员的去向。"}),
    "refer": Custom("registrar", _nothing),
    "agree": Custom("supervisor", _agreed),
    "accept": Custom("registrar", _nothing),
    "accept_in": Custom("registrar", _nothing),
    "close_handover": Custom("approver3", _nothing),
    "close_handover_gap": Custom("approver3", _nothing),
    "confirm": Custom("trainer", _started),
    "close": Custom("registrar", _nothing),
    "report_up": Custom("registrar", _nothing),
    "find": Custom("registrar", _found),
    "order": Custom("supervisor", _nothing),
    "complete": Custom("clerk", _change),
    "rectify": Custom("approver3", _nothing),
}


# ---------------------------------------------------------------- the handover


def _whole(session: Session, moment: Moment) -> None:
    """Every line is settled: handed over, or there is none."""
    entries = {
        item: lines.Entry("handed", _HANDED[item]) if item in _HANDED else lines.Entry("none")
        for item in ITEMS
    }
    _save(session, moment, entries)


def _half(session: Session, moment: Moment) -> None:
    """Some lines are settled."""
    some = list(_HANDED.items())[:3]
    _save(session, moment, {item: lines.Entry("handed", said) for item, said in some})


def _save(session: Session, moment: Moment, entries: Mapping[str, lines.Entry]) -> None:
    case = moment.case(session, "clerk")
    lines.save_list(
        session, moment.by(session, "clerk"), case.id, entries, seen=case.version, now=moment.now
    )


def _sign(session: Session, moment: Moment) -> None:
    """The two without an account sign on paper, the head of the unit by login; one by one."""
    about, case_id = _about(moment), moment.case_id or 0
    hang_file(session, moment, lines.SCAN)
    clerk = moment.by(session, "clerk")
    lines.sign_on_paper(session, clerk, case_id, "outgoing", "", now=moment.now)
    comer = str(about.get("comer", ""))
    if comer in moment.office.users:
        incoming = moment.office.actor(session, comer, moment.today)
        lines.sign(session, incoming, case_id, "incoming", now=moment.now)
    elif comer:
        lines.sign_on_paper(session, clerk, case_id, "incoming", "", now=moment.now)
    else:
        lines.sign(session, clerk, case_id, "incoming", now=moment.now)
    head = moment.by(session, "approver3")
    lines.sign(session, head, case_id, "overseer", now=moment.now)


TRADE = Trade(
    "filing", Filing, CUSTOMS, {"~list": _whole, "~half": _half, "~sign": _sign}, files_by="clerk"
)


# ---------------------------------------------------------------- the walks


def _people(home: str) -> dict[str, str]:
    """Who does what in a home: the township, its county's bureau, the bureau above."""
    county = HOME_TOWNS[home][:6]
    return {
        "clerk": f"clerk.{home}",
        "approver3": f"approver3.{home}",
        "registrar": f"registrar.{county}",
        "supervisor": f"supervisor.{county}",
        "trainer": f"trainer.{county}",
        "above": f"registrar.{_ABOVE[home]}",
    }


def _walk(key: str, home: str, course: str, **about: Any) -> Walk:
    told = {
        name: f"{value}.{home}" if name in ("leaver", "comer") else value
        for name, value in about.items()
    }
    return Walk(key, "filing", "", course, {"about": told}, who=_people(home))


_SENT = "draft@-{0} submit sign@-{1}"
_HANDOVER = "~list@-{0} ~sign@-{1} close_handover"


def filing_walks() -> Iterator[Walk]:
    """One leaver a home with consent before, one with a filing after; then what goes otherwise."""
    yield from _with_consent()
    yield from _filed_after()
    yield from _below_and_beside()
    yield from _found_out()


def _with_consent() -> Iterator[Walk]:
    for home, comer, rest in (
        ("ordos", "clerk2", ""),
        ("jilin", "spare1", "confirm@-29 close@-27"),
        ("chongqing", "clerk2", "confirm@-29 close@-26"),
    ):
        yield _walk(
            f"f-consent-{home}", home,
            f"{_SENT.format(62, 60)} refer@-59 agree@-55 {_HANDOVER.format(48, 46)} {rest}",
            mode=_CONSENT[home], leaver="leaver1", comer=comer, effective="-49",
            destination="县政府办公室（示例）",
        )  # fmt: skip
    yield _walk(
        "f-opinion", "jilin", f"{_SENT.format(6, 4)} refer@-3", mode=_CONSENT["jilin"],
        leaver="leaver3", effective="+12", gap="+40",
    )  # fmt: skip
    yield _walk(
        "f-draft", "ordos", "draft@-1", change="leave", leaver="leaver4", effective="+6",
        leave_to="+70", gap="+20", reason="产假。（示例）",
    )  # fmt: skip


def _filed_after() -> Iterator[Walk]:
    ended = f"{_HANDOVER.format(20, 18)} confirm@-16"
    for home, comer, rest in (
        ("ordos", "spare2", "~half@-18"),
        ("jilin", "spare2", f"{ended} report_up@-12"),
        ("chongqing", "spare1", ended),
    ):
        yield _walk(
            f"f-filing-{home}", home, f"{_SENT.format(26, 25)} accept@-23 {rest}",
            mode=_FILING[home], leaver="leaver2", comer=comer, effective="-27",
            destination="县农业农村局（示例）",
        )  # fmt: skip
    yield _walk(
        "f-returned", "chongqing",
        f"{_SENT.format(13, 12)} ask_correction@-10 edit@-7 submit sign@-6",
        mode=_FILING["chongqing"], leaver="leaver3", comer="spare2", effective="-14",
    )  # fmt: skip


def _below_and_beside() -> Iterator[Walk]:
    """A village sends by its township; a department's statistics lead changes."""
    village = {
        **_people("ordos"), "clerk": "clerk3.ordos", "approver3": "approver4.ordos",
        "via": "clerk.ordos",
    }  # fmt: skip
    for key, number, name, course in (
        ("f-village", 1, "示例村民甲", "draft@-4 submit sign_via@-2"),
        ("f-village-sign", 3, "示例村民丙", "draft@-2 submit@-1"),
        ("f-village-new", 2, "示例村民乙",
         "draft@-21 submit sign_via@-20 pass_on@-18 accept_in@-16"),
    ):  # fmt: skip
        about = {
            "change": "in", "new": number, "name": name, "duty": "liaison", "effective": "-5",
            "reason": "增设一名统计联络员。（示例）",
        }  # fmt: skip
        yield Walk(key, "filing", "", course, {"about": about}, who=village)
    home = "chongqing"
    city = {
        **_people(home), "clerk": f"liaison.{home}", "approver3": f"approver.{home}",
        "registrar": f"registrar.{home}", "supervisor": f"supervisor.{home}",
        "trainer": f"trainer.{home}",
    }  # fmt: skip
    lead = {
        "change": "lead", "leaver": f"lead.{home}", "new": 4, "name": "示例处长",
        "duty": "lead", "effective": "-4", "reason": "分工调整。（示例）",
    }  # fmt: skip
    yield Walk("f-lead", "filing", "", "draft@-3 submit@-2", {"about": lead}, who=city)


def _found_out() -> Iterator[Walk]:
    """Moved without a filing: just found, ordered to be filed, made good."""
    for key, home, leaver, effective, course in (
        ("f-found", "jilin", "leaver4", "-20", "find@-2"),
        ("f-ordered", "ordos", "leaver3", "-30", "find@-15 order@-13"),
        ("f-mended", "chongqing", "leaver4", "-80",
         "find@-70 order@-68 complete@-60 rectify@-58 accept@-56 ~list@-52 ~sign "
         "close_handover_gap@-50 close@-48"),
    ):  # fmt: skip
        yield _walk(
            key, home, course, leaver=leaver, effective=effective, unit=town(HOME_TOWNS[home]),
            gap="-10",
        )  # fmt: skip
