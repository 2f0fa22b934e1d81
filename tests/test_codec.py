from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.codec import decode, encode
from tests.factories import event

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
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
)
def test_decode__gives_back_what_was_encoded(
    user, session, agent, referrer, at, proof, using, tenant, unknown_key
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
    )
    line = encode(original)
    assert decode(line) == original
    assert b"\n" not in line
    assert line.isascii()


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
    ],
    ids=str,
)
def test_decode__of_a_line_with_a_value_that_no_share_has(values, unknown_key):
    line = json.dumps({**json.loads(encode(event(unknown_key))), **values}).encode()
    with pytest.raises(ValueError, match="not an encoded share"):
        decode(line)
