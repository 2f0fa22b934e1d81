"""A model with names."""

from django.contrib.auth.models import Group as Customer

__all__ = ["Customer"]
