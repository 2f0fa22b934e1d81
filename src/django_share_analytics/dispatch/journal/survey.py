"""How much waits in a journal, whoever's it is."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django_share_analytics import codec
from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.dispatch.journal.home import BAD, all_segments
from django_share_analytics.exceptions import NewerShare

if TYPE_CHECKING:
    from pathlib import Path


def survey(journal: Path) -> DispatcherStatus:
    """Count the events in all segments. Reads every one of them: about a second for a million.

    And the files that were kept aside, until somebody removes them.

    A segment may be recorded, or taken over by a neighbour, while this counts.
    """
    waiting = 0
    oldest: list[datetime] = []
    for path in all_segments(journal):
        with suppress(OSError, ValueError):
            content = path.read_bytes()
            waiting += content.count(b"\n")
            oldest.append(_accepted(path, content.partition(b"\n")[0]))
    return DispatcherStatus(
        waiting=waiting,
        oldest=min(oldest, default=None),
        is_shared=True,
        bad_files=len(list(journal.glob(f"*{BAD}"))),
        bad_files_at=str(journal / f"*{BAD}"),
    )


def old_bad_files(journal: Path, before: datetime) -> list[Path]:
    """The files that were kept aside before that instant."""
    old = []
    for path in journal.glob(f"*{BAD}"):
        with suppress(FileNotFoundError):  # somebody else removes them, too
            if path.stat().st_mtime < before.timestamp():
                old.append(path)
    return old


def _accepted(path: Path, line: bytes) -> datetime:
    """When the event in the first line of a segment was; of what a newer version wrote, when."""
    try:
        return codec.decode(line).timestamp
    except NewerShare:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
