"""Placements that are all the same (A/A): how often one is said to be better than another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.validation.cells import waves
from django_share_analytics.virality.intervals import differ, holm

if TYPE_CHECKING:
    from numpy.random import Generator

    from benchmarks.validation.simulate import Counts

BLOCK = 28
"""Days."""
SAMPLE = 10
"""One page view in so many tells what came into sight."""
MOST = 0.06
"""Of blocks, so many may end with a difference where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Placements with the same chance of a share each time that they come into sight."""

    name: str
    placements: int = 3
    shares: float = 10
    """A day, by each placement."""
    views: float = 2_000
    together: float = 0.4
    """Waves of days that move all placements, on the log scale."""
    alone: float = 0.3
    """What moves each of them on a day by itself, on the log scale."""
    lasting: float = 0.0
    """How much of that is left on the next day."""
    most: float | None = MOST


PAGES = [
    Pages(name="2 placements", placements=2),
    Pages(name="3 placements"),
    Pages(name="5 placements", placements=5),
    Pages(name="3 placements, 1 share a day each", shares=1, views=200),
    Pages(name="3 placements, 100 shares a day each", shares=100, views=20_000),
    Pages(name="3 placements, each day by itself twice as uneven", alone=0.8),
    Pages(name="3 placements, each in waves of its own, day to day 0.5", lasting=0.5, most=None),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    pages: Pages
    blocks: int
    called: float
    """The part of blocks in which any two are called different."""
    poisson: float
    """The same by a test that takes each share as by itself, without Holm."""
    daily: float
    """The same test, looked at every day from the second on until it says so."""

    def are_too_many(self) -> bool:
        """By more than chance makes of so many blocks: three standard errors."""
        most = self.pages.most
        if most is None:
            return False
        return self.called > most + 3 * sqrt(most * (1 - most) / self.blocks)


def look(pages: Pages, blocks: int, dice: Generator) -> FalseAlarms:
    views, shares = _blocks(pages, blocks, dice)
    pairs = list(combinations(range(pages.placements), 2))
    daily = np.zeros((blocks, BLOCK), dtype=bool)
    for pair in pairs:
        daily |= _poisson_differ(views, shares, pair)
    called = sum(_called(*each) for each in zip(views.tolist(), shares.tolist(), strict=True))
    looked = daily[:, 1:].any(axis=1)
    return FalseAlarms(
        pages, blocks, called / blocks, float(daily[:, -1].mean()), float(looked.mean())
    )


def _blocks(pages: Pages, blocks: int, dice: Generator) -> tuple[Counts, Counts]:
    """Views, as they are estimated, and shares: by block, placement and day."""
    n = blocks * pages.placements
    shape = (blocks, pages.placements, BLOCK)
    together = waves(pages.together, 0.8, BLOCK)(dice, blocks)[:, None, :]
    alone = waves(pages.alone, pages.lasting, BLOCK)(dice, n).reshape(shape)
    traffic = waves(0.3, 0.5, BLOCK)(dice, blocks)[:, None, :] * np.ones(shape)
    views = SAMPLE * dice.poisson(pages.views / SAMPLE * traffic)
    return views, dice.poisson(pages.shares * traffic * together * alone)


def _called(views: list[list[int]], shares: list[list[int]]) -> bool:
    pairs = combinations(zip(shares, views, strict=True), 2)
    return bool(holm({number: differ(*pair) for number, pair in enumerate(pairs)}))


def _poisson_differ(views: Counts, shares: Counts, pair: tuple[int, int]) -> np.ndarray:
    """By all days up to each: by block and day."""
    n, m = (np.maximum(shares[:, place].cumsum(axis=1), 1) for place in pair)
    v, w = (np.maximum(views[:, place].cumsum(axis=1), 1) for place in pair)
    return abs(np.log(n / v) - np.log(m / w)) > 1.96 * np.sqrt(1 / n + 1 / m)
