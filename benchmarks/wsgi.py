from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

if broker := os.environ.get("BENCH_CELERY_BROKER"):
    from benchmarks import celery_app

    celery_app.make(broker)

application = get_wsgi_application()
