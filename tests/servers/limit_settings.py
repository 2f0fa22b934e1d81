"""A site with the package's own limits, behind one proxy. ``TEST_LIMITS_REDIS`` has its processes
count together."""

import os

from tests.servers.settings import *  # noqa: F403
from tests.servers.settings import CACHES, SHARE_ANALYTICS

SHARE_ANALYTICS = {**SHARE_ANALYTICS, "TRUSTED_PROXIES": 1}
del SHARE_ANALYTICS["LIMITS"]

if location := os.environ.get("TEST_LIMITS_REDIS"):
    CACHES = {
        **CACHES,
        "shared": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": location,
            "KEY_PREFIX": os.environ["TEST_LIMITS_PREFIX"],
        },
    }
    SHARE_ANALYTICS["LIMITS_CACHE"] = "shared"
