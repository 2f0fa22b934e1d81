"""The reader's app: the model that is shared, and one with a number for each day."""

from django.apps import apps
from django.conf import settings

from django_share_analytics.models import AppDay as PageViews

__all__ = ["App", "PageViews"]

App = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
