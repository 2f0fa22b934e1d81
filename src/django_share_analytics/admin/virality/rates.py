"""A rate as the page says it: with its interval, as "at most", or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_share_analytics.virality.results import Rate


@dataclass(frozen=True, slots=True)
class RateText:
    value: str
    """Empty when nothing is known."""
    interval: str
    """"0.7 to 0.95"; empty where there is none."""


def rate_text(rate: Rate, *, is_part: bool = False, decimals: int | None = None) -> RateText:
    """In words, all numbers of it with as many decimals; a part of a whole in per cent.

    :param decimals: as many as others beside it have, unless nothing would be left of it.
    """
    if rate.high is None:
        return RateText("", "")
    said, unit = rate.high if rate.value is None else rate.value, 100 if is_part else 1
    if decimals is None or _is_lost(rate, said, unit, decimals):
        decimals = _decimals(rate, said, unit)

    def written(number: float) -> str:
        shown = rate_number(number * unit, decimals)
        return _("%(percent)s%%") % {"percent": shown} if is_part else shown

    if rate.value is None or rate.low is None:
        most = ceil(said * unit * 10**decimals - 1e-9) / 10**decimals
        return RateText(_("at most %(number)s") % {"number": written(most / unit)}, "")
    ends = {"low": written(rate.low), "high": written(rate.high)}
    return RateText(written(said), _("%(low)s to %(high)s") % ends)


def _is_lost(rate: Rate, said: float, unit: int, decimals: int) -> bool:
    """Whether rounding makes nothing of it, or of one side of its interval."""
    shown = round(said * unit, decimals)
    ends = [end for end in (rate.low, rate.high) if end not in (None, said)]
    is_known = rate.is_known
    return not shown or (is_known and any(round(end * unit, decimals) == shown for end in ends))


def _decimals(rate: Rate, said: float, unit: int) -> int:
    """As many as ``said`` takes, and as it takes to tell the ends of the interval apart."""
    half = unit * ((rate.high or 0) - (rate.low or 0)) / 2 if rate.is_known else 0
    return max(decimals_of(unit * said), -floor(log10(half)) if half > 0 else 0)


def decimals_of(value: float) -> int:
    """How many decimals say ``value`` to within some per cent: 0.15 has three, 15 has one."""
    return max(1 - floor(log10(value / 2)), 0) if value > 0 else 0


def rate_number(value: float, decimals: int) -> str:
    # Rounded here: number_format() cuts what is beyond the last digit.
    return number_format(round(value, decimals), decimals, force_grouping=True)
