"""Servers on the loopback address that take messages, and others that misbehave on purpose."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What a mail server took; `answer` says what it replies after the final dot."""

    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answer: Callable[[int], str] = lambda _n: "250 taken"
    rcpt: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        with self.lock:
            self.raw.append(cast(bytes, envelope.original_content))
            self.recipients += envelope.rcpt_tos
            return self.answer(len(self.raw))

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(r, policy=policy.default) for r in self.raw]

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]


@contextmanager
def mail_server(box: Mailbox | None = None) -> Iterator[tuple[Mailbox, int]]:
    """A real mail server; its port is free at the time."""
    box = box or Mailbox()
    port = free_port()
    controller = Controller(box, hostname=HOST, port=port, ready_timeout=20)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


@dataclass
class Talk:
    """A server that follows a script, one connection after the other, and keeps what it heard."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(raw.partition(b"\r\n\r\n")[2]) for raw in self.heard if raw]


Script = Callable[[socket.socket], bytes]


@contextmanager
def scripted(*scripts: Script) -> Iterator[Talk]:
    """Each connection is served by the next script; the last one serves all that follow."""
    listener = socket.create_server((HOST, 0))
    listener.settimeout(0.05)
    talk, stop = Talk(listener.getsockname()[1]), threading.Event()

    def serve() -> None:
        turn = 0
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                script = scripts[min(turn, len(scripts) - 1)]
                with contextlib.suppress(OSError):
                    talk.heard.append(script(connection))
            turn += 1

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield talk
    finally:
        stop.set()
        thread.join(10)
        listener.close()


# ---------------------------------------------------------------- http


def read_request(connection: socket.socket) -> bytes:
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += connection.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answers(body: bytes, status: str = "200 OK", *more: str) -> Script:
    def script(connection: socket.socket) -> bytes:
        heard = read_request(connection)
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *more]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        return heard

    return script


def drops_before_reading(connection: socket.socket) -> bytes:
    return b""


def drops_after_reading(connection: socket.socket) -> bytes:
    return read_request(connection)


def answers_late(seconds: float) -> Script:
    def script(connection: socket.socket) -> bytes:
        heard = read_request(connection)
        time.sleep(seconds)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        return heard

    return script


def answers_half(connection: socket.socket) -> bytes:
    heard = read_request(connection)
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"errcode"')
    return heard


def never_ends(connection: socket.socket) -> bytes:
    heard = read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(64):
        connection.sendall(b"x" * 4096)
    return heard


# ---------------------------------------------------------------- smtp


def smtp(end: str = "250 taken", *, at: str = ".", wait: float = 0) -> Script:
    """A mail server that behaves until a command, answers that with `end`, or hangs up if empty."""

    def script(connection: socket.socket) -> bytes:
        def say(words: str) -> bool:
            if words:
                connection.sendall(words.encode() + b"\r\n")
            return bool(words)

        lines = connection.makefile("rb")
        with lines:
            if not say(end if at == "hello" else "220 here"):
                return b""
            return _converse(lines, say, end, at, wait)

    return script


def _converse(lines: Any, say: Callable[[str], bool], end: str, at: str, wait: float) -> bytes:
    data, inside = b"", False
    known = {"EHLO": "250 here", "DATA": "354 go on", "QUIT": "221 bye"}
    for line in lines:
        if inside and line != b".\r\n":
            data += line
            continue
        word = "." if inside else line[:4].decode().upper()
        inside = word == "DATA" and at != "DATA"
        if word == at:
            time.sleep(wait)
            if not say(end):
                break
        elif not say(known.get(word, "250 ok")):
            break
        if word == "QUIT":
            break
    return data
