"""Who comes by the links of shares can be told apart."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning

from django_share_analytics.checks.settings import readable_settings
from django_share_analytics.conf import SETTING
from django_share_analytics.links.visitors import is_client_unsaid


def check_trusted_proxies(**kwargs: Any) -> list[CheckMessage]:
    """W030: where shares have links, it is said whose word on a client's address counts."""
    try:
        if readable_settings() is None or not is_client_unsaid():
            return []
    except Exception:  # what is wrong with URLs is Django's to say
        return []
    return [
        Warning(
            f'{SETTING}["TRUSTED_PROXIES"] is not set: behind a proxy all visitors seem to come '
            "from it, so they are not known. A sharer's own clicks count as those of others, and "
            "who comes twice counts twice.",
            hint=f'Say in {SETTING} how many proxies of yours a request passes: "TRUSTED_PROXIES": '
            "0 where visitors reach this server themselves, 1 behind nginx or a load balancer that "
            'adds to X-Forwarded-For, 2 with a CDN before that. Or tell none apart: "VISITORS": '
            "False.",
            id="share_analytics.W030",
        )
    ]
