"""That site, whose processes know from their first request on who comes."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.servers.link_settings"

from django.db import connections

from django_share_analytics.links.secret_reader import secret_reader
from django_share_analytics.places import here
from tests.servers.applications import wsgi  # noqa: F401

secret_reader.read(here())
connections.close_all()
