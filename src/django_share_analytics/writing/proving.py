"""Whether the users whom sessions name are who they were: else the share is nobody's."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model, load_backend
from django.contrib.auth.backends import ModelBackend

from django_share_analytics.exceptions import AWAY
from django_share_analytics.repeats import repeats
from django_share_analytics.session_proofs import backend_of, is_proven
from django_share_analytics.sql.transactions import without_harm_to_a_transaction
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django_share_analytics.events import ShareEvent

logger = logging.getLogger(__name__)


def of_nobody(events: Sequence[ShareEvent], using: str) -> set[tuple[UUID, str]]:
    """Ids and proofs of the shares whose sessions prove nothing any more: their users are nobody.

    Asked before the writer's transaction, as a backend may ask whom it likes.

    :raises django.db.Error: the database is away, and says of nobody who they are.
    """
    keys: dict[str, set[Any]] = {}
    for event in events:
        if event.user_proof:
            keys.setdefault(backend_of(event.user_proof), set()).add(event.user_id)
    users = {backend: _users(backend, keys[backend], using) for backend in keys}
    return {
        (event.id, event.user_proof)
        for event in events
        if event.user_proof and not _is_known(event, users)
    }


def _users(path: str, keys: set[Any], using: str) -> dict[Any, Any]:
    """The users that the backend at ``path`` knows and lets in, by their keys."""
    if path not in settings.AUTHENTICATION_BACKENDS:
        return {}
    try:
        backend: Any = load_backend(path)
        if getattr(type(backend), "get_user", None) is not ModelBackend.get_user:
            return {key: _asked_alone(backend, key, using) for key in keys}
        # What Django's own does for one user, for all of them at once.
        with without_harm_to_a_transaction(using):
            users = list(get_user_model()._default_manager.using(using).filter(pk__in=keys))
        return {user.pk: user for user in users if backend.user_can_authenticate(user)}
    except AWAY:
        raise
    except Exception as error:
        _complain(path, error)
        return {}


def _asked_alone(backend: Any, key: Any, using: str) -> Any:
    """The user, or nobody: whatever a backend of the host's can't say holds up no share."""
    try:
        with without_harm_to_a_transaction(using):
            return backend.get_user(key)
    except Exception as error:
        _complain(type(backend).__name__, error)
        return None


def _complain(backend: str, error: Exception) -> None:
    if n := repeats.of("who shares can't be told"):
        logger.warning(
            "%s can't say who shares, so nobody does (%d). %s", backend, n, describe(error)
        )


def _is_known(event: ShareEvent, users: dict[str, dict[Any, Any]]) -> bool:
    user = users[backend_of(event.user_proof)].get(event.user_id)
    try:
        return user is not None and is_proven(event.user_proof, user, event.id)
    except Exception as error:  # the host's own model of users
        logger.warning("A session can't be checked: %s", describe(error))
        return False
