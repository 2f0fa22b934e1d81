from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from django_share_analytics.conf import reporting_zone
from django_share_analytics.events import ShareEvent, new_id
from django_share_analytics.periods import day_start, local_day
from django_share_analytics.writing.writer import write_shares

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def make_staff(django_user_model: Any) -> Callable[..., Any]:
    """Makes a member of staff with these permissions alone, named ``app_label.codename``."""

    def make(*permissions: str, username: str = "editor") -> Any:
        user = django_user_model.objects.create_user(username, is_staff=True)
        for permission in permissions:
            app_label, codename = permission.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        return user

    return make


@pytest.fixture
def as_staff(db: None, make_staff: Callable[..., Any]) -> Callable[..., Client]:
    """A browser in which a member of staff with these permissions is logged in."""

    def log_in(*permissions: str) -> Client:
        browser = Client()
        browser.force_login(make_staff(*permissions))
        return browser

    return log_in


@pytest.fixture
def record(db: None) -> Callable[..., list[ShareEvent]]:
    """Records ``n`` shares of an app, at noon of a day some days ago, or now."""

    def record(app: Any, n: int = 1, *, days_ago: int = 0, **fields: Any) -> list[ShareEvent]:
        now, zone = timezone.now(), reporting_zone()
        noon = day_start(local_day(now, zone) - timedelta(days=days_ago), zone) + timedelta(
            hours=12
        )
        given = {"platform": "whatsapp", "timestamp": noon if days_ago else now, **fields}
        shares = [ShareEvent(id=new_id(), app_id=app.pk, **given) for _ in range(n)]
        for start in range(0, n, 2_000):
            write_shares(shares[start : start + 2_000])
        return shares

    return record


@pytest.fixture
def host_page(app_model: Any) -> Callable[..., str]:
    """The address of one of the host's own admin pages."""

    def page(name: str, *args: object) -> str:
        model = app_model._meta
        return reverse(f"admin:{model.app_label}_{model.model_name}_{name}", args=args)

    return page
