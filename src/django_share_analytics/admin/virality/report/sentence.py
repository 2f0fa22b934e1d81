"""The answer in plain words, as far as the data carry it."""

from __future__ import annotations

from math import ceil, log
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_share_analytics.admin.words import number
from django_share_analytics.virality.intervals import FEWEST_DAYS, FEWEST_SHARES

if TYPE_CHECKING:
    from django_share_analytics.virality.results import Rate, Rates, Virality

BASES = (100, 1_000, 10_000)
"""Of so many shares something is said: of the first in which all of it is one at least."""
SURE = 2
"""What sharing adds is said where its upper end is no more than so many times the lower one: below
that "a tenth" and "a twentieth" could as well be the same."""
PARTS = (
    (0.01, gettext_lazy("a hundredth")),
    (0.02, gettext_lazy("a fiftieth")),
    (0.05, gettext_lazy("a twentieth")),
    (0.1, gettext_lazy("a tenth")),
    (0.2, gettext_lazy("a fifth")),
    (0.25, gettext_lazy("a quarter")),
    (0.3, gettext_lazy("three tenths")),
    (1 / 3, gettext_lazy("a third")),
    (0.4, gettext_lazy("two fifths")),
    (0.5, gettext_lazy("a half")),
    (2 / 3, gettext_lazy("two thirds")),
    (0.75, gettext_lazy("three quarters")),
)


def plain_sentence(virality: Virality) -> str:
    """Of so many shares, so many brought somebody; and what came of that. Else what is missing."""
    rates, reach = virality.rates, virality.reach
    if rates is None or reach is None:
        return ""
    if rates.active_shares.high is None:
        return _not_enough(reach.shares)
    said = [n for n in map(_said, (rates.active_shares, rates.reproduction)) if n]
    base = next((base for base in BASES if min(said, default=1) * base >= 1), BASES[-1])
    values = {
        "base": number(base),
        "active": number(_of(base, rates.active_shares)),
        "more": number(_of(base, rates.reproduction)),
        "part": _part(rates.reproduction),
    }
    return _pattern(rates, has_part=bool(values["part"])) % values


def _said(rate: Rate) -> float:
    return (rate.high if rate.value is None else rate.value) or 0


def _of(base: int, rate: Rate) -> int:
    """ "At most" is rounded up."""
    n = base * _said(rate)
    return ceil(n - 1e-9) if rate.is_bounded else round(n)


def _pattern(rates: Rates, *, has_part: bool) -> str:
    if rates.active_shares.is_bounded:
        return _("Of %(base)s shares, at most %(active)s brought somebody.")
    if has_part:
        return _(
            "Of %(base)s shares, %(active)s brought somebody; people who came made %(more)s more:"
            " sharing adds about %(part)s."
        )
    if rates.reproduction.is_known:
        return _(
            "Of %(base)s shares, %(active)s brought somebody; people who came made %(more)s more."
        )
    if rates.reproduction.is_bounded:
        return _(
            "Of %(base)s shares, %(active)s brought somebody; people who came made at most"
            " %(more)s more."
        )
    return _("Of %(base)s shares, %(active)s brought somebody.")


def _part(reproduction: Rate) -> str:
    """What re-shares add to the shares that nobody was led to, in words, as the multiplier says it;
    empty where that isn't sure. One in ten of all is a ninth more."""
    value, low, high = map(_added, (reproduction.value, reproduction.low, reproduction.high))
    if not value or not low or not high or high > SURE * low:
        return ""
    if not PARTS[0][0] <= value <= PARTS[-1][0]:
        return ""
    return str(min(PARTS, key=lambda part: abs(log(value / part[0])))[1])


def _added(part: float | None) -> float | None:
    return part / (1 - part) if part and part < 1 else None


def _not_enough(shares: int) -> str:
    if shares < FEWEST_SHARES:
        values = {"number": number(shares), "needed": FEWEST_SHARES}
        return _("Not enough data yet: %(number)s of %(needed)d shares.") % values
    return _(
        "Not enough data yet: it takes shares on %(days)d days that are not too different."
    ) % {"days": FEWEST_DAYS}
