"""One letter by one channel."""

from __future__ import annotations

from datetime import datetime

from tracker.core.notices.channels.email import by_email
from tracker.core.notices.channels.letter import Letter
from tracker.core.notices.channels.result import Outcome, Result
from tracker.core.notices.channels.robots import by_dingtalk, by_feishu, by_wecom
from tracker.core.notices.channels.settings import Channels
from tracker.core.notices.channels.sms import by_sms


def send_letter(channels: Channels, channel: str, letter: Letter, now: datetime) -> Result:
    """Send it, and say what is known afterwards. Call it outside any transaction."""
    wait = channels.timeout_seconds
    if channel == "email" and channels.email is not None:
        return by_email(channels.email, letter, channels.host, wait, now)
    if channel == "wecom" and channels.wecom is not None:
        return by_wecom(channels.wecom, letter, wait)
    if channel == "dingtalk" and channels.dingtalk is not None:
        return by_dingtalk(channels.dingtalk, letter, wait, now)
    if channel == "feishu" and channels.feishu is not None:
        return by_feishu(channels.feishu, letter, wait, now)
    if channel == "sms" and channels.sms is not None:
        return by_sms(channels.sms, letter, wait)
    return Result(Outcome.FAILED, "channel not set up")
