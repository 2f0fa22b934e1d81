"""Views and serializers of a project's own, at the addresses of ours and at others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from django_share_analytics import track_share
from django_share_analytics.models import Share

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tests.customising.pages import Project

pytestmark = [pytest.mark.once, pytest.mark.django_db]


class PublishedApps:
    """The model that is shared, as if it had a publisher."""

    def __init__(self, app_model: Any) -> None:
        self.objects = self
        self.published: set[tuple[Any, Any]] = set()
        self._model = app_model

    def filter(self, pk: Any, publisher: Any) -> Any:
        apps = self._model.objects.filter(pk=pk)
        return apps if (pk, publisher) in self.published else apps.none()


@pytest.fixture
def apps(app_model: Any) -> PublishedApps:
    return PublishedApps(app_model)


@pytest.fixture(autouse=True)
def urls(project_of: Callable[[str], Project], apps: PublishedApps, settings: Any) -> ModuleType:
    """The project has the urls of the page."""
    project = project_of("api")
    project.module("catalog.models").App = apps  # type: ignore[attr-defined]
    project.run("catalog/api.py")
    settings.ROOT_URLCONF = project.run("urls.py")
    return settings.ROOT_URLCONF


@pytest.fixture
def user(client: Any) -> Any:
    """Somebody who is logged in, and no staff."""
    user = get_user_model().objects.create(username="u")
    client.force_login(user)
    return user


def share(client: Any, app: Any, **values: Any) -> Any:
    body = {"appId": str(app.pk), "platform": "copy", **values}
    return client.post("/api/shares", body, content_type="application/json")


def test_a_share__needs_a_session(client: Any, app: Any) -> None:
    assert share(client, app).json() == {"sessionId": ["This field is required."]}
    assert share(client, app, sessionId="").status_code == 400
    assert share(client, app, sessionId="s").status_code == 202
    assert Share.objects.get().session_id == "s"


def test_a_share__says_which_screen_it_was_on(client: Any, app: Any) -> None:
    body = {"appId": str(app.pk), "platform": "copy", "sessionId": "s"}
    headers = {"X-Screen": "https://app.example/start"}
    client.post("/api/shares", body, content_type="application/json", headers=headers)
    assert Share.objects.get().referrer_url == "https://app.example/start"


def test_buttons__find_the_view_in_the_place_of_ours(client: Any, app: Any) -> None:
    from django.template import engines
    from django.test import RequestFactory

    source = "{% load share_analytics %}{% share_buttons app %}"
    html = engines["django"].from_string(source).render({"app": app}, RequestFactory().get("/"))
    assert 'data-endpoint="/api/shares"' in html


def test_the_list__has_one_field_more_and_another_filter(
    admin_client: Any, app: Any, settings: Any
) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLACEMENTS": ["top"]}
    for placement in ("top", ""):
        track_share(app, "copy", placement=placement)
    found = admin_client.get("/api/admin/shares", {"placement": "top"}).json()["results"]
    assert [(one["placement"], one["appUrl"]) for one in found] == [("top", app.get_absolute_url())]
    assert len(admin_client.get("/api/admin/shares").json()["results"]) == 2
    answer = admin_client.get("/api/admin/shares", {"placment": "top"})
    assert (answer.status_code, answer.json()) == (400, {"placment": ["Unknown parameter."]})


def test_the_list__asks_no_more_queries_for_more_shares(
    admin_client: Any, make_app: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        track_share(make_app(), "copy")
    with django_assert_max_num_queries(4):
        admin_client.get("/api/admin/shares")


def test_the_file__has_what_the_queryset_and_the_filters_leave(
    admin_client: Any, app: Any, settings: Any
) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLACEMENTS": ["top", "end"]}
    for placement in ("top", "end", ""):
        track_share(app, "copy", placement=placement)

    def lines(**query: str) -> int:
        answer = admin_client.get("/api/admin/shares/export", query)
        return len(b"".join(answer.streaming_content).splitlines()) - 1

    assert (lines(), lines(placement="top")) == (2, 1)


def test_statistics__of_an_app_are_for_its_publisher(
    client: Any, user: Any, make_app: Any, apps: PublishedApps
) -> None:
    mine, other = make_app(), make_app()
    apps.published.add((mine.pk, user.pk))
    for app in (mine, mine, other):
        track_share(app, "copy")
    answer = client.get(f"/api/my/apps/{mine.pk}/shares", {"days": 7})
    assert (answer.json()["days"], answer.json()["totalShares"]) == (7, 2)
    assert answer["Cache-Control"] == "private, no-store"
    assert client.get(f"/api/my/apps/{other.pk}/shares").status_code == 403
    client.logout()
    assert client.get(f"/api/my/apps/{mine.pk}/shares").status_code in {401, 403}


def test_statistics__of_an_app_are_of_no_other_that_is_asked_for(
    client: Any, user: Any, make_app: Any, apps: PublishedApps
) -> None:
    mine, other = make_app(), make_app()
    apps.published.add((mine.pk, user.pk))
    answer = client.get(f"/api/my/apps/{mine.pk}/shares", {"app": str(other.pk)})
    assert (answer.status_code, answer.json()) == (400, {"app": ["Unknown parameter."]})


def test_statistics__are_for_a_group(client: Any, user: Any) -> None:
    assert client.get("/api/admin/shares/stats").status_code == 403
    user.groups.add(Group.objects.create(name="marketing"))
    assert client.get("/api/admin/shares/stats").status_code == 200
    assert client.get("/api/admin/shares/export").status_code == 403


def test_statistics__are_for_staff_as_before(admin_client: Any) -> None:
    assert admin_client.get("/api/admin/shares/stats").status_code == 200
