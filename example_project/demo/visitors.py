"""Who shares in the simulation, from what, and where to. Numbers are relative weights."""

from __future__ import annotations

PLATFORMS = {
    "whatsapp": 430,
    "twitter": 150,
    "copy": 105,
    "telegram": 95,
    "native": 75,
    "facebook": 70,
    "email": 24,
    "linkedin": 18,
    "sms": 12,
    "reddit": 9,
    "threads": 5,
    "bluesky": 4,
    "qr": 3,
}

PLACEMENTS = {"top": 70, "end": 30}

REACH = {
    "telegram": 1.5,
    "email": 1.4,
    "whatsapp": 1.2,
    "copy": 0.8,
    "linkedin": 0.7,
    "facebook": 0.6,
    "twitter": 0.5,
    "reddit": 0.5,
    "threads": 0.4,
    "bluesky": 0.3,
}
"""How many come by a link on a platform, compared with the mean of all links; else as many."""

PREVIEWS = {
    "whatsapp": (0.7, "whatsapp"),
    "twitter": (0.9, "twitter"),
    "copy": (0.35, "telegram"),
    "telegram": (0.85, "telegram"),
    "native": (0.4, "whatsapp"),
    "facebook": (0.9, "facebook"),
    "linkedin": (0.9, "linkedin"),
    "sms": (0.5, "imessage"),
    "bluesky": (0.9, "bluesky"),
}
"""How often a network fetches the link of a share on a platform, and which does."""

IN_APP = {"facebook": "facebook", "twitter": "twitter", "linkedin": "linkedin"}
"""Networks that open links in a browser of their own."""

_ANDROID = "Mozilla/5.0 (Linux; Android {}) AppleWebKit/537.36 (KHTML, like Gecko) "
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 "
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "

USER_AGENTS = {
    _ANDROID.format("10; K") + "Chrome/141.0.0.0 Mobile Safari/537.36": 40,
    _ANDROID.format("15; SM-S931B")
    + "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": 9,
    _IPHONE.format("18_6") + "(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1": 26,
    _IPHONE.format("26_0") + "(KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1": 9,
    _WINDOWS + ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36": 8,
    _WINDOWS + "; rv:143.0) Gecko/20100101 Firefox/143.0": 3,
    _MAC + "Version/18.6 Safari/605.1.15": 5,
}

REFERRERS = {
    "https://shelf.example{path}": 80,
    "https://shelf.example{path}?utm_source=newsletter": 8,
    "https://shelf.example/": 9,
    "https://shelf.example{path}?q=تطبيقات": 3,
}

PEOPLE = (
    "amal", "bilal", "dana", "faisal", "ghada", "hamad", "huda", "idris", "jana", "karim",
    "layla", "majid", "maryam", "nadia", "omar", "qasim", "rana", "reem", "saad", "salma",
    "tariq", "wafa", "yasmin", "yusuf", "zaid",
)  # fmt: skip
"""User names of the visitors with an account. None can log in."""
