"""GET admin/shares/stats and GET admin/shares."""

from __future__ import annotations

import itertools
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from django_share_analytics.models import Share
from django_share_analytics.sessions import kept_session
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event

pytestmark = pytest.mark.django_db

STATS, SHARES = "/api/admin/shares/stats", "/api/admin/shares"


def today():
    return timezone.localdate()


def json_key(key):
    return key if isinstance(key, int) else str(key)


@pytest.fixture
def staff(client):
    """``staff("view_share")`` logs a member of the staff with these permissions in."""

    def login(*permissions, is_staff=True):
        user = get_user_model().objects.create(username="staff", is_staff=is_staff)
        user.user_permissions.set(
            Permission.objects.filter(
                codename__in=permissions, content_type__app_label="share_analytics"
            )
        )
        assert user.user_permissions.count() == len(permissions)
        client.force_login(user)
        return user

    return login


@pytest.mark.parametrize("url", [STATS, SHARES])
class TestPermissions:
    def test_stranger(self, url, client):
        assert client.get(url).status_code in (401, 403)

    def test_user_with_every_permission(self, url, client, staff):
        staff("view_share", "view_sharestatistics", is_staff=False)
        assert client.get(url).status_code == 403

    def test_staff_with_the_other_permission(self, url, client, staff):
        staff("view_share" if url == STATS else "view_sharestatistics")
        assert client.get(url).status_code == 403

    def test_staff_with_the_permission(self, url, client, staff):
        staff("view_sharestatistics" if url == STATS else "view_share")
        assert client.get(url).status_code == 200

    def test_administrator(self, url, admin_client):
        assert admin_client.get(url).status_code == 200


def test_stats__of_an_empty_site(admin_client):
    answer = admin_client.get(STATS).json()
    first = today() - timedelta(days=29)
    assert {key: answer[key] for key in answer if key not in ("previous", "dailyShares")} == {
        "period": "Last 30 days",
        "days": 30,
        "from": first.isoformat(),
        "to": today().isoformat(),
        "timeZone": "Asia/Riyadh",
        "totalShares": 0,
        "totals": {"last7Days": 0, "last30Days": 0, "last90Days": 0},
        "mostSharedApps": [],
        "risingApps": [],
        "platformStats": {},
        "hourlyShares": None,
    }
    assert answer["previous"]["change"] is None
    assert answer["previous"]["from"] == (first - timedelta(days=30)).isoformat()
    assert answer["previous"]["to"] == (first - timedelta(days=1)).isoformat()
    assert len(answer["dailyShares"]) == 30
    assert answer["dailyShares"][0] == {"date": first.isoformat(), "count": 0}


def test_stats__of_a_range(admin_client, make_app):
    chess, maps = make_app("Chess"), make_app("Maps")
    write_shares(
        [
            event(chess, "copy", NOON - timedelta(days=1)),
            event(chess, "copy"),
            event(chess, "email"),
            event(chess, "email"),
            event(maps, "copy"),
            event(maps, "copy", NOON + timedelta(days=1)),
        ]
    )
    answer = admin_client.get(STATS, {"from": "2026-03-10", "to": "2026-03-11"}).json()
    assert (answer["from"], answer["to"], answer["days"]) == ("2026-03-10", "2026-03-11", 2)
    assert answer["totalShares"] == 5
    assert answer["dailyShares"] == [
        {"date": "2026-03-10", "count": 4},
        {"date": "2026-03-11", "count": 1},
    ]
    assert answer["platformStats"] == {"copy": 3, "email": 2}
    assert answer["mostSharedApps"] == [
        {"appId": json_key(chess.pk), "appName": "Chess", "shareCount": 3},
        {"appId": json_key(maps.pk), "appName": "Maps", "shareCount": 2},
    ]
    assert answer["previous"] == {
        "totalShares": 1,
        "change": 4.0,
        "from": "2026-03-08",
        "to": "2026-03-09",
        "comparedTotal": 5,
        "comparedFrom": "2026-03-10T00:00:00+03:00",
        "comparedUntil": "2026-03-12T00:00:00+03:00",
    }


