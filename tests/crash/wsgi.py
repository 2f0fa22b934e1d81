"""What gunicorn is pointed at. Views are imported before it forks: each worker is warm."""

import os

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

import tests.redirects.urls  # noqa: E402
import tests.urls  # noqa: E402

if "CRASH_CELERY_BROKER" in os.environ:  # a project does that in its __init__.py
    import tests.crash.celery_app  # noqa: F401

if "CRASH_LINKS" in os.environ:  # so that no worker begins without knowing who comes
    from django.db import connections

    from django_share_analytics.links.secret_reader import secret_reader
    from django_share_analytics.places import here

    secret_reader.read(here())
    connections.close_all()
