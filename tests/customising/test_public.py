"""The list of what is public says what there is, and pages use nothing else."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.template import engines
from django.test import RequestFactory

import django_share_analytics
from django_share_analytics import models
from django_share_analytics.buttons import Button
from django_share_analytics.templatetags import share_analytics as tags
from tests.customising.pages import OVERVIEW, PAGES, files_on
from tests.test_public_names import PROMISED

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.once

TEXT = OVERVIEW.read_text()
PACKAGE = Path(django_share_analytics.__file__).parent
STATIC = PACKAGE / "static" / "share_analytics"
TEMPLATES = PACKAGE / "templates" / "share_analytics"
ROOT = "django_share_analytics"


def listed(first: str) -> set[str]:
    """The names in the row of a table that begins with this cell."""
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| {first} |")]
    return set(re.findall(r"`([^`]+)`", row.rstrip("| ").rpartition(" | ")[2]))


def imported(code: str) -> Iterable[tuple[str, str]]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ROOT):
            module = str(node.module).removeprefix(ROOT).removeprefix(".")
            yield from ((module, alias.name) for alias in node.names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages__import_what_is_public_alone(page: Path) -> None:
    for name, code in files_on(page.stem).items():
        if name.endswith(".py"):
            for module, what in imported(code):
                public = PROMISED.get(module, "").split()
                assert what in public, f"{name} imports {module}.{what}"


def test_pages__are_all_led_to() -> None:
    for page in PAGES:
        assert f"(customising/{page.name})" in TEXT
        assert f"\ncustomising/{page.stem}\n" in TEXT


def test_css__has_these_classes_and_properties() -> None:
    css = re.sub(r"/\*.*?\*/", "", (STATIC / "share.css").read_text(), flags=re.S)
    assert set(re.findall(r"\.(share-[\w-]+)", css)) | {"share-done"} == listed("classes")
    assert set(re.findall(r"--share-[\w-]+", css)) == listed("custom properties")


def test_templates__use_these_classes_and_attributes() -> None:
    html = (TEMPLATES / "buttons.html").read_text()
    used = {name for names in re.findall(r'class="([^"]+)"', html) for name in names.split()}
    assert used <= listed("classes")
    attributes = set(re.findall(r"\b(data-[\w-]+)=", html))
    around, of_each = listed("attributes around buttons"), listed("attributes of a button")
    assert attributes == around | of_each


@pytest.mark.django_db
def test_counts__have_these_attributes(app: Any, settings: Any) -> None:
    source = "{% load share_analytics %}{% share_count app platform='x' %}"
    html = engines["django"].from_string(source).render({"app": app})
    found = set(re.findall(r"\b(data-[\w-]+)=", html))
    assert found == listed("attributes of a count")


def test_scripts__read_no_other_attributes() -> None:
    script = "".join(path.read_text() for path in STATIC.glob("share*.js"))
    read = {f"data-{name}" for name in re.findall(r"\[data-([\w-]+)", script)}
    public = set(re.findall(r"`(data-[\w-]+)`", TEXT))
    of_assets = {
        "data-impression-sample", "data-impressions-url", "data-share-app", "data-share-consent",
        "data-visits-url", "data-link-url",
    }  # fmt: skip
    assert read - public <= of_assets
    said = (OVERVIEW.parents[1] / "reference" / "javascript.md").read_text()
    assert [name for name in of_assets if name not in said] == []


def test_types__name_what_the_scripts_offer() -> None:
    types = (STATIC / "share.d.ts").read_text()
    interface, detail = (
        re.findall(rf"interface {name} {{(.*?)^}}", types, re.S | re.M)[0]
        for name in ("ShareAnalytics", "ShareDetail")
    )
    assert set(re.findall(r"^  (\w+)\(", interface, re.M)) == listed("of `window.shareAnalytics`")
    event = "event | `share-analytics:shared`, of whose `detail`:"
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| {event}")]
    said = set(re.findall(r"`(\w+)`", row.removeprefix(f"| {event}")))
    assert set(re.findall(r"^  (\w+)\??:", detail, re.M)) == said


@pytest.mark.django_db
def test_context__is_what_templates_are_given(app: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.templatetags.urls_with_links"
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PLACEMENTS": ["top"],
        "IMPRESSION_SAMPLE": 20,
    }
    context = {"request": RequestFactory().get("/")}
    assets = tags.share_assets(context)  # type: ignore[arg-type]
    buttons = tags.share_buttons(context, app, platforms="copy")  # type: ignore[arg-type]
    assert set(assets) == listed("`share_analytics/assets.html` | `{% share_assets %}`")
    assert set(buttons) == listed("`share_analytics/buttons.html` | `{% share_buttons %}`")


def test_context__has_these_of_each_button() -> None:
    (line,) = [line for line in TEXT.splitlines() if line.startswith("Of a `button`:")]
    said = set(re.findall(r"`(\w+)`", line.split(". ")[0])) - {"button"}
    properties = {name for name, it in vars(Button).items() if isinstance(it, property)}
    assert said == {field.name for field in fields(Button)} | properties


def test_models__have_the_methods_that_are_named() -> None:
    for name in re.findall(r"`(\w+)\(\)`", TEXT.partition("Of the models:")[2].partition("###")[0]):
        assert callable(getattr(models.Share.objects, name))
