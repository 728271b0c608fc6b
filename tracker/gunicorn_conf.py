"""Gunicorn's settings; `TRACKER_BIND` and `TRACKER_WEB_WORKERS` adjust them to the machine."""

import os

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
