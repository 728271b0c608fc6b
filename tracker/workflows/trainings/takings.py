"""What each step of a session needs besides the move: checked, then written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.cases import clocks
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.cases.models import CaseGuest
from tracker.core.cases.taking import Asked, Takings
from tracker.core.clock import office_date
from tracker.core.deadlines import service as deadlines
from tracker.core.documents.numbering import draw
from tracker.core.errors import BadInput, Sentence, say
from tracker.core.notices import service as notices
from tracker.core.registers.models import Organisation
from tracker.core.staff import register
from tracker.core.staff.register import TrainingData
from tracker.workflows.trainings import content, staffing
from tracker.workflows.trainings.content import Roster
from tracker.workflows.trainings.flow import CERTIFICATE_LETTER, ENROL_CLOCK, HOLD_CLOCK
from tracker.workflows.trainings.models import Enrolment, Training
from tracker.workflows.trainings.window import new_key

_TENTH = Decimal("0.1")
_MOST_HOURS = Decimal(1000)
# Columns of a session that its forms fill in, with what stands there when nothing was given.
_OPTIONAL: Mapping[str, Any] = {"online": False, "pass_mark": None}


def checked(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the answers of a form fill, as they may be; BadInput names the field."""
    starts_at, ends_at = inputs.get("starts_at"), inputs.get("ends_at")
    if isinstance(starts_at, datetime) and isinstance(ends_at, datetime):
        _check_times(starts_at, ends_at, inputs.get("enrol_by"))
    hours = inputs.get("hours")
    if hours is not None and not (_TENTH <= hours < _MOST_HOURS and hours == round(hours, 1)):
        raise BadInput("hours", say("学时要大于 0，最多一位小数。"))
    if inputs.get("quota") is not None and not inputs["quota"]:
        raise BadInput("quota", say("名额至少 1 人。"))
    mark = inputs.get("pass_mark")
    if mark is not None and not 1 <= mark <= content.FULL_MARKS:
        raise BadInput("pass_mark", say("合格分数在 1 到 100 之间。"))
    return {name: inputs[name] for name in inputs if name != "note"}


def _check_times(starts_at: datetime, ends_at: datetime, enrol_by: object) -> None:
    if ends_at <= starts_at:
        raise BadInput("ends_at", say("结束时间要晚于开始时间。"))
    if isinstance(enrol_by, date) and enrol_by > office_date(starts_at):
        raise BadInput("enrol_by", say("报名截止日不能晚于培训开始那天。"))


