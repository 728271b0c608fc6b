"""The shape of input: what can be judged wrong without asking the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from tracker.core.errors import N_
from tracker.core.registers.uscc import check_uscc
from tracker.web.desk.fields import LONG_TEXT, Clean, parse_number
from tracker.web.errors import tell
from tracker.workflows.leads.data import IndicatorData, LeadData
from tracker.workflows.leads.models import (
    CHANNELS,
    CONFIDENTIALITY,
    CRITERIA,
    REFUSAL_GROUNDS,
    SURVEY_OWNERS,
)

_ = lazy_gettext
UNITS = (
    N_("万元"),
    N_("千元"),
    N_("元"),
    N_("亿元"),
    N_("人"),
    N_("吨"),
    N_("万吨"),
    N_("平方米"),
    N_("千瓦时"),
    N_("家"),
    N_("个"),
    "%",
)


def _choices(labels: Mapping[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(value, lazy_gettext(label)) for value, label in labels.items()]


IDENTITY = ("reporter_name", "reporter_phone", "reporter_id_no", "reporter_address")


class Lines(FieldList):
    """Numbered lines; a number that no page of ours writes is not one."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            if found := re.match(rf"{re.escape(prefix)}-([0-9]{{1,4}})-", name):
                yield int(found[1])


class IndicatorForm(Form):
    """One indicator line; an empty line is no line."""

    name = StringField(_("指标"), [Clean(80)])
    unit = SelectField(_("单位"), choices=[SelectChoice(u, _(u)) for u in UNITS], default=UNITS[0])
    reported = StringField(_("上报数"), [Length(max=40)])
    known = StringField(_("掌握数"), [Length(max=40)])
    source = StringField(_("掌握数来源"), [Clean(120)])

    @property
    def is_empty(self) -> bool:
        """Nothing was typed on this line."""
        return not any(
            (f.data or "").strip() for f in (self.name, self.reported, self.known, self.source)
        )


