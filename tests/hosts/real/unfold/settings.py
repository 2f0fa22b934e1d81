"""A project whose admin is Unfold's."""

from tests.hosts.real.base import *

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    *INSTALLED_APPS,
    "tests.hosts.uuid_host",
]
ROOT_URLCONF = "tests.hosts.real.unfold.urls"
