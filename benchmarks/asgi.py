from __future__ import annotations

from django.core.asgi import get_asgi_application

from django_share_analytics.asgi import drain_on_shutdown

application = drain_on_shutdown(get_asgi_application())
