"""One box over everything: cases, files, papers, statisticians, units, officers, the manual."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import certificates, finding, unitbook
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.reads import Names, names_for
from tracker.core.cases.words import FILE, FILE_TEXT, Word
from tracker.core.cases.worklist import COUNT_CAP
from tracker.core.db import db
from tracker.core.errors import N_
from tracker.core.registers.places import place_names
from tracker.core.search.bigrams import query_parts
from tracker.core.search.marking import Piece, pieces
from tracker.core.staff import listing
from tracker.core.staff.models import DUTY_LABELS, Duty
from tracker.core.staff.scope import reads_any
from tracker.web.access import current_actor, logged_in, polling
from tracker.web.errors import tell
from tracker.web.manual.manual import topics
from tracker.web.shell import case_url, today

bp = Blueprint("search", __name__, url_prefix="/search")
_LONGEST = 60
# Rows of a group: beside others, by itself, and while one is still typing.
_SOME, _MANY, _FEW = 6, 60, 4
_AROUND = 60
# From so many signs on a search is made while somebody types.
_TYPED = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """By what something was found: the field, the words in it, and where they stand."""

    label: str
    text: Sequence[Piece]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One result: where it leads, how it is called, what it is, why it is here."""

    url: str
    title: Sequence[Piece]
    kind: str = ""
    state: str = ""
    notes: Sequence[Sequence[Piece]] = ()
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Results of one sort; `count` is the length of the list that `all` opens."""

    key: str
    label: str
    rows: Sequence[Row]
    count: int
    all: str = ""
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: by whom, for what, and how many rows of a group are wanted."""

    session: Session
    actor: Actor
    text: str
    most: int
    ids: Sequence[int] = ()

    def marked(self, text: str, *, name: bool = False) -> list[Piece]:
        """A text with what was looked for."""
        return pieces(text, self.text, name=name)


@bp.get("/")
@logged_in
def show_results() -> ResponseReturnValue:
    """Everything that has the words, in groups; with `group` more of one of them."""
    text, only = _text(), request.args.get("group", "")
    groups = _search(text, _MANY if only in FINDERS else _SOME, only)
    return render_template(
        "search/results.html",
        text=text,
        groups=groups,
        only=only if only in FINDERS else "",
        searched=bool(query_parts(text)),
    )


@bp.get("/typed")
@logged_in
@polling
def show_typed() -> ResponseReturnValue:
    """The first results, as a part of a page, while somebody types."""
    text = _text()
    groups = _search(text, _FEW, "", _WHILE_TYPING) if len(text) >= _TYPED else []
    return render_template("search/typed.html", text=text, groups=groups)


def _text() -> str:
    return request.args.get("q", "").replace("\x00", "").strip()[:_LONGEST]


def _search(text: str, most: int, only: str, among: Collection[str] | None = None) -> list[Group]:
    if not query_parts(text):
        return []
    session, actor = db.session(), current_actor()
    wanted = [only] if only in FINDERS else [f for f in FINDERS if among is None or f in among]
    # Files and papers are looked for in the cases that were found: these are asked for once.
    ids = finding.newest(session, actor, text) if _OF_CASES & set(wanted) else []
    asked = Asked(session, actor, text, most, ids)
    found = (FINDERS[name](asked) for name in wanted)
    return [group for group in found if group is not None and group.rows]


# ---------------------------------------------------------------- cases, files, papers


def _cases(asked: Asked) -> Group | None:
    hits = finding.find_cases(asked.session, asked.actor, asked.text, asked.ids, most=asked.most)
    count = len(asked.ids)
    names = names_for(asked.session, [hit.case for hit in hits])
    return Group(
        "cases",
        N_("事项"),
        [_case_row(asked, hit, names) for hit in hits],
        min(count, COUNT_CAP),
        url_for("work.list_work", view="all", q=asked.text),
        capped=count > COUNT_CAP,
    )


def _case_row(asked: Asked, hit: finding.CaseHit, names: Names) -> Row:
    case, flow = hit.case, flows.get(hit.case.kind)
    state = flow.state(case.state)
    place = names.places.get(case.region_code, "")
    return Row(
        case_url(case),
        asked.marked(case.title),
        kind=tell(flow.label),
        state=tell(state.outside if hit.outside and state.outside else state.label),
        notes=[asked.marked(note) for note in (case.number, place) if note],
        reasons=[_reason(asked, case, word) for word in hit.reasons],
    )


def _reason(asked: Asked, case: Case, word: Word) -> Reason:
    return Reason(
        tell(word.field),
        pieces(word.text, asked.text, name=word.spoken, around=_AROUND),
        _file_url(case, word.ref) if word.field in (FILE, FILE_TEXT) and word.ref else "",
    )


