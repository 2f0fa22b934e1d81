"""Shares are discarded: who may, what is asked first, and what is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from django_share_analytics.models import Share
from django_share_analytics.upkeep.look_alikes import VISITOR, Mark
from tests.admin.look_alikes.test_page import DISCARD, STATISTICS, VIEW, page
from tests.factories import counted_by_hand, stored_counts

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = Mark(VISITOR, 1)
MATRIX = [((), 403), ((STATISTICS,), 403), ((DISCARD,), 403), ((VIEW,), 403)]


@pytest.fixture
def url(record: Callable[..., Any], app: Any) -> str:
    """The address that discards the three shares of visitor 1; there is another one."""
    record(app, 3, visitor=1, user_agent="curl")
    record(app, 1, visitor=2)
    query = {"app": app.pk, "of": ONE.name}
    return reverse("admin:share_analytics_share_discard", query=query)


def confirmed(browser: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the page's form would send."""
    form = browser.get(url).context["form"]
    return {**form.initial, "why": "curl in a loop", **changes}


def test_get__asks_and_does_nothing(admin_client: Client, url: str) -> None:
    response = admin_client.get(url)
    assert response.status_code == 200
    assert "Discard 3 shares" in response.content.decode()
    assert Share.objects.count() == 4


def test_post__discards_what_was_shown(admin_client: Client, url: str, app: Any) -> None:
    response = admin_client.post(url, confirmed(admin_client, url), follow=True)
    assert "Discarded: 3 shares." in response.content.decode()
    assert list(Share.objects.values_list("visitor", flat=True)) == [2]
    assert stored_counts() == counted_by_hand()


def test_post__writes_down_who_when_why_and_how_many(
    as_staff: Callable[..., Client], url: str, app: Any
) -> None:
    browser = as_staff(VIEW, DISCARD)
    browser.post(url, confirmed(browser, url, why="<b>curl</b> in a loop"))
    line = LogEntry.objects.get()
    assert line.user.get_username() == "editor"
    assert line.action_flag == DELETION
    assert line.get_change_message() == "3 shares of one visitor: <b>curl</b> in a loop"
    answer = browser.get(page(app=app.pk)).content.decode()
    assert "Discarded before" in answer
    assert "3 shares of one visitor: &lt;b&gt;curl&lt;/b&gt; in a loop" in answer
    assert (
        "Discarded before" not in browser.get(page(app=app.pk, day="2026-01-01")).content.decode()
    )


def test_post__writes_nothing_down_of_who_shared(admin_client: Client, url: str) -> None:
    admin_client.post(url, confirmed(admin_client, url))
    line = LogEntry.objects.get()
    assert "curl/" not in f"{line.object_id} {line.object_repr} {line.change_message}"


@pytest.mark.parametrize("why", ["", "  "])
def test_post__without_a_reason_asks_again(admin_client: Client, url: str, why: str) -> None:
    response = admin_client.post(url, confirmed(admin_client, url, why=why))
    assert response.status_code == 200
    assert response.context["form"].errors
    assert (Share.objects.count(), LogEntry.objects.count()) == (4, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 2},
        {"number": 4},
        {"number": "x"},
        {"until": "x"},
        {"until": "0001-01-01T00:00:00+14:00"},
        {"until": ""},
    ],
)
def test_post__of_something_else_than_is_there_asks_again(
    admin_client: Client, url: str, changes: dict[str, Any]
) -> None:
    response = admin_client.post(url, confirmed(admin_client, url, **changes))
    assert response.status_code == 200
    assert response.context["form"]["number"].value() == 3
    assert (Share.objects.count(), LogEntry.objects.count()) == (4, 0)


def test_post__leaves_what_came_after_the_page(
    admin_client: Client, url: str, record: Callable[..., Any], app: Any
) -> None:
    given = confirmed(admin_client, url)
    (late,) = record(app, visitor=1)
    admin_client.post(url, given)
    assert set(Share.objects.values_list("visitor", flat=True)) == {1, 2}
    assert Share.objects.filter(pk=late.id).exists()


def test_post__a_second_time_does_nothing(admin_client: Client, url: str) -> None:
    given = confirmed(admin_client, url)
    admin_client.post(url, given)
    response = admin_client.post(url, given, follow=True)
    assert "not there any more" in response.content.decode()
    assert (Share.objects.count(), LogEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize("query", [{}, {"app": "nonsense", "of": ONE.name}, {"of": "nonsense"}])
def test_what_is_not_there__leads_back(
    admin_client: Client, url: str, app: Any, query: dict[str, str]
) -> None:
    address = reverse("admin:share_analytics_share_discard", query=query)
    for response in (admin_client.get(address), admin_client.post(address, {"why": "x"})):
        assert response.status_code == 302
        assert "/look-alikes/" in response["Location"]
    assert Share.objects.count() == 4


@pytest.mark.parametrize(("permissions", "status"), [*MATRIX, ((VIEW, DISCARD), 200)])
def test_get__is_for_who_may(
    as_staff: Callable[..., Client], url: str, permissions: tuple[str, ...], status: int
) -> None:
    assert as_staff(*permissions).get(url).status_code == status


@pytest.mark.parametrize(("permissions", "status"), MATRIX)
def test_post__is_for_who_may(
    as_staff: Callable[..., Client],
    admin_client: Client,
    url: str,
    permissions: tuple[str, ...],
    status: int,
) -> None:
    given = confirmed(admin_client, url)
    assert as_staff(*permissions).post(url, given).status_code == status
    assert Share.objects.count() == 4


def test_post__by_a_stranger_asks_to_log_in(client: Client, admin_client: Client, url: str) -> None:
    assert client.post(url, confirmed(admin_client, url)).status_code == 302
    assert Share.objects.count() == 4


def test_post__from_another_site_is_refused(admin_user: Any, url: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin_user)
    assert browser.post(url, confirmed(browser, url)).status_code == 403
    assert Share.objects.count() == 4


def test_post__asks_as_many_queries_for_many_as_for_few(
    admin_client: Client, url: str, record: Callable[..., Any], app: Any
) -> None:
    def queries() -> int:
        given = confirmed(admin_client, url)
        with CaptureQueriesContext(connection) as captured:
            admin_client.post(url, given)
        return len(captured)

    queries()
    record(app, 2, visitor=1)
    before = queries()
    record(app, 60, visitor=1)
    assert queries() == before
