"""Ids of what happens on a share's link: the same thing has the same id, and counts once.

They have the form of UUIDs of version 5. MariaDB refuses a quarter of free 128-bit values.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from typing import Any

SALT = "django_share_analytics.links"


def step_id(share_id: UUID, kind: str, *who: Any) -> UUID:
    """The id of a step on the link of a share: who took it, or what else makes it the same one.

    Keyed with ``SECRET_KEY``, so that nobody makes ids of others' steps, nor finds out from one
    whose step it was. ``who`` is told apart by its text: 5 and "5" are the same, and what two kinds
    of keys are is said by a word before them.
    """
    # As JSON: no text of a stranger's ends where another begins, nor is there one without bytes.
    said = json.dumps([share_id.hex, kind, *map(str, who)])
    digest = salted_hmac(SALT, said, algorithm="sha256").digest()
    return UUID(bytes=digest[:16], version=5)
