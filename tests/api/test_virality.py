"""GET admin/shares/virality."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission, User

from django_share_analytics.api.virality import virality_document
from django_share_analytics.models import Share
from django_share_analytics.virality import (
    AppTravel,
    Cascade,
    Cascades,
    CycleTime,
    PlacementTravel,
    Rate,
    Virality,
)
from django_share_analytics.virality.cohort import cohort_of
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event, link_event

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

URL = "/api/admin/shares/virality"
ONE_DAY = {"from": "2026-03-10", "to": "2026-03-10"}
NOTHING = {"value": None, "low": None, "high": None, "of": 0}
RATES = (
    "activeShares", "clicksPerShare", "visitsPerShare", "reshareRate", "reproduction",
    "conversionsPer100Shares",
)  # fmt: skip


@pytest.fixture
def shared(app: Any) -> Any:
    """A share that a network previewed, by which somebody came and shared on."""
    share = event(app)
    reshare = event(app, "copy", NOON + timedelta(seconds=90), via=share.id)
    details = {"preview": "whatsapp", "click": "", "visit": "instagram", "conversion": "signup"}
    steps = [link_event(share, kind, detail=detail) for kind, detail in details.items()]
    write_shares([share, *steps, reshare])
    return app


def test_answer(admin_client: Client, shared: Any) -> None:
    key = shared.pk if isinstance(shared.pk, int) else str(shared.pk)
    assert admin_client.get(URL, ONE_DAY).json() == {
        "period": "2026-03-10 to 2026-03-10",
        "days": 1,
        "from": "2026-03-10",
        "to": "2026-03-10",
        "timeZone": "Asia/Riyadh",
        "window": 7,
        "matured": {"from": "2026-03-10", "to": "2026-03-10", "shares": 2},
        "funnel": {
            "shares": 2, "previews": 1, "clicks": 1, "visits": 1, "reached": 1, "reshares": 1,
            "forwarded": 1, "conversions": 1,
        },
        "rates": {name: {**NOTHING, "of": 1} for name in RATES},
        "multiplier": 2.0,
        "largestShareOfVisits": 1.0,
        "cycleTime": {"medianSeconds": None, "lowSeconds": None, "highSeconds": None, "of": 1},
        "platforms": {
            "whatsapp": {"shares": 1, "visits": 1, "visitsPerShare": {**NOTHING, "of": 1}},
            "copy": {"shares": 1, "visits": 0, "visitsPerShare": NOTHING},
        },
        "previews": {"whatsapp": 1},
        "visitsIn": {"instagram": 1},
        "goals": {"signup": 1},
        "apps": [
            {
                "appId": key, "appName": str(shared), "shares": 2, "visits": 1,
                "visitsPerShare": {**NOTHING, "of": 1},
            }
        ],
        "placements": {},
        "cascades": [
            {
                "rootId": str(Share.objects.get(platform="whatsapp").pk),
                "appId": key, "appName": str(shared), "platform": "whatsapp",
                "startedAt": "2026-03-10T12:00:00+03:00", "size": 2, "depth": 1,
                "structuralVirality": 1.0,
            }
        ],
    }  # fmt: skip


def test_answer__of_an_app(admin_client: Client, shared: Any) -> None:
    answer = admin_client.get(URL, {**ONE_DAY, "app": str(shared.pk)}).json()
    left_out = ("cycleTime", "previews", "visitsIn", "goals", "apps", "placements")
    assert [answer[name] for name in left_out] == [None] * len(left_out)
    assert answer["funnel"]["visits"] == 1


def test_answer__of_a_platform(admin_client: Client, shared: Any) -> None:
    answer = admin_client.get(URL, {**ONE_DAY, "platform": "wa"}).json()
    assert list(answer["platforms"]) == ["whatsapp"]
    assert answer["matured"]["shares"] == 1


def test_answer__unless_said_otherwise_of_ninety_days_and_a_week(admin_client: Client) -> None:
    answer = admin_client.get(URL).json()
    assert (answer["period"], answer["days"], answer["window"]) == ("Last 90 days", 90, 7)
    of_thirty = admin_client.get(URL, {"days": "7", "window": "30"}).json()
    assert (of_thirty["days"], of_thirty["window"]) == (7, 30)


def test_answer__where_no_day_is_over(admin_client: Client) -> None:
    today = datetime.now(UTC).date().isoformat()
    answer = admin_client.get(URL, {"from": today, "to": today}).json()
    assert answer["matured"] is None
    assert answer["rates"] == dict.fromkeys(RATES, NOTHING)
    assert set(answer["funnel"].values()) == {0}
    assert answer["cycleTime"] is None


@pytest.mark.parametrize(
    "wrong", [{"window": "2"}, {"window": "x"}, {"days": "0"}, {"days": "366"}, {"platform": "no"}]
)
def test_parameters__that_are_wrong(wrong: dict[str, str], admin_client: Client) -> None:
    response = admin_client.get(URL, wrong)
    assert (response.status_code, list(response.json())) == (400, list(wrong))


def test_parameters__that_are_unknown(admin_client: Client) -> None:
    response = admin_client.get(URL, {"limit": "5"})
    assert (response.status_code, response.json()) == (400, {"limit": ["Unknown parameter."]})


def test_parameters__that_are_empty(admin_client: Client) -> None:
    assert admin_client.get(URL, {"window": "", "days": "", "app": ""}).json()["window"] == 7


def test_permissions(client: Client, admin_client: Client) -> None:
    assert client.get(URL).status_code in {401, 403}
    staff = User.objects.create(username="staff", is_staff=True)
    client.force_login(staff)
    assert client.get(URL).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_sharestatistics"))
    answer = client.get(URL)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert admin_client.get(URL).status_code == 200
    User.objects.update(is_staff=False)
    assert client.get(URL).status_code == 403


def test_document__rounds_rates_and_tells_all_parts() -> None:
    rate = Rate(0.123456, 0.0100049, 123.456, 25)
    known = {"value": 0.1235, "low": 0.01, "high": 123.5, "of": 25}
    cascade = Cascade(
        root_id="r", app_id=7, app_name="Chess", platform="x", started_at=NOON, size=31, depth=4,
        structural_virality=2.87654,
    )  # fmt: skip
    cohort = cohort_of(days=1)
    answer = Virality(
        cohort=cohort,
        largest_share_of_visits=1 / 3,
        cycle_time=CycleTime(5400.4, 4100.0, 7000.0, 80, ()),
        apps=[AppTravel(7, "Chess", 90, 70, rate)],
        placements=[PlacementTravel("top", 9_000, 80, 25, rate, rate)],
        cascades=Cascades(NOON, cohort.matured.start, cohort.matured.end, 1, 1, [cascade]),
    )
    of_other_days = replace(answer.cascades, end=cohort.matured.end - timedelta(days=2))
    assert virality_document(replace(answer, cascades=of_other_days))["cascades"] is None
    document = virality_document(answer)
    assert document["largestShareOfVisits"] == 0.3333
    assert document["cycleTime"] == {
        "medianSeconds": 5400, "lowSeconds": 4100, "highSeconds": 7000, "of": 80
    }  # fmt: skip
    assert document["apps"] == [
        {"appId": 7, "appName": "Chess", "shares": 90, "visits": 70, "visitsPerShare": known}
    ]
    assert document["placements"] == {
        "top": {
            "views": 9_000, "shares": 80, "sharesPerThousandViews": known, "visitsPerShare": known
        }
    }  # fmt: skip
    assert document["cascades"] == [
        {
            "rootId": "r", "appId": 7, "appName": "Chess", "platform": "x", "startedAt": NOON,
            "size": 31, "depth": 4, "structuralVirality": 2.877,
        }
    ]  # fmt: skip
