"""The form of a step, made from the questions its table asks; answers go to the verb typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import StopValidation

from tracker.core.accounts.models import User
from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import ROLE_LABELS, Role
from tracker.core.cases.flow import Ask, AskKind, Flow, Step
from tracker.core.errors import SetupError
from tracker.core.registers.officers import certificates
from tracker.web.desk.fields import (
    LONG_TEXT,
    Clean,
    CountField,
    DayField,
    MomentField,
    MoneyField,
    NumberField,
)
from tracker.web.errors import tell

NOTE, FILES = "note", "files"
# The greatest length a question has when its table names none: too short for a long text.
_UNSET = 200
_PEOPLE = frozenset({AskKind.PERSON, AskKind.OFFICER})
_PICKED = frozenset({AskKind.CHOICE, AskKind.CHOICES, *_PEOPLE})


class AskForm(FlaskForm):
    """The form of one step; made by `form_of`, which adds a field a question."""

    def inputs(self) -> dict[str, Any]:
        """The answers for the verb, by the names of the questions; empty ones are left out."""
        found: dict[str, Any] = {}
        for item in self:
            if item.short_name in ("csrf_token", FILES):
                continue
            value = item.data
            if isinstance(item, SelectMultipleField):
                value = tuple(value or ())
            elif isinstance(item, PersonField):
                value = int(value) if value else None
            if value is not None and value != "" and value != ():
                found[item.short_name] = value
        return found

    def problems(self) -> list[tuple[str, str]]:
        """Every error with the id of the input it belongs to, in the order of the page."""
        return [(f.id, str(e)) for f in self for e in f.errors]


class PersonField(SelectField):
    """One of the people of a bureau; its value is the user's id as text."""


class _Answered:
    """Validator: the question must be answered; names it in the error."""

    field_flags: Mapping[str, Any] = {}

    def __init__(self, ask: Ask) -> None:
        self.ask = ask

    def __call__(self, form: AskForm, item: Field) -> None:  # noqa: ARG002 - WTForms' signature
        """Refuse an empty answer."""
        if item.errors or item.process_errors:
            raise StopValidation
        if item.data not in (None, "", [], (), False) and str(item.data).strip():
            return
        what = item.label.text
        if self.ask.kind is AskKind.YES:
            raise StopValidation(gettext("请勾选“%(what)s”", what=what))
        if self.ask.kind in _PICKED:
            raise StopValidation(gettext("请选“%(what)s”", what=what))
        raise StopValidation(gettext("请填“%(what)s”", what=what))


@dataclass(slots=True)
class Staff:
    """The people a form may offer, and what its workflow offers; each list is read once a page."""

    session: Session
    org_id: int
    today: date
    picks: Callable[[str], Mapping[str, str]] | None = None
    _read: dict[tuple[Role | None, bool], list[tuple[str, str]]] = field(default_factory=dict)
    _picked: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def labels(self, ask: Ask) -> Mapping[str, str]:
        """What a question offers: of its own, or from the registers."""
        if not ask.picked or self.picks is None:
            return ask.offered
        if ask.name not in self._picked:
            self._picked[ask.name] = self.picks(ask.name)
        return self._picked[ask.name]

    def offered(self, role: Role | None, *, officers: bool) -> list[tuple[str, str]]:
        """Value and label of everybody with a role (any, when None), certificates on request."""
        key = role, officers
        if key not in self._read:
            self._read[key] = self._choices(role, officers=officers)
        return self._read[key]

    def _choices(self, role: Role | None, *, officers: bool) -> list[tuple[str, str]]:
        roles = [role] if role is not None else list(ROLE_LABELS)
        people: dict[int, User] = {}
        for one in roles:
            people |= {p.id: p for p in people_in(self.session, self.org_id, one, self.today)}
        if not officers:
            return [(str(p.id), p.name) for p in people.values()]
        valid = certificates(self.session, list(people), self.today)
        return [(str(p.id), f"{p.name}　{_certificate(valid.get(p.id))}") for p in people.values()]


def _certificate(number: str | None) -> str:
    if number:
        return str(gettext("执法证 %(n)s，有效", n=number))
    return str(gettext("执法证今天无效"))


