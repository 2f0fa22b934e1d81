from __future__ import annotations

import contextlib

import pytest
from django.contrib.auth.models import Group
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.keys import app_key, parse_app_key


def test_parse_app_key__takes_what_json_and_addresses_say(unknown_key):
    assert parse_app_key(str(unknown_key)) == unknown_key
    assert type(parse_app_key(str(unknown_key))) is type(unknown_key)


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=200)
    | st.lists(st.integers())
    | st.dictionaries(st.text(), st.none())
)
def test_parse_app_key__raises_nothing_else_whatever_comes(value):
    with contextlib.suppress(InvalidShare):
        parse_app_key(value)


@pytest.mark.django_db
def test_app_key__of_an_object_and_of_a_key(app):
    assert app_key(app) == app_key(app.pk) == app_key(str(app.pk)) == app.pk


def test_app_key__of_an_object_that_is_not_stored(app_model):
    with pytest.raises(InvalidShare, match="not a stored"):
        app_key(app_model(pk=None))


@pytest.mark.parametrize("wrong", [Group(pk=1), None, object(), 1.5, []])
def test_app_key__of_something_else(wrong, settings):
    with pytest.raises(InvalidShare):
        app_key(wrong)
