"""Every answer that the tests get from our calls, held against what OpenAPI says of them.

A key that no schema names is a mistake here, and so is a status; a host's middleware and its views
may answer what they like.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import include, path

from django_share_analytics.conf import APP_LABEL

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

PREFIX = "/api"
NOBODY_FORESAW = 500


def make_schema(version: str = "3.1.0", **spectacular: Any) -> dict[str, Any]:
    """The schema of our calls, as a project without any of its own has it."""
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.settings import patched_settings

    patterns = [path(f"{PREFIX[1:]}/", include("django_share_analytics.urls"))]
    with patched_settings({"OAS_VERSION": version, **spectacular}):
        schema: dict[str, Any] = SchemaGenerator(patterns=patterns).get_schema(public=True)
    return json.loads(json.dumps(schema))  # type: ignore[no-any-return] - as others read it


def closed(components: dict[str, Any]) -> dict[str, Any]:
    """The same without room for what they don't name."""
    return {
        name: {"additionalProperties": False, **one} if "properties" in one else one
        for name, one in components.items()
    }


class Description:
    """What the calls may answer, ready to be asked."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.components = {"schemas": closed(schema["components"]["schemas"])}
        self.paths = schema["paths"]
        self.validator_for = lru_cache(maxsize=None)(self._validator_for)
        self.operation_of = lru_cache(maxsize=None)(self._operation_of)

    def _operation_of(self, url_name: str, method: str) -> dict[str, Any] | None:
        from drf_spectacular.generators import EndpointEnumerator

        from django_share_analytics.urls import urlpatterns

        pattern = next(each.pattern for each in urlpatterns if each.name == url_name)
        route = EndpointEnumerator([]).get_path_from_regex(f"{PREFIX}/{pattern}")
        found: dict[str, Any] | None = self.paths[route].get(method)
        return found

    def _validator_for(self, url_name: str, method: str, status: str, kind: str) -> Any:
        from jsonschema import Draft202012Validator

        operation = self.operation_of(url_name, method)
        assert operation is not None
        schema = operation["responses"][status]["content"][kind]["schema"]
        return Draft202012Validator({**schema, "components": self.components})

    def check(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """:raises AssertionError: the answer isn't as it is described."""
        match, method = request.resolver_match, str(request.method).lower()
        assert match is not None
        name = str(match.url_name)
        operation = self.operation_of(name, "get" if method == "head" else method)
        if operation is None:
            return  # another method: Django's answer
        status = str(response.status_code)
        said = f"{method.upper()} {name}: {status}"
        assert status in operation["responses"], f"{said} is not described"
        described = operation["responses"][status]
        for header, one in described.get("headers", {}).items():
            if one.get("required"):
                assert header in response.headers, f"{said} without {header}"
        if method == "head" or "content" not in described:
            return
        kind = response.headers["Content-Type"].partition(";")[0]
        assert kind in described["content"], f"{said} is {kind}"
        if kind == "application/json":
            body = json.loads(response.content)  # type: ignore[attr-defined]
            errors = self.validator_for(name, method, status, kind).iter_errors(body)
            assert not (wrong := [str(error) for error in errors]), f"{said}: {wrong[0]}"


@lru_cache(maxsize=8)
def _description(app_model: str, user_model: str) -> Description:
    """One for each type of key."""
    return Description(make_schema())


def make_description() -> None:
    """Ahead of the tests, of which one may set our settings wrongly."""
    _description(settings.SHARE_ANALYTICS_APP_MODEL, settings.AUTH_USER_MODEL)


def check_answer(request: HttpRequest, response: HttpResponseBase) -> None:
    """Whether what one of our calls answered is what it is said to answer."""
    match = getattr(request, "resolver_match", None)
    is_ours = match and match.app_names[-1:] == [APP_LABEL]
    if is_ours and response.status_code != NOBODY_FORESAW:
        models = settings.SHARE_ANALYTICS_APP_MODEL, settings.AUTH_USER_MODEL
        _description(*models).check(request, response)
