"""A time without a server, under load: what became of the shares that were sent meanwhile."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.crash import scale
from tests.crash.judge import percentile, wait_for_all
from tests.crash.machine import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.crash.load import Sent
    from tests.crash.servers import Server
    from tests.crash.site import Site

WARM_SECONDS = 1.0
"""Until connections are open and every worker has its part."""
MUCH = 0.1
"""When others take more of the machine than that, its latencies are not ours."""
SLOW_SECONDS = 5.0
"""What is too slow on any machine, however much others have of it."""


@dataclass(frozen=True, slots=True)
class Outage:
    """As one site saw it."""

    before: list[Sent]
    during: list[Sent]
    drained_seconds: float
    """How long it took after the last share until all were stored."""
    others: float
    """The part of the machine that other programs had meanwhile."""

    @property
    def p99(self) -> float:
        return percentile(self.during)

    def longest_p99(self, seconds: float) -> float:
        """``seconds``, or twice what it was before the outage, on a machine that was slow already.
        Where others had much of it meanwhile, what is too slow anywhere."""
        if self.others > MUCH:
            return SLOW_SECONDS
        return max(seconds, 2 * percentile(self.before))

    def remark(self, case: str, seconds: float) -> str:
        times = (percentile(self.before), self.p99, self.longest_p99(seconds))
        before, during, most = (f"{1_000 * each:.0f}" for each in times)
        return (
            f"{case}: p99 {before} ms before the outage, {during} ms in it (allowed: {most}); all "
            f"stored {self.drained_seconds:.1f} s after the last share; other programs had "
            f"{self.others:.0%} of the machine."
        )


def survive(sites: Sequence[Site], servers: Sequence[Server]) -> list[Outage]:
    """The servers are away for a while, all at the same time. The sites share the load."""
    rates = [scale.LOAD_SHARE * site.maximum() / len(sites) for site in sites]
    with ExitStack() as loads:
        sending = [
            loads.enter_context(site.load(rate)) for site, rate in zip(sites, rates, strict=True)
        ]
        time.sleep(WARM_SECONDS)
        calm = time.monotonic()
        time.sleep(scale.CALM_SECONDS)
        start = time.monotonic()
        with ExitStack() as outages:
            for server in servers:
                outages.enter_context(server.away())
            with Watch() as watch:
                time.sleep(scale.OUTAGE_SECONDS)
            end = time.monotonic()
        time.sleep(scale.CALM_SECONDS)
    return [
        Outage(
            before=[share for share in load.sent if calm <= share.due < start],
            during=[share for share in load.sent if start <= share.due < end],
            drained_seconds=wait_for_all(site),
            others=watch.others,
        )
        for site, load in zip(sites, sending, strict=True)
    ]
