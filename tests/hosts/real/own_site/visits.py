from __future__ import annotations

from tests.hosts.real.visits import Visit

SHARE = Visit("POST /api/shares", {"appId": "{app}", "platform": "whatsapp"}, status=202)
STATISTICS = "/operations/share_analytics/sharestatistics/"
VIRALITY = "/operations/share_analytics/sharevirality/"
SHARES = "/operations/share_analytics/share/"
APPS = "/operations/uuid_host/app/"

VISITS = {
    "every page leads to others of this site": [
        SHARE,
        Visit(f"GET {STATISTICS}", by="admin", has=(SHARES,)),
        Visit(f"GET {STATISTICS}?app={{app}}", has=(f"{APPS}{{app}}/change/", "Chess")),
        Visit(f"GET {STATISTICS}?export=apps", has=("Chess",)),
        Visit(f"GET {VIRALITY}", has=(STATISTICS,)),
        Visit(f"GET {VIRALITY}?export=platforms", has=("Visits per share",)),
        Visit(f"GET {SHARES}", has=("Chess", f"{SHARES}export/")),
        Visit("GET /operations/share_analytics/setaside/"),
    ],
    "the model's own pages lead to the statistics": [
        SHARE,
        Visit(f"GET {APPS}", by="admin", has=(f"{STATISTICS}?app={{app}}",)),
        Visit(f"GET {APPS}{{app}}/change/", has=(f"{STATISTICS}?app={{app}}",)),
        Visit(f"GET {APPS}{{app}}/delete/", has=("Chess",)),
        Visit(f"POST {APPS}{{app}}/delete/", "post=yes", status=302),
        Visit("GET /api/apps/{app}/share-count", status=404),
    ],
    "who may see nothing of it is told so": [
        Visit(f"GET {STATISTICS}", by="reader", status=302),
    ],
}
