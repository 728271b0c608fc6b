"""What a unit writes down of a change: read from the form, checked against the registers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.means import means
from tracker.core.errors import N_, BadInput, say
from tracker.core.norms.model import FilingRule, Mode
from tracker.core.registers.models import Organisation
from tracker.core.registers.names import name_key
from tracker.core.staff import numbers, register
from tracker.core.staff.models import DUTY_LABELS, Duty, Holding, Person
from tracker.core.staff.scope import may_read
from tracker.workflows.filings import change as reading
from tracker.workflows.filings.models import CHANGES, ENGAGEMENTS, Filing

_TITLES = {
    "out": "调出",
    "in": "新任",
    "move": "转岗",
    "leave": "长期请假",
    "lead": "变动",
}
_ENGAGED = {
    "full_on": (True, True),
    "full_off": (True, False),
    "part_on": (False, True),
    "part_off": (False, False),
}


@dataclass(slots=True)
class Content:
    """The columns of a filing, its title, and the answers as people read them in the history."""

    columns: dict[str, Any]
    title: str
    region_code: str
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """Who writes, for which unit, when, and what was typed."""

    session: Session
    actor: Actor
    origin: Organisation
    inputs: Mapping[str, Any]
    now: datetime
    today: date
    case_id: int | None = None
    irregular: bool = False

    def text(self, name: str) -> str:
        """A text, trimmed; empty when it was not given."""
        return str(self.inputs.get(name) or "").strip()

    def day(self, name: str) -> date | None:
        """A date, or None."""
        value = self.inputs.get(name)
        return value if isinstance(value, date) else None


def read(form: Form) -> Content:
    """Everything of the form, checked; BadInput names the field and says what to do."""
    change = form.text("change")
    if change not in CHANGES:
        raise BadInput("change", say("请选变动类型。"))
    effective_on = form.day("effective_on")
    if effective_on is None:
        raise BadInput("effective_on", say("请填生效日期。"))
    left = _post_left(form, change, effective_on)
    place_code, org_id = _place(form, left[0] if left else None)
    comes = _incoming(form, left[1] if left else None, place_code)
    if change == "in" and comes is None:
        raise BadInput("incoming", say("新任的要写明接任人员：在名册里选，或者填姓名和身份证号。"))
    duty, full_time, on_payroll = _new_post(form, left[0] if left else None, comes)
    rule, mode = _mode(form, place_code, org_id, change, effective_on)
    gap_until = form.day("gap_until")
    if gap_until is not None and gap_until < max(effective_on, form.today):
        raise BadInput("gap_until", say("补员期限不能早于今天和生效日期。"))
    place = reading.place_name(form.session, place_code, org_id)
    columns = {
        "change": change,
        "mode": mode,
        "mode_rule": rule.id if rule is not None else "",
        "place_code": place_code,
        "place_org_id": org_id,
        "holding_id": left[0].id if left else None,
        "outgoing_id": left[1].id if left else None,
        "incoming_id": comes.id if comes is not None else None,
        "duty": duty,
        "post_title": form.text("post_title"),
        "full_time": full_time,
        "on_payroll": on_payroll,
        "overseer": form.text("overseer"),
        "destination": form.text("destination"),
        "reason": form.text("reason"),
        "gap_plan": form.text("gap_plan"),
        "gap_until": gap_until,
        "effective_on": effective_on,
        "leave_to": _leave_to(form, change, effective_on),
    }
    people = [p.name for p in ((left[1] if left else None), comes) if p is not None]
    return Content(
        columns=columns,
        title=title_of(place, change, left[1].name if left else people[-1] if people else ""),
        region_code=place_code,
        said=_said(form, left, comes, rule, place),
    )


def title_of(place: str, change: str, name: str) -> str:
    """How a filing is called: 罕台镇统计人员某某调出."""
    who = "统计负责人" if change == "lead" else "统计人员"
    return f"{place}{who}{name}{_TITLES[change]}"[:200]


def post_words(holding: Holding, person: Person, place: str) -> str:
    """A post and who has it, on one line: 某某（统计人员，罕台镇）."""
    return f"{person.name}（{DUTY_LABELS[Duty(holding.duty)]}，{place}）"


def _said(
    form: Form,
    left: tuple[Holding, Person] | None,
    comes: Person | None,
    rule: FilingRule | None,
    place: str,
) -> dict[str, Any]:
    """The answers for the history: names for numbers, and never an identity number."""
    hidden = ("note", "identity_number", "new_name")
    said = {k: v for k, v in form.inputs.items() if k not in hidden}
    if left is not None:
        said["holding"] = post_words(*left, place)
    if comes is not None:
        said["incoming"] = comes.name
    if "place" in said:
        said["place"] = place
    if rule is not None:
        said["mode_rule"] = str(rule.source)
    return said


# ---------------------------------------------------------------- who leaves


def _post_left(form: Form, change: str, effective_on: date) -> tuple[Holding, Person] | None:
    chosen = form.text("holding")
    if change == "in":
        if chosen:
            raise BadInput(
                "holding", say("“调入（新任）”不选变动人员；有人离任的，请选“调出”或者“转岗”。")
            )
        return None
    if not chosen:
        if form.irregular:
            return None
        raise BadInput("holding", say("请选变动人员；名册里没有的，请统计机构先补登名册。"))
    posts = reading.posts_at(form.session, form.origin, min(form.today, effective_on))
    found = next(((h, p) for h, p in posts if str(h.id) == chosen), None)
    if found is None:
        raise BadInput("holding", say("这个岗位不在本单位的名册里，或者已经离任。"))
    holding, person = found
    began = max(holding.since, holding.confirmed_on or holding.since)
    if effective_on <= began:
        raise BadInput(
            "effective_on",
            say("生效日期要晚于%(who)s的任职日期 %(day)s。", who=person.name, day=began),
        )
    if holding.until is not None and holding.until < effective_on:
        raise BadInput("holding", say("%(who)s在生效日期以前已经离任。", who=person.name))
    _refuse_second(form, holding, person)
    return holding, person


def _refuse_second(form: Form, holding: Holding, person: Person) -> None:
    """One post has one open filing."""
    other = form.session.scalars(
        select(Filing).where(
            Filing.holding_id == holding.id,
            Filing.closed_at.is_(None),
            Filing.id != (form.case_id or 0),
        )
    ).first()
    if other is not None:
        raise BadInput(
            "holding",
            say(
                "%(who)s的变动已经有一件在办：%(what)s。",
                who=person.name,
                what=other.number or other.title,
            ),
        )


def _place(form: Form, left: Holding | None) -> tuple[str, int | None]:
    """The place of the post, and the department whose post it is."""
    chosen = form.text("place")
    if left is not None:
        if chosen and chosen != left.region_code:
            raise BadInput("place", say("变动人员的岗位不在这个地方；不选就按本人的岗位。"))
        return left.region_code, left.org_id if reading.is_department(form.origin) else None
    if reading.is_department(form.origin):
        return form.origin.region_code, form.origin.id
    if chosen and chosen not in reading.places_of(form.session, form.origin):
        raise BadInput("place", say("请选本单位管的地方。"))
    return chosen or form.origin.region_code, None


# ---------------------------------------------------------------- who comes


def _incoming(form: Form, leaver: Person | None, place_code: str) -> Person | None:
    person = _chosen_person(form) or _entered_person(form, place_code)
    if person is not None and leaver is not None and person.id == leaver.id:
        raise BadInput("incoming", say("接任人员不能是变动人员本人。"))
    return person


def _chosen_person(form: Form) -> Person | None:
    chosen = form.text("incoming")
    if not chosen:
        return None
    if form.text("new_name"):
        raise BadInput("new_name", say("接任人员已经在名册里选了，这里就不用再填。"))
    person = (
        form.session.get(Person, int(chosen)) if chosen.isascii() and chosen.isdigit() else None
    )
    if person is None or not (
        may_read(form.session, form.actor, person.id) or _named_before(form, person.id)
    ):
        raise BadInput("incoming", say("名册里没有这个人；请填姓名和身份证号。"))
    return person


def _named_before(form: Form, person_id: int) -> bool:
    """Whether this filing names the person already: known by name and number from elsewhere."""
    case = None if form.case_id is None else form.session.get(Filing, form.case_id)
    return case is not None and case.incoming_id == person_id


def _entered_person(form: Form, place_code: str) -> Person | None:
    """Somebody by name and number: found in the register, else entered there now."""
    name, number = form.text("new_name"), form.text("identity_number")
    if not name and not number:
        return None
    if not name:
        raise BadInput("new_name", say("请填接任人员的姓名。"))
    if not number:
        raise BadInput("identity_number", say("请填接任人员的身份证号，免得名册里重复登记。"))
    kek = means().kek()
    try:
        number = numbers.check(number)
    except BadInput as error:
        raise BadInput("identity_number", error.message) from None
    known = register.find_by_number(form.session, number, kek)
    if known is not None:
        if known.name_key != name_key(name):
            raise BadInput("new_name", say("这个身份证号在名册里登记的是另一个姓名，请核对证件。"))
        return known
    return register.add_person(
        form.session,
        register.PersonData(name=name, region_code=place_code, number=number),
        actor_id=form.actor.user_id,
        now=form.now,
        kek=kek,
    )


def _new_post(form: Form, left: Holding | None, comes: Person | None) -> tuple[str, bool, bool]:
    duty, engaged = form.text("duty"), form.text("engagement")
    if engaged and engaged not in ENGAGEMENTS:
        raise BadInput("engagement", say("请选用工。"))
    if left is None and comes is not None and not engaged:
        raise BadInput("engagement", say("请选接任人员用工：专职还是兼职，在编还是不在编。"))
    chosen = duty or (left.duty if left is not None else Duty.STATISTICIAN.value)
    if engaged:
        return (chosen, *_ENGAGED[engaged])
    if left is None:
        return chosen, False, False
    return chosen, left.full_time, left.on_payroll


def engagement_of(*, full_time: bool, on_payroll: bool) -> str:
    """The key of ENGAGEMENTS for a post."""
    return next(k for k, v in _ENGAGED.items() if v == (full_time, on_payroll))


# ---------------------------------------------------------------- in which way, until when


def _mode(
    form: Form, place_code: str, org_id: int | None, change: str, effective_on: date
) -> tuple[FilingRule | None, str]:
    """The rule that was chosen, else the place's own; what was found is always filed after."""
    offered = reading.modes(form.session, place_code, org_id, change, form.today)
    if form.irregular:
        rule = next((r for r in offered if r.mode is Mode.FILING), None)
        return rule, Mode.FILING.value
    wanted = form.text("mode_rule")
    rule = next((r for r in offered if r.id == wanted), None)
    if wanted and rule is None:
        raise BadInput("mode_rule", say("这种变动在本地不适用这种方式；不选就按本地规定。"))
    rule = rule or (offered[0] if offered else None)
    mode = rule.mode.value if rule is not None else Mode.FILING.value
    if mode == Mode.CONSENT.value and effective_on <= form.today:
        raise BadInput(
            "effective_on",
            say("按%(source)s要事先征得同意，生效日期要晚于同意日期。", source=rule.source.words)
            if rule is not None
            else say(N_("生效日期要晚于同意日期。")),
        )
    return rule, mode


def _leave_to(form: Form, change: str, effective_on: date) -> date | None:
    if change != "leave":
        return None
    until = form.day("leave_to")
    if until is None:
        raise BadInput("leave_to", say("请填请假截止日期。"))
    if until < effective_on:
        raise BadInput("leave_to", say("请假截止日期不能早于生效日期。"))
    return until
