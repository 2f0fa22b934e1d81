"""What is kept of a user agent: what kind of browser it is, and on what kind of device.

Neither version nor model, which make a browser one of few. A table of our own, as it has to be
right for most and small, not to know each browser that there is.
"""

from __future__ import annotations

from functools import lru_cache

from django_share_analytics.links.agents import (
    KEPT_AGENTS,
    MAX_AGENT_LENGTH,
    AgentKind,
    agent_of,
    first_match,
)
from django_share_analytics.platforms import network_label

SYSTEM_NAMES = (
    (r"windows phone", "Windows Phone"),
    (r"windows", "Windows"),
    (r"android", "Android"),
    (r"ipad", "iPadOS"),
    (r"iphone|ipod", "iOS"),
    (r"macintosh|mac os x", "macOS"),
    (r"\bcros\b", "ChromeOS"),
    (r"tizen", "Tizen"),
    (r"kaios", "KaiOS"),
    (r"linux|x11", "Linux"),
)
"""Patterns of systems, the most specific first: most call themselves by others' names, too."""

BROWSER_NAMES = (
    (r"\bedg(e|a|ios)?/", "Edge"),
    (r"\b(opr|opios|opt|opera)[/ ]|opera mini", "Opera"),
    (r"samsungbrowser/", "Samsung Internet"),
    (r"yabrowser/", "Yandex Browser"),
    (r"vivaldi/", "Vivaldi"),
    (r"ucbrowser/", "UC Browser"),
    (r"huaweibrowser/", "Huawei Browser"),
    (r"miuibrowser/", "Mi Browser"),
    (r"\b(duckduckgo|ddg)/", "DuckDuckGo"),
    (r"\bsilk/", "Silk"),
    (r"\bwhale/", "Whale"),
    (r"\bbrave/", "Brave"),
    (r"\bgsa/", "Google app"),
    (r"\bfocus/|\bklar/", "Firefox Focus"),
    (r"fxios/|firefox/", "Firefox"),
    (r"msie |trident/", "Internet Explorer"),
    (r"; wv\)|\) mobile/\w+(?!.*\bsafari/)", "WebView"),
    (r"crios/|chrome/|chromium/", "Chrome"),
    (r"android.* version/", "Android Browser"),
    (r"\bsafari/", "Safari"),
)
"""Patterns of browsers, the most specific first, as for systems."""


def family_of(user_agent: str) -> str:
    """What people call it: "Firefox on Android", "Instagram on iOS" in that network's own app.

    Empty for what is no browser, or none that we know.
    """
    return _family_of(user_agent[:MAX_AGENT_LENGTH])


@lru_cache(maxsize=KEPT_AGENTS)
def _family_of(user_agent: str) -> str:
    agent, name = agent_of(user_agent), user_agent.lower()
    if agent.kind is not AgentKind.BROWSER:
        return ""
    browser = network_label(agent.network) or first_match(BROWSER_NAMES, name) or ""
    system = first_match(SYSTEM_NAMES, name)
    return f"{browser} on {system}" if browser and system else browser
