"""The settings, read once into a frozen object and re-read when a test changes them.

``get_settings()`` is cheap: call it where a value is needed and never keep a value in a class body.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import UserSettingsHolder, global_settings, settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from django_share_analytics.deprecation import VERSIONS_PAGE, RemovedInNextVersionWarning
from django_share_analytics.events import MAX_PLACEMENT_LENGTH
from django_share_analytics.platforms import BUILT_IN, MAX_NAME_LENGTH, Platform, PlatformRegistry
from django_share_analytics.steps import MAX_DETAIL_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from django.db.models import Model

APP_LABEL = "share_analytics"
_NAME = re.compile(r"[A-Za-z0-9_-]+")
SETTING = "SHARE_ANALYTICS"
APP_MODEL_SETTING = "SHARE_ANALYTICS_APP_MODEL"
"""The model whose objects are shared, as ``"app_label.ModelName"``. Decide before the first
``migrate``: our tables have a foreign key to it."""
APP_MODEL_MISSING = (
    f"{APP_MODEL_SETTING} is not set: name the model that is shared, for example "
    f'{APP_MODEL_SETTING} = "catalog.App", before the first migrate.'
)
UNSET_APP_MODEL = f"{APP_LABEL}.AppModelIsNotSet"
"""Stands in for a missing or mistyped setting until the system checks have said so clearly."""

DEFAULT_DISPATCHERS: Mapping[str, Mapping[str, Any]] = {
    "default": {
        "BACKEND": "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher",
    },
}


DEFAULT_GATES = (
    "django_share_analytics.gates.bots.refuse_robots",
    "django_share_analytics.gates.cross_site.refuse_other_sites",
    "django_share_analytics.gates.limits.refuse_too_many",
    "django_share_analytics.gates.privacy.leave_out_personal_values",
)
"""The setting ``GATES``, unless a site says otherwise."""
DEFAULT_LIMITS = {
    "client": ["120/minute"],
    "client_and_app": ["60/minute", "600/hour"],
}
MIN_DAYS = 7
"""Shares are kept for so long at least, and what is personal in them, and queues and journals are
emptied long before."""
MAX_AGE_DAYS = 99_999
_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_RATE = re.compile(rf"(\d{{1,9}})/({'|'.join(_UNITS)})")


@dataclass(frozen=True, slots=True)
class Pace:
    """So many events in so many seconds."""

    number: int
    seconds: int


@dataclass(frozen=True, slots=True)
class DispatcherSettings:
    """One entry of ``DISPATCHERS``: the dotted path of a dispatcher and its options."""

    alias: str
    backend: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where a project finds this entry, for messages."""
        return f'{SETTING}["DISPATCHERS"]["{self.alias}"]'


@dataclass(frozen=True, slots=True)
class ShareAnalyticsSettings:
    """What ``SHARE_ANALYTICS`` says, with the defaults filled in."""

    dispatchers: Mapping[str, DispatcherSettings]
    """How a share gets from the request to the database: ``default``, and what takes a share where
    that one can't, ``fallback``. Each has the dotted path of a ``BACKEND``, and ``OPTIONS``."""
    platforms: PlatformRegistry
    """Where things may be shared to: names of built-in platforms, and ``Platform`` objects of the
    site's own. A share to another one is refused."""
    share_count_cache_seconds: int = 600
    """How old a served share count may be, in seconds; 0 counts afresh at every request."""
    cache_alias: str = "default"
    """The entry of Django's ``CACHES`` that holds share counts: one that all processes share."""
    authentication_classes: tuple[str, ...] = (
        "django_share_analytics.api.authentication.SessionUserAuthentication",
    )
    """Dotted paths of the REST framework's classes that tell ``POST shares`` who shares; without
    any, everybody is nobody."""
    public_apps: str = ""
    """Dotted path of a function that takes a queryset of the shared model and gives the apps whose
    counts strangers may see; empty: all."""
    apps_with_names: str = ""
    """Dotted path of a function that adds to a queryset of the shared model what ``str(app)``
    needs, by ``select_related()`` for example, so that names take no query each."""
    tenant: str = ""
    """Dotted path of what names the tenant of a share and leads back to it; empty: there are no
    tenants."""
    max_body_bytes: int = 16_384
    """The largest body that ``POST shares`` reads; more is answered with 413."""
    trusted_proxies: int | None = None
    """How many proxies of the site's own add to ``X-Forwarded-For``; ``None``: not set, so that
    clients behind one can be neither told apart nor limited."""
    visitors: bool = True
    """Whether visitors are told apart, by a secret of the day; else each request is one."""
    goals: Mapping[str, bool] = field(default_factory=dict)
    """Names of conversions, and for each whether a script in the page may report it."""
    placements: tuple[str, ...] = ()
    """Names of the places on the host's pages that have buttons."""
    link_cookie_seconds: int = 0
    """How long a cookie remembers the link by which a visitor came; 0: there is no cookie."""
    impression_sample: int = 0
    """One page view in so many reports which placements came into sight; 0: none does."""
    share_views: str = ""
    """Dotted path of a function that says how often things were seen; empty: nobody does."""
    gates: tuple[str, ...] = DEFAULT_GATES
    """Dotted paths of what every event passes before it is accepted, in this order."""
    limits: Mapping[str, tuple[Pace, ...]] = field(default_factory=dict)
    """How much one client may do, by itself and with one app; of what is not named, anything."""
    limits_cache: str = ""
    """The entry of ``CACHES`` in which all processes count together what a client does; empty: each
    counts by itself."""
    empty_user_agent: str = "count"
    """What becomes of requests without a user agent: they ``count``, or are robots (``refuse``)."""
    cross_site: str = "refuse"
    """What becomes of shares that pages of other sites send: they ``count``, or are not taken
    (``refuse``)."""
    privacy_signals: bool = True
    """Whether ``Sec-GPC`` and ``DNT`` are obeyed: such shares count, and nothing personal is kept
    of them."""
    referrer: str = "path"
    """How much of a referrer is kept: ``none``, its ``origin``, that and the ``path``, ``full``."""
    user_agent: str = "full"
    """How much of a user agent is kept: ``none``, its ``family`` ("Firefox on Android"), ``full``.
    """
    session_id: str = "full"
    """How much of a session id is kept: ``none``, a ``hash``, ``full``."""
    personal_data_days: int | None = 90
    """After so many days ``blank_shares`` empties what is personal in a share; ``None``: it has to
    be told."""
    shares_days: int | None = None
    """After so many days ``prune_shares`` deletes the row of a share; ``None``: it has to be told.
    """


