"""Files: the list of shares, and the tables of the statistics, all of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext_lazy as _
from django_filters.utils import translate_validation
from rest_framework import serializers

from django_share_analytics.api.filters import ShareFilterSet
from django_share_analytics.api.pagination import NewestFirst
from django_share_analytics.api.permissions import AskingView, StaffView
from django_share_analytics.api.serializers import StatsQuerySerializer
from django_share_analytics.api.tables import API_TABLES
from django_share_analytics.files.downloads import csv_filename, csv_response
from django_share_analytics.files.exporting import shares_csv, table_csv
from django_share_analytics.models import Share
from django_share_analytics.stats.question import make_question

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import StreamingHttpResponse
    from rest_framework.request import Request

    from django_share_analytics.models import ShareQuerySet


class ShareExportView(StaffView):
    """Filtered as ``GET admin/shares`` is, newest first, without pages."""

    required_permission: str | tuple[str, ...] = "share_analytics.export_share"
    queryset = Share.objects.all()
    filterset_class: type[ShareFilterSet] = ShareFilterSet

    def get_queryset(self) -> QuerySet[Share]:
        """The shares that there are for whoever asks."""
        return self.queryset.all()

    def known_parameters(self) -> set[str]:
        """Those of the list: what a page is means nothing here, and does no harm."""
        return self.filterset_class.known_parameters(self.request) | set(NewestFirst.parameters)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        filters = self.filterset_class(
            request.query_params, queryset=self.get_queryset(), request=request
        )
        if not filters.is_valid():
            raise cast("Exception", translate_validation(filters.errors))
        shares = cast("ShareQuerySet", filters.qs)
        asked = filters.form.cleaned_data
        filename = csv_filename("shares", asked["from"], asked["to"])
        return csv_response(request._request, shares_csv(shares), filename=filename)


class TableQuerySerializer(StatsQuerySerializer):
    """The parameters of `GET admin/shares/stats/export`."""

    table = serializers.ChoiceField(
        choices=list(API_TABLES),
        help_text="Which one; `hourly` is for two days at most, and not with `app`.",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        del fields["limit"]  # a file has them all
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        name = attrs.pop("table")
        question = make_question(**attrs, compare=False)
        if name == "hourly" and not question.is_hourly:
            raise serializers.ValidationError(
                {"table": _("Counts by the hour are for two days at most, and not for one app.")}
            )
        return {"table": name, "question": question}


class StatsExportView(AskingView):
    """``GET admin/shares/stats/export?table=``: asked as the statistics are, without a limit.

    Who takes numbers away needs to be allowed to see them, and to take away.
    """

    required_permission: str | tuple[str, ...] = (
        "share_analytics.view_sharestatistics",
        "share_analytics.export_share",
    )

    query_serializer_class: type[serializers.Serializer[Any]] = TableQuerySerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        asked = self.asked(request)
        name, question = asked["table"], asked["question"]
        table, period = API_TABLES[name].table(question), question.period
        filename = csv_filename(f"shares-{name}", period.start, period.end)
        chunks = table_csv(table.header, table.rows)
        return csv_response(request._request, chunks, filename=filename)