def test_stats__filtered(admin_client, make_app):
    chess, maps = make_app("Chess"), make_app("Maps")
    now = timezone.now()
    write_shares([event(chess, "copy", now), event(chess, "x", now), event(maps, "copy", now)])
    by_platform = admin_client.get(STATS, {"platform": "copy"}).json()
    assert by_platform["totalShares"] == 2
    assert by_platform["totals"] == {"last7Days": 2, "last30Days": 2, "last90Days": 2}
    assert [rank["shareCount"] for rank in by_platform["mostSharedApps"]] == [1, 1]
    by_app = admin_client.get(STATS, {"app": str(chess.pk)}).json()
    assert by_app["totalShares"] == 2
    assert by_app["platformStats"] == {"copy": 1, "x": 1}
    assert by_app["mostSharedApps"] == [
        {"appId": json_key(chess.pk), "appName": "Chess", "shareCount": 2}
    ]
    both = admin_client.get(STATS, {"app": str(chess.pk), "platform": "Copy"}).json()
    assert both["totalShares"] == 1
    assert both["platformStats"] == {"copy": 1}


def test_stats__of_a_platform_that_the_site_had_once(admin_client, app):
    write_shares([event(app, "myspace", timezone.now())])
    answer = admin_client.get(STATS, {"platform": "myspace"}).json()
    assert (answer["totalShares"], answer["platformStats"]) == (1, {"myspace": 1})


def test_stats__period_is_the_same_in_every_language(admin_client):
    answer = admin_client.get(STATS, headers={"Accept-Language": "ar"}).json()
    assert answer["period"] == "Last 30 days"


def test_stats__limit(admin_client, make_app):
    write_shares([event(make_app(), at=timezone.now()) for _ in range(12)])
    assert len(admin_client.get(STATS).json()["mostSharedApps"]) == 10
    assert len(admin_client.get(STATS, {"limit": 100}).json()["mostSharedApps"]) == 12


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"days": "abc"}, "days"),
        ({"days": "0"}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "366"}, "days"),
        ({"days": "99999"}, "days"),
        ({"from": "2026-03-10"}, "to"),
        ({"to": "2026-03-10"}, "from"),
        ({"from": "2026-03-10", "to": "2026-03-09"}, "to"),
        ({"from": "2025-01-01", "to": "2026-02-05"}, "to"),
        ({"from": "2020-02-30", "to": "2020-03-01"}, "from"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "from"),
        ({"from": "9999-12-30", "to": "9999-12-31"}, "to"),
        ({"days": "7", "from": "2026-03-10", "to": "2026-03-10"}, "days"),
        ({"platform": "myspace"}, "platform"),
        ({"platform": "a\x00"}, "platform"),
        ({"app": "\x00"}, "app"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
    ],
)
def test_stats__of_what_can_not_be_asked(query, key, admin_client):
    response = admin_client.get(STATS, query)
    assert response.status_code == 400
    assert list(response.json()) == [key]


NONSENSE = [
    "%00",
    "%ff%fe",
    "-1",
    "0",
    "1e3",
    "1.5",
    "9" * 30,
    "9" * 5_000,
    "2026-03-10T10:00",
    "2026-13-01",
    "%E2%80%AE",
    "'; DROP TABLE",
    "[]",
    "null",
    "..%2F..%2F",
    "%F0%9F%98%80",
]


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("name", ["days", "from", "to", "platform", "app", "limit"])
def test_stats__of_nonsense(name, value, admin_client):
    response = admin_client.get(f"{STATS}?{name}={value}")
    assert response.status_code == 400
    assert len(response.json()) == 1
    assert set(response.json()) <= {name, "from", "to"}


@pytest.mark.parametrize("name", ["days", "from", "to", "platform", "app", "limit"])
def test_stats__of_nothing_is_as_not_asked(name, admin_client):
    """What a form sends whose field was left empty."""
    assert admin_client.get(STATS, {name: ""}).json()["days"] == 30


