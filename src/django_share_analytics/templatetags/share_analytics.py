"""Share buttons and share counts for the pages of the host: ``{% load share_analytics %}``.

No tag breaks the page that it stands on. What a developer got wrong is a ``TemplateSyntaxError``
while ``DEBUG`` is on; in production it is logged, and the rest of the page is rendered.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.forms.utils import flatatt
from django.template import TemplateSyntaxError
from django.templatetags.static import static
from django.urls import NoReverseMatch
from django.utils.formats import get_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from django_share_analytics.buttons import (
    ON_REQUEST,
    default_platforms,
    has_button,
    make_buttons,
)
from django_share_analytics.conf import get_app_model, get_settings
from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.host.addresses import NO_REQUEST, absolute_address, own_address
from django_share_analytics.host.endpoints import api_url
from django_share_analytics.host.names import name_of, sendable
from django_share_analytics.keys import app_key
from django_share_analytics.links.addresses import are_on
from django_share_analytics.links.buttons import (
    can_draw_codes,
    impression_data,
    landing_data,
    shared_link,
)
from django_share_analytics.platforms import Platform
from django_share_analytics.repeats import repeats
from django_share_analytics.sql.coroutines import outside_of_the_loop
from django_share_analytics.stats import cached_share_count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.template import Context
logger = logging.getLogger("django_share_analytics")
register = template.Library()

FRAGMENT_HEADERS = {"Hx-Request", "Turbo-Frame", "X-Requested-With"}
"""Requests for a part of a page have them, as they come in ``request.headers``."""


@register.inclusion_tag("share_analytics/assets.html", takes_context=True)
def share_assets(context: Context, app: Any = None, consent: str = "") -> dict[str, Any]:
    """The stylesheet and the scripts, once in the page's head.

    :param app: whose page it is, where its buttons don't say so: a visitor who comes there by the
        link of a share is reported.
    :param consent: ``"required"``: nothing is kept in the browser, and nobody followed, until the
        page says ``shareAnalytics.consent(true)``.
    """
    if consent and consent != "required":
        _complain("consent", f"share_assets: consent is {consent!r}, and can be 'required'.")
    if (request := _request(context)) is not None:
        request._share_analytics_has_assets = True
    landing, impressions = landing_data(request), impression_data(request)
    files = {"style": "share.css", "script": "share.js"}
    if landing:
        files["links_script"] = "share-links.js"
    if impressions:
        files["views_script"] = "share-views.js"
    try:
        assets = {name: static(f"share_analytics/{file}") for name, file in files.items()}
    except ValueError as error:  # of a storage whose manifest was made without our files
        _complain("static files", f"share_assets: {error}. Run collectstatic.")
        return {}
    more = {"app_id": _named(app) if landing else "", "needs_consent": bool(consent)}
    return {**assets, **landing, **impressions, **more}


@register.inclusion_tag("share_analytics/buttons.html", takes_context=True)
def share_buttons(
    context: Context,
    app: Any,
    url: str | None = None,
    text: str | None = None,
    platforms: str | Iterable[str | Platform] | None = None,
    endpoint: str | None = None,
    placement: str = "",
) -> dict[str, Any]:
    """Links that share ``app`` and, with the script, count it.

    :param app: an object of the shared model, or its key.
    :param url: the address to share: a path of this site, or whole with ``http://`` or
        ``https://``. When absent ``app.get_absolute_url()``; without such a method the page itself,
        without its query.
    :param text: the words that go with it. When absent ``str(app)``; its key, where that fails or
        says nothing.
    :param platforms: names or aliases, separated by commas or as a list (of ``Platform`` objects,
        too), in the order to show them. When absent the first five allowed platforms that have a
        link, then ``copy`` and ``native``.
    :param endpoint: the address of ``POST shares``. When absent it is found in the site's urls, in
        whatever namespaces; what they capture before it is taken from this page's address.
    :param placement: where on the pages these buttons are: a name of the setting ``PLACEMENTS``.
    """
    try:
        key = str(app_key(app))
        address = _address(context, app, key, url)
        link = shared_link(app, key, address, _request(context))
        chosen, words = _chosen(platforms, has_link=bool(link)), _words(app, key, text)
        buttons = make_buttons(chosen, url=address, text=words, link=link)
        counted_at = str(endpoint or _endpoint(context))
    except Exception as error:  # much of it is the host's: whatever it raises
        _complain_of("share_buttons", error)
        return {"buttons": []}
    return {
        "buttons": buttons,
        "app_id": key,
        "endpoint": counted_at,
        "url": address,
        "link": link,
        "placement": _placement(placement),
        "text": words,
        "name": _("Share “%(text)s”") % {"text": words},
        "thanks": _("Thank you for sharing."),
        "copy_by_hand": _("Copy this link:"),
    }


@register.simple_tag(name="share_count")
def share_count_element(app: Any, platform: str = "") -> str:
    """How often ``app`` was shared, at most as old as the settings say; without database or cache
    the number is left out.

    :param app: an object of the shared model, or its key.
    :param platform: of this platform alone, by name or alias.
    """
    try:
        key, name = str(app_key(app)), _stored_name(platform)
    except Exception as error:
        _complain_of("share_count", error)
        return ""
    try:
        counted = outside_of_the_loop(lambda: cached_share_count(app).count)
    except Exception:
        # Whatever is wrong with the cache or the database: a number is not worth the host's page.
        if n := repeats.of("a count on a page"):
            logger.exception("%d share count(s) can't be shown, the last is that of %s.", n, key)
        return ""
    number = counted.by_platform.get(name, 0) if name else counted.total
    return _count_element(key, name, number)


def _named(app: Any) -> str:
    """The key of the app that a page is of; empty for a page of none."""
    if app in (None, ""):  # what a name that is not in the context stands for, too
        return ""
    try:
        return str(app_key(app))
    except Exception as error:
        _complain_of("share_assets", error)
        return ""


def _placement(name: Any) -> str:
    placements = get_settings().placements
    if not name or str(name) in placements:
        return str(name or "")
    known = ", ".join(placements) or "none"
    _complain(
        "placement", f"share_buttons: {str(name)!r} is not in PLACEMENTS. There are: {known}."
    )
    return ""


def _complain_of(tag: str, error: Exception) -> None:
    """Say what a tag fails with; what is no message of ours by its type as well."""
    if isinstance(error, TemplateSyntaxError):
        raise error
    is_clear = isinstance(error, InvalidShare | ImproperlyConfigured | LookupError)
    _complain(tag, f"{tag}: {error if is_clear else f'{type(error).__name__}: {error}'}")


def _complain(kind: str, message: str) -> None:
    """Tell the developer: loudly while ``DEBUG`` is on, else in the log, where a page that many
    look at would say it without end."""
    if settings.DEBUG:
        raise TemplateSyntaxError(message)
    if n := repeats.of(f"a tag's complaint: {kind}"):
        logger.warning("%s (%d time(s) since this was last said)", message, n)


def _words(app: Any, key: str, text: Any) -> str:
    """What is said beside the address: a plain string, so that it is escaped whatever it claims."""
    if text is None:
        return name_of(app, key)
    return sendable(str(text)) if isinstance(text, str | Promise) else name_of(text, key)


def _address(context: Context, app: Any, key: str, url: Any) -> str:
    """The address to share, as the world outside knows it.

    :raises InvalidShare: when it can't be told.
    """
    request = _request(context)
    _say_if_nothing_counts(request)
    if url := url or _url_of(app):
        return absolute_address(url, request)
    if request is None:
        raise InvalidShare(NO_REQUEST)
    _refuse_to_share_one_page_as_two(request, key)
    return own_address(request)


def _request(context: Context) -> Any:
    """The request that the page answers; ``None`` without one, or where the name means another."""
    request = context.get("request")
    return request if hasattr(request, "get_host") else None


def _say_if_nothing_counts(request: Any) -> None:
    """To a developer alone: a site may have the script in a bundle, or further down."""
    if not settings.DEBUG or request is None or hasattr(request, "_share_analytics_has_assets"):
        return
    if not FRAGMENT_HEADERS & request.headers.keys():
        _say_once(
            f"share_buttons: {request.path} has no {{% share_assets %}} above its buttons. Unless "
            "the script comes from elsewhere, nothing is counted."
        )


@lru_cache(maxsize=100)
def _say_once(message: str) -> None:
    logger.warning(message)


def _url_of(app: Any) -> Any:
    if not hasattr(app, "get_absolute_url"):
        return None
    try:
        address = app.get_absolute_url()
        return address and str(address)  # a lazy one fails here
    except Exception as error:  # it is the host's: whatever it raises
        name = f"{type(app).__name__}.get_absolute_url()"
        raise InvalidShare(f"{name} fails with {type(error).__name__}: give url=.") from error


def _refuse_to_share_one_page_as_two(request: Any, key: str) -> None:
    """One thing on its own page needs no address. Of several, each would share the whole list."""
    shared = vars(request).setdefault("_share_analytics_shared_here", key)
    if key == shared or shared is None:
        return
    request._share_analytics_shared_here = None  # said once for a page
    _complain(
        "a list",
        f"share_buttons: {request.path} has buttons of several apps, and they share the page "
        f"itself instead of the app: give {get_app_model()._meta.object_name} a get_absolute_url() "
        "and the tag the app, not its key; or say url=.",
    )


def _endpoint(context: Context) -> str:
    try:
        return api_url("shares", context.get("request"))
    except NoReverseMatch as error:
        _complain("endpoint", str(error))
        return ""


def _chosen(platforms: str | Iterable[str | Platform] | None, *, has_link: bool) -> list[Platform]:
    registry = get_settings().platforms
    if not platforms:
        return default_platforms(registry)
    asked = str(platforms).split(",") if isinstance(platforms, str | Promise) else platforms
    chosen: dict[str, Platform] = {}
    for spelling in map(_spelling, asked):
        platform = registry.find(spelling)
        if platform is not None and _is_to_be_had(platform):
            chosen.setdefault(platform.name, platform)
        else:
            names = ", ".join(p.name for p in registry.by_name.values() if _is_to_be_had(p))
            _complain(
                "platform",
                f"share_buttons: {spelling.strip()!r} has no button. There are: {names}.",
            )
    # That this address has no link is no mistake of who wrote the page.
    return [each for each in chosen.values() if has_link or each.name not in ON_REQUEST]


def _is_to_be_had(platform: Platform) -> bool:
    if platform.name in ON_REQUEST:
        return are_on() and can_draw_codes()
    return has_button(platform)


def _spelling(platform: Any) -> str:
    """What a platform is called, of which the setting's own object may be given."""
    return platform.name if isinstance(platform, Platform) else str(platform)


def _stored_name(platform: Any) -> str:
    return get_settings().platforms.name_of(_spelling(platform)) if platform else ""


def _count_element(app_id: str, platform: str, number: int) -> str:
    """The number, with what share.js needs to write the next one in the same way."""
    attributes = {
        "class": "share-count",
        "data-share-count": app_id,
        "data-share-count-platform": platform or None,
        "data-share-value": str(number),
    }
    if grouping := get_format("NUMBER_GROUPING", use_l10n=True):
        attributes["data-share-grouping"] = str(grouping)
        attributes["data-share-separator"] = get_format("THOUSAND_SEPARATOR", use_l10n=True)
    shown = number_format(number, use_l10n=True, force_grouping=True)
    return format_html("<span{}>{}</span>", flatatt(attributes), shown)
