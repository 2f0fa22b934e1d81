"""How often what lies between edges, as bars of one width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin.charts.scale import Frame, coordinate, tick_values

if TYPE_CHECKING:
    from collections.abc import Sequence

HISTOGRAM = Frame(height=180)
GAP = 0.16
"""The part of a bar's room that is left free."""


@dataclass(frozen=True, slots=True)
class HistogramBar:
    left: str
    """Of the room that it has, which can be pointed at."""
    x: str
    y: str
    height: str
    end: str
    """Where its upper edge is."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars ready to be written into an SVG."""

    frame: Frame
    bars: list[HistogramBar]
    band: str
    """The room of a bar."""
    width: str
    ticks: list[tuple[int, str]]
    marked: str
    """Where the marked value lies; empty without one."""


def histogram(counts: Sequence[tuple[float, int]], marked: float | None = None) -> Histogram:
    """The geometry of ``counts``: upper edges that rise, and what lies up to each since the one
    before. ``marked`` is a value to be pointed out."""
    frame = HISTOGRAM
    band, ticks = frame.band(len(counts) or 1), tick_values(max((n for _, n in counts), default=0))
    return Histogram(
        frame=frame,
        bars=[_bar(frame, band, index, n, ticks[-1]) for index, (_, n) in enumerate(counts)],
        band=coordinate(band),
        width=coordinate(band * (1 - GAP)),
        ticks=[(tick, coordinate(frame.y(tick, ticks[-1]))) for tick in ticks],
        marked="" if marked is None else coordinate(frame.left + band * _place(counts, marked)),
    )


def _bar(frame: Frame, band: float, index: int, n: int, top: int) -> HistogramBar:
    left, y = frame.left + band * index, frame.y(n, top)
    return HistogramBar(
        left=coordinate(left),
        x=coordinate(left + band * GAP / 2),
        y=coordinate(y),
        height=coordinate(frame.baseline - y),
        end=coordinate(left + band),
    )


def _place(counts: Sequence[tuple[float, int]], value: float) -> float:
    """Where a value lies, in bars from the left."""
    below = 0.0
    for index, (edge, _) in enumerate(counts):
        if value <= edge:
            return index + (value - below) / (edge - below)
        below = edge
    return len(counts)
