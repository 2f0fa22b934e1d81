"""What the page of the HTTP calls says of parameters, bodies and answers: from the schema that a
project with drf-spectacular gets. The schema itself is in the site, too, as openapi.yaml."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.settings import patched_settings
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from django_share_analytics.openapi import extensions  # noqa: F401 - drf-spectacular finds them

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils.nodes import Node
    from sphinx.application import Sphinx

OFTEN_SEEN = {"Cache-Control", "If-None-Match"}


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """That of a project with numbers as keys, which has nothing but our calls."""
    patterns = [path("api/", include("django_share_analytics.urls"))]
    with patched_settings({"TITLE": "django-share-analytics", "SORT_OPERATION_PARAMETERS": False}):
        found: dict[str, Any] = SchemaGenerator(patterns=patterns).get_schema(public=True)
    return found


class HTTPCall(SphinxDirective):
    """``POST /api/shares``: its parameters, its body and its answers."""

    required_arguments = 2

    def run(self) -> list[Node]:
        method, address = self.arguments
        operation = schema()["paths"].get(address, {}).get(method.lower())
        if operation is None:
            raise self.error(f"There is no call {method} {address}.")
        self.env.metadata[self.env.docname]["generated"] = "yes"  # read again each time
        told(self.env).add(operation["operationId"])
        return self.parse_text_to_nodes("\n".join(page_of(operation)))


def told(env: Any) -> set[str]:
    """The calls that some page tells of."""
    if not hasattr(env, "http_calls"):
        env.http_calls = set()
    calls: set[str] = env.http_calls
    return calls


def page_of(operation: dict[str, Any]) -> Iterator[str]:
    """What is said of a call, in Markdown."""
    yield f"{operation['summary']}. {operation['description']}\n"
    parameters = [one for one in operation.get("parameters", []) if one["name"] not in OFTEN_SEEN]
    if parameters:
        yield from table(
            ("parameter", "in", "type", "meaning"),
            (
                (f"`{p['name']}`", p["in"], kind(p["schema"], p), p.get("description", ""))
                for p in parameters
            ),
        )
    if body := operation.get("requestBody"):
        contents = body["content"]
        fields = resolved(next(iter(contents.values()))["schema"])
        required = fields.get("required", [])
        yield from table(
            ("field", "type", "meaning"),
            (
                (f"`{name}`", kind(one, {"required": name in required}), one.get("description", ""))
                for name, one in fields["properties"].items()
            ),
        )
        yield "The body is one of " + ", ".join(f"`{name}`" for name in contents) + ".\n"
        yield from examples(contents["application/json"])
    yield from table(("answer", "meaning"), map(answer, sorted(operation["responses"].items())))
    for response in operation["responses"].values():
        yield from examples(response.get("content", {}).get("application/json", {}))
    yield f"In generated clients: `{operation['operationId']}`.\n"


def answer(item: tuple[str, dict[str, Any]]) -> tuple[str, str]:
    """A status, and what it means, with the headers that matter and the type of a file."""
    status, response = item
    shape = next(iter(response.get("content", {"": {}})))
    notes = [f"`{name}`" for name in response.get("headers", {}) if name not in OFTEN_SEEN]
    if shape == "text/csv":
        notes.append("`text/csv`")
    return status, response["description"] + (f" ({', '.join(notes)})" if notes else "")


def resolved(one: dict[str, Any]) -> dict[str, Any]:
    for ref in (one, *one.get("allOf", [])):
        if "$ref" in ref:
            found: dict[str, Any] = schema()["components"]["schemas"][
                ref["$ref"].rpartition("/")[2]
            ]
            return found
    return one


def kind(one: dict[str, Any], field: dict[str, Any]) -> str:
    """The type of a value, its bounds, and whether it has to be there."""
    meant = {**resolved(one), **{k: v for k, v in one.items() if k != "allOf"}}
    says = [meant.get("format") or meant["type"]]
    if says == ["int64"]:
        says = ["a key"]  # of whatever type keys are
    if meant["type"] == "array":
        says = [f"list of {meant['items']['type']}s"]
    if "enum" in meant:
        says = ["one of " + ", ".join(f"`{value}`" for value in meant["enum"])]
    if "minimum" in meant and "maximum" in meant:
        says.append(f"{meant['minimum']} to {meant['maximum']:,}")
    if "maxLength" in meant:
        says.append(f"≤ {meant['maxLength']} characters")
    if field.get("required") and field.get("in") != "path":
        says.append("**required**")
    return ", ".join(says)


def examples(content: dict[str, Any]) -> Iterator[str]:
    for example in content.get("examples", {}).values():
        if example["value"]:
            yield "```json"
            yield json.dumps(example["value"], indent=2, ensure_ascii=False)
            yield "```\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    lines = [list(head), *(list(row) for row in rows)]
    for n, cells in enumerate(lines):
        yield "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
        if n == 0:
            yield "|" + "---|" * len(cells)
    yield ""


def publish(app: Sphinx, error: Exception | None) -> None:
    """The schema as a file of the site."""
    if error is None and app.builder.format == "html":
        text = OpenApiYamlRenderer().render(schema(), renderer_context={})
        Path(app.outdir, "openapi.yaml").write_bytes(text)


def complain(app: Sphinx, env: Any) -> None:
    """A call that no page tells of is a mistake, where the page of the calls is built."""
    if "reference/http" not in env.found_docs:
        return
    calls = {one["operationId"] for each in schema()["paths"].values() for one in each.values()}
    if missing := calls - told(env):
        raise ExtensionError(f"reference/http tells nothing of {', '.join(sorted(missing))}")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("http-call", HTTPCall)
    app.connect("env-check-consistency", complain)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": False}
