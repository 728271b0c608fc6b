"""Passwords: hashing at an even cost, and what may be one.

The bundled list is honest about its size: several thousand stems and whole passwords, well short
of the 100,000 the requirement names. It is matched on the stem too (``Woaini1314!`` is
``woaini``), which covers far more than its own lines. A longer list may replace the file.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import PastPassword, User
from tracker.core.errors import Sentence, say

LONGEST = 128
_SHORTEST, _CLASSES = 10, 3
_SHORTEST_PLAIN = 15
_HISTORY = 5
_TAIL = 8
_CONTEXT = ("统计", "tongji", "bureau")
_LEET = str.maketrans("@$013457!", "asoleasti")
# The keys as they would be without Shift: 1qaz@WSX is 1qaz2wsx.
_UNSHIFT = str.maketrans("!@#$%^&*()", "1234567890")

# Each hash holds its memory while it runs; more than four at once would starve the pages.
_at_once = threading.BoundedSemaphore(4)


class Passwords:
    """Hashes and checks with one set of parameters; an unknown person costs as much as a known."""

    def __init__(
        self, *, memory_kib: int = 65536, time_cost: int = 3, parallelism: int = 1
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism
        )
        self._nobody = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The text to store."""
        with _at_once:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; the work is done even when there is nothing to match."""
        if len(password) > LONGEST:
            password, stored = password[:LONGEST], None
        with _at_once:
            try:
                self._hasher.verify(stored or self._nobody, password)
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False
        return stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Whether the parameters have moved on since this was stored."""
        return self._hasher.check_needs_rehash(stored)


# ---------------------------------------------------------------- what may be a password


def password_faults(password: str, context: Iterable[str] = ()) -> list[Sentence]:
    """Everything wrong with a new password; `context` holds the person's name, phone and so on."""
    faults: list[Sentence] = []
    if len(password) > LONGEST:
        faults.append(say("密码最多 %(n)s 个字符", n=LONGEST))
        return faults
    if len(password) < _SHORTEST_PLAIN and (
        len(password) < _SHORTEST or _classes(password) < _CLASSES
    ):
        faults.append(
            say("密码要有 10 个以上字符，含大写、小写、数字、符号中的三类；或者 15 个以上任意字符")
        )
    if is_common(password):
        faults.append(say("这个密码太常见，容易被猜中，请换一个"))
    low = password.lower()
    for word in {*_CONTEXT, *(w.strip().lower() for w in context)}:
        if len(word) >= (2 if not word.isascii() else 4) and word in low:
            faults.append(say("密码里不要有姓名、账号、电话、证件号或“统计”这类字样"))
            break
    return faults


def _classes(password: str) -> int:
    kinds = set()
    for char in password:
        category = unicodedata.category(char)
        kinds.add({"Ll": "lower", "Lu": "upper", "Nd": "digit"}.get(category, "other"))
    return len(kinds)


def is_common(password: str) -> bool:
    """Whether the password, or what is left of it without its decoration, is on the list."""
    low = password.lower()
    known = _common()
    # A repeated password is no longer one: abc123abc123abc123.
    spellings = (low, low.translate(_LEET), low.translate(_UNSHIFT))
    candidates = {*spellings, *map(_stem, spellings)}
    for size in range(1, len(low) // 2 + 1):
        if len(low) % size == 0 and low[:size] * (len(low) // size) == low:
            candidates.update({low[:size], _stem(low[:size])})
            if size <= _TAIL:
                return True
            break
    return any(candidate in known for candidate in candidates if len(candidate) >= 3)


def _stem(low: str) -> str:
    """Without the digits and signs hung on behind and before, at most eight behind."""
    head = low.rstrip("0123456789!@#$%^&*()_+-=.,?~ ")
    if len(low) - len(head) > _TAIL:
        return low
    return head.lstrip("0123456789!@#$%^&*()_+-=.,?~ ") if head else low


@cache
def _common() -> frozenset[str]:
    text = files("tracker.core.accounts").joinpath("data/common-passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("# "))


# ---------------------------------------------------------------- a person's own passwords


def context_words(user: User) -> list[str]:
    """What about this person must not be in the password."""
    words = [user.username, user.name]
    if user.phone:
        words.append(user.phone)
        words.append(user.phone[-8:])
    return words


def was_used(session: Session, hasher: Passwords, user_id: int, password: str) -> bool:
    """Whether it is one of the last five; costs up to five hashes, so call it last."""
    past = session.scalars(
        select(PastPassword.password_hash)
        .where(PastPassword.user_id == user_id)
        .order_by(PastPassword.id.desc())
        .limit(_HISTORY)
    ).all()
    return any(hasher.verify(stored, password) for stored in past)


def store_password(session: Session, user: User, hashed: str, now: datetime) -> None:
    """Make it the person's password; the hash was made before the transaction began."""
    user.password_hash = hashed
    user.must_change = False
    session.add(PastPassword(user_id=user.id, password_hash=hashed, set_at=now))
    session.flush()
    old = session.scalars(
        select(PastPassword)
        .where(PastPassword.user_id == user.id)
        .order_by(PastPassword.id.desc())
        .offset(_HISTORY)
    ).all()
    for row in old:
        session.delete(row)


def password_age(session: Session, user_id: int, now: datetime) -> timedelta | None:
    """How long ago the present password was set; None when there is none."""
    set_at = session.scalar(
        select(PastPassword.set_at)
        .where(PastPassword.user_id == user_id)
        .order_by(PastPassword.id.desc())
        .limit(1)
    )
    return None if set_at is None else now - set_at
