"""The files that ``docs/how-to/wagtail.md`` shows, in a project that has Wagtail."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Model
from django.urls import resolve
from wagtail import hooks
from wagtail.models import Page

from tests.docs import judging, python
from tests.docs.collecting import ROOT, of_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.docs.collecting import Part

HOST = "tests.hosts.real.wagtail"
SAMPLES = of_page(ROOT / "docs/how-to/wagtail.md")
PARTS = [part for each in SAMPLES if each.language == "python" for part in each.parts]


def files(kind: str) -> list[Part]:
    return [part for part in PARTS if python.kind(part) == kind]


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wagtail keeps lists of kinds of pages and of hooks, and a page knows what is made of it."""
    monkeypatch.setattr(sys.modules[type(Page).__module__], "PAGE_MODEL_CLASSES", [])
    monkeypatch.setattr(hooks, "_hooks", {})
    before = dict(vars(Page))
    yield
    for name in vars(Page).keys() - before.keys():
        delattr(Page, name)
    for name, value in before.items():
        if vars(Page)[name] is not value:
            setattr(Page, name, value)


@pytest.mark.parametrize("part", files("models"), ids=lambda part: f"{part.page}:{part.line}")
def test_models__are_pages_with_an_address(part: Part) -> None:
    names = python.run_models(part, HOST)
    made = python.defined(names, Model)
    assert made
    assert all(issubclass(model, Page) and hasattr(model, "get_absolute_url") for model in made)


def test_urls__leave_the_calls_to_us() -> None:
    (part,) = files("urls")
    module = ModuleType("urls_of_the_page")
    python.run_urls(part, vars(module))
    judging.nothing_is_missing(part.code, vars(module))
    assert resolve("/api/shares", module).app_name == "share_analytics"
    assert resolve("/anything/else/", module).url_name == "wagtail_serve"


def test_hooks__lead_from_the_menu_to_the_statistics() -> None:
    (part,) = files("module")
    names: dict[str, Any] = {"__name__": "games.wagtail_hooks"}
    python.run_in_shell(part, names)
    judging.nothing_is_missing(part.code, names)
    item = names["statistics"]()
    assert names["statistics"] in dict(hooks._hooks["register_admin_menu_item"])
    assert "/sharestatistics/" in item.url
    for may in (True, False):
        user = SimpleNamespace(has_perm=lambda name, may=may: may)
        assert item.is_shown(SimpleNamespace(user=user)) is may
