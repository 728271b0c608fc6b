"""The demo at a browser: the product over a copy of it, at the moment it was prepared for.

The site's process imports `app` from here: `gunicorn tests.browser.demo:app` of the instance named.
"""

from __future__ import annotations

from typing import Any

import time_machine

from tests.helpers.demo import LOOKED_AT


def __getattr__(name: str) -> Any:
    """`app`, made when a server asks for it, with a clock that goes on from that moment."""
    if name != "app":
        raise AttributeError(name)
    from datetime import datetime

    from tracker.app import serving_app
    from tracker.core.clock import OFFICE_ZONE

    moment = datetime.fromisoformat(LOOKED_AT).replace(tzinfo=OFFICE_ZONE)
    time_machine.travel(moment.timestamp(), tick=True).start()
    return serving_app()
