from __future__ import annotations

import contextlib
import uuid
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.db import models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics import keys
from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.keys import app_key, app_key_field, parse_app_key

ID = uuid.UUID("0b3f2b9a-58f4-4a3e-9f6e-6f1a7a4c2d10")


def test_parse_app_key__takes_what_json_and_addresses_say(unknown_key):
    assert parse_app_key(str(unknown_key)) == unknown_key
    assert type(parse_app_key(str(unknown_key))) is type(unknown_key)


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        (models.AutoField(), 7, 7),
        (models.AutoField(), "7", 7),
        (models.BigAutoField(), 2**63 - 1, 2**63 - 1),
        (models.AutoField(), "99999999999", 99999999999),
        (models.SmallAutoField(), -(2**63), -(2**63)),
        (models.PositiveIntegerField(), -1, -1),
        (models.CharField(max_length=3), "007", "007"),
        (models.CharField(max_length=9), " ~\x80\ue000\U0001f600", " ~\x80\ue000\U0001f600"),
        (models.UUIDField(), str(ID), ID),
        (models.UUIDField(), ID.hex, ID),
    ],
    ids=repr,
)
def test_parse_app_key__of_each_type(field, value, key, monkeypatch):
    monkeypatch.setattr(keys, "app_key_field", lambda: field)
    parsed = parse_app_key(value)
    assert (parsed, type(parsed)) == (key, type(key))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (models.AutoField(), True),
        (models.AutoField(), False),
        (models.AutoField(), 7.0),
        (models.AutoField(), None),
        (models.AutoField(), [7]),
        (models.AutoField(), "seven"),
        (models.AutoField(), 2**63),
        (models.AutoField(), "9" * 5_000),
        (models.CharField(max_length=9), 7),
        (models.CharField(max_length=9), True),
        (models.CharField(max_length=9), ""),
        (models.CharField(max_length=3), "0007"),
        (models.CharField(max_length=9), "a\x00"),
        (models.CharField(max_length=9), "\x1fa"),
        (models.CharField(max_length=9), "a\x7fa"),
        (models.CharField(max_length=9), "\ud800"),
        (models.CharField(max_length=9), "a\udfff"),
        (models.UUIDField(), ID.int),
        (models.UUIDField(), ID),
        (models.UUIDField(), f"{ID}0"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_parse_app_key__of_what_no_app_can_have(field, value, monkeypatch):
    monkeypatch.setattr(keys, "app_key_field", lambda: field)
    with pytest.raises(InvalidShare, match="This is not the id of an app"):
        parse_app_key(value)


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


@pytest.mark.parametrize(
    ("field", "key", "almost"),
    [
        (models.AutoField(), 7, [7.0, Decimal(7), True, b"7"]),
        (models.CharField(max_length=99), "7", [7, b"7", 7.0, SimpleNamespace()]),
        (models.UUIDField(), ID, [ID.int, ID.bytes, [str(ID)]]),
    ],
    ids=repr,
)
def test_app_key__takes_no_value_for_another(field, key, almost, monkeypatch):
    monkeypatch.setattr(keys, "app_key_field", lambda: field)
    assert app_key(key) == key
    for other in almost:
        with pytest.raises(InvalidShare):
            app_key(other)


@pytest.fixture
def _fresh_field():
    app_key_field.cache_clear()
    yield
    app_key_field.cache_clear()


@isolate_apps("tests")
@pytest.mark.usefixtures("_fresh_field")
def test_app_key_field__of_a_child_model_is_that_of_its_parent(monkeypatch):
    class Product(models.Model):
        code = models.CharField(max_length=9, primary_key=True)

        class Meta:
            app_label = "tests"

    class App(Product):
        class Meta:
            app_label = "tests"

    class Game(App):
        class Meta:
            app_label = "tests"

    for model in (Product, App, Game):
        app_key_field.cache_clear()
        monkeypatch.setattr(keys, "get_app_model", lambda model=model: model)
        assert app_key_field() is Product._meta.pk
        assert parse_app_key("chess") == "chess"


def test_app_key_field__follows_the_setting(settings, app_model):
    assert app_key_field() is app_model._meta.pk
    settings.SHARE_ANALYTICS_APP_MODEL = "auth.Group"
    assert app_key_field() is Group._meta.pk
