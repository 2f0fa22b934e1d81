"""A site that strangers have filled with what harms, by every way in that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from django_share_analytics.models import SetAside, Share
from django_share_analytics.writing.set_aside import set_payload_aside
from tests.admin.conftest import as_staff, make_staff, record
from tests.attack.addresses import values_of
from tests.gates.conftest import configure

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["as_staff", "configure", "make_staff", "record"]


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.attack.urls"


@pytest.fixture
def stored(app: Any, record: Callable[..., Any]) -> dict[str, Any]:
    """One share and one payload that was set aside; what addresses capture to lead to them."""
    (share,) = record(app)
    set_payload_aside("{}", error=ValueError())
    return values_of(app, share, SetAside.objects.get())


@pytest.fixture
def post(client: Client, app: Any) -> Callable[..., Any]:
    """Posts a share as a script of the site's own does."""

    def post(body: Any = None, **headers: str) -> Any:
        values = body if body is not None else {"appId": str(app.pk), "platform": "copy"}
        return client.post("/api/shares", values, "application/json", headers=headers)

    return post


@pytest.fixture
def with_everything(configure: Callable[..., None]) -> None:
    """What is off unless a site asks for it, and no limit."""
    configure(
        GOALS={"signup": True},
        PLACEMENTS=["top"],
        LINK_COOKIE_SECONDS=3_600,
        IMPRESSION_SAMPLE=1,
        LIMITS=None,
        CROSS_SITE="count",
    )


def shares() -> int:
    return Share.objects.count()
