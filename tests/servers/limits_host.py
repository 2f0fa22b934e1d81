"""The site with limits: ``wsgi`` is what servers are pointed at."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.servers.limit_settings"

from tests.servers.applications import wsgi  # noqa: F401
