"""``uvicorn example_project.asgi:application``, started in the repository's root."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")

django_application = get_asgi_application()

from django_share_analytics.asgi import drain_on_shutdown  # noqa: E402 - needs the settings above

# An ASGI server that stops does not run atexit: shares still in memory are written here.
application = drain_on_shutdown(django_application)
