"""What the HTTP calls say of themselves, held against what they do, by schemathesis.

``FUZZ_CASES`` is how many requests are made in all, ``FUZZ_SEED`` (each run says its own) makes the
same ones again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, assume, given, seed, settings

from django_share_analytics.api.bodies import FORM_TYPES
from django_share_analytics.writing.writer import write_shares
from tests.factories import event
from tests.fuzz import SEED, cases_for
from tests.fuzz.narrowed import PLACEMENTS, SAMPLE, narrowed_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.once, pytest.mark.django_db]
CALLS = (
    ("POST", "/api/shares"),
    ("POST", "/api/shares/impressions"),
    ("POST", "/api/shares/{code}/visits"),
    ("POST", "/api/shares/{code}/conversions"),
    ("GET", "/api/apps/share-counts"),
    ("GET", "/api/apps/{app_id}/share-count"),
    ("GET", "/api/admin/shares"),
    ("GET", "/api/admin/shares/export"),
    ("GET", "/api/admin/shares/stats"),
    ("GET", "/api/admin/shares/stats/export"),
    ("GET", "/api/admin/shares/virality"),
    ("GET", "/s/{code}/{app_id}"),
    ("GET", "/s/qr/{code}/{app_id}"),
)
EMPTY_PARAMETER = re.compile(r"=(&|$)")


@pytest.fixture(autouse=True)
def _the_connection_stays() -> Iterator[None]:
    """As under Django's own test client: that of the test is no server's to close."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def schema(make_app: Callable[..., Any], settings: Any) -> Any:
    """The description, with keys of the type that the tests run with and of apps that are there."""
    schemathesis = pytest.importorskip("schemathesis")
    pytest.importorskip("drf_spectacular")
    if django_settings.APP_KEY != "uuid":
        pytest.skip("Any text is a key; and 7.0 is an integer of JSON Schema, which no key is.")
    settings.ROOT_URLCONF = "tests.redirects.urls"
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PLACEMENTS": PLACEMENTS,
        "IMPRESSION_SAMPLE": SAMPLE,
        "GOALS": {"signup": True},
    }
    apps = [make_app() for _ in range(3)]
    write_shares([event(app, name) for app in apps for name in ("whatsapp", "copy")])
    loaded = schemathesis.openapi.from_dict(narrowed_schema([str(app.pk) for app in apps]))
    loaded.app = get_wsgi_application()
    return loaded


def log_in(schema: Any, user: Any) -> None:
    """What needs a session gets one of ``user``, but where it is tried without."""
    browser = Client()
    browser.force_login(user)
    session = browser.cookies[django_settings.SESSION_COOKIE_NAME].value

    @schema.auth()
    class Session:
        def get(self, case: Any, context: Any) -> str:
            return session

        def set(self, case: Any, data: str, context: Any) -> None:
            if "/admin/" in case.path:
                case.cookies = {**(case.cookies or {}), "sessionid": data}


def sent_pairs(request: Any) -> str:
    """The parameters of a request, and the fields of its form."""
    is_form = request.headers.get("Content-Type") == FORM_TYPES[0]
    body = request.body or b""
    form = body.decode("latin-1") if isinstance(body, bytes) else str(body)
    return f"{request.url}&{form}" if is_form else str(request.url)


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_the_call_is_as_it_is_described(
    method: str, path: str, mode: str, schema: Any, admin_user: Any
) -> None:
    from schemathesis import GenerationMode

    log_in(schema, admin_user)
    call = schema[path][method]

    @seed(SEED)
    @settings(
        max_examples=cases_for(2 * len(CALLS)),
        suppress_health_check=list(HealthCheck),
        derandomize=False,
        database=None,
    )
    @given(case=call.as_strategy(generation_mode=GenerationMode(mode)))
    def ask(case: Any) -> None:
        answer = case.call()
        assume(not EMPTY_PARAMETER.search(sent_pairs(answer.request)))  # as one that is absent
        case.validate_response(answer)

    ask()
