"""No value becomes a part of a statement: whatever is asked for, the answer is of what is there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from django_share_analytics.conf import reporting_zone
from django_share_analytics.events import utc_now
from django_share_analytics.models import Share
from django_share_analytics.periods import local_day
from django_share_analytics.tracking import track_share
from tests.attack.addresses import address
from tests.attack.hostile import SQL
from tests.attack.test_html import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

FINE = {200, 302, 400, 404}


@pytest.mark.parametrize("name", [name for name in PARAMETERS if name != "page"])
def test_parameters__are_values(name: str, admin_client: Client, stored: dict[str, Any]) -> None:
    """Of each filter, some alone and all at once; none is an error of the database's."""
    for parameter in PARAMETERS[name].split():
        for text in (*SQL[:4], " ".join(SQL)):
            response = admin_client.get(address(name, stored), {parameter: text})
            if response.streaming:
                b"".join(response)
            assert response.status_code in FINE, (parameter, text)
    assert Share.objects.count() == 1


def test_filters__find_what_is_there_and_nothing_more(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    """A share with such a session is found by it, and by no other."""
    app = make_app()
    found = {}
    for text in SQL:
        (found[text],) = record(app, session_id=text[:64], user_agent=text, referrer_url=text)
    where = reverse("admin:share_analytics_share_changelist")
    today = local_day(utc_now(), reporting_zone()).isoformat()
    for text in ("'", "%' OR '%'='", "' OR '1'='1", "\\"):
        response = admin_client.get(where, {"q": text, "from": today, "to": today})
        assert response.status_code == 200
        shown = {share.pk for share in response.context["cl"].result_list}
        assert shown == {found[text].id}, text


def test_values__are_stored_as_they_are(app: Any) -> None:
    for text in SQL:
        track_share(app, "copy", session_id=text[:64], user_agent=text, referrer_url=text)
    rows = set(Share.objects.values_list("session_id", "user_agent", "referrer_url"))
    sessions = {session for session, _, _ in rows}
    assert {text[:64] for text in SQL} <= sessions | {"\xbf'"}
    assert len(rows) == len(SQL)


def test_keys__are_values(client: Client, stored: dict[str, Any]) -> None:
    """Of apps and links, in the path."""
    began = time.monotonic()
    for text in SQL:
        answer = client.get("/api/apps/share-counts", {"ids": text})
        assert answer.status_code in FINE
        assert client.get(f"/s/x/{text}").status_code in {404, 302}
    assert time.monotonic() - began < 9, "nobody slept"
