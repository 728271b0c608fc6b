"""The calculator: a due date for any start, rule or term; the address is the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, SelectChoice, SelectField, StringField
from wtforms.fields.core import Field

from tracker.core.calendar import store
from tracker.core.calendar.days import OutsideCalendar
from tracker.core.db import db
from tracker.core.deadlines.due import (
    Pause,
    Start,
    count,
    count_back,
    plain,
    read_date,
    read_span,
    read_start,
    read_term,
    rolls_by_default,
    start_iso,
)
from tracker.core.deadlines.spoken import time_words
from tracker.core.deadlines.working import Working
from tracker.core.errors import BadInput, say
from tracker.core.rulebook.loader import RuleMissing, default_rulebook
from tracker.core.rulebook.model import FAMILY_LABELS, SENSE_LABELS, Rule, Sense
from tracker.core.rulebook.terms import UNIT_LABELS, Term, Unit
from tracker.web.access import current_actor, logged_in
from tracker.web.errors import tell
from tracker.web.rules import home_region
from tracker.web.shell import today
from tracker.web.workings import draw

bp = Blueprint("calculator", __name__, url_prefix="/dates")
T = TypeVar("T")
_MOST_PAUSES = 20
_FREE_UNITS = (Unit.WD, Unit.CD, Unit.M, Unit.H, Unit.Y)


class PauseForm(Form):
    """One suspension: from its first day up to the day of resumption."""

    begin = StringField(lazy_gettext("中止日"))
    end = StringField(lazy_gettext("恢复日，当日起算"))


class QuestionForm(FlaskForm):
    """What is asked. It changes nothing, so it is sent in the address and needs no token."""

    class Meta:
        """No token: see above."""

        csrf = False

    rule = SelectField(lazy_gettext("规则"), validate_choice=False)
    count = StringField(lazy_gettext("长度（没有选规则时填）"))
    unit = SelectField(lazy_gettext("单位"), validate_choice=False)
    start = StringField(lazy_gettext("如果从哪天起算"))
    time = StringField(lazy_gettext("时刻（按小时计算时填）"))
    pauses = FieldList(FormField(PauseForm), min_entries=1, max_entries=_MOST_PAUSES)
    more = StringField(lazy_gettext("延长多久"))
    more_unit = SelectField(lazy_gettext("单位"), validate_choice=False)
    roll = SelectField(lazy_gettext("届满日是休息日"), validate_choice=False)
    known_on = StringField(lazy_gettext("按哪天所知的放假安排"))


@dataclass(frozen=True, slots=True)
class Answer:
    """The working of a question, and the rule it follows; None for a length of one's own."""

    working: Working
    rule: Rule | None
    # Whether a time of day was given that a term of days takes no notice of.
    untimed: bool


@bp.get("/")
@logged_in
def show_calculator() -> ResponseReturnValue:
    """The form, and under it the answer with its working."""
    asked = bool(request.args)
    form = QuestionForm(formdata=_question(request.args) if asked else None)
    if "start" not in request.args:
        form.start.data = today().isoformat()
    answer = _answer(db.session(), form) if asked else None
    _offer(form)
    _spare_row(form)
    drawn = None
    if answer is not None:
        label = tell(answer.rule.title) if answer.rule else gettext("自定的长度")
        drawn = draw(answer.working, today(), label=label)
    body = render_template(
        "calculator/calculator.html",
        form=form,
        asked=asked,
        answer=answer,
        drawn=drawn,
        problems=_problems(form),
    )
    return Response(body, 422 if asked and answer is None else 200)


# ---------------------------------------------------------------- what was asked


