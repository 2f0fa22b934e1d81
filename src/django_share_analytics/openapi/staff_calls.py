"""The calls for staff."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from django_share_analytics.api.export import ShareExportView, StatsExportView, TableQuerySerializer
from django_share_analytics.api.serializers import StatsQuerySerializer
from django_share_analytics.api.views import ShareListView, ShareStatsView
from django_share_analytics.api.virality import ShareViralityView, ViralityQuerySerializer
from django_share_analytics.openapi import examples
from django_share_analytics.openapi.calls import STAFF_TAG, Call
from django_share_analytics.openapi.documents import StatisticsDocument
from django_share_analytics.openapi.responses import (
    FILE,
    KEPT_BY_NOBODY,
    STRANGERS_STAY_OUT,
    WRONG,
    Responses,
    csv_file,
)
from django_share_analytics.openapi.virality_documents import ViralityDocument

REFUSED = {**WRONG, **STRANGERS_STAY_OUT}


def _call(*, responses: Responses | None = None, parameters: Any = (), **words: Any) -> Call:
    return Call(
        tag=STAFF_TAG,
        responses={**(responses or {}), **REFUSED},
        parameters=(*parameters, KEPT_BY_NOBODY),
        **words,
    )


STAFF_CALLS: dict[type, Call] = {
    ShareListView: _call(
        operation_id="share_analytics_list_shares",
        summary="The shares, newest first",
        description="Shares that come in meanwhile shift nothing: follow `next` and `previous`."
        " `session` needs `from` and `to`, at most a year apart.",
    ),
    ShareExportView: _call(
        operation_id="share_analytics_export_shares",
        summary="The shares as one file",
        description="All that the list would have, with the same filters, in one file that is sent"
        " while it is read: without its length.",
        responses=csv_file("The shares, newest first."),
        parameters=FILE,
    ),
    ShareStatsView: _call(
        operation_id="share_analytics_share_stats",
        summary="Totals, rankings and trends",
        description="Either `days`, or `from` and `to`.",
        responses={200: OpenApiResponse(StatisticsDocument, "The statistics.")},
        parameters=(StatsQuerySerializer,),
        examples=examples.STATISTICS_EXAMPLES,
    ),
    StatsExportView: _call(
        operation_id="share_analytics_export_share_stats",
        summary="A table of the statistics as a file",
        description="Asked as the statistics are, without `limit`: a file has all rows.",
        responses=csv_file("The table."),
        parameters=(TableQuerySerializer, *FILE),
    ),
    ShareViralityView: _call(
        operation_id="share_analytics_share_virality",
        summary="How far shares travel",
        description="All of it is about shares whose `window` is over, the days of `matured`.",
        responses={200: OpenApiResponse(ViralityDocument, "How far they travelled.")},
        parameters=(ViralityQuerySerializer,),
        examples=examples.VIRALITY_EXAMPLES,
    ),
}
