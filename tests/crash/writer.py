"""``python -m tests.crash.writer SEED SECONDS FILE``: one of several writers, at the same time.

Their hot app and its counts are always in each other's way. One share in ten is everybody's: all of
them write it, each in another batch. ``FILE`` gets the ids of what was written. An error of the
database that :func:`record` lets out ends the writer.
"""

from __future__ import annotations

import random
import sys
import time
import uuid
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash.apps import what_is_shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_share_analytics.events import ShareEvent

BATCH = 200
ROUND = 5 * BATCH
SHARED = ROUND // 10
"""How many of a round's shares all the writers write."""


def rounds(seed: str) -> Iterator[list[ShareEvent]]:
    from django_share_analytics.events import ShareEvent

    chance = random.Random(seed)
    things = what_is_shared(seed=0)
    for number in count():
        owners = ["everybody"] * SHARED + [seed] * (ROUND - SHARED)
        events = [
            ShareEvent(app, platform, id=uuid.uuid5(uuid.NAMESPACE_OID, f"{owner} {number} {n}"))
            for n, (owner, (app, platform)) in enumerate(zip(owners, things, strict=False))
        ]
        yield chance.sample(events, ROUND)


def main() -> None:
    import django

    django.setup()
    from django_share_analytics.writing.batches import write_batch

    deadline = time.monotonic() + float(sys.argv[2])
    with Path(sys.argv[3]).open("w") as file:
        for events in rounds(sys.argv[1]):
            for start in range(0, ROUND, BATCH):
                batch = events[start : start + BATCH]
                write_batch(batch)
                file.writelines(f"{event.id}\n" for event in batch)
            if time.monotonic() > deadline:
                return


if __name__ == "__main__":
    main()
