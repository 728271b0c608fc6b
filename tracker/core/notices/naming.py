"""The lasting name of a message."""

from __future__ import annotations

import uuid

# Names our messages among all others; a constant, so that a message keeps its id for ever.
_MESSAGES = uuid.UUID("6f6c1f5e-52a7-4a2e-9a51-0d5d6f1f7d10")


def message_id(name: str) -> str:
    """The id of the message that bears a name: the same name, the same id."""
    return str(uuid.uuid5(_MESSAGES, name))
