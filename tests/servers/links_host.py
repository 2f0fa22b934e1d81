"""That site, whose processes know from their first request on who comes."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.servers.link_settings"

from django.db import connections  # noqa: E402

from tests.servers.applications import wsgi  # noqa: E402, F401

from django_share_analytics.links.secret_reader import secret_reader  # noqa: E402
from django_share_analytics.places import here  # noqa: E402

secret_reader.read(here())
connections.close_all()
