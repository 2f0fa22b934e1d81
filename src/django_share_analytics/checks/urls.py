"""Addresses lead where they should."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning
from django.urls import get_script_prefix, resolve

from django_share_analytics.conf import APP_LABEL
from django_share_analytics.host.endpoints import api_url


def check_urls(**kwargs: Any) -> list[CheckMessage]:
    """W022: no pattern of the host's stands before ours and takes the shares."""
    try:
        address = api_url("shares")
        # An address has the prefix that the site stands under; what is resolved comes without.
        found = resolve("/" + address.removeprefix(get_script_prefix()))
    except Exception:
        # None of ours: a site may count from Python alone, and the tags say what they miss. What
        # else is wrong with URLs is Django's to say.
        return []
    if APP_LABEL in found.app_names:
        return []
    return [
        Warning(
            f"{address} leads to {found._func_path}, not to share analytics: no share is counted.",
            hint='Put path("api/", include("django_share_analytics.urls")) before the pattern '
            "that takes everything.",
            id="share_analytics.W022",
        )
    ]