class LeadForm(FlaskForm):
    """A lead as a liaison or registrar writes it down."""

    unit_name = StringField(_("单位名称"), [InputRequired(_("请填单位名称")), Clean(120)])
    uscc = StringField(_("统一社会信用代码"), [Optional(), Length(max=24)])
    region_code = SelectField(_("所在地区"), validate_choice=True)
    competent_org_id = SelectField(_("该单位的主管部门"), coerce=str)
    matter = StringField(
        _("涉嫌什么"), [InputRequired(_("请写涉嫌什么，例如：虚报营业收入")), Clean(80)]
    )
    found_in = StringField(
        _("统计调查或文件"), [InputRequired(_("请写在哪项调查、哪份文件里发现的")), Clean(200)]
    )
    found_on = DateField(_("发现日期"), [InputRequired(_("请填发现日期"))])
    period = SelectField(_("报告期"))
    survey_owner = SelectField(_("哪家组织的调查"), choices=_choices(SURVEY_OWNERS))
    confidentiality = SelectField(
        _("密级"), coerce=int, choices=_choices(CONFIDENTIALITY), default=1
    )
    facts = TextAreaField(
        _("情况说明"), [InputRequired(_("请写发现的情况")), Clean(LONG_TEXT, multiline=True)]
    )
    indicators = Lines(FormField(IndicatorForm), min_entries=1, max_entries=40)
    files = MultipleFileField(_("上传文件"))
    reporter = SelectField(
        _("举报人"),
        choices=[
            SelectChoice("none", _("没有举报人")),
            SelectChoice("anonymous", _("匿名举报")),
            SelectChoice("named", _("有，单独封存填写")),
        ],
    )
    reporter_name = StringField(_("举报人姓名"), [Clean(60)])
    reporter_phone = StringField(_("联系电话"), [Clean(40)])
    reporter_id_no = StringField(_("身份信息"), [Clean(40)])
    reporter_address = StringField(_("联系地址"), [Clean(120)])
    reply_wanted = BooleanField(_("举报人要求答复"))

    # What the view knows and the form does not.
    today: date
    kept_files: int = 0
    finished: bool = True
    has_sealed: bool = False

    def validate(self, extra_validators: Any = None) -> bool:
        """A draft needs the unit's name only; what is filled in must still be well-formed."""
        if not self.finished:
            for name in ("matter", "found_in", "found_on", "facts"):
                if not self[name].raw_data or not self[name].raw_data[0].strip():
                    self[name].validators = [Optional()]
        return bool(super().validate(extra_validators))

    def validate_uscc(self, field: StringField) -> None:
        """Say which character of the code is wrong."""
        field.data = re.sub(r"\s", "", field.data or "").upper()
        if field.data and (problem := check_uscc(field.data)) is not None:
            raise ValidationError(tell(problem))

    def validate_found_on(self, field: DateField) -> None:
        """A lead is found today or before."""
        if field.data and field.data > self.today:
            raise ValidationError(
                gettext("不能晚于今天 %(m)s月%(d)s日", m=self.today.month, d=self.today.day)
            )

    def validate_reporter_name(self, field: StringField) -> None:
        """A named reporter has a name."""
        if self.reporter.data == "named" and not self.has_sealed and not (field.data or "").strip():
            raise ValidationError(gettext("请填举报人姓名；不愿留名的选“匿名举报”"))

    def validate_indicators(self, field: FieldList) -> None:
        """Lines with figures only, and at least one when the lead is handed in."""
        filled = 0
        for number, entry in enumerate(field.entries, start=1):
            line = entry.form
            if line.is_empty:
                continue
            filled += 1
            if not (line.name.data or "").strip():
                line.name.errors = [gettext("第 %(n)s 行要写指标名称", n=number)]
            for cell in (line.reported, line.known):
                try:
                    parse_number(cell.data or "")
                except ValueError:
                    cell.errors = [
                        gettext(
                            "第 %(n)s 行%(what)s要填数字，例如 208", n=number, what=cell.label.text
                        )
                    ]
        if any(c.errors for e in field.entries for c in e.form):
            raise StopValidation
        if self.finished and not filled:
            raise ValidationError(gettext("至少填一行指标"))

    def validate_files(self, field: MultipleFileField) -> None:
        """At least one evidence file when the lead is handed in."""
        given = [f for f in field.data or [] if getattr(f, "filename", "")]
        if self.finished and not given and not self.kept_files:
            raise ValidationError(gettext("至少一份；PDF、图片、Word、Excel，单个不超过 50 MB"))

    def problems(self) -> list[tuple[str, str]]:
        """Every error once, with the id of the input it belongs to, in the order of the page."""
        found: list[tuple[str, str]] = []
        for field in self:
            if field.name == "indicators":
                cells = [
                    (c.id, str(e)) for entry in field.entries for c in entry.form for e in c.errors
                ]
                own = [(f"{field.id}-0-name", str(e)) for e in field.errors if isinstance(e, str)]
                found += cells or own
            else:
                found += [(field.id, str(e)) for e in field.errors]
        return found

    def to_data(self, channel: str = "department") -> LeadData:
        """The values, after validation."""
        lines = [e.form for e in self.indicators.entries if not e.form.is_empty]
        named = self.reporter.data == "named"
        identity = {n.removeprefix("reporter_"): self[n].data for n in IDENTITY if self[n].data}
        return LeadData(
            unit_name=self.unit_name.data or "",
            uscc=self.uscc.data or None,
            region_code=self.region_code.data,
            competent_org_id=int(self.competent_org_id.data)
            if self.competent_org_id.data
            else None,
            matter=self.matter.data or "",
            found_in=self.found_in.data or "",
            found_on=self.found_on.data or self.today,
            period=self.period.data,
            survey_owner=self.survey_owner.data,
            confidentiality=self.confidentiality.data,
            facts=self.facts.data or "",
            channel=channel,
            reporter=self.reporter.data,
            reply_wanted=bool(named and self.reply_wanted.data),
            identity=identity if named else {},
            indicators=tuple(
                IndicatorData(
                    line.name.data.strip(),
                    line.unit.data,
                    parse_number(line.reported.data or ""),
                    parse_number(line.known.data or ""),
                    (line.source.data or "").strip(),
                )
                for line in lines
            ),
        )


def _has_a_date(form: IntakeForm, field: DateField) -> None:
    """A lead handed down has its superior's own date. Asked before Optional() ends the asking."""
    if form.channel.data == "handed_down" and not any(field.raw_data or ()):
        raise StopValidation(gettext("请填上级要求报结果的日期；没有写明的填协商的日期"))


class IntakeForm(LeadForm):
    """A lead that reached the bureau otherwise than from a department."""

    channel = SelectField(
        _("来源"), choices=[c for c in _choices(CHANNELS) if c.value != "department"]
    )
    superior_name = StringField(_("转办的上级"), [Clean(80)])
    superior_letter = StringField(_("转办文号"), [Clean(64)])
    superior_due_on = DateField(_("上级要求报结果的日期"), [_has_a_date, Optional()])

    def validate_superior_name(self, field: StringField) -> None:
        """A lead handed down says by whom."""
        if self.channel.data == "handed_down" and not field.data:
            raise ValidationError(gettext("请写哪个上级转办的"))

    def to_data(self, channel: str = "") -> LeadData:  # noqa: ARG002 - the form has its own
        """The values, after validation; the superior's only for leads handed down."""
        from dataclasses import replace

        data = super().to_data(self.channel.data)
        if self.channel.data != "handed_down":
            return data
        return replace(
            data,
            superior_name=self.superior_name.data or None,
            superior_letter=self.superior_letter.data or None,
            superior_due_on=self.superior_due_on.data,
        )


