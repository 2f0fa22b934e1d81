"""A rate as the page says it: with its interval, as "at most", or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from django_share_analytics.admin import words

if TYPE_CHECKING:
    from django_share_analytics.virality.results import Rate

DIGITS = 2
"""How many digits of a rate mean something."""


@dataclass(frozen=True, slots=True)
class RateText:
    value: str
    """Empty when nothing is known."""
    interval: str
    """"0.7 to 0.95"; empty where there is none."""


def rate_text(rate: Rate, *, is_part: bool = False) -> RateText:
    """In words, all numbers of it with as many decimals; a part of a whole in per cent."""
    if rate.high is None:
        return RateText("", "")
    if rate.value is None or rate.low is None:
        most = _written(rate.high, rate.high, is_part=is_part)
        return RateText(_("at most %(number)s") % {"number": most}, "")
    value, low, high = (
        _written(number, rate.value, is_part=is_part) for number in (rate.value, rate.low, rate.high)
    )
    return RateText(value, _("%(low)s to %(high)s") % {"low": low, "high": high})


def _written(number: float, like: float, *, is_part: bool) -> str:
    if is_part:
        return words.per_cent(number)
    return rate_number(number, decimals_of(like))


def decimals_of(value: float) -> int:
    """How many decimals it takes to say :data:`DIGITS` digits of ``value``."""
    return max(DIGITS - 1 - floor(log10(value)), 0) if value > 0 else 0


def rate_number(value: float, decimals: int) -> str:
    # Rounded here: number_format() cuts what is beyond the last digit.
    return number_format(round(value, decimals), decimals, force_grouping=True)
