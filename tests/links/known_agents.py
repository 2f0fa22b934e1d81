"""What calls itself how: fetchers, browsers, robots and others, as they were seen."""

from __future__ import annotations

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148"
)
WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A.250205.002; wv) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Version/4.0 Chrome/142.0.7444.102 Mobile Safari/537.36"
)


def android(model: str) -> str:
    return WEBVIEW.replace("Pixel 9", model).replace("; wv", "")


FETCHERS = [
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
        "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "imessage",
    ),
    ("WhatsApp/2", "signal"),
    ("WhatsApp", "signal"),
    ("WhatsApp/2.23.20.0 A", "whatsapp"),
    ("WhatsApp/2.2332.9 N", "whatsapp"),
    ("WhatsApp/0.3.4679 N", "whatsapp"),
    ("WhatsApp/2.19.81 i", "whatsapp"),
    ("TelegramBot (like TwitterBot)", "telegram"),
    ("Twitterbot/1.0", "twitter"),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "facebook"),
    ("facebookexternalhit/1.1", "facebook"),
    ("Facebot/1.0", "facebook"),
    (
        "Mozilla/5.0 (compatible; Meta-ExternalHit/1.1; "
        "+http://www.facebook.com/externalhit_uatext.php)",
        "facebook",
    ),
    ("facebookexternalhit/1.1;line-poker/1.0", "line"),
    ("Mozilla/5.0 (compatible; Linespider/1.1; +https://lin.ee/4dwXkTH)", "line"),
    (
        "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
        "kakaotalk",
    ),
    ("Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)", "bluesky"),
    ("BlueskyPreviewBot/1.0", "bluesky"),
    ("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "discord"),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 11.6; rv:92.0) Gecko/20100101 Firefox/92.0",
        "discord",
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.10; rv:38.0) Gecko/20100101 Firefox/38.0",
        "discord",
    ),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "slack"),
    ("Slackbot 1.0 (+https://api.slack.com/robots)", "slack"),
    ("Slack-ImgProxy 0.66 (+https://api.slack.com/robots)", "slack"),
    (
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "linkedin",
    ),
    ("Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)", "reddit"),
    ("Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)", "pinterest"),
    ("Pinterest/0.2 (+http://www.pinterest.com/bot.html)", "pinterest"),
    ("http.rb/5.1.1 (Mastodon/4.2.1; +https://mastodon.social/)", "mastodon"),
    ("Mastodon/4.3.0 (http.rb/5.2.0; +https://mastodon.social/)", "mastodon"),
    ("Lemmy/0.19.8; +https://leminal.space", "lemmy"),
    ("Friendica 'Yellow Archangel' 2023.12-1542; https://venera.social", "friendica"),
    ("Pleroma 2.5.0; https://pleroma.example <admin@pleroma.example>", "pleroma"),
    ("SummalyBot/5.1.0", "misskey"),
    ("Viber", "viber"),
    ("Viber/24.3.0.1 CFNetwork/1494.0.7 Darwin/23.4.0", "viber"),
    (
        "Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots",
        "snapchat",
    ),
    (
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 "
        "skype-url-preview@microsoft.com",
        "teams",
    ),
    ("MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview", "microsoft"),
    ("Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)", "vk"),
    ("OdklBot/1.0 (share@odnoklassniki.ru)", "ok"),
    ("Synapse (bot; +https://github.com/matrix-org/synapse)", "matrix"),
    ("Mattermost-Bot/1.1", "mattermost"),
    ("DingTalkBot-LinkService/1.0 (+https://open-doc.dingtalk.com/)", "dingtalk"),
    ("Valve/Steam HTTP Client 1.0 (SteamChatURLLookup)", "steam"),
    ("Tumblr/14.0.835.186", "tumblr"),
    (
        "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile "
        "Safari/537.36 (compatible; TikTokSpider; ttspider-feedback@tiktok.com)",
        "tiktok",
    ),
    ("Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)", ""),
    ("Iframely/1.3.1 (+https://iframely.com/docs/about) Atlassian", ""),
    ("Discourse Forum Onebox v3.3.0.beta1-dev", ""),
]

