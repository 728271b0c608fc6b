"""People of a bureau at their browsers, who do what the pages of a case offer them and no more.

Nothing here calls a workflow's verb: a step is taken by the form of the page, with the version and
the keys that stand in it, and a document is drawn up where the page says that it is missing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from flask import Flask
from sqlalchemy.orm import Session

from tests.browser.office import PDF
from tests.conftest import Clock
from tests.security.world import Door
from tests.web.read_page import Form, Page, body, squeezed
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.registers.models import Officer, Organisation

HERE, ELSEWHERE, CITY = "150602000000", "220102000000", "150600000000"
LONG_AGO, FAR_OFF = date(2020, 1, 1), date(2040, 12, 31)
ORGS = {
    "bureau": ("东胜区统计局", "bureau", HERE, "东统"),
    "dept": ("东胜区发展和改革委员会", "department", HERE, "东发改"),
    "foreign": ("南关区统计局", "bureau", ELSEWHERE, "南统"),
}
# account: name, organisation, role. Everybody has one role: separate logins, separate duties.
PEOPLE = {
    "registrar": ("赵丽华", "bureau", Role.REGISTRAR),
    "handler": ("其木格", "bureau", Role.INSPECTOR),
    "partner": ("阿古拉", "bureau", Role.INSPECTOR),
    "third": ("那仁", "bureau", Role.INSPECTOR),
    "stranger": ("哈斯", "bureau", Role.INSPECTOR),
    "supervisor": ("苏日娜", "bureau", Role.SUPERVISOR),
    "head": ("巴特尔", "bureau", Role.HEAD),
    "legal": ("乌云", "bureau", Role.LEGAL_REVIEWER),
    "presider": ("格日勒", "bureau", Role.LEGAL_REVIEWER),
    "liaison": ("王晓岚", "dept", Role.LIAISON),
    "approver": ("高文静", "dept", Role.DEPT_APPROVER),
    "foreign head": ("李立", "foreign", Role.HEAD),
    "foreign registrar": ("周洁", "foreign", Role.REGISTRAR),
}
# Those who may not know of any case of the bureau that they have no part in.
OUTSIDE = ("stranger", "liaison", "approver", "foreign head", "foreign registrar")
CERTIFIED = ("handler", "partner", "third", "stranger")
# Who draws up a document when the one whose step wants it may not.
_WRITERS = ("handler", "legal", "presider", "supervisor", "head", "registrar")
SERVED: Mapping[str, Any] = {"manner": "direct", "recipient": "王某", "place": "当事人住所"}


def people_at_work(session: Session, now: datetime) -> dict[str, int]:
    """The organisations and their people; answers the id of each person."""
    orgs = {}
    for key, (name, kind, region, prefix) in ORGS.items():
        org = Organisation(
            name=name, short_name=name[:8], kind=kind, region_code=region, doc_prefix=prefix
        )
        session.add(org)
        session.flush()
        orgs[key] = org.id
    found = {}
    for account, (name, org_key, role) in PEOPLE.items():
        user = User(
            username=account, name=name, active=True, clearance=3, must_change=False,
            phone="0477-0000000", created_at=now,
        )  # fmt: skip
        session.add(user)
        session.flush()
        found[account] = user.id
        session.add(
            Grant(user_id=user.id, org_id=orgs[org_key], role=role.value, valid_from=LONG_AGO)
        )
    for account in CERTIFIED:
        session.add(
            Officer(
                user_id=found[account], certificate_no=f"示例-{account}",
                valid_from=LONG_AGO, valid_to=FAR_OFF,
            )
        )  # fmt: skip
    session.flush()
    return found


class Later:
    """A page that an answer leads to: it is fetched when somebody looks at it."""

    def __init__(self, path: str, look: Callable[[], Page]) -> None:
        self.path, self._look = path, cache(look)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._look(), name)


class Casework:
    """The bureau, the clock on its wall, and what each person does at a browser."""

    def __init__(self, app: Flask, clock: Clock, now: str) -> None:
        self.app, self.clock = app, clock
        moment = clock(now)
        with app.app_context(), transaction() as session:
            people = people_at_work(session, moment)
        self.door = Door(app, people)
        self.now = moment.astimezone(OFFICE_ZONE)
        self._at: dict[str, Page] = {}

    def on(self, text: str) -> None:
        """Let time pass until an office wall-clock time; everybody logs in afresh."""
        self.now = self.clock(text).astimezone(OFFICE_ZONE)
        self.door = Door(self.app, self.door.people)
        self._at.clear()

    @property
    def today(self) -> date:
        """The day on the wall."""
        return self.now.date()

    # ------------------------------------------------------------ looking

    def get(self, who: str, path: str) -> Page:
        """A page as it is answered, whatever the status."""
        return Page(self.door.of(who).get(path), path)

    def sees(self, who: str, path: str) -> Page:
        """A page that is there for somebody; the one in front of them when it is this one."""
        there = self._at.get(who)
        if there is not None and there.path == path:
            return there
        page = self._at[who] = self.get(who, path)
        assert page.status == 200, f"{who} gets {page.status} at {path}"
        return page

    def hidden(self, path: str, *whos: str) -> None:
        """AssertionError unless each gets the page of what does not exist, also for a step."""
        for who in whos or OUTSIDE:
            status = self.get(who, path).status
            assert status == 404, f"{who} gets {status} at {path}"

    def shows(self, path: str, state: str, turn: str = "", who: str = "head") -> Page:
        """The case is in a state, and it is somebody's turn: what whoever has it open reads."""
        there = next((p for p in self._at.values() if p.path == path), None)
        page = there or self.sees(who, path)
        assert page.state == state, f"{path}: {page.state}, not {state}"
        if turn:
            name = PEOPLE[turn][0] if turn in PEOPLE else turn
            assert page.turn.startswith(name), f"{path}: it is the turn of {page.turn}"
        return page

    # ------------------------------------------------------------ doing

    def new(self, who: str, area: str, label: str, **answers: Any) -> str:
        """Open a case by the button of the list; answers its address."""
        lists = self.sees(who, f"/{area}/")
        links = lists.tree.xpath("//a[contains(@href, '/new/')]")
        there = {squeezed(a.text_content()): a.get("href") for a in links}
        assert label in there, f"{who} has no “{label}” at /{area}/: {sorted(there)}"
        page = self.sees(who, there[label])
        step = there[label].rpartition("/")[2]
        form = page.form(there[label])
        self._fill(form, f"{step}-", answers)
        return self._landed(who, form, self._files(form)).path

    def take(self, who: str, path: str, label: str, **answers: Any) -> Page:
        """Take a step by its button, after drawing up what it wants; answers the page after it.

        Questions for days and moments that are not answered are answered with now.
        """
        self.draw_up(who, path, label)
        form = self._step_form(who, path, label, answers)
        return self._landed(who, form, self._files(form))

    def refused(self, who: str, path: str, label: str, **answers: Any) -> str:
        """A step that is offered and then refused; answers what the page says is wrong."""
        form = self._step_form(who, path, label, answers)
        answer = self._send(who, form, self._files(form))
        assert answer.status == 422, f"“{label}” was answered with {answer.status}"
        return "".join(answer.errors)

    def not_offered(self, who: str, path: str, label: str) -> str:
        """A step that the page names without offering it; answers the reasons of the page."""
        page = self.sees(who, path)
        assert label not in page.steps, f"{who} is offered “{label}” at {path}"
        return page.not_now

    def _step_form(self, who: str, path: str, label: str, answers: Mapping[str, Any]) -> Form:
        page = self.sees(who, path)
        steps = page.steps
        assert label in steps, (
            f"{who} is not offered “{label}” at {path} ({page.answers.get('到哪一步')}): "
            f"{sorted(steps)}; {page.not_now}"
        )
        form = page.form(f"/steps/{steps[label]}")
        self._fill(form, f"{steps[label]}-", answers)
        return form

    def _fill(self, form: Form, prefix: str, answers: Mapping[str, Any]) -> None:
        for name, value in answers.items():
            form.answer(prefix + name, self._person(value))
        for name, kind in form.kinds.items():
            if name in form.optional or form.values.get(name) or name in answers:
                continue
            if kind == "date":
                form.values[name] = self.today.isoformat()
            elif kind == "datetime-local":
                form.values[name] = f"{self.now:%Y-%m-%dT%H:%M}"

    def _person(self, value: Any) -> Any:
        if isinstance(value, str) and value in PEOPLE:
            return str(self.door.people[value])
        return value

    def _files(self, form: Form) -> dict[str, Any]:
        wanted = [n for n, kind in form.kinds.items() if kind == "file"]
        return {name: [(io.BytesIO(PDF), "回证.pdf")] for name in wanted}

    def _send(self, who: str, form: Form, files: Mapping[str, Any]) -> Page:
        self._at.pop(who, None)
        return Page(self.door.of(who).post(form.action, data=body(form, files)), form.action)

    def _landed(self, who: str, form: Form, files: Mapping[str, Any]) -> Page:
        """Send a form, go where the answer leads, and look at the page there."""
        answer = self._send(who, form, files)
        assert answer.status == 303, f"“{form.label}”: {answer.status} {answer.errors}"
        there = answer.answer.headers["Location"].partition("#")[0]
        self._at.clear()  # a step changes what the others see
        return cast(Page, Later(there, lambda: self.sees(who, there)))

    def send(
        self, who: str, path: str, ending: str = "", *, press: str = "", attach: bool = False,
        **fields: Any,
    ) -> Page:  # fmt: skip
        """Fill another form of a page by the names of its inputs; the page after it.

        `press` is the name and value of the button, where a form has several: "go=submit".
        """
        page = self.sees(who, path)
        form = page.form(ending or path)
        if press:
            name, _, value = press.partition("=")
            there = page.tree.xpath("//button[@name=$n and @value=$v]", n=name, v=value)
            assert there, f"{path} has no button {press}"
            form.values[name] = value
        for name, value in fields.items():
            form.answer(name.replace("__", "-"), self._person(value))
        return self._landed(who, form, self._files(form) if attach else {})

    def upload(self, who: str, path: str, label: str) -> Page:
        """Add a file to a case under a label."""
        form = self.sees(who, path).form("/files")
        form.answer("label", label)
        return self._landed(who, form, {"files": [(io.BytesIO(PDF), "材料.pdf")]})

    # ------------------------------------------------------------ documents

    def draw_up(self, who: str, path: str, label: str) -> None:
        """Draw up, look through and issue every document that a step wants and does not find."""
        for title, link in self.sees(who, path).papers(label).items():
            writer = who
            if not link:
                writer, link = self._writer(path, label, title)
            self.paper(writer, link)

    def write(self, who: str, path: str, title: str) -> Page:
        """Draw up and issue a document that the page offers; its preview."""
        offered = self.sees(who, path).offered
        assert title in offered, f"{who} is not offered “{title}” at {path}: {sorted(offered)}"
        return self.paper(who, offered[title])

    def _writer(self, path: str, label: str, title: str) -> tuple[str, str]:
        for writer in _WRITERS:
            page = self.get(writer, path)
            if page.status == 200 and (link := page.papers(label).get(title)):
                return writer, link
        raise AssertionError(f"nobody is offered to draw up “{title}” at {path}")

    def paper(self, who: str, link: str) -> Page:
        """Fill a document's form, keep the draft, read the preview, issue it; the preview after."""
        form = self.sees(who, link).form(link)
        for name in sorted(form.lacking):
            if not form.values.get(name):
                form.values[name] = self._something(form, name)
        draft = self._landed(who, form, {})
        lacking = draft.tree.xpath("string(//p[contains(@class,'note-late')])")
        assert not lacking, f"{link}: {squeezed(lacking)}"
        issued = self._landed(who, draft.form("/issue"), {})
        issued.says("校验值")
        self._at.clear()
        return issued

    def _something(self, form: Form, name: str) -> str:
        """What a person types where the case does not know it."""
        kind = form.kinds[name]
        if kind == "date":
            return self.today.isoformat()
        if kind == "datetime-local":
            return f"{self.now:%Y-%m-%dT%H:%M}"
        if kind == "money":
            return "60,000"
        if name.count("-") == 2:
            _, row, column = name.split("-")
            people = ("其木格", "阿古拉")
            if int(row) < len(people) and column == "name":
                return people[int(row)]
            return "示例" if int(row) < len(people) else ""
        return "见案卷材料"
