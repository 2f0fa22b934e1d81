from __future__ import annotations

from typing import Any

from oscar.test.factories import create_product

from tests.hosts.real.visits import Visit


def prepare() -> dict[str, Any]:
    chess, go = create_product(title="Chess"), create_product(title="Go")
    return {"chess": chess.pk, "go": go.pk, "page": chess.get_absolute_url()}


SHARE_CHESS = Visit("POST /api/shares", {"appId": "{chess}", "platform": "whatsapp"}, status=202)
SHARE_GO = Visit("POST /api/shares", {"appId": "{go}", "platform": "copy"}, status=202)

VISITS = {
    "a product is shared and counted": [
        Visit("GET {page}", has=('data-app-id="{chess}"', "/api/shares")),
        SHARE_CHESS,
        SHARE_CHESS,
        SHARE_GO,
        Visit("GET /api/apps/{chess}/share-count", json={"totalShares": 2}),
        Visit(
            "GET /api/apps/share-counts?ids={go},{chess}",
            json={"counts": [{"appId": "{go}", "totalShares": 1}, {"totalShares": 2}]},
        ),
    ],
    "staff see it in Django's admin": [
        SHARE_CHESS,
        Visit("GET /admin/share_analytics/sharestatistics/", by="admin", has=("Chess",)),
        Visit("GET /admin/share_analytics/share/", has=("Chess",)),
        Visit(
            "GET /api/admin/shares", json={"results": [{"appId": "{chess}", "appName": "Chess"}]}
        ),
    ],
    "the shop's dashboard deletes a product": [
        SHARE_CHESS,
        SHARE_GO,
        Visit("POST /dashboard/catalogue/products/{chess}/delete/", "", by="admin", status=302),
        Visit("GET /api/apps/{chess}/share-count", status=404),
        Visit("GET /api/admin/shares/stats", json={"totalShares": 1, "platformStats": {"copy": 1}}),
    ],
}
