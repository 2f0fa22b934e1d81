"""The pages of the store, and its list of apps for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from django_share_analytics.conf import get_settings
from django_share_analytics.stats import cached_share_count

from .models import App

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

APPS_PER_PAGE = 48


@require_safe
def app_list(request: HttpRequest) -> HttpResponse:
    """All apps, most shared first: one query for the page, one for the number of pages."""
    pages = Paginator(App.objects.most_shared_first(), APPS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "catalog/list.html", {"page": page})


@require_safe
def app_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One app, with buttons to share it and where it was shared so far."""
    app = get_object_or_404(App, slug=slug)
    # The same numbers, just as old, as those of {% share_count %} on the page.
    bars = platform_bars(cached_share_count(app).count.by_platform)
    return render(request, "catalog/app.html", {"app": app, "bars": bars})


@require_safe
def app_names(request: HttpRequest) -> JsonResponse:
    """``GET /api/apps``: what can be shared."""
    apps = App.objects.values_list("pk", "name_en", "name_ar")
    return JsonResponse(
        [{"id": pk, "nameEn": name_en, "nameAr": name_ar} for pk, name_en, name_ar in apps],
        safe=False,
    )


def platform_bars(by_platform: Mapping[str, int]) -> list[dict[str, object]]:
    """A bar for each platform, as long as its part of the most used one's shares.

    The length is text: in a template a number would get the decimal sign of the reader's language,
    which SVG does not understand.
    """
    label = get_settings().platforms.label
    longest = max(by_platform.values(), default=0)
    return [
        {"platform": name, "label": label(name), "length": f"{100 * n / longest:.1f}%"}
        for name, n in by_platform.items()
    ]
