"""The verdict: acknowledged ⊆ stored ⊆ sent, each share counts once, every count equals its rows.

``python -m tests.crash.judge FILE SECONDS`` reads the ids that were acknowledged, one a line, waits
for them to be stored (no longer than ``SECONDS`` after the last one came), and says what is stored.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tests.crash import scale
from tests.crash.load import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.crash.load import Sent
    from tests.crash.site import Site

T = TypeVar("T")

PATIENCE_SECONDS = 12.0 if scale.IS_SHORT else 20.0


@dataclass(frozen=True, slots=True)
class Stored:
    ids: set[str]
    counted: int
    """What the count for all time says, over all apps."""
    wrong_counts: list[str]
    """The rollups that say something else than the rows."""


@dataclass(frozen=True, slots=True)
class Verdict:
    sent: Sequence[Sent]
    stored: Stored

    @property
    def acknowledged(self) -> list[Sent]:
        return [share for share in self.sent if share.is_acknowledged]

    @property
    def refused(self) -> int:
        return sum(share.status == 503 for share in self.sent)

    @property
    def lost(self) -> list[Sent]:
        return [share for share in self.acknowledged if share.id not in self.stored.ids]

    @property
    def twice(self) -> int:
        """The key of a row is the id, so that what came twice can only be counted twice."""
        return self.stored.counted - len(self.stored.ids)

    @property
    def never_sent(self) -> set[str]:
        return self.stored.ids - {share.id for share in self.sent}

    @property
    def other_answers(self) -> set[int]:
        """Neither "accepted" nor "not now"; 0: none at all."""
        return {share.status for share in self.sent} - {*ACCEPTED, 503}

    def check(self, *, lost: int = 0) -> None:
        assert self.acknowledged, "nothing was acknowledged: nothing is proven"
        assert len(self.lost) <= lost, f"{len(self.lost)} lost: {self.lost[:3]}"
        assert not self.never_sent
        assert self.twice == 0, f"{self.twice} counted twice"
        assert not self.stored.wrong_counts
        assert self.other_answers <= {0}, f"answers {self.other_answers}"


def percentile(shares: Iterable[Sent], part: float = 0.99) -> float:
    """Seconds from when a share was due to its answer, which ``part`` of the shares stay under."""
    latencies = sorted(share.latency for share in shares if share.status)
    return latencies[min(int(part * len(latencies)), len(latencies) - 1)]


def wait_for_all(site: Site) -> float:
    """Wait until all that was acknowledged is stored, or no more comes; how many seconds."""
    return float(json.loads(_ask(site, PATIENCE_SECONDS))["seconds"])


def judge(site: Site) -> Verdict:
    """The verdict on a site that nothing is sent to any more."""
    said = json.loads(_ask(site, 0))
    stored = Stored(set(said["ids"]), said["counted"], said["wrong_counts"])
    return Verdict(site.shares, stored)


def _ask(site: Site, seconds: float) -> str:
    path = site.folder / "acknowledged"
    path.write_text("\n".join(share.id for share in site.shares if share.is_acknowledged))
    return site.ask("tests.crash.judge", str(path), str(seconds))


def wait_until_stored(expected: set[T], stored: Callable[[], set[T]], seconds: float) -> None:
    """No longer than that after the last one came."""
    missing = len(expected)
    deadline = time.monotonic() + seconds
    while missing and time.monotonic() < deadline:
        before, missing = missing, len(expected - stored())
        if missing < before:
            deadline = time.monotonic() + seconds
        time.sleep(0.2)


def _stored_ids() -> set[str]:
    from django_share_analytics.models import Share

    return set(map(str, Share.objects.values_list("id", flat=True)))


def main() -> None:
    import django

    django.setup()
    from django_share_analytics.upkeep.audit import audit_counts
    from tests.factories import counted_by_hand, stored_counts

    expected = set(Path(sys.argv[1]).read_text().split())
    start = time.monotonic()
    wait_until_stored(expected, _stored_ids, float(sys.argv[2]))
    seconds = time.monotonic() - start
    counts, by_hand, audit = stored_counts(), counted_by_hand(), audit_counts()
    wrong = [name for name in counts if counts[name] != by_hand[name]]
    said = {
        "seconds": seconds,
        "ids": sorted(_stored_ids()),
        "counted": sum(counts["app"].values()),
        "wrong_counts": wrong if audit.is_exact else [*wrong, "verify_share_counts"],
    }
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
