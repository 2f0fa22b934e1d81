"""The reference is made from the code: what the code has is on its pages, or they aren't built."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from html import unescape
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.dispatch import Signal

from django_share_analytics import conf, signals
from django_share_analytics.dispatch.base import BaseDispatcher
from django_share_analytics.platforms import BUILT_IN
from django_share_analytics.templatetags import share_analytics as tags
from tests.test_public_names import PROMISED

if TYPE_CHECKING:
    from collections.abc import Callable

pytest.importorskip("sphinx", reason="the group docs is not installed")
pytest.importorskip("myst_parser", reason="the group docs is not installed")
pytest.importorskip("celery")
pytest.importorskip("redis")

from sphinx.util.inventory import InventoryFile

pytestmark = [pytest.mark.once, pytest.mark.slow]

ROOT = Path(__file__).parent.parent
PACKAGE = Path(conf.__file__).parent
DOCS = ROOT / "docs"
PROMISES = DOCS / "understanding" / "promises.md"
BACKENDS = ["buffered", "celery", "immediate", "redis_streams", "tasks"]
SETTINGS = [
    conf.APP_MODEL_SETTING,
    *(field.name.upper() for field in dataclasses.fields(conf.ShareAnalyticsSettings)),
]
COMMANDS = [
    path.stem
    for path in (PACKAGE / "management" / "commands").glob("*.py")
    if path.stem != "__init__"
]
ONLY_NAMED = ("models", "admin", "dispatch.backends", "deprecation")
"""Modules whose names stand on a page, and have no entry of their own."""


def build(source: Path, target: Path, *options: str) -> str:
    """What Sphinx says while it builds."""
    command = [sys.executable, "-m", "sphinx", "-q", *options, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the reference, alone."""
    target = tmp_path_factory.mktemp("site")
    others = "_build,_ext,how-to,understanding,tutorial.md,changelog.md,contributing.md,index.md"
    build(DOCS, target, "-D", f"exclude_patterns={others}", "-D", "root_doc=reference/settings")
    return target


@pytest.fixture(scope="module")
def text(site: Path) -> Callable[[str], str]:
    def of(page: str) -> str:
        html = (site / "reference" / f"{page}.html").read_text(encoding="utf-8")
        article = re.search(r"<article.*</article>", html, re.DOTALL)
        assert article
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", article[0])))

    return of


