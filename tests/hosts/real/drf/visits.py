from __future__ import annotations

from tests.hosts.real.visits import Visit

VISITS = {
    "anybody shares, and anybody sees the count": [
        Visit("POST /api/shares", {"appId": "{app}", "platform": "whatsapp"}, status=202),
        Visit(
            "GET /api/apps/{app}/share-count",
            json={"totalShares": 1, "byPlatform": {"whatsapp": 1}},
        ),
    ],
}
