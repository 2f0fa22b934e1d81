"""What is stored: the shares, what became of them, and the counts that every reader reads."""

from django_share_analytics.models.counts import (
    AppCount,
    AppDay,
    AppPlatformCount,
    AppPlatformDay,
    Count,
    OutcomeHour,
    SiteHour,
)
from django_share_analytics.models.shares import (
    Share,
    ShareQuerySet,
    ShareStatistics,
    ShareVirality,
)
from django_share_analytics.models.steps import (
    AppStepDay,
    DaySecret,
    Impression,
    ImpressionDay,
    LinkStep,
    PlacementStepDay,
    SiteStepDay,
    WaitingStep,
)
from django_share_analytics.models.upkeep import (
    MAX_ZONE_LENGTH,
    CascadeSnapshot,
    SetAside,
    State,
)

__all__ = [
    "MAX_ZONE_LENGTH",
    "AppCount",
    "AppDay",
    "AppPlatformCount",
    "AppPlatformDay",
    "AppStepDay",
    "CascadeSnapshot",
    "Count",
    "DaySecret",
    "Impression",
    "ImpressionDay",
    "LinkStep",
    "OutcomeHour",
    "PlacementStepDay",
    "SetAside",
    "Share",
    "ShareQuerySet",
    "ShareStatistics",
    "ShareVirality",
    "SiteHour",
    "SiteStepDay",
    "State",
    "WaitingStep",
]
