"""Nobody counts without end: so much from one client, and with one app, and no more for now.

Who a client is, is neither stored nor logged: it is known by a hash with a key of the process, or
of the site where the setting ``LIMITS_CACHE`` has all processes count together.
"""

from __future__ import annotations

import hashlib
import os
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.encoding import force_bytes

from django_share_analytics import steps
from django_share_analytics.conf import SETTING, get_settings, is_unset_under_tests
from django_share_analytics.events import ImpressionEvent, LinkEvent
from django_share_analytics.exceptions import Throttled
from django_share_analytics.gates.shared_windows import SharedWindows, is_shared
from django_share_analytics.gates.windows import Windows
from django_share_analytics.links.clients import client_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from django_share_analytics.conf import Pace
    from django_share_analytics.events import Event

HASH_BYTES = 16
GATE_PATH = f"{__name__}.refuse_too_many"


class LimitScope(StrEnum):
    """Who counts together what a client does."""

    OFF = "off"
    PROCESS = "process"
    SHARED = "shared"


own_windows = Windows()
_own_key = os.urandom(HASH_BYTES)


@lru_cache(maxsize=1)
def _shared_windows(alias: str) -> SharedWindows | None:
    return SharedWindows(alias) if is_shared(alias) else None


@lru_cache(maxsize=1)
def _key_of_the_site(secret: str | bytes) -> bytes:
    return hashlib.blake2b(
        force_bytes(secret), digest_size=HASH_BYTES, person=b"share limits"
    ).digest()


def refuse_too_many(event: Event, request: HttpRequest | None) -> None:
    """Raise where its client has no room for it by the setting ``LIMITS``. What nobody can say the
    client of has no limit.

    Shares, impressions and each kind of step count for themselves: who looks at many pages may
    share no less.

    :raises Throttled: with the seconds until there is room.
    """
    ours = get_settings()
    if request is None or not ours.limits or is_unset_under_tests("LIMITS"):
        return
    client = client_of(request.META, ours.trusted_proxies)
    if client is None:
        return
    seconds = None
    if shared := _shared_windows(ours.limits_cache):
        key = _key_of_the_site(settings.SECRET_KEY)
        seconds = shared.take(_wanted(event, client, ours.limits, key))
    if seconds is None:
        seconds = own_windows.take(_wanted(event, client, ours.limits, _own_key))
    if seconds:
        raise Throttled(seconds)


def scope_of_limits() -> LimitScope:
    """As the settings have it, whatever a test or a cache that is away make of it."""
    ours = get_settings()
    if GATE_PATH not in ours.gates or not any(ours.limits.values()):
        return LimitScope.OFF
    return LimitScope.SHARED if is_shared(ours.limits_cache) else LimitScope.PROCESS


def forget_what_clients_did(*, setting: str, **kwargs: Any) -> None:
    """Receives ``setting_changed``: what one test did is not another's."""
    if setting == SETTING:
        own_windows.forget()
    if setting in {SETTING, "CACHES"}:
        _shared_windows.cache_clear()


def _wanted(
    event: Event, client: str, limits: Mapping[str, tuple[Pace, ...]], key: bytes
) -> list[tuple[bytes, tuple[Pace, ...]]]:
    """Under which keys it counts, and at which paces."""
    said = hashlib.blake2b(f"{_family(event)}\n{client}".encode(), key=key, digest_size=HASH_BYTES)
    wanted = []
    if paces := limits.get("client"):
        wanted.append((said.digest(), paces))
    app_id = getattr(event, "app_id", None)
    if app_id is not None and (paces := limits.get("client_and_app")):
        said.update(f"\n{app_id}".encode(errors="surrogatepass"))
        wanted.append((said.digest(), paces))
    return wanted


def _family(event: Event) -> str:
    if isinstance(event, LinkEvent):
        return event.kind
    return "impression" if isinstance(event, ImpressionEvent) else steps.SHARE
