"""What holds every answer of the tests against the schema would notice if one were another."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory

from tests.schemas import check_answer

pytest.importorskip("drf_spectacular")

pytestmark = pytest.mark.once
DETAIL = {"detail": "no"}
COUNT = {"appId": "0b6e7c0a-4f3c-4f43-9d7c-6b0f1f0f5a11", "totalShares": 1, "byPlatform": {"x": 1}}
KEPT = {"ETag": '"1"', "Cache-Control": "public, max-age=600"}


def check(
    response: HttpResponse, *, name: str = "share-count", app: str = "share_analytics"
) -> None:
    request: Any = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(url_name=name, app_names=[app])
    check_answer(request, response)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (JsonResponse(DETAIL, status=402), "402 is not described"),
        (JsonResponse(COUNT, headers={"ETag": '"1"'}), "200 without Cache-Control"),
        (HttpResponse("{}", headers=KEPT), "200 is text/html"),
        (JsonResponse({**COUNT, "more": 1}, headers=KEPT), "'more' was unexpected"),
        (JsonResponse({"appId": COUNT["appId"]}, headers=KEPT), "is a required property"),
        (JsonResponse({**COUNT, "totalShares": -1}, headers=KEPT), "less than the minimum"),
        (JsonResponse({**COUNT, "byPlatform": {"x": "1"}}, headers=KEPT), "not of type 'integer'"),
        (JsonResponse({}, status=404), "'detail' is a required property"),
    ],
)
def test_check_answer__of_another_one(response: HttpResponse, says: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(says)):
        check(response)


def test_check_answer__as_described() -> None:
    check(JsonResponse(COUNT, headers=KEPT))
    check(JsonResponse(DETAIL, status=404))
    check(HttpResponse(status=304, headers=KEPT))


def test_check_answer__of_others_is_none_of_its_business() -> None:
    check(JsonResponse(DETAIL, status=402), app="shop")


def test_answers_of_all_tests_are_checked(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django_share_analytics.api.views import ShareCountsView

    monkeypatch.setattr(ShareCountsView, "get", lambda *args, **kwargs: JsonResponse(DETAIL))
    with pytest.raises(AssertionError, match="without ETag"):
        client.get("/api/apps/share-counts")
