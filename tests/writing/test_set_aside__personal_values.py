"""Who shared, in which session, with which browser, is in the payload alone, which few may see."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

from django_share_analytics.codec import encode
from django_share_analytics.models import SetAside, Share
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.payloads import write_payloads
from django_share_analytics.writing.replay import replay
from tests.factories import event
from tests.test_wording import COLUMNS, MARK, WRONG, personal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog):
    caplog.set_level(logging.DEBUG)


def told(caplog):
    """All that was said, and kept beside the payload."""
    kept = [f"{row.reason} {row.error} {row}" for row in SetAside.objects.all()]
    return "\n".join([caplog.text, *kept])


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("wrong", WRONG)
def test_set_aside__tells_no_value_of_the_share(column, wrong, app, caplog):
    if column == "timestamp" and wrong != "another time":
        pytest.skip("an event can't have that")
    good = event(app)
    write_batch([good, personal(app, **{column: WRONG[wrong]})])
    assert Share.objects.filter(id=good.id).exists()
    assert MARK not in told(caplog)


@pytest.mark.parametrize(
    "values",
    [
        {"agent": None},
        {"id": MARK},
        {"at": MARK},
        {"user": [MARK]},
        {"app": {MARK: MARK}},
        {MARK: 1},
    ],
    ids=str,
)
def test_set_aside__tells_nothing_of_what_a_queue_delivers(values, app, caplog):
    """Nor of what is no share: it may be one of the next version."""
    share = {**json.loads(encode(personal(app))), **values}
    if MARK in values:
        share.pop("id")
    write_payloads([json.dumps(share), f"{MARK} {{", json.dumps(MARK)])
    assert SetAside.objects.count() >= 2
    assert MARK not in told(caplog)


def test_replay__tells_nothing_of_what_is_refused_again(app, caplog):
    write_batch([personal(app, user_agent=None)])
    assert replay(SetAside.objects.all()).refused == 1
    assert MARK in SetAside.objects.get().payload
    assert MARK not in told(caplog)


def test_the_log__says_once_a_minute_what_comes_again(app, caplog, monkeypatch):
    from django_share_analytics import repeats

    now = [1_000.0]
    monkeypatch.setattr(repeats.time, "monotonic", lambda: now[0])
    for minute in range(3):
        now[0] = 1_000 + 60 * minute
        for _ in range(20):
            write_batch([replace(event(app), session_id=None)])
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(said) == 3
    assert "since this was said" not in said[0]
    assert ", the last of 20 since this was said. IntegrityError" in said[1]
