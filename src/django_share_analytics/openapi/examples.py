"""Bodies and answers as they may be."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.db.models import IntegerField, UUIDField
from drf_spectacular.utils import OpenApiExample

from django_share_analytics.keys import app_key_field

CHESS, MAPS = "CHESS", "MAPS"
"""Stand for the keys of apps, which have another type in each project."""
UUID_KEYS = {
    CHESS: "0b6e7c0a-4f3c-4f43-9d7c-6b0f1f0f5a11",
    MAPS: "9d2f1c1e-7d36-4c39-8b55-0d4b0f4f2b27",
}
INTEGER_KEYS = {CHESS: 42, MAPS: 7}
TEXT_KEYS = {CHESS: "games/chess", MAPS: "maps"}
SHARE_ID = "01933f2e-6f6c-7b1e-8f5d-1c2d3e4f5a6b"
REACH = {
    "shares": 1234,
    "previews": 600,
    "clicks": 900,
    "visits": 700,
    "reached": 420,
    "reshares": 80,
    "forwarded": 61,
    "conversions": 12,
}


def _asked(value: dict[str, Any], name: str = "request") -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True)


def _answered(value: dict[str, Any], *, status: int = 200, name: str = "answer") -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=[status])


def with_keys_of_this_project(example: OpenApiExample) -> OpenApiExample:
    """The same, with keys of the type that the shared model has."""
    field = app_key_field()
    keys: dict[str, Any] = UUID_KEYS if isinstance(field, UUIDField) else TEXT_KEYS
    changed = copy(example)
    changed.value = _replaced(
        example.value, INTEGER_KEYS if isinstance(field, IntegerField) else keys
    )
    return changed


def _replaced(value: Any, keys: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(each, keys) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, keys) for each in value]
    if isinstance(value, str) and value.endswith(f"/{CHESS}"):
        return value.replace(CHESS, str(keys[CHESS]))
    return keys.get(value, value) if isinstance(value, str) else value


def _rate(value: float | None, low: float | None, high: float | None, of: int) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "of": of}


NEW_SHARE_EXAMPLES = (
    _asked({"appId": CHESS, "platform": "whatsapp"}, "short"),
    _asked(
        {
            "appId": CHESS,
            "platform": "whatsapp",
            "id": SHARE_ID,
            "sessionId": "k3",
            "via": "02wQXVJSf24F7PICYQbrdj",
        },
        "with an id",
    ),
    _answered({"id": SHARE_ID}, status=202),
    _answered(
        {"id": SHARE_ID, "link": f"https://you.example/s/02xG6ZzMZkUoNDYjqyBDZN/{CHESS}"},
        status=202,
        name="with a link",
    ),
)
VISIT_EXAMPLES = (_asked({"appId": CHESS}), _answered({}, status=202))
CONVERSION_EXAMPLES = (_asked({"goal": "signup"}), _answered({}, status=202))
IMPRESSIONS_EXAMPLES = (
    _asked({"placements": ["top", "bottom"], "id": SHARE_ID, "sample": 20}),
    _answered({}, status=202),
)
SHARE_COUNT_EXAMPLES = (
    _answered(
        {"appId": CHESS, "totalShares": 73, "byPlatform": {"whatsapp": 61, "twitter": 12}},
    ),
)
SHARE_COUNTS_EXAMPLES = (
    _answered(
        {
            "counts": [
                {"appId": CHESS, "totalShares": 73, "byPlatform": {"whatsapp": 61, "twitter": 12}},
                {"appId": MAPS, "totalShares": 0, "byPlatform": {}},
            ]
        }
    ),
)
STATISTICS_EXAMPLES = (
    _answered(
        {
            "period": "Last 2 days",
            "days": 2,
            "from": "2026-11-21",
            "to": "2026-11-22",
            "timeZone": "Asia/Riyadh",
            "totalShares": 99,
            "previous": {
                "totalShares": 80,
                "change": 0.2375,
                "from": "2026-11-19",
                "to": "2026-11-20",
                "comparedTotal": 99,
                "comparedFrom": "2026-11-21T00:00:00+03:00",
                "comparedUntil": "2026-11-22T18:00:00+03:00",
            },
            "totals": {"last7Days": 300, "last30Days": 1234, "last90Days": 4000},
            "mostSharedApps": [{"appId": CHESS, "appName": "Chess", "shareCount": 99}],
            "risingApps": [
                {
                    "appId": MAPS,
                    "appName": "Maps",
                    "shareCount": 60,
                    "previousCount": 20,
                    "change": 2.0,
                }
            ],
            "platformStats": {"whatsapp": 70, "facebook": 29},
            "dailyShares": [
                {"date": "2026-11-21", "count": 58},
                {"date": "2026-11-22", "count": 41},
            ],
            "hourlyShares": [{"hour": "2026-11-21T00:00:00+03:00", "count": 7}],
        }
    ),
)
TRAVEL = {"shares": 700, "visits": 500, "visitsPerShare": _rate(0.7143, 0.6044, 0.8442, 500)}
VIRALITY_EXAMPLES = (
    _answered(
        {
            "period": "Last 90 days",
            "days": 90,
            "from": "2026-08-25",
            "to": "2026-11-22",
            "timeZone": "Asia/Riyadh",
            "window": 7,
            "matured": {"from": "2026-08-17", "to": "2026-11-14", "shares": 1234},
            "funnel": REACH,
            "rates": {
                "activeShares": _rate(0.3404, 0.3121, 0.3698, 420),
                "clicksPerShare": _rate(0.7293, 0.6512, 0.8168, 900),
                "visitsPerShare": _rate(0.5673, 0.4957, 0.6492, 700),
                "reshareRate": _rate(0.1143, 0.0902, 0.1448, 80),
                "reproduction": _rate(0.06483, 0.04984, 0.08433, 80),
                "conversionsPer100Shares": _rate(None, None, 1.699, 12),
            },
            "multiplier": 1.069,
            "largestShareOfVisits": 0.12,
            "cycleTime": {
                "medianSeconds": 5400,
                "lowSeconds": 4100,
                "highSeconds": 7000,
                "of": 80,
            },
            "platforms": {"whatsapp": TRAVEL},
            "previews": {"whatsapp": 400},
            "visitsIn": {"instagram": 50},
            "goals": {"signup": 12},
            "apps": [{"appId": CHESS, "appName": "Chess", **TRAVEL}],
            "placements": {
                "top": {
                    "views": 9000,
                    "shares": 80,
                    "sharesPerThousandViews": _rate(8.889, 7.1, 11.13, 80),
                    "visitsPerShare": _rate(0.7143, 0.6044, 0.8442, 57),
                }
            },
            "cascades": [
                {
                    "rootId": SHARE_ID,
                    "appId": CHESS,
                    "appName": "Chess",
                    "platform": "whatsapp",
                    "startedAt": "2026-09-01T10:00:00+03:00",
                    "size": 31,
                    "depth": 4,
                    "structuralVirality": 2.9,
                }
            ],
        }
    ),
)
