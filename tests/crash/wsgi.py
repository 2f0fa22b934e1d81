"""What gunicorn is pointed at. The views are imported before it forks, so that each worker is warm."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

import tests.urls  # noqa: E402, F401
