"""The calls that are open to everyone."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from django_share_analytics.api.impressions import ImpressionView
from django_share_analytics.api.serializers import MAX_COUNTED, AppKeyField
from django_share_analytics.api.taking import TakingView
from django_share_analytics.api.track import TrackShareView
from django_share_analytics.api.views import ShareCountsView, ShareCountView
from django_share_analytics.api.visits import ConversionView, VisitView
from django_share_analytics.links.codes import CODE_LENGTH
from django_share_analytics.openapi import examples
from django_share_analytics.openapi.calls import Call
from django_share_analytics.openapi.documents import (
    AcceptedShareDocument,
    ShareCountDocument,
    ShareCountsDocument,
)
from django_share_analytics.openapi.fields import schema_of
from django_share_analytics.openapi.responses import (
    CACHING,
    COOKIE,
    IF_NONE_MATCH,
    NOT_CHANGED,
    NOT_TAKEN,
    REFERRER,
    SAYS_NO,
    TAKEN,
    TAKING,
    WRONG,
    detail_response,
)


def app_parameter() -> OpenApiParameter:
    """The key of an app in an address, of the type that keys have in this project."""
    return OpenApiParameter(
        "app_id",
        schema_of(AppKeyField()),
        OpenApiParameter.PATH,
        required=True,
        description="The primary key of an app. A text key may hold slashes, as they are or as"
        " `%2F`.",
    )


CODE = OpenApiParameter(
    "code",
    {"type": "string", "pattern": f"^[0-9A-Za-z]{{{CODE_LENGTH}}}$"},
    OpenApiParameter.PATH,
    required=True,
    description="The code in a share's link: the share's `id` in letters and digits.",
)
IDS = OpenApiParameter(
    "ids",
    description=f"Primary keys of apps, separated by commas; {MAX_COUNTED} at most, together with"
    " those of `id`. One of the two is needed.",
)
ID = OpenApiParameter(
    "id",
    many=True,
    description="One key each time, which is never split: for text keys that hold commas.",
)
NO_LINKS = {404: detail_response("The code is none, or shares have no links.")}
NOT_SET_UP = {404: detail_response("`PLACEMENTS` or `IMPRESSION_SAMPLE` is not set.")}
NO_SUCH_APP = {404: detail_response("There is no such app, or it is not public.")}

PUBLIC_CALLS: dict[type, Call] = {
    TrackShareView: Call(
        operation_id="share_analytics_track_share",
        summary="Count a share",
        description="Needs neither a login nor a CSRF token. It is written a moment after the"
        " answer; sent again with the same `id`, it counts once. A visitor who is logged in is"
        " recorded as its user where the request comes from the site's own pages. User agent and"
        " referrer are those of the request. A form may be `multipart/form-data`, too.",
        responses={
            202: OpenApiResponse(AcceptedShareDocument, "Accepted."),
            **WRONG,
            **NOT_TAKEN,
        },
        parameters=(REFERRER, SAYS_NO, *TAKING),
        examples=examples.NEW_SHARE_EXAMPLES,
        looks_who_it_is=True,
    ),
    VisitView: Call(
        operation_id="share_analytics_track_visit",
        summary="Count a visit on a share's link",
        description="For the script of the page that a link led to. Counts once for a visitor and"
        " day.",
        responses={**TAKEN, **WRONG, **NO_LINKS, **NOT_TAKEN},
        parameters=(CODE, SAYS_NO, COOKIE, *TAKING),
        examples=examples.VISIT_EXAMPLES,
    ),
    ConversionView: Call(
        operation_id="share_analytics_track_conversion",
        summary="Count a goal that a visitor reached who came by a share's link",
        description="Counts once for a user who is logged in, else once for a visitor and day."
        " What only a server sees is said in Python, by `track_conversion()`.",
        responses={**TAKEN, **WRONG, **NO_LINKS, **NOT_TAKEN},
        parameters=(CODE, SAYS_NO, *TAKING),
        examples=examples.CONVERSION_EXAMPLES,
        looks_who_it_is=True,
    ),
    ImpressionView: Call(
        operation_id="share_analytics_track_impressions",
        summary="Count the share buttons that came into sight on a page",
        description="Of one page view in `IMPRESSION_SAMPLE`, which the script draws by lot: each"
        " counts as so many.",
        responses={**TAKEN, **WRONG, **NOT_SET_UP, **NOT_TAKEN},
        parameters=TAKING,
        examples=examples.IMPRESSIONS_EXAMPLES,
    ),
    TakingView: Call(
        operation_id="share_analytics_track",
        summary="Count something",
        description="",
        responses={**TAKEN, **WRONG, **NOT_TAKEN},
        parameters=TAKING,
    ),
    ShareCountView: Call(
        operation_id="share_analytics_share_count",
        summary="How often an app was shared",
        description="At most `SHARE_COUNT_CACHE_SECONDS` old in all: `max-age` is what is left of"
        " them.",
        responses={
            200: OpenApiResponse(ShareCountDocument, "The counts."),
            **NOT_CHANGED,
            **NO_SUCH_APP,
        },
        parameters=(app_parameter, IF_NONE_MATCH, *CACHING),
        examples=examples.SHARE_COUNT_EXAMPLES,
    ),
    ShareCountsView: Call(
        operation_id="share_analytics_share_counts",
        summary="How often each of several apps was shared",
        description="What is not there, not public, or can't be a key at all is left out. What is"
        " asked for twice is answered once. `max-age` is that of the oldest count.",
        responses={
            200: OpenApiResponse(ShareCountsDocument, "The counts, in the order asked."),
            **NOT_CHANGED,
            **WRONG,
        },
        parameters=(IDS, ID, IF_NONE_MATCH, *CACHING),
        examples=examples.SHARE_COUNTS_EXAMPLES,
    ),
}
