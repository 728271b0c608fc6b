"""What a person says about a lead: plain values between form, import and service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class IndicatorData:
    """One indicator line; None where a figure is not known."""

    name: str
    unit: str
    reported: Decimal | None
    known: Decimal | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LeadData:
    """A lead as it is written down; `identity` goes to the vault and nowhere else."""

    unit_name: str
    region_code: str
    period: str
    matter: str
    found_in: str
    found_on: date
    facts: str
    channel: str = "department"
    survey_owner: str = "bureau"
    confidentiality: int = 1
    uscc: str | None = None
    competent_org_id: int | None = None
    reporter: str = "none"
    reply_wanted: bool = False
    identity: dict[str, str] = field(default_factory=dict, repr=False)
    superior_name: str | None = None
    superior_letter: str | None = None
    superior_due_on: date | None = None
    indicators: tuple[IndicatorData, ...] = ()
