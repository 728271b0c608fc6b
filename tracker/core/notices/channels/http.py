"""One POST, with nothing followed, nothing taken from the environment, and a bounded answer."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from tracker.core.notices.channels.result import Outcome, Result

_MOST_BYTES = 64 * 1024
# A gateway that says so had handed the message on and heard nothing back.
_PERHAPS = frozenset({502, 504})


def post(
    address: str, body: bytes, headers: dict[str, str], *, timeout: float, ca_file: str = ""
) -> Result | bytes:
    """Send once; gives the body of a 2xx answer, or what became of it otherwise."""
    connection = _connection(address, timeout, ca_file)
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        try:
            connection.connect()
        except OSError as error:
            return Result(Outcome.FAILED, type(error).__name__, unreachable=True)
        try:
            connection.request("POST", target, body, {"Connection": "close", **headers})
        except (OSError, http.client.HTTPException) as error:
            # Not all of it has gone, so nobody can have read all of it.
            return Result(Outcome.FAILED, type(error).__name__)
        try:
            response = connection.getresponse()
            raw = _read(response, timeout)
        except (OSError, http.client.HTTPException) as error:
            return Result(Outcome.UNKNOWN, type(error).__name__)
    finally:
        connection.close()
    if 200 <= response.status < 300:
        return Result(Outcome.UNKNOWN, "answer too long") if raw is None else raw
    perhaps = response.status in _PERHAPS
    return Result(Outcome.UNKNOWN if perhaps else Outcome.FAILED, f"HTTP {response.status}")


def read_object(raw: bytes) -> dict[str, Any] | None:
    """The JSON object of an answer, if it is one."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _connection(address: str, timeout: float, ca_file: str) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file or None)
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=context)
    return http.client.HTTPConnection(host, parts.port, timeout=timeout)


def _read(response: http.client.HTTPResponse, timeout: float) -> bytes | None:
    """The whole body; None when it is longer than any answer has reason to be."""
    until, raw = time.monotonic() + timeout, b""
    while True:
        chunk = response.read1(4096)
        if not chunk:
            break
        raw += chunk
        if len(raw) > _MOST_BYTES:
            return None
        if time.monotonic() > until:
            raise TimeoutError("the answer does not end")
    if response.length:
        raise http.client.IncompleteRead(raw)
    return raw
