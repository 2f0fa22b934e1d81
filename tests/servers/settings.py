"""The tests' host as servers run it: buffered, with a flush that no test waits for.

``TEST_JOURNAL`` names a directory for the journal, ``TEST_FLUSH_SECONDS`` another time.
"""

import os

from tests.settings import *  # noqa: F403

SHARE_ANALYTICS = {
    "DISPATCHERS": {
        "default": {
            "BACKEND": "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher",
            "OPTIONS": {
                "flush_seconds": float(os.environ.get("TEST_FLUSH_SECONDS", "60")),
                "journal": os.environ.get("TEST_JOURNAL") or None,
            },
        },
    },
    "TRUSTED_PROXIES": 0,
    "LIMITS": {},  # all that these tests send comes from one address
}
