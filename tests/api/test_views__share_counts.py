"""GET apps/share-counts: the counts of many apps in one answer."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings

from django_share_analytics.writing.writer import write_shares
from tests.factories import event

pytestmark = pytest.mark.django_db

URL = "/api/apps/share-counts"


def json_key(key):
    return key if isinstance(key, int) else str(key)


def ids(*keys):
    return {"ids": ",".join(str(getattr(key, "pk", key)) for key in keys)}


def answered(response):
    assert response.status_code == 200, response.content
    return [(count["appId"], count["totalShares"]) for count in response.json()["counts"]]


def test_counts__the_same_as_one_by_one(client, make_app):
    chess, maps = make_app(), make_app()
    write_shares([event(chess, "x"), event(chess, "x"), event(chess, "copy")])
    response = client.get(URL, ids(maps, chess))
    assert response.json() == {
        "counts": [
            {"appId": json_key(maps.pk), "totalShares": 0, "byPlatform": {}},
            {"appId": json_key(chess.pk), "totalShares": 3, "byPlatform": {"x": 2, "copy": 1}},
        ]
    }


def test_counts__in_the_order_asked_once_each_without_the_unknown(client, make_app, unknown_key):
    chess, maps = make_app(), make_app()
    write_shares([event(chess)])
    found = answered(client.get(URL, ids(maps, unknown_key, chess, maps)))
    assert found == [(json_key(maps.pk), 0), (json_key(chess.pk), 1)]


@pytest.mark.django_db(transaction=True)  # in a transaction there is a savepoint, too
def test_counts__of_100_with_one_query(client, make_app, django_assert_num_queries):
    apps = [make_app() for _ in range(100)]
    with django_assert_num_queries(1):
        assert len(answered(client.get(URL, ids(*apps)))) == 100
    with django_assert_num_queries(0):
        assert len(answered(client.get(URL, ids(*apps)))) == 100


@pytest.mark.parametrize(
    "query",
    [
        "",
        "ids=",
        "ids=,,,",
        "id=",
        "app=1",
        "ids=" + "1," * 10_000,
        "ids=" + "1," * 101,
        "&".join(["id=1"] * 101),
        "&".join(["id=1"] * 5_000),
    ],
    ids=range(9),
)
def test_counts__of_what_can_not_be_asked(query, client):
    assert client.get(f"{URL}?{query}").status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "no key",
        "\x00",
        "9" * 400,
        "\u0663",
        "-1",
        "1e5",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "%ff",
    ],
)
def test_counts__what_is_no_key_is_left_out(text, client, app):
    write_shares([event(app)])
    assert answered(client.get(URL, ids(text, app))) == [(json_key(app.pk), 1)]


def test_counts__bytes_that_are_no_text(client, app):
    assert answered(client.get(f"{URL}?ids=%ff%fe,{'%00'}&id=%ff")) == []


@pytest.mark.skipif(django_settings.APP_KEY != "str", reason="only for text keys")
def test_counts__of_keys_with_commas_and_slashes(client, make_app):
    comma, slash = make_app(pk="a,b"), make_app(pk="games/chess & co")
    write_shares([event(comma)])
    assert answered(client.get(URL, {"id": ["a,b", "games/chess & co"]})) == [
        (comma.pk, 1),
        (slash.pk, 0),
    ]
    assert answered(client.get(URL, {"ids": "games/chess & co", "id": "a,b"})) == [
        (slash.pk, 0),
        (comma.pk, 1),
    ]


def test_counts__are_kept_as_long_as_the_oldest(client, make_app, monkeypatch):
    now = 1_700_000_000.0
    monkeypatch.setattr("django_share_analytics.stats.cached_counts.time.time", lambda: now)
    chess, maps = make_app(), make_app()
    client.get(URL, ids(chess))
    now += 100
    response = client.get(URL, ids(chess, maps))
    assert response["Cache-Control"] == "public, max-age=500"


def test_counts__etag_makes_a_304(client, app, admin_user):
    client.force_login(admin_user)
    first = client.get(URL, ids(app))
    assert "Vary" not in first
    second = client.get(URL, ids(app), headers={"if-none-match": first["ETag"]})
    assert (second.status_code, second.content) == (304, b"")


class TestPublicApps:
    @pytest.fixture(autouse=True)
    def _only_some(self, settings):
        settings.SHARE_ANALYTICS = {
            **settings.SHARE_ANALYTICS,
            "PUBLIC_APPS": "tests.public_apps.named_public",
        }

    def test_count__of_a_draft_is_not_found(self, client, make_app):
        public, draft = make_app("Public"), make_app("Draft")
        write_shares([event(draft)])
        assert client.get(f"/api/apps/{public.pk}/share-count").status_code == 200
        assert client.get(f"/api/apps/{draft.pk}/share-count").status_code == 404

    def test_counts__leave_drafts_out(self, client, make_app):
        public, draft = make_app("Public"), make_app("Draft")
        assert answered(client.get(URL, ids(draft, public))) == [(json_key(public.pk), 0)]

    def test_share__of_a_draft_is_recorded(self, client, make_app):
        draft = make_app("Draft")
        body = {"appId": json_key(draft.pk), "platform": "x"}
        assert client.post("/api/shares", body, "application/json").status_code == 202
        draft.name = "Public now"
        draft.save()
        assert answered(client.get(URL, ids(draft))) == [(json_key(draft.pk), 1)]
