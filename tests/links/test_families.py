from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.links.agents import APPS
from django_share_analytics.links.families import (
    BROWSER_NAMES,
    SYSTEM_NAMES,
    family_of,
)
from django_share_analytics.platforms import network_label

pytestmark = pytest.mark.once

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
ANDROID = f"Mozilla/5.0 (Linux; Android 14; SM-S918B) {WEBKIT}"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko)"
)
IPAD = IPHONE.replace("iPhone; CPU iPhone", "iPad; CPU")
CHROME = "Chrome/126.0.0.0"

FAMILIES = [
    ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "Firefox on Android"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"),
    (f"{IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15", "Firefox on iOS"),
    (f"{ANDROID} {CHROME} Mobile Safari/537.36", "Chrome on Android"),
    (f"{WINDOWS} {CHROME} Safari/537.36", "Chrome on Windows"),
    (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} {CHROME}", "Chrome on ChromeOS"),
    (f"{IPAD} CriOS/126.0 Mobile/15E148 Safari/604.1", "Chrome on iPadOS"),
    (f"{MAC} Version/17.5 Safari/605.1.15", "Safari on macOS"),
    (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari on iOS"),
    (f"{WINDOWS} {CHROME} Safari/537.36 Edg/126.0.0.0", "Edge on Windows"),
    (f"{ANDROID} {CHROME} Mobile Safari/537.36 EdgA/126.0", "Edge on Android"),
    (f"{WINDOWS} {CHROME} Safari/537.36 OPR/112.0.0.0", "Opera on Windows"),
    (f"{ANDROID} SamsungBrowser/25.0 {CHROME} Mobile Safari/537.36", "Samsung Internet on Android"),
    (f"{WINDOWS} {CHROME} YaBrowser/24.6 Safari/537.36", "Yandex Browser on Windows"),
    (f"{IPHONE} GSA/323.0 Mobile/15E148 Safari/604.1", "Google app on iOS"),
    (f"{IPHONE} Version/17.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15", "DuckDuckGo on iOS"),
    (
        f"Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) {WEBKIT} Version/4.0 {CHROME} Mobile "
        "Safari/537.36",
        "WebView on Android",
    ),
    (f"{IPHONE} Mobile/15E148", "WebView on iOS"),
    ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
     "Internet Explorer on Windows"),
    (f"{IPHONE} Mobile/15E148 Instagram 337.0.1.26 (iPhone14,5; iOS 17_5)", "Instagram on iOS"),
    (f"{ANDROID} {CHROME} Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/469.0]", "Facebook on Android"),
    (f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.29", "LinkedIn on iOS"),
    (f"{ANDROID} Version/4.0 {CHROME} Mobile Safari/537.36 musical_ly_2023", "TikTok on Android"),
    (f"{ANDROID} {CHROME} Mobile Safari/537.36 Twitter for Android", "X on Android"),
    (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.59(0x18003b2f)", "WeChat on iOS"),
    (f"{IPHONE} Mobile/15E148 Snapchat/13.30.0.38 (like Safari/8615.1.26)", "Snapchat on iOS"),
    (f"{IPHONE} Mobile/15E148 BabyMonitor/1.2", "WebView on iOS"),
    ("Mozilla/5.0 (Something; Else)", ""),
    ("okhttp/4.12.0", ""),
    ("Shop/3.2 CFNetwork/1494.0.7 Darwin/23.4.0", ""),
    ("Instagram 337.0.1.26 Android (34/14; 480dpi)", ""),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", ""),
    ("WhatsApp/2.23.20.0 A", ""),
    ("curl/8.5.0", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("user_agent", "family"), FAMILIES)
def test_family(user_agent, family):
    assert family_of(user_agent) == family


@given(st.text() | st.text().map((ANDROID + " {}").format))
def test_family__says_nothing_that_is_not_in_the_tables(user_agent):
    browser, _, system = family_of(user_agent).partition(" on ")
    networks = {network_label(name) for _, name in APPS}
    known = {said for _, said in BROWSER_NAMES} | networks
    assert browser in known | {""}
    assert system in {said for _, said in SYSTEM_NAMES} | {""}
    assert not re.search(r"\d", browser + system)
