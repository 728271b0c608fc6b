"""How many units each place has: norms that go by the size of a place ask for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import BadInput, Sentence, say
from tracker.core.registers.models import Region, RegionLevel
from tracker.core.registers.places import contains, place_name, region_range
from tracker.core.staff.counts import latest_counts, set_count
from tracker.core.staff.models import PlaceCount
from tracker.core.staff.scope import READING_ROLES, WRITING_ROLES, may_write
from tracker.web.access import current_actor, needs
from tracker.web.acting import guarded
from tracker.web.errors import tell
from tracker.web.once import new_key
from tracker.web.shell import today
from tracker.web.staff import bp
from tracker.web.staff_forms import CountsForm, day_of, text_of
from tracker.web.staff_places import asked_region, below, reach_of

_PREFIX = "n"
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One place: what is known, and what was just typed."""

    code: str
    name: str
    known: PlaceCount | None
    typed: str

    @property
    def field(self) -> str:
        """The name of its input."""
        return _PREFIX + self.code

    @property
    def count(self) -> int | None:
        """The newest count."""
        return self.known.count if self.known else None

    @property
    def as_of(self) -> date | None:
        """As of when."""
        return self.known.as_of if self.known else None

    @property
    def source(self) -> str:
        """Taken from where."""
        return self.known.source if self.known else ""

    @property
    def synthetic(self) -> bool:
        """Whether it was made up."""
        return self.known is not None and self.known.synthetic


@bp.get("/counts")
@needs(*READING_ROLES)
def show_counts() -> ResponseReturnValue:
    """The newest counts of the townships of a place, with room for new ones."""
    return _page(CountsForm(formdata=None), {}, ())


@bp.post("/counts")
@needs(*WRITING_ROLES)
def save_counts() -> ResponseReturnValue:
    """Enter the counts that were typed; all of them or none."""
    form = CountsForm()
    typed = {
        name.removeprefix(_PREFIX): value.strip()
        for name, value in request.form.items()
        if name.startswith(_PREFIX) and name[len(_PREFIX) :].isdigit() and value.strip()
    }
    bad: list[str] = []

    def work(session: Session, actor: Actor) -> str:
        numbers = _numbers(typed, bad)
        as_of, source = day_of(form, "as_of"), text_of(form, "source")
        if not numbers:
            raise BadInput("as_of", say("还没有填单位数。"))
        for code, number in numbers.items():
            if not may_write(actor, code):
                raise BadInput("as_of", say("只能登记本地区的单位数。"))
            set_count(
                session, code, number, as_of, source,
                actor_id=actor.user_id, now=utc_now(), today=today(),
            )  # fmt: skip
        flash(gettext("已保存 %(n)s 个地区的单位数。", n=len(numbers)), "done")
        return url_for("staff.show_counts", region=request.args.get("region") or None)

    return guarded(work, lambda: make_response(_page(form, typed, bad), 422), form)


def _numbers(typed: Mapping[str, str], bad: list[str]) -> dict[str, int]:
    """What was typed as numbers; BadInput tells of the first that is none, `bad` holds all."""
    numbers = {code: value.replace(",", "").replace("，", "") for code, value in typed.items()}
    bad += [
        code
        for code, value in numbers.items()
        if not (value.isascii() and value.isdigit() and len(value) <= _LONGEST)
    ]
    if bad:
        raise BadInput("as_of", _not_a_number(typed[bad[0]]))
    return {code: int(value) for code, value in numbers.items()}


def _page(form: CountsForm, typed: Mapping[str, str], bad: Collection[str]) -> str:
    session, actor = db.session(), current_actor()
    reach = reach_of(actor)
    region = asked_region(reach)
    where = region or reach.home
    regions = below(session, reach)
    lines = _lines(session, where, typed) if where else []
    problems = [(_PREFIX + code, tell(_not_a_number(typed[code]))) for code in bad]
    if not bad:
        problems = [(f.id, str(text)) for f in form for text in f.errors]
    else:
        form.as_of.errors = []
    return render_template(
        "staff/counts.html",
        rows=lines,
        form=form,
        bad={_PREFIX + code for code in bad},
        problems=problems,
        region=region,
        # A township has no townships below it to narrow to.
        regions=[r for r in regions if r[0][6:9] == "000"],
        place=place_name(session, where) if where else "",
        may_write=bool(lines) and all(may_write(actor, line.code) for line in lines),
        key=new_key(),
    )


def _not_a_number(value: str) -> Sentence:
    return say("“%(value)s”不是单位数：要填整数，例如 1500。", value=value)


def _lines(session: Session, where: str, typed: Mapping[str, str]) -> list[Line]:
    rows = session.execute(
        select(Region.code, Region.name, Region.parent_code)
        .where(Region.code.between(*region_range(where)), Region.level == RegionLevel.TOWNSHIP)
        .order_by(Region.code)
    ).all()
    known = latest_counts(session, where, today())
    parents = {r.parent_code for r in rows}
    above = dict(
        session.execute(select(Region.code, Region.name).where(Region.code.in_(parents))).all()
    )
    many = len(parents) > 1
    return [
        Line(
            r.code,
            f"{above.get(r.parent_code, '')}{r.name}" if many else r.name,
            known.get(r.code),
            typed.get(r.code, ""),
        )
        for r in rows
        if contains(where, r.code)
    ]
