"""The reader's app: the model that is shared, and stand-ins for others."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group as Customer

from django_share_analytics.models import AppDay as PageViews

__all__ = ["App", "Customer", "PageViews"]

App = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
