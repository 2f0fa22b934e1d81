"""The shares of a site that never was: the same ones for the same seed, heavy-tailed as real ones.

Of 10,000 apps the first gets a tenth of the shares and most get a handful, as 1 / rank gives it.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django_share_analytics.events import ShareEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

APPS = 10_000
DAYS = 730
PLATFORMS = {
    "whatsapp": 40, "facebook": 20, "twitter": 12, "telegram": 9, "copy": 8, "instagram": 5,
    "email": 3, "linkedin": 2, "reddit": 1,
}  # fmt: skip
"""Of a hundred shares."""
USER_AGENTS = tuple(
    f"Mozilla/5.0 (Linux; Android {version}; Pixel {version - 6}) AppleWebKit/537.36 (KHTML, like "
    f"Gecko) Chrome/{version + 110}.0.0.0 Mobile Safari/537.36"
    for version in range(10, 17)
)
CHUNK = 5_000


def events(
    n: int,
    apps: Sequence[Any],
    *,
    days: float = DAYS,
    seed: int = 7,
    end: datetime | None = None,
) -> Iterator[ShareEvent]:
    """``n`` shares of ``apps``, in the order of time, over the ``days`` up to ``end`` (now).

    A quarter of the shares tell their page; nobody is logged in. The ids are of their time and of
    the seed: the same call gives the same shares again, another seed gives none of them.
    """
    dice = random.Random(seed)
    ends = end or datetime.now(UTC)
    start, step = ends - timedelta(days=days), timedelta(days=days) / max(n, 1)
    app_weights = _cumulated(1 / rank for rank in range(1, len(apps) + 1))
    platforms, platform_weights = list(PLATFORMS), _cumulated(PLATFORMS.values())
    for first in range(0, n, CHUNK):
        size = min(CHUNK, n - first)
        chosen = zip(
            dice.choices(apps, cum_weights=app_weights, k=size),
            dice.choices(platforms, cum_weights=platform_weights, k=size),
            strict=True,
        )
        for place, (app, platform) in enumerate(chosen, first):
            at, bits = start + place * step, dice.getrandbits(76)
            agent = USER_AGENTS[bits % len(USER_AGENTS)]
            referrer = f"https://example.com/apps/{bits % 10_000}/" if bits % 4 == 0 else None
            yield ShareEvent(app, platform, _id(at, bits), at, None, "", agent, referrer)


def _cumulated(weights: Iterable[float]) -> list[float]:
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return sums


def _id(at: datetime, bits: int) -> UUID:
    """A UUID of version 7 that is made of nothing but these."""
    milliseconds = int(at.timestamp() * 1_000)
    low = 0x2 << 62 | bits & ~(~0 << 62)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (bits >> 64) << 64 | low)


def batches(shares: Iterable[ShareEvent], size: int) -> Iterator[list[ShareEvent]]:
    """``shares`` in lists of ``size``; what does not fill the last one is left out."""
    iterator = iter(shares)
    while len(batch := list(islice(iterator, size))) == size:
        yield batch
