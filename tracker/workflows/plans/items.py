"""The published list of items of random checks, and the strata that objects are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.core.errors import N_
from tracker.core.rulebook.model import Source, Verified

# Short names of what the article lists, not its words.
ITEMS: Mapping[str, str] = {
    "reporting": N_("依法报送统计资料的情况"),
    "ledgers": N_("设置原始记录、统计台账的情况"),
    "system": N_("建立统计资料管理制度的情况"),
    "conditions": N_("保障统计工作条件的情况"),
}
ITEMS_SOURCE = Source(N_("国家统计局统计执法“双随机”抽查办法（试行）"), article=N_("第七条"))
ITEMS_VERIFIED = Verified.QUOTED


@dataclass(frozen=True, slots=True)
class Kind:
    """A stratum of the draw and the kinds of the unit register that belong to it."""

    label: str
    covers: tuple[str, ...]


# Trade, catering and services are one stratum as in 皖统计局 2020-06-10 (R02); the rest is ours.
STRATA: Mapping[str, Kind] = {
    "industry": Kind(N_("工业企业"), ("industry",)),
    "commerce": Kind(N_("批零住餐和服务业企业"), ("trade", "catering", "services")),
    "projects": Kind(N_("投资项目"), ("investment",)),
    "construction": Kind(N_("建筑业企业"), ("construction",)),
    "real_estate": Kind(N_("房地产开发经营业企业"), ("real_estate",)),
    "other": Kind(N_("其他统计调查对象"), ("agriculture", "other", "")),
}


def stratum_of(kind: str) -> str:
    """The stratum that a kind of the unit register belongs to."""
    return next((code for code, s in STRATA.items() if kind in s.covers), "other")
