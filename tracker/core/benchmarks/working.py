"""The lines of a grade as they are found, and the answer made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from tracker.core.benchmarks.law import LawChoice
from tracker.core.benchmarks.model import INDICATOR_LABELS, Act, Row, Statute, Table
from tracker.core.benchmarks.result import Figure, Graded, Mark, Outcome, Question
from tracker.core.benchmarks.words import number_words, percent_words
from tracker.core.errors import Sentence, say

# A quotient is shown and stored to so many digits; bands are chosen by the exact fraction.
_SHOWN = Context(prec=28)


@dataclass(frozen=True, slots=True)
class Grading:
    """One question with what was settled before the rows are read."""

    table: Table
    question: Question
    act: Act
    figure: Figure | None
    choice: LawChoice
    statute: Statute | None
    marks: tuple[Mark, ...]

    @property
    def who(self) -> Sentence:
        """The subject, as people say it."""
        return self.question.subject_words

    @property
    def who_and_what(self) -> Sentence:
        """The subject, and the family of its indicator where there is one."""
        if self.figure is None:
            return self.who
        kind = say(INDICATOR_LABELS[self.figure.kind])
        return say("%(who)s，%(kind)s", who=self.who, kind=kind)

    def answer(
        self,
        outcome: Outcome,
        lines: Sequence[Sentence],
        *,
        row: Row | None = None,
        fine: tuple[Decimal, Decimal | None] | None = None,
        aggravated: bool = False,
        marks: Sequence[Mark] = (),
    ) -> Graded:
        """The answer: what was computed first, then the law, then the given lines."""
        figure = self.figure
        exact = None if figure is None else figure.exact_ratio
        own = [Mark.BOUNDARY_UNVERIFIED] if _rests_on_reading(self.table, row) else []
        return Graded(
            table=self.table,
            question=self.question,
            act=self.act,
            outcome=outcome,
            figure=figure,
            difference=None if figure is None else figure.difference,
            ratio=None if exact is None else _decimal(exact),
            ratio_text="" if exact is None else percent_words(exact),
            row=row,
            fine_min=None if fine is None else fine[0],
            fine_max=None if fine is None else fine[1],
            law=self.choice.law,
            statute=self.statute,
            aggravated=aggravated,
            working=(*_arithmetic(figure), *self.choice.lines, *lines),
            marks=tuple(dict.fromkeys((*self.marks, *own, *marks))),
        )


def _rests_on_reading(table: Table, row: Row | None) -> bool:
    """Whether the row has an end that the table does not print."""
    if row is None or table.boundary_verified != "U":
        return False
    bands = [band for band in (row.ratio, row.amount) if band is not None]
    return any(band.low is not None and band.high is not None for band in bands)


def _decimal(ratio: Fraction) -> Decimal:
    return _SHOWN.divide(Decimal(ratio.numerator), Decimal(ratio.denominator))


def _arithmetic(figure: Figure | None) -> list[Sentence]:
    if figure is None:
        return []
    due, difference = number_words(figure.due), number_words(figure.difference)
    if figure.reported is None:
        lines = [say("没有上报，按上报 0 计算，违法数额 %(amount)s", amount=difference)]
    else:
        lines = [
            say(
                "上报数 %(reported)s，应报数 %(due)s，违法数额 %(amount)s",
                reported=number_words(figure.reported),
                due=due,
                amount=difference,
            )
        ]
    ratio = figure.exact_ratio
    if ratio is None:
        return [*lines, say("应报数是 0，没有违法比例，只能按数额裁量")]
    return [
        *lines,
        say(
            "%(amount)s ÷ %(due)s ＝ %(ratio)s（违法数额 ÷ 应报数）",
            amount=difference,
            due=number_words(abs(figure.due)),
            ratio=percent_words(ratio),
        ),
    ]
