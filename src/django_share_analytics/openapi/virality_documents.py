"""The answer of ``GET admin/shares/virality``, as :mod:`.documents` are."""

from __future__ import annotations

from rest_framework import serializers

from django_share_analytics.api.contract import InstantField
from django_share_analytics.api.serializers import AppKeyField
from django_share_analytics.openapi.documents import (
    DaysDocument,
    Document,
    NumberField,
    ReachDocument,
    numbers,
)
from django_share_analytics.stats.period import MAX_DAYS
from django_share_analytics.steps import WINDOWS


class RateDocument(Document):
    """A rate with its 95 % interval. With too few shares all three are null; with too few events
    `value` and `low` are, and the rate is at most `high`."""

    value = serializers.FloatField(allow_null=True, min_value=0)
    low = serializers.FloatField(allow_null=True, min_value=0)
    high = serializers.FloatField(allow_null=True, min_value=0)
    of = NumberField(help_text="The events that it rests on.")


class RatesDocument(Document):
    """How far the shares travelled."""

    activeShares = RateDocument(help_text="Shares by which somebody came, of all.")
    clicksPerShare = RateDocument()
    visitsPerShare = RateDocument()
    reshareRate = RateDocument(help_text="Re-shares per visit.")
    reproduction = RateDocument(help_text="Re-shares within the window per share, at least.")
    conversionsPer100Shares = RateDocument()


class MaturedDocument(DaysDocument):
    """The days whose window is over: all of the answer is about their shares."""

    shares = NumberField()


class CycleTimeDocument(Document):
    """The median time from a share to those that it led to, with its 95 % interval."""

    medianSeconds = serializers.IntegerField(allow_null=True)
    lowSeconds = serializers.IntegerField(allow_null=True)
    highSeconds = serializers.IntegerField(allow_null=True)
    of = NumberField(help_text="Re-shares within the window.")


class TravelDocument(Document):
    """What the shares on a platform brought."""

    shares = NumberField()
    visits = NumberField()
    visitsPerShare = RateDocument()


class AppTravelDocument(TravelDocument):
    """What the shares of an app brought."""

    appId = AppKeyField()
    appName = serializers.CharField()


class PlacementTravelDocument(Document):
    """What the buttons at one place of a page did."""

    views = NumberField(help_text="Estimated from a sample; 0 where it is not measured.")
    shares = NumberField()
    sharesPerThousandViews = RateDocument()
    visitsPerShare = RateDocument()


class CascadeDocument(Document):
    """A share, and all that came of it."""

    rootId = serializers.UUIDField(help_text="The share that it began with.")
    appId = AppKeyField()
    appName = serializers.CharField()
    platform = serializers.CharField()
    startedAt = InstantField()
    size = serializers.IntegerField(min_value=1, help_text="Shares, the first included.")
    depth = NumberField(help_text="Steps from the first share to the farthest.")
    structuralVirality = serializers.FloatField(
        min_value=0, help_text="The mean distance between two of its shares."
    )


class ViralityDocument(DaysDocument):
    """How far shares travel. Of an app less is counted: with `app` some of it is null."""

    period = serializers.CharField(help_text="The days in words, in the request's language.")
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS)
    timeZone = serializers.CharField(help_text="The zone whose days these are.")
    window = serializers.IntegerField(
        min_value=min(WINDOWS),
        max_value=max(WINDOWS),
        help_text="Days after a share within which what happens counts.",
    )
    matured = MaturedDocument(allow_null=True)
    funnel = ReachDocument()
    rates = RatesDocument()
    multiplier = serializers.FloatField(
        allow_null=True, min_value=1, help_text="Shares per share that nobody's link led to."
    )
    largestShareOfVisits = serializers.FloatField(
        allow_null=True, min_value=0, max_value=1, help_text="The part that a single share brought."
    )
    cycleTime = CycleTimeDocument(allow_null=True)
    platforms = serializers.DictField(child=TravelDocument())
    previews = numbers(allow_null=True, help_text="By the network that fetched.")
    visitsIn = numbers(allow_null=True, help_text="By the network in whose app they were.")
    goals = numbers(allow_null=True, help_text="Conversions by goal.")
    apps = AppTravelDocument(many=True, allow_null=True)
    placements = serializers.DictField(child=PlacementTravelDocument(), allow_null=True)
    cascades = CascadeDocument(
        many=True, allow_null=True, help_text="The largest; null where nobody has looked."
    )
