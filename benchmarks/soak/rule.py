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
MOST_CHANGE = 0.05
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


def verdicts(samples: Sequence[Sample], others: float) -> list[Verdict]:
    """One for each thing that a server holds, and one for how fast it answers.

    ``others`` is the part of the machine that other programs had.
    """
    held = [_held(name, by_window(samples, name, of)) for name, of in HELD.items()]
    return [*held, _steady(by_window(samples, "p99", median), others)]


def by_window(
    samples: Sequence[Sample], name: str, of: Callable[[Iterable[float]], float]
) -> tuple[float, ...]:
    end = samples[-1].minute
    edges = [end * (1 + n) / (1 + WINDOWS) for n in range(WINDOWS + 1)]
    return tuple(
        of(getattr(s, name) for s in samples if start <= s.minute <= stop)
        for start, stop in pairwise(edges)
    )


def _held(name: str, values: tuple[float, ...]) -> Verdict:
    return Verdict(name, values, max(values) < (1 + MOST_CHANGE) * min(values))


def _steady(values: tuple[float, ...], others: float) -> Verdict:
    slowest = max(values[1:])
    is_steady = slowest < FAST_ENOUGH_MS or slowest <= SLOWER * values[0]
    return Verdict("p99", values, is_steady, is_judged=is_steady or others < BUSY)
