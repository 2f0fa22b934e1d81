"""The requests that are sent: what a browser sends for a share, for many apps and platforms."""

from __future__ import annotations

import json
import random
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

PLATFORMS = ("whatsapp", "facebook", "twitter", "telegram", "copy")
USER_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)


def make_requests(path: str, apps: Sequence[UUID], n: int = 5_000) -> list[bytes]:
    """Heavy-tailed over the apps, each from a client of its own, the same ones for each path. None
    has an ``id``: all are new."""
    dice = random.Random(7)
    weights = [1 / rank for rank in range(1, len(apps) + 1)]
    chosen = dice.choices(apps, weights, k=n)
    return [_request(path, app, dice) for app in chosen]


def address(dice: random.Random) -> IPv4Address:
    """Of some client on the internet."""
    return IPv4Address(dice.getrandbits(32))


def _request(path: str, app: UUID, dice: random.Random) -> bytes:
    share = {
        "appId": str(app),
        "platform": dice.choice(PLATFORMS),
        "sessionId": f"{dice.getrandbits(128):032x}",
    }
    body = json.dumps(share).encode()
    head = (
        f"POST {path} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        "Accept: */*\r\n"
        "Accept-Encoding: gzip, deflate, br\r\n"
        "Accept-Language: en-GB,en;q=0.9,ar;q=0.8\r\n"
        "Content-Type: application/json\r\n"
        "Origin: http://127.0.0.1\r\n"
        f"Referer: http://127.0.0.1/apps/{app}/\r\n"
        f"User-Agent: {USER_AGENT}\r\n"
        f"X-Forwarded-For: {address(dice)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
