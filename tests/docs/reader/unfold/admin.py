"""Where Unfold isn't installed: what it has its name for."""

from django.contrib.admin import ModelAdmin

__all__ = ["ModelAdmin"]
