"""Who may read what is not public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission

from django_share_analytics.api.contract import ContractView
from django_share_analytics.api.parameters import refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.permissions import _PermissionClass
    from rest_framework.request import Request
    from rest_framework.serializers import Serializer


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


class StaffView(ContractView):
    """For staff alone: what it answers, errors too, is kept by no cache."""

    permission_classes: Sequence[_PermissionClass] = (IsStaffWithPermission,)
    required_permission: str | tuple[str, ...]
    more_parameters: frozenset[str] = frozenset()
    """Those that the call itself doesn't read, but how your staff logs in, say."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            refuse_unknown(request.query_params, self.known_parameters() | self.more_parameters)

    def known_parameters(self) -> set[str]:
        """The names of all parameters. A view of yours that reads more of them adds these."""
        raise NotImplementedError

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**super().default_response_headers, "Cache-Control": "private, no-store"}


class AskingView(StaffView):
    """Answers a question, which a serializer reads from the parameters: those that it has fields
    for."""

    query_serializer_class: type[Serializer[Any]]

    def known_parameters(self) -> set[str]:
        return set(self.query_serializer_class().fields)

    def asked(self, request: Request) -> dict[str, Any]:
        """What is asked. A view of yours may narrow it to what its reader may see.

        :raises ValidationError: it makes no sense.
        """
        query = self.query_serializer_class(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked: dict[str, Any] = query.validated_data
        return asked
