"""A gateway for short messages: what it wants is written in the settings, not here."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from tracker.core.notices.channels.http import post, read_object
from tracker.core.notices.channels.letter import Letter
from tracker.core.notices.channels.result import Outcome, Result, tidy
from tracker.core.notices.channels.settings import Sms

_TYPES = {
    "json": "application/json; charset=utf-8",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
}


def by_sms(settings: Sms, letter: Letter, timeout: float) -> Result:
    """Fill the template and post it."""
    filled = {name: _fill(text, letter) for name, text in settings.fields.items()}
    body = (
        json.dumps(filled, ensure_ascii=False).encode()
        if settings.format == "json"
        else urlencode(filled).encode()
    )
    headers = {"Content-Type": _TYPES[settings.format], **settings.headers}
    answer = post(settings.address, body, headers, timeout=timeout, ca_file=settings.ca_file)
    if isinstance(answer, Result) or not settings.ok_field:
        return answer if isinstance(answer, Result) else Result(Outcome.SENT)
    found = read_object(answer)
    if found is None or settings.ok_field not in found:
        return Result(Outcome.UNKNOWN, "answer not understood")
    code = found[settings.ok_field]
    # TOML has no way to say "any true": JSON's true is written true.
    said = str(code).lower() if isinstance(code, bool) else str(code)
    if said == settings.ok_value:
        return Result(Outcome.SENT)
    # Credentials stand among the fields and headers, so the gateway's words stay unread.
    return Result(Outcome.FAILED, tidy(f"{settings.ok_field} {said}", _secrets(settings)))


def _fill(text: str, letter: Letter) -> str:
    """One pass, so that nothing in a text is taken for a place."""
    known = {"{phone}": letter.address, "{text}": letter.short, "{id}": letter.message_id}
    done = ""
    while text:
        name = next((n for n in known if text.startswith(n)), "")
        done += known[name] if name else text[0]
        text = text[len(name) or 1 :]
    return done


def _secrets(settings: Sms) -> tuple[str, ...]:
    return (*settings.fields.values(), *settings.headers.values())
