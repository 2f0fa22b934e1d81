from __future__ import annotations

from typing import Any

from wagtail.models import Page

from tests.hosts.real.visits import Visit
from tests.hosts.real.wagtail.models import GamePage


def prepare() -> dict[str, Any]:
    """Two games below a folder, which is a page of another kind."""
    home = Page.objects.get(depth=2)
    folder = home.add_child(instance=Page(title="Games", slug="games"))
    chess = folder.add_child(instance=GamePage(title="Chess", slug="chess"))
    go = home.add_child(instance=GamePage(title="Go", slug="go"))
    return {"chess": chess.pk, "go": go.pk, "folder": folder.pk}


SHARE_CHESS = Visit("POST /api/shares", {"appId": "{chess}", "platform": "whatsapp"}, status=202)
SHARE_GO = Visit("POST /api/shares", {"appId": "{go}", "platform": "copy"}, status=202)
GONE = Visit("GET /api/apps/{chess}/share-count", status=404)
LEFT = Visit("GET /api/admin/shares/stats", json={"totalShares": 1, "totals": {"last7Days": 1}})

VISITS = {
    "a page is shared and counted": [
        Visit("GET /games/chess/", has=('data-app-id="{chess}"', 'id="total">', "/api/shares")),
        SHARE_CHESS,
        Visit("POST /api/shares", "appId={chess}&platform=telegram", status=202),
        Visit("GET /api/apps/{chess}/share-count", json={"appId": "{chess}", "totalShares": 2}),
        Visit("GET /games/chess/", has=("2",)),
    ],
    "a page of another kind is not what is shared": [
        Visit("GET /api/apps/{folder}/share-count", status=404),
        Visit("POST /api/shares", {"appId": "{folder}", "platform": "copy"}, status=202),
        Visit(
            "GET /api/admin/shares/stats",
            by="admin",
            json={"totalShares": 0},
        ),
    ],
    "staff see it in Django's admin": [
        SHARE_CHESS,
        Visit("GET /admin/share_analytics/sharestatistics/", by="admin", has=("Chess",)),
        Visit("GET /admin/share_analytics/share/", has=("Chess",)),
        Visit("GET /admin/wagtail_host/gamepage/", has=("?app={chess}", "Chess", "Go")),
        Visit("GET /admin/wagtail_host/gamepage/{chess}/change/", has=("Share statistics",)),
        Visit(
            "GET /api/admin/shares", json={"results": [{"appId": "{chess}", "appName": "Chess"}]}
        ),
    ],
    "Wagtail's admin deletes a page": [
        SHARE_CHESS,
        SHARE_GO,
        Visit("GET /cms/pages/{chess}/delete/", by="admin", has=("Chess",)),
        Visit("POST /cms/pages/{chess}/delete/", "", status=302),
        GONE,
        LEFT,
    ],
    "Wagtail's admin deletes the folder that it is in": [
        SHARE_CHESS,
        SHARE_GO,
        Visit("POST /cms/pages/{folder}/delete/", "", by="admin", status=302),
        GONE,
        LEFT,
    ],
    "Wagtail's admin moves a page": [
        SHARE_CHESS,
        Visit("POST /cms/pages/{chess}/move/{go}/confirm/", "", by="admin", status=302),
        Visit("GET /api/apps/{chess}/share-count", json={"totalShares": 1}),
    ],
}
