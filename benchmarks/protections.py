"""What each protection costs a share: the gates, called one by one in a process by themselves."""

from __future__ import annotations

import random
import time
from statistics import median
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from benchmarks.requests import USER_AGENT, address
from tests import services

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLIENTS = 5_000
ROUNDS = 5
APPS = 1_000


def table() -> str:
    """A row for each gate of the defaults; Django has to be set up."""
    from django_share_analytics.conf import DEFAULT_GATES
    from django_share_analytics.gates.chain import gates_at, pass_gates

    pairs = _shares_and_requests()
    rows = [("all gates, as they are by default", _microseconds(pass_gates, pairs))]
    for path, gate in zip(DEFAULT_GATES, gates_at(DEFAULT_GATES), strict=True):
        rows.append((f"`{'.'.join(path.split('.')[-2:])}`", _microseconds(gate, pairs)))
    if not services.why_no_redis():
        rows.append(("… with `LIMITS_CACHE` in Redis", _with_shared_limits(pairs)))
    lines = [f"| {title} | {microseconds:.1f} |" for title, microseconds in rows]
    return "\n".join(["| protection | µs of CPU a share |", "|---|--:|", *lines])


def _shares_and_requests() -> list[tuple[Any, Any]]:
    from django.test import RequestFactory

    from django_share_analytics.events import ShareEvent

    dice, apps = random.Random(7), [uuid4() for _ in range(APPS)]
    headers = {"User-Agent": USER_AGENT, "Referer": "http://127.0.0.1/apps/1/"}
    return [
        (
            ShareEvent(dice.choice(apps), "copy", referrer_url=headers["Referer"]),
            RequestFactory().post(
                "/api/shares", headers={**headers, "X-Forwarded-For": str(address(dice))}
            ),
        )
        for _ in range(CLIENTS)
    ]


def _with_shared_limits(pairs: Sequence[tuple[Any, Any]]) -> float:
    """What its client takes: how long Redis is away from here is another matter."""
    from django.conf import settings
    from django.test import override_settings

    from django_share_analytics.gates.limits import refuse_too_many

    redis = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": services.REDIS_URL,
        "KEY_PREFIX": f"bench-{uuid4()}",
    }
    ours = {**settings.SHARE_ANALYTICS, "LIMITS_CACHE": "shared"}
    with override_settings(CACHES={**settings.CACHES, "shared": redis}, SHARE_ANALYTICS=ours):
        return _microseconds(refuse_too_many, pairs[:1_000])


def _microseconds(gate: Callable[..., object], pairs: Sequence[tuple[Any, Any]]) -> float:
    """The median of some rounds over all of them."""
    rounds = []
    for _ in range(ROUNDS):
        before = time.process_time()
        for event, request in pairs:
            gate(event, request)
        rounds.append((time.process_time() - before) / len(pairs) * 1_000_000)
    return median(rounds)
