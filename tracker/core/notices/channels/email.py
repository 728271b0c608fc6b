"""Mail by SMTP. After the final dot, silence means unknown, not failed."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

from tracker.core.notices.channels.letter import Letter
from tracker.core.notices.channels.result import Outcome, Result, tidy
from tracker.core.notices.channels.settings import Email

_GO_ON, _TAKEN = 354, 250


def mail_of(settings: Email, letter: Letter, host: str, now: datetime) -> EmailMessage:
    """The mail as it goes out; sent again it has the same Message-ID."""
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = settings.sender
    mail["To"] = letter.address
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.message_id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, charset="utf-8", cte="base64")
    return mail


def by_email(settings: Email, letter: Letter, host: str, timeout: float, now: datetime) -> Result:
    """Send one mail over a connection of its own."""
    raw = mail_of(settings, letter, host, now).as_bytes()
    try:
        server = _connect(settings, host, timeout)
    except (OSError, smtplib.SMTPException) as error:
        return Result(Outcome.FAILED, _name(error), unreachable=True)
    try:
        return _converse(server, settings, letter.address, raw)
    except (OSError, smtplib.SMTPException) as error:
        # Up to the final dot: not taken.
        return Result(Outcome.FAILED, _name(error))
    finally:
        server.close()


def _connect(settings: Email, host: str, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    if settings.security == "tls":
        return smtplib.SMTP_SSL(
            settings.host, settings.port, host, timeout=timeout, context=context
        )
    server = smtplib.SMTP(settings.host, settings.port, host, timeout=timeout)
    if settings.security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _converse(server: smtplib.SMTP, settings: Email, address: str, raw: bytes) -> Result:
    server.ehlo_or_helo_if_needed()
    if settings.username:
        server.login(settings.username, settings.password)
    said = server.mail(settings.sender, [f"size={len(raw)}"] if server.has_extn("size") else [])
    if said[0] != _TAKEN:
        # Whatever is wrong with our own address is not the recipient's fault: it may be mended.
        return _answer(said, settings, address, Outcome.FAILED)
    said = server.rcpt(address)
    if said[0] not in (_TAKEN, 251):
        return _answer(said, settings, address)
    said = server.docmd("DATA")
    if said[0] != _GO_ON:
        return _answer(said, settings, address)
    server.send(_stuffed(raw) + b".\r\n")
    try:
        said = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Result(Outcome.UNKNOWN, _name(error))
    if said[0] == _TAKEN:
        _say_goodbye(server)
        return Result(Outcome.SENT)
    if not 400 <= said[0] < 600:
        return Result(Outcome.UNKNOWN, "answer not understood")
    return _answer(said, settings, address)


def _say_goodbye(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        return  # it has taken the mail; how it hangs up is its own affair


def _stuffed(raw: bytes) -> bytes:
    """Lines that begin with a dot get a second one; the last line ends."""
    lines = raw.splitlines()
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)


def _answer(
    said: tuple[int, bytes], settings: Email, address: str, final: Outcome = Outcome.REFUSED
) -> Result:
    """5xx is for good, all else may be tried again."""
    code = said[0]
    words = tidy(f"SMTP {code} {said[1].decode('utf-8', 'replace')}", (settings.password, address))
    return Result(final if 500 <= code < 600 else Outcome.FAILED, words)


def _name(error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"
