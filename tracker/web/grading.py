"""The penalty calculator and the tables behind it; the address is the question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectChoice, SelectField, StringField
from wtforms.fields.core import Field

from tracker.core.accounts.roles import Role
from tracker.core.benchmarks.bands import Interval
from tracker.core.benchmarks.grade import grade
from tracker.core.benchmarks.loader import Benchmarks, default_benchmarks
from tracker.core.benchmarks.model import (
    ACT_LABELS,
    INDICATOR_LABELS,
    SUBJECT_LABELS,
    Act,
    Indicator,
    Law,
    Row,
    Subject,
    Table,
    TableKind,
)
from tracker.core.benchmarks.result import (
    MARK_LABELS,
    OUTCOME_LABELS,
    Figure,
    Graded,
    Question,
)
from tracker.core.benchmarks.words import number_words, range_words, read_number
from tracker.core.deadlines.due import read_date
from tracker.core.errors import N_, BadInput, say
from tracker.core.rulebook.model import VERIFIED_LABELS
from tracker.web.access import current_actor, needs
from tracker.web.errors import tell
from tracker.web.grade_bar import grade_bar
from tracker.web.rules import home_region

bp = Blueprint("grading", __name__, url_prefix="/grading")
WHO = (Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER)
T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)
# Yuan a unit, under the names the forms of statistics print.
_UNITS = {
    "1": N_("元"),
    "1000": N_("千元"),
    "10000": N_("万元"),
    "100000000": N_("亿元"),
}


class GradeForm(FlaskForm):
    """What is asked. It changes nothing, so it is sent in the address and needs no token."""

    class Meta:
        """No token: see above."""

        csrf = False

    table = SelectField(lazy_gettext("裁量基准表"), validate_choice=False)
    subject = SelectField(lazy_gettext("当事人"), validate_choice=False)
    act = SelectField(lazy_gettext("违法行为"), validate_choice=False)
    case = SelectField(lazy_gettext("认定的情形"), validate_choice=False)
    indicator = SelectField(lazy_gettext("指标"), validate_choice=False)
    reported = StringField(lazy_gettext("上报数"))
    due = StringField(lazy_gettext("应报数"))
    unit = SelectField(lazy_gettext("单位"), validate_choice=False)
    act_date = StringField(lazy_gettext("违法行为发生（终了）的日期"))
    decision_date = StringField(lazy_gettext("决定日期"))
    aggravated = BooleanField(lazy_gettext("已认定情节严重"))


@bp.get("/")
@needs(*WHO)
def show_grading() -> ResponseReturnValue:
    """The form, and under it the range with its working."""
    asked = bool(request.args)
    form = GradeForm(formdata=request.args if asked else None)
    benchmarks = default_benchmarks()
    if not form.table.data:
        form.table.data = _usual(benchmarks)
    graded = _answer(benchmarks, form) if asked else None
    _offer(benchmarks, form)
    body = render_template(
        "grading/calculator.html",
        form=form,
        asked=asked,
        graded=graded,
        bar=None if graded is None else grade_bar(graded),
        big=None if graded is None else _big(graded),
        has_cases=len(form.case.choices) > 1,
        number=number_words,
        labels=_LABELS,
        problems=[(f.id, str(e)) for f in form for e in f.errors],
    )
    return Response(body, 422 if asked and graded is None else 200)


@bp.get("/tables")
@needs(*WHO)
def list_tables() -> ResponseReturnValue:
    """Every table with its rows, validity and source."""
    benchmarks = default_benchmarks()
    return render_template(
        "grading/tables.html",
        tables=[t for t in benchmarks.all() if t.kind is not TableKind.STATUTE],
        laws=[law for law in benchmarks.laws.all() if law.statutes],
        fines=_fines,
        ends=_ends,
        acts=lambda acts: tell("；").join(tell(ACT_LABELS[act]) for act in acts),
        names=_names,
        validity=_validity,
        money=range_words,
        labels=_LABELS,
    )


_LABELS = {
    "subject": SUBJECT_LABELS,
    "indicator": INDICATOR_LABELS,
    "act": ACT_LABELS,
    "outcome": OUTCOME_LABELS,
    "mark": MARK_LABELS,
    "verified": VERIFIED_LABELS,
    "unit": _UNITS,
}


# ---------------------------------------------------------------- what is offered


def _usual(benchmarks: Benchmarks) -> str:
    """The table in force where the reader works, else the statute's own range."""
    reaching = benchmarks.for_region(home_region(current_actor()))
    own = [t.id for t in reaching if t.kind is TableKind.FINE and not t.superseded]
    statute = [t.id for t in reaching if t.kind is TableKind.STATUTE]
    return (own or statute or [""])[0]


def _offer(benchmarks: Benchmarks, form: GradeForm) -> None:
    """Fill the selects; the cases are those of the chosen table."""
    home = home_region(current_actor())
    form.table.choices = [
        SelectChoice(t.id, _table_label(t), optgroup=_table_group(t, home))
        for t in sorted(benchmarks.all(), key=lambda t: _table_order(t, home))
    ]
    form.subject.choices = _choices(SUBJECT_LABELS)
    form.indicator.choices = _choices(INDICATOR_LABELS)
    fined = {act for law in benchmarks.laws.all() for s in law.statutes if s.fine_max
             for act in s.acts}  # fmt: skip
    form.act.choices = [
        SelectChoice("", tell("按表和情形推定")),
        *_choices({act: label for act, label in ACT_LABELS.items() if act in fined}),
    ]
    form.unit.choices = [SelectChoice(key, tell(label)) for key, label in _UNITS.items()]
    rows = next((t.rows for t in benchmarks.all() if t.id == form.table.data), ())
    form.case.choices = [
        SelectChoice("", tell("没有认定")),
        *(SelectChoice(row.case, tell(row.label)) for row in rows if row.case),
    ]


