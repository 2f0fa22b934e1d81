"""Where an app's page is: asked of the host's model, and kept for a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections, router
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language

from django_share_analytics.conf import get_app_model
from django_share_analytics.exceptions import AWAY, InvalidShare, UnknownApp
from django_share_analytics.keys import can_be_stored
from django_share_analytics.sql.errors import is_lack_of_characters
from django_share_analytics.sql.transactions import without_harm_to_a_transaction
from django_share_analytics.stats import caching
from django_share_analytics.stats.visibility import public_apps
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE_KEPT_SECONDS = 60
PAGE_VERSION = 1


def page_of(key: Any) -> str:
    """What ``get_absolute_url()`` says of the app that has this key. One query at most.

    Kept by all that it may depend on: the database, the tenant, the language, the urls in force.
    What is not there is not kept: strangers make keys up without end.

    :raises UnknownApp: there is none, or it is not public.
    :raises InvalidShare: the host's method fails, or says nothing.
    :raises Exception: whatever a database that is away raises, or the function of ``PUBLIC_APPS``.
    """
    place = caching.make_key(
        "page",
        PAGE_VERSION,
        router.db_for_read(get_app_model()),
        get_language(),
        str(get_urlconf()),
        get_script_prefix(),
        key,
    )
    kept = caching.get_many([place]).get(place)
    if isinstance(kept, str):
        return kept
    address = _address_of(_find(public_apps(), key))
    caching.set_many({place: address}, PAGE_KEPT_SECONDS)
    return address


def _find(apps: QuerySet[Any], key: Any) -> Any:
    if not can_be_stored(connections[apps.db], apps.model._meta.pk, key):
        raise UnknownApp
    try:
        with without_harm_to_a_transaction(apps.db):
            found = list(apps.filter(pk=key).order_by()[:1])
    except Exception as error:
        if is_lack_of_characters(error):  # no app has that key
            raise UnknownApp from error
        raise
    # MariaDB also finds "app-1" when asked for "APP-1".
    if not found or found[0].pk != key:
        raise UnknownApp
    return found[0]


def _address_of(app: Any) -> str:
    try:
        address = str(app.get_absolute_url() or "")
    except AWAY:
        raise
    except Exception as error:  # it is the host's: whatever it raises
        raise InvalidShare(f"fails with {describe(error)}") from error
    if not address:
        raise InvalidShare("says nothing")
    return address
