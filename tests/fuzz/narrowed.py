"""Our schema with what no schema says: which keys this database has, what belongs together, and
what is taken beside what is asked for."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from django_share_analytics.api.bodies import FORM_TYPES
from tests.schemas import closed, make_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE = 20
PLACEMENTS = ["top", "bottom"]
STAYS_TEXT = {"type": "string", "pattern": "^[^\\u0000]*$"}
UUID_KEY = {"type": "string", "format": "uuid"}
# Of a version that there is, and written as everyone does.
CLIENT_ID = {
    "type": ["string", "null"],
    "format": "uuid",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-7][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
}
TEXT = {"schema": {"type": "string"}}
LATER = {"description": "The database is away."}
NO_APP = {"description": "No app has this key, or the code is none."}
PAGES = {
    "/s/{code}/{app_id}": {
        "302": {
            "description": "To the app's page.",
            "headers": {name: {"required": True, **TEXT} for name in ("Location", "Cache-Control")},
        },
    },
    "/s/qr/{code}/{app_id}": {
        "200": {"description": "The picture.", "content": {"image/svg+xml": TEXT}},
    },
}
"""What people ask for: no calls of an API, so that no schema of a project has them."""


def narrowed_schema(keys: Sequence[str]) -> dict[str, Any]:
    """The schema for a database that has the apps with these ``keys``, and no others."""
    schema = make_schema()
    any_key = {"anyOf": [{"enum": list(keys)}, UUID_KEY]}
    schemas = schema["components"]["schemas"] = closed(schema["components"]["schemas"])
    _narrow_bodies(schemas, any_key)
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            _narrow_forms(operation, schemas)
            _narrow_parameters(path, operation, keys, any_key)
    by_code = schema["paths"]["/api/shares/{code}/visits"]["post"]["parameters"]
    by_app = schema["paths"]["/api/apps/{app_id}/share-count"]["get"]["parameters"]
    parameters = [one for one in by_code + by_app if one["in"] == "path"]
    for path, answers in PAGES.items():
        responses = {**deepcopy(answers), "404": NO_APP, "503": LATER}
        schema["paths"][path] = {"get": {"parameters": parameters, "responses": responses}}
    # A key that is no address at all gets the site's own page.
    count = schema["paths"]["/api/apps/{app_id}/share-count"]["get"]
    count["responses"]["404"]["content"]["text/html"] = TEXT
    return schema


def _narrow_bodies(schemas: dict[str, Any], any_key: dict[str, Any]) -> None:
    for name in ("NewShare", "Visit", "Conversion", "Impressions"):
        properties = schemas[f"ShareAnalytics{name}"]["properties"]
        properties["id"] = CLIENT_ID
        if "appId" in properties:
            properties["appId"] = any_key
    share = schemas["ShareAnalyticsNewShare"]["properties"]
    share["via"] = {}  # whatever it is: it names a share, or none
    share["sessionId"] = {**STAYS_TEXT, "type": ["string", "number", "null"], "maxLength": 100}
    share["placement"] = {"enum": [*PLACEMENTS, "", None]}
    impressions = schemas["ShareAnalyticsImpressions"]["properties"]
    impressions["placements"] |= {"items": {}, "maxItems": 20, "contains": {"enum": PLACEMENTS}}
    impressions["sample"] = {"enum": [SAMPLE, None]}


def _narrow_forms(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """As the bodies of JSON are narrowed, but all that a form has is text."""
    contents = operation.get("requestBody", {}).get("content", {})
    for kind in contents.keys() & set(FORM_TYPES):
        name = contents[kind]["schema"]["$ref"].rpartition("/")[2]
        if "placements" in schemas[name]["properties"]:
            del contents[kind]  # of several values in a form the last one counts, or all
        else:
            schemas[name] = _without_nulls(deepcopy(schemas[name.removesuffix("Form")]))


def _without_nulls(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_nulls(one) for one in schema if one not in ("null", None)]
    if isinstance(schema, dict):
        return {name: _without_nulls(one) for name, one in schema.items()}
    return schema


def _narrow_parameters(
    path: str, operation: dict[str, Any], keys: Sequence[str], any_key: dict[str, Any]
) -> None:
    lists_shares = path in {"/api/admin/shares", "/api/admin/shares/export"}
    day = {"type": "string", "format": "date", "pattern": "^20[0-2][0-9]-"}
    narrower = {
        "app": any_key if lists_shares else {"enum": list(keys)},
        "app_id": any_key,
        "from": day if lists_shares else None,
        "to": None,  # comes with from, which comes before it
        "session": None,  # comes with both
        "cursor": None,  # is that of an answer
        "table": {"enum": ["daily", "platforms", "apps", "rising"]},  # hourly: not of all days
        "user": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
        # Keys and commas. What can be no key is left out, as no app has it.
        "ids": {
            "anyOf": [{"enum": [",".join(keys), keys[0]]}, {"type": "string", "pattern": "[^,]"}]
        },
        "id": None,  # one of the two is needed
        **({"platform": STAYS_TEXT} if lists_shares else {}),
    }
    parameters = operation.get("parameters", [])
    for one in parameters:
        one["schema"] = narrower.get(one["name"], one["schema"])
        one["required"] = one.get("required", False) or one["name"] == "ids"
    operation["parameters"] = [one for one in parameters if one["schema"] is not None]