@pytest.fixture(scope="module")
def named(site: Path) -> set[str]:
    """What one can link to, with its kind."""
    with (site / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", "".__add__)
    return {f"{kind} {name}" for kind, names in inventory.items() for name in names}


def test_reference__has_everything_that_the_code_has(named: set[str]) -> None:
    expected = {
        *(f"std:setting {key}" for key in SETTINGS),
        *(f"std:dispatcher {name}" for name in BACKENDS),
        *(f"std:command {name}" for name in COMMANDS),
        *(f"std:tag {name}" for name in tags.register.tags),
        *(
            f"py:data {signals.__name__}.{name}"
            for name, each in vars(signals).items()
            if isinstance(each, Signal)
        ),
    }
    assert len(expected) > 45
    assert expected - named == set()


def test_every_key__is_one_of_the_settings() -> None:
    assert {*SETTINGS} == {conf.APP_MODEL_SETTING, "DISPATCHERS", "PLATFORMS", *conf.READERS}


@pytest.mark.parametrize("module", sorted(PROMISED.keys() - {"urls", "link_urls"}))
def test_promised_names__have_an_entry(module: str, named: set[str], text: Any) -> None:
    if module.startswith(ONLY_NAMED):
        pages = text("python") + text("dispatchers")
        assert [name for name in PROMISED[module].split() if name not in pages] == []
        return
    entries = {entry.rpartition(".")[2] for entry in named if entry.startswith("py:")}
    assert set(PROMISED[module].split()) - entries == set()


@pytest.mark.parametrize("name", BACKENDS)
def test_options__are_all_there(name: str, text: Any) -> None:
    module = import_module(f"django_share_analytics.dispatch.backends.{name}")
    (dispatcher,) = (
        each
        for each in vars(module).values()
        if isinstance(each, type) and BaseDispatcher in each.__bases__
    )
    page = text("dispatchers")
    section = page[page.index(f"{module.__name__}.{dispatcher.__name__} ") :]
    section = re.sub(r"(?<=\d)_(?=\d)", "", section)
    for option in dataclasses.fields(dispatcher.Options):
        written = f'"{option.default}"' if isinstance(option.default, str) else option.default
        kind = "(whole number|number|text|path)(, or None)?"
        default = re.escape(str(written))
        assert re.search(rf" {option.name} {kind} {default} \w", section)


def test_settings__say_what_they_are_and_mean(text: Any) -> None:
    page = text("settings")
    assert " LINK_COOKIE_SECONDS¶ How long a cookie remembers the link" in page
    assert "Type: whole number. Default: 0. " in page
    assert "there is no cookie" in page
    assert '{"client": ["120/minute"], ' in page


def test_arguments__of_commands_and_tags(text: Any) -> None:
    commands = text("commands")
    assert " --older-than AGE so many days, such as 365d (7d at least)" in commands
    assert "Exit status: 0 the counts are right" in commands
    assert "%(" not in commands
    page = text("template-tags")
    for name, tag in tags.register.tags.items():
        assert f"{{% {name} " in page
        assert {*signature(tag).parameters} - {"context"} <= set(page.split())
    assert "the address to share: a path of this site, or whole with http:// or https://." in page


@pytest.mark.parametrize("page", ["settings", "dispatchers", "template-tags", "commands"])
def test_cells__are_text(page: str, site: Path) -> None:
    """Lines of a docstring that hang together are one paragraph."""
    html = (site / "reference" / f"{page}.html").read_text(encoding="utf-8")
    assert not re.search(r"<td>\s*<(dl|blockquote|pre)", html)


def test_platforms__say_what_their_buttons_do(text: Any) -> None:
    page = text("platforms")
    for platform in BUILT_IN:
        assert f" {platform.name} {platform.label} " in page
        assert platform.intent in page


def test_checks__are_listed_in_their_order(text: Any) -> None:
    found = re.findall(r"share_analytics\.([EW]\d{3}) (?:error|warning)", text("checks"))
    headings = re.findall(
        r"^## share_analytics\.(\w+)$", (DOCS / "reference" / "checks.md").read_text(), re.MULTILINE
    )
    assert found == sorted(headings)
    assert len(found) > 40


def test_pages__ask_nobody_else(site: Path) -> None:
    loaded = r'<(?:script|img|link)\b[^>]*(?:src|href)="(https?:)?//[^"]*"[^>]*>'
    for page in (site / "reference").glob("*.html"):
        found = [m[0] for m in re.finditer(loaded, page.read_text(encoding="utf-8"))]
        assert [tag for tag in found if 'rel="canonical"' not in tag] == []
    for sheet in site.rglob("*.css"):
        assert not re.search(
            r"@import|url\(['\"]?(?:https?:)?//", sheet.read_text(encoding="utf-8")
        )


def test_build__says_what_no_page_tells_of(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(
        f"import sys; sys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['share_reference', 'myst_parser']\n"
    )
    (tmp_path / "index.md").write_text("# Nothing\n\n## GATES\n\n```{setting} GATES\n```\n")
    said = build(tmp_path, tmp_path / "site", "-b", "dummy")
    missing = set(re.findall(r"WARNING: docs/reference/\S+ has no entry for (\w+):", said))
    assert missing == {*SETTINGS, *COMMANDS, *BACKENDS, *tags.register.tags} - {"GATES"}


def test_promises__name_tests_that_are_there() -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", PROMISES.read_text(encoding="utf-8"))
    assert len(named) > 40
    for file, test in named:
        defined = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {test}\(", defined, re.MULTILINE), f"{file}::{test}"


def test_promises__each_names_a_test() -> None:
    page = PROMISES.read_text(encoding="utf-8")
    promises = re.split(r"^## ", page, flags=re.MULTILINE)[1:-1]  # the last one is a list of runs
    assert [promise.splitlines()[0] for promise in promises if "::test_" not in promise] == []
