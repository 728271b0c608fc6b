"""The rulebook as pages: every rule with its ground, and the reminders a bureau chooses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (
    FieldList,
    Form,
    FormField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import ROLE_LABELS, Role
from tracker.core.cases import rungs as bureau_rungs
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import BadInput, NotVisible
from tracker.core.reminders.rungs import changed_rules, read_all, setting
from tracker.core.rulebook.loader import RuleMissing, default_rulebook
from tracker.core.rulebook.model import (
    FAMILY_LABELS,
    OUTSIDE_LABELS,
    VERIFIED_LABELS,
    Family,
    Rule,
    Verified,
)
from tracker.core.rulebook.reminders import (
    AUDIENCE_LABELS,
    RUNG_KIND_LABELS,
    Rung,
    RungKind,
    make_rung,
)
from tracker.core.rulebook.terms import UNIT_LABELS, Unit
from tracker.web.access import current_actor, logged_in, needs
from tracker.web.acting import guarded
from tracker.web.errors import tell
from tracker.web.once import new_key
from tracker.web.shell import today

bp = Blueprint("rules", __name__, url_prefix="/dates/rules")
_LONGEST_QUESTION = 80
_SPARE_ROWS = 2
_MOST_ROWS = 24
MINE, LOCAL = "mine", "local"
# Own roles under the names people know; the rest are those we wait for.
_RESPONSIBLE = {**{role.value: label for role, label in ROLE_LABELS.items()}, **OUTSIDE_LABELS}
_NUMBERED = re.compile(r"([A-Z]+)(\d+)([A-Z]*)")


# ---------------------------------------------------------------- the list


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked to see; what no list of ours offers counts as not asked."""

    q: str = ""
    family: str = ""
    verified: str = ""
    region: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return bool(self.q or self.family or self.verified or self.region)


def _filters(places: dict[str, str]) -> Filters:
    asked = request.args
    family, verified = asked.get("family", ""), asked.get("verified", "")
    region = asked.get("region", "")
    return Filters(
        q=asked.get("q", "").strip()[:_LONGEST_QUESTION],
        family=family if family in set(Family) else "",
        verified=verified if verified in {*Verified, "ours"} else "",
        region=region if region in {MINE, LOCAL, *places} else "",
    )


@bp.get("/")
@logged_in
def list_rules() -> ResponseReturnValue:
    """All rules by family, with what the reader asked for."""
    actor = current_actor()
    home, places = home_region(actor), _places()
    filters, shown = _filters(places), shown_rules()
    return render_template(
        "rules/list.html",
        groups=[
            (family, label, rows)
            for family, label in FAMILY_LABELS.items()
            if (rows := [r for r in shown if r.family is family])
        ],
        total=len(shown),
        filters=filters,
        families=FAMILY_LABELS,
        verifieds=VERIFIED_LABELS,
        places=dict(sorted(places.items())),
        home=home,
        responsible=responsible,
        validity=validity,
        over=is_over,
        changed=changed_rules(db.session(), bureau_rungs.own_bureaus(actor)),
    )


def shown_rules() -> list[Rule]:
    """The rules that the address asks for, in the order of reading."""
    filters, home = _filters(_places()), home_region(current_actor())
    every = sorted(default_rulebook().all(), key=reading_order)
    return [rule for rule in every if _fits(rule, filters, home)]


def _places() -> dict[str, str]:
    return {r.jurisdiction: r.place for r in default_rulebook().all() if r.jurisdiction}


def _fits(rule: Rule, filters: Filters, home: str) -> bool:
    if filters.family and rule.family != filters.family:
        return False
    if filters.verified == "ours":
        if not rule.ours:
            return False
    elif filters.verified and rule.verified != filters.verified:
        return False
    return _fits_place(rule, filters.region, home) and _fits_words(rule, filters.q)


def _fits_place(rule: Rule, region: str, home: str) -> bool:
    if region == LOCAL:
        return bool(rule.jurisdiction)
    if region:
        return rule.applies_to(home if region == MINE else region)
    return True


def _fits_words(rule: Rule, question: str) -> bool:
    """Every word of the question is somewhere in the rule, in the source text or as shown."""
    if not question:
        return True
    texts = [rule.title, str(rule.source), rule.start, rule.stop, rule.note, rule.place]
    shown = [tell(text) for text in (rule.title, rule.note)] + [tell(rule.source.words)]
    whole = " ".join([rule.id, *texts, *shown, tell(rule.length_words)]).casefold()
    return all(word in whole for word in question.casefold().split())


