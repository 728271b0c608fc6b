"""Regions, organisations, respondent units and enforcement officers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model
from tracker.core.errors import N_


class RegionLevel(StrEnum):
    """The five levels of the statistical code."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class OrgKind(StrEnum):
    """What an organisation is to this product."""

    BUREAU = "bureau"
    SURVEY_TEAM = "survey_team"
    DEPARTMENT = "department"
    TOWNSHIP = "township"
    OTHER = "other"


ORG_KIND_LABELS: dict[OrgKind, str] = {
    OrgKind.BUREAU: N_("统计局"),
    OrgKind.SURVEY_TEAM: N_("国家调查队"),
    OrgKind.DEPARTMENT: N_("部门"),
    OrgKind.TOWNSHIP: N_("乡镇（街道）"),
    OrgKind.OTHER: N_("其他单位"),
}


class SubjectType(StrEnum):
    """Who a respondent unit is before the law; organs and persons are never fined (统计法 44)."""

    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    ORGANISATION = "organisation"
    SELF_EMPLOYED = "self_employed"
    ORGAN = "organ"
    PERSON = "person"


SUBJECT_LABELS: dict[SubjectType, str] = {
    SubjectType.ENTERPRISE: N_("企业"),
    SubjectType.INSTITUTION: N_("事业单位"),
    SubjectType.ORGANISATION: N_("其他组织"),
    SubjectType.SELF_EMPLOYED: N_("个体工商户"),
    SubjectType.ORGAN: N_("国家机关"),
    SubjectType.PERSON: N_("个人"),
}

# What a random check draws from, each by itself (domain 2.5, R02); empty while nobody has said.
STRATA: dict[str, str] = {
    "": N_("未分行业"),
    "industry": N_("工业"),
    "construction": N_("建筑业"),
    "trade": N_("批发和零售业"),
    "catering": N_("住宿和餐饮业"),
    "real_estate": N_("房地产开发经营业"),
    "services": N_("服务业"),
    "investment": N_("固定资产投资项目"),
    "agriculture": N_("农业"),
    "other": N_("其他"),
}


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{v}'" for v in values)


class Region(Model):
    """One place of the 12-digit statistical code; codes come and go, so each has its time."""

    __tablename__ = "regions"
    __table_args__ = (
        CheckConstraint("length(code) = 12", name="region_code_length"),
        CheckConstraint(
            "level IN ('province', 'city', 'county', 'township', 'village')", name="region_level"
        ),
        CheckConstraint("level != 'province' OR parent_code IS NULL", name="province_is_top"),
        Index("ix_regions_parent_code", "parent_code"),
    )

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Organisation(Model):
    """A bureau, survey team, department or township office that acts in this product."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('bureau', 'survey_team', 'department', 'township', 'other')",
            name="organisation_kind",
        ),
        # No foreign key to regions: a code may leave the register while its organisation stays.
        CheckConstraint("length(region_code) = 12", name="organisation_region_length"),
        Index("ix_organisations_region_code", "region_code", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    short_name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    region_code: Mapped[str] = mapped_column(String(12))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    doc_prefix: Mapped[str] = mapped_column(String(20), default="")
    active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)


class Unit(Model):
    """A respondent unit, found again by its credit code or its normalised name."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("uscc IS NULL OR length(uscc) = 18", name="uscc_length"),
        CheckConstraint("length(region_code) = 12", name="unit_region_length"),
        CheckConstraint(f"subject_type IN ({_listed(SubjectType)})", name="unit_subject_type"),
        CheckConstraint(f"stratum IN ({_listed(STRATA)})", name="unit_stratum"),
        Index("ix_units_name_key", "name_key"),
        Index("ix_units_region_code", "region_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    region_code: Mapped[str] = mapped_column(String(12))
    subject_type: Mapped[str] = mapped_column(String(16), default=SubjectType.ENTERPRISE.value)
    stratum: Mapped[str] = mapped_column(String(16), default="")
    # Reports straight to the national network; what random checks mostly draw ("四上").
    above_threshold: Mapped[bool] = mapped_column(default=False)
    legal_representative: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)


class Officer(Model):
    """An enforcement certificate of a user; without a valid one nobody checks a unit."""

    __tablename__ = "officers"
    __table_args__ = (CheckConstraint("valid_from <= valid_to", name="officer_period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    certificate_no: Mapped[str] = mapped_column(String(40), unique=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