def test_stats__takes_every_scripts_digits(admin_client):
    assert admin_client.get(STATS, {"days": "\u0661\u0660"}).json()["days"] == 10


def test_stats__the_last_of_two_values_counts(admin_client):
    assert admin_client.get(f"{STATS}?days=7&days=14").json()["days"] == 14


def test_stats__up_to_today_and_not_beyond(admin_client):
    first, tomorrow = today() - timedelta(days=364), today() + timedelta(days=1)
    answer = admin_client.get(STATS, {"from": first, "to": today()})
    assert (answer.status_code, answer.json()["days"]) == (200, 365)
    answer = admin_client.get(STATS, {"from": today(), "to": tomorrow})
    assert (answer.status_code, list(answer.json())) == (400, ["to"])


def test_stats__by_the_hour_for_two_days_or_less(admin_client, app):
    write_shares([event(app), event(app)])
    two_days = {"from": "2026-03-09", "to": "2026-03-10"}
    answer = admin_client.get(STATS, two_days).json()
    assert len(answer["hourlyShares"]) == 48
    assert answer["hourlyShares"][0] == {"hour": "2026-03-09T00:00:00+03:00", "count": 0}
    assert answer["hourlyShares"][36] == {"hour": "2026-03-10T12:00:00+03:00", "count": 2}
    assert admin_client.get(STATS, {**two_days, "app": str(app.pk)}).json()["hourlyShares"] is None


def test_stats__fastest_rising(admin_client, app):
    write_shares([event(app), event(app, at=NOON - timedelta(days=1)), event(app)])
    answer = admin_client.get(STATS, {"from": "2026-03-10", "to": "2026-03-10"}).json()
    assert answer["risingApps"] == [
        {
            "appId": json_key(app.pk),
            "appName": "Chess",
            "shareCount": 2,
            "previousCount": 1,
            "change": 1.0,
        }
    ]


def test_stats__of_an_unknown_app(admin_client, unknown_key):
    response = admin_client.get(STATS, {"app": str(unknown_key)})
    assert response.status_code == 400
    assert response.json() == {"app": ["There is no such app."]}


def test_stats__costs_the_same_whatever_the_data(
    admin_client, make_app, django_assert_max_num_queries
):
    write_shares([event(make_app(), at=timezone.now()) for _ in range(30)])
    with django_assert_max_num_queries(10):
        admin_client.get(STATS)


