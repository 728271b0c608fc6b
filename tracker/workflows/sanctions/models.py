"""What a sanction proposal has beyond the spine: the persons proposed, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, said_by
from tracker.core.db import Model
from tracker.core.errors import N_

# Types of responsibility and of recipients by cadre authority (domain 3.4, S0 and S2).
RESPONSIBILITIES = {
    "direct": N_("直接责任"),
    "main_leader": N_("主要领导责任"),
    "important_leader": N_("重要领导责任"),
}
RANKS = {
    "prefecture": N_("厅局级"),
    "county": N_("县处级"),
    "township": N_("乡科级"),
    "staff": N_("科员级以下"),
    "other": N_("其他人员"),
}
ADDRESSEES = {
    "appointing": N_("任免机关、单位"),
    "discipline": N_("纪检监察机关"),
    "organisation": N_("组织部门"),
}
# Whoever has a supervision organ handle it is bound by that organ's rules (统计法 46).
OWN_RULES = "discipline"
RESULT_KINDS = {
    "party": N_("党纪处分"),
    "governmental": N_("政务处分"),
    "organisational": N_("组织处理"),
}


def _one_of(column: str, values: dict[str, str]) -> str:
    listed = ", ".join(f"'{v}'" for v in values)
    return f"{column} IN ({listed})"


class Sanction(Case):
    """A proposal to sanction the persons responsible for a violation."""

    __tablename__ = "sanctions"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    unit_name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str | None] = mapped_column(String(18))
    matter: Mapped[str] = mapped_column(String(80))
    facts: Mapped[str] = mapped_column(Text)
    addressee_kind: Mapped[str | None] = mapped_column(String(16))
    addressee: Mapped[str | None] = mapped_column(String(120))
    sent_on: Mapped[date | None] = mapped_column(Date)
    received_on: Mapped[date | None] = mapped_column(Date)

    persons: Mapped[list[SanctionPerson]] = relationship(
        back_populates="sanction", order_by="SanctionPerson.line", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"polymorphic_identity": "sanction"}
    __table_args__ = (
        CheckConstraint(
            "addressee_kind IS NULL OR " + _one_of("addressee_kind", ADDRESSEES),
            name="addressee_kind_known",
        ),
        CheckConstraint("(addressee_kind IS NULL) = (addressee IS NULL)", name="addressee_named"),
        CheckConstraint("received_on IS NULL OR received_on >= sent_on", name="received_after"),
    )

    @property
    def has_own_rules(self) -> bool:
        """Whether reminders are a courtesy, because a supervision organ has its own rules."""
        return self.addressee_kind == OWN_RULES


class SanctionPerson(Model):
    """One person proposed: post, rank, responsibility, what was done, by what evidence and law."""

    __tablename__ = "sanction_persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    sanction_id: Mapped[int] = mapped_column(ForeignKey("sanctions.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(80))
    rank: Mapped[str] = mapped_column(String(16))
    responsibility: Mapped[str] = mapped_column(String(20))
    facts: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    article: Mapped[str] = mapped_column(String(120))
    proposal: Mapped[str] = mapped_column(String(120))
    # Why nothing was decided on this person, in the words of whoever was asked.
    no_result: Mapped[str] = mapped_column(Text, default="")

    sanction: Mapped[Sanction] = relationship(back_populates="persons")
    results: Mapped[list[SanctionResult]] = relationship(
        order_by="SanctionResult.id", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        UniqueConstraint("sanction_id", "line"),
        CheckConstraint(_one_of("rank", RANKS), name="rank_known"),
        CheckConstraint(_one_of("responsibility", RESPONSIBILITIES), name="responsibility_known"),
    )

    @property
    def answered(self) -> bool:
        """Whether a result, or a written reason for there being none, has come back."""
        return bool(self.results) or bool(self.no_result)


class SanctionResult(Model):
    """One sanction of one person: of which kind and level, when, by which document."""

    __tablename__ = "sanction_results"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("sanction_persons.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(40))
    decided_on: Mapped[date] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(80))

    __table_args__ = (
        UniqueConstraint("person_id", "kind", "document"),
        CheckConstraint(_one_of("kind", RESULT_KINDS), name="kind_known"),
        CheckConstraint("document <> ''", name="document_given"),
    )


_SAID = (
    Word(N_("单位"), "unit_name"),
    Word(N_("信用代码"), "uscc"),
    Word(N_("事由"), "matter"),
    Word(N_("送交机关"), "addressee"),
    Word(N_("情况"), "facts", inside=True),
)
_PERSON = (Word(N_("责任人"), "name", spoken=True), Word(N_("职务"), "post", inside=True))


def index_words(session: Session, cases: Sequence[Sanction]) -> dict[int, list[Word]]:
    """What a proposal can be found by: its own words, and the persons it names."""
    found = {case.id: said_by(case, _SAID) for case in cases}
    query = select(SanctionPerson).where(SanctionPerson.sanction_id.in_(found))
    for person in session.scalars(query.order_by(SanctionPerson.line)):
        found[person.sanction_id] += said_by(person, _PERSON)
    return found
