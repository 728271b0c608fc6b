"""The form of a step for many cases: filled in once, offering only what does for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice, SelectField, SelectMultipleField

from tracker.core.accounts.actor import Actor
from tracker.core.cases.bulk_steps import for_many
from tracker.core.cases.flow import Flow, Step
from tracker.core.cases.models import Case
from tracker.web.desk.forms import form_of
from tracker.web.desk.page import staff_of
from tracker.web.desk.shape import Desk


class StepForms(Protocol):
    """What a workflow says of the forms of its steps, where many cases take one together."""

    def suits(self, step: Step) -> bool:
        """Whether the answers can be the same for many cases."""
        ...

    def form(
        self,
        session: Session,
        actor: Actor,
        case: Case,
        step: Step,
        sent: MultiDict[str, str] | None,
    ) -> Any:
        """The form as it stands on the page of one case, empty or as it was sent."""
        ...

    def inputs(self, session: Session, actor: Actor, form: Any) -> dict[str, Any]:
        """The answers for the verb; BadInput names a field that is wrong."""
        ...


class DeskForms:
    """The forms of a workflow whose pages are the kit's."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def suits(self, step: Step) -> bool:
        """As its questions say."""
        return for_many(step)

    def form(
        self,
        session: Session,
        actor: Actor,
        case: Case,
        step: Step,
        sent: MultiDict[str, str] | None,
    ) -> Any:
        """The form made from the questions of the step."""
        return form_of(
            step, staff_of(session, self.desk, actor, case, case.bureau_id or 0), sent=sent
        )

    def inputs(self, session: Session, actor: Actor, form: Any) -> dict[str, Any]:  # noqa: ARG002
        """The answers by the names of the questions."""
        found: dict[str, Any] = form.inputs()
        return found


class Forms:
    """The forms of the workflows by kind; `app.py` fills it."""

    def __init__(self) -> None:
        self._forms: dict[str, StepForms] = {}

    def add(self, kind: str, forms: StepForms) -> None:
        """Say how the steps of a kind are asked about."""
        self._forms[kind] = forms

    def get(self, kind: str) -> StepForms | None:
        """The forms of a kind; None for a workflow that offers none."""
        return self._forms.get(kind)

    def suits(self, flow: Flow, step: Step) -> bool:
        """Whether many cases can take a step together."""
        forms = self._forms.get(flow.kind)
        return forms is not None and bool(step.source) and forms.suits(step)


step_forms = Forms()


def form_for(
    session: Session,
    actor: Actor,
    cases: Sequence[Case],
    step: Step,
    sent: MultiDict[str, str] | None = None,
) -> Any:
    """One form for cases of one kind; what it offers to choose from does for every one of them.

    `cases` is one of each house: who can be chosen depends on the house.
    """
    forms = step_forms.get(cases[0].kind)
    assert forms is not None, cases[0].kind  # noqa: S101 - the caller has asked `suits`
    first, *others = (forms.form(session, actor, case, step, sent) for case in cases)
    for field in first:
        if isinstance(field, SelectField | SelectMultipleField):
            kept = [{_value(c) for c in other[field.short_name].choices} for other in others]
            field.choices = [c for c in field.choices if all(_value(c) in k for k in kept)]
    return first


def _value(choice: Any) -> str:
    return str(choice.value if isinstance(choice, SelectChoice) else choice[0])


def fields_of(form: Any) -> list[Any]:
    """The fields of a form in the order of the page: the note comes last."""
    shown = [f for f in form if f.short_name != "csrf_token"]
    return sorted(shown, key=lambda f: f.short_name == "note")


def problems_of(form: Any) -> list[tuple[str, str]]:
    """Every error with the id of its input."""
    return [(f.id, str(e)) for f in form for e in f.errors]
