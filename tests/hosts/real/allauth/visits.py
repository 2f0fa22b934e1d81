from __future__ import annotations

from typing import Any

from tests.hosts.real.visits import Visit, user_of
from tests.hosts.uuid_host.models import App

PAGES = {"origin": "http://testserver"}
"""What a browser says of a request that a page of this site makes."""


def prepare() -> dict[str, Any]:
    return {"app": App.objects.create(name="Chess").pk, "ada": user_of("ada").pk}


def share(**headers: str) -> Visit:
    sends = {"appId": "{app}", "platform": "whatsapp"}
    return Visit("POST /api/shares", sends, status=202, request_headers=headers)


def log_in(password: str, status: int) -> Visit:
    form = f"login=ada@example.org&password={password}"
    return Visit("POST /accounts/login/", form, status=status)


BY_ADA = Visit("GET /api/admin/shares", by="admin", json={"results": [{"userId": "{ada}"}]})
BY_NOBODY = Visit("GET /api/admin/shares", by="admin", json={"results": [{"userId": None}]})
BY_NO_ONE_AT_ALL = Visit("GET /api/admin/shares", by="admin", lacks=("appId",))

VISITS = {
    "who has logged in shares under their own key": [
        log_in("secret", 302),
        share(**PAGES),
        BY_ADA,
        Visit("GET /admin/share_analytics/share/", has=("ada@example.org",)),
        Visit("GET /admin/share_analytics/share/?user={ada}", has=("Chess", "ada@example.org")),
        Visit("GET /admin/share_analytics/share/?user=ada@example.org", has=("Chess",)),
        Visit(
            "GET /admin/share_analytics/share/?user=nobody@example.org", lacks=("field-shared_at",)
        ),
        Visit("GET /api/admin/shares?user={ada}", json={"results": [{"appName": "Chess"}]}),
        Visit("GET /api/admin/shares/export", has=("{ada}",)),
    ],
    "who has not shares as nobody": [log_in("wrong", 200), share(**PAGES), BY_NOBODY],
    "what says nothing of a page shares as nobody": [
        log_in("secret", 302),
        share(),
        BY_NOBODY,
    ],
    "another site's page shares nothing": [
        log_in("secret", 302),
        share(origin="https://evil.example"),
        BY_NO_ONE_AT_ALL,
    ],
    "who has logged out shares as nobody": [
        log_in("secret", 302),
        Visit("POST /accounts/logout/", "", status=302),
        share(**PAGES),
        BY_NOBODY,
    ],
    "who signs up shares under the new key": [
        Visit("POST /accounts/signup/", "email=bea@example.org&password1=v3ry-secret", status=302),
        share(**PAGES),
        Visit("GET /admin/share_analytics/share/", by="admin", has=("bea@example.org",)),
    ],
}
