"""The tests' host with the dispatcher for Celery, and no Celery app."""

from tests.settings import *  # noqa: F403

SHARE_ANALYTICS = {
    "DISPATCHERS": {
        "default": {
            "BACKEND": "django_share_analytics.dispatch.backends.celery.CeleryDispatcher",
        },
    },
}
