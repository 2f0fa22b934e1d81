"""``python -m tests.crash.writer SEED SECONDS FILE``: one of several writers of the same shares.

Every writer goes through the same ids in an order of its own, so that the others' rows, their hot
app and its counts are always in the way. ``FILE`` gets the ids. An error of the database that
:func:`record` lets out ends it.
"""

from __future__ import annotations

import random
import sys
import time
import uuid
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash.apps import what_is_shared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django_share_analytics.events import ShareEvent

BATCH = 200
ROUND = 5 * BATCH
"""Ids that all writers write before they go on to the next ones."""


def rounds(chance: random.Random) -> Iterator[list[ShareEvent]]:
    """The same shares for every writer, shuffled."""
    from django_share_analytics.events import ShareEvent

    things = what_is_shared(seed=0)
    number = 0
    while True:
        events = [
            ShareEvent(app, platform, id=_id(number + n))
            for n, (app, platform) in enumerate(islice(things, ROUND))
        ]
        number += ROUND
        yield chance.sample(events, ROUND)


def _id(number: int) -> UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, str(number))


def main() -> None:
    import django

    django.setup()
    from django_share_analytics.consumer import record

    chance = random.Random(sys.argv[1])
    deadline = time.monotonic() + float(sys.argv[2])
    with Path(sys.argv[3]).open("w") as file:
        for events in rounds(chance):
            for start in range(0, ROUND, BATCH):
                batch = events[start : start + BATCH]
                record(batch)
                file.writelines(f"{event.id}\n" for event in batch)
            if time.monotonic() > deadline:
                return


if __name__ == "__main__":
    main()
