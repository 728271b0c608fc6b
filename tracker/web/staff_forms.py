"""The forms of the register of statisticians."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectChoice, SelectField, StringField

from tracker.core.errors import BadInput, say
from tracker.core.staff.models import (
    DUTY_LABELS,
    END_LABELS,
    RANK_LABELS,
    TRAINING_LABELS,
)
from tracker.core.staff.register import PersonData, PostData, TrainingData
from tracker.web.security import clean_text

_HOURS = re.compile(r"\d{1,4}(\.\d)?")
_LONGEST = {"name": 60, "phone": 32, "education": 20, "note": 200, "title": 120, "reason": 200}
_LONGEST_TEXT = 120


def text_of(form: FlaskForm, name: str) -> str:
    """What was typed, cleaned; BadInput at its field."""
    most = _LONGEST.get(name, _LONGEST_TEXT)
    return clean_text(form[name].data or "", most, field=name)


def day_of(form: FlaskForm, name: str) -> date:
    """A day that must be there; BadInput at its field."""
    try:
        return date.fromisoformat((form[name].data or "").strip())
    except ValueError:
        raise BadInput(name, say("要填日期，例如 2026-11-20")) from None


def maybe_day(form: FlaskForm, name: str) -> date | None:
    """A day, or None where nothing was typed."""
    return day_of(form, name) if (form[name].data or "").strip() else None


def id_of(form: FlaskForm, name: str) -> int | None:
    """The chosen row, or None."""
    chosen = str(form[name].data or "")
    return int(chosen) if chosen.isascii() and chosen.isdigit() else None


class PersonForm(FlaskForm):
    """Who somebody is."""

    name = StringField(lazy_gettext("姓名"))
    region_code = SelectField(lazy_gettext("所在地区"), validate_choice=False)
    phone = StringField(lazy_gettext("联系电话"))
    number = StringField(lazy_gettext("身份证号"))
    education = StringField(lazy_gettext("学历"))
    rank = SelectField(
        lazy_gettext("统计职称"),
        choices=[SelectChoice(k.value, lazy_gettext(v)) for k, v in RANK_LABELS.items()],
    )
    user_id = SelectField(lazy_gettext("本人的账号"), validate_choice=False)
    note = StringField(lazy_gettext("备注"))

    def to_data(self) -> PersonData:
        """The values; text that must not be kept raises BadInput with its field."""
        return PersonData(
            name=text_of(self, "name"),
            region_code=str(self.region_code.data or ""),
            phone=text_of(self, "phone"),
            education=text_of(self, "education"),
            rank=str(self.rank.data or ""),
            number=text_of(self, "number"),
            note=text_of(self, "note"),
            user_id=id_of(self, "user_id"),
        )


class PostForm(FlaskForm):
    """One post of a person, typed in afterwards."""

    region_code = SelectField(lazy_gettext("地区"), validate_choice=False)
    org_id = SelectField(lazy_gettext("部门"), validate_choice=False)
    duty = SelectField(
        lazy_gettext("岗位"),
        choices=[SelectChoice(k.value, lazy_gettext(v)) for k, v in DUTY_LABELS.items()],
    )
    title = StringField(lazy_gettext("职务"))
    since = StringField(lazy_gettext("任职日期"))
    confirmed_on = StringField(lazy_gettext("上岗确认日期"))
    full_time = BooleanField(lazy_gettext("专职"))
    on_payroll = BooleanField(lazy_gettext("在编"))

    def to_data(self) -> PostData:
        """The post; BadInput with the field that is wrong."""
        return PostData(
            region_code=str(self.region_code.data or ""),
            duty=str(self.duty.data or ""),
            since=day_of(self, "since"),
            org_id=id_of(self, "org_id"),
            title=text_of(self, "title"),
            full_time=bool(self.full_time.data),
            on_payroll=bool(self.on_payroll.data),
        )


class ConfirmForm(FlaskForm):
    """From when somebody may work in a post."""

    confirmed_on = StringField(lazy_gettext("确认日期"))


class EndForm(FlaskForm):
    """How a post ended, and who came after."""

    until = StringField(lazy_gettext("最后一天"))
    end_reason = SelectField(
        lazy_gettext("原因"),
        choices=[SelectChoice(k, lazy_gettext(v)) for k, v in END_LABELS.items() if k],
    )
    successor_id = SelectField(lazy_gettext("接任人"), validate_choice=False)


class LeaveForm(FlaskForm):
    """A long absence from a post that goes on."""

    leave_from = StringField(lazy_gettext("离岗第一天"))
    leave_to = StringField(lazy_gettext("离岗最后一天"))


class TrainingForm(FlaskForm):
    """A training held elsewhere, or before this product."""

    held_on = StringField(lazy_gettext("培训日期"))
    kind = SelectField(
        lazy_gettext("类型"),
        choices=[SelectChoice(k.value, lazy_gettext(v)) for k, v in TRAINING_LABELS.items()],
    )
    title = StringField(lazy_gettext("培训名称"))
    hours = StringField(lazy_gettext("学时"))
    score = StringField(lazy_gettext("考试成绩"))
    organiser = StringField(lazy_gettext("主办单位"))
    certificate_no = StringField(lazy_gettext("证书编号"))
    passed = BooleanField(lazy_gettext("合格"), default=True)

    def to_data(self) -> TrainingData:
        """The training; BadInput with the field that is wrong."""
        hours, score = text_of(self, "hours"), text_of(self, "score")
        if not _HOURS.fullmatch(hours):
            raise BadInput("hours", say("要填学时数，例如 8 或 7.5"))
        if score and not (score.isascii() and score.isdigit() and len(score) <= 3):
            raise BadInput("score", say("要填整数，例如 86"))
        return TrainingData(
            held_on=day_of(self, "held_on"),
            kind=str(self.kind.data or ""),
            title=text_of(self, "title"),
            hours=Decimal(hours),
            score=int(score) if score else None,
            passed=bool(self.passed.data),
            certificate_no=text_of(self, "certificate_no"),
            organiser=text_of(self, "organiser"),
        )


class QualificationForm(FlaskForm):
    """A certificate of a person."""

    name = StringField(lazy_gettext("证书名称"))
    number = StringField(lazy_gettext("证书编号"))
    obtained_on = StringField(lazy_gettext("取得日期"))
    expires_on = StringField(lazy_gettext("有效期止"))


class NumberForm(FlaskForm):
    """Why somebody reads a whole identity number."""

    reason = StringField(lazy_gettext("用途"))


class TableForm(FlaskForm):
    """A list of statisticians."""

    file = FileField(lazy_gettext("名册文件"))


class CountsForm(FlaskForm):
    """As of when the unit counts are, and where they were taken from."""

    as_of = StringField(lazy_gettext("时点"))
    source = StringField(lazy_gettext("来源"))
