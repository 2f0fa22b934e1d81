"""Shares that were looked at and are no shares: they go, with their steps and their counts.

What goes is what was shown, or nothing. It is said by what the shares have in common and an instant
(see :mod:`.look_alikes`), and found again while no writer can add to the app; where that are not as
many as were shown, somebody else was there meanwhile, and it is for a person to look again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import router

from django_share_analytics.conf import get_app_model
from django_share_analytics.counts.deletion import lock_apps, uncounted
from django_share_analytics.models import Share
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.upkeep.look_alikes import having

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from django_share_analytics.upkeep.look_alikes import Asked, Mark


def discard_shares(
    asked: Asked, name: str, shown: int, write_down: Callable[[Mark], object]
) -> int:
    """Delete the shares whose mark has this name, if they are as many as were ``shown``.

    All of it is one transaction, in which ``write_down(mark)`` is called at last, and once more if
    it has to be tried again. Returns how many there were: where that is another number, nothing was
    done.
    """
    using = router.db_for_write(Share)

    def work() -> int:
        lock_apps(get_app_model(), [asked.app], using)
        mark, shares = having(asked, name, using)
        if mark is not None and len(shares) == shown:
            _delete(asked, [share.id for share in shares], using)
            write_down(mark)
        return len(shares)

    return in_transaction(using, work)


def _delete(asked: Asked, keys: Sequence[UUID], using: str) -> None:
    shares = Share.objects.using(using)
    with uncounted(shares, dict.fromkeys(keys, asked.app)) as some:
        for rows in some:
            rows.delete()
