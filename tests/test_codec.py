from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import codec
from django_share_analytics.codec import decode, encode
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent
from django_share_analytics.exceptions import NewerShare
from tests.dispatch import waiting
from tests.factories import NOON, event

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
visitors = st.none() | st.integers(0, 2**63 - 1)
moments = st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    user=st.none() | st.integers(1, 9),
    session=texts,
    agent=texts,
    referrer=st.none() | texts,
    at=moments,
    proof=texts,
    using=texts,
    tenant=texts,
    via=st.none() | st.uuids(),
    visitor=visitors,
    placement=texts,
)
def test_decode__gives_back_what_was_encoded(
    user,
    session,
    agent,
    referrer,
    at,
    proof,
    using,
    tenant,
    via,
    visitor,
    placement,
    unknown_key,
):
    original = event(
        unknown_key,
        at=at,
        user_id=user,
        session_id=session,
        user_agent=agent,
        referrer_url=referrer,
        user_proof=proof,
        using=using,
        tenant=tenant,
        via=via,
        visitor=visitor,
        placement=placement,
    )
    line = encode(original)
    assert decode(line) == original
    assert b"\n" not in line
    assert line.isascii()
    # A reader from before takes what it knows of it, and counts the share.
    assert decode_as_before(line) == replace(original, via=None, visitor=None, placement="")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    share=st.uuids(),
    id=st.uuids(),
    kind=st.sampled_from(sorted(codec.KINDS)),
    names_app=st.booleans(),
    at=moments,
    detail=texts,
    visitor=visitors,
    click=st.none() | st.uuids(),
    using=texts,
    tenant=texts,
)
def test_decode__gives_back_a_link_event(
    share, id, kind, names_app, at, detail, visitor, click, using, tenant, unknown_key
):
    original = LinkEvent(
        share,
        kind,
        unknown_key if names_app else None,
        id=id,
        timestamp=at,
        detail=detail,
        visitor=visitor,
        click_id=click,
        using=using,
        tenant=tenant,
    )
    line = encode(original)
    assert decode(line) == original
    assert b"\n" not in line
    assert line.isascii()
    with pytest.raises(codec.NO_SHARE):  # set aside whole, and replayed by this version
        decode_as_before(line)


def decode_as_before(line):
    """What the version before link events makes of a line."""
    values = json.loads(line)
    return ShareEvent(
        id=UUID(hex=values["id"]),
        app_id=codec.app_key_field().to_python(values["app"]),
        platform=values["platform"],
        timestamp=datetime.fromisoformat(values["at"]),
        user_id=None if values["user"] is None else codec.parse_user_key(values["user"]),
        session_id=values["session"],
        user_agent=values["agent"],
        referrer_url=values["referrer"],
        user_proof=values.get("proof", ""),
        using=values.get("using", ""),
        tenant=values.get("tenant", ""),
        database=values.get("database", ""),
    )


OLD = event(
    waiting.KEY,
    id=waiting.SHARE_ID,
    session_id="s\u00e9ance \U0001f600",
    user_agent="Mozilla/5.0",
    referrer_url="https://example.com/?q=a&b",
)
OLD_OF_TWO = replace(
    OLD, using="two", tenant="acme", user_proof="x:1", user_id=7, referrer_url=None
)


@pytest.mark.parametrize(
    ("line", "share"), [(waiting.OLD_LINE, OLD), (waiting.OLD_LINE_OF_TWO, OLD_OF_TWO)]
)
def test_version_1__is_read_and_written_byte_for_byte(line, share):
    assert decode(line) == share
    assert encode(share) == line


@pytest.mark.parametrize("line", [waiting.NEWER, b'{"v":4}', b'{"v":%d}' % 10**30])
def test_decode__of_a_newer_version(line):
    with pytest.raises(NewerShare) as caught:
        decode(line)
    assert not isinstance(caught.value, ValueError), "which is set aside"


@pytest.mark.parametrize("version", ["3", None, True, 0, -1, 2.5, [3]])
def test_decode__of_no_version(version, unknown_key):
    values = json.loads(encode(event(unknown_key))) | {"v": version}
    with pytest.raises(ValueError, match="not an encoded share"):
        decode(json.dumps(values).encode())


@pytest.mark.parametrize(
    "values",
    [
        {"event": "share"},
        {"event": None},
        {"kind": "reshare"},
        {"kind": []},
        {"share": "top"},
        {"click": 5},
        {"visitor": -1},
        {"visitor": 2**63},
        {"visitor": True},
        {"detail": 5},
        {"using": None},
        {"v": 1},
    ],
    ids=str,
)
def test_decode__of_a_line_with_a_value_that_no_link_event_has(values, unknown_key):
    line = encode(LinkEvent(waiting.SHARE_ID, "visit", unknown_key, timestamp=NOON))
    with pytest.raises(ValueError, match="not an encoded share"):
        decode(json.dumps({**json.loads(line), **values}).encode())


def test_encode__of_the_only_place_is_as_it_was(unknown_key):
    """A line of the last release: read as one of nowhere, and written for it to read."""
    values = json.loads(encode(event(unknown_key)))
    names = ["id", "app", "platform", "at", "user", "session", "agent", "referrer"]
    assert list(values) == names
    away = json.loads(encode(event(unknown_key, using="two", tenant="acme")))
    assert list(away) == [*names, "using", "tenant"]


@pytest.mark.parametrize("cut", [0, 1, 10, -1])
def test_decode__of_a_torn_line(cut, unknown_key):
    with pytest.raises(ValueError, match="not an encoded share"):
        decode(encode(event(unknown_key))[:cut])


@pytest.mark.parametrize("line", [b"{}", b"[]", b"1", b"null", b"\xff", b"[" * 9_000])
def test_decode__of_something_else(line):
    with pytest.raises(ValueError, match="not an encoded share"):
        decode(line)


@pytest.mark.parametrize(
    "values",
    [
        {"app": ["a", "list"], "user": "nobody's key"},
        {"user": 1e999},
        {"user": "nobody's key"},
        {"at": "2026-01-01T00:00:00"},
        {"at": 5},
        {"id": 5},
        {"using": None},
        {"tenant": 5},
        {"via": 5},
        {"visitor": "9"},
        {"placement": None},
    ],
    ids=str,
)
def test_decode__of_a_line_with_a_value_that_no_share_has(values, unknown_key):
    line = json.dumps({**json.loads(encode(event(unknown_key))), **values}).encode()
    with pytest.raises(ValueError, match="not an encoded share"):
        decode(line)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    placements=st.lists(texts, max_size=3).map(tuple),
    weight=st.integers(0, 10**9),
    id=st.uuids(),
    at=moments,
    using=texts,
    tenant=texts,
)
def test_decode__of_an_impression(placements, weight, id, at, using, tenant):
    seen = ImpressionEvent(placements, weight, id, at, using=using, tenant=tenant)
    line = encode(seen)
    assert decode(line) == seen
    assert json.loads(line)["v"] == 3
    assert line.isascii()


@pytest.mark.parametrize(
    "values",
    [
        {"event": "link"},
        {"placements": "top"},
        {"placements": [1]},
        {"weight": -1},
        {"weight": True},
        {"weight": "1"},
        {"at": "2026-03-10"},
        {"tenant": None},
        {"v": 2},
    ],
    ids=str,
)
def test_decode__of_no_impression(values):
    line = json.loads(encode(ImpressionEvent(("top",), 1, timestamp=NOON))) | values
    with pytest.raises(ValueError, match="not an encoded share"):
        decode(json.dumps(line).encode())
