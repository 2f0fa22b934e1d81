"""What the tags say of share links to the page's scripts, and that they say nothing without."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.template import TemplateSyntaxError
from django.utils.encoding import iri_to_uri
from django.utils.html import escape

from django_share_analytics.links import buttons as links_of_buttons
from django_share_analytics.platforms import BUILT_IN, Platform
from tests.templatetags.test_share_analytics import HOSTILE, Elements, render

STATIC = Path(links_of_buttons.__file__).parents[1] / "static/share_analytics"


@pytest.fixture
def with_links(settings: Any) -> Any:
    settings.ROOT_URLCONF = "tests.templatetags.urls_with_links"
    return settings


def change(settings: Any, **values: Any) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **values}


def test_without_links__as_before_byte_for_byte(app: Any) -> None:
    markup = render(
        "{% share_assets %}|{% share_buttons app platforms='whatsapp,email,copy,native' %}"
        "|{% share_buttons app url='/other' platforms='x' %}",
        app=app,
    )
    before = Path(__file__).with_name("without_links.html").read_text(encoding="utf-8")

    url = f"http://testserver{iri_to_uri(app.get_absolute_url())}"
    here = {"{KEY}": escape(app.pk), "{URL}": escape(url), "{QUOTED}": quote(url, safe="")}
    for name, value in here.items():
        before = before.replace(name, value)

    assert markup == before


def test_without_links__an_app_in_the_head_changes_nothing(app: Any) -> None:
    assert render("{% share_assets app %}", app=app) == render("{% share_assets %}")


def test_without_links__there_is_no_picture(app: Any, settings: Any) -> None:
    settings.DEBUG = True

    with pytest.raises(TemplateSyntaxError, match=r"'qr' has no button\. There are: whatsapp"):
        render("{% share_buttons app platforms='qr' %}", app=app)


def test_both_scripts_together_are_small() -> None:
    sizes = [
        len(gzip.compress((STATIC / name).read_bytes(), mtime=0))
        for name in ("share.js", "share-links.js")
    ]
    assert sum(sizes) < 4_900


def test_the_third_script_is_smaller() -> None:
    assert len(gzip.compress((STATIC / "share-views.js").read_bytes(), mtime=0)) < 1_000


def test_share_assets__bring_what_sees_placements(settings: Any, app: Any) -> None:
    """With links or without."""
    before = Elements(render("{% share_assets %}")).found
    change(settings, PLACEMENTS=["top"], IMPRESSION_SAMPLE=20)
    views = {
        "src": "/static/share_analytics/share-views.js",
        "defer": None,
        "data-impressions-url": "/api/shares/impressions",
        "data-impression-sample": "20",
    }
    assert Elements(render("{% share_assets %}")).found == [*before, ("script", views)]
    settings.ROOT_URLCONF = "tests.templatetags.urls_with_links"
    *with_links, last = Elements(render("{% share_assets app %}", app=app)).found
    assert last == ("script", views)
    assert len(with_links) == len(before) + 2


def test_share_assets__where_the_api_is_out_of_reach(settings: Any) -> None:
    before = render("{% share_assets %}")
    change(settings, PLACEMENTS=["top"], IMPRESSION_SAMPLE=20)
    settings.ROOT_URLCONF = "django.contrib.auth.urls"
    assert render("{% share_assets %}") == before


def test_share_assets__where_settings_are_wrong(settings: Any) -> None:
    """Checks and logs say so; a page of the host's has no part in it."""
    before = render("{% share_assets %}")
    change(settings, PLACEMENTS=["top"], IMPRESSION_SAMPLE="many")
    assert render("{% share_assets %}") == before


@pytest.mark.parametrize("off", [{"PLACEMENTS": ["top"]}, {"IMPRESSION_SAMPLE": 20}])
def test_share_assets__where_nothing_is_measured(settings: Any, off: dict[str, Any]) -> None:
    before = render("{% share_assets %}")
    change(settings, **off)
    assert render("{% share_assets %}") == before


@pytest.mark.usefixtures("with_links")
def test_share_assets__bring_what_sees_visitors_come(app: Any) -> None:
    elements = Elements(render("{% share_assets %}")).found
    named = Elements(render("{% share_assets app %}", app=app)).found

    links = {
        "src": "/static/share_analytics/share-links.js",
        "defer": None,
        "data-visits-url": "/api/shares/{code}/visits",
        "data-link-url": "/s/",
    }
    assert elements[2:] == [("script", links)]
    meta = {"name": "share-app", "content": str(app.pk), "data-share-app": str(app.pk)}
    assert named == [*elements, ("meta", meta)]


@pytest.mark.usefixtures("with_links")
@pytest.mark.parametrize("context", [{}, {"app": None}, {"app": ""}])
def test_share_assets__of_a_page_of_no_app(settings: Any, context: dict[str, Any]) -> None:
    settings.DEBUG = True

    assert not Elements(render("{% share_assets app %}", **context)).having("data-share-app")


