"""Platforms of a project's own, and its own templates in the place of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.template import engines
from django.test import RequestFactory

from django_share_analytics import track_share
from django_share_analytics.stats import share_count
from tests.customising.pages import Project, files_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.once, pytest.mark.django_db]

BUTTONS = "{% load share_analytics %}{% share_buttons app %}"
PLATFORM = re.compile(r'data-share-platform="(\w+)"')


@pytest.fixture
def platforms(project_of: Callable[[str], Project], settings: Any) -> None:
    """Those of the page."""
    ours = project_of("buttons").run("settings.py").SHARE_ANALYTICS
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **ours}


@pytest.fixture
def templates(settings: Any, tmp_path: Path) -> Callable[[str], None]:
    """``templates(name)``: the page's file is in the project's templates."""

    def put(name: str) -> None:
        path = tmp_path / name.removeprefix("templates/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(files_on("buttons")[name])
        (ours,) = settings.TEMPLATES
        settings.TEMPLATES = [{**ours, "DIRS": [tmp_path]}]

    return put


def page_of(app: Any) -> str:
    request = RequestFactory().get("/")
    engine = engines["django"]
    return engine.from_string(BUTTONS).render({"app": app}, request)


def test_platforms__have_the_order_labels_dialogs_and_pictures_of_the_setting(
    platforms: None, app: Any
) -> None:
    html = page_of(app)
    assert PLATFORM.findall(html) == ["our_forum", "twitter", "whatsapp", "copy", "native"]
    forum, twitter, *_ = html.split('data-share-platform="')[1:]
    assert "https://forum.example/new?link=http%3A%2F%2Ftestserver" in html
    assert "M4 5h16v11h-8l-4 4v-4H4zM8 9h8M8 12h5" in forum
    assert ("Our forum" in forum, "Twitter" in twitter) == (True, True)
    assert "M5 6c5 8 9 9 14 8M19 6L5 18" in twitter


def test_platforms__are_counted_by_any_spelling_and_shown_to_staff(
    platforms: None, app: Any, client: Any, admin_client: Any
) -> None:
    body = {"appId": str(app.pk), "platform": "Forum"}
    assert client.post("/api/shares", body, content_type="application/json").status_code == 202
    assert share_count(app).by_platform == {"our_forum": 1}
    page = admin_client.get("/admin/share_analytics/sharestatistics/").content.decode()
    assert "Our forum" in page
    assert "Our forum" in admin_client.get("/admin/share_analytics/share/").content.decode()
    stats = admin_client.get("/api/admin/shares/stats").json()
    assert stats["platformStats"] == {"our_forum": 1}


def test_platforms__that_are_left_out_keep_their_counts(
    app: Any, client: Any, request: pytest.FixtureRequest
) -> None:
    track_share(app, "facebook")
    request.getfixturevalue("platforms")
    body = {"appId": str(app.pk), "platform": "facebook"}
    assert client.post("/api/shares", body, content_type="application/json").status_code == 400
    assert share_count(app).by_platform == {"facebook": 1}


def test_glyph__that_is_no_text_is_an_error(settings: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from django_share_analytics.conf import get_settings
    from django_share_analytics.platforms import Platform

    settings.SHARE_ANALYTICS = {"PLATFORMS": [Platform("a", "A", glyph=7)]}  # type: ignore[arg-type]
    with pytest.raises(ImproperlyConfigured, match="the glyph must be a string"):
        get_settings()


def test_buttons__of_ones_own_markup_say_the_same(
    templates: Callable[[str], None], app: Any
) -> None:
    ours = page_of(app)
    templates("templates/share_analytics/buttons.html")
    theirs = page_of(app)
    assert 'class="our-buttons"' in theirs
    assert attributes(theirs) == attributes(ours)
    assert PLATFORM.findall(theirs) == PLATFORM.findall(ours)


def attributes(html: str) -> set[str]:
    """Those that the script reads, and addresses."""
    return set(re.findall(r'(?:data-[\w-]+|href)="[^"]*"|hidden\b', html))


def test_buttons__of_ones_own_markup_escape_what_strangers_wrote(
    templates: Callable[[str], None], make_app: Any
) -> None:
    templates("templates/share_analytics/buttons.html")
    engine = engines["django"]
    request = RequestFactory().get("/")
    source = "{% autoescape off %}" + BUTTONS + "{% endautoescape %}"
    html = engine.from_string(source).render({"app": make_app("<script>")}, request)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_pictures__of_ones_own(templates: Callable[[str], None], app: Any) -> None:
    templates("templates/share_analytics/glyph.html")
    assert '<use href="#icon-whatsapp"/>' in page_of(app)
    assert "<path" not in page_of(app)


def test_templates_of_the_page__are_all_tried() -> None:
    shown = {name for name in files_on("buttons") if name.endswith(".html")}
    assert shown == {
        "templates/share_analytics/buttons.html",
        "templates/share_analytics/glyph.html",
    }
