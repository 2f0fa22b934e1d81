"""What pages of other sites have their visitors' browsers send: see :mod:`..host.origins`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics import outcomes, steps
from django_share_analytics.conf import APP_LABEL, get_settings
from django_share_analytics.events import LinkEvent
from django_share_analytics.host.origins import is_from_another_site

if TYPE_CHECKING:
    from django.http import HttpRequest

    from django_share_analytics.events import Event


def refuse_other_sites(event: Event, request: HttpRequest | None) -> str | None:
    """``cross_site`` for a POST that a page of another site made.

    A beacon of text needs no leave, so that any page could count through all who see it. A GET is
    somebody's click on a link, and these are on other sites by nature.
    """
    if request is None or request.method != "POST" or get_settings().cross_site == "count":
        return None
    if not is_from_another_site(request) or _is_said_by_the_host(event, request):
        return None
    return outcomes.CROSS_SITE


def _is_said_by_the_host(event: Event, request: HttpRequest) -> bool:
    """Whether it is a conversion of which the host's own code knows: payments and log-ins come back
    by a POST from the site of who did them."""
    if not isinstance(event, LinkEvent) or event.kind != steps.CONVERSION:
        return False
    match = request.resolver_match
    return match is None or APP_LABEL not in match.app_names
