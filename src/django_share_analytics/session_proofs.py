"""What a session says of its user's standing, so that it can be checked later, without the session.

``POST shares`` has one query, the session's, and none for the user. Django would go on to ask
whether the login's backend still is one of the site's and still knows the user, and whether the
password is that of the login. The share carries an answer along, and the writer asks: it looks up
which users there are in any case.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class SessionProof:
    """The backend that logged the user in, and what the session has of their password."""

    backend: str
    session_hash: str

    def of(self, share_id: UUID) -> str:
        """What a share carries: good for this one alone, and it doesn't give the hash away."""
        return f"{self.backend} {_digest(self.session_hash, share_id)}"


def proof_of(session: Mapping[str, Any]) -> SessionProof | None:
    """``None`` where the session was made by a backend that is none of the site's any more."""
    backend: Any = session.get(BACKEND_SESSION_KEY)
    if backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    return SessionProof(backend, session.get(HASH_SESSION_KEY) or "")


def backend_of(proof: str) -> str:
    """The dotted path of the backend that has to vouch for the user."""
    return proof.partition(" ")[0]


def is_proven(proof: str, user: Any, share_id: UUID) -> bool:
    """Whether the session was made with the password that ``user`` has.

    Or with an older ``SECRET_KEY`` that is still good, as Django has it. A model of users that
    knows no such hash has nothing to prove.
    """
    if not hasattr(user, "get_session_auth_hash"):
        return True
    given = proof.partition(" ")[2]
    hashes = [user.get_session_auth_hash()]
    if hasattr(user, "get_session_auth_fallback_hash"):
        hashes.extend(user.get_session_auth_fallback_hash())
    return any(constant_time_compare(given, _digest(one, share_id)) for one in hashes)


def _digest(session_hash: str, share_id: UUID) -> str:
    return hashlib.sha256(f"{session_hash} {share_id.hex}".encode()).hexdigest()[:32]
