"""Who sees the pages, and on which sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core import checks
from django.urls import path

from django_share_analytics import track_share
from django_share_analytics.admin import ShareAdmin, ShareStatisticsAdmin
from django_share_analytics.models import Share, ShareStatistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.customising.pages import Project

pytestmark = [pytest.mark.once, pytest.mark.django_db]

STATISTICS, SHARES = "/admin/share_analytics/sharestatistics/", "/admin/share_analytics/share/"


@pytest.fixture
def staff(client: Any) -> Any:
    user = get_user_model().objects.create(username="u", is_staff=True)
    client.force_login(user)
    return user


@pytest.fixture
def project(project_of: Callable[[str], Project]) -> Project:
    return project_of("admin")


def test_editors__see_the_statistics_and_no_share(
    project: Project, client: Any, staff: Any
) -> None:
    assert client.get(STATISTICS).status_code == 403
    staff.groups.add(project.run("catalog/groups.py").make_editors())
    assert client.get(STATISTICS).status_code == 200
    assert client.get(STATISTICS, {"export": "platforms"}).status_code == 200
    assert client.get(SHARES).status_code == 403
    assert SHARES not in client.get("/admin/").content.decode()


@pytest.fixture
def own_rule(project: Project, settings: Any) -> Iterator[None]:
    project.run("catalog/admin.py")
    urls = project.module("its_urls")
    urls.urlpatterns = [path("admin/", admin.site.urls)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls
    yield
    admin.site.unregister(ShareStatistics)
    admin.site.register(ShareStatistics, ShareStatisticsAdmin)


def test_a_rule_of_ones_own(own_rule: None, client: Any, staff: Any) -> None:
    assert client.get(STATISTICS).status_code == 403
    staff.groups.add(Group.objects.create(name="analysts"))
    assert client.get(STATISTICS).status_code == 200
    assert STATISTICS in client.get("/admin/").content.decode()
    assert client.get(SHARES).status_code == 403


def test_a_rule_of_ones_own__takes_nothing_from_others(own_rule: None, admin_client: Any) -> None:
    assert admin_client.get(STATISTICS).status_code == 200


@pytest.fixture
def some_shares(project: Project, settings: Any) -> Iterator[None]:
    project.run("shop/admin.py")
    urls = project.module("its_urls")
    urls.urlpatterns = [path("admin/", admin.site.urls)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLACEMENTS": ["partner", "top"]}
    yield
    admin.site.unregister(Share)
    admin.site.register(Share, ShareAdmin)


def test_some_shares__in_the_list_on_pages_in_files_and_among_the_recent(
    some_shares: None, client: Any, staff: Any, app: Any
) -> None:
    partners = Group.objects.create(name="partners")
    may = Permission.objects.filter(content_type__app_label="share_analytics")
    partners.permissions.set(may)
    staff.groups.add(partners)
    for session, placement in (("visible", "partner"), ("hidden", "top")):
        track_share(app, "copy", session_id=session, placement=placement)
    keys = dict(Share.objects.values_list("session_id", "pk"))
    seen, hidden = str(keys["visible"]), str(keys["hidden"])
    for page in (SHARES, f"{STATISTICS}?app={app.pk}"):
        html = client.get(page).content.decode()
        assert (seen in html, hidden in html) == (True, False)
    file = b"".join(client.get(f"{SHARES}export/").streaming_content).decode()
    assert ("visible" in file, "hidden" in file) == (True, False)
    assert client.get(f"{SHARES}{seen}/change/").status_code == 200
    assert client.get(f"{SHARES}{hidden}/change/").status_code == 302
    staff.groups.remove(partners)
    staff.user_permissions.set(may)
    assert hidden in client.get(f"{STATISTICS}?app={app.pk}").content.decode()


@pytest.fixture
def sites(project: Project, settings: Any) -> Any:
    """Those of the page, beside the default one."""
    sites = project.run("catalog/sites.py")
    urls = project.module("two_sites")
    urls.urlpatterns = [  # type: ignore[attr-defined]
        path("admin/", admin.site.urls),
        path("partners/", sites.partners.urls),
        path("operations/", sites.operations.urls),
    ]
    settings.ROOT_URLCONF = urls
    return sites


def test_two_sites__pass_the_checks(sites: Any) -> None:
    found = [
        message
        for site in (sites.partners, sites.operations)
        for model_admin in site._registry.values()
        for message in model_admin.check()
    ]
    assert found == []
    assert [each for each in checks.run_checks() if each.is_serious()] == []


def test_two_sites__lead_to_pages_of_their_own(
    sites: Any, admin_client: Any, app: Any, app_model: Any
) -> None:
    track_share(app, "copy")
    model = f"{app_model._meta.app_label}/{app_model._meta.model_name}"
    listed = admin_client.get(f"/partners/{model}/").content.decode()
    assert f"/partners/share_analytics/sharestatistics/?app={app.pk}" in listed
    for site, has_shares in (("partners", False), ("operations", True)):
        page = admin_client.get(f"/{site}/share_analytics/sharestatistics/", {"app": app.pk})
        html = page.content.decode()
        assert "/admin/" not in html.replace("/static/admin/", "")
        assert (f"/{site}/share_analytics/share/" in html) == has_shares


def test_two_sites__have_what_is_registered_there(sites: Any, admin_client: Any) -> None:
    assert admin_client.get("/partners/share_analytics/share/").status_code == 404
    for page in ("share", "setaside", "sharestatistics"):
        assert admin_client.get(f"/operations/share_analytics/{page}/").status_code == 200
    assert admin_client.get("/partners/share_analytics/sharevirality/").status_code == 200
