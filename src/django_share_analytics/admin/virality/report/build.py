"""How far shares travel, arranged as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin import words
from django_share_analytics.admin.statistics.report.reach import build_reach, reach_note
from django_share_analytics.admin.virality.report.cascades import build_cascades
from django_share_analytics.admin.virality.report.cycle import build_cycle
from django_share_analytics.admin.virality.report.days import cohort_words, first_numbers
from django_share_analytics.admin.virality.report.figures import build_figures
from django_share_analytics.admin.virality.report.networks import count_names, count_networks
from django_share_analytics.admin.virality.report.placements import (
    placement_ranking,
    views_figures,
)
from django_share_analytics.admin.virality.report.sentence import plain_sentence
from django_share_analytics.admin.virality.report.travels import (
    app_ranking,
    platform_ranking,
    week_ranking,
)
from django_share_analytics.links import addresses
from django_share_analytics.virality.cascades import is_kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_share_analytics.admin.statistics.report.reach import ReachRow
    from django_share_analytics.admin.virality.report.cascades import CascadesReport
    from django_share_analytics.admin.virality.report.cycle import Cycle
    from django_share_analytics.admin.virality.report.figures import Figure
    from django_share_analytics.admin.virality.report.networks import NamedCount
    from django_share_analytics.admin.virality.report.ranking import Ranking
    from django_share_analytics.virality.results import Virality


@dataclass(frozen=True, slots=True)
class TravelReport:
    """Everything on the page that is counted."""

    range: str
    zone: str
    days: str
    """Which days these are, and what counts."""
    early: str
    """When there will be something to look at; empty once a day is over."""
    lacks_links: bool
    """Shares have no links."""
    is_new: bool
    """And nothing was ever seen on one."""
    is_empty: bool
    """Nothing was shared on these days, of what is asked for."""
    is_of_some: bool
    """What is asked for is a platform or an app."""
    has_newer: bool
    """Some of the days that are asked for are still too young."""
    sentence: str
    figures: list[Figure]
    funnel: list[ReachRow]
    funnel_note: str
    platforms: Ranking
    apps: Ranking | None
    """``None``, as the others: not counted of what is asked for."""
    weeks: Ranking
    previews: list[NamedCount]
    visits_in: list[NamedCount]
    goals: list[NamedCount]
    cycle: Cycle | None
    placements: Ranking | None
    views: list[Figure]
    findable_days: int | None
    """What ``find_cascades`` is to be told to find those of this page; ``None``: it can't."""
    cascades: CascadesReport | None


def build_travel(
    virality: Virality, share_url: Callable[[object], str] | None = None
) -> TravelReport:
    """The page for an answer. ``share_url`` makes the address of a single share, where the reader
    may see these."""
    cohort, reach = virality.cohort, virality.reach
    matured, lacks_links = cohort.matured, not addresses.are_on()
    period = matured or cohort.question.period
    is_unseen = reach is None or not (reach.previews or reach.clicks or reach.visits)
    return TravelReport(
        range=words.day_range(period.start, period.end),
        zone=period.time_zone,
        days=cohort_words(cohort, matured) if matured else "",
        early="" if matured else first_numbers(cohort),
        lacks_links=lacks_links,
        is_new=lacks_links and is_unseen,
        is_empty=reach is None or not reach.shares,
        is_of_some=bool(cohort.question.app is not None or cohort.question.platform),
        has_newer=matured is None or cohort.question.period.end > matured.end,
        sentence=plain_sentence(virality),
        figures=build_figures(virality),
        funnel=build_reach(reach) if reach else [],
        funnel_note=reach_note(0),
        platforms=platform_ranking(virality),
        apps=app_ranking(virality) if virality.apps else None,
        weeks=week_ranking(virality),
        previews=count_networks(virality.previews),
        visits_in=count_networks(virality.visits_in),
        goals=count_names(virality.goals),
        cycle=build_cycle(virality.cycle_time),
        placements=placement_ranking(virality) if virality.placements else None,
        views=views_figures(virality.views),
        findable_days=cohort.question.days if is_kept(cohort.question) else None,
        cascades=build_cascades(virality, share_url),
    )
