from __future__ import annotations

import pytest

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.testing import capture_shares

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Safari/537.36"
)


AS_A_BROWSER = {"user-agent": BROWSER, "sec-fetch-dest": "document"}
"""What a browser says that is told to open an address."""


@pytest.fixture(autouse=True)
def _links_are_on(settings):
    settings.ROOT_URLCONF = "tests.redirects.urls"


@pytest.fixture
def events():
    """What was seen, and handed to the dispatcher."""
    with capture_shares():
        yield dispatchers["default"].events


@pytest.fixture
def ask(client):
    """Asks for an address as a browser does that is told to open it."""

    def ask(address, method="get", **headers):
        headers = {**AS_A_BROWSER, **headers}
        return getattr(client, method)(address, headers=headers)

    return ask