class StepForm(FlaskForm):
    """What every step asks: a note. The others add to it."""

    note = TextAreaField(_("说明"), [Clean(LONG_TEXT, multiline=True)])

    def inputs(self) -> dict[str, Any]:
        """The cleaned fields for `service.take`."""
        return {f.short_name: f.data for f in self if f.name != "csrf_token"}


class AssignForm(StepForm):
    """Give the lead to an officer."""

    handler = SelectField(_("承办人"), coerce=str)


class VerifyForm(StepForm):
    """Name the two officers."""

    handler = SelectField(_("主办人员"), coerce=str)
    co_officer = SelectField(_("协办人员"), coerce=str)


class TargetForm(StepForm):
    """Name another lead by its number."""

    number = StringField(_("另一条线索的编号"), [Clean(64)])


class LinkForm(TargetForm):
    """Link to another lead."""

    kind = SelectField(
        _("关联种类"),
        choices=[
            SelectChoice("duplicate", _("疑似重复")),
            SelectChoice("same_unit", _("同一单位")),
        ],
    )


class InsideForm(StepForm):
    """Hand the matter to a business unit of the bureau."""

    handed_to = StringField(_("转给哪个业务科室"), [Clean(120)])


class ReferForm(StepForm):
    """Pass the matter to another organ."""

    handed_to = StringField(_("转送哪个机关"), [Clean(120)])


class OpenCaseForm(StepForm):
    """Propose that a case be opened: every criterion is answered for."""

    criteria = SelectMultipleField(_("立案条件"), choices=_choices(CRITERIA))


class RefuseForm(StepForm):
    """Do not accept the report, for a named reason."""

    ground = SelectField(_("不予受理的理由"), choices=_choices(REFUSAL_GROUNDS))


class ExtendForm(StepForm):
    """More time for the verification: how long, and on which paper."""

    days = StringField(_("延长多少天"), [Clean(3)])
    document = StringField(_("批准延长的文号"), [Clean(120)])


class FindingsForm(StepForm):
    """What two officers found; verified figures come in fields named by indicator."""

    found = RadioField(
        _("是否查实"), choices=[SelectChoice("yes", _("查实")), SelectChoice("no", _("未查实"))]
    )

    def inputs(self) -> dict[str, Any]:
        """As for every step, the choice as a truth value."""
        chosen = {"yes": True, "no": False}.get(self.found.data or "")
        return {"note": self.note.data, "found": chosen}


class FeedbackForm(StepForm):
    """The answers that may leave the bureau."""

    feedback_sender = TextAreaField(_("给移送部门的反馈"), [Clean(LONG_TEXT, multiline=True)])
    feedback_reporter = TextAreaField(_("给举报人的答复"), [Clean(LONG_TEXT, multiline=True)])


STEP_FORMS: dict[str, type[StepForm]] = {
    "note": StepForm,
    "supply": StepForm,
    "report_up": StepForm,
    "assign": AssignForm,
    "verify": VerifyForm,
    "merge": TargetForm,
    "link": LinkForm,
    "inside": InsideForm,
    "refer": ReferForm,
    "open_case": OpenCaseForm,
    "refuse": RefuseForm,
    "extend": ExtendForm,
    "findings": FindingsForm,
    "feedback": FeedbackForm,
}


def periods(today: date, also: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Report periods to choose from: ten years, and the quarters and months of the last two."""
    years = [(str(y), period_label(str(y))) for y in range(today.year, today.year - 11, -1)]
    short: list[tuple[str, str]] = []
    for year in (today.year, today.year - 1):
        short += [(p, period_label(p)) for p in (f"{year}Q{q}" for q in (4, 3, 2, 1))]
        short += [(p, period_label(p)) for p in (f"{year}-{m:02d}" for m in range(12, 0, -1))]
    known = {value for value, _label in years + short}
    return years + short + [(p, period_label(p)) for p in also if p and p not in known]


def period_label(period: str) -> str:
    """How a stored period reads."""
    if match := re.fullmatch(r"(\d{4})Q([1-4])", period):
        return str(gettext("%(y)s 年 %(q)s 季度", y=match[1], q=match[2]))
    if match := re.fullmatch(r"(\d{4})-(\d{2})", period):
        return str(gettext("%(y)s 年 %(m)s 月", y=match[1], m=int(match[2])))
    if re.fullmatch(r"\d{4}", period):
        return str(gettext("%(y)s 年", y=period))
    return period
