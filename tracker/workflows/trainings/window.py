"""The code on the wall: a signature of the session's key over a window of time.

The code of the screen changes every minute, so that a photograph is worth nothing soon after; the
one on paper holds for its day. A new key of the session makes all codes before it worthless.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from tracker.core.clock import office_date

_SCREEN, _POSTER = "s", "p"
SCREEN_LASTS = timedelta(minutes=1)
# Scanning, logging in and reading the page take a while: how many codes back still hold.
_BACK = 2
_DIGITS = 40


def new_key() -> str:
    """What the codes of a session are signed with: 64 hexadecimal digits."""
    return secrets.token_hex(32)


def screen_code(key: str, case_id: int, now: datetime) -> str:
    """The code of this minute."""
    return _SCREEN + _signed(key, case_id, _SCREEN, str(_minute(now)))


def poster_code(key: str, case_id: int, now: datetime) -> str:
    """The code of this day, for paper."""
    return _POSTER + _signed(key, case_id, _POSTER, office_date(now).isoformat())


def holds(key: str, case_id: int, code: str, now: datetime) -> bool:
    """Whether a code is of this session, of its present key, and not too old."""
    if not key or not code.isascii():
        return False
    windows = [_SCREEN + _signed(key, case_id, _SCREEN, str(_minute(now) - n))
               for n in range(_BACK + 1)]  # fmt: skip
    # All are compared, whichever fits, so that the time it takes says nothing.
    fits = [hmac.compare_digest(code, one) for one in (*windows, poster_code(key, case_id, now))]
    return any(fits)


def _minute(now: datetime) -> int:
    return int(now.timestamp() // SCREEN_LASTS.total_seconds())


def _signed(key: str, case_id: int, span: str, window: str) -> str:
    text = f"training:{case_id}:{span}:{window}"
    return hmac.new(bytes.fromhex(key), text.encode(), "sha256").hexdigest()[:_DIGITS]
