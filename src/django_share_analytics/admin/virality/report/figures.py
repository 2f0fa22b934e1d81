"""The rates of the whole, each a number with its interval and one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.virality.rates import (
    RateText,
    decimals_of,
    rate_number,
    rate_text,
)
from django_share_analytics.conf import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_share_analytics.virality.results import Virality


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    rate: RateText
    note: str


def build_figures(virality: Virality) -> list[Figure]:
    return list(_figures(virality))


def _figures(virality: Virality) -> Iterator[Figure]:
    rates = virality.rates
    if rates is None:
        return
    yield Figure(
        _("Shares that brought somebody"),
        rate_text(rates.active_shares, is_part=True),
        "",
    )
    yield Figure(_("Visits per share"), rate_text(rates.visits_per_share), _largest(virality))
    yield Figure(_("Re-shares per 100 visits"), rate_text(rates.reshare_rate.times(100)), "")
    yield Figure(
        _("New shares per 100 shares"),
        rate_text(rates.reproduction.times(100)),
        _multiplied(virality.multiplier) if rates.reproduction.is_known else "",
    )
    if get_settings().goals or rates.conversions_per_100_shares.of:
        text = rate_text(rates.conversions_per_100_shares)
        yield Figure(_("Conversions per 100 shares"), text, "")


def _largest(virality: Virality) -> str:
    part = virality.largest_share_of_visits
    if part is None or not virality.reach or not virality.reach.visits:
        return ""
    return _("The largest share brought %(percent)s of all.") % {"percent": words.per_cent(part)}


def _multiplied(multiplier: float | None) -> str:
    if multiplier is None:
        return ""
    decimals = max(decimals_of(multiplier), 2)
    return _("A share leads to %(number)s in all, itself included; at least.") % {
        "number": rate_number(multiplier, decimals)
    }
