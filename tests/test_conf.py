from __future__ import annotations

import dataclasses

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics import conf
from django_share_analytics.conf import get_settings
from django_share_analytics.platforms import BUILT_IN, Platform


@pytest.fixture
def no_settings(settings):
    """No setting at all. Taking one away is announced to nobody."""
    del settings.SHARE_ANALYTICS
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_settings__when_there_are_none(no_settings):
    found = get_settings()
    assert list(found.dispatchers) == ["default"]
    assert found.dispatchers["default"].backend.endswith("BufferedDispatcher")
    assert found.platforms.names == [platform.name for platform in BUILT_IN]
    assert found.share_count_cache_seconds == 600


def test_settings__are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        get_settings().cache_alias = "other"


def test_settings__are_read_again_when_they_change(settings):
    settings.SHARE_ANALYTICS = {"SHARE_COUNT_CACHE_SECONDS": 5}
    assert get_settings().share_count_cache_seconds == 5
    settings.SHARE_ANALYTICS = {"SHARE_COUNT_CACHE_SECONDS": 6}
    assert get_settings().share_count_cache_seconds == 6


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"PLATFORM": []}, "SHARE_ANALYTICS has the unknown key 'PLATFORM'.*PLATFORMS"),
        ([], "SHARE_ANALYTICS must be a dictionary, not list"),
        ({"DISPATCHERS": []}, r'\["DISPATCHERS"\] must be a dictionary'),
        ({"DISPATCHERS": {}}, 'needs an entry "default"'),
        ({"DISPATCHERS": {"default": "x"}}, r'\["default"\] must be a dictionary'),
        ({"DISPATCHERS": {"default": {}}}, "needs a BACKEND"),
        ({"DISPATCHERS": {"default": {"BACKEND": "a", "OPTION": {}}}}, "unknown key 'OPTION'"),
        (
            {"DISPATCHERS": {"default": {"BACKEND": "a", "OPTIONS": 1}}},
            r'\["OPTIONS"\] must be a dictionary',
        ),
        ({"DISPATCHERS": {"default": {"BACKEND": "a"}, "b": {"BACKEND": "b"}}}, "unknown key 'b'"),
        ({"PLATFORMS": "copy"}, r'\["PLATFORMS"\] must be a list'),
        ({"DISPATCHERS": {"defualt": {"BACKEND": "x"}}}, "Did you mean 'default'"),
        ({"DISPATCHERS": {"default": {"Backand": "x"}}}, "Did you mean 'BACKEND'"),
        ({"platform": []}, "Did you mean 'PLATFORMS'"),
        ({"PLATFORMS": []}, "at least one"),
        ({"PERSONAL_DATA_DAYS": 6}, r'\["PERSONAL_DATA_DAYS"\] must be 7 days to 99999, or None'),
        ({"SHARES_DAYS": 100_000}, r'\["SHARES_DAYS"\] must be 7 days to 99999, or None'),
        ({"PLATFORMS": ["myspace"]}, "'myspace' is neither the name of a built-in platform"),
        ({"PLATFORMS": [1]}, "1 is neither"),
        ({"PLATFORMS": [Platform("MySpace", "M")]}, "must be lower case"),
        ({"PLATFORMS": [Platform("m" * 51, "M")]}, "1 to 50 characters"),
        (
            {"PLATFORMS": ["twitter", Platform("xing", "Xing", ("x",))]},
            "'x' names both 'twitter' and 'xing'",
        ),
        (
            {"PLATFORMS": ["twitter", Platform("xing", "Xing", ("X",))]},
            "'x' names both 'twitter' and 'xing'",
        ),
        ({"SHARE_COUNT_CACHE_SECONDS": -1}, "must be a whole number, 0 or more"),
        ({"SHARE_COUNT_CACHE_SECONDS": True}, "must be a whole number"),
        ({"CACHE_ALIAS": 1}, "must be a string"),
        ({"AUTHENTICATION_CLASSES": "a.B"}, "must be a list of strings"),
        ({"MAX_BODY_BYTES": "1k"}, "must be a whole number"),
    ],
)
def test_settings__that_are_wrong(wrong, message, settings):
    settings.SHARE_ANALYTICS = wrong
    with pytest.raises(ImproperlyConfigured, match=message):
        get_settings()


def test_platforms__a_host_adds_one(settings):
    settings.SHARE_ANALYTICS = {"PLATFORMS": [*BUILT_IN, Platform("xing", "Xing", ("new-xing",))]}
    registry = get_settings().platforms
    assert registry.find("New-Xing").name == "xing"
    assert registry.find("whatsapp") is not None
    assert registry.label("xing") == "Xing"


@pytest.mark.parametrize("spelling", ["wx", "WX", "Weixin", "weixin", "WEIXIN", " WeiXin "])
def test_platforms__have_aliases_in_any_case(spelling, settings):
    settings.SHARE_ANALYTICS = {"PLATFORMS": [Platform("wechat", "WeChat", ("WX", " WeiXin"))]}
    assert get_settings().platforms.find(spelling).name == "wechat"


def test_platforms__a_host_restricts_them(settings):
    settings.SHARE_ANALYTICS = {"PLATFORMS": ["email"]}
    registry = get_settings().platforms
    assert registry.find("mail").name == "email"
    assert registry.find("copy") is None
    assert registry.label("copy") == "copy"


def test_app_model__when_not_set(settings):
    del settings.SHARE_ANALYTICS_APP_MODEL
    assert conf.app_model_label() == conf.UNSET_APP_MODEL
    with pytest.raises(ImproperlyConfigured, match="SHARE_ANALYTICS_APP_MODEL is not set"):
        conf.require_app_model_label()


@pytest.mark.parametrize("label", ["catalog.models.App", "App", 5, ["catalog.App"]])
def test_app_model__when_mistyped(label, settings):
    settings.SHARE_ANALYTICS_APP_MODEL = label
    assert conf.app_model_label() == conf.UNSET_APP_MODEL
    with pytest.raises(ImproperlyConfigured, match=r"SHARE_ANALYTICS_APP_MODEL is .*(App|5)"):
        conf.require_app_model_label()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
WRONG_PLATFORMS = [
    Platform(None, "X"), Platform("x", "X", aliases=None), Platform("x", "X", aliases=("a", 1)),
    Platform("x", "X", aliases="ex"), Platform("x", "X", intent=None), Platform,
]  # fmt: skip
LIKELY = st.sampled_from(["default", "BACKEND", "OPTIONS", "copy", "a.b", *WRONG_PLATFORMS])
KEYS = sorted({"DISPATCHERS", "PLATFORMS", *conf.READERS})


@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        ANYTHING | st.lists(LIKELY, max_size=3) | st.dictionaries(st.just("default"), ANYTHING),
    )
    | ANYTHING
)
def test_settings__of_any_kind_are_read_or_refused_by_name(value):
    refusal = "SHARE_ANALYTICS"
    with override_settings(SHARE_ANALYTICS=value):
        try:
            conf.get_settings()
        except ImproperlyConfigured as error:
            refusal = str(error)
    assert refusal.startswith("SHARE_ANALYTICS")


@pytest.mark.parametrize("platform", WRONG_PLATFORMS)
def test_platforms__with_parts_of_the_wrong_kind(platform, settings):
    settings.SHARE_ANALYTICS = {"PLATFORMS": [platform]}
    with pytest.raises(ImproperlyConfigured, match=r'^SHARE_ANALYTICS\["PLATFORMS"\]: '):
        get_settings()
