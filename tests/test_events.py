from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.events import ShareEvent, new_id, storable


def test_new_id__is_a_uuid_of_version_7():
    ids = [new_id() for _ in range(1_000)]
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    assert len(set(ids)) == 1_000


def test_new_id__is_ordered_by_time():
    first = new_id()
    time.sleep(0.002)
    assert first < new_id()
    assert abs((first.int >> 80) / 1_000 - time.time()) < 5


@given(st.text(st.characters(), max_size=40), st.integers(1, 30))
def test_storable__is_what_every_database_takes(text, length):
    result = storable(text, length)
    assert len(result) <= length
    assert "\x00" not in result
    result.encode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30))
def test_storable__leaves_good_text_alone(text):
    assert storable(text, 30) == text


def test_event__takes_no_naive_time():
    with pytest.raises(ValueError, match="aware"):
        ShareEvent(1, "copy", timestamp=datetime(2026, 1, 1))  # noqa: DTZ001
