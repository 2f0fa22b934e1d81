"""Files to download from the admin: for people, and so for their spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.admin.forms import DaysForm
from django_share_analytics.files.downloads import csv_filename, csv_response
from django_share_analytics.files.exporting import shares_csv

if TYPE_CHECKING:
    from django.http import HttpRequest, StreamingHttpResponse

    from django_share_analytics.models import ShareQuerySet


def share_file(request: HttpRequest, shares: ShareQuerySet) -> StreamingHttpResponse:
    """``shares`` in the order that the list has them in."""
    oldest_first = shares.query.order_by[:1] == ("timestamp",)
    days: Any = DaysForm(request.GET)
    filename = csv_filename("shares", days.value("from"), days.value("to"))
    chunks = shares_csv(shares, oldest_first=oldest_first)
    return csv_response(request, chunks, filename=filename, for_spreadsheet=True)
