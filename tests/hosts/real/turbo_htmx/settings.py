"""Scripts that replace the body of a page instead of loading the next one: Turbo, and htmx 2 and 4.

They come with packages for Django, of which nothing is used but these files.
"""

from importlib.util import find_spec
from pathlib import Path

from tests.hosts.real.base import *

ROOT_URLCONF = "tests.hosts.real.turbo_htmx.urls"
INSTALLED_APPS += ["tests.hosts.uuid_host"]
STATICFILES_DIRS = [
    Path(find_spec(package).origin).parent / "static" for package in ("turbo", "django_htmx")
]
