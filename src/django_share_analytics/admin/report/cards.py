"""The cards on top: today so far, and the last 7, 30 and 90 days, each with the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words

from .changes import Change, change_between

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django_share_analytics.admin.selection import Selection
    from django_share_analytics.comparison import Comparison
    from django_share_analytics.stats import Headline


@dataclass(frozen=True, slots=True)
class Card:
    """A period: its total, what became of it, the days that are meant and the way to them."""

    days: int
    label: str
    shares: str
    change: Change | None
    dates: str
    dates_before: str
    url: str
    is_current: bool


def build_cards(
    headlines: Sequence[Headline], selection: Selection, today: date, *, current: int
) -> list[Card]:
    """The cards; ``current`` is the length of the period that the page is about, 0 for others."""
    return [_card(headline, selection, today, current) for headline in headlines]


def _card(headline: Headline, selection: Selection, today: date, current: int) -> Card:
    period, previous = headline.period, _compared(headline, selection)
    return Card(
        days=period.days,
        label=_("Today so far") if period.days == 1 else words.last_days(period.days),
        shares=words.number(headline.total),
        change=change_between(previous.total, previous.compared_total) if previous else None,
        dates=words.short_range(period.start, period.end, today),
        dates_before=words.short_range(previous.start, previous.end, today) if previous else "",
        url=selection.link_to_days(period.days),
        is_current=period.days == current,
    )


def _compared(headline: Headline, selection: Selection) -> Comparison | None:
    """Of one app whole days are compared, so there is nothing to say of today."""
    if selection.app is not None and headline.period.days == 1:
        return None
    return headline.previous
