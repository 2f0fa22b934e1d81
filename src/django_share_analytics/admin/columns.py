"""How the values of a share are shown. Most of them are strangers' text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.contrib.admin.utils import quote
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from django_share_analytics.admin.words import day_and_clock
from django_share_analytics.conf import reporting_zone

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.admin import AdminSite
    from django.db.models import Model
    from django.utils.safestring import SafeString

SHOWN_OF_NAME = 60


def moment(instant: datetime) -> SafeString:
    """The date and time of the reporting zone, the one whose days the filters know."""
    local = instant.astimezone(reporting_zone())
    return format_html(
        '<time datetime="{0}" title="{0}">{1}</time>', local.isoformat(), day_and_clock(local)
    )


def filter_link(parameter: str, value: object, text: str) -> SafeString:
    """A link to the list with this one filter."""
    query, name = urlencode({parameter: value}), Truncator(text).chars(SHOWN_OF_NAME)
    return format_html('<a href="?{}"><bdi>{}</bdi></a>', query, name)


def linked_name(name: str, model: type[Model], key: Any, site: AdminSite) -> SafeString:
    """The name of an object of the host's, with the way to its page in the admin if it has one."""
    shown, url = Truncator(name).chars(SHOWN_OF_NAME), admin_page(model, key, site)
    if url is None:
        return format_html("<bdi>{}</bdi>", shown)
    return format_html('<a href="{}"><bdi>{}</bdi></a>', url, shown)


def admin_page(model: type[Model], key: Any, site: AdminSite) -> str | None:
    """The page of an object on this admin site; ``None`` if there is none."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    try:
        return reverse(name, args=[quote(key)], current_app=site.name)
    except NoReverseMatch:
        return None


def address(url: str, *, length: int) -> SafeString:
    """A stranger's address: a link when a browser can only open it as a page, else mere text.

    The text is cut at ``length`` and kept from turning the line around (``bdi``).
    """
    return _link(url, Truncator(url).chars(length))


def host(url: str, *, length: int) -> SafeString:
    """The same with no more to read than the host; the whole of it is in the title."""
    name = urlsplit(url).hostname if is_web_address(url) else url
    return _link(url, Truncator(name or url).chars(length))


def _link(url: str, text: str) -> SafeString:
    if not is_web_address(url):
        return format_html('<bdi title="{}">{}</bdi>', url, text)
    return format_html(
        '<a href="{0}" title="{0}" rel="noopener noreferrer nofollow"><bdi>{1}</bdi></a>', url, text
    )


def is_web_address(url: str) -> bool:
    """Whether ``url`` is absolute and of the schemes http or https."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # urlsplit() drops control characters that a browser may read otherwise: insist on the start.
    starts = url[:8].lower().startswith(("http://", "https://"))
    return starts and parts.scheme in {"http", "https"} and bool(parts.netloc)


def cut_short(text: str, *, length: int) -> str:
    """The beginning of a long word, with the whole of it to be read on hovering."""
    return format_html('<bdi title="{}">{}</bdi>', text, Truncator(text).chars(length))
