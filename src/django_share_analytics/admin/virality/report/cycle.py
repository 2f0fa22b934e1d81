"""How long it took from a share to those it led to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.charts import HistogramBar, histogram
from django_share_analytics.admin.virality.durations import DAY, HOUR, MINUTE, span_of

if TYPE_CHECKING:
    from django_share_analytics.admin.charts import Histogram
    from django_share_analytics.virality.results import CycleTime

NAMED = {MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY}
"""Ages that are written below the bars."""


@dataclass(frozen=True, slots=True)
class CycleBar:
    drawn: HistogramBar
    label: str
    """From when to when."""
    axis_label: str
    """Empty where nothing is written below its upper edge."""
    times: str


@dataclass(frozen=True, slots=True)
class Cycle:
    chart: Histogram
    bars: list[CycleBar]
    ticks: list[tuple[str, str]]
    summary: str


def build_cycle(time: CycleTime | None) -> Cycle | None:
    """``None`` where it isn't counted, or nobody shared on."""
    if time is None or not time.of:
        return None
    counts = list(time.counts)
    drawn = histogram(counts, time.median)
    edges = [0, *(edge for edge, _n in counts)]
    return Cycle(
        chart=drawn,
        bars=[
            CycleBar(
                bar,
                _between(low, high),
                span_of(high) if high in NAMED else "",
                words.number(n),
            )
            for bar, (low, high), (_edge, n) in zip(
                drawn.bars, pairwise(edges), counts, strict=True
            )
        ],
        ticks=[(words.number(value), y) for value, y in drawn.ticks],
        summary=_summary(time),
    )


def _between(low: int, high: int) -> str:
    if not low:
        return _("up to %(end)s") % {"end": span_of(high)}
    return _("%(start)s to %(end)s") % {"start": span_of(low), "end": span_of(high)}


def _summary(time: CycleTime) -> str:
    values = {"number": words.number(time.of)}
    if time.median is None:
        return _("%(number)s re-shares: too few to tell the middle.") % values
    values["median"] = span_of(time.median)
    if time.low is None or time.high is None:
        return _("Half of %(number)s re-shares came within %(median)s.") % values
    values |= {"low": span_of(time.low), "high": span_of(time.high)}
    return _("Half of %(number)s re-shares came within %(median)s (%(low)s to %(high)s).") % values
