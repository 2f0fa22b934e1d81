"""Where clients are to be told apart, it can be known who they are."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning

from django_share_analytics.checks.settings import is_in_production, readable_settings
from django_share_analytics.conf import SETTING
from django_share_analytics.gates.limits import LimitScope, scope_of_limits
from django_share_analytics.links.visitors import is_client_unsaid

UNSAID = f'{SETTING}["TRUSTED_PROXIES"] is not set: behind a proxy all clients seem to come from it'
SAY_SO = (
    f'Say in {SETTING} how many proxies of yours a request passes: "TRUSTED_PROXIES": 0 where '
    "visitors reach this server themselves, 1 behind nginx or a load balancer that adds to "
    "X-Forwarded-For, 2 with a CDN before that."
)


def check_trusted_proxies(**kwargs: Any) -> list[CheckMessage]:
    """W030 and W031: it is said whose word on a client's address counts, where shares have links,
    or else where there are limits."""
    try:
        ours = readable_settings()
        if ours is None or ours.trusted_proxies is not None:
            return []
        has_limits = scope_of_limits() != LimitScope.OFF
        if is_client_unsaid():
            return [_unknown_visitors(has_limits)]
    except Exception:  # what is wrong with URLs is Django's to say
        return []
    return [_unlimited_clients()] if has_limits and is_in_production() else []


def _unknown_visitors(has_limits: bool) -> CheckMessage:
    more = " Nor is there a limit to what one client does." if has_limits else ""
    return Warning(
        f"{UNSAID}, so visitors are not known. A sharer's own clicks count as those of others, and "
        f"who comes twice counts twice.{more}",
        hint=f'{SAY_SO} Or tell none apart: "VISITORS": False.',
        id="share_analytics.W030",
    )


def _unlimited_clients() -> CheckMessage:
    return Warning(
        f"{UNSAID}, so there is no limit to what one client does: one that sends shares in a loop "
        "has them all counted.",
        hint=f'{SAY_SO} Or have no limits: "LIMITS": {{}}.',
        id="share_analytics.W031",
    )
