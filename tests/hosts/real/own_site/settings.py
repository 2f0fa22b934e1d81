"""A project with an admin site of its own, and none of Django's."""

from tests.hosts.real.base import *

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.uuid_host"]
ROOT_URLCONF = "tests.hosts.real.own_site.urls"
