from __future__ import annotations

import logging
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import DatabaseError
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.urls import reverse_lazy
from django.utils import timezone, translation

from django_share_analytics.buttons import ANY_GLYPH, GLYPHS, MOST_LINKS
from django_share_analytics.conf import get_settings
from django_share_analytics.events import ShareEvent, new_id
from django_share_analytics.platforms import BUILT_IN, Platform
from django_share_analytics.templatetags import share_analytics as tags
from django_share_analytics.writing.writer import write_shares

HOSTILE = "\"><script>alert('x')</script> & \u0634\u0637\u0631\u0646\u062c"


class Elements(HTMLParser):
    """The elements of a page as (tag, attributes), attributes unescaped as a browser does."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, attribute: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.found if attribute in attributes]

    @property
    def box(self) -> dict[str, str | None]:
        (box,) = self.having("data-app-id")
        return box

    @property
    def platforms(self) -> list[str | None]:
        return [button["data-share-platform"] for button in self.having("data-share-platform")]

    def href(self, platform: str) -> str:
        (href,) = (
            button["href"]
            for button in self.having("href")
            if button["data-share-platform"] == platform
        )
        assert href is not None
        return href


def render(source: str, *, path: str | None = "/here?token=secret", **context: Any) -> str:
    if path is not None:
        context["request"] = RequestFactory().get(path)
    return Template("{% load share_analytics %}" + source).render(Context(context))


def share(app: Any, platform: str, times: int = 1) -> None:
    write_shares(
        [
            ShareEvent(id=new_id(), app_id=app.pk, platform=platform, timestamp=timezone.now())
            for _ in range(times)
        ]
    )


# share_assets


def test_share_assets__needs_no_inline_code() -> None:
    elements = Elements(render("{% share_assets %}")).found

    assert elements == [
        ("link", {"rel": "stylesheet", "href": "/static/share_analytics/share.css"}),
        ("script", {"src": "/static/share_analytics/share.js", "defer": None}),
    ]


@pytest.mark.parametrize("name", ["share.js", "share-links.js", "share-views.js", "share.css"])
def test_share_assets__are_shipped_and_small(name: str) -> None:
    path = finders.find(f"share_analytics/{name}")

    assert path is not None
    assert Path(path).stat().st_size < 8_500


def test_share_assets__that_wait_for_consent(settings: Any, caplog: Any) -> None:
    asked = Elements(render('{% share_assets consent="required" %}')).having("data-share-consent")
    assert [element["src"] for element in asked] == ["/static/share_analytics/share.js"]
    for without in ("", "consent=''", "consent=nothing"):
        assert "data-share-consent" not in render(f"{{% share_assets {without} %}}")
    assert "data-share-consent" in render("{% share_assets consent='requird' %}"), "to be safe"
    assert "'requird'" in caplog.text
    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError, match="can be 'required'"):
        render("{% share_assets consent='requird' %}")


# share_buttons


def test_share_buttons__default(app: Any) -> None:
    elements = Elements(render("{% share_buttons app %}", app=app))

    assert elements.platforms == [
        *["whatsapp", "facebook", "twitter", "telegram", "linkedin"],
        *["copy", "native"],
    ]
    assert elements.box["data-app-id"] == str(app.pk)
    assert elements.box["data-endpoint"] == "/api/shares"
    assert elements.box["data-text"] == "Chess"
    address = RequestFactory().get("/").build_absolute_uri(app.get_absolute_url())
    assert elements.box["data-url"] == address
    assert address.startswith("http://testserver/")
    assert parse_qs(urlsplit(elements.href("twitter")).query) == {
        "text": ["Chess"],
        "url": [address],
    }


def test_share_buttons__links_work_without_the_script(app: Any) -> None:
    elements = Elements(render("{% share_buttons app platforms='whatsapp,email,copy' %}", app=app))
    whatsapp, email, copy = elements.having("data-share-platform")

    assert (whatsapp["target"], whatsapp["rel"]) == ("_blank", "noopener noreferrer")
    assert whatsapp["aria-label"] == "Share via WhatsApp (opens in a new tab)"
    assert email["href"].startswith("mailto:?")
    assert "target" not in email, "a mail program needs no empty tab"
    assert "href" not in copy
    assert "hidden" in copy, "until the script that serves it is there"


def test_share_buttons__integer_keys_are_not_localised(app: Any, settings: Any) -> None:
    settings.USE_THOUSAND_SEPARATOR = True

    assert Elements(render("{% share_buttons app %}", app=app)).box["data-app-id"] == str(app.pk)


@pytest.mark.parametrize(
    "source",
    [
        "{% share_buttons app platforms='whatsapp,copy,native' %}",
        "{% autoescape off %}{% share_buttons app platforms='whatsapp,copy' %}{% endautoescape %}",
        "{% share_buttons app text=app.name platforms='email' %}",
        "{% share_buttons app text=app.name|safe platforms='sms' %}",
    ],
)
def test_share_buttons__escapes_strangers_text(make_app: Any, source: str) -> None:
    markup = render(source, app=make_app(HOSTILE))

    assert "<script" not in markup
    assert "alert('" not in markup
    assert Elements(markup).box["data-text"] == HOSTILE


def test_share_buttons__takes_a_text_that_is_no_unicode(app: Any) -> None:
    markup = render(
        "{% share_buttons app text=text platforms='whatsapp' %}", app=app, text="\ud800"
    )

    assert "api.whatsapp.com/send?text=%EF%BF%BD" in markup
    assert markup.encode(), "what the page is sent as"


@pytest.mark.parametrize(
    ("platforms", "expected"),
    [
        ("copy, X , wa", ["copy", "twitter", "whatsapp"]),
        ("x,twitter,x", ["twitter"]),
        (["email", "native"], ["email", "native"]),
        (None, ["whatsapp", "facebook", "twitter", "telegram", "linkedin", "copy", "native"]),
    ],
)
def test_share_buttons__platforms(app: Any, platforms: Any, expected: list[str]) -> None:
    markup = render("{% share_buttons app platforms=names %}", app=app, names=platforms)

    assert Elements(markup).platforms == expected


def test_share_buttons__default_follows_the_setting(app: Any, settings: Any) -> None:
    own = Platform("our_forum", "Our forum", intent="https://forum.example/new?u={url}")
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PLATFORMS": ["copy", own, Platform("googleplus", "Google+"), "qr", "email"],
    }

    elements = Elements(render("{% share_buttons app url='https://a.b/c' %}", app=app))

    assert elements.platforms == ["our_forum", "email", "copy"]
    assert elements.href("our_forum") == "https://forum.example/new?u=https%3A%2F%2Fa.b%2Fc"


def test_share_buttons__default_is_a_handful(app: Any, settings: Any) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLATFORMS": list(BUILT_IN)}

    elements = Elements(render("{% share_buttons app %}", app=app))

    assert len([*elements.having("href")]) == MOST_LINKS


@pytest.mark.parametrize("name", ["myspace", "qr", ""])
def test_share_buttons__unknown_platform_while_developing(
    app: Any, settings: Any, name: str
) -> None:
    settings.DEBUG = True

    with pytest.raises(TemplateSyntaxError, match=f"'{name}' has no button. There are: whatsapp"):
        render("{% share_buttons app platforms=names %}", app=app, names=["copy", name])


def test_share_buttons__unknown_platform_in_production(
    app: Any, caplog: pytest.LogCaptureFixture
) -> None:
    markup = render("{% share_buttons app platforms='myspace,copy' %}", app=app)

    assert Elements(markup).platforms == ["copy"]
    assert "'myspace' has no button" in caplog.text


@pytest.mark.parametrize(
    ("path", "url", "expected"),
    [
        ("/here", "/there?a=1&b=2", "http://testserver/there?a=1&b=2"),
        ("/here", "https://elsewhere.example/x", "https://elsewhere.example/x"),
        (None, "https://elsewhere.example/x", "https://elsewhere.example/x"),
    ],
)
def test_share_buttons__url(app: Any, path: str | None, url: str, expected: str) -> None:
    markup = render("{% share_buttons app url=url %}", path=path, app=app, url=url)

    assert Elements(markup).box["data-url"] == expected


def test_share_buttons__of_a_key_shares_this_page_without_its_query(app: Any) -> None:
    """A host whose model has no ``get_absolute_url``: the query may carry what is secret."""
    box = Elements(render("{% share_buttons key text='Chess' %}", key=app.pk)).box

    assert box["data-url"] == "http://testserver/here"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("//evil.example/x", "//evil.example/x"), ("/\\evil.example", "/%5Cevil.example")],
)
def test_share_buttons__of_a_page_whose_path_looks_like_a_host(
    app: Any, path: str, expected: str
) -> None:
    request = RequestFactory().get("/", PATH_INFO=path)
    markup = render("{% share_buttons key %}", path=None, request=request, key=app.pk)

    assert Elements(markup).box["data-url"] == f"http://testserver{expected}"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "https://a@evil.example"],
)
def test_share_buttons__of_an_address_that_is_no_page(
    app: Any, settings: Any, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    assert render("{% share_buttons app url=url %}", app=app, url=url).strip() == ""
    assert "is no address to share" in caplog.text

    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError, match="is no address to share"):
        render("{% share_buttons app url=url %}", app=app, url=url)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("//evil.example/x", "//evil.example/x"), ("", "/here"), (None, "/here")],
)
def test_share_buttons__of_whatever_address_the_host_makes(
    app: Any, monkeypatch: pytest.MonkeyPatch, answer: Any, expected: str
) -> None:
    monkeypatch.setattr(type(app), "get_absolute_url", lambda self: answer)

    box = Elements(render("{% share_buttons app %}", app=app)).box

    assert box["data-url"] == f"http://testserver{expected}"


def test_share_buttons__when_the_hosts_address_fails(
    app: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(type(app), "get_absolute_url", lambda self: {}["slug"])

    assert render("before {% share_buttons app %} after", app=app).split() == ["before", "after"]
    assert "get_absolute_url() fails with KeyError: give url=" in caplog.text


@pytest.fixture
def list_of_apps(make_app: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    apps = [make_app() for _ in range(3)]
    monkeypatch.delattr(type(apps[0]), "get_absolute_url")
    return apps


EACH = "{% for app in apps %}{% share_buttons app %}{% endfor %}"


def test_share_buttons__of_many_without_an_address_while_developing(
    list_of_apps: list[Any], settings: Any
) -> None:
    settings.DEBUG = True

    with pytest.raises(TemplateSyntaxError, match=r"/here has buttons of several apps.*say url="):
        render(EACH, apps=list_of_apps)


def test_share_buttons__of_many_without_an_address_in_production(
    list_of_apps: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    markup = render(EACH, apps=list_of_apps)

    assert len(Elements(markup).having("data-app-id")) == 3
    assert caplog.text.count("/here has buttons of several apps") == 1, "once a page"


def test_share_buttons__of_many_with_an_address_each(
    list_of_apps: list[Any], settings: Any
) -> None:
    settings.DEBUG = True
    each = "{% for app in apps %}{% with '/apps/'|add:app.name as u %}{% share_buttons app url=u %}"

    elements = Elements(render(each + "{% endwith %}{% endfor %}", apps=list_of_apps))

    assert len({box["data-url"] for box in elements.having("data-app-id")}) == 3


def test_share_buttons__twice_of_the_one_app_of_a_page(
    list_of_apps: list[Any], settings: Any
) -> None:
    settings.DEBUG = True
    app, *_ = list_of_apps

    elements = Elements(render("{% share_buttons app %}" * 2, app=app))

    assert [box["data-url"] for box in elements.having("data-app-id")] == [
        "http://testserver/here"
    ] * 2


def test_share_buttons__of_a_request_that_is_none(app: Any) -> None:
    """A page about requests for friendship has a name for one, too."""
    markup = Template(
        "{% load share_analytics %}{% share_buttons app url='https://elsewhere.example/x' %}"
    ).render(Context({"app": app, "request": object()}))

    assert Elements(markup).box["data-url"] == "https://elsewhere.example/x"


class Broken:
    def __str__(self) -> str:
        raise ZeroDivisionError("oops")


@pytest.mark.parametrize("odd", [1, None, 1.5, b"copy", ["copy"], Broken])
def test_share_buttons__platforms_that_are_no_names(
    app: Any, caplog: pytest.LogCaptureFixture, odd: Any
) -> None:
    markup = render("{% share_buttons app platforms=names %}", app=app, names=[odd, "copy"])

    assert Elements(markup).platforms == ["copy"]
    assert "has no button. There are: " in caplog.text


def test_share_buttons__platforms_of_the_setting(app: Any) -> None:
    chosen = [get_settings().platforms.by_name[name] for name in ("email", "copy")]
    markup = render("{% share_buttons app platforms=chosen %}", app=app, chosen=chosen)

    assert Elements(markup).platforms == ["email", "copy"]


@pytest.mark.parametrize(
    ("source", "path", "message"),
    [
        ("{% share_buttons app %}", None, "needs an absolute url="),
        ("{% share_buttons nothing %}", "/here", "share_buttons: "),
        ("{% share_buttons None %}", "/here", "share_buttons: None is neither"),
        ("{% share_buttons unsaved %}", "/here", " is not a stored"),
        ("{% share_count nothing %}", "/here", "share_count: "),
        ("{% share_buttons endless %}", "/here", "share_buttons: The float is neither"),
        ("{% share_count endless %}", "/here", "share_count: The float is neither"),
        ("{% share_buttons app platforms=5 %}", "/here", "'int' object is not iterable"),
        ("{% share_buttons app platforms=brokens %}", "/here", "ZeroDivisionError"),
        ("{% share_buttons app url=broken %}", "/here", "ZeroDivisionError"),
        ("{% share_buttons app url=astray %}", "/here", "NoReverseMatch"),
        ("{% share_buttons app text=astray %}", "/here", "NoReverseMatch"),
        ("{% share_buttons app endpoint=astray %}", "/here", "NoReverseMatch"),
        ("{% share_buttons lost %}", "/here", "get_absolute_url() fails with NoReverseMatch"),
        ("{% share_count app platform=broken %}", "/here", "ZeroDivisionError"),
    ],
)
def test_tags__developers_mistakes(
    app: Any,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    source: str,
    path: str | None,
    message: str,
) -> None:
    astray = reverse_lazy("nowhere")
    lost = type(app)(pk=app.pk)
    lost.get_absolute_url = lambda: astray
    names = {"path": path, "app": app, "unsaved": type(app)(pk=None), "endless": float("inf")}
    names |= {"broken": Broken(), "brokens": [Broken()], "astray": astray, "lost": lost}

    assert render(f"before {source} after", **names).split() == ["before", "after"]
    assert message in caplog.text

    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError, match=re.escape(message)):
        render(source, **names)


@pytest.mark.urls("django.contrib.auth.urls")
def test_share_buttons__without_our_urls_the_links_stay(
    app: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    elements = Elements(render("{% share_buttons app %}", app=app))

    assert elements.box["data-endpoint"] == ""
    assert "facebook" in elements.platforms
    assert 'include("django_share_analytics.urls")' in caplog.text


def test_share_buttons__follow_the_language(app: Any) -> None:
    with translation.override("ar"):
        markup = render("{% share_buttons app platforms='whatsapp' %}", app=app)

    assert "WhatsApp" in markup


def test_share_buttons__nothing_inline(app: Any, settings: Any) -> None:
    names = [platform.name for platform in BUILT_IN if platform.name != "qr"]

    for _, attributes in Elements(
        render("{% share_buttons app platforms=names %}", app=app, names=names)
    ).found:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


# share_count


def count_attributes(markup: str) -> dict[str, str | None]:
    ((_, attributes),) = Elements(markup).found
    return attributes


def test_share_count__of_an_app_never_shared(app: Any) -> None:
    markup = render("({% share_count app %})", app=app)

    assert re.fullmatch(r"\(<span [^>]+>0</span>\)", markup)
    assert count_attributes(markup) == {
        "class": "share-count",
        "data-share-count": str(app.pk),
        "data-share-value": "0",
        "data-share-grouping": "3",
        "data-share-separator": ",",
    }


def test_share_count__in_all_and_for_a_platform(app: Any) -> None:
    share(app, "whatsapp", 2)
    share(app, "twitter")

    def count(arguments: str) -> tuple[str | None, str | None]:
        attributes = count_attributes(render(f"{{% share_count {arguments} %}}", app=app))
        return attributes["data-share-value"], attributes.get("data-share-count-platform")

    assert count("app") == ("3", None)
    assert count("app.pk") == ("3", None)
    assert count("app 'whatsapp'") == ("2", "whatsapp")
    assert count("app platform='X'") == ("1", "twitter")
    assert count("app platform='myspace'") == ("0", "myspace")


@pytest.mark.parametrize(
    ("language", "shown", "grouping", "separator"),
    [
        ("en", "1,234", "3", ","),
        ("de", "1.234", "3", "."),
        ("fr", "1\xa0234", "3", "\xa0"),
        ("ar", "1234", None, None),
    ],
)
def test_share_count__is_written_as_the_language_does(
    app: Any,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    shown: str,
    grouping: str | None,
    separator: str | None,
) -> None:
    with translation.override(language):
        markup = tags._count_element("key", "", 1234)

    attributes = count_attributes(markup)
    assert markup.endswith(f">{shown}</span>")
    assert attributes["data-share-value"] == "1234"
    assert attributes.get("data-share-grouping") == grouping
    assert attributes.get("data-share-separator") == separator


def test_share_count__escapes_strangers_text() -> None:
    markup = tags._count_element(HOSTILE, HOSTILE, 1)

    assert "<script" not in markup
    assert count_attributes(markup)["data-share-count"] == HOSTILE


def test_share_count__without_database(
    app: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(key: Any) -> None:
        raise DatabaseError("the database is away")

    monkeypatch.setattr(tags, "cached_share_count", away)

    with caplog.at_level(logging.ERROR):
        markup = render("before{% share_count app %}after", app=app)

    assert markup == "beforeafter"
    assert "the database is away" in caplog.text


def test_share_count__without_cache(
    app: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("the cache is away")

    for method in ("get", "set", "add", "get_many", "set_many", "get_or_set"):
        monkeypatch.setattr(type(cache._connections["default"]), method, away, raising=False)

    markup = render("before{% share_count app %}after", app=app)

    assert markup.startswith("before")
    assert markup.endswith("after")


# Pictures and colours


def test_glyphs__belong_to_platforms() -> None:
    assert set(GLYPHS) <= {platform.name for platform in BUILT_IN}
    for path in (*GLYPHS.values(), ANY_GLYPH):
        assert re.fullmatch(r"[MLHVCSAZmlhvcsaz0-9 .,-]+", path)


def test_accents__are_seen_on_white_and_on_near_black() -> None:
    css = Path(finders.find("share_analytics/share.css") or "").read_text()
    accents = re.findall(r"--share-accent: #(\w{6});", css)

    assert len(accents) > 5
    for accent in accents:
        luminance = relative_luminance(accent)
        assert contrast(luminance, 1.0) >= 3, accent
        assert contrast(luminance, relative_luminance("121212")) >= 3, accent


def contrast(one: float, other: float) -> float:
    """WCAG 2.2's contrast ratio of two relative luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def relative_luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of ``rrggbb``."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
