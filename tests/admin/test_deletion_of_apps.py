"""Apps that were shared are deleted in the host's admin like any other object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.utils import quote
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_share_analytics.models import AppCount, Share, SiteHour
from django_share_analytics.stats import share_stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

SHARES = 1_234


@pytest.fixture
def deleter(as_staff: Callable[..., Client], app_model: Any) -> Client:
    """The browser of someone who may delete apps, and who may do nothing at all with shares."""
    model = app_model._meta
    names = [f"{model.app_label}.{action}_{model.model_name}" for action in ("view", "delete")]
    return as_staff(*names)


def test_delete__asks_with_a_number(
    deleter: Client, record: Callable[..., Any], app: Any, host_page: Callable[..., str]
) -> None:
    record(app, SHARES)
    page = deleter.get(host_page("delete", quote(app.pk))).content.decode()
    assert "Shares: 1,234" in page
    assert 'name="post"' in page
    assert page.count("whatsapp") == 0


def test_delete__takes_the_shares_and_their_counts_along(
    deleter: Client,
    record: Callable[..., Any],
    make_app: Callable[..., Any],
    host_page: Callable[..., str],
) -> None:
    doomed, other = make_app("Doomed"), make_app("Other")
    record(doomed, SHARES)
    record(other, 2)
    response = deleter.post(host_page("delete", quote(doomed.pk)), {"post": "yes"})
    assert response.status_code == 302
    assert list(Share.objects.values_list("app", flat=True)) == [other.pk, other.pk]
    assert list(AppCount.objects.values_list("app", "n")) == [(other.pk, 2)]
    assert sum(SiteHour.objects.values_list("n", flat=True)) == 2
    assert share_stats(days=7).total == 2


def test_delete__as_a_bulk_action(
    deleter: Client,
    record: Callable[..., Any],
    make_app: Callable[..., Any],
    app_model: Any,
    host_page: Callable[..., str],
) -> None:
    apps = [make_app(), make_app()]
    for app in apps:
        record(app, 700)
    selection = {
        "action": "delete_selected",
        "_selected_action": [str(app.pk) for app in apps],
    }
    page = deleter.post(host_page("changelist"), selection).content.decode()
    assert page.count("Shares: 700") == 2
    assert "Shares: 1400" in page
    response = deleter.post(host_page("changelist"), {**selection, "post": "yes"})
    assert response.status_code == 302
    assert not app_model.objects.exists()
    assert not Share.objects.exists()
    assert not SiteHour.objects.filter(n__gt=0).exists()


def test_delete__asks_no_more_queries_for_more_shares(
    deleter: Client,
    record: Callable[..., Any],
    make_app: Callable[..., Any],
    host_page: Callable[..., str],
) -> None:
    def queries(shares: int) -> int:
        app = make_app()
        record(app, shares)
        address = host_page("delete", quote(app.pk))
        with CaptureQueriesContext(connection) as captured:
            deleter.get(address)
            deleter.post(address, {"post": "yes"})
        return len(captured)

    queries(1)
    assert queries(10) == queries(1_000)


def test_delete__without_the_permission(
    as_staff: Callable[..., Client],
    record: Callable[..., Any],
    app: Any,
    host_page: Callable[..., str],
) -> None:
    record(app)
    browser = as_staff("share_analytics.view_share")
    response = browser.post(host_page("delete", quote(app.pk)), {"post": "yes"})
    assert response.status_code == 403
    assert Share.objects.count() == 1
