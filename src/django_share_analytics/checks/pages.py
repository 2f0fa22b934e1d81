"""Share links lead where they should: to the page of what was shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import router, transaction
from django.http.request import split_domain_port, validate_host
from django.urls import get_script_prefix, resolve

from django_share_analytics.checks.app_model import check_app_model
from django_share_analytics.checks.settings import readable_settings
from django_share_analytics.conf import (
    APP_MODEL_SETTING,
    SETTING,
    get_app_model,
    given_settings,
)
from django_share_analytics.events import new_id
from django_share_analytics.host.endpoints import mounts_of
from django_share_analytics.links.addresses import LINKS, are_on, link_of
from django_share_analytics.links.buttons import can_draw_codes
from django_share_analytics.stats.visibility import public_apps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.host.endpoints import Mount

OURS = {"code", "key"}
"""What the addresses of links capture."""
INCLUDE = 'include("django_share_analytics.link_urls")'


def check_pages(**kwargs: Any) -> list[CheckMessage]:
    """E030: where share links are included, what is shared has pages that they can lead to."""
    if not _are_on() or check_app_model() or hasattr(get_app_model(), "get_absolute_url"):
        return []
    label = get_app_model()._meta.label
    return [
        Error(
            f"{label}, which {APP_MODEL_SETTING} names, has no get_absolute_url(): every share "
            "link leads to a 404.",
            hint=f"Add {label}.get_absolute_url(), or take {INCLUDE} out of your urls.",
            id="share_analytics.E030",
        )
    ]


def check_link_urls(**kwargs: Any) -> list[CheckMessage]:
    """W035: no pattern of the host's stands before ours and takes the links."""
    try:
        address = are_on() and link_of(new_id(), "app")
        found = resolve("/" + address.removeprefix(get_script_prefix())) if address else None
    except Exception:
        return []  # what else is wrong with URLs is Django's to say
    if found is None or LINKS in found.app_names:
        return []
    return [
        Warning(
            f"{address} leads to {found._func_path}, not to share analytics: no share link works.",
            hint=f'Put path("s/", {INCLUDE}) before the pattern that takes everything.',
            id="share_analytics.W035",
        )
    ]


def check_link_groups(**kwargs: Any) -> list[CheckMessage]:
    """W037: the host captures nothing before our urls by a name that is ours: Django makes no
    address of a pattern that has a name twice. Where links stand in another place, too, they have
    that one's."""
    mounts = _link_mounts()
    taken = sorted({name for mount in mounts for name in mount.captured} & OURS)
    if not mounts or not all(OURS & {*mount.captured} for mount in mounts):
        return []
    names = " and ".join(map(repr, taken))
    return [
        Warning(
            f"Your urls capture {names} before {INCLUDE}, which captures that itself: shares "
            "have no links.",
            hint="Give what your own pattern captures another name.",
            id="share_analytics.W037",
        )
    ]


def check_pictures(**kwargs: Any) -> list[CheckMessage]:
    """W036: where the setting asks for QR codes by name, they can be drawn. Whoever takes all that
    is built in has not asked for them."""
    given = given_settings()
    if readable_settings() is None or "qr" not in given.get("PLATFORMS", ()):
        return []
    if can_draw_codes() or not _are_on():
        return []
    return [
        Warning(
            f'{SETTING}["PLATFORMS"] names "qr", and segno, which draws them, is not installed.',
            hint='pip install "django-share-analytics[qr]"',
            id="share_analytics.W036",
        )
    ]


def check_page_addresses(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W033 and W034: one of the apps that are stored has an address that links can lead to."""
    if check_app_model() or not _are_on():
        return []
    return [
        message
        for alias in databases or ()
        if router.db_for_read(get_app_model()) == alias
        for message in _messages(_an_address(alias))
    ]


def _messages(address: str) -> list[CheckMessage]:
    label = get_app_model()._meta.label
    messages: list[CheckMessage] = []
    if address.partition("#")[2]:
        messages.append(
            Warning(
                f"{label}.get_absolute_url() says {address[:200]!r}, which has a fragment of its "
                "own: share links lead there without their code, so no visit is counted.",
                hint="Return an address without '#', or do without the visits.",
                id="share_analytics.W033",
            )
        )
    if _is_of_another_host(address):
        messages.append(
            Warning(
                f"{label}.get_absolute_url() says {address[:200]!r}, and ALLOWED_HOSTS has no such "
                "host: share links lead nowhere but to this site, so they are 404.",
                hint="Return a path, or add the host to ALLOWED_HOSTS.",
                id="share_analytics.W034",
            )
        )
    return messages


def _an_address(alias: str) -> str:
    """The address of one app in this database; empty where there is none, or it can't be asked."""
    try:
        with transaction.atomic(using=alias):
            return next((str(app.get_absolute_url()) for app in public_apps().using(alias)[:1]), "")
    except Exception:  # a database that is away, or whatever the host's method raises
        return ""


def _is_of_another_host(address: str) -> bool:
    """As far as settings tell: without any, each host that is asked is the site's own."""
    named = [host for host in settings.ALLOWED_HOSTS if host != "*"]
    _scheme, is_whole, rest = address.partition("://")
    if not is_whole or "/" in _scheme or not named:
        return False
    domain, _port = split_domain_port(rest.partition("/")[0])
    return not validate_host(domain, named)


def _link_mounts() -> Sequence[Mount]:
    try:
        return mounts_of("link", app_name=LINKS)
    except Exception:  # whatever is wrong with URLs is Django's to say
        return ()


def _are_on() -> bool:
    return bool(_link_mounts())
