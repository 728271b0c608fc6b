"""The columns of the office list, the same in the template, the import and the export."""

from __future__ import annotations

from tracker.core.staff.models import DUTY_LABELS, RANK_LABELS

# Heads in the order of the template, with the field each fills; a file is data, not a page.
COLUMNS: dict[str, str] = {
    "姓名": "name",
    "身份证号": "number",
    "区划代码": "region_code",
    "单位": "place",
    "机构": "org",
    "岗位": "duty",
    "职务": "title",
    "专职/兼职": "full_time",
    "在编": "on_payroll",
    "任职日期": "since",
    "离任日期": "until",
    "学历": "education",
    "职称": "rank",
    "联系电话": "phone",
    "岗前培训日期": "inducted_on",
    "本年学时": "hours",
    "证书名称": "certificate",
    "证书编号": "certificate_no",
    "证书日期": "certified_on",
    "接任人": "successor",
}
HEADS: dict[str, str] = {field: head for head, field in COLUMNS.items()}
TEXT_FIELDS = ("number", "region_code", "phone", "certificate_no")
TEXT_COLUMNS = tuple(list(COLUMNS.values()).index(field) for field in TEXT_FIELDS)
WIDTHS = (10, 22, 16, 26, 22, 14, 14, 11, 8, 12, 12, 10, 8, 15, 14, 10, 20, 18, 12, 12)
FULL_TIME, PART_TIME = "专职", "兼职"
YES, NO = "是", "否"
CHOICES: dict[str, tuple[str, ...]] = {
    "duty": tuple(DUTY_LABELS.values()),
    "full_time": (FULL_TIME, PART_TIME),
    "on_payroll": (YES, NO),
    "rank": tuple(RANK_LABELS.values()),
}
