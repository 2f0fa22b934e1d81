"""A small app store that shows django-share-analytics at work."""

import os

# A project that runs Celery anyway imports its app here whatever dispatches the shares.
if os.environ.get("SHARE_DISPATCHER") == "celery":
    from .celery import app as celery_app

    __all__ = ["celery_app"]
