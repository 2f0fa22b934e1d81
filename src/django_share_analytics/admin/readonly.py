"""What both admin pages are: something to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from .denial import DenialMixin

if TYPE_CHECKING:
    from django.http import HttpRequest

    from django_share_analytics.models import Share

    ModelAdmin = admin.ModelAdmin[Share]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(DenialMixin, ModelAdmin):
    """Shows, and never adds, changes or deletes.

    Deleting an app takes its shares along all the same: the model sees to that, and asks nobody for
    a permission to delete shares.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
