"""What apps are called. ``__str__`` is the host's: it may fail, say nothing, or have no end.

Whoever shows, sends or writes the name of an app takes it from here.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Prefetch

from django_share_analytics.conf import SETTING, get_app_model, get_settings
from django_share_analytics.host.hooks import call_with_apps
from django_share_analytics.wording import ENDS_A_LINE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

logger = logging.getLogger("django_share_analytics")

APPS_WITH_NAMES_PATH = f'{SETTING}["APPS_WITH_NAMES"]'
MAX_APP_NAME = 500
"""So many characters of a name are kept; pages cut it shorter still."""
MOST_COMPLAINTS = 20
"""So many apps whose name fails are logged by a process: the twenty-first is no news."""
NO_CHARACTER = re.compile("[\ud800-\udfff]")

_complained: set[tuple[str, str]] = set()


def name_of(app: Any, key: Any = None) -> str:
    """``str(app)`` as one line, of at most :data:`MAX_APP_NAME` characters; its key where it fails.

    Never markup, whatever ``__str__`` vouches for. ``key`` is that of an app that may be gone.
    """
    key = getattr(app, "pk", None) if key is None else key
    name = ""
    if app is not None:
        try:
            name = one_line(str(app))
        except Exception as error:  # it is the host's: whatever it raises
            _complain(app, key, error)
    return name or one_line(str(key))


def name_of_app(row: Any) -> str:
    """The name of the ``app`` of a share or of a count; its key where nothing was found of it."""
    try:
        app = row.app
    except ObjectDoesNotExist:
        app = None
    return name_of(app, row.app_id)


def one_line(text: str) -> str:
    """The text without what no page, file or network can show; empty if nothing of it is seen."""
    line = ENDS_A_LINE.sub(" ", sendable(text[: MAX_APP_NAME * 2])).strip()
    if not any(map(_is_seen, line)):
        return ""
    return line if len(line) <= MAX_APP_NAME else f"{line[: MAX_APP_NAME - 1].rstrip()}…"


def sendable(text: str) -> str:
    """The text as a plain string, with a mark in the place of each half of a character."""
    return NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text) + ""


def _is_seen(character: str) -> bool:
    return character.isprintable() and not character.isspace()


def _complain(app: Any, key: Any, error: Exception) -> None:
    of = (type(app).__name__, one_line(str(key)))
    if of in _complained or len(_complained) >= MOST_COMPLAINTS:
        return
    _complained.add(of)
    logger.warning(
        "The name of the %s with the key %s can't be read, its key stands in for it: __str__ "
        "fails with %s.",
        *of,
        type(error).__name__,
        exc_info=error,
    )


def with_named_apps(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows, each of which has an ``app``, with all that the names of these are made of."""
    if not get_settings().apps_with_names:
        return rows.select_related("app")
    return prefetch_named_apps(rows)


def prefetch_named_apps(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same without a join, by a query of its own."""
    apps = named_apps(rows.db) if get_settings().apps_with_names else None
    return rows.prefetch_related(Prefetch("app", queryset=apps))


def names_in(rows: QuerySet[Any]) -> dict[Any, tuple[Any, str]]:
    """The key and the name of the app of each row, by the row's own key; of any number of them."""
    if not get_settings().apps_with_names:
        return {row.pk: (row.app_id, name_of_app(row)) for row in rows.select_related("app")}
    # Not prefetched: of a one-to-one key Django makes a condition for each, too many for SQLite.
    keys = dict(rows.values_list("pk", "app_id"))
    names = names_of_apps(set(keys.values()), rows.db)
    return {pk: (key, names.get(key) or name_of(None, key)) for pk, key in keys.items()}


def names_of_apps(keys: Iterable[Any], using: str | None = None) -> dict[Any, str]:
    """The name of each app that is still there, by its key."""
    found = named_apps(using).in_bulk(list(keys))
    return {key: name_of(app) for key, app in found.items()}


def named_apps(using: str | None = None) -> QuerySet[Any]:
    """The apps, with what their ``__str__`` reads where the setting ``APPS_WITH_NAMES`` says how.

    :raises ImproperlyConfigured: the setting leads to nothing that says so.
    """
    apps: QuerySet[Any] = get_app_model()._base_manager.using(using)
    path = get_settings().apps_with_names
    return call_with_apps(path, apps, APPS_WITH_NAMES_PATH) if path else apps
