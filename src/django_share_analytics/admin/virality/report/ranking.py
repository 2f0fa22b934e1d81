"""Rates beside each other, drawn with their intervals on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.charts import interval_scale
from django_share_analytics.admin.virality.rates import (
    RateText,
    decimals_of,
    rate_number,
    rate_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.admin.charts import IntervalMark
    from django_share_analytics.virality.results import Rate

ANCHORS = ("start", "middle", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What a row is about, before it is drawn."""

    label: str
    rate: Rate
    cells: tuple[str, ...]
    """The plain numbers beside the rate."""
    url: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class RankingRow:
    label: str
    url: str
    is_chosen: bool
    rate: RateText
    mark: IntervalMark
    is_drawn: bool
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows in the order that they were given."""

    rows: list[RankingRow]
    ticks: list[tuple[str, str, str]]
    """What is written, where, and which part of the text is there."""
    summary: str


def build_ranking(entries: Sequence[Ranked], summary: str = "") -> Ranking:
    scale = interval_scale((one.rate.value, one.rate.high) for one in entries)
    decimals = max(decimals_of(scale.ticks[1][0]) - 1, 0)  # steps have one digit
    last = len(scale.ticks) - 1
    return Ranking(
        rows=[
            RankingRow(
                label=one.label,
                url=one.url,
                is_chosen=one.is_chosen,
                rate=rate_text(one.rate),
                mark=scale.mark(one.rate.value, one.rate.low, one.rate.high),
                is_drawn=one.rate.high is not None,
                cells=one.cells,
            )
            for one in entries
        ],
        ticks=[
            (rate_number(tick, decimals), place, ANCHORS[(n > 0) + (n == last)])
            for n, (tick, place) in enumerate(scale.ticks)
        ],
        summary=summary,
    )


def leader_sentence(entries: Sequence[Ranked]) -> str:
    """Who is ahead in visits per share, and whether that is settled."""
    known = [one for one in entries if one.rate.is_known]
    if not known:
        return _("Too few shares of any to say.")
    first, second = known[0], max(known[1:], key=lambda one: one.rate.high or 0, default=None)
    text = rate_text(first.rate)
    said = _("%(name)s brings most people per share: %(rate)s (%(interval)s).") % {
        "name": words.isolated(first.label),
        "rate": text.value,
        "interval": text.interval,
    }
    if second is None:
        return said
    if (second.rate.high or 0) < (first.rate.low or 0):
        return " ".join([said, _("No other reaches that.")])
    name = words.isolated(second.label)
    return " ".join([said, _("%(name)s may be as good: both intervals overlap.") % {"name": name}])
