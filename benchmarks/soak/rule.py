"""What "flat" means: after the first quarter of the time nothing grows any more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.soak.watch import Sample

WINDOWS = 3
"""After the first quarter, in which caches fill and threads start: a quarter each."""
MOST_CHANGE, MOST_IN_A_SHORT_RUN, MORE_IN_A_SHORT_RUN = 0.05, 0.15, 2
"""A run of a few minutes is over before caches are full and each thread has its connection: it
finds what leaks fast, and says nothing of times."""
HELD: dict[str, Callable[[Iterable[float]], float]] = {
    "memory": median,
    "threads": median,
    "descriptors": median,
    "connections": max,  # a writer lets its own go while there is nothing to write
}
SLOWER, FAST_ENOUGH_MS = 1.5, 25.0
"""How much the p99 of a window may be of the first one's; below so many ms nobody cares."""
BUSY = 0.25
"""The part of the machine that others may use: with more, a latency says nothing about us."""


@dataclass(frozen=True, slots=True)
class Verdict:
    name: str
    values: tuple[float, ...]
    """By window."""
    is_flat: bool
    is_judged: bool = True

    def __str__(self) -> str:
        said = "steady" if self.is_flat else "NOT STEADY"
        values = ", ".join(f"{value:,.1f}" for value in self.values)
        return f"- {said if self.is_judged else 'not judged'}: {self.name} {values}"


def verdicts(samples: Sequence[Sample], others: float, *, is_whole: bool = True) -> list[Verdict]:
    """One for each thing that a server holds, and one for how fast it answers.

    ``others`` is the part of the machine that other programs had.
    """
    most, more = (MOST_CHANGE, 0) if is_whole else (MOST_IN_A_SHORT_RUN, MORE_IN_A_SHORT_RUN)
    held = [_held(name, by_window(samples, name, of), most, more) for name, of in HELD.items()]
    is_quiet = is_whole and others < BUSY
    return [*held, _steady(by_window(samples, "p99", median), is_quiet)]


def by_window(
    samples: Sequence[Sample], name: str, of: Callable[[Iterable[float]], float]
) -> tuple[float, ...]:
    end = samples[-1].minute
    edges = [end * (1 + n) / (1 + WINDOWS) for n in range(WINDOWS + 1)]
    return tuple(
        of(getattr(s, name) for s in samples if start <= s.minute <= stop)
        for start, stop in pairwise(edges)
    )


def _held(name: str, values: tuple[float, ...], most: float, more: float) -> Verdict:
    return Verdict(name, values, max(values) < (1 + most) * min(values) + more)


def _steady(values: tuple[float, ...], is_quiet: bool) -> Verdict:
    slowest = max(values[1:])
    is_steady = slowest < FAST_ENOUGH_MS or slowest <= SLOWER * values[0]
    return Verdict("p99", values, is_steady, is_judged=is_steady or is_quiet)
