from __future__ import annotations

import datetime

from tests.hosts.real.visits import Visit

TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=3))).date()
"""Of the time zone of the project."""
JSON = {"content-type": "application/json"}
SHARE = Visit(
    "POST /api/shares", {"appId": "{app}", "platform": "whatsapp"}, status=202, headers=JSON
)
COUNT = "/api/apps/{app}/share-count"

VISITS = {
    "anybody shares, and anybody sees the count": [
        SHARE,
        Visit("POST /api/shares", "appId={app}&platform=telegram", status=202),
        Visit(
            f"GET {COUNT}",
            json={
                "appId": "{app}",
                "totalShares": 2,
                "byPlatform": {"whatsapp": 1, "telegram": 1},
            },
            headers=JSON,
        ),
        Visit("GET /api/apps/share-counts?ids={app}", json={"counts": [{"totalShares": 2}]}),
        Visit(f"GET {COUNT}?as=host", json={"totalShares": 2}),
        Visit(f"GET {COUNT}", request_headers={"accept": "text/html"}, json={"totalShares": 2}),
    ],
    "errors are ours": [
        Visit("POST /api/shares", {"appId": "{app}"}, status=400, has=('"platform":',)),
        Visit("POST /api/shares", {"appId": "{app}", "platform": "fax"}, status=400),
        Visit("POST /api/shares", ["no", "object"], status=400, lacks=("everything",)),
        Visit("GET /api/shares", status=405),
        Visit("GET /api/apps/00000000-0000-4000-8000-000000000000/share-count", status=404),
        Visit("GET /api/admin/shares/stats", status=403),
        Visit("GET /api/admin/shares", by="reader", status=403),
    ],
    "staff get what is documented": [
        SHARE,
        SHARE,
        Visit(
            f"GET /api/admin/shares/stats?from={TODAY}&to={TODAY}",
            by="admin",
            json={"from": str(TODAY), "to": str(TODAY), "totalShares": 2},
            headers=JSON,
        ),
        Visit("GET /api/admin/shares/stats?days=7", json={"days": 7, "totalShares": 2}),
        Visit("GET /api/admin/shares/stats?days=400", status=400),
        Visit(f"GET /api/admin/shares/stats?from={TODAY:%d/%m/%Y}", status=400),
        Visit("GET /api/admin/shares", json={"next": None, "results": [{}, {}]}, headers=JSON),
        Visit(f"GET /api/admin/shares?from={TODAY}", json={"results": [{}, {}]}),
        Visit("GET /api/admin/shares?platform=whatsapp", json={"results": [{}, {}]}),
        Visit("GET /api/admin/shares?platform=telegram", json={"results": []}),
        Visit("GET /api/admin/shares/export", has=("Chess", "whatsapp")),
        Visit("GET /api/admin/shares/stats/export?table=daily", has=(str(TODAY),)),
    ],
    "times are written as documented": [
        SHARE,
        Visit("GET /api/admin/shares", by="admin", has=(f'"timestamp":"{TODAY.year}-',)),
    ],
}
