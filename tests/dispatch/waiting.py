"""What waits from before link events, byte for byte, and what a version after this one may leave.

The former is never made anew: it says what is out there.
"""

# ruff: noqa: E501
from __future__ import annotations

from uuid import UUID

from django.conf import settings

KEY = {
    "uuid": UUID("3f0c6d5e-6d3c-4b0a-9a63-2f6f2c1b7a10"),
    "int": 4711,
    "str": "games/chess & \u0634/7",
}[settings.APP_KEY]

SHARE_ID = UUID("018f2f5e-7a3c-7b1d-9e5f-0123456789ab")

OLD_LINE = {
    "uuid": rb'{"id":"018f2f5e7a3c7b1d9e5f0123456789ab","app":"3f0c6d5e-6d3c-4b0a-9a63-2f6f2c1b7a10","platform":"whatsapp","at":"2026-03-10T09:00:00+00:00","user":null,"session":"s\u00e9ance \ud83d\ude00","agent":"Mozilla/5.0","referrer":"https://example.com/?q=a&b"}',
    "int": rb'{"id":"018f2f5e7a3c7b1d9e5f0123456789ab","app":4711,"platform":"whatsapp","at":"2026-03-10T09:00:00+00:00","user":null,"session":"s\u00e9ance \ud83d\ude00","agent":"Mozilla/5.0","referrer":"https://example.com/?q=a&b"}',
    "str": rb'{"id":"018f2f5e7a3c7b1d9e5f0123456789ab","app":"games/chess & \u0634/7","platform":"whatsapp","at":"2026-03-10T09:00:00+00:00","user":null,"session":"s\u00e9ance \ud83d\ude00","agent":"Mozilla/5.0","referrer":"https://example.com/?q=a&b"}',
}[settings.APP_KEY]  # fmt: skip
"""In a file of a journal, with a line's end behind it, and in the field ``share`` of a stream."""

OLD_LINE_OF_TWO = {
    "uuid": rb'{"id":"018f2f5e7a3c7b1d9e5f0123456789ab","app":"3f0c6d5e-6d3c-4b0a-9a63-2f6f2c1b7a10","platform":"whatsapp","at":"2026-03-10T09:00:00+00:00","user":7,"session":"s\u00e9ance \ud83d\ude00","agent":"Mozilla/5.0","referrer":null,"using":"two","tenant":"acme","proof":"x:1"}',
    "int": rb'{"id":"018f2f5e7a3c7b1d9e5f0123456789ab","app":4711,"platform":"whatsapp","at":"2026-03-10T09:00:00+00:00","user":7,"session":"s\u00e9ance \ud83d\ude00","agent":"Mozilla/5.0","referrer":null,"using":"two","tenant":"acme","proof":"x:1"}',
    "str": rb'{"id":"018f2f5e7a3c7b1d9e5f0123456789ab","app":"games/chess & \u0634/7","platform":"whatsapp","at":"2026-03-10T09:00:00+00:00","user":7,"session":"s\u00e9ance \ud83d\ude00","agent":"Mozilla/5.0","referrer":null,"using":"two","tenant":"acme","proof":"x:1"}',
}[settings.APP_KEY]  # fmt: skip
"""Of one place of several, with a proof of who shares."""

_QUOTED = OLD_LINE.replace(b"\\", b"\\\\").replace(b'"', rb"\"")

OLD_MESSAGE = (
    b'[["%b"], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]' % _QUOTED
)
OLD_MESSAGE_HEADERS = {
    "lang": "py",
    "task": "share_analytics.record_share",
    "id": "4cf0e6bd-4336-49a1-9ed9-b21669b1ddf1",
    "shadow": None,
    "eta": None,
    "expires": None,
    "group": None,
    "group_index": None,
    "retries": 0,
    "timelimit": [None, None],
    "root_id": "4cf0e6bd-4336-49a1-9ed9-b21669b1ddf1",
    "parent_id": None,
    "argsrepr": "(…)",
    "kwargsrepr": "{}",
    "origin": "gen16791@vm",
    "ignore_result": True,
    "replaced_task_nesting": 0,
    "stamped_headers": None,
    "stamps": {},
}
OLD_MESSAGE_PROPERTIES = {
    "content_type": "application/json",
    "content_encoding": "utf-8",
    "delivery_mode": 2,
    "priority": 0,
    "correlation_id": "4cf0e6bd-4336-49a1-9ed9-b21669b1ddf1",
    "reply_to": "f65025f2-cae3-3524-9e41-6b0c423e4186",
}

OLD_TASK_PATH = "django_share_analytics.dispatch.backends.tasks.record_share"
OLD_TASK_ARGUMENTS = b'{"args": ["%b"], "kwargs": {}}' % _QUOTED

NEWER = b'{"v":4,"event":"glance","of":["top"],"n":12}'
"""Nothing that this version knows, but for how to tell so."""
