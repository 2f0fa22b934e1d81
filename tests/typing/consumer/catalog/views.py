from __future__ import annotations

from typing import assert_type
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from catalog.models import App, AppQuerySet
from django_share_analytics import (
    Receipt,
    atrack_conversion,
    atrack_share,
    track_conversion,
    track_share,
)
from django_share_analytics.exceptions import UnknownApp
from django_share_analytics.models import Share
from django_share_analytics.periods import DayRange
from django_share_analytics.stats import (
    CachedShareCount,
    Comparison,
    ShareCount,
    ShareStats,
    cached_share_count,
    cached_share_counts,
    changes_of_apps,
    daily_of_apps,
    percentages,
    share_count,
    share_counts,
    share_stats,
    with_share_count,
)
from django_share_analytics.upkeep import PersonExport, erase_person, export_person
from django_share_analytics.virality import Rate, Virality, share_virality


def list_of_apps(request: HttpRequest) -> HttpResponse:
    apps = with_share_count(App.objects.filter(is_published=True))
    assert_type(apps, QuerySet[App, App])
    ours = with_share_count(AppQuerySet(App).published())
    assert_type(ours, AppQuerySet)
    most = ours.published().order_by(F("share_count").desc()).first()
    some = ours.filter(Q(share_count__gt=0)).count()
    names = with_share_count(App.objects.all()).values_list("name", flat=True)
    lines = [*names, *(f"{app}: {app.share_count + 1}" for app in apps), str(most), str(some)]
    return HttpResponse("\n".join(lines))


def page_of_an_app(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        cached = cached_share_count(pk, public=True)
    except UnknownApp as error:
        raise Http404 from error
    assert_type(cached, CachedShareCount)
    assert_type(cached.count, ShareCount)
    response = HttpResponse(f"{cached.count.total} {cached.count.by_platform.get('copy', 0)}")
    response["Age"] = str(cached.age)
    return response


def share(request: HttpRequest, app: App) -> str | None:
    """By an object, by its key, by any user that a request has; with a link that was followed."""
    receipt = track_share(app, "copy", request=request, user=request.user)
    track_share(app.pk, "copy", user=7, id=receipt.id, via="0" * 22, placement="top")
    track_share("a-slug", "copy", user=User.objects.first(), via=UUID(int=1))
    assert_type(track_conversion(request, "signup", key=("order", 7)), Receipt)
    return None if receipt.accepted else receipt.reason


async def share_later(request: HttpRequest, app: App) -> Receipt:
    assert_type(await atrack_conversion(request, "signup", user=request.user), Receipt)
    return await atrack_share(app, "copy", request=request, session_id="tab")


def counts(apps: QuerySet[App]) -> dict[str, int]:
    assert_type(share_count(apps.get()), ShareCount)
    exact = share_counts(apps)
    kept = cached_share_counts([app.pk for app in apps])
    numbers = {app.name: exact[app.pk].total for app in apps}
    return numbers | {str(key): one.count.total for key, one in kept.items()}


def numbers_of(app: App) -> tuple[list[int], dict[str, float]]:
    stats = share_stats(days=30, app=app, headlines=(7,))
    assert_type(stats, ShareStats)
    assert_type(stats.period, DayRange)
    change = stats.previous.change if stats.previous else None
    changes = changes_of_apps([app], stats.period)
    assert_type(changes[app.pk], Comparison)
    best = [f"{each.app_name} {each.count}" for each in stats.most_shared_apps]
    days = daily_of_apps([app, 7], stats.period)[app.pk]
    assert change is None or change > 0 or best
    return [*days, *(day.count for day in stats.daily)], percentages(stats.platforms)


def reach_of(app: App | None) -> str:
    travel = share_virality(days=90, window=7, app=app)
    assert_type(travel, Virality)
    if travel.rates is None:
        return "nothing yet"
    rate = travel.rates.visits_per_share
    assert_type(rate.times(100), Rate)
    return f"{rate.value:.2f}" if rate.value is not None else f"at most {rate.high}"


def who_asks(user: User) -> list[str]:
    answer = export_person(user=user)
    assert_type(answer, PersonExport)
    erased = erase_person(session="tab")
    assert erased.shares or erased.waiting is None
    return [
        f"{one['timestamp']} {one['platform']} {one['steps'].get('visit', 0)}"
        for one in answer["shares"]
    ]


def of_today(period: DayRange) -> list[str]:
    shares = Share.objects.filter(timestamp__gte=period.lower, platform="copy")
    return [f"{share.platform} {share.timestamp:%H:%M} {share.user_id}" for share in shares]
