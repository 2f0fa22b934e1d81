"""``GET admin/shares/virality``: how far shares travel, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.response import Response

from django_share_analytics.api.permissions import AskingView
from django_share_analytics.api.serializers import StatsQuerySerializer, json_key
from django_share_analytics.stats.period import MAX_DAYS
from django_share_analytics.stats.reach import STEPS
from django_share_analytics.steps import WINDOWS
from django_share_analytics.virality import Rate, Rates, Virality, share_virality
from django_share_analytics.virality.cascades import is_near
from django_share_analytics.virality.results import NOTHING_KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from rest_framework.request import Request

    from django_share_analytics.virality import (
        AppTravel,
        Cascade,
        CycleTime,
        PlacementTravel,
        PlatformTravel,
    )

SIGNIFICANT = 4
"""Digits of a rate: an interval never has more that mean anything."""
RATES: dict[str, Callable[[Rates], Rate]] = {
    "activeShares": lambda rates: rates.active_shares,
    "clicksPerShare": lambda rates: rates.clicks_per_share,
    "visitsPerShare": lambda rates: rates.visits_per_share,
    "reshareRate": lambda rates: rates.reshare_rate,
    "reproduction": lambda rates: rates.reproduction,
    "conversionsPer100Shares": lambda rates: rates.conversions_per_100_shares,
}


class ViralityQuerySerializer(StatsQuerySerializer):
    """The parameters: those of the statistics, with a window and without a limit."""

    limit = None  # type: ignore[assignment]
    days = serializers.IntegerField(
        min_value=1,
        max_value=MAX_DAYS,
        required=False,
        help_text="So many days that ended `window` days ago; 90 without it.",
    )
    window = serializers.ChoiceField(
        choices=WINDOWS,
        required=False,
        help_text="Days after a share within which what happens counts; 7 without it.",
    )


class ShareViralityView(AskingView):
    """``GET admin/shares/virality``: how far shares travel, and how sure that is, for staff."""

    required_permission: str | tuple[str, ...] = "share_analytics.view_sharestatistics"
    query_serializer_class: type[serializers.Serializer[Any]] = ViralityQuerySerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(virality_document(share_virality(**self.asked(request))))


def virality_document(answer: Virality) -> dict[str, Any]:
    """The answer of ``GET admin/shares/virality``."""
    question, period = answer.cohort.question, answer.cohort.question.period
    matured, cascades = answer.cohort.matured, answer.cascades
    return {
        "period": question.label,
        "days": period.days,
        "from": period.start,
        "to": period.end,
        "timeZone": period.time_zone,
        "window": answer.cohort.window,
        "matured": _matured(answer),
        "funnel": {
            name: getattr(answer.reach, name, 0) for name in ("shares", *STEPS)
        },
        "rates": {
            name: _rate(of(answer.rates) if answer.rates else NOTHING_KNOWN)
            for name, of in RATES.items()
        },
        "multiplier": _rounded(answer.multiplier),
        "largestShareOfVisits": _rounded(answer.largest_share_of_visits),
        "cycleTime": answer.cycle_time and _cycle_time(answer.cycle_time),
        "platforms": {each.platform: _travel(each) for each in answer.platforms},
        "previews": answer.previews,
        "visitsIn": answer.visits_in,
        "goals": answer.goals,
        "apps": answer.apps
        and [
            {"appId": json_key(each.app_id), "appName": each.app_name, **_travel(each)}
            for each in answer.apps
        ],
        "placements": None
        if answer.placements is None
        else {each.placement: _placement(each) for each in answer.placements},
        # Those of other days are for a page, which says of which.
        "cascades": [_cascade(cascade, period.zone) for cascade in cascades.largest]
        if cascades and matured and is_near(cascades, matured)
        else None,
    }  # fmt: skip


def _matured(answer: Virality) -> dict[str, Any] | None:
    matured = answer.cohort.matured
    if matured is None or answer.reach is None:
        return None
    return {"from": matured.start, "to": matured.end, "shares": answer.reach.shares}


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "value": _rounded(rate.value),
        "low": _rounded(rate.low),
        "high": _rounded(rate.high),
        "of": rate.of,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.{SIGNIFICANT}g}")


def _cycle_time(time: CycleTime) -> dict[str, Any]:
    median, low, high = (
        None if seconds is None else round(seconds)
        for seconds in (time.median, time.low, time.high)
    )
    return {"medianSeconds": median, "lowSeconds": low, "highSeconds": high, "of": time.of}


def _travel(travel: PlatformTravel | AppTravel) -> dict[str, Any]:
    return {
        "shares": travel.shares,
        "visits": travel.visits,
        "visitsPerShare": _rate(travel.visits_per_share),
    }


def _placement(travel: PlacementTravel) -> dict[str, Any]:
    return {
        "views": travel.views,
        "shares": travel.shares,
        "sharesPerThousandViews": _rate(travel.shares_per_thousand_views),
        "visitsPerShare": _rate(travel.visits_per_share),
    }


def _cascade(cascade: Cascade, zone: tzinfo) -> dict[str, Any]:
    return {
        "rootId": cascade.root_id,
        "appId": json_key(cascade.app_id),
        "appName": cascade.app_name,
        "platform": cascade.platform,
        "startedAt": cascade.started_at.astimezone(zone),
        "size": cascade.size,
        "depth": cascade.depth,
        "structuralVirality": _rounded(cascade.structural_virality),
    }
