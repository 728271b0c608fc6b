"""What kind of place a row of the register is, by its name and code."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from tracker.core.norms.model import PlaceKind
from tracker.core.registers.models import Region, RegionLevel

# 街道 01-99, 镇 100-199, 乡 and 苏木 200-399; from 400 on what is counted like a township.
_SPECIAL = "45678"
_PARK = re.compile("开发区|园区|工业区|集中区|示范区|高新")
# A row that stands for a whole zone among the townships (统计用区划代码).
_STAND_IN = "特殊乡镇"
# A county-level functional zone has 71 to 79 as its third pair.
_ZONES = range(71, 80)
_COMMUNITY = re.compile("(社区|居委会|居民委员会)$")


def kind_of(code: str, name: str, level: str) -> PlaceKind:
    """The kind of a place from its 12-digit code, its name and its level."""
    if level == RegionLevel.VILLAGE:
        return PlaceKind.COMMUNITY if _COMMUNITY.search(name) else PlaceKind.VILLAGE
    if level == RegionLevel.COUNTY:
        return PlaceKind.PARK if int(code[4:6]) in _ZONES else PlaceKind.OTHER
    if level != RegionLevel.TOWNSHIP or _STAND_IN in name:
        return PlaceKind.OTHER
    if code[6] not in _SPECIAL:
        return PlaceKind.TOWNSHIP
    return PlaceKind.PARK if _PARK.search(name) else PlaceKind.OTHER


def place_kind(region: Region) -> PlaceKind:
    """The kind of a place of the register."""
    return kind_of(region.code, region.name, region.level)


def place_kind_at(session: Session, code: str) -> PlaceKind:
    """The kind of a place by its code; `other` for one that is not in the register."""
    region = session.get(Region, code)
    return PlaceKind.OTHER if region is None else place_kind(region)