def reading_order(rule: Rule) -> tuple[int, str, int, str, str, int]:
    """T2 before T10, T17 before T17A, the whole country first; our own defaults last."""
    match = _NUMBERED.fullmatch(rule.id)
    letters, number, rest = match.groups() if match else (rule.id, "0", "")
    return (
        int(match is None),
        letters,
        int(number),
        rest,
        rule.jurisdiction,
        -rule.version,
    )


def home_region(actor: Actor) -> str:
    """Where the reader works: the place of the first role, own ones before lent."""
    return actor.powers[0].region_code if actor.powers else ""


def responsible(rule: Rule) -> str:
    """Who must act, in words."""
    return tell(_RESPONSIBLE[rule.responsible])


def validity(rule: Rule) -> list[str]:
    """From when and to when a version holds; empty when nothing was found about it."""
    found = []
    if rule.valid_from is not None:
        found.append(gettext("%(first)s 起", first=rule.valid_from.isoformat()))
    if rule.valid_to is not None:
        found.append(gettext("至 %(last)s", last=rule.valid_to.isoformat()))
    return found


def is_over(rule: Rule) -> bool:
    """Whether it holds no longer: its time has passed or another rule took its place."""
    return bool(rule.superseded_by) or (rule.valid_to is not None and rule.valid_to < today())


# ---------------------------------------------------------------- one rule


@bp.get("/<rule_id>")
@logged_in
def show_rule(rule_id: str) -> ResponseReturnValue:
    """One rule with all its versions, and its reminders."""
    return _page(rule_id, _bureau(current_actor(), request.args.get("org", "")), None)


def _page(rule_id: str, org_id: int | None, form: RungForm | None) -> str:
    book, actor, session = default_rulebook(), current_actor(), db.session()
    variants = book.variants(rule_id)
    if not variants:
        raise NotVisible(f"rule {rule_id}")
    home = home_region(actor)
    here = _holding(rule_id, home)
    main = here or next((r for r in variants if not is_over(r)), variants[0])
    own = None if org_id is None else setting(session, org_id, rule_id)
    rungs = main.rungs if own is None else read_all(own.rungs)
    bureaus = bureau_rungs.own_bureaus(actor)
    if org_id is not None and form is None:
        form = _filled(org_id, rungs)
    return render_template(
        "rules/rule.html",
        rule=main,
        here=here,
        home=home,
        variants=variants,
        related=_related(main),
        rungs=rungs,
        default_rungs=main.rungs,
        own=own,
        org_id=org_id,
        bureaus=bureaus,
        form=form,
        problems=_problems(form) if form is not None else [],
        key=new_key(),
        audiences=AUDIENCE_LABELS,
        families=FAMILY_LABELS,
        verifieds=VERIFIED_LABELS,
        responsible=responsible,
        validity=validity,
        over=is_over,
    )


def _holding(rule_id: str, region: str) -> Rule | None:
    try:
        return default_rulebook().rule(rule_id, today(), region)
    except RuleMissing:
        return None


def _related(rule: Rule) -> list[Rule]:
    """The other lengths of the same row of the reference, and what took its place."""
    found = {
        r.id: r
        for r in default_rulebook().all()
        if r.id != rule.id and (r.row == rule.row or r.id == rule.superseded_by)
    }
    return sorted(found.values(), key=reading_order)


def _bureau(actor: Actor, asked: str) -> int | None:
    """The bureau whose reminders are edited: the one asked for, else the first."""
    bureaus = bureau_rungs.own_bureaus(actor)
    chosen = int(asked) if asked.isascii() and asked.isdigit() else None
    if chosen in bureaus:
        return chosen
    return next(iter(bureaus), None)


# ---------------------------------------------------------------- the reminders of a bureau


