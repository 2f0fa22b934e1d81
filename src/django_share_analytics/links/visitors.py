"""Who is behind a request, for one day: a number that means nothing after it.

It is made of the client's address, which is stored nowhere, its user agent and a secret of the day,
which goes with the day: then nobody can tell any more whose number it was.
"""

from __future__ import annotations

import hmac
import logging
from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import get_settings
from django_share_analytics.links.addresses import are_on
from django_share_analytics.links.agents import agent_of
from django_share_analytics.links.clients import client_of, wants_to_be_nobody
from django_share_analytics.links.day_secrets import keep_day_secrets
from django_share_analytics.links.secret_reader import secret_reader
from django_share_analytics.places import here
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = ["expect_visitors", "is_client_unsaid", "keep_day_secrets", "visitor_of"]

logger = logging.getLogger(__name__)


def visitor_of(request: HttpRequest) -> int | None:
    """63 bits that are the same for the same client and user agent on the same day of UTC.

    ``None`` where that can't be told or is not to be: visitors are turned off, the request says
    that it wants no tracking, nobody knows where it came from, it is a robot's, or the secret of
    the day isn't at hand (yet). Never a query, and waits for nothing.
    """
    ours, meta = get_settings(), request.META
    if not ours.visitors or wants_to_be_nobody(meta):
        return None
    client = client_of(meta, ours.trusted_proxies)
    user_agent = str(meta.get("HTTP_USER_AGENT") or "")
    if client is None or agent_of(user_agent).is_machine:
        return None
    secret = _secret_of_the_day()
    return None if secret is None else _number(secret, client, user_agent)


def expect_visitors(**kwargs: Any) -> None:
    """Have today's secret read for the place that this is called at, where there are visitors to
    tell apart: the first of them may share a moment later. Waits for nothing, and never raises.

    Receives ``request_started``, too: then for the first request of a process alone, whatever it is
    for.
    """
    if "signal" in kwargs and not secret_reader.is_first_request():
        return
    try:
        if get_settings().visitors and are_on():
            _secret_of_the_day()
    except Exception as error:  # settings or urls that are wrong fail where they are asked for
        logger.debug("Visitors are not expected: %s", describe(error))


def is_client_unsaid() -> bool:
    """Whether there are links, and visitors to tell apart on them, and nobody said by how many
    proxies they come: then most are unknown."""
    ours = get_settings()
    return ours.visitors and ours.trusted_proxies is None and are_on()


def _secret_of_the_day() -> str | None:
    try:
        place = here()
    except Exception:  # whatever a host's router or hook raises: the dispatcher says so
        return None
    return secret_reader.secret(place)


def _number(secret: str, client: str, user_agent: str) -> int:
    """A client has no line break, so that none is taken for another with another user agent."""
    said = f"{client}\n{user_agent}".encode(errors="surrogatepass")
    digest = hmac.digest(secret.encode(), said, "sha256")
    return int.from_bytes(digest[:8], "big") >> 1
