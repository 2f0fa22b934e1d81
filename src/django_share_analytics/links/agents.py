"""What asks for a link, by what it calls itself: a browser, a network's fetcher, another robot.

Fetchers have a table of our own, as several networks call themselves by names of others: iMessage
has three of them in one. Robots are those of the package ``crawler-user-agents``, when it is there.
All of it is only a name: anybody may take any.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache

logger = logging.getLogger(__name__)

MAX_AGENT_LENGTH = 500
"""Characters that are looked at: as many as are kept of a user agent elsewhere."""
KEPT_AGENTS = 4_096
"""So many answers are kept in a process: to find one takes some hundred microseconds."""
AT_ONCE = 50
"""So many patterns of robots are one regular expression. One at a time takes half as long again."""


class AgentKind(Enum):
    BROWSER = "browser"
    PREVIEW = "preview"
    """A network's fetcher, for the picture and the title under a link in a message."""
    ROBOT = "robot"
    OTHER = "other"
    """Nothing that is known to be a robot, and nothing that calls itself a browser: a native app, a
    library, no name at all. It may well share; it doesn't click."""


@dataclass(frozen=True, slots=True)
class Agent:
    kind: AgentKind
    network: str = ""
    """Whose fetcher it is, or in whose app the browser is; a name as platforms have it."""

    @property
    def is_machine(self) -> bool:
        """Whether there is nobody behind it."""
        return self.kind in (AgentKind.PREVIEW, AgentKind.ROBOT)


# No pattern has two repetitions that could match the same: a hostile name costs as much as any.

FETCHERS = (
    # Who calls itself by others' names comes before these.
    (r"facebookexternalhit/[\d.]+ facebot twitterbot/", "imessage"),
    (r"^whatsapp(/2)?$", "signal"),
    (r"kakaotalk-scrap", "kakaotalk"),
    (r"line-poker|linespider", "line"),
    (r"telegrambot", "telegram"),
    # Its proxy for pictures. No Firefox says of a Mac that it is newer than 10.15.
    (r"^mozilla/5\.0 \(macintosh; intel mac os x 11\.6; rv:92\.0\) gecko/20100101 firefox/92\.0$"
     r"|^mozilla/5\.0 \(macintosh; intel mac os x 10\.10; rv:38\.0\) gecko/20100101 firefox/38\.0$"
     r"|discordbot", "discord"),
    (r"^whatsapp/", "whatsapp"),
    (r"^viber\b", "viber"),
    (r"snap url preview service|snapurlpreview", "snapchat"),
    (r"cardyb|blueskypreviewbot", "bluesky"),
    (r"\bmastodon/\d", "mastodon"),
    (r"^lemmy/", "lemmy"),
    (r"^friendica ", "friendica"),
    (r"^(pleroma|akkoma) ", "pleroma"),
    (r"summalybot", "misskey"),
    (r"slackbot|slack-imgproxy", "slack"),
    (r"linkedinbot", "linkedin"),
    (r"redditbot", "reddit"),
    (r"pinterest(bot|/0)", "pinterest"),
    (r"skypeuripreview", "teams"),
    (r"microsoftpreview", "microsoft"),
    (r"vkshare|vkrobot", "vk"),
    (r"odklbot", "ok"),
    (r"groupmebot", "groupme"),
    (r"keybasebot", "keybase"),
    (r"mattermost-bot", "mattermost"),
    (r"^synapse\b", "matrix"),
    (r"dingtalkbot", "dingtalk"),
    (r"steamchaturllookup", "steam"),
    (r"^tumblr/", "tumblr"),
    (r"flipboardproxy", "flipboard"),
    (r"tiktokspider", "tiktok"),
    (r"twitterbot", "twitter"),
    (r"facebookexternalhit|facebot|meta-externalhit", "facebook"),
    (r"embedly|iframely|opengraph\.io|google web preview|onebox|link ?preview|unfurl|richlink", ""),
)  # fmt: skip
"""Patterns of fetchers, the most specific first, with the network that looks; empty: one of those
that several ask to look for them."""

APPS = (
    (r"\bbarcelona \d|metaiab threads", "threads"),
    (r"\binstagram \d|metaiab instagram", "instagram"),
    (r"fban/messenger|fb_iab/messenger|orca-android|metaiab messenger", "messenger"),
    (r"\bfban/|\bfbav/|\bfb_iab/|metaiab facebook", "facebook"),
    (r"linkedinapp", "linkedin"),
    (r"musical_ly|bytedancewebview|trill_|tiktok", "tiktok"),
    (r"twitter for |twitterandroid", "twitter"),
    (r"telegram-android|\btelegram/", "telegram"),
    (r"\bsnapchat/", "snapchat"),
    (r"pinterest for |\[pinterest/", "pinterest"),
    (r"\bline/\d", "line"),
    (r"kakaotalk", "kakaotalk"),
    (r"micromessenger", "wechat"),
    (r"\bqq/\d", "qq"),
    (r"\breddit/", "reddit"),
    (r"\bwhatsapp/", "whatsapp"),
    (r"\bviber\b", "viber"),
    (r"\bbluesky/", "bluesky"),
    (r"\bdiscord/", "discord"),
    (r"\bslack/|slack_ssb", "slack"),
    (r"\bteams/", "teams"),
    (r"\bzalo", "zalo"),
    (r"vkandroidapp|vkclient", "vk"),
    (r"__weibo__", "weibo"),
)
"""Patterns of networks' apps that show pages themselves, with the network."""

