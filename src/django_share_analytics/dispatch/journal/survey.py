"""How much waits in a journal, whoever's it is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django_share_analytics import codec
from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.dispatch.journal.home import AGAIN, BAD, LOG, homes

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def survey(journal: Path) -> DispatcherStatus:
    """Count the shares in all segments. Reads every one of them: about a second for a million.

    And the files that were kept aside, until somebody removes them.

    A segment may be recorded, or taken over by a neighbour, while this counts.
    """
    waiting = 0
    oldest: list[datetime] = []
    there: list[Path] = []
    with suppress(OSError):  # none that this user may not see
        there = homes(journal)
    for path in [path for home in there for path in home.glob("*.*")]:
        if path.suffix in (LOG, AGAIN):
            with suppress(OSError, ValueError):
                content = path.read_bytes()
                waiting += content.count(b"\n")
                oldest.append(codec.decode(content.partition(b"\n")[0]).timestamp)
    return DispatcherStatus(
        waiting=waiting,
        oldest=min(oldest, default=None),
        is_shared=True,
        bad_files=len(list(journal.glob(f"*{BAD}"))),
        bad_files_at=str(journal / f"*{BAD}"),
    )
