"""A site whose shares have links, on which a button has its place and a script may say a goal."""

from tests.servers.settings import *  # noqa: F403
from tests.servers.settings import SHARE_ANALYTICS

ROOT_URLCONF = "tests.redirects.urls"
SHARE_ANALYTICS = {**SHARE_ANALYTICS, "PLACEMENTS": ["top", "end"], "GOALS": {"get": True}}
