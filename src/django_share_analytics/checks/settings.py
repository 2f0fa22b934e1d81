"""What ``SHARE_ANALYTICS`` says, and what it names among the host's other settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import mail
from django.core.cache import InvalidCacheBackendError, caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from django_share_analytics.conf import SETTING, get_settings
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from django_share_analytics.conf import ShareAnalyticsSettings


def readable_settings() -> ShareAnalyticsSettings | None:
    """``None`` where E002 says what is wrong with them."""
    try:
        return get_settings()
    except ImproperlyConfigured:
        return None


def is_in_production() -> bool:
    """Whether ``DEBUG`` is off, and not by a test runner's doing."""
    return not (settings.DEBUG or _tests_are_running())


def _tests_are_running() -> bool:
    """Whether ``DEBUG`` is off only because every test runner turns it off.

    What Django's own set-up for tests leaves behind tells them from production: an outbox, which
    is also there where mail is kept in memory, and the host that its test client asks for.
    """
    return hasattr(mail, "outbox") and "testserver" in settings.ALLOWED_HOSTS


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """E002 and E005: ``SHARE_ANALYTICS`` is readable, and times are stored in UTC."""
    messages: list[CheckMessage] = []
    try:
        get_settings()
    except ImproperlyConfigured as error:
        messages.append(
            Error(
                str(error), hint=f"Correct {SETTING} in your settings.", id="share_analytics.E002"
            )
        )
    if not settings.USE_TZ:
        messages.append(
            Error(
                "Share analytics needs USE_TZ = True.",
                hint="Set USE_TZ = True: days are counted from instants in UTC.",
                id="share_analytics.E005",
            )
        )
    return messages


def check_cache_alias(**kwargs: Any) -> list[CheckMessage]:
    """E021: the cache that holds the counts is one of the project's."""
    ours = readable_settings()
    if ours is None or ours.cache_alias in settings.CACHES:
        return []
    known = ", ".join(map(repr, settings.CACHES))
    return [
        Error(
            f'{SETTING}["CACHE_ALIAS"] is {ours.cache_alias!r}, and CACHES has no such entry. '
            f"It has: {known}.",
            hint="Name one of them, or add it to CACHES. Until then nothing is cached.",
            id="share_analytics.E021",
        )
    ]


def check_limits_cache(**kwargs: Any) -> list[CheckMessage]:
    """E033: the cache in which processes count together what a client does is one, and no table."""
    ours = readable_settings()
    if ours is None or not (alias := ours.limits_cache):
        return []
    problem = f"and CACHES has no such entry. It has: {', '.join(map(repr, settings.CACHES))}."
    if alias in settings.CACHES:
        if not _is_in_the_database(alias):
            return []
        problem = "a table in the database, which no share waits for."
    return [
        Error(
            f'{SETTING}["LIMITS_CACHE"] is {alias!r}, {problem}',
            hint="Name a Redis or Memcached of CACHES, or take LIMITS_CACHE out. Until then each "
            "process counts by itself what a client does.",
            id="share_analytics.E033",
        )
    ]


def _is_in_the_database(alias: str) -> bool:
    try:
        return isinstance(caches[alias], BaseDatabaseCache)
    except Exception:  # whatever a backend raises that can't be made: it says so where it is used
        return False


def check_cache_is_shared(**kwargs: Any) -> list[CheckMessage]:
    """W004: the counts are kept where every process of the site finds them."""
    try:
        ours = get_settings()
        cache = caches[ours.cache_alias]
    except (ImproperlyConfigured, InvalidCacheBackendError):
        return []  # E002 or Django says so
    if not ours.share_count_cache_seconds or not isinstance(cache, LocMemCache):
        return []
    return [
        Warning(
            f"Share counts are kept in the cache {ours.cache_alias!r}, which each process has for "
            "itself: where several serve the site, a count goes back and forth between theirs.",
            hint="Use a cache that they share (Redis, Memcached, files), name one in "
            f'{SETTING}["CACHE_ALIAS"], or keep no counts: "SHARE_COUNT_CACHE_SECONDS": 0. If one '
            'process serves all, add "share_analytics.W004" to SILENCED_SYSTEM_CHECKS.',
            id="share_analytics.W004",
        )
    ]


def check_impressions(**kwargs: Any) -> list[CheckMessage]:
    """W038: where page views report which placements came into sight, there are some."""
    ours = readable_settings()
    if ours is None or not ours.impression_sample or ours.placements:
        return []
    return [
        Warning(
            f'{SETTING}["IMPRESSION_SAMPLE"] is {ours.impression_sample}, and PLACEMENTS is empty: '
            "nothing is measured.",
            hint='Name the places of your buttons, as in "PLACEMENTS": ["top", "end"], and in '
            '{% share_buttons app placement="top" %}; or take IMPRESSION_SAMPLE out.',
            id="share_analytics.W038",
        )
    ]


def check_authentication_classes(**kwargs: Any) -> list[CheckMessage]:
    """E022: the classes that say who shares are there, and can say it."""
    ours = readable_settings()
    paths = () if ours is None else ours.authentication_classes
    return [
        Error(
            f'{SETTING}["AUTHENTICATION_CLASSES"]: {problem}.',
            hint="Name classes of DRF's kind, such as "
            '"rest_framework.authentication.TokenAuthentication". Until then all are anonymous.',
            id="share_analytics.E022",
        )
        for path in paths
        if (problem := _no_authenticator(path))
    ]


def _no_authenticator(path: str) -> str:
    try:
        authenticator = import_string(path)()
    except Exception as error:  # whatever a module or a class of the host's raises
        return f"{path!r} can't be used ({describe(error)})"
    if not callable(getattr(authenticator, "authenticate", None)):
        return f"{path!r} has no authenticate()"
    return ""
