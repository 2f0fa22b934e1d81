"""A project whose admin is Grappelli's."""

from tests.hosts.real.base import *

INSTALLED_APPS = ["grappelli", *INSTALLED_APPS, "tests.hosts.uuid_host"]
ROOT_URLCONF = "tests.hosts.real.grappelli.urls"
