"""Samples of templates and of HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.backends.django import DjangoTemplates

import django_share_analytics

if TYPE_CHECKING:
    from django.http import HttpRequest

PACKAGE = Path(django_share_analytics.__file__).parent
SIGNS = {
    "share_assets": "share_analytics/share.js",
    "share_buttons": "data-share-platform=",
    "share_count": "data-share-count",
}
"""What a tag leaves on the page, if it does what it should."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
BASE = """<!doctype html><html><head>{% block head %}{% endblock %}</head>
<body>{% block content %}{% endblock %}</body></html>"""


class Unknown(str):
    """Instead of nothing, for a name that no context has."""

    def __contains__(self, part: object) -> bool:
        return True

    def __mod__(self, name: Any) -> str:
        raise LookupError(f"The template asks for {name}, which a reader doesn't have.")


def render(code: str, names: dict[str, Any], request: HttpRequest) -> str:
    """The page, where each tag has done its work. Libraries that it doesn't load are loaded."""
    (configured,) = settings.TEMPLATES
    options = {
        **configured["OPTIONS"],
        "debug": True,
        "string_if_invalid": Unknown("%s"),
        "builtins": ["django_share_analytics.templatetags.share_analytics"],
        "loaders": [
            ("django.template.loaders.locmem.Loader", {"base.html": BASE}),
            "django.template.loaders.app_directories.Loader",
        ],
    }
    engine = DjangoTemplates({"NAME": "docs", "DIRS": [], "APP_DIRS": False, "OPTIONS": options})
    page = engine.from_string(code).render(names, request)
    for tag, sign in SIGNS.items():
        assert sign in page or f"% {tag}" not in code, f"{tag} left nothing: {page}"
    return page


def ours() -> str:
    """Our scripts, styles and templates."""
    static = PACKAGE / "static" / "share_analytics"
    files = [*static.glob("share*"), *PACKAGE.glob("templates/share_analytics/*.html")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


class Elements(HTMLParser):
    """Which elements are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open += [tag] if tag not in VOID else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag], f"</{tag}> closes {self.open}"
        self.open.pop()


def check_html(code: str) -> None:
    """What is opened is closed."""
    elements = Elements()
    elements.feed(code)
    assert not elements.open


def check_attributes(code: str) -> None:
    """Those with our name are ours."""
    script = ours()
    for attribute in set(re.findall(r"\bdata-share[\w-]*", code)):
        assert attribute in script or _of_dataset(attribute) in script, attribute


def _of_dataset(attribute: str) -> str:
    """As scripts read it: ``dataset.shareApp``."""
    first, *rest = attribute.removeprefix("data-").split("-")
    return "dataset." + first + "".join(map(str.capitalize, rest))


def check_css(code: str) -> None:
    """Braces match, and the properties with our names are read by our styles."""
    assert code.count("{") == code.count("}") > 0
    styles = ours()
    for name in set(re.findall(r"--share-[\w-]+", code)):
        assert f"var({name}" in styles, f"{name} is not a property of ours"
