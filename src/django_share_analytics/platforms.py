"""The platforms a share can go to: their names, labels, aliases and intent URLs.

The registry is data. What a project allows is the setting ``PLATFORMS``; the shares that were
recorded under a name stay readable when the name is no longer allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrOrPromise as StrOrPromise

MAX_NAME_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Platform:
    """A place to share to.

    ``name`` is what is stored and served; ``aliases`` are other spellings that mean the same.
    ``intent`` is the address that opens the platform's own share dialog, with the placeholders
    ``{url}`` and ``{text}`` (each percent-encoded when filled in). It is empty for platforms that
    only a script can reach, such as the clipboard. ``glyph`` is the path of the button's picture,
    strokes on a grid of 24 by 24; without one it has ours.
    """

    name: str
    label: StrOrPromise
    aliases: tuple[str, ...] = ()
    intent: str = ""
    glyph: str = ""

    def intent_url(self, *, url: str, text: str) -> str:
        """The address to open for sharing ``url`` with ``text``, or ``""`` when there is none."""
        # Titles are strangers' text: half a surrogate pair must not break the page it stands on.
        return self.intent.replace("{url}", quote(url, safe="", errors="replace")).replace(
            "{text}", quote(text, safe="", errors="replace")
        )

    def intent_template(self, *, link: str, text: str) -> str:
        """:meth:`intent_url` of a link with ``{code}`` in it, which a script fills in.

        Empty for a dialog that takes no address. All but the code is quoted here: browsers leave
        signs as they are that Python quotes.
        """
        if "{url}" not in self.intent:
            return ""
        before, _, after = (quote(part, safe="") for part in link.partition("{code}"))
        intent = self.intent.replace("{text}", quote(text, safe="", errors="replace"))
        return intent.replace("{url}", f"{before}{{code}}{after}", 1)


BUILT_IN: tuple[Platform, ...] = (
    Platform("whatsapp", "WhatsApp", ("wa",), "https://api.whatsapp.com/send?text={text}%20{url}"),
    Platform("facebook", "Facebook", ("fb",), "https://www.facebook.com/sharer/sharer.php?u={url}"),
    Platform("twitter", "X", ("x",), "https://x.com/intent/tweet?text={text}&url={url}"),
    Platform("telegram", "Telegram", ("tg",), "https://t.me/share/url?url={url}&text={text}"),
    Platform(
        "linkedin", "LinkedIn", (), "https://www.linkedin.com/sharing/share-offsite/?url={url}"
    ),
    Platform("reddit", "Reddit", (), "https://www.reddit.com/submit?url={url}&title={text}"),
    Platform(
        "pinterest",
        "Pinterest",
        (),
        "https://www.pinterest.com/pin/create/button/?url={url}&description={text}",
    ),
    Platform("threads", "Threads", (), "https://www.threads.com/intent/post?text={text}&url={url}"),
    Platform("bluesky", "Bluesky", (), "https://bsky.app/intent/compose?text={text}%20{url}"),
    Platform("mastodon", "Mastodon", (), "https://share.joinmastodon.org/#text={text}%20{url}"),
    Platform(
        "line", "LINE", (), "https://social-plugins.line.me/lineit/share?url={url}&text={text}"
    ),
    Platform("viber", "Viber", (), "viber://forward?text={text}%20{url}"),
    Platform(
        "email",
        pgettext_lazy("platform", "Email"),
        ("mail", "e-mail"),
        "mailto:?subject={text}&body={url}",
    ),
    Platform("sms", pgettext_lazy("platform", "SMS"), ("text",), "sms:?&body={text}%20{url}"),
    Platform("copy", pgettext_lazy("platform", "Copied link"), ("copy_link", "clipboard", "link")),
    Platform("native", pgettext_lazy("platform", "Device share sheet"), ("web_share",)),
    Platform("qr", pgettext_lazy("platform", "QR code"), ("qrcode", "qr_code")),
)
"""All that the package knows: the setting ``PLATFORMS`` unless a site says otherwise."""

_NETWORKS = {
    # Those that are translated are no networks.
    **{platform.name: platform.label for platform in BUILT_IN if isinstance(platform.label, str)},
    "groupme": "GroupMe",
    "imessage": "iMessage",
    "kakaotalk": "KakaoTalk",
    "ok": "OK",
    "qq": "QQ",
    "tiktok": "TikTok",
    "vk": "VK",
    "wechat": "WeChat",
}


def network_label(name: str) -> str:
    """What a network calls itself, be it a platform of this site or not; empty where none is named.

    Mostly its name with a capital.
    """
    return _NETWORKS.get(name, name.capitalize())


class PlatformRegistry:
    """The allowed platforms, looked up by any of their spellings."""

    def __init__(self, platforms: Iterable[Platform]) -> None:
        self._by_name = {platform.name: platform for platform in platforms}
        self._by_spelling: dict[str, Platform] = {}
        for platform in self._by_name.values():
            for spelling in map(_folded, (platform.name, *platform.aliases)):
                if self._by_spelling.setdefault(spelling, platform) is not platform:
                    other = self._by_spelling[spelling].name
                    raise ValueError(f"{spelling!r} names both {other!r} and {platform.name!r}.")

    @property
    def by_name(self) -> Mapping[str, Platform]:
        return self._by_name

    @property
    def names(self) -> list[str]:
        return list(self._by_name)

    def find(self, spelling: str) -> Platform | None:
        """The platform that is written ``spelling``, whatever its case, or ``None``."""
        return self._by_spelling.get(spelling) or self._by_spelling.get(_folded(spelling))

    def name_of(self, spelling: str) -> str:
        """The name under which it is stored; ``spelling`` itself when it is unregistered."""
        platform = self.find(spelling)
        return platform.name if platform else spelling

    def label(self, name: str) -> StrOrPromise:
        """What people call the platform stored as ``name``; the name itself when unregistered."""
        platform = self._by_name.get(name)
        return platform.label if platform else name


def _folded(spelling: str) -> str:
    return spelling.strip().lower()