ROBOTS = re.compile(
    r"(?<!\bcu)bots?\b|(?<!\bcu)bot[/;_\-]|spider\b|\+https?://|crawl|slurp|headlesschrome"
    r"|phantomjs|lighthouse|pagespeed"
    r"|gtmetrix|pingdom|safelinks|barracuda|proofpoint|mimecast|facebookcatalog|meta-external"
    r"|meta-webindexer|google-(?!pixel)|google favicon|googleimageproxy|feedfetcher|mediapartners"
    r"|wappalyzer|statuscake|semrush|ahrefs|playwright|selenium|ptst/|httrack|nikto|zgrab|openvas"
    r"|bingpreview|cookiehub|\bcompatible(?!; (msie|konqueror))"
)
"""What other robots call themselves."""

DOUBTFUL = re.compile(
    r"scrap|archiver|monitor|uptime|preview|validator|scanner|synthetics"
    r"|https?://|\w@[a-z][\w.\-]*\.[a-z]"
)
"""Words that robots have in their names, and people's apps as well, as they may have an address."""

DEVICES = re.compile(r"iphone|ipad|android|mobile/|electron/")
"""In the name of a browser in an app, beside the app's own."""

MADE_WITH = re.compile(r"\b(cfnetwork|dalvik|alamofire|okhttp|unityplayer)/|\(dart:io\)")
"""What native apps are made with. Before it is the app's own name, whatever it may be."""

BROWSERS = re.compile(
    r"mozilla/\d\.\d+ [(\[](?!.*windowspowershell)|(opera|ucweb|lynx|w3m|elinks)/|links \("
)
"""How the name of a browser begins. Some scripts take the first word of it, and no more."""

MISTAKEN = frozenset(
    {
        # People's messengers, and browsers in their apps.
        "WhatsApp", "Viber", r"Bluesky\/", "MetaIAB Facebook", r"Tumblr\/", "Sonic",
        # A library that apps are made with, browsers, and a version of Android.
        "okhttp", "Sogou", "Fluid", r"Code\/1\.", r"Trae\/", r"AP3A\.240617\.008",
    }
)  # fmt: skip
"""Patterns of ``crawler-user-agents`` that are no robot's alone."""


def agent_of(user_agent: str) -> Agent:
    """What calls itself so."""
    return _agent_of(user_agent[:MAX_AGENT_LENGTH])


@lru_cache(maxsize=KEPT_AGENTS)
def _agent_of(user_agent: str) -> Agent:
    name = user_agent.strip().lower()
    fetcher = first_match(FETCHERS, name)
    if fetcher is not None:
        return Agent(AgentKind.PREVIEW, fetcher)
    is_browser = bool(BROWSERS.match(name))
    if not is_browser and MADE_WITH.search(name):
        return Agent(AgentKind.OTHER)
    if ROBOTS.search(name) or (is_browser and _is_doubtful(name)) or _is_known_crawler(user_agent):
        return Agent(AgentKind.ROBOT)
    if is_browser:
        return Agent(AgentKind.BROWSER, first_match(APPS, name) or "")
    return Agent(AgentKind.OTHER)


def _is_doubtful(name: str) -> bool:
    """Of what calls itself a browser: what doesn't makes no click whatever it is, and may be an app
    that shares."""
    return bool(DOUBTFUL.search(name)) and not DEVICES.search(name)


def first_match(table: tuple[tuple[str, str], ...], name: str) -> str | None:
    """What stands beside the first pattern that is in a name, which is in lower case."""
    return next((said for pattern, said in table if re.search(pattern, name)), None)


def _is_known_crawler(user_agent: str) -> bool:
    return any(pattern.search(user_agent) for pattern in _known_crawlers())


@cache
def _known_crawlers() -> tuple[re.Pattern[str], ...]:
    """The patterns of ``crawler-user-agents``, some at a time; none without it.

    But for names of libraries: what calls itself by nothing else may be anybody's app.
    """
    try:
        from crawleruseragents import CRAWLER_USER_AGENTS_DATA

        patterns = [
            entry["pattern"]
            for entry in CRAWLER_USER_AGENTS_DATA
            if entry["pattern"] not in MISTAKEN and "http-library" not in entry.get("tags", ())
        ]
        portions = (patterns[i : i + AT_ONCE] for i in range(0, len(patterns), AT_ONCE))
        return tuple(re.compile("|".join(portion)) for portion in portions)
    except ImportError:
        return ()
    except Exception:  # other people's data in a form of tomorrow: no reason to lose a click
        logger.exception("The names of crawler-user-agents can't be used")
        return ()
