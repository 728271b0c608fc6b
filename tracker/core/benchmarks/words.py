"""Numbers of a grade as people read them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from unicodedata import normalize

from tracker.core.errors import BadInput, Sentence, say

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_MOST_LETTERS = 40


def read_number(text: str, field: str) -> Decimal:
    """A figure as tables print it: 29112.4, 29,112.4; BadInput for anything else."""
    written = normalize("NFKC", text).strip().replace("−", "-")
    if len(written) > _MOST_LETTERS or not _NUMBER.fullmatch(written):
        raise BadInput(
            field, say("数“%(written)s”读不懂，请写成 29112.4。", written=text[:_MOST_LETTERS])
        )
    return Decimal(written.replace(",", ""))


def number_words(number: Decimal) -> str:
    """With thousands set apart, as exact as it was typed."""
    return f"{number:,f}"


def percent_words(ratio: Fraction) -> str:
    """To two decimals of a percent, half up; what is compared is not rounded."""
    hundredths = (ratio * 10000 + Fraction(1, 2)).__floor__()
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def range_words(low: Decimal | None, high: Decimal | None) -> Sentence:
    """A range of fines in yuan: 10,000 元以下, 5,000—10,000 元, 3,000 元, 35,000 元以上."""
    if low is None:
        return say("没有罚款幅度")
    if high is None:
        return say("%(low)s 元以上", low=number_words(low))
    if high == 0:
        return say("不罚款")
    if low == high:
        return say("%(low)s 元", low=number_words(low))
    if low == 0:
        return say("%(high)s 元以下", high=number_words(high))
    return say("%(low)s—%(high)s 元", low=number_words(low), high=number_words(high))
