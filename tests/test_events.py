from __future__ import annotations

import dataclasses
import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics import codec
from django_share_analytics.events import (
    BLANK,
    ImpressionEvent,
    LinkEvent,
    ShareEvent,
    new_id,
    storable,
    without_person,
)
from django_share_analytics.models import Share
from django_share_analytics.steps import VISIT


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


PLACE = {"using", "tenant", "database"}
NOBODYS = {
    ShareEvent: {"id", "app_id", "platform", "timestamp", "via", "placement"},
    LinkEvent: {"id", "share_id", "kind", "app_id", "timestamp", "detail", "click_id"},
    ImpressionEvent: {"id", "placements", "weight", "timestamp"},
}
"""Fields that say nothing of who shared or came. A new one belongs here, or is emptied."""
MARK = "Zq7SECRET"
personal_texts = st.just("") | st.text(max_size=9).map(lambda text: f"{MARK}{text}")


def differing(event, other):
    names = {field.name for field in dataclasses.fields(event)}
    return names, {name for name in names if getattr(event, name) != getattr(other, name)}


def test_without_person__of_every_field_it_is_said_whose_it_is():
    events = [
        ShareEvent(1, "x", user_id=1, session_id="s", user_agent="a", referrer_url="r", visitor=1,
                   user_proof="p"),
        LinkEvent(new_id(), VISIT, 1, visitor=1),
        ImpressionEvent((), 1),
    ]  # fmt: skip
    for event in events:
        names, emptied = differing(event, without_person(event))
        assert names - emptied == NOBODYS[type(event)] | PLACE


def test_blank__names_every_column_of_a_share_that_is_somebodys():
    columns = {field.attname for field in Share._meta.concrete_fields}
    assert columns - BLANK.keys() == NOBODYS[ShareEvent] - {"via"}


@given(
    session=personal_texts,
    agent=personal_texts,
    referrer=st.none() | personal_texts,
    proof=personal_texts,
    user=st.none() | st.integers(1, 9),
    visitor=st.none() | st.integers(0, 2**63 - 1),
)
def test_without_person__encoded_says_nothing_of_who_shared(
    session, agent, referrer, proof, user, visitor
):
    event = ShareEvent(
        "app", "x", user_id=user, session_id=session, user_agent=agent, referrer_url=referrer,
        user_proof=proof, visitor=visitor,
    )  # fmt: skip
    nobodys = without_person(event)
    assert MARK.encode() not in codec.encode(nobodys)
    assert nobodys == without_person(ShareEvent("app", "x", event.id, event.timestamp))
    assert without_person(nobodys) == nobodys
