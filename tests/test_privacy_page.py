"""``reference/privacy.md`` is held to what is stored: in tables, in what waits, in the browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection

from django_share_analytics import codec
from django_share_analytics.conf import APP_LABEL
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent, new_id
from django_share_analytics.links.cookies import LINK_COOKIE

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "reference" / "privacy.md").read_text()
STATIC = ROOT / "src" / "django_share_analytics" / "static" / "share_analytics"
PAGES_SCRIPTS = ("share.js", "share-links.js", "share-views.js")

TABLE = re.compile(r"`(?P<model>\w+)` \(`(?P<table>share_analytics_\w+)`\)")


def section(title: str) -> str:
    """What stands under a heading, up to the next of its rank or above."""
    mark, _, _ = title.partition(" ")
    found = re.search(rf"^{re.escape(title)}.*?(?=^#{{1,{len(mark)}}} |\Z)", PAGE, re.M | re.S)
    assert found, f"{title} is not on the page"
    return found[0]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of the tables in it, without their heads."""
    for line in text.splitlines():
        if line.startswith("| ") and not re.match(r"\| ?(column|table|of|what|dispatcher) ", line):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def names(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def tables_on_the_page() -> dict[str, tuple[str, set[str]]]:
    """Of each table the model that the page calls it by, and the columns that it names."""
    named = {}
    for part in re.split(r"^### ", section("## In the database"), flags=re.M)[1:]:
        if title := TABLE.match(part):
            columns = set().union(*(names(row[0]) for row in rows(part)))
            named[title["table"]] = title["model"], columns
        else:
            for first, columns in rows(part):
                title = TABLE.fullmatch(first)
                named[title["table"]] = title["model"], names(columns)
    return named


def own_models() -> list[Any]:
    every = apps.get_app_config(APP_LABEL).get_models(include_auto_created=True)
    return [model for model in every if not model._meta.proxy]


def test_page__names_every_field_of_every_model_and_no_other() -> None:
    assert tables_on_the_page() == {
        model._meta.db_table: (
            model.__name__,
            {field.column for field in model._meta.concrete_fields if field.column},
        )
        for model in own_models()
    }


def test_page__names_every_column_in_the_database_and_no_other() -> None:
    asked = connection.introspection
    with connection.cursor() as cursor:
        ours = [name for name in asked.table_names(cursor) if name.startswith(f"{APP_LABEL}_")]
        found = {
            table: {column.name for column in asked.get_table_description(cursor, table)}
            for table in ours
        }
    assert {table: columns for table, (_, columns) in tables_on_the_page().items()} == found


SOMEWHERE = {"using": "other", "tenant": "t", "database": "d"}
WHOLE_EVENTS = {
    "a share": ShareEvent(
        app_id=1, platform="x", user_id=7, session_id="s", user_agent="a", referrer_url="r",
        user_proof="p", via=new_id(), visitor=1, placement="top", **SOMEWHERE,
    ),
    "a step": LinkEvent(
        new_id(), "visit", 1, detail="d", visitor=1, click_id=new_id(), **SOMEWHERE
    ),
    "a view": ImpressionEvent(("top",), 20, **SOMEWHERE),
}  # fmt: skip


def test_page__names_every_field_of_what_waits() -> None:
    lines, _ = section("## While it waits").split("| dispatcher |")
    said = {first: names(fields) for first, fields in rows(lines)}
    everywhere = next(fields for first, fields in said.items() if first.startswith("each"))
    assert {kind: said[kind] | everywhere for kind in WHOLE_EVENTS} == {
        kind: set(json.loads(codec.encode(event))) for kind, event in WHOLE_EVENTS.items()
    }


def test_page__names_what_is_put_into_the_browser_and_nothing_else() -> None:
    script = "\n".join((STATIC / name).read_text() for name in PAGES_SCRIPTS)
    said = [row[0] for row in rows(section("## In the browser"))]
    keys = set(re.findall(r'"(share-analytics-[\w-]+)"', script))
    assert said == [f"`{name}`" for name in (*sorted(keys, reverse=True), LINK_COOKIE)]
    assert set(re.findall(r"sessionStorage\.\w+\((\w+)", script)) == {"SESSION", "KEY"}
    other = r"localStorage|indexedDB|document\.cookie|caches\b|serviceWorker|navigator\.storage"
    assert re.findall(rf"{other}|window\.name|https?://", script) == []