class _Rows(FieldList):
    """Numbered rows; a number that no page of ours writes is not one."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            if found := re.match(rf"{re.escape(prefix)}-([0-9]{{1,2}})-", name):
                yield int(found[1])


class RungRow(Form):
    """One reminder; without a kind it is none."""

    kind = SelectField(
        lazy_gettext("什么时候"),
        choices=[
            SelectChoice("", lazy_gettext("不设这一条")),
            *(SelectChoice(k.value, lazy_gettext(label)) for k, label in RUNG_KIND_LABELS.items()),
        ],
    )
    n = StringField(lazy_gettext("数量"), [Length(max=4)])
    unit = SelectField(
        lazy_gettext("单位"),
        choices=[SelectChoice(u.value, lazy_gettext(label)) for u, label in UNIT_LABELS.items()],
    )
    to = SelectMultipleField(
        lazy_gettext("提醒谁"),
        choices=[
            SelectChoice(name, lazy_gettext(label)) for name, label in AUDIENCE_LABELS.items()
        ],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def read(self) -> Rung | None:
        """The reminder of this row; what is wrong stands beside its field."""
        if not self.kind.data:
            return None
        kind, text = RungKind(self.kind.data), (self.n.data or "").strip()
        try:
            n = int(text) if text.isascii() and text.isdigit() else -1
            return make_rung(kind, n, Unit(self.unit.data), self.to.data)
        except BadInput as error:
            field = self[error.field_name]
            field.errors = [*field.errors, tell(error.message)]
            return None


class RungForm(FlaskForm):
    """All reminders of a rule in one bureau."""

    org_id = StringField()
    rows = _Rows(FormField(RungRow), max_entries=_MOST_ROWS)

    def read(self) -> list[Rung] | None:
        """The reminders as they were typed; None when something is wrong."""
        sound = self.validate()
        found = [entry.form.read() for entry in self.rows]
        wrong = any(field.errors for entry in self.rows for field in entry.form)
        return None if wrong or not sound else [rung for rung in found if rung is not None]


def _filled(org_id: int, rungs: Sequence[Rung]) -> RungForm:
    """The form as the reminders are, with a few empty rows to add some."""
    rows: list[dict[str, object]] = [
        {"kind": r.kind.value, "n": str(r.n or ""), "unit": r.unit.value, "to": list(r.to)}
        for r in rungs
    ]
    rows += [{"kind": "", "n": "", "unit": Unit.WD.value, "to": ["holder"]}] * _SPARE_ROWS
    return RungForm(formdata=None, data={"org_id": str(org_id), "rows": rows})


def _problems(form: RungForm) -> list[tuple[str, str]]:
    """Every complaint with the field it belongs to, for the summary on top."""
    found = [(form.rows.id, text) for text in form.rows.errors if isinstance(text, str)]
    for number, entry in enumerate(form.rows, start=1):
        found += [
            (field.id, gettext("第 %(n)s 条提醒：%(what)s", n=number, what=error))
            for field in entry.form
            for error in field.errors
        ]
    return found


@bp.post("/<rule_id>/reminders")
@needs(Role.SUPERVISOR, Role.HEAD)
def change_rungs(rule_id: str) -> ResponseReturnValue:
    """The bureau's own reminders for a rule; its open clocks follow at once."""
    form = RungForm()
    org_id = _asked_bureau(form.org_id.data or "")
    wanted = form.read()
    if wanted is None:
        return _again(rule_id, org_id, form)

    def work(session: Session, actor: Actor) -> str:
        n = bureau_rungs.change(session, actor, org_id, rule_id, wanted, utc_now())
        flash(gettext("提醒已保存，%(n)s 项正在计时的期限已按新的提醒安排。", n=n), "done")
        return url_for("rules.show_rule", rule_id=rule_id, org=org_id)

    return guarded(work, lambda: _again(rule_id, org_id, form), form)


@bp.post("/<rule_id>/reminders/reset")
@needs(Role.SUPERVISOR, Role.HEAD)
def reset_rungs(rule_id: str) -> ResponseReturnValue:
    """Back to the reminders of the rulebook."""
    form = RungForm()
    org_id = _asked_bureau(form.org_id.data or "")

    def work(session: Session, actor: Actor) -> str:
        n = bureau_rungs.reset(session, actor, org_id, rule_id, utc_now())
        flash(gettext("已恢复默认提醒，%(n)s 项正在计时的期限已重新安排。", n=n), "done")
        return url_for("rules.show_rule", rule_id=rule_id, org=org_id)

    return guarded(work, lambda: _again(rule_id, org_id, form), form)


def _asked_bureau(asked: str) -> int:
    """The bureau the form names, if it is the person's own."""
    if not (asked.isascii() and asked.isdigit()):
        raise NotVisible(f"bureau {asked}")
    if int(asked) not in bureau_rungs.own_bureaus(current_actor()):
        raise NotVisible(f"bureau {asked}")
    return int(asked)


def _again(rule_id: str, org_id: int, form: RungForm) -> ResponseReturnValue:
    return make_response(_page(rule_id, org_id, form), 422)
