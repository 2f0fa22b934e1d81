"""The tables of the page as files, under headings in the page's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_share_analytics.conf import get_settings
from django_share_analytics.files.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from django_share_analytics.virality.results import Rate, Virality

    TravelRows = Callable[[Virality], Iterator[Sequence[object]]]


def of_rate(name: Any) -> tuple[Any, ...]:
    """The headings of a rate and of its interval, in a file with several of them or one."""
    return (
        name,
        format_lazy(_("{rate}, at least"), rate=name),
        format_lazy(_("{rate}, at most"), rate=name),
    )


OF_VISITS = of_rate(_("Visits per share"))
BESIDE_COUNTS = (_("Shares"), _("Visits"), *OF_VISITS)


def travel_table(name: str, virality: Virality) -> Table:
    """One of :data:`TRAVEL_TABLES`."""
    header, rows = TRAVEL_TABLES[name]
    return Table(tuple(map(str, header)), rows(virality))


def _ends(rate: Rate) -> tuple[float | None, ...]:
    """The rate and its interval; what isn't known is empty."""
    return tuple(
        None if number is None else round(number, 6) for number in (rate.value, rate.low, rate.high)
    )


def _platforms(virality: Virality) -> Iterator[Sequence[object]]:
    label = get_settings().platforms.label
    for row in virality.platforms:
        counted = (row.shares, row.visits, *_ends(row.visits_per_share))
        yield (str(label(row.platform)), row.platform, *counted)


def _apps(virality: Virality) -> Iterator[Sequence[object]]:
    for row in virality.apps or ():
        counted = (row.shares, row.visits, *_ends(row.visits_per_share))
        yield (row.app_name, row.app_id, *counted)


def _weeks(virality: Virality) -> Iterator[Sequence[object]]:
    for row in virality.weeks:
        yield (row.start, row.end, row.shares, row.visits, *_ends(row.visits_per_share))


def _placements(virality: Virality) -> Iterator[Sequence[object]]:
    for row in virality.placements or ():
        earned = _ends(row.shares_per_thousand_views)
        brought = _ends(row.visits_per_share)
        yield (row.placement, row.views, row.shares, row.visits, *earned, *brought)


TRAVEL_TABLES: Mapping[str, tuple[Sequence[Any], TravelRows]] = {
    "platforms": ((_("Platform"), _("Name"), *BESIDE_COUNTS), _platforms),
    "apps": ((_("App"), _("ID"), *BESIDE_COUNTS), _apps),
    "weeks": ((_("From"), _("To"), *BESIDE_COUNTS), _weeks),
    "placements": (
        (
            _("Placement"),
            _("Views"),
            _("Shares"),
            _("Visits"),
            *of_rate(_("Shares per 1,000 views")),
            *OF_VISITS,
        ),
        _placements,
    ),
}
