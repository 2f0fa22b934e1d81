"""A project whose admin is Jazzmin's."""

from tests.hosts.real.base import *

INSTALLED_APPS = ["jazzmin", *INSTALLED_APPS, "tests.hosts.uuid_host"]
JAZZMIN_SETTINGS = {"use_google_fonts_cdn": False}
