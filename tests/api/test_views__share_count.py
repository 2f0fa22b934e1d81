from __future__ import annotations

from urllib.parse import quote

import pytest

from django_share_analytics.models import Share
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

pytestmark = pytest.mark.django_db


def url(key):
    return f"/api/apps/{quote(str(key))}/share-count"


def json_key(key):
    return key if isinstance(key, int) else str(key)


def test_count__most_shared_first(client, app):
    write_shares([event(app, name) for name in ["copy", "x", "x", "email", "x", "email"]])
    response = client.get(url(app.pk))
    assert response.status_code == 200
    assert response.json() == {
        "appId": json_key(app.pk),
        "totalShares": 6,
        "byPlatform": {"x": 3, "email": 2, "copy": 1},
    }
    assert list(response.json()["byPlatform"]) == ["x", "email", "copy"]


def test_count__of_an_app_never_shared(client, app):
    assert client.get(url(app.pk)).json() == {
        "appId": json_key(app.pk),
        "totalShares": 0,
        "byPlatform": {},
    }


def test_count__when_all_shares_are_deleted(client, app):
    write_shares([event(app)])
    Share.objects.all().delete()
    assert client.get(url(app.pk)).json()["byPlatform"] == {}


def test_count__of_an_unknown_app(client, db, unknown_key):
    assert client.get(url(unknown_key)).status_code == 404


@pytest.mark.parametrize("key", ["no key", "0", "x" * 300, "9" * 60, "a%00b", "%ff"])
def test_count__of_what_is_no_key(client, db, key):
    assert client.get(f"/api/apps/{key}/share-count").status_code == 404


def test_count__is_cached(client, app, django_assert_num_queries):
    assert client.get(url(app.pk)).json()["totalShares"] == 0
    write_shares([event(app)])
    with django_assert_num_queries(0):
        assert client.get(url(app.pk)).json()["totalShares"] == 0


def test_count__says_how_long_it_may_be_kept(client, app, monkeypatch):
    now = 1_700_000_000.0
    monkeypatch.setattr("django_share_analytics.stats.cached_counts.time.time", lambda: now)
    first = client.get(url(app.pk))
    assert first["Cache-Control"] == "public, max-age=600"
    now += 599.0
    assert client.get(url(app.pk))["Cache-Control"] == "public, max-age=1"


def test_count__when_caching_is_off(client, app, settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "SHARE_COUNT_CACHE_SECONDS": 0}
    assert client.get(url(app.pk)).json()["totalShares"] == 0
    write_shares([event(app)])
    response = client.get(url(app.pk))
    assert response.json()["totalShares"] == 1
    assert response["Cache-Control"] == "public, max-age=0"


def test_etag__makes_a_304(client, app):
    first = client.get(url(app.pk))
    second = client.get(url(app.pk), headers={"if-none-match": first["ETag"]})
    assert (second.status_code, second.content) == (304, b"")
    assert second["ETag"] == first["ETag"]
    assert second["Cache-Control"] == "public, max-age=600"
    assert "Age" not in second, "shared caches ignore it, or write their own over it"


def test_etag__changes_with_the_count(client, app, settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "SHARE_COUNT_CACHE_SECONDS": 0}
    first = client.get(url(app.pk))
    write_shares([event(app)])
    second = client.get(url(app.pk), headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert second["ETag"] != first["ETag"]


def test_answer__is_the_same_for_everyone(client, app, admin_user):
    client.force_login(admin_user)
    response = client.get(url(app.pk))
    assert "Vary" not in response
    assert not response.cookies


def test_answer__that_sets_a_cookie_is_private(client, app, admin_user, settings):
    settings.SESSION_SAVE_EVERY_REQUEST = True
    assert client.get(url(app.pk))["Cache-Control"] == "public, max-age=600"
    client.force_login(admin_user)
    assert client.get(url(app.pk))["Cache-Control"] == "private, max-age=600"


def test_head__answers_without_a_body(client, app):
    response = client.head(url(app.pk))
    assert (response.status_code, response.content) == (200, b"")