def _fill(training: Training, columns: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        setattr(training, name, columns.get(name, _OPTIONAL.get(name)))


_CHANGED = ("venue", "online", "teacher", "starts_at", "ends_at", "enrol_by", "quota")
_EDITED = (*_CHANGED, "topic", "audience", "content", "hours", "pass_mark")


def _edit(asked: Asked[Training]) -> Taking:
    training, columns = asked.case, checked(asked.inputs)
    title = asked.text("title")
    return Taking(
        values={"title": title} if title else {},
        apply=lambda: _fill(training, columns, _EDITED),
    )


# ---------------------------------------------------------------- notice and list


def _announce(asked: Asked[Training]) -> Taking:
    session, training = asked.session, asked.case
    found: dict[str, int] = {}

    def apply() -> None:
        units = staffing.units_to_invite(session, training)
        session.add_all(CaseGuest(case_id=training.id, org_id=unit.id) for unit in units)
        session.flush()
        found["units"], found["must"] = len(units), _list_those_who_must(asked)
        sentence = say(
            "培训通知：%(title)s，%(when)s，请在 %(by)s 前报名。",
            title=training.title,
            when=content.when_words(training),
            by=f"{training.enrol_by:%Y-%m-%d}",
        )
        _tell_units(session, training, units, sentence, key="notice", now=asked.now)

    return Taking(when=When(due=training.enrol_by), details=found, apply=apply)


def _relist(asked: Asked[Training]) -> Taking:
    found: dict[str, int] = {}

    def apply() -> None:
        found["must"] = _list_those_who_must(asked)

    return Taking(details=found, apply=apply)


def _list_those_who_must(asked: Asked[Training]) -> int:
    """Put everybody who has to come and is not excused on the list; how many are new on it."""
    session, training = asked.session, asked.case
    roster, added = Roster(session, training), []
    for one in staffing.must_come(session, training, asked.today):
        known = roster.by_person.get(one.person_id)
        if known is not None and known.standing == content.EXCUSED:
            continue
        row = roster.put(
            one.person_id,
            org_id=one.org_id,
            must=one.must,
            by=asked.actor.user_id,
            now=asked.now,
        )
        if row is not None:
            added.append(row)
    session.flush()
    listed = [row for row in added if row.standing == content.LISTED]
    _tell_listed(asked, listed, f"must:{training.version}")
    return len(added)


def _change(asked: Asked[Training]) -> Taking:
    session, training, columns = asked.session, asked.case, checked(asked.inputs)
    rule_id = ENROL_CLOCK if training.state == "enrolling" else HOLD_CLOCK

    def apply() -> None:
        _fill(training, columns, _CHANGED)
        session.flush()
        due = training.enrol_by if rule_id == ENROL_CLOCK else content.day_of(training)
        _move_clock(asked, rule_id, due)
        roster = Roster(session, training)
        moved = roster.move_up()
        session.flush()
        _tell_listed(asked, moved, f"moved:{training.version}")
        sentence = say(
            "培训安排有调整：%(title)s，%(when)s，%(where)s。",
            title=training.title,
            when=content.when_words(training),
            where=training.venue,
        )
        units = staffing.guests_of(session, training.id)
        _tell_units(session, training, units, sentence, key=f"v{training.version}", now=asked.now)
        there = [r for r in roster.by_person.values() if r.standing == content.LISTED]
        content.tell_people(
            session, training, there, sentence, key=f"v{training.version}", now=asked.now
        )

    return Taking(apply=apply)


def _move_clock(asked: Asked[Training], rule_id: str, due: date | None) -> None:
    """A clock that has its date from the notice goes with the new one."""
    session, training, who = asked.session, asked.case, asked.actor.user_id
    for clock in deadlines.running(session, training.id):
        if clock.rule_id == rule_id and clock.due_on != due:
            clocks.end(session, training, clock, on=asked.today, actor_id=who, now=asked.now)
            clocks.begin(
                session, training, rule_id, on=asked.today, actor_id=who, now=asked.now, due=due
            )


def _close_enrolment(asked: Asked[Training]) -> Taking:
    return Taking(when=When(due=content.day_of(asked.case)))


def _reopen(asked: Asked[Training]) -> Taking:
    return Taking(when=When(due=asked.case.enrol_by))


def _new_code(asked: Asked[Training]) -> Taking:
    training = asked.case

    def apply() -> None:
        training.sign_key = new_key()

    return Taking(apply=apply)


# ---------------------------------------------------------------- marks, hours, end


def _submit_marks(asked: Asked[Training]) -> Taking:
    """Whoever attended has a mark, or was absent from the examination and counts as such."""
    rows = Roster(asked.session, asked.case).by_person.values()
    bare = sum(content.attended(row) and row.score is None for row in rows)
    if bare and not asked.inputs.get("absent"):
        raise BadInput("absent", say("还有 %(n)s 人没有成绩，缺考的请勾选。", n=bare))
    return Taking()


def _record(asked: Asked[Training]) -> Taking:
    session, training = asked.session, asked.case
    counts = {"passed": 0, "failed": 0}

    def apply() -> None:
        house = session.get_one(Organisation, training.bureau_id)
        for row in Roster(session, training).by_person.values():
            if content.attended(row):
                counts["passed" if content.passed(training, row) else "failed"] += 1
                _put_on_file(asked, house, row)
        session.flush()

    return Taking(details=counts, apply=apply)


def _put_on_file(asked: Asked[Training], house: Organisation, row: Enrolment) -> None:
    """Hours, mark and certificate of one person; whoever failed has the attempt on file."""
    session, training = asked.session, asked.case
    good = content.passed(training, row)
    row.hours = training.hours if good else content.NO_HOURS
    if good:
        row.certificate_no = draw(
            session,
            org_id=house.id,
            prefix=house.doc_prefix,
            kind=CERTIFICATE_LETTER,
            case_id=training.id,
            now=asked.now,
        )
    register.record_training(
        session,
        row.person_id,
        TrainingData(
            held_on=min(office_date(training.ends_at or asked.now), asked.today),
            kind=training.topic,
            title=training.title,
            hours=row.hours,
            score=content.best(row),
            passed=good,
            certificate_no=row.certificate_no,
            organiser=house.name,
        ),
        source="session",
        case_id=training.id,
        actor_id=asked.actor.user_id,
        now=asked.now,
    )


def _close(asked: Asked[Training]) -> Taking:
    training = asked.case

    def apply() -> None:
        training.summary = asked.text("summary")

    return Taking(apply=apply)


def _cancel(asked: Asked[Training]) -> Taking:
    session, training = asked.session, asked.case

    def apply() -> None:
        sentence = say("培训已取消：%(title)s。", title=training.title)
        units = staffing.guests_of(session, training.id)
        _tell_units(session, training, units, sentence, key="cancelled", now=asked.now)
        rows = Roster(session, training).by_person.values()
        there = [r for r in rows if r.standing in (content.LISTED, content.WAITING)]
        content.tell_people(session, training, there, sentence, key="cancelled", now=asked.now)

    return Taking(apply=apply)


# ---------------------------------------------------------------- telling


def _tell_listed(asked: Asked[Training], rows: Iterable[Enrolment], key: str) -> None:
    sentence = content.place_given(asked.case)
    content.tell_people(asked.session, asked.case, rows, sentence, key=key, now=asked.now)


def _tell_units(
    session: Session,
    training: Training,
    units: Iterable[Organisation],
    sentence: Sentence,
    *,
    key: str,
    now: datetime,
) -> None:
    for unit in units:
        notices.queue(
            session,
            case_id=training.id,
            sentence=sentence,
            now=now,
            source_key=f"training:{training.id}:{key}:{unit.id}",
            to_org_role=(unit.id, staffing.HEARING_ROLES[unit.kind].value),
        )


TAKINGS: Takings = {
    "edit": _edit,
    "announce": _announce,
    "relist": _relist,
    "change": _change,
    "close_enrolment": _close_enrolment,
    "reopen_enrolment": _reopen,
    "start": _new_code,
    "new_code": _new_code,
    "submit_marks": _submit_marks,
    "record": _record,
    "close": _close,
    "cancel": _cancel,
}
