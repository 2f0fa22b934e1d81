"""With ``PUBLIC_APPS``, no call tells a stranger that a draft is there: see ``WHO_READS`` for which
there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from django_share_analytics.events import new_id
from django_share_analytics.links.codes import code_of
from tests.attack.addresses import address, names

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.once, pytest.mark.django_db]

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
OPEN = [name for name in names() if not name.startswith("admin:") and ":admin-" not in name]


@pytest.fixture
def keys(
    make_app: Callable[..., Any], record: Callable[..., Any], unknown_key: Any,
    configure: Callable[..., None], with_everything: None,
) -> dict[str, Any]:  # fmt: skip
    """A draft that was shared, and a key that no app has."""
    draft = make_app("Draft")
    record(draft, 3)
    configure(PUBLIC_APPS="tests.public_apps.named_public")
    return {"draft": draft.pk, "unknown": unknown_key}


def answer(method: str, name: str, key: Any, code: str) -> tuple[Any, ...]:
    """All that a stranger sees, and how long it takes: as many queries of the same form."""
    where = address(name, {"key": str(key), "app_id": str(key), "code": code})
    where += f"?ids={key}" if name.endswith("counts") else ""
    body = {"appId": str(key), "platform": "copy", "id": str(new_id())}
    if name.endswith("visits"):
        del body["platform"]
    elif name.endswith("conversions"):
        body = {"appId": str(key), "goal": "signup"}
    with CaptureQueriesContext(connection) as queries:
        sent = (body, "application/json") if method == "post" else ()
        response = getattr(Client(), method)(where, *sent, headers={"user-agent": BROWSER})
    seen = response.content.decode().replace(body.get("id", "-"), "ID").replace(where, "WHERE")
    headers = {key: value for key, value in response.items() if key != "ETag"}
    if method == "post" and response.status_code == 202:
        return response.status_code, headers, len(seen) - len(str(key)) * seen.count(str(key))
    is_here = len(queries) if method != "post" else 0  # what a worker writes, nobody waits for
    return response.status_code, headers, seen.replace(str(key), "KEY"), is_here


@pytest.mark.parametrize("name", OPEN)
def test_draft__is_answered_as_what_is_not_there(name: str, keys: dict[str, Any]) -> None:
    code = code_of(new_id())
    for method in ("get", "head", "post", "options"):
        said = {kind: answer(method, name, key, code) for kind, key in keys.items()}
        assert said["draft"] == said["unknown"], method


def test_link__of_a_draft_leads_nowhere(client: Client, keys: dict[str, Any]) -> None:
    for name in ("share_links:link", "share_links:qr"):
        where = address(name, {"key": str(keys["draft"]), "code": code_of(new_id())})
        assert client.get(where).status_code == 404


def test_counts__leave_drafts_out(client: Client, keys: dict[str, Any]) -> None:
    asked = client.get("/api/apps/share-counts", {"ids": ",".join(map(str, keys.values()))})
    assert asked.json() == {"counts": []}


def test_shares__of_others_can_not_be_looked_up(
    client: Client, stored: dict[str, Any], with_everything: None, configure: Callable[..., None]
) -> None:
    """A code that is some share's is answered as one that is none's: ids are not confirmed."""
    configure(PUBLIC_APPS="tests.public_apps.named_public")
    for call, body in (("visits", {"appId": stored["key"]}), ("conversions", {"goal": "signup"})):
        there, made_up = (
            client.post(f"/api/shares/{code}/{call}", body, "application/json")
            for code in (stored["code"], code_of(new_id()))
        )
        assert there.status_code == made_up.status_code == 202
        assert len(there.content) == len(made_up.content)
        assert {*there.headers} == {*made_up.headers}