def test_share_buttons__have_the_link_beside_the_plain_address(app: Any, with_links: Any) -> None:
    elements = Elements(render("{% share_buttons app platforms='whatsapp,x,copy' %}", app=app))
    whatsapp, twitter, copy = elements.having("data-share-platform")

    link = f"http://testserver/s/{{code}}/{quote(str(app.pk))}"
    assert elements.box["data-share-link"] == link
    page = f"http://testserver{iri_to_uri(app.get_absolute_url())}"
    assert elements.box["data-url"] == page
    intent = twitter["data-share-intent"] or ""
    assert intent.startswith("https://x.com/intent/tweet?text=Chess&url=http%3A%2F%2F")
    assert unquote(intent.partition("&url=")[2]) == link
    for button in (whatsapp, twitter):
        assert (button["data-share-intent"] or "").count("{code}") == 1, "all else is quoted"
        assert "%2Fs%2F" not in (button["href"] or "")
    assert "data-share-intent" not in copy


@pytest.mark.parametrize("text", [HOSTILE, "{code} {url} {text}", "\ud800"])
def test_share_buttons__whatever_the_text_there_is_one_place_for_the_code(
    app: Any, with_links: Any, text: str
) -> None:
    markup = render("{% share_buttons app text=text %}", app=app, text=text)

    for button in Elements(markup).having("data-share-intent"):
        assert (button["data-share-intent"] or "").count("{code}") == 1
        assert (button["href"] or "").count("{code}") == 0


def test_share_buttons__an_address_of_another_page_has_no_link(
    app: Any, with_links: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def links(source: str, **context: Any) -> list[Any]:
        elements = Elements(render(source, **context))
        return elements.having("data-share-link") + elements.having("data-share-intent")

    own = app.get_absolute_url()
    assert links("{% share_buttons app url=own %}", app=app, own=own)
    assert links("{% share_buttons app url=own %}", app=app, own=f"http://testserver{own}")
    assert not links("{% share_buttons app url='/other' %}", app=app)
    assert not links("{% share_buttons app url='https://a.b/c' %}", path=None, app=app)
    assert not links("{% share_buttons key %}", key=app.pk), "nobody knows its page"
    monkeypatch.setattr(type(app), "get_absolute_url", lambda self: {}["slug"])
    assert not links("{% share_buttons app url='/other' %}", app=app)


def test_share_buttons__a_key_that_no_path_can_carry(
    app: Any, with_links: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links_of_buttons, "link_template", lambda key, request: "")

    assert "data-share-link" not in render("{% share_buttons app %}", app=app)


def test_share_buttons__of_a_platform_that_takes_no_address(app: Any, with_links: Any) -> None:
    own = Platform("pager", "Pager", intent="https://pager.example/?say={text}")
    change(with_links, PLATFORMS=[own])

    (button,) = Elements(render("{% share_buttons app %}", app=app)).having("data-share-platform")

    assert "data-share-intent" not in button


def test_share_buttons__a_picture_only_where_one_is_asked_for(app: Any, with_links: Any) -> None:
    pytest.importorskip("segno")
    with_links.DEBUG = True
    change(with_links, PLATFORMS=list(BUILT_IN))

    assert (
        "qr" not in Elements(render("{% share_assets %}{% share_buttons app %}", app=app)).platforms
    )
    asked = "{% share_assets %}{% share_buttons app platforms='copy,qr' %}"
    assert Elements(render(asked, app=app)).platforms == ["copy", "qr"]
    elsewhere = asked.replace("platforms", "url='/x' platforms")
    assert Elements(render(elsewhere, app=app)).platforms == ["copy"], "it has no link"


def test_share_buttons__a_picture_that_nothing_draws(
    app: Any, with_links: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "django_share_analytics.templatetags.share_analytics.can_draw_codes", lambda: False
    )

    assert Elements(render("{% share_buttons app platforms='qr,copy' %}", app=app)).platforms == [
        "copy"
    ]


@pytest.mark.parametrize("with_them", [True, False], ids=["links", "no links"])
def test_share_buttons__placement(
    app: Any, settings: Any, caplog: pytest.LogCaptureFixture, with_them: bool
) -> None:
    if with_them:
        settings.ROOT_URLCONF = "tests.templatetags.urls_with_links"
    change(settings, PLACEMENTS=["top", "end"])

    def placement(name: str) -> str | None:
        markup = render("{% share_buttons app placement=name %}", app=app, name=name)
        return Elements(markup).box.get("data-share-placement")

    assert [placement("top"), placement("")] == ["top", None]
    assert placement("side") is None
    assert "'side' is not in PLACEMENTS. There are: top, end." in caplog.text
    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError, match="'side' is not in PLACEMENTS"):
        placement("side")