def form_of(
    step: Step,
    staff: Staff,
    *,
    sent: MultiDict[str, str] | None = None,
    filled: Mapping[str, Any] | None = None,
    proof_there: bool = False,
) -> AskForm:
    """The form of a step: with what was sent, else filled with sensible values."""
    fields = {ask.name: _field(ask, staff) for ask in step.asks}
    if step.proof:
        fields[FILES] = MultipleFileField(tell(step.proof), validators=[_proof(there=proof_there)])
    if NOTE not in fields:
        fields[NOTE] = _note(step)
    kind = type(f"{step.name}_form", (AskForm,), fields)
    form: AskForm = kind(formdata=sent, data=filled, prefix=f"{step.name}-")
    return form


def _note(step: Step) -> Any:
    label = gettext("理由") if step.needs_note else gettext("说明")
    checks: list[Any] = [Clean(LONG_TEXT, multiline=True)]
    if step.needs_note:
        checks.insert(0, _Answered(Ask(NOTE, label, AskKind.LONG)))
    return TextAreaField(label, checks)


def _field(ask: Ask, staff: Staff) -> Any:
    label = tell(ask.label)
    must: list[Any] = [_Answered(ask)] if ask.required else []
    hint = tell(ask.hint)
    match ask.kind:
        case AskKind.TEXT:
            return StringField(label, [*must, Clean(ask.most)], description=hint)
        case AskKind.LONG:
            most = LONG_TEXT if ask.most == _UNSET else ask.most
            return TextAreaField(label, [*must, Clean(most, multiline=True)], description=hint)
        case AskKind.CHOICE:
            choices = [_choose(), *_labels(ask, staff)]
            return SelectField(label, must, choices=choices, description=hint)
        case AskKind.CHOICES:
            return SelectMultipleField(label, must, choices=_labels(ask, staff), description=hint)
        case AskKind.YES:
            return BooleanField(label, must, description=hint)
        case AskKind.PERSON | AskKind.OFFICER:
            return _person(ask, staff, label, must, hint)
    return _PLAIN[ask.kind](label, must, description=hint)


_PLAIN: dict[AskKind, type[Field]] = {
    AskKind.DATE: DayField,
    AskKind.MOMENT: MomentField,
    AskKind.MONEY: MoneyField,
    AskKind.NUMBER: NumberField,
    AskKind.COUNT: CountField,
}


def _person(ask: Ask, staff: Staff, label: str, must: Sequence[Any], hint: str) -> Any:
    officers = ask.kind is AskKind.OFFICER
    role = ask.role or (Role.INSPECTOR if officers else None)
    offered = staff.offered(role, officers=officers)
    choices = [_choose(), *(SelectChoice(value, text) for value, text in offered)]
    return PersonField(label, must, choices=choices, description=hint)


def _labels(ask: Ask, staff: Staff) -> list[SelectChoice]:
    return [SelectChoice(value, tell(label)) for value, label in staff.labels(ask).items()]


def _choose() -> SelectChoice:
    return SelectChoice("", gettext("请选择"))


def _proof(*, there: bool) -> Any:
    def check(form: AskForm, item: Field) -> None:  # noqa: ARG001 - WTForms' signature
        given = [f for f in item.data or [] if getattr(f, "filename", "")]
        if not given and not there:
            raise StopValidation(gettext("请上传%(what)s", what=item.label.text))

    return check


def check_asks(flow: Flow) -> None:
    """Refuse to start with questions whose names a form needs for itself, or asked twice."""
    taken = set(dir(AskForm)) | {FILES}
    for step in flow.steps:
        names = [ask.name for ask in step.asks]
        bad = [n for n in names if n in taken or not n.isidentifier() or names.count(n) > 1]
        if bad:
            raise SetupError(f"{flow.kind}.{step.name} asks under names that cannot be: {bad}")


def spoken(
    flow: Flow, step_name: str, given: Mapping[str, Any], names: Mapping[int, str], told: Any
) -> tuple[tuple[str, str], ...]:
    """The answers of a step as people read them; `told` writes a value that is no choice."""
    asks: Iterable[Ask] = flow.step(step_name).asks
    found = []
    for ask in asks:
        if ask.name not in given:
            continue
        found.append((tell(ask.label), _say(ask, given[ask.name], names, told)))
    return tuple(found)


def _say(ask: Ask, value: Any, names: Mapping[int, str], told: Any) -> str:
    if ask.kind in _PEOPLE and isinstance(value, int):
        return names.get(value, "")
    if ask.kind is AskKind.CHOICE:
        return tell(ask.offered.get(str(value), str(value)))
    if ask.kind is AskKind.CHOICES:
        return tell("、").join(tell(ask.offered.get(str(v), str(v))) for v in value)
    if ask.kind is AskKind.MONEY:
        return str(gettext("%(n)s 元", n=told(value)))
    return str(told(value))