def _choices(labels: dict[Choice, str]) -> list[SelectChoice]:
    return [SelectChoice(key.value, tell(label)) for key, label in labels.items()]


def _table_order(table: Table, home: str) -> tuple[bool, bool, bool, bool]:
    return (
        table.kind is TableKind.WAIVER,
        table.kind is not TableKind.STATUTE,
        not table.applies_to(home),
        table.superseded,
    )


def _table_group(table: Table, home: str) -> str:
    if table.kind is TableKind.STATUTE:
        return tell("法律")
    if table.kind is TableKind.WAIVER:
        return tell("不予处罚清单")
    if home and table.applies_to(home):
        return tell("本地区适用的裁量基准")
    return tell("其他地区的裁量基准，只供对照")


def _table_label(table: Table) -> str:
    title = tell(table.title)
    return tell(say("%(title)s，已失效或者被取代", title=title)) if table.superseded else title


# ---------------------------------------------------------------- the answer


def _answer(benchmarks: Benchmarks, form: GradeForm) -> Graded | None:
    """Read every field and grade; what is wrong stands at its field."""
    table = _read(form.table, benchmarks.table)
    subject = _read(form.subject, lambda text: _member(Subject, text, "subject"))
    act = _read(form.act, lambda text: _member(Act, text, "act")) if form.act.data else None
    figure = _figure(form)
    act_date, decision_date = _day(form.act_date), _day(form.decision_date)
    if table is None or subject is None or any(f.errors for f in form):
        return None
    if form.case.data not in {row.case for row in table.rows}:
        form.case.data = ""  # what another table offered
    question = Question(
        subject=subject,
        act=act,
        act_date=act_date,
        decision_date=decision_date,
        aggravated=form.aggravated.data,
        case=form.case.data or "",
    )
    try:
        return grade(table, benchmarks.laws, question, figure)
    except BadInput as error:
        field = form[error.field_name]
        if field is form.case:
            field.errors = [*field.errors, tell("这张表按情形裁量，请选一项认定的情形")]
        else:
            _wrong(field, error)
    return None


def _member(kind: type[Choice], text: str, field: str) -> Choice:
    try:
        return kind(text)
    except ValueError:
        raise BadInput(field, say("请从列表里选一项。")) from None


def _figure(form: GradeForm) -> Figure | None:
    """The two figures; None when neither was given, as for acts that no figure measures."""
    if not form.reported.data and not form.due.data:
        return None
    kind = _read(form.indicator, lambda text: _member(Indicator, text, "indicator"))
    reported, due = _number(form.reported), _number(form.due)
    unit = form.unit.data if form.unit.data in _UNITS else "1"
    if kind is None or reported is None or due is None:
        return None
    return Figure(kind, reported, due, Decimal(unit))


def _number(field: StringField) -> Decimal | None:
    if not (field.data or "").strip():
        field.errors = [*field.errors, tell("上报数和应报数要一起填，没有上报的填 0")]
        return None
    return _read(field, lambda text: read_number(text, field.name))


def _day(field: StringField) -> date | None:
    if not (field.data or "").strip():
        return None
    found = _read(field, lambda text: read_date(text, field.name))
    if found is not None:
        field.data = found.isoformat()
    return found


def _read(field: Field, reader: Callable[[str], T]) -> T | None:
    try:
        return reader(field.data or "")
    except BadInput as error:
        _wrong(field, error)
        return None


def _wrong(field: Field, error: BadInput) -> None:
    field.errors = [*field.errors, tell(error.message)]


def _big(graded: Graded) -> str:
    """The answer in one phrase."""
    if graded.has_range:
        return tell(range_words(graded.fine_min, graded.fine_max))
    return tell(OUTCOME_LABELS[graded.outcome])


# ---------------------------------------------------------------- tables in words


def _fines(row: Row) -> list[tuple[str, str]]:
    """What a row prints, subjects with the same fine together."""
    found: dict[str, list[str]] = {}
    for subject, fine in row.fines.items():
        words = tell(range_words(fine.low, fine.high))
        found.setdefault(words, []).append(tell(SUBJECT_LABELS[subject]))
    return [(tell("、").join(who), words) for words, who in found.items()]


def _ends(row: Row) -> str:
    bands: list[Interval] = [b for b in (row.ratio, row.amount) if b is not None]
    return tell("；").join(tell(band.ends_words) for band in bands)


def _names(labels: dict[Choice, str], chosen: tuple[Choice, ...]) -> str:
    return tell("、").join(tell(labels[one]) for one in chosen)


def _validity(found: Table | Law) -> str:
    """From when to when a table or a law holds, as far as it is known."""
    first, last = found.valid_from, found.valid_to
    if first and last:
        return tell(say("%(a)s 至 %(b)s", a=first, b=last))
    if first:
        return tell(say("%(a)s 起", a=first))
    if last:
        return tell(say("至 %(b)s", b=last))
    if isinstance(found, Table) and found.issued:
        return tell(say("起止日期没有见到，%(on)s 公布", on=found.issued))
    return tell("起止日期没有见到")