IN_APPS = [
    (f"{IPHONE} Instagram 361.0.0.35.82 (iPhone16,2; iOS 18_5; en_US; scale=3.00)", "instagram"),
    (f"{WEBVIEW} Instagram 361.0.0.46.88 Android (35/15; 420dpi; 1080x2400; Google)", "instagram"),
    (f"{IPHONE} Barcelona 361.0.0.30.77 (iPhone16,2; iOS 18_5; en_US)", "threads"),
    (f"{IPHONE} [FBAN/FBIOS;FBAV/484.0.0.42.105;FBBV/661309427;FBDV/iPhone16,2]", "facebook"),
    (f"{WEBVIEW} [FB_IAB/FB4A;FBAV/484.0.0.63.83;IABMV/1;]", "facebook"),
    (f"{WEBVIEW} MetaIAB Facebook", "facebook"),
    (f"{IPHONE} [FBAN/MessengerForiOS;FBAV/484.0.0.37.109]", "messenger"),
    (f"{WEBVIEW} [FB_IAB/Orca-Android;FBAV/484.0.0.41.109;]", "messenger"),
    (f"{IPHONE} [LinkedInApp]/9.30.4470", "linkedin"),
    (f"{WEBVIEW} musical_ly_2023908040 JsSdk/1.0 BytedanceWebview/d8a21c6", "tiktok"),
    (f"{IPHONE} trill_39.8.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6", "tiktok"),
    (f"{IPHONE} Twitter for iPhone/10.81", "twitter"),
    (f"{WEBVIEW} TwitterAndroid", "twitter"),
    (f"{WEBVIEW} Telegram-Android/11.9.2 (Google Pixel 9; Android 15; SDK 35; HIGH)", "telegram"),
    (f"{IPHONE} Snapchat/13.30.0.38 (like Safari/8615.1.26, panda)", "snapchat"),
    (f"{IPHONE} [Pinterest/iOS]", "pinterest"),
    (f"{WEBVIEW} [Pinterest/Android]", "pinterest"),
    (f"{IPHONE} Safari Line/15.6.0", "line"),
    (f"{WEBVIEW} Line/15.6.0/IAB", "line"),
    (f"{IPHONE} KAKAOTALK/25.4.1 (INAPP)", "kakaotalk"),
    (f"{IPHONE} MicroMessenger/8.0.59(0x18003b2f) NetType/WIFI Language/zh_CN", "wechat"),
    (f"{IPHONE} Reddit/Version 2025.20.0/Build 1/iOS Version 18.5", "reddit"),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "WhatsApp/2.2009.8 Chrome/69.0.3497.128 Electron/4.2.9 Safari/537.36",
        "whatsapp",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Viber/24.3.0.1 QtWebEngine/6.5.2 Chrome/108.0.5359.220 Safari/537.36",
        "viber",
    ),
    (f"{IPHONE} Bluesky/1.103.0", "bluesky"),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "discord/1.0.9190 Chrome/130.0.6723.191 Electron/33.4.0 Safari/537.36",
        "discord",
    ),
    (f"{WEBVIEW} Zalo android/12100732 ZaloTheme/light ZaloLanguage/vi", "zalo"),
    (f"{IPHONE} Weibo (iPhone16,2__weibo__15.5.1__iphone__os18.5)", "weibo"),
]

