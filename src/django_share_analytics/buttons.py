"""What a share button shows: its words, its glyph and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrOrPromise as StrOrPromise

    from django_share_analytics.platforms import Platform, PlatformRegistry

MOST_LINKS = 5
"""How many platforms get a link when nobody says which: more would be a wall, not a choice."""


@dataclass(frozen=True, slots=True)
class ScriptedButton:
    """What a button says that only a script can serve: before, and once it has done it."""

    label: StrOrPromise
    done: StrOrPromise = ""


SCRIPTED = {
    "copy": ScriptedButton(gettext_lazy("Copy link"), gettext_lazy("Link copied")),
    "native": ScriptedButton(gettext_lazy("Share…")),
    "qr": ScriptedButton(pgettext_lazy("platform", "QR code")),
}
ON_REQUEST = {"qr"}
"""Scripted ones that are shown only where they are asked for, and only where shares have links."""

# Drawn for this package on a grid of 24 by 24, as strokes: letters and everyday signs, no logos.
GLYPHS = {
    "whatsapp": "M4 20l1.3-4A8 8 0 1 1 8 18.9zM9 12h.01M12 12h.01M15 12h.01",
    "facebook": "M16 5h-1.5a3.5 3.5 0 0 0-3.5 3.5V20M8 12h7",
    "twitter": "M6 5l12 14M18 5L6 19",
    "telegram": "M21 4L3 11l6 2.5L11.5 20l3-4 3.5 2.5zM9 13.5L21 4",
    "linkedin": "M7 10v9M7 5.5v.01M12 19v-9M12 14a3.5 3.5 0 0 1 7 0v5",
    "reddit": "M8 20V8M8 13.5a6 6 0 0 1 8.5-4.5",
    "pinterest": "M7.5 21V8M7.5 12.5a4.8 4.8 0 1 1 0 .01",
    "threads": "M15.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zv1.5a2.5 2.5 0 0 0 5 0V12"
    "a8.5 8.5 0 1 0-4 7.2",
    "bluesky": "M7 18a4 4 0 0 1 0-8 5.5 5.5 0 0 1 10.5 1A3.5 3.5 0 0 1 17 18z",
    "mastodon": "M5 18v-8M5 12a3.5 3.5 0 0 1 7 0v6M12 12a3.5 3.5 0 0 1 7 0v6",
    "line": "M4 5h16v11h-8l-4 4v-4H4zM10 8v5h4",
    "viber": "M6 3l3 5-2 2a13 13 0 0 0 7 7l2-2 5 3-1 3C10 22 2 14 3 4z",
    "email": "M3 6h18v12H3zM3 7l9 7 9-7",
    "sms": "M4 5h16v11h-8l-4 4v-4H4zM8 9h8M8 12h5",
    "qr": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
    "copy": "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1 1"
    "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1-1",
}
ANY_GLYPH = "M12 15V4M8 8l4-4 4 4M6 12H5v8h14v-8h-1"


@dataclass(frozen=True, slots=True)
class Button:
    """One share button. ``href`` is empty where only a script can act."""

    platform: str
    label: StrOrPromise
    href: str = ""
    done: StrOrPromise = ""
    intent: str = ""
    """``href`` with ``{code}`` for the code of a share's link; empty where shares have none."""
    glyph: str = ANY_GLYPH
    """The path of the button's picture, on a grid of 24 by 24."""

    @property
    def opens_tab(self) -> bool:
        """Whether the link leads to a page; a mail or phone program needs no tab of its own."""
        return self.href.startswith(("https:", "http:"))

    @property
    def name(self) -> str:
        """What a screen reader calls the link, also when read apart from its neighbours."""
        name = _("Share via %(platform)s") % {"platform": self.label}
        return _("%(name)s (opens in a new tab)") % {"name": name} if self.opens_tab else name


def has_button(platform: Platform) -> bool:
    return bool(platform.intent) or platform.name in SCRIPTED


def default_platforms(registry: PlatformRegistry) -> list[Platform]:
    """The first few platforms with a link, then what the browser itself can do."""
    platforms = [
        platform
        for platform in registry.by_name.values()
        if has_button(platform) and platform.name not in ON_REQUEST
    ]
    links = [platform for platform in platforms if platform.name not in SCRIPTED]
    scripted = [platform for platform in platforms if platform.name in SCRIPTED]
    return links[:MOST_LINKS] + scripted


def make_buttons(
    platforms: Iterable[Platform], *, url: str, text: str, link: str = ""
) -> list[Button]:
    """The buttons that share the absolute address ``url`` with the words ``text``.

    ``link`` is the absolute address of its links, with ``{code}`` in it; empty where it has none.
    """
    return [_button(platform, url, text, link) for platform in platforms]


def _button(platform: Platform, url: str, text: str, link: str) -> Button:
    glyph = platform.glyph or GLYPHS.get(platform.name, ANY_GLYPH)
    if scripted := SCRIPTED.get(platform.name):
        return Button(platform.name, scripted.label, done=scripted.done, glyph=glyph)
    return Button(
        platform.name,
        platform.label,
        href=platform.intent_url(url=url, text=text),
        intent=link and platform.intent_template(link=link, text=text),
        glyph=glyph,
    )
