"""The worker's job reads the settings only when there is something to send."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.channels import servers
from tests.channels.rows import a_choice, outside, states
from tests.core.audit.rows import see_all
from tests.security.world import World
from tracker import jobs
from tracker.config import Settings
from tracker.core.cases.people import may_see
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.errors import SetupError, say
from tracker.core.notices import service
from tracker.core.notices.models import Outbox


@pytest.fixture
def file(app) -> Iterator[Path]:
    settings: Settings = app.config["TRACKER_SETTINGS"]
    path = settings.instance_path / "channels.toml"
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture
def world(app, session: Session) -> World:
    """Messages about a lead: one to its handler, one to somebody who may not see it."""
    with transaction():
        world = World(session)
        lead = world.lead(at="verifying")
        for who in ("handler", "inspector@bureau"):
            a_choice(session, world.people[who])
            service.post(
                session, [world.people[who]], case_id=lead.id, sentence=say("轮到您。"),
                now=utc_now(), source_key=who, may_see=see_all,
            )  # fmt: skip
        return world


def write(file: Path, port: int) -> None:
    file.write_text(
        f'public_address = "http://t.example"\n[email]\nhost = "{servers.HOST}"\nport = {port}\n'
        'sender = "t@t.example"\nsecurity = "none"\n',
        "utf-8",
    )
    file.chmod(0o600)


def test_the_job_sends_to_those_who_may_see(session: Session, world: World, file: Path):
    assert not may_see(session, world.people["inspector@bureau"], outside(session)[1].case_id or 0)
    with servers.mail_server() as (box, port):
        write(file, port)
        assert jobs.send_messages(utc_now()) == "sent 1, skipped 1"
        assert jobs.send_messages(utc_now()) == ""
    assert box.recipients == [f"u{world.people['handler']}@example.cn"]


def test_a_broken_file_drops_nothing(session: Session, world: World, file: Path):
    file.write_text("nonsense", "utf-8")
    file.chmod(0o600)
    with pytest.raises(SetupError):
        jobs.send_messages(utc_now())
    assert states(session) == ["queued", "queued"]


def test_with_nothing_to_send_the_file_is_not_even_read(session: Session, file: Path):
    file.write_text("nonsense", "utf-8")
    assert jobs.send_messages(utc_now()) == ""
    assert session.query(Outbox).count() == 0
