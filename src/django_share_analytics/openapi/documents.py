"""The answers of the calls, as serializers that serialize nothing: their docstrings and help texts
are what a schema says of them. The tests hold every answer that they get against these."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from django_share_analytics.api.contract import InstantField, ISODateField
from django_share_analytics.api.serializers import AppKeyField
from django_share_analytics.stats.period import MAX_DAYS

EMPTY_OBJECT = {"type": "object", "additionalProperties": False}
"""The answer ``{}``. drf-spectacular names no component that has no properties."""


class Document(serializers.Serializer[Any]):
    """An object of an answer. Its component is called as its class, with our name in front."""


class NumberField(serializers.IntegerField):
    """How many: a whole number, 0 or more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, **kwargs)


def numbers(**kwargs: Any) -> serializers.DictField:
    """A number for each name."""
    return serializers.DictField(child=NumberField(), **kwargs)


class DetailDocument(Document):
    """Why not."""

    detail = serializers.CharField(help_text="The reason, in words.")


class ErrorsDocument(Document):
    """What is wrong: for each field or parameter a list of reasons. What is wrong with the request
    as a whole is said by `detail` or `non_field_errors`."""

    as_is = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                {"type": "object"},
            ]
        },
    }
    """No serializer can say this."""


class AcceptedShareDocument(Document):
    """A share that was accepted. It is written a moment later."""

    id = serializers.UUIDField(help_text="Its identity: that of the request, or a new one.")
    link = serializers.URLField(
        required=False, help_text="Its link as a whole address, where shares have links."
    )


class ShareCountDocument(Document):
    """How often one app was shared."""

    appId = AppKeyField()
    totalShares = NumberField()
    byPlatform = numbers(help_text="Most shared first; platforms without shares are left out.")


class ShareCountsDocument(Document):
    """How often each of several apps was shared."""

    counts = ShareCountDocument(many=True, help_text="In the order asked; unknown ids left out.")


class DaysDocument(Document):
    """Some days of the reporting zone, both ends included."""

    to = ISODateField(help_text="The last day.")

    def get_fields(self) -> dict[str, Any]:
        return {"from": ISODateField(help_text="The first day."), **super().get_fields()}


class ComparisonDocument(DaysDocument):
    """The period of the same length before, and what it is compared with. A part of a day is
    compared with a part of a day."""

    totalShares = NumberField(help_text="Shares of that period which are compared.")
    change = serializers.FloatField(
        allow_null=True, help_text="Growth as a fraction; null without a baseline."
    )
    comparedTotal = NumberField(help_text="Shares of the current side of the comparison.")
    comparedFrom = InstantField(help_text="Where the current side begins.")
    comparedUntil = InstantField(help_text="Where the current side ends.")


class TotalsDocument(Document):
    """Shares of the last days, today included, whatever range was asked for."""

    last7Days = NumberField()
    last30Days = NumberField()
    last90Days = NumberField()


class RankedAppDocument(Document):
    """An app, and how often it was shared in the range."""

    appId = AppKeyField()
    appName = serializers.CharField()
    shareCount = NumberField()


class RisingAppDocument(RankedAppDocument):
    """An app that is shared more than before, by complete days on both sides."""

    previousCount = NumberField()
    change = serializers.FloatField(
        allow_null=True, help_text="Growth as a fraction; null for an app that is new."
    )


class DayDocument(Document):
    """The shares of a day of the reporting zone."""

    date = ISODateField()
    count = NumberField()


class HourDocument(Document):
    """The shares of an hour."""

    hour = InstantField(help_text="Its start, on the clock of the reporting zone.")
    count = NumberField()


class ReachDocument(Document):
    """What became of some shares."""

    shares = NumberField()
    previews = NumberField(help_text="Links that a network's fetcher asked for.")
    clicks = NumberField(help_text="Links that a browser asked for.")
    visits = NumberField(help_text="Pages that were seen by a link.")
    reached = NumberField(help_text="Shares by which somebody came.")
    reshares = NumberField(help_text="Shares by those who came by a link.")
    forwarded = NumberField(help_text="Shares that somebody who came by them shared on.")
    conversions = NumberField(help_text="Goals that were reached by those who came by a link.")


class StatisticsDocument(DaysDocument):
    """Totals, rankings and trends. All numbers but `totals` are of the days asked for."""

    period = serializers.CharField(help_text="The days in words, in the request's language.")
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS)
    timeZone = serializers.CharField(help_text="The zone whose days these are.")
    totalShares = NumberField()
    previous = ComparisonDocument(allow_null=True)
    totals = TotalsDocument()
    mostSharedApps = RankedAppDocument(many=True)
    risingApps = RisingAppDocument(many=True, help_text="The fastest first.")
    platformStats = numbers(help_text="Shares by platform, most shared first.")
    dailyShares = DayDocument(many=True, help_text="Every day, with 0 for one without shares.")
    hourlyShares = HourDocument(
        many=True,
        allow_null=True,
        help_text="Every hour that has begun; null for more than two days, and for an app.",
    )
    reach = ReachDocument(
        required=False, help_text="With `app`, and where shares have links: what became of them."
    )
