"""The citizen's number of GB 11643: 18 characters, sealed in the register, masked on pages."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.core.errors import BadInput, Sentence, Unavailable, say
from tracker.core.vault.ciphers import PROFILES, cipher
from tracker.core.vault.keys import Kek

_LENGTH = 18
_BODY = 17
_BIRTH = slice(6, 14)
_OLDEST_YEAR = 1900
# GB 11643-1999, ISO 7064 MOD 11-2.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Also of fifteen digits, as numbers were before 1999, and in full-width figures.
_ANY = re.compile(r"\d{15,}[XxＸｘ]?")
_INDEX = "hmac-sha256|staff number"
_INDEX_BYTES = 32


def clean(text: str) -> str:
    """The number as it should be written: half-width, capital X, without spaces."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if not c.isspace())


def check_character(body: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECKS[total % len(_CHECKS)]


def check(number: str) -> str:
    """The number as it should be written; BadInput says what is wrong and never repeats it."""
    found = clean(number)
    if (problem := _problem(found)) is not None:
        raise BadInput("number", problem)
    return found


def _problem(number: str) -> Sentence | None:
    if len(number) != _LENGTH:
        return say("身份证号应为 18 位，填的是 %(n)s 位。", n=len(number))
    body = number[:_BODY]
    if not (body.isascii() and body.isdigit()):
        return say("身份证号的前 17 位应全为数字。")
    if not _real_birth(number[_BIRTH]):
        return say("身份证号第 7 至 14 位不是真实的出生日期。")
    if number[-1] != check_character(body):
        return say("身份证号的最后一位校验不符，请对照证件。")
    return None


def _real_birth(digits: str) -> bool:
    try:
        return date.fromisoformat(digits).year >= _OLDEST_YEAR
    except ValueError:
        return False


def mask(number: str) -> str:
    """What a page may show: the first six and the last four of a full number."""
    return f"{number[:6]}{'*' * 8}{number[-4:]}" if len(number) == _LENGTH else ""


def hidden(text: str) -> str:
    """The text with whatever in it may be a citizen's number masked, also one that is wrong."""
    return _ANY.sub(lambda found: f"{found[0][:6]}{'*' * 8}{found[0][-4:]}", text)


def digest(number: str, kek: Kek) -> str:
    """A keyed hash that finds a number again; without the key nobody tries numbers out."""
    key = kek.for_cipher(_INDEX, _INDEX_BYTES)
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()


def seal(number: str, person_id: int, kek: Kek, *, alg: str = PROFILES["intl"]) -> dict[str, Any]:
    """The number encrypted for one person's row; moved to another row it does not open."""
    box = cipher(alg)
    key = kek.for_cipher(_sealing(alg), box.key_bytes)
    nonce, sealed = box.seal(key, number.encode(), _context(person_id, alg))
    return {
        "alg": alg,
        "key_id": kek.key_id,
        "nonce": b64encode(nonce).decode(),
        "ct": b64encode(sealed).decode(),
    }


def unseal(sealed: Mapping[str, Any], person_id: int, kek: Kek) -> str:
    """The number; Unavailable with another key, at another person, or when a bit is wrong."""
    alg = str(sealed["alg"])
    box = cipher(alg)
    if sealed["key_id"] != kek.key_id:
        raise Unavailable("the vault key in use is not the one this number was sealed with")
    key = kek.for_cipher(_sealing(alg), box.key_bytes)
    nonce, closed = b64decode(sealed["nonce"]), b64decode(sealed["ct"])
    return box.open(key, nonce, closed, _context(person_id, alg)).decode()


def _sealing(alg: str) -> str:
    return f"{alg}|staff number"


def _context(person_id: int, alg: str) -> bytes:
    return f"staff person {person_id}|number|{alg}".encode()
