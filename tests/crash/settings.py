"""The tests' host on the database and with the dispatchers that a case names in the environment."""

import json
import os

from tests.settings import *  # noqa: F403

DATABASES = {"default": json.loads(os.environ["CRASH_DATABASE"])}
SHARE_ANALYTICS = {"DISPATCHERS": json.loads(os.environ["CRASH_DISPATCHERS"])}
if "CRASH_LINKS" in os.environ:
    ROOT_URLCONF = "tests.redirects.urls"
    SHARE_ANALYTICS["TRUSTED_PROXIES"] = 1
    SHARE_ANALYTICS["LIMITS"] = {}  # a few visitors make all of the load