BROWSERS = [
    f"{IPHONE} BabyMonitor/1.2",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/130.0.6723.58 Mobile Safari/537.36 QRScanner/5.1",
    CHROME,
    FIREFOX,
    SAFARI,
    WEBVIEW,
    f"{CHROME} Edg/142.0.0.0",
    f"{CHROME} OPR/123.0.0.0",
    f"{CHROME} Vivaldi/7.4",
    f"{CHROME} YaBrowser/25.4.0.0",
    f"{CHROME} Whale/4.31.304.16",
    f"{CHROME} coc_coc_browser/130.0.166",
    f"{SAFARI} Ddg/18.5",
    f"{IPHONE} Safari/604.1",
    f"{IPHONE} CriOS/142.0.7444.77 Safari/604.1",
    f"{IPHONE} FxiOS/145.0 Safari/605.1.15",
    f"{IPHONE} GSA/371.0.756903545 Safari/604.1",
    f"{IPHONE} Safari/605.1.15 (Ecosia ios@10.5.0.2128)",
    f"{IPHONE} NAVER(inapp; search; 2000; 12.9.1; 16PRO)",
    f"{IPHONE} SogouMobileBrowser/5.28.7",
    f"{IPHONE} baiduboxapp/14.5.0.10",
    android("SM-S928B").replace("Version/4.0", "SamsungBrowser/28.0"),
    android("CUBOT_X18_Plus"),
    android("CUBOT X30"),
    android("CUBOT NOTE 20 PRO"),
    android("P80 CUBOT"),
    android("Panasonic ELUGA"),
    # A build of Android that many phones have, which the package takes for a robot's.
    WEBVIEW.replace("AP4A.250205.002", "AP3A.240617.008"),
    f"{WEBVIEW} UCBrowser/13.4.0.1306",
    f"{WEBVIEW} MiuiBrowser/14.8.0",
    f"{WEBVIEW} HuaweiBrowser/15.0.4.312",
    f"{CHROME} QQBrowser/13.9.6354.400",
    # Browsers in people's editors.
    CHROME.replace("Chrome/", "Code/1.115.0 Chrome/"),
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
    "Mozilla/5.0 (compatible; Konqueror/4.14; Linux) KHTML/4.14.2 (like Gecko)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
    "Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Safari/605.1.15",
    "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
    "Opera/9.80 (Android; Opera Mini/77.0.2254/191.352; U; en) Presto/2.12.423 Version/12.16",
    "Lynx/2.9.0 libwww-FM/2.14FM SSL-MM/1.4.1",
]

ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
    "+https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "meta-externalagent/1.1",
    f"{CHROME} Google Favicon",
    CHROME.replace("Chrome/", "HeadlessChrome/"),
    f"{CHROME} Chrome-Lighthouse",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
    "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
    "Barracuda Sentinel (EE)",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    "CCBot/2.0 (https://commoncrawl.org/faq/)",
    "ClaudeBot/1.0; +claudebot@anthropic.com",
    "Mozilla/5.0 (X11; Linux x86_64) nobody@example.org",
]

ROBOTS_OF_THE_PACKAGE = [
    f"{CHROME} Hardenize",
    f"{CHROME} (ThousandEyes Agent)",
    "Mozilla/5.0 (X11; Datanyze; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/65.0.3325.181 Safari/537.36",
]
"""Those that nobody tells from a browser without ``crawler-user-agents``."""

OTHERS = [
    "",
    " ",
    "-",
    "Mozilla/5.0",
    "okhttp/4.12.0",
    "curl/8.5.0",
    "Wget/1.21.4",
    "python-requests/2.32.3",
    "Python-urllib/3.12",
    "Python/3.12 aiohttp/3.11.18",
    "python-httpx/0.28.1",
    "Go-http-client/2.0",
    "Java/17.0.10",
    "Apache-HttpClient/4.5.14 (Java/17.0.10)",
    "axios/1.9.0",
    "node-fetch/1.0 (+node)",
    "Dart/3.7 (dart:io)",
    "GuzzleHttp/7",
    "PostmanRuntime/7.43.4",
    "libwww-perl/6.77",
    "Dalvik/2.1.0 (Linux; U; Android 9; CUBOT_X18_Plus Build/PPR1.180610.011)",
    "Shop/3.2 CFNetwork/1494.0.7 Darwin/23.4.0",
    "Shop/3.2 (com.example.shop; build:7; iOS 18.5.0) Alamofire/5.10.2",
    "Bluesky/1.103.0 CFNetwork/1494.0.7 Darwin/23.4.0",
    # People's apps with words in their names that robots have, too.
    "BabyMonitor/1.2",
    "BabyMonitor/1.2 CFNetwork/1494.0.7 Darwin/23.4.0",
    "QR Scanner/2.0 okhttp/4.9.0",
    "Photo Preview/2.1 (iPhone; iOS 18.5.0)",
    "Spiderman/1.0",
    "Scrapbook/4.2 (https://scrapbook.example; help@scrapbook.example)",
    "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1682",
]
