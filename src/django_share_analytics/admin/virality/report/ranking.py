"""Rates beside each other, drawn with their intervals on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
MAX_LETTERS = 9
"""On a scale of the least width, in all labels but one: beyond, they would touch."""


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

    heads: tuple[str, ...]
    """Of the columns: what a row is about, the rate, and the plain numbers beside it."""
    rows: list[RankingRow]
    ticks: list[tuple[str, str, str]]
    """What is written, where, and which part of the text is there; nothing where none is drawn."""
    is_dense: bool
    """Whether a narrow cell has no room for all that is written."""
    summary: str


def build_ranking(heads: tuple[str, ...], entries: Sequence[Ranked], summary: str = "") -> Ranking:
    scale = interval_scale((one.rate.value, one.rate.high) for one in entries)
    step = scale.ticks[1][0]
    largest = max((one.rate.value for one in entries if one.rate.value), default=scale.top)
    last = len(scale.ticks) - 1
    is_drawn = any(one.rate.high is not None for one in entries)
    labels = [
        rate_number(tick, max(0, -floor(log10(step))) if n else 0)
        for n, (tick, _place) in enumerate(scale.ticks)
    ]
    return Ranking(
        heads=heads,
        rows=[
            RankingRow(
                label=one.label,
                url=one.url,
                is_chosen=one.is_chosen,
                rate=rate_text(one.rate, decimals=decimals_of(largest)),
                mark=scale.mark(one.rate.value, one.rate.low, one.rate.high),
                is_drawn=one.rate.high is not None,
                cells=one.cells,
            )
            for one in entries
        ],
        ticks=[
            (label, place, ANCHORS[(n > 0) + (n == last)])
            for n, (label, (_tick, place)) in enumerate(zip(labels, scale.ticks, strict=True))
            if is_drawn
        ],
        is_dense=last * max(map(len, labels)) > MAX_LETTERS,
        summary=summary,
    )


def leader_sentence(entries: Sequence[Ranked], *, is_all: bool = True) -> str:
    """Who is ahead, and whether that is settled. They are ordered by the lower end.

    Of those of which nothing is known, and of others if these aren't all, nothing is said.
    """
    known = [one for one in entries if one.rate.is_known]
    if not known:
        return _("Too few shares of any to say.")
    first = known[0]
    others = [one for one in entries if one is not first and one.rate.high is not None]
    if not others:
        return ""
    # By its value another may be ahead, by the upper end of its interval, and by a mere "at most".
    rivals = [one for one in others if (one.rate.high or 0) >= (first.rate.low or 0)]
    values = {"name": words.isolated(first.label), "number": words.number(len(rivals))}
    if not rivals and is_all and len(others) == len(entries) - 1:
        return _("%(name)s brings most people per share, and no other reaches that.") % values
    if not rivals:
        return _("%(name)s brings most people per share, of those that can be told.") % values
    if len(rivals) == 1:
        values["rival"] = words.isolated(rivals[0].label)
        said = _("%(name)s is surest to bring people, but %(rival)s may be as good or better.")
        return said % values
    return (
        ngettext(
            "%(name)s is surest to bring people, but %(number)s other may be as good or better.",
            "%(name)s is surest to bring people, but %(number)s others may be as good or better.",
            len(rivals),
        )
        % values
    )