def _question(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """The address with `tracker due`'s own names (term, extend, suspend, known-on) as the form's.

    What cannot be read is put into its field as it is, and refused there.
    """
    found = args.copy()
    if "term" in args:
        found.setlist("count", [])
        _put_term(found, args["term"], "count", "unit")
    if extensions := args.getlist("extend"):
        _put_term(found, "＋".join(extensions), "more", "more_unit")
    for n, written in enumerate(args.getlist("suspend")):
        try:
            begin, end = read_span(written)
            found[f"pauses-{n}-begin"], found[f"pauses-{n}-end"] = start_iso(begin), start_iso(end)
        except BadInput:
            found[f"pauses-{n}-begin"] = written
    if "known-on" in args:
        found["known_on"] = args["known-on"]
    if "no-roll" in args:
        found["roll"] = "no"
    return found


def _put_term(found: MultiDict[str, str], written: str, count_name: str, unit_name: str) -> None:
    try:
        term = read_term(written)
        found[count_name], found[unit_name] = str(term.count), term.unit.value
    except BadInput:
        found[count_name] = written


# ---------------------------------------------------------------- what is offered


def _offer(form: QuestionForm) -> None:
    """Fill the selects: rules by kind of work, units, and what happens on rest days."""
    groups: dict[str, list[SelectChoice]] = {"": [SelectChoice("", gettext("自定长度"))]}
    for rule in _rules(form.start.data or ""):
        term = rule.term
        length = "" if term is None else tell(say(SENSE_LABELS[rule.sense], term=term.phrase))
        label = f"{rule.id}　{tell(rule.title)}　{length}"
        groups.setdefault(tell(FAMILY_LABELS[rule.family]), []).append(SelectChoice(rule.id, label))
    first, *others = groups.items()
    form.rule.choices = [*first[1], *_in_groups(others)]
    units = [SelectChoice(u.value, tell(UNIT_LABELS[u])) for u in _FREE_UNITS]
    form.unit.choices = units
    form.more_unit.choices = [SelectChoice("", gettext("同上")), *units]
    form.roll.choices = [
        SelectChoice("", gettext("按规则，或按单位的惯例")),
        SelectChoice("yes", gettext("顺延到工作日")),
        SelectChoice("no", gettext("不顺延")),
    ]


def _in_groups(groups: Sequence[tuple[str, list[SelectChoice]]]) -> list[SelectChoice]:
    return [
        SelectChoice(choice.value, choice.label, optgroup=name)
        for name, choices in groups
        for choice in choices
    ]


def _rules(start: str) -> list[Rule]:
    """The rules with a length, as they hold where the reader works: on the start day, or now."""
    book, home, found = default_rulebook(), home_region(current_actor()), {}
    days = [today()]
    with suppress(BadInput):
        days.insert(0, read_start(start).on)
    for rule in book.all():
        for on in days:
            if rule.id not in found and rule.applies_to(home) and rule.valid_on(on):
                found[rule.id] = book.rule_for_dates(rule.id, on, on, home)
    return [rule for rule in found.values() if rule.term is not None]


def _spare_row(form: QuestionForm) -> None:
    """Always one empty row for another suspension; it comes back with the answer."""
    last = form.pauses[-1]
    if (last.begin.data or last.end.data) and len(form.pauses) < _MOST_PAUSES:
        form.pauses.append_entry()


# ---------------------------------------------------------------- the answer


def _answer(session: Session, form: QuestionForm) -> Answer | None:
    """Read every field, and count when all could be read; what is wrong stands at its field."""
    start = _read(form.start, read_start)
    timed = bool(form.time.data) or (start is not None and start.at is not None)
    rule = _rule(form, start)
    term = rule.term if rule is not None else _term(form.count, form.unit.data)
    if start is not None and term is not None and term.unit is Unit.H:
        start = _moment(form, start)
    more = _more(form, term)
    spans = [span for row in form.pauses if (span := _pause(row)) is not None]
    known = _read(form.known_on, lambda text: read_date(text, "")) if form.known_on.data else None
    backwards = rule is not None and rule.sense is Sense.BEFORE
    if backwards:
        _refuse_with(form, more, spans)
    _show_as_read(form, start, spans, known)
    if start is None or term is None or _problems(form):
        return None
    hours = term.unit is Unit.H
    timed = not hours and (timed or any(end.at for span in spans for end in span))
    default = rule.roll if rule is not None else rolls_by_default(term.unit)
    roll = {"yes": True, "no": False}.get(form.roll.data or "", default)
    try:
        calendar = store.load(session, known)
        if backwards:
            return Answer(count_back(start.on, term, calendar), rule, timed)
        return Answer(count(start, (term, *more), spans, roll, calendar), rule, timed)
    except BadInput as error:
        field = {"extend": form.more, "roll": form.roll}.get(error.field_name, form.start)
        _wrong(field, tell(error.message))
    except OutsideCalendar as error:
        _wrong(form.start, tell(error.message))
    return None


def _rule(form: QuestionForm, start: Start | None) -> Rule | None:
    """The version of the chosen rule that holds on the start day."""
    if not form.rule.data:
        return None
    try:
        on = start.on if start is not None else today()
        home = home_region(current_actor())
        # Where the act chooses the version, the clock starts with the act.
        rule = default_rulebook().rule_for_dates(form.rule.data, on, on, home)
    except RuleMissing as error:
        _wrong(form.rule, tell(error.message))
        return None
    if rule.term is None:
        _wrong(form.rule, gettext("这条规则没有规定长度，请选“自定长度”再填。"))
        return None
    return rule


def _term(field: StringField, unit: str | None) -> Term | None:
    written = plain(field.data or "")
    if not (written.isascii() and written.isdigit() and len(written) <= 5 and int(written)):
        _wrong(field, gettext("要填正整数，例如 5"))
        return None
    if unit not in {u.value for u in _FREE_UNITS}:
        _wrong(field, gettext("请选单位"))
        return None
    return Term(int(written), Unit(unit))


def _more(form: QuestionForm, term: Term | None) -> tuple[Term, ...]:
    if not (form.more.data or "").strip():
        return ()
    unit = form.more_unit.data or (term.unit.value if term is not None else Unit.CD.value)
    found = _term(form.more, unit)
    return () if found is None else (found,)


def _moment(form: QuestionForm, start: Start) -> Start | None:
    """Hours run from a time of day."""
    if start.at is not None:
        return start
    written = (form.time.data or "").strip()
    if not written:
        _wrong(form.time, gettext("按小时计算，要填起算的时刻，例如 10:00"))
        return None
    return _read(form.time, lambda text: read_start(f"{start.on}T{text.strip()}"))


def _refuse_with(form: QuestionForm, more: Sequence[Term], spans: Sequence[Pause]) -> None:
    """What was counted back from a day is neither suspended, extended nor moved."""
    if more:
        _wrong(form.more, gettext("往前推算的规则没有延长，请清空"))
    if spans:
        _wrong(form.pauses[0].begin, gettext("往前推算的规则没有中止，请清空"))
    if form.roll.data == "yes":
        _wrong(form.roll, gettext("往前推算的规则不顺延"))


def _show_as_read(
    form: QuestionForm, start: Start | None, spans: Sequence[Pause], known: date | None
) -> None:
    """Dates in the one form that date fields of browsers show."""
    if start is not None:
        form.start.data = start.on.isoformat()
        if start.at is not None:
            form.time.data = time_words(start.at)
    if known is not None:
        form.known_on.data = known.isoformat()
    rows = [row for row in form.pauses if row.begin.data or row.end.data]
    if len(rows) == len(spans):
        for row, (begin, end) in zip(rows, spans, strict=True):
            row.begin.data, row.end.data = start_iso(begin), start_iso(end)


def _pause(row: PauseForm) -> Pause | None:
    if not row.begin.data and not row.end.data:
        return None
    begin = _read(row.begin, read_start)
    end = _read(row.end, read_start)
    if begin is None or end is None:
        return None
    if end.moment < begin.moment:
        _wrong(row.end, gettext("恢复日不能早于中止日"))
        return None
    return begin, end


def _read(field: StringField, reader: Callable[[str], T]) -> T | None:
    try:
        return reader(field.data or "")
    except BadInput as error:
        _wrong(field, tell(error.message) if field.data else gettext("请填日期"))
        return None


def _wrong(field: Field, why: str) -> None:
    field.errors = [*field.errors, why]


def _problems(form: QuestionForm) -> list[tuple[str, str]]:
    """Every complaint with the field it belongs to."""
    fields: list[Field] = [f for f in form if f.name != "pauses"]
    fields += [f for row in form.pauses for f in (row.begin, row.end)]
    return [(f.id, str(e)) for f in fields for e in f.errors]
