"""The unified social credit code of GB 32100: 18 characters, the last one a check."""

from __future__ import annotations

import unicodedata

from tracker.core.errors import N_, BadInput, Sentence, say

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18
_BODY = 17
_REGION = slice(2, 8)
_BASE = 31


def clean_uscc(text: str) -> str:
    """The code as it should be written: half-width capitals without spaces and dashes."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if not c.isspace() and c != "-")


def check_character(body: str) -> str:
    """The 18th character that belongs to the first 17."""
    total = sum(_ALPHABET.index(c) * pow(3, i, _BASE) for i, c in enumerate(body))
    return _ALPHABET[-total % _BASE]


def check_uscc(text: str) -> Sentence | None:
    """What is wrong with a code, exactly; None when it holds."""
    code = clean_uscc(text)
    if len(code) != _LENGTH:
        return say(N_("统一社会信用代码应为 18 位，填的是 %(n)s 位，请对照营业执照。"), n=len(code))
    for place, char in enumerate(code, start=1):
        if char not in _ALPHABET:
            return say(
                N_(
                    "第 %(place)s 位“%(char)s”不能出现在统一社会信用代码中"
                    "（不用字母 I、O、Z、S、V），请对照营业执照。"
                ),
                place=place,
                char=char,
            )
    if not code[_REGION].isdigit():
        return say(N_("第 3 至 8 位是登记机关区划码，应全为数字，请对照营业执照。"))
    right = check_character(code[:_BODY])
    if code[-1] != right:
        return say(
            N_("最后一位校验不符：填的是 %(given)s，按前 17 位应为 %(right)s，请对照营业执照"),
            given=code[-1],
            right=right,
        )
    return None


def make_uscc(prefix17: str) -> str:
    """A code that passes its check, from its first 17 characters."""
    body = clean_uscc(prefix17)
    if len(body) != _BODY or any(c not in _ALPHABET for c in body):
        raise BadInput("uscc", say(N_("前 17 位应由 17 个合法字符组成。")))
    return body + check_character(body)
