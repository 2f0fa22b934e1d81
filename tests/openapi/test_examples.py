"""An example that the schema itself refuses is worse than none."""

from __future__ import annotations

from typing import Any

import pytest

from django_share_analytics.keys import parse_app_key
from tests.schemas import closed, make_schema

pytest.importorskip("drf_spectacular")


def contents(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Everything that is sent, either way, and of which call."""
    return [
        (operation["operationId"], content)
        for methods in schema["paths"].values()
        for operation in methods.values()
        for each in (operation.get("requestBody", {}), *operation["responses"].values())
        for content in each.get("content", {}).values()
    ]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return make_schema()


def test_examples_are_as_their_schemas_say(schema: dict[str, Any]) -> None:
    from jsonschema import Draft202012Validator

    components = {"schemas": closed(schema["components"]["schemas"])}
    seen = set()
    for call, content in contents(schema):
        for example in content.get("examples", {}).values():
            seen.add(call)
            described = {**content["schema"], "components": components}
            Draft202012Validator(described).validate(example["value"])
    lists_and_files = {"list_shares", "export_shares", "export_share_stats"}
    assert len(seen) == 11 - len(lists_and_files)


def test_keys_in_examples_are_of_the_type_of_the_project(schema: dict[str, Any]) -> None:
    share = schema["paths"]["/api/shares"]["post"]["requestBody"]["content"]["application/json"]
    key = share["examples"]["Short"]["value"]["appId"]
    assert parse_app_key(key) in {key, parse_app_key(str(key))}
    count = schema["paths"]["/api/apps/{app_id}/share-count"]["get"]["responses"]["200"]
    [answer] = count["content"]["application/json"]["examples"].values()
    assert answer["value"]["appId"] == key
