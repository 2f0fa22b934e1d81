"""How far the simulated shares travel: who comes by their links, and who of them shares on.

A branching process. Most links bring nobody, a few bring many: the clicks on one are negative
binomial, of dispersion ``SPREAD`` (variance m + m² / SPREAD for a mean of m). The mean is
``CLICKS``, more on some platforms and less on others (:data:`.visitors.REACH`). Each click is a
visit with probability ``SEEN``, and each visit a share with ``SHARED_ON``; so a share has R =
CLICKS · SEEN · SHARED_ON = 0.306 shares after it, and one share in 1 / (1 - R) = 1.44 is somebody's
own idea. Who clicks does so a time
after the share that is lognormal: half of them within ``HALF_CLICK_WITHIN``.

What becomes of a share follows from its id: the same whenever, and of however many days, it is
simulated.
"""

from __future__ import annotations

import math
import random
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid5

from django_share_analytics import steps
from django_share_analytics.events import LinkEvent, ShareEvent

from .visitors import IN_APP, PREVIEWS, REACH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django_share_analytics.events import Event

    from .simulation import Crowd

CLICKS = 1.2
SPREAD = 0.2
SEEN = 0.85
SHARED_ON = 0.3
CONVERTED = 0.06
"""The part of visits by people who then get the app."""
GOAL = "get"
HALF_CLICK_WITHIN = timedelta(hours=3)
SIGMA = 1.6
"""Of the logarithm of the time until a click; 1.6: one in forty comes after three days."""
LONGEST = timedelta(days=30)
"""After that, nobody comes by any link that a share has led to."""


class Travels:
    """What becomes of the shares of a crowd, and of the shares that these lead to."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd

    def of(self, seed: ShareEvent) -> Iterator[Event]:
        """All that a share leads to within :data:`LONGEST`, in no order; without the share."""
        waiting, end = [seed], seed.timestamp + LONGEST
        while waiting:
            for event in self._on_the_link(waiting.pop()):
                if event.timestamp > end:
                    continue
                if isinstance(event, ShareEvent):
                    waiting.append(event)
                yield event

    def _on_the_link(self, share: ShareEvent) -> Iterator[Event]:
        draw = random.Random(f"by the link of {share.id}")
        previewed, network = PREVIEWS.get(share.platform, (0.0, ""))
        if draw.random() < previewed:
            instant = share.timestamp + timedelta(seconds=draw.uniform(1, 20))
            yield _step(share, steps.PREVIEW, 0, instant, network)
        mean = CLICKS * REACH.get(share.platform, 1.0)
        for number in range(_negative_binomial(draw, mean)):
            yield from self._click(draw, share, number)

    def _click(self, draw: random.Random, share: ShareEvent, number: int) -> Iterator[Event]:
        wait = draw.lognormvariate(math.log(HALF_CLICK_WITHIN.total_seconds()), SIGMA)
        # Years are nobody's wait, and dates end.
        instant = share.timestamp + min(timedelta(seconds=wait), 2 * LONGEST)
        yield _step(share, steps.CLICK, number, instant)
        if draw.random() >= SEEN:
            return
        instant += timedelta(seconds=draw.uniform(1, 5))
        in_app = IN_APP.get(share.platform, "") if draw.random() < 0.7 else ""
        yield _step(share, steps.VISIT, number, instant, in_app)
        if draw.random() < CONVERTED:
            later = instant + timedelta(seconds=draw.expovariate(1 / 200))
            yield _step(share, steps.CONVERSION, number, later, GOAL)
        if draw.random() < SHARED_ON:
            instant += timedelta(seconds=1 + draw.expovariate(1 / 120))
            yield ShareEvent(
                id=uuid5(share.id, f"shared on {number}"),
                app_id=share.app_id,
                timestamp=instant,
                via=share.id,
                referrer_url=share.referrer_url,
                **self.crowd.tap(draw),
                **self.crowd.visitor(draw),
            )


def _step(
    share: ShareEvent, kind: str, number: int, instant: datetime, detail: str = ""
) -> LinkEvent:
    return LinkEvent(
        share.id,
        kind,
        share.app_id,
        id=uuid5(share.id, f"{kind} {number}"),
        timestamp=instant,
        detail=detail,
    )


def _negative_binomial(draw: random.Random, mean: float) -> int:
    """How many click: a Poisson number whose mean is itself drawn, from a gamma distribution."""
    return _poisson(draw, draw.gammavariate(SPREAD, mean / SPREAD))


def _poisson(draw: random.Random, mean: float) -> int:
    """By the product of uniform numbers (Knuth); means here are far below where that ends."""
    number, product, end = 0, draw.random(), math.exp(-mean)
    while product > end:
        number += 1
        product *= draw.random()
    return number