def _file_url(case: Case, file_id: int) -> str:
    area = flows.get(case.kind).pages
    return url_for(f"{area}.get_file", case_id=case.id, file_id=file_id)


def _files(asked: Asked) -> Group | None:
    hits, count = finding.find_files(
        asked.session, asked.actor, asked.text, asked.ids, most=asked.most
    )
    rows = [
        Row(
            _file_url(hit.case, hit.file.id),
            asked.marked(hit.file.name),
            kind=tell(N_("材料")),
            notes=[asked.marked(hit.case.title)],
            reasons=[Reason(tell(FILE_TEXT), pieces(hit.text, asked.text, around=_AROUND))]
            if hit.text
            else [],
        )
        for hit in hits
    ]
    return _own(asked, "files", N_("材料"), rows, count)


def _papers(asked: Asked) -> Group | None:
    hits, count = finding.find_papers(
        asked.session, asked.actor, asked.text, asked.ids, most=asked.most
    )
    rows = [
        Row(
            url_for(
                f"{flows.get(hit.case.kind).pages}.show_paper",
                case_id=hit.case.id,
                paper_id=hit.paper.id,
            ),
            asked.marked(hit.paper.title),
            kind=tell(N_("文书")),
            notes=[asked.marked(hit.paper.number or ""), asked.marked(hit.case.title)],
        )
        for hit in hits
    ]
    return _own(asked, "papers", N_("文书"), rows, count)


def _own(asked: Asked, key: str, label: str, rows: list[Row], count: int) -> Group:
    """A group whose whole list is a page of the search itself."""
    return Group(key, label, rows, count, url_for("search.show_results", q=asked.text, group=key))


# ---------------------------------------------------------------- registers and the manual


def _staff(asked: Asked) -> Group | None:
    if not reads_any(asked.actor) or "staff.list_people" not in current_app.view_functions:
        return None
    filters = listing.Filters(text=asked.text)
    found = listing.search(asked.session, asked.actor, filters, today())
    rows = [
        Row(
            url_for("staff.show_person", person_id=line.person.id),
            asked.marked(line.person.name, name=True),
            kind=tell(N_("统计人员")),
            notes=[
                [(line.place, False)],
                *([(tell(DUTY_LABELS[Duty(h.duty)]), False)] for h in line.holdings[:1]),
            ],
        )
        for line in found.rows[: asked.most]
    ]
    return Group(
        "staff",
        N_("统计人员"),
        rows,
        min(found.total, listing.COUNT_CAP),
        url_for("staff.list_people", q=asked.text),
        capped=found.total > listing.COUNT_CAP,
    )


def _units(asked: Asked) -> Group | None:
    if not unitbook.ranges(asked.actor):
        return None
    found = unitbook.search_units(asked.session, asked.actor, asked.text)
    places = place_names(asked.session, {u.region_code for u in found.rows})
    rows = [
        Row(
            url_for("units.show_unit", unit_id=unit.id),
            asked.marked(unit.name),
            kind=tell(N_("调查对象")),
            notes=[
                note
                for note in (
                    asked.marked(unit.uscc) if unit.uscc else [],
                    [(places.get(unit.region_code, ""), False)],
                )
                if note
            ],
        )
        for unit in found.rows[: asked.most]
    ]
    return Group(
        "units", N_("调查对象"), rows, found.total, url_for("units.list_units", q=asked.text)
    )


def _officers(asked: Asked) -> Group | None:
    found = certificates.find_officers(asked.session, asked.actor, asked.text, today())
    rows = [
        Row(
            url_for("officers.show_officer", user_id=user_id),
            asked.marked(name, name=True),
            kind=tell(N_("执法人员")),
            notes=[[(org, False)]],
        )
        for user_id, name, org in found[: asked.most]
    ]
    return _own(asked, "officers", N_("执法人员"), rows, len(found))


def _topics(asked: Asked) -> Group | None:
    found = topics(asked.text)
    rows = [
        Row(
            topic.url,
            asked.marked(tell(topic.title)),
            kind=tell(N_("帮助")),
            notes=[asked.marked(tell(topic.text))],
        )
        for topic in found[: asked.most]
    ]
    return _own(asked, "help", N_("帮助"), rows, len(found))


_OF_CASES = {"cases", "files", "papers"}
# What is read in files takes longer than people wait between two keys.
_WHILE_TYPING = {"cases", "staff", "units", "officers", "help"}
FINDERS: dict[str, Callable[[Asked], Group | None]] = {
    "cases": _cases,
    "files": _files,
    "papers": _papers,
    "staff": _staff,
    "units": _units,
    "officers": _officers,
    "help": _topics,
}
