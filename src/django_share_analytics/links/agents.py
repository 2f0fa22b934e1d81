"""What asks for a link, by what it calls itself: a browser, a network's fetcher, another robot.

Fetchers have a table of our own, as several networks call themselves by names of others: iMessage
has three of them in one. Robots are those of the package ``crawler-user-agents``, when it is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache

MAX_AGENT_LENGTH = 500
"""Characters that are looked at: all that is kept of a user agent elsewhere, too."""
KEPT_AGENTS = 4_096
"""So many answers are kept in a process: to find one takes some hundred microseconds."""


class AgentKind(Enum):
    BROWSER = "browser"
    PREVIEW = "preview"
    """A network's fetcher, for the picture and the title under a link in a message."""
    ROBOT = "robot"
    OTHER = "other"
    """Nothing that is known to be a robot, and nothing that calls itself a browser: a native app, a
    library, no name at all."""


@dataclass(frozen=True, slots=True)
class Agent:
    kind: AgentKind
    network: str = ""
    """Whose fetcher it is, or in whose app the browser is; a name as platforms have it."""


FETCHERS = (
    # Who calls itself by others' names comes before these.
    (r"facebookexternalhit.*facebot.*twitterbot", "imessage"),
    (r"^whatsapp(/2)?$", "signal"),
    (r"kakaotalk-scrap", "kakaotalk"),
    (r"line-poker|linespider", "line"),
    (r"telegrambot", "telegram"),
    (r"^whatsapp/", "whatsapp"),
    (r"^viber\b", "viber"),
    (r"snap url preview service|snapurlpreview", "snapchat"),
    (r"cardyb|blueskypreviewbot|^bluesky/", "bluesky"),
    (r"mastodon/|mastodon ", "mastodon"),
    (r"slackbot|slack-imgproxy", "slack"),
    (r"discordbot", "discord"),
    (r"linkedinbot", "linkedin"),
    (r"redditbot", "reddit"),
    (r"pinterest(bot|/0)", "pinterest"),
    (r"skypeuripreview", "skype"),
    (r"microsoftpreview", "teams"),
    (r"vkshare|vkrobot", "vk"),
    (r"odklbot", "ok"),
    (r"groupmebot", "groupme"),
    (r"keybasebot", "keybase"),
    (r"mattermost-bot", "mattermost"),
    (r"^synapse\b.*matrix", "matrix"),
    (r"^tumblr/", "tumblr"),
    (r"flipboardproxy", "flipboard"),
    (r"zalo.*bot|^zalo", "zalo"),
    (r"tiktokspider", "tiktok"),
    (r"twitterbot", "twitter"),
    (r"facebookexternalhit|facebot|meta-externalfetcher|meta-externalhit", "facebook"),
    (r"embedly|iframely|opengraph\.io|yahoo link preview|google web preview|onebox|linkpreview"
     r"|link preview|unfurl", ""),
)  # fmt: skip
"""Patterns of fetchers, the most specific first, with the network that looks."""

APPS = (
    (r"barcelona ", "threads"),
    (r"instagram ", "instagram"),
    (r"fban/messenger|fb_iab/messenger|orca-android", "messenger"),
    (r"\bfban/|\bfbav/|\bfb_iab/|metaiab facebook", "facebook"),
    (r"linkedinapp", "linkedin"),
    (r"musical_ly|bytedancewebview|trill_|tiktok", "tiktok"),
    (r"twitter for |twitterandroid", "twitter"),
    (r"telegram-android|\btelegram/", "telegram"),
    (r"snapchat/", "snapchat"),
    (r"pinterest for |\[pinterest/", "pinterest"),
    (r"\bline/\d", "line"),
    (r"kakaotalk", "kakaotalk"),
    (r"micromessenger", "wechat"),
    (r"reddit/", "reddit"),
    (r"whatsapp/", "whatsapp"),
    (r"viber", "viber"),
    (r"bluesky/", "bluesky"),
    (r"zalo", "zalo"),
    (r"vkandroidapp|vkclient", "vk"),
)
"""Patterns of networks' apps that show pages themselves, with the network."""

ROBOTS = (
    r"(?<!\bcu)bots?\b|bot[/;_\-]|crawl|spider|slurp|scrap|archiver|headlesschrome|phantomjs|lighthouse"
    r"|pagespeed|monitor|uptime|pingdom|preview|validator|scanner|safelinks|barracuda|proofpoint"
    r"|mimecast|facebookcatalog|meta-external|meta-webindexer|google-|feedfetcher|mediapartners"
    r"|ia_archiver|wappalyzer|statuscake|semrush|ahrefs|playwright|selenium|synthetics|ptst/"
    r"|httrack|nikto|zgrab|https?://|\+?[\w.]+@[\w.]+|\bcompatible(?!; msie)"
)
"""What else robots call themselves. A browser has no address in its name."""

MISTAKEN = frozenset({"WhatsApp", "Viber", r"Bluesky\/", "okhttp", "MetaIAB Facebook", r"Tumblr\/"})
"""Patterns of ``crawler-user-agents`` that people's own apps have, too."""


def agent_of(user_agent: str) -> Agent:
    """What calls itself so. Only a name: anybody may take any."""
    return _agent_of(user_agent[:MAX_AGENT_LENGTH])


@lru_cache(maxsize=KEPT_AGENTS)
def _agent_of(user_agent: str) -> Agent:
    name = user_agent.strip().lower()
    app = _network(APPS, name) or ""
    fetchers = _network(FETCHERS, name)
    if fetchers is not None:
        return Agent(AgentKind.PREVIEW, fetchers)
    if re.search(ROBOTS, name) or _is_known_crawler(user_agent):
        return Agent(AgentKind.ROBOT)
    if name.startswith(("mozilla/", "opera/")):
        return Agent(AgentKind.BROWSER, app)
    return Agent(AgentKind.OTHER, app)


def _network(table: tuple[tuple[str, str], ...], name: str) -> str | None:
    return next((network for pattern, network in table if re.search(pattern, name)), None)


def _is_known_crawler(user_agent: str) -> bool:
    return any(pattern.search(user_agent) for pattern in _known_crawlers())


@cache
def _known_crawlers() -> tuple[re.Pattern[str], ...]:
    """The patterns of ``crawler-user-agents``, some at a time; none without it.

    But for names of libraries: what calls itself by nothing else may be anybody's app.
    """
    try:
        from crawleruseragents import CRAWLER_USER_AGENTS_DATA
    except ImportError:
        return ()
    patterns = [
        entry["pattern"]
        for entry in CRAWLER_USER_AGENTS_DATA
        if entry["pattern"] not in MISTAKEN and "http-library" not in entry.get("tags", ())
    ]
    return tuple(re.compile("|".join(patterns[i : i + 50])) for i in range(0, len(patterns), 50))
