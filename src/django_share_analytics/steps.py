"""What becomes of a share: the steps on its link, by what is really known of each.

The names are stored, served and counted.
"""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha1
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from datetime import timedelta

MAX_KIND_LENGTH = 10
MAX_DETAIL_LENGTH = 50

PREVIEW = "preview"
"""A network's crawler fetched this very link: it was put into a composer there, posted or not."""

CLICK = "click"
"""Something that calls itself a browser asked for the link."""

VISIT = "visit"
"""A script ran on the app's page while that was visible."""

RESHARE = "reshare"
"""A visitor who came by the link shared the same app."""

CONVERSION = "conversion"
"""The host says that a visitor who came by the link did what it wanted."""

REACHED = "reached"
"""A fact of a share, once: somebody came."""

FORWARDED = "forwarded"
"""A fact of a share, once: somebody who came shared on."""

ROBOT = "bot"
"""What is no step: a robot asked for the link. A gate turns these away, and nothing makes such an
event any more; a process from before there were gates does, in a rolling deploy. What it left in a
queue or a journal is read, and counted among what was not recorded."""

SHARE = "share"
"""What all begins with. Shares are counted as steps only where their placement is."""

SEEN = (PREVIEW, CLICK, VISIT, CONVERSION)
"""Those that a :class:`.events.LinkEvent` brings. A re-share is brought by the share itself."""

STORED = (PREVIEW, CLICK, VISIT, REACHED, RESHARE, FORWARDED, CONVERSION)

FACT_OF = {VISIT: REACHED, RESHARE: FORWARDED}
"""The fact that the first step of a kind makes true of its share."""


FACT_VERSION = 2
"""Of the ids of facts. Nobody makes UUIDs of this version (RFC 9562, section 5.2), and every
database takes them."""


def fact_id(share_id: UUID, fact: str) -> UUID:
    """The id of a fact of a share: always the same, so that it is stored once.

    Of a version of its own: a re-share has the id of a client's making, and anybody can compute
    this one.
    """
    digest = sha1(share_id.bytes + fact.encode(), usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=FACT_VERSION)


WINDOWS = (1, 7, 30)
"""Days since the share. A step is counted in the first window that it is within."""

LATER = 10_000
"""The window, in days, of all steps after those."""

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
AGES = tuple(
    minutes * _MINUTE for minutes in (1, 2, 5, 10, 20, 30, 45, 60, 90)
) + tuple(
    hours * _HOUR for hours in (2, 3, 4, 6, 8, 12, 18, 24, 36, 48)
) + tuple(
    days * _DAY for days in (3, 4, 5, 7, 10, 14, 21, 30, 60, 90, 180, 365)
)  # fmt: skip
"""Upper edges of a step's age, in seconds since its share. An age is stored as the number of the
first edge that it is within; ``len(AGES)``: older."""


def age_of(since_share: timedelta) -> int:
    """The number of the age of a step so long after its share; clocks may differ a little."""
    return bisect_left(AGES, since_share.total_seconds())


def window_of(age: int) -> int:
    """The window in days that an age lies in. Each window ends at an edge of the ages."""
    return _WINDOW_OF[age]


def _window(age: int) -> int:
    if age == len(AGES):
        return LATER
    return next((days for days in WINDOWS if AGES[age] <= days * _DAY), LATER)


_WINDOW_OF = tuple(map(_window, range(len(AGES) + 1)))
