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
    # "Sonic" is the name of a robot, too.
    (f"{CHROME} Electron/30.0.2 Sonic Slack_SSB/4.38.115", "slack"),
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
    # What some have had for years.
    "Mozilla/5.0 (Windows NT 5.1; rv:52.0) Gecko/20100101 Firefox/52.0",
    "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.112 "
    "Safari/537.36",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0)",
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows Phone 8.0; Trident/6.0; IEMobile/10.0; ARM; "
    "Touch; NOKIA; Lumia 920)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763",
    "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_5) AppleWebKit/601.7.8 (KHTML, like Gecko) "
    "Version/9.1.3 Safari/537.86.7",
    "Mozilla/5.0 (iPhone; U; CPU iPhone OS 3_0 like Mac OS X; en-us) AppleWebKit/528.18 (KHTML, "
    "like Gecko) Version/4.0 Mobile/7A341 Safari/528.16",
    "Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/12.1.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; U; Android 2.3.6; en-us; GT-S5830 Build/GINGERBREAD) AppleWebKit/533.1 "
    "(KHTML, like Gecko) Version/4.0 Mobile Safari/533.1",
    "Mozilla/5.0 (Linux; Android 5.1.1; SM-J320F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/4.0 Chrome/44.0.2403.133 Mobile Safari/537.36",
    "Mozilla/5.0 (BlackBerry; U; BlackBerry 9900; en) AppleWebKit/534.11+ (KHTML, like Gecko) "
    "Version/7.1.0.346 Mobile Safari/534.11+",
    "Mozilla/5.0 (SymbianOS/9.4; Series60/5.0 NokiaN97-1/20.0.019; Profile/MIDP-2.1 "
    "Configuration/CLDC-1.1) AppleWebKit/525 (KHTML, like Gecko) BrowserNG/7.1.18124",
    "UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.4; en-US; 2014818) U2/1.0.0 UCBrowser/10.7.9.856 U2/1.0.0 "
    "Mobile",
    # Phones, tablets, televisions, glasses.
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
    "Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; moto g(60)) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/112.0.0.0 Mobile Safari/537.36 EdgA/112.0.1722.59",
    "Mozilla/5.0 (Linux; Android 9; KFMAWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/126.3.1 "
    "like Chrome/126.0.6478.71 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; V2250) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/87.0.4280.141 Mobile Safari/537.36 VivoBrowser/12.5.0.0",
    "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/3.1 Chrome/76.0.3809.146 TV Safari/537.36",
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.88 "
    "Safari/537.36 WebAppManager",
    "Mozilla/5.0 (Linux; Android 13; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) "
    "OculusBrowser/32.0.0.3.43 Chrome/122.0.6261.112 VR Safari/537.36",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux i686; rv:68.9) Gecko/20100101 Goanna/4.6 Firefox/68.9 "
    "PaleMoon/28.10.0",
    f"{IPHONE} EdgiOS/124.0.2478.50 Version/17.0 Safari/604.1",
    f"{IPHONE} DuckDuckGo/7 Safari/605.1.15",
    f"{IPHONE} DingTalk/7.5.10 com.laiwang.DingTalk/33 Channel/201200",
    f"{WEBVIEW} AlipayClient/10.5.96.8000",
    # A desktop app, which is a browser, with a word in its name that robots have.
    f"{CHROME} shop-monitor/1.2.0 Electron/30.2.0",
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
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; "
    "+http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
    "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 "
    "(compatible; Bytespider; spider-feedback@bytedance.com)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; "
    "+https://openai.com/bot",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; "
    "+claudebot@anthropic.com)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; "
    "+https://perplexity.ai/perplexitybot)",
    "Mozilla/5.0 (Linux; Android 7.0; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
    "PetalBot; +https://webmaster.petalsearch.com/site/petalbot)",
    "Mozilla/5.0 (compatible; ExampleBot/1.0; +https://example.org/bot) okhttp/4.12.0",
    "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "Screaming Frog SEO Spider/21.0",
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 "
    "Safari/538.1",
    f"{CHROME} PingdomTMS/2020.2 Electron/7.3.2",
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
    "iRobot/7.2.1 CFNetwork/1410.0.3 Darwin/22.6.0",
    "DungeonCrawl/2.1 CFNetwork/1485 Darwin/23.1.0",
    "Lighthouse/4.1 (iPhone; iOS 18.5.0) Alamofire/5.10.2",
    "Chatbot/1.0 okhttp/4.12.0",
    "Chatbot/1.0 Dart/3.7 (dart:io)",
    "Dalvik/2.1.0 (Linux; U; Android 13; Robot 5 Build/TP1A.220624.014)",
    # What apps are made with, by itself.
    "Dalvik/1.6.0 (Linux; U; Android 4.4.2; GT-I9505 Build/KOT49H)",
    "okhttp/3.12.1",
    "Expo/1017699 CFNetwork/1490.0.4 Darwin/23.2.0",
    "Shop/1 CFNetwork/978.0.7 Darwin/18.7.0 (x86_64)",
    "Shop/2.3 (iPhone; iOS 16.6; Scale/3.00)",
    "UnityPlayer/2022.3.20f1 (UnityWebRequest/1.0, libcurl/8.5.0-DEV)",
    "UnityPlayer/5.6.0f3 (http://unity3d.com)",
    "Game/++UE5+Release-5.3-CL-29314046 Windows/10.0.22621.1.256.64bit",
    "Apache-HttpClient/UNAVAILABLE (java 1.4)",
    "Ktor client",
    "RestSharp/107.3.0.0",
    "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1682",
]
