"""What gunicorn is pointed at. Views are imported before it forks: each worker is warm."""

import os

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

import tests.urls  # noqa: E402

if "CRASH_CELERY_BROKER" in os.environ:  # a project does that in its __init__.py
    import tests.crash.celery_app  # noqa: F401
