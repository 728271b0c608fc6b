"""The sample's cases: nothing beside the spine."""

from __future__ import annotations

from tracker.core.cases.models import Case


class Sample(Case):
    """One case of the sample."""

    __mapper_args__ = {"polymorphic_identity": "sample"}
