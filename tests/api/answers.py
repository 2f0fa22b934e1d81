"""Makes every call, and prints what came back. A program: settings are read once in a process."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

APP_ID = 7
SHARE_ID = "0190a0a0-0000-7000-8000-000000000001"
DAYS = "from=2026-03-09&to=2026-03-11"
READ = [
    f"apps/{APP_ID}/share-count",
    "apps/8/share-count",
    f"apps/share-counts?ids={APP_ID},8",
    "apps/share-counts",
]
FOR_STAFF = [
    f"admin/shares/stats?{DAYS}",
    f"admin/shares/stats?{DAYS}&platform=x&app={APP_ID}&limit=3",
    "admin/shares/stats?from=2026-03-10&to=2026-03-10&platform=wa",
    f"admin/shares/virality?{DAYS}&window=30",
    f"admin/shares/virality?{DAYS}&platform=wa&app={APP_ID}",
    "admin/shares",
    "admin/shares?limit=1",
    f"admin/shares?{DAYS}&platform=whats",
    f"admin/shares?{DAYS}&platform=whatsapp&app={APP_ID}&session=s-1",
    f"admin/shares/export?{DAYS}",
    f"admin/shares/stats/export?table=daily&{DAYS}",
    f"admin/shares/stats/export?table=apps&{DAYS}",
]
WRONG = [
    "admin/shares/stats?from=11/03/2026&to=11/03/2026",
    "admin/shares/stats?days=many",
    "admin/shares/stats?days=7&from=2026-03-09",
    "admin/shares/virality?window=2",
    "admin/shares?from=11/03/2026",
    "admin/shares?limit=0",
    "admin/shares?cursor=x",
    "admin/shares/stats/export?table=none",
]
BODIES: list[Any] = [
    {"appId": APP_ID, "platform": "x", "id": SHARE_ID, "sessionId": "s-2"},
    {"appId": APP_ID, "platform": "x", "id": SHARE_ID},
    {"appId": "seven", "platform": "none", "id": 5, "via": "-", "more": 1},
    {"appId": APP_ID, "platform": "none"},
    [],
    None,
]
TELLING = ("Content-Type", "Allow", "Share-Filtered", "Cache-Control", "WWW-Authenticate", "Vary")


def say(response: Any) -> dict[str, Any]:
    body = b"".join(response) if response.streaming else response.content
    headers = {name: response[name] for name in TELLING if name in response}
    return {"status": response.status_code, "headers": headers, "body": body.decode()}


def answers() -> dict[str, Any]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    get_user_model().objects.create_superuser("staff", password="staff")
    staff, stranger = Client(), Client()
    staff.login(username="staff", password="staff")
    said = {}
    for call in [*READ, *FOR_STAFF, *WRONG]:
        said[f"GET {call}"] = say(staff.get(f"/api/{call}", headers={"accept": "text/html"}))
        said[f"OPTIONS {call}"] = say(staff.options(f"/api/{call}"))
        said[f"POST {call}"] = say(staff.post(f"/api/{call}", {"a": "b"}, "application/json"))
        said[f"GET by a stranger {call}"] = say(stranger.get(f"/api/{call}"))
    for body in BODIES:
        for client in (staff, stranger):
            answer = say(client.post("/api/shares", json.dumps(body), "application/json"))
            said[f"POST shares {body} {client is staff}"] = answer
    said["OPTIONS shares"] = say(stranger.options("/api/shares"))
    return said


def record() -> None:
    from django.apps import apps
    from django.conf import settings

    from django_share_analytics.writing.writer import write_shares
    from tests.factories import NOON, event

    model = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
    app = model._default_manager.create(pk=APP_ID, name="Chess \u0634")
    shares = [("twitter", {}), ("whatsapp", {"session_id": "s-1"}), ("whatsapp", {})]
    for minute, (platform, values) in enumerate(shares):
        write_shares([event(app, platform, NOON + timedelta(minutes=minute), **values)])


def main() -> None:
    os.environ.update(TEST_DATABASE="sqlite", TEST_APP_KEY="int")
    import django
    from django.test.utils import get_runner, override_settings, setup_test_environment

    django.setup()
    from django.conf import settings

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    with override_settings(SHARE_ANALYTICS=dict(settings.SHARE_ANALYTICS)):
        record()
        print(json.dumps(answers()))
    runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
