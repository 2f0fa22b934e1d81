"""A project whose REST API is set up for itself alone."""

from tests.hosts.real.base import *

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.uuid_host"]
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
