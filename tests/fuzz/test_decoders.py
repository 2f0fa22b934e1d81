"""What comes back from files, queues, browsers and addresses, and is not quite what went out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import steps
from django_share_analytics.api.pagination import Cursor
from django_share_analytics.codec import decode, encode
from django_share_analytics.events import ImpressionEvent
from django_share_analytics.exceptions import NewerShare, UnreadableShare
from django_share_analytics.links.cookies import LINK_COOKIE, remembered_link
from django_share_analytics.models import Share
from django_share_analytics.writing.payloads import write_payloads
from tests.examples import examples
from tests.factories import NOON, event, link_event

in_a_test = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(300)
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda some: (
        st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=5), some, max_size=3)
    ),
    max_leaves=6,
)
moments = st.datetimes().map(datetime.isoformat) | st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01", "20260101T000000Z"]
)
numbers = st.integers(-(2**70), 2**70) | st.sampled_from([2**31, 2**63 - 1, 2**63, 10**400])
texts = st.text(max_size=600) | st.sampled_from(["\x00", "\ud800", "x" * 70_000])
junk = json_values | moments | numbers | texts | st.uuids().map(lambda one: one.hex)


def lines(key: Any) -> dict[str, dict[str, Any]]:
    """One of each version, as JSON has them."""
    share = event(key, via=UUID(int=7), visitor=9, placement="top", session_id="s")
    events = {
        "share": share,
        "link": link_event(share, steps.VISIT, visitor=5),
        "impression": ImpressionEvent(("top",), 20, timestamp=NOON),
    }
    return {name: json.loads(encode(one)) for name, one in events.items()}


def mangled(data: Any, values: dict[str, Any]) -> bytes:
    """Some fields say something else, and some are missing."""
    names = data.draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=4))
    values = {**values, **{name: data.draw(junk) for name in names}}
    for name in data.draw(st.lists(st.sampled_from(sorted(values)), max_size=1)):
        del values[name]
    return json.dumps(values).encode()


KINDS = ["share", "link", "impression"]


@pytest.mark.once
@pytest.mark.parametrize("kind", KINDS)
@in_a_test
@given(data=st.data())
def test_decode__of_another_line_is_an_event_or_says_that_it_is_none(
    kind: str, data: Any, unknown_key: Any
) -> None:
    line = mangled(data, lines(unknown_key)[kind])
    try:
        one = decode(line)
    except (UnreadableShare, NewerShare):
        return
    assert decode(encode(one)) == one


@pytest.mark.once
@pytest.mark.parametrize("kind", KINDS)
@in_a_test
@given(data=st.data())
def test_decode__of_a_line_with_other_bytes(kind: str, data: Any, unknown_key: Any) -> None:
    line = json.dumps(lines(unknown_key)[kind]).encode()
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, min(len(line), start + 12)))
    other = line[:start] + data.draw(st.binary(max_size=12)) + line[end:]
    try:
        decode(other)
    except (UnreadableShare, NewerShare):
        return


@pytest.mark.parametrize("kind", KINDS)
@in_a_test
@given(data=st.data())
def test_write_payloads__takes_whatever_a_queue_delivers(kind: str, data: Any, app: Any) -> None:
    """It is stored or set aside, and what came with it is stored: a queue that got them back would
    deliver them again, for ever."""
    payload, neighbour = mangled(data, lines(app.pk)[kind]), event(app)
    write_payloads([payload.decode(), encode(neighbour).decode()])
    assert Share.objects.filter(pk=neighbour.id).exists()


@pytest.mark.once
@given(
    fields=st.none()
    | st.dictionaries(st.just(b"share") | st.binary(max_size=5), st.binary(max_size=40), max_size=3)
)
def test_stream_batch__of_entries_that_others_added(fields: dict[bytes, bytes] | None) -> None:
    pytest.importorskip("redis")
    from django_share_analytics.dispatch.redis.consumer import StreamBatch
    from django_share_analytics.dispatch.redis.group import _entries

    batch = StreamBatch()
    for entry in _entries([(b"1-0", fields), (None, fields)]):
        batch.add(entry)
    assert len(batch.unreadable) == (fields is not None)


@pytest.mark.once
@given(text=st.text(max_size=80) | st.binary(max_size=60).map(lambda some: some.hex()))
def test_cursor__of_anything(text: str) -> None:
    try:
        found = Cursor.parse(text)
    except (ValueError, IndexError):
        return
    assert str(found) == text


@pytest.mark.once
@given(at=st.datetimes(timezones=st.just(UTC)), key=st.uuids(), data=st.data())
def test_cursor__there_and_back_and_mangled(at: datetime, key: UUID, data: Any) -> None:
    text = str(Cursor(True, at, key))
    place = data.draw(st.integers(0, len(text) - 1))
    other = text[:place] + data.draw(st.characters()) + text[place + 1 :]
    for some in (text, other):
        try:
            assert str(Cursor.parse(some)) == some
        except (ValueError, IndexError):
            continue


@pytest.mark.once
@given(text=st.text(max_size=60))
def test_remembered_link__of_any_cookie(text: str) -> None:
    request = HttpRequest()
    request.COOKIES = {LINK_COOKIE: text}
    assert remembered_link(request) is None


@pytest.mark.django_db
@in_a_test
@given(cookie=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60))
def test_shares__of_whoever_says_to_have_a_session(cookie: str, app: Any) -> None:
    """Nobody is logged in by a session that there is not, and the share counts."""
    before = Share.objects.count()
    answer = Client().post(
        "/api/shares",
        {"appId": app.pk, "platform": "copy"},
        "application/json",
        headers={"cookie": f"sessionid={cookie}; share_link={cookie}"},
    )
    assert answer.status_code == 202
    assert Share.objects.count() == before + 1
    assert Share.objects.latest("timestamp").user_id is None
