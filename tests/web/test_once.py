from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from tests.web.small_site import open_site, the_person
from tracker.config import Settings
from tracker.core.clock import at_office
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput
from tracker.web.once import (
    DifferentBody,
    IdempotencyKey,
    body_hash,
    forget_old_keys,
    new_key,
    once,
    remember,
)

NOW = at_office(date(2026, 5, 11), 10)


@pytest.fixture
def site(
    fresh_db_url: Callable[..., str], test_settings: Callable[..., Settings]
) -> Iterator[Flask]:
    with open_site(test_settings(fresh_db_url())) as app:
        yield app


def sent(**fields):
    return body_hash(MultiDict(fields))


def person(session):
    return the_person(session).id


def test_the_second_sending_gets_the_first_answer(site):
    key = new_key()
    with site.app_context():
        with transaction() as session:
            assert once(session, person(session), key, sent(reason="x"), NOW) is None
            remember(session, person(session), key, "/leads/7")
        with transaction() as session:
            assert once(session, person(session), key, sent(reason="x"), NOW) == "/leads/7"
        with pytest.raises(DifferentBody), transaction() as session:
            once(session, person(session), key, sent(reason="y"), NOW)


def test_work_that_failed_may_be_sent_again(site):
    key = new_key()
    with site.app_context():
        with contextlib.suppress(RuntimeError), transaction() as session:
            once(session, person(session), key, sent(), NOW)
            raise RuntimeError
        with transaction() as session:
            assert once(session, person(session), key, sent(), NOW) is None


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with blank 0123456789"])
def test_a_key_we_did_not_draw_is_refused(site, key):
    with site.app_context(), pytest.raises(BadInput), transaction() as session:
        once(session, person(session), key, sent(), NOW)


@pytest.mark.usefixtures("session")
def test_tokens_and_order_do_not_change_the_body():
    assert sent(a="1", b="2", csrf_token="x") == sent(b="2", a="1", csrf_token="y", _once="k")
    assert sent(a="1") != sent(a="2")
    twice = MultiDict([("a", "1"), ("a", "1")])
    assert body_hash(twice) != sent(a="1")


def test_eight_at_once_do_the_work_once(site):
    key, done, errors = new_key(), [], []
    start = threading.Barrier(8)

    def send():
        try:
            with site.app_context():
                start.wait()
                with transaction() as session:
                    earlier = once(session, person(session), key, sent(a="1"), NOW)
                    if earlier is None:
                        remember(session, person(session), key, "/leads/7")
                done.append(earlier)
                db.session.remove()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            errors.append(error)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(done, key=str) == ["/leads/7"] * 7 + [None]


def test_old_keys_are_forgotten(site):
    with site.app_context():
        with transaction() as session:
            once(session, person(session), new_key(), sent(), NOW)
        with transaction() as session:
            forget_old_keys(session, NOW + timedelta(days=8))
            assert session.scalar(select(func.count(IdempotencyKey.id))) == 0
