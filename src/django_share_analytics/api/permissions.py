"""Who may read what is not public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:
    from rest_framework.request import Request


class IsStaffWithPermission(BasePermission):
    """Active staff that hold the view's ``required_permission``, or all of several."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        required = view.required_permission
        permissions = (required,) if isinstance(required, str) else required
        return bool(
            user
            and user.is_active
            and getattr(user, "is_staff", False)
            and user.has_perms(permissions)
        )
