"""How far shares travel: what became of shares whose time is over, and how sure that is."""

from __future__ import annotations

from django_share_analytics.virality.cohort import Cohort
from django_share_analytics.virality.results import (
    AppTravel,
    Cascade,
    Cascades,
    CycleTime,
    PlacementTravel,
    PlatformTravel,
    Rate,
    Rates,
    Verdict,
    ViewsTravel,
    Virality,
    WeekTravel,
)
from django_share_analytics.virality.travel import share_virality, travel_of

__all__ = [
    "AppTravel",
    "Cascade",
    "Cascades",
    "Cohort",
    "CycleTime",
    "PlacementTravel",
    "PlatformTravel",
    "Rate",
    "Rates",
    "Verdict",
    "ViewsTravel",
    "Virality",
    "WeekTravel",
    "share_virality",
    "travel_of",
]
