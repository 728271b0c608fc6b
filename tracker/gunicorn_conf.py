"""Gunicorn's settings; `TRACKER_BIND` and `TRACKER_WEB_WORKERS` adjust them to the machine."""

import os
import re
from typing import Any

from gunicorn.glogging import Logger


def hide_secrets(line: str) -> str:
    """The line without the secret of a calendar's address."""
    return re.sub(r"/feeds/[^/ ?]+", "/feeds/***", line)


class QuietLogger(Logger):
    """An access log without the secrets that calendar programs carry in their addresses."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """What a line of the log is made of."""
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        for name in ("U", "r"):
            found[name] = hide_secrets(str(found[name]))
        return found


logger_class = QuietLogger
bind = os.environ.get("TRACKER_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("TRACKER_WEB_WORKERS", "2"))
threads = 4
timeout = 60
graceful_timeout = 30
# A service user often has no home directory to put the control socket in, and nobody needs it.
control_socket_disable = True
# Database connections do not survive a fork.
preload_app = False
accesslog = "-"
# Without the query string and the referrer: both may carry what somebody searched for.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
