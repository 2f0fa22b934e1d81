"""A project whose pages are Wagtail's, and are what is shared."""

from tests.hosts.real.base import *

INSTALLED_APPS = [
    "tests.hosts.real.wagtail.apps.WagtailHostConfig",
    "wagtail.contrib.redirects",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    *INSTALLED_APPS,
]
MIDDLEWARE = [*MIDDLEWARE, "wagtail.contrib.redirects.middleware.RedirectMiddleware"]
ROOT_URLCONF = "tests.hosts.real.wagtail.urls"
WAGTAIL_SITE_NAME = "Games"
WAGTAILADMIN_BASE_URL = "http://testserver"
SHARE_ANALYTICS_APP_MODEL = "wagtail_host.GamePage"
APP_KEY = "int"