def _mapping(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ImproperlyConfigured(f"{path} must be a dictionary, not {type(value).__name__}.")
    return value


def _refuse_unknown(given: Mapping[str, Any], known: set[str], path: str) -> None:
    unknown = sorted(set(given) - known, key=str)
    if unknown:
        spelt = {each.lower(): each for each in known}
        close = get_close_matches(str(unknown[0]).lower(), spelt, n=1)
        raise ImproperlyConfigured(
            f"{path} has the unknown key {unknown[0]!r}."
            + (f" Did you mean {spelt[close[0]]!r}?" if close else "")
            + f" Known keys: {', '.join(sorted(known))}."
        )


def _dispatchers(value: object) -> Mapping[str, DispatcherSettings]:
    path = f'{SETTING}["DISPATCHERS"]'
    entries = {}
    for alias, entry in _mapping(value, path).items():
        here = f'{path}["{alias}"]'
        entry = _mapping(entry, here)  # noqa: PLW2901 - the same thing, checked
        _refuse_unknown(entry, {"BACKEND", "OPTIONS"}, here)
        if not isinstance(entry.get("BACKEND"), str):
            raise ImproperlyConfigured(f"{here} needs a BACKEND: the dotted path of a dispatcher.")
        options = _mapping(entry.get("OPTIONS", {}), f'{here}["OPTIONS"]')
        entries[alias] = DispatcherSettings(alias, entry["BACKEND"], options)
    _refuse_unknown(entries, {"default", "fallback"}, path)
    if "default" not in entries:
        raise ImproperlyConfigured(f'{path} needs an entry "default".')
    return entries


def _platform(entry: object, path: str) -> Platform:
    if isinstance(entry, Platform):
        platform = entry
    else:
        built_in = {platform.name: platform for platform in BUILT_IN}
        if not isinstance(entry, str) or entry not in built_in:
            raise ImproperlyConfigured(
                f"{path}: {entry!r} is neither the name of a built-in platform "
                f"({', '.join(built_in)}) nor a Platform object."
            )
        platform = built_in[entry]
    here = f"{path}: of {platform!r}"
    _text(platform.name, f"{here} the name")
    _text(platform.intent, f"{here} the intent")
    _text(platform.glyph, f"{here} the glyph")
    _texts(platform.aliases, f"{here} the aliases")
    if not 0 < len(platform.name) <= MAX_NAME_LENGTH or platform.name != platform.name.lower():
        raise ImproperlyConfigured(
            f"{path}: the platform name {platform.name!r} must be lower case and have 1 to "
            f"{MAX_NAME_LENGTH} characters."
        )
    return platform


def _platforms(value: object) -> PlatformRegistry:
    path = f'{SETTING}["PLATFORMS"]'
    if not isinstance(value, list | tuple) or not value:
        raise ImproperlyConfigured(f"{path} must be a list with at least one platform.")
    try:
        return PlatformRegistry(_platform(entry, path) for entry in value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{path}: {error}") from error


def _whole_number(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ImproperlyConfigured(f"{path} must be a whole number, 0 or more, not {value!r}.")
    return value


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise ImproperlyConfigured(f"{path} must be a string, not {value!r}.")
    return value


def _texts(value: object, path: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ImproperlyConfigured(f"{path} must be a list of strings, not {value!r}.")
    return tuple(_text(entry, path) for entry in value)


def _count_or_none(value: object, path: str) -> int | None:
    return None if value is None else _whole_number(value, path)


def _days_or_none(value: object, path: str) -> int | None:
    days = _count_or_none(value, path)
    if days is None or MIN_DAYS <= days <= MAX_AGE_DAYS:
        return days
    raise ImproperlyConfigured(
        f"{path} must be {MIN_DAYS} days to {MAX_AGE_DAYS}, or None, not {days}."
    )


def _yes_or_no(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise ImproperlyConfigured(f"{path} must be True or False, not {value!r}.")
    return value


def _name(value: object, path: str, length: int) -> str:
    name = _text(value, path)
    if not _NAME.fullmatch(name) or len(name) > length:
        raise ImproperlyConfigured(
            f"{path}: the name {name!r} must be 1 to {length} letters, digits, - or _."
        )
    return name


def _goals(value: object, path: str) -> Mapping[str, bool]:
    return {
        _name(name, path, MAX_DETAIL_LENGTH): _yes_or_no(may, f'{path}["{name}"]')
        for name, may in _mapping(value, path).items()
    }


def _placements(value: object, path: str) -> tuple[str, ...]:
    return tuple(_name(name, path, MAX_PLACEMENT_LENGTH) for name in _texts(value, path))


def _limits(value: object, path: str) -> Mapping[str, tuple[Pace, ...]]:
    limits = {} if value is None else _mapping(value, path)
    _refuse_unknown(limits, set(DEFAULT_LIMITS), path)
    return {
        name: tuple(_rate(rate, f'{path}["{name}"]') for rate in _texts(rates, f'{path}["{name}"]'))
        for name, rates in limits.items()
    }


def _rate(text: str, path: str) -> Pace:
    found = _RATE.fullmatch(text)
    if found is None or not int(found[1]):
        raise ImproperlyConfigured(
            f'{path}: {text!r} is no rate, such as "60/minute" (or /second, /hour, /day).'
        )
    return Pace(int(found[1]), _UNITS[found[2]])


def _one_of(*words: str) -> Callable[[object, str], str]:
    def read(value: object, path: str) -> str:
        if value not in words:
            raise ImproperlyConfigured(f"{path} must be one of {', '.join(words)}, not {value!r}.")
        return str(value)

    return read


READERS: Mapping[str, Callable[[object, str], Any]] = {
    "SHARE_COUNT_CACHE_SECONDS": _whole_number,
    "CACHE_ALIAS": _text,
    "AUTHENTICATION_CLASSES": _texts,
    "PUBLIC_APPS": _text,
    "APPS_WITH_NAMES": _text,
    "TENANT": _text,
    "MAX_BODY_BYTES": _whole_number,
    "TRUSTED_PROXIES": _count_or_none,
    "VISITORS": _yes_or_no,
    "GOALS": _goals,
    "PLACEMENTS": _placements,
    "LINK_COOKIE_SECONDS": _whole_number,
    "IMPRESSION_SAMPLE": _whole_number,
    "SHARE_VIEWS": _text,
    "GATES": _texts,
    "LIMITS": _limits,
    "LIMITS_CACHE": _text,
    "EMPTY_USER_AGENT": _one_of("count", "refuse"),
    "CROSS_SITE": _one_of("count", "refuse"),
    "PRIVACY_SIGNALS": _yes_or_no,
    "REFERRER": _one_of("none", "origin", "path", "full"),
    "USER_AGENT": _one_of("none", "family", "full"),
    "SESSION_ID": _one_of("none", "hash", "full"),
    "PERSONAL_DATA_DAYS": _days_or_none,
    "SHARES_DAYS": _days_or_none,
}
SETTING_KEYS = {"DISPATCHERS", "PLATFORMS", *READERS}
RENAMED: Mapping[str, str] = {}
"""Settings that are called otherwise now, and how. They work, and warn, until the next version."""
REMOVED: Mapping[str, str] = {}
"""Settings that are gone, and what to do instead."""


def given_settings() -> Mapping[str, Any]:
    """``SHARE_ANALYTICS`` as the site has it, unread, with the names that keys have today."""
    return _renamed_silently(getattr(settings, SETTING, {}))


def _renamed_silently(given: Mapping[str, Any]) -> Mapping[str, Any]:
    if not RENAMED or not isinstance(given, Mapping):
        return given
    return {RENAMED.get(key, key): value for key, value in given.items()}


def _by_todays_names(given: Mapping[str, Any]) -> dict[str, Any]:
    for key in REMOVED.keys() & given.keys():
        raise ImproperlyConfigured(
            f'{SETTING}["{key}"] is gone: {REMOVED[key]}. See {VERSIONS_PAGE}#settings'
        )
    values = dict(given)
    for old, new in RENAMED.items():
        if old in given:
            values[new] = _renamed(values, old, new)
    return values


def _renamed(values: dict[str, Any], old: str, new: str) -> object:
    if new in values:
        raise ImproperlyConfigured(f'{SETTING} has both "{old}" and "{new}", its new name.')
    warnings.warn(
        f'{SETTING}["{old}"] is called "{new}" now. See {VERSIONS_PAGE}#settings',
        RemovedInNextVersionWarning,
        stacklevel=2,
    )
    return values.pop(old)


@lru_cache(maxsize=1)
def get_settings() -> ShareAnalyticsSettings:
    """The package's settings.

    :raises ImproperlyConfigured: naming the setting that is wrong.
    """
    configured = _by_todays_names(_mapping(getattr(settings, SETTING, {}), SETTING))
    given = {"LIMITS": DEFAULT_LIMITS, **configured}
    _refuse_unknown(given, SETTING_KEYS, SETTING)
    plain: dict[str, Any] = {
        key.lower(): read(given[key], f'{SETTING}["{key}"]')
        for key, read in READERS.items()
        if key in given
    }
    return ShareAnalyticsSettings(
        dispatchers=_dispatchers(given.get("DISPATCHERS", DEFAULT_DISPATCHERS)),
        platforms=_platforms(given.get("PLATFORMS", BUILT_IN)),
        **plain,
    )


def forget_settings(*, setting: str, **kwargs: Any) -> None:
    """Receives ``setting_changed``."""
    if setting == SETTING:
        get_settings.cache_clear()


def is_under_tests() -> bool:
    """Whether a test runner is at work: Django's, or pytest-django."""
    # What is set up here is the same under both. ``testserver`` and whatever merely imports the
    # module are no tests.
    utils = sys.modules.get("django.test.utils")
    return hasattr(getattr(utils, "_TestState", None), "saved_data")


def is_unset_under_tests(*keys: str) -> bool:
    """Whether a test runner is at work, and the running test has set none of these keys itself.

    Then what the site configures is left alone: nothing of a test may wait for a thread, a file or
    a broker, and be written when the databases have their own names back, nor be kept in a cache
    from one test to the next. What a test sets counts as everywhere.
    """
    if not is_under_tests():
        return False
    *of_the_test, of_the_site = _layers()
    return not any(
        key in layer and layer[key] is not of_the_site.get(key)
        for layer in of_the_test
        for key in keys
    )


def _layers() -> list[Mapping[str, Any]]:
    """What ``SHARE_ANALYTICS`` is in each override of the settings, and last in themselves.

    Most overrides take over what they don't change: it is the very same there.
    """
    found = []
    layer: Any = settings._wrapped  # type: ignore[misc]
    while isinstance(layer, UserSettingsHolder) and layer.default_settings is not global_settings:
        if SETTING in vars(layer):
            found.append(vars(layer)[SETTING])
        layer = layer.default_settings
    return [_renamed_silently(each) for each in (*found, getattr(layer, SETTING, {}))]


def require_app_model_label() -> str:
    """``app_label.ModelName`` of the model that is shared.

    :raises ImproperlyConfigured: when the setting is missing or says something else.
    """
    label = getattr(settings, APP_MODEL_SETTING, None)
    if not label:
        raise ImproperlyConfigured(APP_MODEL_MISSING)
    if not isinstance(label, str) or label.count(".") != 1:
        raise ImproperlyConfigured(
            f'{APP_MODEL_SETTING} is {label!r}, and must be "app_label.ModelName".'
        )
    return label


def app_model_label() -> str:
    """The label of the model that is shared, or a stand-in that the checks report."""
    try:
        return require_app_model_label()
    except ImproperlyConfigured:
        return UNSET_APP_MODEL


def reporting_zone() -> tzinfo:
    """The zone whose days and hours are counted: Django's ``TIME_ZONE``."""
    return timezone.get_default_timezone()


def get_app_model() -> type[Model]:
    """The model that is shared: the one that ``SHARE_ANALYTICS_APP_MODEL`` names."""
    return apps.get_model(app_model_label())