class TestShares:
    @pytest.fixture
    def shares(self, make_app, admin_user):
        chess, maps = make_app("Chess"), make_app("Maps")
        write_shares(
            [
                event(chess, "copy", NOON, session_id="s-1", user_agent="Firefox"),
                event(chess, "email", NOON + timedelta(hours=1), user_id=admin_user.pk),
                event(maps, "copy", NOON + timedelta(days=1), referrer_url="https://e.com/"),
            ]
        )
        return chess, maps

    def test_newest_first(self, admin_client, admin_user, shares):
        _, maps = shares
        answer = admin_client.get(SHARES).json()
        assert (answer["next"], answer["previous"]) == (None, None)
        newest, second, oldest = answer["results"]
        assert newest == {
            "id": str(Share.objects.get(app=maps).id),
            "appId": json_key(maps.pk),
            "appName": "Maps",
            "platform": "copy",
            "userId": None,
            "sessionId": "",
            "timestamp": "2026-03-11T12:00:00+03:00",
            "userAgent": "",
            "referrerUrl": "https://e.com/",
            "placement": "",
        }
        assert second["userId"] == admin_user.pk
        assert (oldest["sessionId"], oldest["userAgent"]) == ("s-1", "Firefox")

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"platform": "copy"}, 2),
            ({"platform": "nothing"}, 0),
            ({"from": "2026-03-11"}, 1),
            ({"to": "2026-03-10"}, 2),
            ({"from": "2026-03-10", "to": "2026-03-10"}, 2),
            ({"session": "s-1", "from": "2026-03-10", "to": "2026-03-10"}, 1),
            ({"session": "s-2", "from": "2026-03-10", "to": "2026-03-10"}, 0),
        ],
    )
    def test_filters(self, query, expected, admin_client, shares):
        assert len(admin_client.get(SHARES, query).json()["results"]) == expected

    def test_filter_by_a_session__of_which_a_hash_is_kept(
        self, admin_client, shares, settings, make_app
    ):
        """By what the client called it, and by what the list says; older shares have it whole."""
        day = {"from": "2026-03-10", "to": "2026-03-10"}
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "SESSION_ID": "hash"}
        digest = kept_session("s-1")
        write_shares([event(make_app(), "copy", NOON, session_id=digest)])
        for session, expected in (("s-1", 2), (digest, 1), ("s-2", 0)):
            results = admin_client.get(SHARES, {"session": session, **day}).json()["results"]
            assert len(results) == expected
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "SESSION_ID": "none"}
        assert len(admin_client.get(SHARES, {"session": "s-1", **day}).json()["results"]) == 1

    @pytest.mark.parametrize("key", [99999999999, 2**63 - 1, -(2**63), -5])
    def test_filter_by_a_key_that_nobody_can_have(self, key, admin_client, shares):
        """Larger than the column of some databases: the shares of nobody, on all of them."""
        by_user = admin_client.get(SHARES, {"user": key})
        assert (by_user.status_code, by_user.json()["results"]) == (200, [])
        if isinstance(shares[0].pk, int):
            assert admin_client.get(SHARES, {"app": key}).json()["results"] == []
            assert admin_client.get(f"/api/apps/{key}/share-count").status_code == 404
            counts = admin_client.get(f"/api/apps/share-counts?ids={key}")
            assert (counts.status_code, counts.json()) == (200, {"counts": []})
            posted = admin_client.post(
                "/api/shares", {"appId": key, "platform": "x"}, "application/json"
            )
            assert (posted.status_code, posted["Share-Filtered"]) == (202, "unknown_app")

    def test_filter_by_app_and_user(self, admin_client, admin_user, shares):
        chess, _ = shares
        assert len(admin_client.get(SHARES, {"app": str(chess.pk)}).json()["results"]) == 2
        by_user = admin_client.get(SHARES, {"user": admin_user.pk}).json()["results"]
        assert [share["platform"] for share in by_user] == ["email"]

    @pytest.mark.parametrize(
        ("query", "key"),
        [
            ({"session": "s-1"}, "session"),
            ({"session": "s-1", "from": "2026-03-10"}, "session"),
            ({"session": "s-1", "from": "2020-03-10", "to": "2026-03-10"}, "session"),
            ({"from": "yesterday"}, "from"),
            ({"from": "0001-01-01"}, "from"),
            ({"to": "9999-12-31"}, "to"),
            ({"from": "2026-03-10", "to": "2026-03-09"}, "to"),
            ({"app": "\x00"}, "app"),
            ({"user": "nobody"}, "user"),
            ({"user": "9" * 40}, "user"),
            ({"platform": "a\x00"}, "platform"),
        ],
    )
    def test_filters_that_make_no_sense(self, query, key, admin_client, shares):
        response = admin_client.get(SHARES, query)
        assert response.status_code == 400
        assert list(response.json()) == [key]

    def test_pages__skip_and_repeat_nothing(self, admin_client, app):
        same_moment = datetime(2026, 1, 1, tzinfo=UTC)
        write_shares([event(app, at=same_moment) for _ in range(25)])
        seen, url = [], f"{SHARES}?limit=10"
        while url:
            answer = admin_client.get(url).json()
            seen.append([share["id"] for share in answer["results"]])
            url, back = answer["next"], answer["previous"]
            write_shares([event(app, at=same_moment + timedelta(days=1))])
        assert [len(page) for page in seen] == [10, 10, 5]
        assert len(set(itertools.chain(*seen))) == 25
        before = admin_client.get(back).json()
        assert [share["id"] for share in before["results"]] == seen[1]
        assert [
            share["id"] for share in admin_client.get(before["next"]).json()["results"]
        ] == seen[2]
        newest = admin_client.get(before["previous"]).json()
        assert [share["id"] for share in newest["results"]] == seen[0]
        assert newest["previous"] is not None  # the shares that came in meanwhile

    @pytest.mark.parametrize("cursor", ["zzz", "\x00", "é", "bzIwMjYtMDEtMDE", "o|" * 9])
    def test_cursor__that_is_broken(self, cursor, admin_client):
        response = admin_client.get(SHARES, {"cursor": cursor})
        assert (response.status_code, list(response.json())) == (400, ["cursor"])

    @pytest.mark.parametrize("away", ["+14:00", "-14:00", "+00:00"])
    @pytest.mark.parametrize("moment", ["0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"])
    def test_cursor__at_the_ends_of_time(self, moment, away, admin_client):
        """No zone's clock and no database can say all of them."""
        text = f"o{moment}{away}|{'0' * 32}".encode()
        response = admin_client.get(
            SHARES, {"cursor": urlsafe_b64encode(text).decode().rstrip("=")}
        )
        assert (response.status_code, list(response.json())) == (400, ["cursor"])

    @pytest.mark.parametrize("query", [{}, {"limit": "0"}, {"cursor": "zzz"}])
    def test_answers__are_kept_by_no_cache(self, query, admin_client, client):
        for asking in (admin_client, client):
            answer = asking.get(SHARES, query)
            assert answer["Cache-Control"] == "private, no-store"

    def test_limit__is_the_size_of_a_page(self, admin_client, app):
        """A hundred unless one says otherwise, and a thousand at most."""
        write_shares([event(app, at=NOON + timedelta(seconds=n)) for n in range(1_001)])
        for query, size in (({}, 100), ({"limit": 1}, 1), ({"limit": 1_000}, 1_000)):
            answer = admin_client.get(SHARES, query).json()
            assert len(answer["results"]) == size
            older = admin_client.get(answer["next"]).json()
            assert len(older["results"]) == min(size, 1_001 - size)

    def test_pages__of_which_the_last_is_full(self, admin_client, app):
        """No page follows it, and none comes before the first."""
        write_shares([event(app, at=NOON + timedelta(seconds=n)) for n in range(4)])
        first = admin_client.get(SHARES, {"limit": 2}).json()
        last = admin_client.get(first["next"]).json()
        assert len(last["results"]) == 2
        assert (last["next"], first["previous"]) == (None, None)
        assert admin_client.get(last["previous"]).json()["previous"] is None

    @pytest.mark.parametrize(
        "limit",
        ["0", "1001", "abc", "-1", "²", "9" * 5_000, "000000001999999999", "0" * 30, "00005"],
    )
    def test_limit__that_is_wrong(self, limit, admin_client):
        response = admin_client.get(SHARES, {"limit": limit})
        assert (response.status_code, list(response.json())) == (400, ["limit"])

    def test_pages__cost_the_same(self, admin_client, make_app, django_assert_max_num_queries):
        write_shares([event(make_app()) for _ in range(30)])
        with django_assert_max_num_queries(4):
            assert len(admin_client.get(SHARES).json()["results"]) == 30


def test_dates__are_days_of_the_reporting_zone(admin_client, app):
    write_shares([event(app, at=datetime(2026, 3, 10, 21, 30, tzinfo=UTC))])  # 00:30 on the 11th
    answer = admin_client.get(STATS, {"from": "2026-03-11", "to": "2026-03-11"}).json()
    assert answer["totalShares"] == 1
    assert len(admin_client.get(SHARES, {"from": "2026-03-11"}).json()["results"]) == 1
    assert admin_client.get(SHARES, {"to": "2026-03-10"}).json()["results"] == []
    assert date.fromisoformat(answer["from"]) == date(2026, 3, 11)
