"""Whichever way a share goes, what is logged on it tells nothing of who shared."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest
from django.db import DataError, IntegrityError, ProgrammingError

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import SetAside, Share
from tests.dispatch.test_base__contract import WRITING, start
from tests.factories import event
from tests.test_wording import MARK, personal

pytestmark = pytest.mark.django_db(transaction=True)

assert start  # a fixture
LATER = {"redis_streams", "a stranger's"}
"""Who don't write here, or say nothing of it."""


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog):
    caplog.set_level(logging.DEBUG)


def submit(share):
    """What is said to whoever shares, if it is refused."""
    try:
        dispatchers.submit(share)
    except DispatcherUnavailable as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", WRITING)
def test_submit__of_what_the_database_refuses(name, start, app, settle, caplog):
    dispatcher = start(name)
    for share in (event(app), personal(app, user_agent=None)):
        submit(share)
    settle(dispatcher)
    assert Share.objects.count() == 1
    error = SetAside.objects.get().error
    assert "user_agent" in error
    assert MARK not in error + caplog.text + dispatcher.status().last_error


@pytest.mark.parametrize(
    "kind", [IntegrityError, DataError, ProgrammingError, ValueError, KeyError]
)
@pytest.mark.parametrize("name", WRITING)
def test_submit__while_the_table_takes_nothing(name, kind, start, app, caplog, database_away):
    dispatcher = start(name)
    database_away.error = kind(f"Failing row contains ({MARK}).")
    database_away.set()
    said = submit(personal(app))
    with suppress(kind):  # a stranger's may do as it likes
        dispatcher.flush(0)
    if name not in LATER:
        assert said or kind.__name__ in caplog.text
    assert MARK not in said + caplog.text + dispatchers.status_of("default").last_error
    database_away.clear()
