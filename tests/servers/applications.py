"""``wsgi`` and ``asgi``: what the servers are pointed at."""

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from django_share_analytics.asgi import drain_on_shutdown

wsgi = get_wsgi_application()
asgi = drain_on_shutdown(get_asgi_application())
